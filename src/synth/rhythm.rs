//! When calls are made in a day, how long they last, and what becomes of them.

use super::legs::{CallId, CallResult};
use super::prng::Rng;

const HALF_HOUR: i64 = 1800;
const FIRST_HALF_HOUR: i64 = 14;
/// Calls by half hour from 07:00 to 19:00: a peak at half past ten, a lunch break, a lower peak at three.
const BY_HALF_HOUR: [u32; 24] = [
    2, 4, 10, 18, 34, 44, 52, 58, 56, 50, 38, 28, 30, 40, 50, 54, 52, 46, 38, 30, 18, 10, 6, 3,
];
/// No call starts later than this: a leg a little after its call's start still belongs to the same day.
const LATEST: i64 = 23 * 3600 + 45 * 60;

/// Quantiles of a conversation's length in seconds, evenly spaced.
const TALK_SECONDS: [i64; 13] = [4, 14, 26, 40, 56, 76, 100, 132, 180, 255, 390, 680, 2400];

/// Seconds after local midnight; four calls in a thousand are made late in the evening or at night.
pub(super) fn start_seconds(rng: &mut Rng) -> i64 {
    if rng.per_mille(4) {
        return if rng.per_mille(300) {
            rng.between(0, 5 * 3600)
        } else {
            rng.between(20 * 3600, LATEST)
        };
    }
    let half_hour = FIRST_HALF_HOUR + rng.weighted(&BY_HALF_HOUR) as i64;
    half_hour * HALF_HOUR + rng.between(0, HALF_HOUR - 1)
}

pub(super) fn talk_seconds(rng: &mut Rng) -> u32 {
    let step = rng.below(TALK_SECONDS.len() as u32 - 1) as usize;
    rng.between(TALK_SECONDS[step], TALK_SECONDS[step + 1]) as u32
}

pub(super) fn call_id(rng: &mut Rng) -> CallId {
    u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64())
}

pub(super) fn answered(rng: &mut Rng) -> (CallResult, u32) {
    (CallResult::Answered, talk_seconds(rng))
}

pub(super) fn outbound_result(rng: &mut Rng) -> (CallResult, u32) {
    match rng.weighted(&[790, 130, 30, 50]) {
        0 => answered(rng),
        1 => (CallResult::NoAnswer, 0),
        2 => (CallResult::Busy, 0),
        _ => voicemail(rng),
    }
}

/// What becomes of a call that nobody takes.
pub(super) fn untaken(rng: &mut Rng) -> (CallResult, u32) {
    if rng.per_mille(550) {
        voicemail(rng)
    } else {
        (CallResult::Missed, 0)
    }
}

fn voicemail(rng: &mut Rng) -> (CallResult, u32) {
    (CallResult::Voicemail, rng.between(5, 60) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_peak_in_the_morning_dip_at_noon_and_stay_in_their_day() {
        let mut rng = Rng::new(5);
        let mut by_hour = [0_u32; 24];
        for _ in 0..20_000 {
            let start = start_seconds(&mut rng);
            assert!((0..=LATEST).contains(&start));
            by_hour[(start / 3600) as usize] += 1;
        }
        assert!(by_hour[10] > by_hour[12] && by_hour[14] > by_hour[12] && by_hour[12] > by_hour[7]);
        let night: u32 = by_hour[..6].iter().chain(&by_hour[20..]).sum();
        assert!((30..150).contains(&night), "{night} of 20,000 calls at night");
    }
}
