//! What a line is, decided here and nowhere else: as the list says, else by the rules of the job, else a person where a user
//! stands behind it. Whether its kind is protected is `scoring.protected_kinds`.

use regex::Regex;

use crate::domain::{Kind, KindRule, Line, NameParts, NameWords};
use crate::steps::roster::normalise::{in_range, same};

pub(crate) struct KindRules<'a> {
    rules: Vec<Rule<'a>>,
    /// All words and labels of all rules: what is no person's name.
    things: NameWords<'a>,
}

struct Rule<'a> {
    rule: &'a KindRule,
    pattern: Option<Regex>,
    words: NameWords<'a>,
    labels: NameWords<'a>,
}

impl<'a> KindRules<'a> {
    pub(crate) fn new(rules: &'a [KindRule]) -> Result<KindRules<'a>, regex::Error> {
        let compiled = rules.iter().map(|rule| {
            Ok(Rule {
                rule,
                pattern: rule.name_pattern.as_deref().map(Regex::new).transpose()?,
                words: rule.words.iter().collect(),
                labels: rule.labels.iter().collect(),
            })
        });
        let all = |rule: &'a KindRule| rule.words.iter().chain(&rule.labels);
        Ok(KindRules {
            rules: compiled.collect::<Result<_, _>>()?,
            things: rules.iter().flat_map(all).collect(),
        })
    }

    /// None: nobody says what it is, and no user stands behind it. A name alone may be a lift's.
    pub(crate) fn kind_of(&self, line: &Line) -> Option<Kind> {
        let told = || {
            let names = Names::of(line);
            let fits = |of: &&Rule<'_>| {
                self.fits_name(line, &names, of)
                    && in_range(&line.extension, of.rule.extensions)
                    && same(&of.rule.location, &line.location)
            };
            self.rules.iter().find(fits).map(|of| of.rule.kind)
        };
        line.kind
            .or_else(told)
            .or_else(|| line.has_user().then_some(Kind::Person))
    }

    /// A rule without any word about names fits every name, where it has another condition.
    fn fits_name(&self, line: &Line, names: &Names, of: &Rule<'_>) -> bool {
        let Rule {
            rule,
            pattern,
            words,
            labels,
        } = of;
        if rule.words.is_empty() && rule.labels.is_empty() && pattern.is_none() {
            return rule.extensions.is_some() || rule.location.is_some();
        }
        pattern
            .as_ref()
            .is_some_and(|pattern| pattern.is_match(&line.user_name()))
            || names.all().any(|name| name.has(words))
            || self.is_said_alone(names.location.as_ref(), words)
            || (names.is_given
                && names.shown.is_numbered(&self.things)
                && (self.is_said_alone(names.department.as_ref(), words)
                    || self.is_said_alone(names.login.as_ref(), labels)
                    || self.is_said_alone(names.email.as_ref(), labels)))
            || (names.shown.has(labels) && (!line.has_user() || names.shown.is_of_things(&self.things)))
    }

    /// Whether one of the words stands there, and nothing that is no thing's.
    fn is_said_alone(&self, name: Option<&NameParts>, words: &NameWords<'_>) -> bool {
        name.is_some_and(|name| name.has(words) && name.is_of_things(&self.things))
    }
}

/// The names under which a line is known, parted.
struct Names {
    /// Its holder's name, or the login or e-mail in its place.
    shown: NameParts,
    /// Somebody wrote a name; a login in its place may be anybody's code.
    is_given: bool,
    login: Option<NameParts>,
    email: Option<NameParts>,
    /// A word in the list's column of kinds that is none of them.
    kind: Option<NameParts>,
    location: Option<NameParts>,
    department: Option<NameParts>,
}

impl Names {
    fn of(line: &Line) -> Names {
        let own = |name: &String| NameParts::of(before_at(name));
        Names {
            shown: NameParts::of(before_at(&line.user_name())),
            is_given: line.first_name.is_some() || line.last_name.is_some(),
            login: line.login_name.as_ref().map(own),
            email: line.email.as_ref().map(own),
            kind: line.unread_cell("kind").map(NameParts::of),
            location: line.location.as_deref().map(NameParts::of),
            department: line.department.as_deref().map(NameParts::of),
        }
    }

    fn all(&self) -> impl Iterator<Item = &NameParts> {
        let written = [&self.login, &self.email, &self.kind].into_iter().flatten();
        std::iter::once(&self.shown).chain(written)
    }
}

/// A company that builds lifts has the word in everybody's address.
fn before_at(name: &str) -> &str {
    match name.split_once('@') {
        Some((own, _)) if !own.trim().is_empty() => own,
        _ => name,
    }
}
