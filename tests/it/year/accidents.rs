//! What goes wrong with the machine: nights that do not run, are killed or run twice, settings that change, a store from yesterday.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use chrono::{Datelike, Days, NaiveDate};

use super::dice::Dice;
use super::player::{Ended, Player, first_lines, night_command, run_in};
use super::report::{Row, contents, tree};

/// The night of a day, as it is disturbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accident {
    Calm,
    Missed,
    Killed,
    Settings,
    Earlier,
    Rebuild,
    Backup,
    Restored,
}

impl Player {
    pub fn accident(&self, day: NaiveDate) -> Accident {
        let (name, accident) = match self.dice("accident", day).between(1, 100) {
            1..=5 => ("missed night", Accident::Missed),
            6..=13 => ("killed night", Accident::Killed),
            14..=16 => ("changed settings", Accident::Settings),
            17..=20 => ("earlier night", Accident::Earlier),
            21..=23 => ("rebuild", Accident::Rebuild),
            24..=29 => ("restored store", Accident::Backup),
            30..=31 => ("restored store", Accident::Restored),
            _ => return Accident::Calm,
        };
        if self.plan.has(name) {
            accident
        } else {
            Accident::Calm
        }
    }

    fn dice(&self, purpose: &str, day: NaiveDate) -> Dice {
        Dice::of(
            self.plan.seed,
            purpose,
            day.num_days_from_ce().unsigned_abs().into(),
            0,
        )
    }

    /// Does what disturbs the night before it runs; what must be said to `run` beside the day.
    pub fn disturb(&mut self, accident: Accident, day: NaiveDate) -> &'static [&'static str] {
        match accident {
            Accident::Killed => self.kill(day),
            Accident::Settings => self.change_settings(day),
            Accident::Earlier => self.run_earlier(day),
            Accident::Backup if self.work.join("store").exists() => {
                replace(&self.work.join("store"), &self.work.join("backup"));
                self.backed_up = self.good_nights.len();
                self.note(day, "a backup of the store is made");
            }
            Accident::Restored if self.work.join("backup").exists() => {
                replace(&self.work.join("backup"), &self.work.join("store"));
                self.judge.forgets();
                self.good_nights.truncate(self.backed_up);
                self.note(day, "the store is restored from its backup");
            }
            Accident::Rebuild => {
                self.note(day, "run with --rebuild");
                return &["--rebuild"];
            }
            _ => {}
        }
        &[]
    }

    /// A copy of everything, in which the same night will run without being disturbed.
    pub fn twin(&self) -> PathBuf {
        let twin = self.work.with_extension("twin");
        replace(&self.work, &twin);
        twin
    }

    fn kill(&mut self, day: NaiveDate) {
        let milliseconds = self.dice("kill", day).between(20, 900).unsigned_abs();
        let mut command = night_command(&self.work, day, &[]);
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        sleep(Duration::from_millis(milliseconds));
        child.kill().unwrap();
        child.wait().unwrap();
        self.note(day, format!("killed after {milliseconds} ms"));
    }

    /// What the killed night and the one after it have left is what an undisturbed night leaves, `accepted` alike where it was held.
    pub fn compare(&mut self, day: NaiveDate, twin: &Path, more: &[&str], accepted: &[&str]) {
        let mut ended = run_in(twin, day, more);
        if !accepted.is_empty() {
            ended = run_in(twin, day, accepted);
        }
        if ended.code != Some(0) {
            let what = format!("{:?} {}", ended.code, first_lines(&ended.printed));
            self.judge.say(day, "twin-exit", what);
        }
        let report = |work: &Path| contents(&work.join("reports/year").join(day.to_string()));
        let outbox = |work: &Path| contents(&work.join("outbox"));
        for (kind, ours, theirs) in [
            ("twin-report", report(&self.work), report(twin)),
            ("twin-mails", outbox(&self.work), outbox(twin)),
        ] {
            let names = ours.keys().chain(theirs.keys());
            let other = names
                .filter(|name| ours.get(*name) != theirs.get(*name))
                .collect::<Vec<_>>();
            if !other.is_empty() {
                self.judge.say(
                    day,
                    kind,
                    format!("not what an undisturbed night leaves: {other:?}"),
                );
            }
        }
        fs::remove_dir_all(twin).unwrap();
    }

    fn change_settings(&mut self, day: NaiveDate) {
        let mut dice = self.dice("settings", day);
        let choices = match self.plan.model {
            "rule" => ["", "window_days = 60", "window_days = 120"],
            _ => ["", "wrong_removal_cost = \"400.00\"", "min_confidence = 0.9"],
        };
        let chosen = *dice.pick(&choices).unwrap();
        if chosen != self.settings {
            self.settings = chosen;
            self.judge.starts_anew = Some("settings");
            self.note(day, format!("settings: {chosen:?}"));
            self.write_job();
        }
    }

    pub fn window_days(&self) -> u64 {
        let days = self.settings.strip_prefix("window_days = ");
        days.map_or(90, |days| days.parse().unwrap())
    }

    /// A night that was reported is asked for again: nothing is sent, and `latest` stays.
    fn run_earlier(&mut self, day: NaiveDate) {
        let back = self.dice("earlier", day).between(2, 12).unsigned_abs();
        let earlier = day - Days::new(back);
        if !self.good_nights.contains(&earlier) {
            return;
        }
        let latest = || fs::read_link(self.work.join("reports/year/latest")).unwrap();
        let (outbox, before) = (tree(&self.work.join("outbox")), latest());
        let ended = run_in(&self.work, earlier, &[]);
        let sent = tree(&self.work.join("outbox"));
        let is_told = |name: &PathBuf| name.to_string_lossy().ends_with("-operators.eml");
        let again: Vec<PathBuf> = sent
            .into_keys()
            .filter(|name| !outbox.contains_key(name) && !is_told(name))
            .collect();
        let moved = latest() != before;
        self.note(day, format!("{earlier} asked for again: exit {:?}", ended.code));
        if !again.is_empty() {
            self.judge
                .say(day, "earlier-night-mails-again", format!("{earlier}: {again:?}"));
        }
        if moved {
            self.judge
                .say(day, "earlier-night-moves-latest", earlier.to_string());
        }
        // Its inputs have changed since: what then is done is said with 2, and `--redo` named.
        if !matches!(ended.code, Some(0 | 2 | 65)) {
            let what = format!("{earlier}: {:?} {}", ended.code, first_lines(&ended.printed));
            self.judge.say(day, "earlier-night-exit", what);
        }
    }

    /// A fresh store that is given everything at once says of the last night's lines what the lived one says.
    pub fn fresh_store(&mut self, day: NaiveDate) {
        let fresh = self.work.with_extension("fresh");
        replace(&self.work, &fresh);
        for lived in ["store", "reports", "outbox"] {
            fs::remove_dir_all(fresh.join(lived)).unwrap();
        }
        let ended: Ended = run_in(&fresh, day, &[]);
        let last = self.judge.last_good.as_ref().filter(|(last, _)| *last == day);
        let folder = fresh.join("reports/year").join(day.to_string());
        // Whose calls and bills bear another extension, only nights that saw it can know.
        let lines = &self.company.lines;
        let is_compared = |id: &str| {
            !lines
                .iter()
                .any(|line| line.id() == id && !line.former_ids.is_empty())
        };
        let is_unknown = |row: &Row| {
            let extensions = lines
                .iter()
                .flat_map(|line| line.former_extensions.iter().chain([&line.extension]));
            let mut names = extensions
                .map(|extension| format!(" of extension {extension},"))
                .chain(lines.iter().map(|line| format!(" of login {},", line.login)));
            row["verdict"] == "unknown" && names.any(|name| row["reason"].contains(&name))
        };
        let found = match (last, ended.code) {
            (None, _) => Vec::new(),
            (Some((_, lived)), Some(0)) => {
                lived.differences(&folder, self.plan.model, is_compared, is_unknown)
            }
            (Some(_), code) => vec![format!("exit {code:?}: {}", first_lines(&ended.printed))],
        };
        for what in found {
            self.judge.say(day, "fresh-store-differs", what);
        }
        self.compare_times(day, &fresh);
        fs::remove_dir_all(&fresh).unwrap();
    }

    /// The nights that were lived cost a night no time: it takes as long with a store that knows the days alone. Both are timed in
    /// turn, so that whatever else the machine does slows both.
    fn compare_times(&mut self, day: NaiveDate, fresh: &Path) {
        let timed = |work: &Path| run_in(work, day, &["--dry-run"]).took;
        let times: Vec<_> = (0..3).map(|_| (timed(&self.work), timed(fresh))).collect();
        let lived = times.iter().map(|(lived, _)| *lived).min().unwrap();
        let fresh = times.iter().map(|(_, fresh)| *fresh).min().unwrap();
        if lived > fresh * 2 + Duration::from_millis(200) {
            let what = format!("a night takes {lived:?}, with a fresh store {fresh:?}");
            self.judge.say(day, "slower", what);
        }
    }
}

/// Makes `to` a copy of the folder `from`, links and times included.
fn replace(from: &Path, to: &Path) {
    if to.exists() {
        fs::remove_dir_all(to).unwrap();
    }
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(copied.success(), "cp -a {} {}", from.display(), to.display());
}
