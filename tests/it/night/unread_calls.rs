//! Call rows that could not be used: whom they name stays protected when their file has rolled away, until the rows are mended or
//! their days are past.

use std::collections::BTreeMap;
use std::fs;

use quietline::domain::{AccountStatement, NightStatus, Verdict};
use quietline::night::{Options, forget, night};

use super::company::{job_in, world};
use super::phones::{CALLS, LINES, Phones, Row, line, row, verdict, written};

/// A length that cannot be read.
const BROKEN: &str = "a while";

/// Phones whose files stay from night to night.
struct Nights {
    folder: tempfile::TempDir,
    phones: Phones,
}

impl Nights {
    fn new() -> Nights {
        let nights = Nights {
            folder: tempfile::tempdir().unwrap(),
            phones: Phones::named_by(&["extension", "user"]),
        };
        let folder = nights.folder.path();
        fs::create_dir(folder.join("calls")).unwrap();
        fs::write(
            folder.join("job.toml"),
            "[job]\nname = \"phones\"\nas_of = \"2026-10-16\"\nstore = \"store\"\nreports = \"reports\"\n\
             [accounts.\"700100\"]\nname = \"Example\"\ntime_zone = \"America/New_York\"\n\
             [scoring]\nmodel = \"rule\"\n\
             [sources.lines]\nfiles = [\"lines.csv\"]\n[sources.calls]\nfiles = [\"calls/*.csv\"]\n",
        )
        .unwrap();
        nights.calls("all", &[]);
        nights
    }

    /// A file of the last days' calls, or of all, and these.
    fn calls(&self, file: &str, more: &[Row]) {
        let from = if file == "all" { "" } else { "2026-10-05" };
        let of_file = self
            .phones
            .calls
            .iter()
            .filter(|call| call["start"].as_str() >= from);
        let rows: Vec<Row> = of_file.chain(more).cloned().collect();
        let path = self.folder.path().join(format!("calls/{file}.csv"));
        fs::write(path, written(&CALLS, &rows)).unwrap();
    }

    fn remove(&self, file: &str) {
        fs::remove_file(self.folder.path().join(format!("calls/{file}.csv"))).unwrap();
    }

    fn with(&self, set: &[(&str, &str)], options: &Options) -> AccountStatement {
        let lines = written(&LINES, &self.phones.lines);
        fs::write(self.folder.path().join("lines.csv"), lines).unwrap();
        let job = job_in(self.folder.path(), "job.toml", set);
        let statement = night(&job, options, &world()).unwrap().statement.unwrap();
        assert!(statement.status <= NightStatus::Warned, "{:?}", statement.gates);
        statement.accounts.into_iter().next().unwrap()
    }

    fn night(&self, as_of: &str) -> AccountStatement {
        self.with(&[("job.as_of", as_of)], &Options::default())
    }

    fn names(&self) -> Vec<String> {
        let store = rusqlite::Connection::open(self.folder.path().join("store/state.sqlite")).unwrap();
        let mut rows = store.prepare("SELECT name FROM unread_names").unwrap();
        rows.query_map([], |row| row.get(0))
            .unwrap()
            .map(|name| name.unwrap())
            .collect()
    }
}

fn call<const N: usize>(id: &str, length: &str, ends: [(&'static str, &str); N]) -> Row {
    let mut call = row([
        ("id", id),
        ("direction", "Outbound"),
        ("start", "2026-10-06 14:00:00"),
        ("length", length),
        ("result", "Answered"),
        ("from", "12125550000"),
        ("to", "13125559999"),
    ]);
    call.extend(row(ends));
    call
}

#[test]
fn a_name_stays_when_its_file_rolls_away_and_goes_with_its_days() {
    let nights = Nights::new();
    let cells = [("source_extension", "115"), ("start", "2026-09-01 14:00:00")];
    nights.calls("october", &[call("b1", BROKEN, cells)]);
    let first = nights.night("2026-10-09");
    assert_eq!(
        [verdict(&first, "115"), verdict(&first, "116")],
        [Verdict::Unknown, Verdict::Idle]
    );
    nights.remove("october");
    let second = nights.night("2026-10-12");
    let told = "1 call row of 2026-09-01 that names it could not be read";
    assert_eq!(verdict(&second, "115"), Verdict::Unknown);
    assert!(
        line(&second, "115").reason.starts_with(told),
        "{}",
        line(&second, "115").reason
    );
    let names = nights.names();
    assert!(names.len() == 1 && !names[0].contains("115"), "{names:?}");
    let redo = Options {
        redo: true,
        ..Options::default()
    };
    let again = nights.with(&[("job.as_of", "2026-10-12")], &redo);
    assert_eq!(verdict(&again, "115"), Verdict::Unknown);
    assert_eq!(nights.names(), names);
    // Its day is past: nobody is kept unknown for ever.
    let set = [("job.as_of", "2026-10-16"), ("scoring.window_days", "40")];
    let last = nights.with(&set, &Options::default());
    assert_eq!(verdict(&last, "115"), Verdict::Idle);
}

#[test]
fn a_row_that_is_mended_is_judged_again_whichever_file_mends_it() {
    let missed = |length: &str| {
        let result = [
            ("direction", "Inbound"),
            ("result", "Missed"),
            ("destination_extension", "115"),
        ];
        call("b1", length, result)
    };
    for mended_in in ["october", "later"] {
        let nights = Nights::new();
        nights.calls("october", &[missed(BROKEN)]);
        assert_eq!(verdict(&nights.night("2026-10-09"), "115"), Verdict::Unknown);
        nights.calls(mended_in, &[missed("0")]);
        let second = nights.night("2026-10-12");
        assert_eq!(verdict(&second, "115"), Verdict::Idle, "{mended_in}");
        assert_eq!(nights.names(), [""; 0]);
    }
    // An overlapping export that has the row no more mends nothing.
    let nights = Nights::new();
    nights.calls("october", &[missed(BROKEN)]);
    nights.night("2026-10-09");
    nights.calls("later", &[]);
    nights.remove("october");
    assert_eq!(verdict(&nights.night("2026-10-12"), "115"), Verdict::Unknown);
}

#[test]
fn whoever_a_row_names_in_whatever_way_is_protected() {
    let two = [("source_user", "oona.pike; paul.quist")];
    let did = [("source_extension", ""), ("to", "tel:+13125550116")];
    let zeros = [("destination_extension", "0115")];
    type Cells<'a> = &'a [(&'static str, &'a str)];
    let cases: [(Cells<'_>, [bool; 2]); 5] = [
        (&[("source_user", "Oona.Pike@vbc.prod")], [true, false]),
        (&two, [true, true]),
        (&did, [false, true]),
        (&zeros, [true, false]),
        (&[("from", "115")], [true, false]),
    ];
    for (ends, named) in cases {
        let mut nights = Nights::new();
        nights.phones.line("116").insert("dids", "13125550116".into());
        let mut broken = call("b1", BROKEN, []);
        broken.extend(ends.iter().map(|(end, name)| (*end, (*name).to_owned())));
        // Whenever it was: the row tells no time either.
        broken.insert("start", "yesterday".into());
        nights.calls("october", &[broken]);
        nights.night("2026-10-09");
        nights.remove("october");
        let second = nights.night("2026-10-12");
        let unknown = ["115", "116"].map(|line| verdict(&second, line) == Verdict::Unknown);
        assert_eq!(unknown, named, "{ends:?}");
        let span = "of 2026-10-05 to 2026-10-12 that names it";
        for extension in ["115", "116"].iter().zip(named).filter(|(_, named)| *named) {
            let reason = &line(&second, extension.0).reason;
            assert!(reason.contains(span), "{reason}");
        }
        // Two names, or an own number beside an extension; the outside number is not kept.
        assert!(nights.names().len() <= 3, "{:?}", nights.names());
    }
}

#[test]
fn forgetting_takes_the_name_and_reading_all_again_takes_what_no_file_holds() {
    let nights = Nights::new();
    nights.calls("october", &[call("b1", BROKEN, [("source_user", "oona.pike")])]);
    nights.night("2026-10-09");
    let before = nights.names();
    let job = job_in(nights.folder.path(), "job.toml", &[]);
    forget(&job, "oona.pike", true, &world()).unwrap();
    assert_eq!(nights.names(), ["forgotten"]);
    assert_ne!(before, nights.names());
    nights.remove("october");
    let rebuild = Options {
        rebuild: true,
        ..Options::default()
    };
    nights.with(&[("job.as_of", "2026-10-12")], &rebuild);
    assert_eq!(nights.names(), [""; 0]);
}

/// A line that joins the list after the row that names it.
#[test]
fn a_line_that_joins_later_is_protected_by_what_named_it_before() {
    let mut nights = Nights::new();
    let later: Vec<Row> = nights.phones.lines.drain(14..).collect();
    nights.calls("october", &[call("b1", BROKEN, [("source_user", "oona.pike")])]);
    nights.night("2026-10-09");
    nights.remove("october");
    nights.phones.lines.extend(later);
    let second = nights.night("2026-10-12");
    assert_ne!(verdict(&second, "115"), Verdict::Idle);
    let by_line: BTreeMap<&str, Verdict> = second
        .lines
        .iter()
        .map(|line| (line.line.extension.as_str(), line.verdict))
        .collect();
    assert_eq!(by_line["101"], Verdict::InUse);
}
