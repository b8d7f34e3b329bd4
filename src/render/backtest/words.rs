//! The back-test in plain sentences, so that page, workbook, mail and terminal say the same.

use crate::domain::{Backtest, BacktestReport, Flags, TooLittle, TrackRecord, WindowRecord};
use crate::render::for_finance::FinanceAccount;
use crate::render::values::cell::{counted, thousands};

pub(crate) const BY_RULE: &str = "A fixed window of silence makes no prediction, so there is none to hold against what happened. How \
                           often its flags were wrong shows in the flags as sent.";

pub(crate) const COUNTED_EACH_TIME: &str = "A line that would have been flagged on several of these days counts each time. The \
                                     intervals are Wilson's 95 % intervals and take each flag as a case of its own, so the \
                                     truth is somewhat less sure than they say. Parts of a flag come from lines that had been \
                                     silent equally long.";

pub(crate) const WHAT_SCORES_MEAN: &str = "Log loss and Brier score say how far the chances were from what happened: lower is better. AUC \
                                    is the chance that a line which stayed silent had been given the higher chance of the two: \
                                    higher is better, half is a coin. ECE is by how much the chances were off on average. A \
                                    window is made comparable by what had become of lines under it, past it and past twice of \
                                    it on earlier days; the chances stand beside it on the same judgements.";

pub(crate) const WEAK_HEAD: &str =
    "Where chances of silence are weak, as measured when the way to compute them was chosen:";

/// Where the chances are weak: measured when the model was chosen, true of every account.
pub(crate) const WEAK_SPOTS: &[&str] = &[
    "Lines of a kind that the account has hardly any of are judged by the others.",
    "A seasonal line in its first year: there is no last year to look at.",
    "Real people stay silent for 90 days more often than their chances say, by 5 to 8 points: the safe side.",
    "In made-up companies with many seasonal lines, chances between 80 and 93 % were too sure.",
];

/// A share in whole percent; `none` and `all` are said only of exactly that.
pub(crate) fn percent(share: f64) -> String {
    match (share * 100.0).round() {
        _ if !share.is_finite() => "-".to_owned(),
        0.0 if share > 0.0 => "under 1 %".to_owned(),
        100.0 if share < 1.0 => "over 99 %".to_owned(),
        whole => format!("{whole:.0} %"),
    }
}

/// `3 to 19 %`.
pub(crate) fn interval(flags: &Flags) -> Option<String> {
    let whole = |share: f64| (share * 100.0).round();
    let (low, high) = (flags.came_back_low?, flags.came_back_high?);
    (low.is_finite() && high.is_finite()).then(|| format!("{:.0} to {:.0} %", whole(low), whole(high)))
}

/// A number of flags; `about` where a tie had to be cut.
fn about(number: f64) -> String {
    match (number.fract() == 0.0, number.round()) {
        (true, whole) => thousands(&format!("{whole:.0}")),
        (false, 0.0) => "under 1".to_owned(),
        (false, whole) => format!("about {}", thousands(&format!("{whole:.0}"))),
    }
}

fn how_many(number: f64) -> String {
    match number {
        0.0 => "none".to_owned(),
        some => about(some),
    }
}

fn flags_counted(number: f64) -> String {
    format!(
        "{} {}",
        about(number),
        if number == 1.0 { "flag" } else { "flags" }
    )
}

/// What became of flagged lines, for every format that has room for one sentence only.
pub(crate) fn short(account: &FinanceAccount) -> Option<String> {
    match &account.backtest {
        Backtest::Made(report) => Some(format!("Looking back: {}", lower_first(&would_have(report)))),
        Backtest::ByRule | Backtest::NobodyToJudge | Backtest::TooLittle(_) => {
            sent_short(account.track_record)
        }
    }
}

fn sent_short(record: &TrackRecord) -> Option<String> {
    let of = counted(record.flags, "flag", "flags");
    (record.flags > 0).then(|| {
        format!(
            "Of {of} sent so far, {} came back.",
            some(record.came_back, "line", "lines")
        )
    })
}

/// `no line`, `1 line`, `2 lines`.
fn some(count: u32, one: &str, many: &str) -> String {
    match count {
        0 => format!("no {one}"),
        count => counted(count, one, many),
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Label, figure and the rest, for the end of a run.
pub(crate) fn in_a_row(account: &FinanceAccount) -> Option<[String; 3]> {
    let [label, figure, rest] = match &account.backtest {
        Backtest::Made(report) if report.flags.flagged > 0.0 => [
            "looking back",
            &format!(
                "{} of {}",
                about(report.flags.came_back),
                about(report.flags.flagged)
            ),
            &format!(
                "flags wrong: used again within 90 days{}",
                share_and_interval(&report.flags, " to ")
            ),
        ],
        Backtest::Made(report) => ["looking back", "no flag", &when(report)],
        Backtest::ByRule | Backtest::NobodyToJudge | Backtest::TooLittle(_)
            if account.track_record.flags > 0 =>
        {
            [
                "flags sent",
                &thousands(&account.track_record.flags.to_string()),
                &format!(
                    "{} came back",
                    some(account.track_record.came_back, "line", "lines")
                ),
            ]
        }
        Backtest::ByRule | Backtest::NobodyToJudge | Backtest::TooLittle(_) => return None,
    };
    Some([label.to_owned(), figure.to_owned(), rest.to_owned()])
}

/// `Of 41 flags that would have been raised ..., 3 were wrong (7 % of them, between 3 and 19 %): the line was used again ...`
pub(crate) fn would_have(report: &BacktestReport) -> String {
    let when = when(report);
    if report.flags.flagged == 0.0 {
        return format!("No flag would have been raised {when}.");
    }
    let meaning = match report.flags.came_back == 0.0 {
        true => "no flagged line was used again within 90 days",
        false if report.flags.came_back == 1.0 => "the line was used again within 90 days",
        false => "the lines were used again within 90 days",
    };
    format!(
        "Of {} that would have been raised {when}, {}: {meaning}.",
        flags_counted(report.flags.flagged),
        were_wrong(&report.flags)
    )
}

fn when(report: &BacktestReport) -> String {
    match report.origins {
        0 | 1 => format!("on {}", report.first_origin),
        many => format!(
            "on {many} days from {} to {}",
            report.first_origin, report.last_origin
        ),
    }
}

/// `3 were wrong (7 % of them, between 3 and 19 %)`.
fn were_wrong(flags: &Flags) -> String {
    let count = match flags.came_back {
        0.0 => "none was".to_owned(),
        1.0 => "1 was".to_owned(),
        many => format!("{} were", about(many)),
    };
    format!("{count} wrong{}", share_and_interval(flags, " and "))
}

/// ` (7 % of them, between 3 and 19 %)`; nothing where nothing was flagged.
fn share_and_interval(flags: &Flags, joined_by: &str) -> String {
    let between = if joined_by == " and " { "between " } else { "" };
    match (flags.came_back_share, interval(flags)) {
        (Some(share), Some(interval)) => format!(
            " ({} of them, {between}{})",
            percent(share),
            interval.replace(" to ", joined_by)
        ),
        _ => String::new(),
    }
}

/// What fixed windows would have done, the 90 days first.
pub(crate) fn windows(report: &BacktestReport) -> Vec<String> {
    let mut sentences: Vec<String> = report
        .windows
        .iter()
        .filter(|window| window.window_days == 90)
        .map(window)
        .collect();
    if report.flags.flagged > 0.0 {
        let (flags, savings) = (&report.window_at_equal_flags, &report.window_at_equal_savings);
        sentences.push(format!(
            "Going by the length of silence alone: of as many flags, {} would have been wrong{}; to save as much money, {} would \
             have been needed, {} of them wrong.",
            how_many(flags.came_back),
            share_and_interval(flags, " and "),
            flags_counted(savings.flagged),
            how_many(savings.came_back),
        ));
    }
    sentences
}

fn window(window: &WindowRecord) -> String {
    let days = window.window_days;
    match window.flags.flagged > 0.0 {
        true => format!(
            "A fixed {days}-day window would have raised {}; {}.",
            flags_counted(window.flags.flagged),
            were_wrong(&window.flags)
        ),
        false => format!("A fixed {days}-day window would have raised no flag."),
    }
}

pub(crate) fn how(report: &BacktestReport) -> String {
    format!(
        "How this was tested: on each of these days every person's line was judged with tonight's settings by what was known \
         then, never-used lines included, and held against the 63 known business days (some 90 days) that followed: {} of at most {}. \
         In {} of the judgements the line stayed silent.",
        counted(report.predictions, "judgement", "judgements"),
        counted(report.lines, "line", "lines"),
        percent(report.base_rate),
    )
}

/// Lines without an outcome.
pub(crate) fn removed(report: &BacktestReport) -> String {
    if report.removed == 0 {
        return "No line was removed before it was known what would have become of it.".to_owned();
    }
    format!(
        "{} removed before it was known what would have become of {}, {} of them after a flag: left out, because counting them as \
         silent would flatter this record.",
        match report.removed {
            1 => "1 line was".to_owned(),
            many => format!("{} lines were", thousands(&many.to_string())),
        },
        if report.removed == 1 { "it" } else { "them" },
        match report.removed_flagged {
            0 => "none".to_owned(),
            some => thousands(&some.to_string()),
        },
    )
}

pub(crate) const NOBODY: &str =
    "No line of a person could be judged on any day of the past: there is nothing to look back on.";

pub(crate) fn too_little(little: &TooLittle) -> String {
    format!(
        "There is too little history to look back: this needs {} known business days and has {}. If every day from now on is \
         known, the first back-test is on {}.",
        little.needs_known_business_days, little.has_known_business_days, little.first_on
    )
}

/// Flags of earlier nights, as they were sent.
pub(crate) fn track_record(record: &TrackRecord) -> String {
    let Some(first) = record.first_flag_on.filter(|_| record.flags > 0) else {
        return "No flag has been sent yet.".to_owned();
    };
    let after = record
        .came_back_after_days
        .filter(|_| record.came_back > 0)
        .map(|days| {
            let days = counted(days, "day", "days");
            match record.came_back {
                1 => format!(" The one that came back did so after {days}."),
                _ => format!(" Of those that came back, half did so within {days}."),
            }
        });
    format!(
        "{} sent since {first}, as they stood then and never judged anew.{}",
        match record.flags {
            1 => "1 flag was".to_owned(),
            many => format!("{} flags were", thousands(&many.to_string())),
        },
        after.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Cents;

    #[test]
    fn a_small_share_is_not_none_and_a_large_one_not_all() {
        for (share, shown) in [
            (0.0, "0 %"),
            (0.004, "under 1 %"),
            (0.073, "7 %"),
            (0.998, "over 99 %"),
            (1.0, "100 %"),
            (f64::NAN, "-"),
        ] {
            assert_eq!(percent(share), shown);
        }
    }

    #[test]
    fn parts_of_a_flag_are_said_to_be_about_a_whole_one() {
        for (number, said) in [
            (1234.0, "1,234"),
            (19.5, "about 20"),
            (0.2, "under 1"),
            (0.0, "0"),
        ] {
            assert_eq!(about(number), said);
        }
    }

    #[test]
    fn numbers_and_verbs_agree() {
        let flags = |came_back: f64| Flags {
            flagged: 4.0,
            came_back,
            came_back_share: Some(came_back / 4.0),
            came_back_low: Some(0.0),
            came_back_high: Some(0.5),
            monthly_flagged: Cents(0),
            monthly_wrong: Cents(0),
        };
        for (came_back, said) in [
            (0.0, "none was wrong (0 % of them, between 0 and 50 %)"),
            (1.0, "1 was wrong (25 % of them, between 0 and 50 %)"),
            (2.5, "about 3 were wrong (63 % of them, between 0 and 50 %)"),
        ] {
            assert_eq!(were_wrong(&flags(came_back)), said);
        }
    }
}
