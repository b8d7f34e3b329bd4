//! Reads clock, environment and arguments; calls; prints; exits.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};

use chrono::{NaiveDate, Utc};
use clap::Parser;
use quietline::cli::{
    Backtest, Check, Cli, Command, ConfigCommand, ConfigShow, Explain, ExportCommand, ExportFocus, HaltClear,
    HaltCommand, JobWords, LogFormat, Man, Odds, Preview, Run, Send, Speech, Status, Synth, completions,
    man_page, man_pages, settings_json, settings_text,
};
use quietline::domain::{NightStatus, Statement};
use quietline::durable::{FILE_MODE, create_folder, write_file};
use quietline::failure::{ExitKind, Failure, OrFail};
use quietline::job::{Given, Job, load};
use quietline::night::{self, Options, World, watched};
use quietline::progress::Progress;
use quietline::render::{
    backtest_json, backtest_text, operators_text, summary_json, terminal_summary, what_if,
};
use quietline::synth::{SynthOptions, generate};
use tracing::level_filters::LevelFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let json_logs = cli.speech.log_format == LogFormat::Json;
    let on_terminal = io::stderr().is_terminal();
    let progress = Progress::new(on_terminal && !cli.speech.no_progress && !json_logs);
    start_logs(cli.speech, on_terminal, &progress);
    match dispatch(cli.command, progress) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            report(&failure, json_logs);
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Silent on success away from a terminal: cron mails whatever is printed.
fn start_logs(speech: Speech, on_terminal: bool, progress: &Progress) {
    let level = match (speech.verbose, on_terminal) {
        (0, false) => LevelFilter::WARN,
        (0, true) | (1, _) => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    let colours = on_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let progress = progress.clone();
    let logs = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_target(false)
        .with_ansi(colours)
        .with_writer(move || progress.log_writer());
    match speech.log_format {
        LogFormat::Json => logs.json().init(),
        LogFormat::Text => logs.without_time().init(),
    }
}

fn report(failure: &Failure, as_json: bool) {
    if as_json {
        tracing::error!(exit_code = failure.exit_code(), "{failure}");
    } else {
        // Nobody is left to tell when standard error is closed.
        let _ = writeln!(io::stderr(), "quietline: {failure}");
    }
}

/// Folder and environment, read once.
struct Surroundings {
    folder: PathBuf,
    environment: BTreeMap<String, String>,
}

impl Surroundings {
    fn read() -> Result<Surroundings, Failure> {
        let folder = std::env::current_dir().or_fail(ExitKind::Failed)?;
        let text = |word: std::ffi::OsString| word.to_string_lossy().into_owned();
        let environment = std::env::vars_os()
            .map(|(name, value)| (text(name), text(value)))
            .collect();
        Ok(Surroundings { folder, environment })
    }

    /// The job that was named, else `quietline.toml` in the current folder.
    fn job_file(&self, named: Option<&Path>) -> Result<PathBuf, Failure> {
        if let Some(file) = named.filter(|file| !file.as_os_str().is_empty()) {
            return Ok(file.to_owned());
        }
        let usual = PathBuf::from("quietline.toml");
        if self.folder.join(&usual).is_file() {
            return Ok(usual);
        }
        Err(Failure::usage(
            "no job file was named, and there is no quietline.toml in this folder",
            "quietline run jobs/sample.toml (in a checkout), or set QUIETLINE_JOB",
        ))
    }

    fn job(&self, words: &JobWords) -> Result<Job, Failure> {
        self.job_with(words, None, &[])
    }

    fn job_with(
        &self,
        words: &JobWords,
        as_of: Option<NaiveDate>,
        accept_empty: &[NaiveDate],
    ) -> Result<Job, Failure> {
        let file = self.job_file(words.job.as_deref())?;
        Ok(load(&Given {
            file: Some(&file),
            folder: &self.folder,
            environment: &self.environment,
            set: &words.set.set,
            as_of,
            accept_empty,
        })?)
    }

    fn world(&self, words: &JobWords, progress: Progress) -> Result<World, Failure> {
        Ok(World {
            now: Utc::now(),
            progress,
            environment: |name| std::env::var_os(name),
            job_words: self.job_file(words.job.as_deref())?.display().to_string(),
        })
    }
}

fn dispatch(command: Command, progress: Progress) -> Result<u8, Failure> {
    let surroundings = Surroundings::read()?;
    match command {
        Command::Completions(words) => print_bytes(&completions(words.shell)).map(|()| 0),
        Command::Man(words) => man(&words).map(|()| 0),
        Command::Preview(words) => preview(&surroundings, &words, progress).map(|()| 0),
        Command::Send(words) => send(&surroundings, &words, progress).map(|()| 0),
        Command::Config(ConfigCommand::Show(words)) => config_show(&surroundings, &words).map(|()| 0),
        Command::Synth(words) => synth(words).map(|()| 0),
        Command::Run(words) => run(&surroundings, &words, progress),
        Command::Check(words) => check(&surroundings, &words, progress),
        Command::Explain(words) => explain_line(&surroundings, &words, progress),
        Command::Backtest(words) => backtest(&surroundings, &words, progress),
        Command::Odds(words) => odds(&surroundings, &words, progress),
        Command::Export(ExportCommand::Focus(words)) => {
            export_focus(&surroundings, &words, progress).map(|()| 0)
        }
        Command::Status(words) => status(&surroundings, &words),
        Command::Halt(HaltCommand::Clear(words)) => clear_halt(&surroundings, &words, progress),
    }
}

fn run(surroundings: &Surroundings, words: &Run, progress: Progress) -> Result<u8, Failure> {
    let job = surroundings.job_with(&words.job, words.as_of, &words.accept_empty)?;
    let world = surroundings.world(&words.job, progress)?;
    let options = Options {
        dry_run: words.dry_run,
        accepted: words.accept_change.clone(),
        redo: words.redo,
        rebuild: words.rebuild,
        offline: false,
    };
    let outcome = watched(&job, &options, &world)?;
    for trouble in &outcome.troubles {
        tracing::warn!("{trouble}");
    }
    let Some(statement) = &outcome.statement else {
        tracing::info!(
            "the night of {} was reported before; nothing was left to do",
            outcome.as_of
        );
        return Ok(outcome.exit_code);
    };
    if matches!(statement.status, NightStatus::Held | NightStatus::Blocked) {
        // Nobody is left to tell when standard error is closed.
        let _ = io::stderr().write_all(operators_text(statement, &world.job_words).as_bytes());
    }
    if words.json {
        print(&String::from_utf8_lossy(&summary_json(statement, "")?))?;
    } else if words.dry_run || io::stdout().is_terminal() {
        print(&terminal_summary(statement))?;
    }
    if words.dry_run && !words.job.set.set.is_empty() && !words.json {
        print(&against_own_settings(
            surroundings,
            words,
            &options,
            &world,
            statement,
        )?)?;
    }
    if let Some(folder) = &outcome.folder {
        tracing::info!("written to {}", folder.display());
    }
    Ok(outcome.exit_code)
}

/// The same night under the job's own settings, and what differs. A job that cannot do without what was typed has none.
fn against_own_settings(
    surroundings: &Surroundings,
    words: &Run,
    options: &Options,
    world: &World,
    tried: &Statement,
) -> Result<String, Failure> {
    let own_words = JobWords {
        job: words.job.job.clone(),
        ..JobWords::default()
    };
    let Ok(own) = surroundings.job_with(&own_words, words.as_of, &words.accept_empty) else {
        return Ok("\nthe job alone cannot be used, so there is nothing to compare with\n".to_owned());
    };
    let own = night::night(&own, options, world)?.statement;
    Ok(own.map_or_else(String::new, |own| what_if(&own, tried)))
}

fn backtest(surroundings: &Surroundings, words: &Backtest, progress: Progress) -> Result<u8, Failure> {
    let job = surroundings.job_with(&words.job, words.as_of, &[])?;
    let statement = night::rehearsed(&job, &surroundings.world(&words.job, progress)?)?;
    if words.json {
        print(&String::from_utf8_lossy(&backtest_json(&statement)?))?;
    } else {
        print(&backtest_text(&statement))?;
    }
    Ok(0)
}

fn odds(surroundings: &Surroundings, words: &Odds, progress: Progress) -> Result<u8, Failure> {
    let odds = match &words.job {
        None => night::odds(&words.pattern)?,
        Some(file) => {
            let job_words = JobWords {
                job: Some(file.clone()),
                ..JobWords::default()
            };
            let job = surroundings.job(&job_words)?;
            let world = surroundings.world(&job_words, progress)?;
            night::odds_of_job(&words.pattern, &job, words.account.as_deref(), &world)?
        }
    };
    match words.json {
        true => print(&format!("{}\n", serde_json::to_string_pretty(&odds)?))?,
        false => print(&quietline::render::odds(&odds))?,
    }
    Ok(0)
}

fn check(surroundings: &Surroundings, words: &Check, progress: Progress) -> Result<u8, Failure> {
    let job = surroundings.job(&words.job)?;
    print(&night::check(&job, &surroundings.world(&words.job, progress)?)?)?;
    Ok(0)
}

fn explain_line(surroundings: &Surroundings, words: &Explain, progress: Progress) -> Result<u8, Failure> {
    let job_words = JobWords {
        job: words.job.clone(),
        set: words.set.clone(),
    };
    let job = surroundings.job_with(&job_words, words.as_of, &[])?;
    print(&night::explain(
        &job,
        &words.line,
        &surroundings.world(&job_words, progress)?,
    )?)?;
    Ok(0)
}

fn export_focus(surroundings: &Surroundings, words: &ExportFocus, progress: Progress) -> Result<(), Failure> {
    let job = surroundings.job(&words.job)?;
    let rows = night::focus(&job, words.version, &surroundings.world(&words.job, progress)?)?;
    match &words.out {
        Some(file) => Ok(write_file(file, &rows, FILE_MODE)?),
        None => print(&String::from_utf8_lossy(&rows)),
    }
}

fn preview(surroundings: &Surroundings, words: &Preview, progress: Progress) -> Result<(), Failure> {
    let job = surroundings.job_with(&words.job, words.as_of, &[])?;
    let world = surroundings.world(&words.job, progress)?;
    let preview = night::preview(&job, words.dry_run, words.out.as_deref(), &world)?;
    for note in &preview.notes {
        tracing::info!("{note}");
    }
    let files = preview.files.iter().map(|file| format!("{}\n", file.display()));
    print(&files.collect::<String>())?;
    if let (true, Some(page)) = (words.open, preview.files.first()) {
        open(page);
    }
    Ok(())
}

/// A machine without a desktop has no browser; the paths are printed, and that is enough.
fn open(page: &Path) {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let opened = std::process::Command::new(opener)
        .arg(page)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Err(error) = opened {
        tracing::warn!(
            "{opener} cannot be run ({error}); open {} yourself",
            page.display()
        );
    }
}

fn send(surroundings: &Surroundings, words: &Send, progress: Progress) -> Result<(), Failure> {
    let job = surroundings.job_with(&words.job, words.as_of, &[])?;
    let world = surroundings.world(&words.job, progress)?;
    print(&night::send(&job, words.audience, &words.to, words.yes, &world)?)
}

fn man(words: &Man) -> Result<(), Failure> {
    match &words.out {
        None => print_bytes(&man_page().or_fail(ExitKind::Failed)?),
        Some(folder) => {
            create_folder(folder)?;
            man_pages(folder).map_err(|error| Failure::cannot_write(folder, error))
        }
    }
}

fn status(surroundings: &Surroundings, words: &Status) -> Result<u8, Failure> {
    let standing = night::standing(&surroundings.job(&words.job)?)?;
    if words.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&standing)?))?;
    } else {
        print(&standing.shown())?;
    }
    Ok(0)
}

fn clear_halt(surroundings: &Surroundings, words: &HaltClear, progress: Progress) -> Result<u8, Failure> {
    let job = surroundings.job(&words.job)?;
    let cleared = night::clear_halt(&job, &surroundings.world(&words.job, progress)?)?;
    print(match cleared {
        true => "the halt is cleared: the next run tries the login again\n",
        false => "no halt is set\n",
    })?;
    Ok(0)
}

fn config_show(surroundings: &Surroundings, words: &ConfigShow) -> Result<(), Failure> {
    let job = surroundings.job(&words.job)?;
    let text = if words.json {
        settings_json(&job.settings).or_fail(ExitKind::Failed)?
    } else {
        settings_text(&job.settings)
    };
    print(&text)
}

fn synth(words: Synth) -> Result<(), Failure> {
    let job_file = words.out.join("job.toml");
    let made = generate(&SynthOptions {
        lines: words.lines,
        days: words.days,
        seed: words.seed,
        last_day: words.last_day,
        time_zone: words.time_zone,
        shape: words.shape,
        account_id: words.account,
        out: words.out,
        mix: words.mix,
        gzip: !words.plain,
        faults: words.faults,
    })?;
    print(&format!(
        "{} lines, {} calls in {} legs, {} charges, {} files; run it with: quietline run {}\n",
        made.lines,
        made.calls,
        made.legs,
        made.charges,
        made.files,
        job_file.display()
    ))
}

/// Results go to standard output. A reader that has seen enough (`| head`) is no failure.
fn print(text: &str) -> Result<(), Failure> {
    print_bytes(text.as_bytes())
}

fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::cannot_write(Path::new("standard output"), error))
        }
        _ => Ok(()),
    }
}
