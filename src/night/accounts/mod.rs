//! Each account's tables brought together and judged, and the gates that look at all of it.

mod days;
mod earlier;
mod joins;
mod names;
mod seen;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};

use days::summary_of;
use earlier::{Earlier, EarlierNights};
use names::Names;
use seen::{first_seen, unseen_until};

use crate::domain::{
    Account, AccountBaseline, AccountStatement, BacktestOrigin, Baseline, CoverageSummary, Decision,
    DirectoryEntry, GateReport, Line, ScoredLine, TableName, Verdict,
};
use crate::failure::Failure;
use crate::job::Job;
use crate::night::read::calls::{CallsTaken, read_again};
use crate::night::read::unread_names::{Reading, unread_names};
use crate::night::usage::roll::{Rolled, bring_up_to_date, ids_by_day, legs_by_line};
use crate::progress::Progress;
use crate::pull::vonage::Stored;
use crate::pull::{LegStore, Tables};
use crate::record::{Store, UsageFiles};
use crate::steps::account::{Stated, statement};
use crate::steps::coverage;
use crate::steps::gates;
use crate::steps::gates::kinds_left_out::{naming_nobody, without_internal};
use crate::steps::gates::lost_use::{LostUse, lost_use};
use crate::steps::input::{AccountInput, StepError};
use crate::steps::roster::cautions::{caution, perhaps_kept};
use crate::steps::roster::line_ids::{follow_ids, keep_ids};
use crate::steps::roster::lost_keeps::{ask_after_lost_keeps, keeps_after};
use crate::steps::roster::lost_leaves::{ask_after_lost_leaves, leaves_after};
use crate::steps::roster::lost_sign_ins::{sign_ins, tell_lost_sign_ins};
use crate::steps::roster::normalise::{Roster, place_at, roster};
use crate::steps::usage::former_lines::{Joinable, replaced};
use crate::steps::usage::unlisted::unlisted;

/// The night's statements and what the gates say of them.
#[derive(Default)]
pub(super) struct Judged {
    pub accounts: Vec<AccountStatement>,
    pub gates: Vec<GateReport>,
    pub coverage: Vec<CoverageSummary>,
    pub unmatched_calls: u64,
    /// Rows of each account's days that several files bring, beyond the one that counts.
    pub repeated_calls: BTreeMap<String, BTreeMap<NaiveDate, u64>>,
    /// What this night leaves for the gates of the next, if it is good.
    pub baseline: Baseline,
    pub last_good: Option<NaiveDate>,
}

/// One night's judging: what all accounts share.
pub(super) struct Judging<'a> {
    pub job: &'a Job,
    pub as_of: NaiveDate,
    pub tables: &'a Tables,
    pub taken: &'a CallsTaken,
    pub stored: &'a Stored,
    pub accepted: &'a [String],
    pub now: DateTime<Utc>,
    /// Accounts whose days are cut in another zone than they were, so that a day cannot be held against itself.
    pub moved: BTreeSet<String>,
    /// Days from here on were asked for again, since what was known of them was wrong.
    pub read_again_from: Option<NaiveDate>,
}

impl Judging<'_> {
    /// Brings every account's usage up to date and judges it; then the gates look at the whole night.
    pub(super) fn judge(
        &self,
        legs: &LegStore,
        store: &mut Store,
        usage_files: &UsageFiles,
        progress: &Progress,
    ) -> Result<Judged, Failure> {
        let Judging {
            job,
            as_of,
            tables,
            taken,
            stored,
            accepted,
            ..
        } = *self;
        let mut nights = EarlierNights::of(&job.name, as_of, store)?;
        let mut judged = Judged::default();
        judged.baseline.scoring_digest = job.scoring_digest.clone();
        judged.last_good = nights.good.last.as_ref().map(|(day, _)| *day);
        for account in &job.accounts {
            let id = &account.account_id;
            let (roster, names) = self.roster_of(account, store)?;
            let joinable = Joinable {
                lines: &roster.lines,
                former: &names.former,
                seal: &names.seal,
                phone_since: &names.phone_since,
            };
            let before = ids_by_day(id, store)?;
            let lines = (&joinable, &names.moved);
            let mut rolled = bring_up_to_date(account, lines, legs, store, usage_files, progress)?;
            let reading = Reading::new(as_of, &tables.lines);
            if read_again(job, account, &rolled.stale, &reading, store, legs, progress)? {
                let brought = rolled.brought;
                rolled = bring_up_to_date(account, lines, legs, store, usage_files, progress)?;
                rolled.brought.extend(brought);
            }
            nights.carry_over(id, &names);
            let mut unasked = rolled.brought.clone();
            unasked.retain(|day| self.read_again_from.is_none_or(|from| *day < from));
            let lost = match self.moved.contains(id) {
                true => LostUse::default(),
                false => {
                    let before = names.moved.usage(usage_files.load_replaced(id)?, &before)?;
                    lost_use(before, &rolled.usage, &unasked)?
                }
            };
            let repeated = rolled
                .days
                .iter()
                .map(|(day, record)| (*day, record.join.repeated));
            judged.repeated_calls.insert(id.clone(), repeated.collect());
            let earlier = nights.of_account(id, &lost);
            judged.add(self.judge_account(account, roster, &names, rolled, earlier, store)?);
        }
        let change = gates::mass_change(
            &judged.accounts,
            &job.scoring,
            &job.scoring_digest,
            as_of,
            &nights.good,
            &job.gates,
            accepted,
        );
        for (id, baseline) in &mut judged.baseline.accounts {
            baseline.accepted_on = change.accepted_on.get(id).copied();
        }
        let mut whole = change.gates;
        whole.push(gates::grace(&judged.accounts));
        let inputs = tables.inputs.iter().chain(&taken.inputs);
        whole.push(gates::schema(&taken.results, inputs, &job.gates));
        judged.gates.extend(whole);
        judged.gates.extend(stored.gates.iter().cloned());
        judged.gates.sort_by_key(|gate| gate.gate);
        Ok(judged)
    }

    /// The account's decisions, by tonight's names of the lines.
    fn decisions_of(&self, account_id: &str, lines: &[Line], names: &Names) -> Vec<Decision> {
        let here = |decision: &&Decision| decision.account_id == account_id;
        let here = self.tables.decisions.iter().filter(here).cloned().collect();
        follow_ids(names.moved.decisions(here, lines), lines, &names.first_seen)
    }

    /// A decision on a line that earlier nights knew and that is gone has done its work.
    fn roster_of(&self, account: &Account, store: &Store) -> Result<(Roster, Names), Failure> {
        let Judging {
            job, as_of, tables, ..
        } = *self;
        let id = &account.account_id;
        let mut lines: Vec<Line> = tables
            .lines
            .iter()
            .filter(|line| line.account_id == *id)
            .cloned()
            .collect();
        let known = store.tables().known_lines(id)?;
        keep_ids(&mut lines, &known, as_of);
        let names = Names::of(id, &lines, known, as_of, store)?;
        let is_done = |decision: &Decision| {
            let gone = |line_id: &String| !lines.iter().any(|line| line.line_id == *line_id);
            decision
                .line_id
                .as_ref()
                .is_some_and(|line_id| names.first_seen.contains_key(line_id) && gone(line_id))
        };
        let mut decisions = self.decisions_of(id, &lines, &names);
        decisions.retain(|decision| !is_done(decision));
        let here = |entry: &&DirectoryEntry| entry.account_id.as_ref().is_none_or(|other| other == id);
        let directory: Vec<DirectoryEntry> = tables.directory.iter().filter(here).cloned().collect();
        let mut roster =
            roster(lines, &directory, &decisions, &job.scoring, as_of).map_err(StepError::from)?;
        // Rows that another overrides are told once, whichever account they are of.
        let of_lists = tables.inputs.iter().filter(|input| {
            input.table == TableName::Decisions.as_str() && job.accounts.first() == Some(account)
        });
        let told = of_lists.flat_map(|input| {
            input
                .notes
                .iter()
                .map(move |note| format!("{}: {note}.", input.name))
        });
        roster.notices.extend(told.chain(tables.told_to(id)));
        Ok((roster, names))
    }

    fn judge_account(
        &self,
        account: &Account,
        mut roster: Roster,
        names: &Names,
        rolled: Rolled,
        earlier: Earlier<'_>,
        store: &mut Store,
    ) -> Result<JudgedAccount, Failure> {
        let Judging {
            job,
            as_of,
            tables,
            accepted,
            ..
        } = *self;
        let id = &account.account_id;
        let calls = self.taken.accounts.get(id);
        let mut unread = unread_names(id, (&roster.lines, &names.lines), tables, as_of, store)?;
        for name in perhaps_kept(id, &roster.lines, &tables.unread_decisions) {
            unread.entry(name).or_default();
        }
        let coverage = self.judge_coverage(account, &roster.lines, &rolled, store)?;
        let from = joins::first_day(as_of);
        let join = rolled.joined(from, as_of);
        let unlisted = unlisted(rolled.joins(coverage.first, as_of));
        let newest_call = rolled
            .joined(coverage.first, as_of)
            .newest_start
            .and_then(DateTime::from_timestamp_millis);

        let base = coverage.calendar(&job.scoring, &place_at(&tables.holidays, id, None));
        let mut gates: Vec<GateReport> = coverage::gate_history(id, &coverage, &base, &job.scoring).into();
        gates.push(coverage::gate_empty(
            id,
            &coverage,
            job.scoring.window_days,
            newest_call.is_some(),
        ));
        gates.extend(self.cut_exports(id, &rolled, store)?);
        gates.extend(coverage::gate_places(id, &coverage, job.scoring.window_days));
        let window = from.iter_days().take_while(|day| *day <= as_of).collect();
        let parts = joins::parts(&rolled, as_of, &job.scoring)?;
        let joined = gates::JoinedCalls {
            account_id: id,
            window: &join,
            parts: &parts,
            legs_by_line: &legs_by_line(&rolled, &window)?,
            lines: &roster.lines,
            former: &names.former,
            replaced: &replaced(&names.seen, &roster.lines, &names.seal),
            last: earlier.before,
        };
        gates.push(gates::join(&joined, &job.gates, accepted));
        gates.extend(gates::results(id, &parts, &job.gates, accepted));
        gates.extend(gates::call_ids(id, &join));
        roster.notices.extend(gates::names_told(&join, &roster.lines));
        gates.extend(self.kinds_left_out(id, (&join, &parts), store)?);
        let accepted_nameless = gates::accepted_nameless(&joined, &job.gates, accepted);
        let told = calls.into_iter().flat_map(|calls| calls.told.iter().cloned());
        roster.notices.extend(told.chain(rolled.cut_otherwise.clone()));
        let files = calls.into_iter().flat_map(|calls| &calls.days_of_file);
        gates.extend(gates::clock(
            id,
            files.map(|(name, days)| (name.as_str(), days)),
            account.time_zone.day_of(self.now),
            &job.gates,
        ));
        gates.extend(gates::inventory(id, roster.lines.len()));
        let first_seen = first_seen(&names.first_seen, &roster, as_of);
        let unseen_until = unseen_until(&first_seen, &rolled.stale);
        let remembered: HashMap<String, BacktestOrigin> = store
            .tables()
            .origins(&job.name, id)?
            .into_iter()
            .map(|origin| (origin.key.clone(), origin))
            .collect();
        let decisions = self.decisions_of(id, &roster.lines, names);
        let ledger = store.tables().findings(&job.name, id)?;
        let of_night = match store.tables().last_remembered(&job.name, id)? {
            Some(last) if last != as_of => Some(last),
            _ => earlier.last_night.map(|(day, _)| day),
        };
        let ledger = names.moved.ledger(ledger, &roster.lines, of_night);
        let before = earlier.last_night.and_then(|(_, night)| night.accounts.get(id));
        let sign_ins = sign_ins(&roster, account, before);
        let kept_by_rule = roster.kept_by_rule.clone();
        let Stated {
            mut statement,
            origins,
            ends,
        } = statement(AccountInput {
            account,
            roster,
            usage: rolled.usage,
            coverage: &coverage,
            named_by: join.named_by,
            tells_recorded: join.tells_recorded(),
            unread: &unread,
            unlisted: &unlisted,
            sign_ins: &sign_ins,
            holidays: &tables.holidays,
            charges: &tables
                .charges
                .iter()
                .filter(|charge| charge.account_id == *id)
                .cloned()
                .collect::<Vec<_>>(),
            contracts: &tables
                .contracts
                .iter()
                .filter(|contract| contract.account_id == *id)
                .cloned()
                .collect::<Vec<_>>(),
            unread_contracts: &tables.unread_contracts_of(id),
            unread_seats: &tables.unread_seats_of(id),
            book: &job
                .price_book
                .with_prices(&tables.prices)
                .in_currency(account.currency),
            first_seen: &first_seen,
            seen_lines: &names.first_seen,
            known_lines: &names.lines,
            ledger: &ledger,
            last_night: earlier.last_night,
            scoring_digest: &job.scoring_digest,
            unseen_until: &unseen_until,
            decisions: &decisions,
            sent_flags: &names.moved.flags(store.tables().flags(&job.name, id)?),
            remembered_origins: &remembered,
            scoring: &job.scoring,
            as_of,
        })?;
        caution(
            &mut statement,
            &tables.unread_decisions,
            tables.inputs.iter().chain(&self.taken.inputs),
        );
        ask_after_lost_keeps(&mut statement, before, as_of);
        ask_after_lost_leaves(&mut statement, before, as_of);
        tell_lost_sign_ins(&mut statement, &sign_ins, as_of);
        let is_unused = |line: &ScoredLine| matches!(line.verdict, Verdict::Idle | Verdict::NeverUsed);
        let has_unused = statement.lines.iter().any(is_unused);
        statement.notices.extend(naming_nobody(&join, has_unused));
        statement.notices.extend(without_internal(&join, has_unused));
        let is_news = origins.iter().any(|origin| !remembered.contains_key(&origin.key));
        if is_news || origins.len() != remembered.len() {
            store.tables().put_origins(&job.name, id, &origins)?;
        }
        gates.extend(self.holes_in_history(id, &ends, store)?);
        gates.extend(gates::seen_use(
            &statement,
            earlier.lost,
            &coverage,
            &names.seen,
            &names.seal,
            accepted,
        ));
        gates.extend(gates::bill(&statement, accepted));
        gates.push(self.fresh_calls(account, &coverage, newest_call, store)?);
        gates.push(self.fresh_invoice(id, statement.invoice_date, store)?);
        Ok(JudgedAccount {
            baseline: AccountBaseline {
                accepted_nameless_basis_points: accepted_nameless,
                kept: keeps_after(&statement, before, &kept_by_rule, as_of),
                away: leaves_after(&statement, before, as_of),
                signed_in: sign_ins,
                ..gates::baseline_of(&statement, gates::joined_basis_points(&join))
            },
            gates,
            coverage: summary_of(id, &coverage, newest_call),
            unmatched_calls: join.with_line_end.saturating_sub(join.matched + join.former),
            statement,
        })
    }
}

/// One account's part of the night.
struct JudgedAccount {
    statement: AccountStatement,
    gates: Vec<GateReport>,
    coverage: CoverageSummary,
    unmatched_calls: u64,
    baseline: AccountBaseline,
}

impl Judged {
    fn add(&mut self, account: JudgedAccount) {
        self.baseline
            .accounts
            .insert(account.statement.account_id.clone(), account.baseline);
        self.gates.extend(account.gates);
        self.coverage.push(account.coverage);
        self.unmatched_calls += account.unmatched_calls;
        self.accounts.push(account.statement);
    }
}
