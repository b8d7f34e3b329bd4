//! Never more requests than the quota in any 60 seconds: one count on this machine for all suites, accounts and jobs of an
//! application, in a small file under a kernel lock.
//!
//! A request takes a place before it is sent and holds it for 60 seconds from the moment its answer began, when the service
//! has certainly counted it. One that was killed on the way holds its place as if it had arrived as late as it could.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use crate::domain::hex;
use crate::durable::{FILE_MODE, WriteError, create_folder};

const WINDOW_MS: u64 = 60_000;
/// A clock that was set back leaves places in the future; beyond this they are taken to be of now.
const FURTHEST_MS: u64 = 30 * 60_000;

pub(super) struct Quota {
    path: PathBuf,
    per_minute: usize,
    /// The longest that a request can be on its way.
    timeout: Duration,
}

/// A place in the count, until its answer begins.
#[derive(Debug)]
pub(super) struct Place {
    id: u64,
}

/// When a place was (or will at the latest have been) counted by the service, and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Held {
    at_ms: u64,
    id: u64,
}

impl Quota {
    pub(super) fn open(
        folder: &Path,
        client_id: &str,
        per_minute: u32,
        timeout: Duration,
    ) -> Result<Quota, WriteError> {
        create_folder(folder)?;
        let name = hex(&Sha256::digest(client_id)[..8]);
        Ok(Quota {
            path: folder.join(format!("quota-{name}")),
            per_minute: per_minute as usize,
            timeout,
        })
    }

    /// Waits until one more request may be sent.
    pub(super) fn take(&self) -> Result<Place, WriteError> {
        loop {
            let now = now_ms();
            let mut free_at = None;
            let taken = self.change(|held| {
                held.retain(|place| place.at_ms + WINDOW_MS > now);
                if held.len() < self.per_minute {
                    let place = Held {
                        at_ms: now + self.timeout.as_millis() as u64,
                        id: new_id(),
                    };
                    held.push(place);
                    return Some(Place { id: place.id });
                }
                let mut ends: Vec<u64> = held.iter().map(|place| place.at_ms + WINDOW_MS).collect();
                ends.sort_unstable();
                free_at = ends.get(held.len() - self.per_minute).copied();
                None
            })?;
            match taken {
                Some(place) => return Ok(place),
                // A place in flight may free itself sooner than it says, so it is looked at again within a second.
                None => {
                    let wait = free_at.unwrap_or(now).saturating_sub(now).clamp(1, 1_000);
                    std::thread::sleep(Duration::from_millis(wait));
                }
            }
        }
    }

    /// The service has the request: its place is free 60 seconds from now.
    pub(super) fn arrived(&self, place: &Place) -> Result<(), WriteError> {
        let now = now_ms();
        self.change(|held| {
            held.iter_mut()
                .filter(|other| other.id == place.id)
                .for_each(|own| own.at_ms = now);
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut Vec<Held>) -> T) -> Result<T, WriteError> {
        let failed = |error| WriteError::new("keep the count of requests in", &self.path, error);
        let mut file = self.locked().map_err(failed)?;
        let mut text = String::new();
        // What is not text is no count of ours: it is written over.
        let _ = (&mut file).take(1 << 20).read_to_string(&mut text);
        let latest = now_ms() + FURTHEST_MS;
        let mut held: Vec<Held> = text.lines().filter_map(|line| parse(line, latest)).collect();
        let before = held.clone();
        let result = change(&mut held);
        if held != before {
            let text: String = held
                .iter()
                .map(|place| format!("{} {:x}\n", place.at_ms, place.id))
                .collect();
            file.seek(SeekFrom::Start(0)).map_err(failed)?;
            // In this order: a kill in between leaves old places too many, never one too few.
            file.write_all(text.as_bytes()).map_err(failed)?;
            file.set_len(text.len() as u64).map_err(failed)?;
        }
        Ok(result)
    }

    fn locked(&self) -> std::io::Result<File> {
        let mut options = OpenOptions::new();
        options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(FILE_MODE);
        let file = options.open(&self.path)?;
        file.lock()?;
        Ok(file)
    }
}

fn parse(line: &str, latest_ms: u64) -> Option<Held> {
    let (at, id) = line.split_once(' ')?;
    let at_ms: u64 = at.parse().ok()?;
    Some(Held {
        at_ms: if at_ms > latest_ms {
            latest_ms - FURTHEST_MS
        } else {
            at_ms
        },
        id: u64::from_str_radix(id, 16).ok()?,
    })
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_millis() as u64
}

fn new_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    (u64::from(std::process::id()) << 32) | NEXT.fetch_add(1, Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quota(folder: &Path, per_minute: u32) -> Quota {
        Quota::open(folder, "app", per_minute, Duration::from_secs(5)).unwrap()
    }

    fn places(quota: &Quota) -> Vec<Held> {
        quota.change(|held| held.clone()).unwrap()
    }

    #[test]
    fn all_who_share_an_application_share_one_count() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (quota(folder.path(), 3), quota(folder.path(), 3));
        let first = one.take().unwrap();
        other.take().unwrap();
        one.take().unwrap();
        one.arrived(&first).unwrap();
        assert_eq!(places(&other).len(), 3);
        let waits = std::thread::spawn(move || other.take().unwrap());
        std::thread::sleep(Duration::from_millis(300));
        assert!(!waits.is_finished(), "a fourth request went out");
        one.change(|held| held.retain(|place| place.id != first.id))
            .unwrap();
        waits.join().unwrap();
        assert_eq!(places(&one).len(), 3);
    }

    #[test]
    fn a_request_killed_on_its_way_holds_its_place_as_long_as_it_could_take() {
        let folder = tempfile::tempdir().unwrap();
        let quota = quota(folder.path(), 1);
        let before = now_ms();
        quota.take().unwrap();
        assert!(places(&quota)[0].at_ms >= before + 5_000);
    }

    #[test]
    fn a_count_that_cannot_be_read_or_lies_far_ahead_stops_nobody_for_long() {
        let folder = tempfile::tempdir().unwrap();
        let quota = quota(folder.path(), 1);
        std::fs::write(&quota.path, b"\xff\xfe nonsense").unwrap();
        quota.take().unwrap();
        std::fs::write(&quota.path, format!("{} 1\n", u64::MAX / 2)).unwrap();
        assert!(places(&quota)[0].at_ms <= now_ms());
    }
}
