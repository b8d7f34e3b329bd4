//! Each corruption, and how its nights must end.

use std::path::Path;

use How::{Api, Behaves, Each, Files, Rows};

use super::handed::Handed;
use super::nights::Medium;
use super::{rows, wire};
use crate::vonage::server::{ApiServer, Manners, Wire};

#[derive(Clone, Copy)]
pub enum How {
    Rows(fn(&mut Handed)),
    Files(fn(&Path)),
    Api(fn(&ApiServer)),
    Each(fn(&Path), fn(&ApiServer)),
    /// How the API wraps, counts and pages.
    Behaves(fn(&mut Manners)),
}

pub struct Mutation {
    pub name: &'static str,
    pub how: How,
    /// How the first, the second and the thirtieth night end: gates that hold or block, an exit code, or `0 new`. `-` is not played.
    pub files: &'static str,
    pub api: &'static str,
}

impl Mutation {
    /// How a night must end, if it is played.
    pub fn end(&self, medium: Medium, at: usize) -> Option<&'static str> {
        let ends = match medium {
            Medium::Files => self.files,
            Medium::Api => self.api,
        };
        ends.split(" | ").nth(at).filter(|end| *end != "-")
    }
}

const fn of(name: &'static str, how: How, files: &'static str, api: &'static str) -> Mutation {
    Mutation {
        name,
        how,
        files,
        api,
    }
}

/// As it was seen, and as docs/gates.md tells it.
#[rustfmt::skip]
pub const TABLE: &[Mutation] = &[
    of("no line in the list", Rows(rows::empty_list), "exit 65 | exit 65 | exit 65", "G1, exit 65 | G1, exit 65 | G1, exit 65"),
    of("three lines missing from the list", Rows(rows::three_lines_missing), "G3 | 0 new | 0 new", "G3 | 0 new | 0 new"),
    of("no external ids", Rows(rows::no_external_ids), "0 new | 0 new | 0 new", "0 new | 0 new | 0 new"),
    of("one extension twice, another missing", Api(wire::extensions_twice), "- | - | -", "G1, exit 65 | G1, exit 65 | G1, exit 65"),
    of("a key of the lines renamed", Each(wire::heading_of_lines, wire::key_of_lines), "exit 76 | exit 76 | exit 76", "G9, exit 76 | G9, exit 76 | G9, exit 76"),
    of("a key of the calls renamed", Each(wire::heading_of_calls, wire::key_of_calls), "exit 76 | exit 76 | exit 76", "exit 76 | exit 76 | exit 76"),
    of("lines of another account", Each(wire::another_account, wire::answer_of_another_account), "exit 65 | exit 65 | exit 65", "G3, exit 65 | G3, exit 65 | G3, exit 65"),
    of("the account's answer without its id", Api(wire::account_without_id), "- | - | -", "G9, exit 76 | G9, exit 76 | G9, exit 76"),
    of("403 for the calls", Api(wire::calls_forbidden), "- | - | -", "exit 77 | exit 77 | exit 77"),
    of("403 for the extensions", Api(wire::extensions_forbidden), "- | - | -", "exit 77 | exit 77 | exit 77"),
    of("empty 204 for calls", Api(wire::calls_204), "- | - | -", "G2 | G2 G5 | G2 G5"),
    of("empty 204 for the extensions", Api(wire::lists_204), "- | - | -", "G1, exit 65 | G1, exit 65 | G1, exit 65"),
    of("call files empty", Files(wire::empty_call_files), "exit 65 | exit 65 | exit 65", "- | - | -"),
    of("no calls at all", Each(wire::header_only, wire::no_calls), "exit 65 | exit 65 | exit 65", "G2 G5 | G2 G5 | G2 G5"),
    of("one person's calls only", Rows(rows::one_person_only), "G3 G4 | G3 G4 | G3 G4", "G3 G4 | G2 | G2"),
    of("one person's calls only, for a week", Rows(rows::one_person_for_a_week), "G2 | G2 | G2", "G2 | G2 | G2"),
    of("three people's calls only, for four weeks", Rows(rows::three_people_from_a_day_on), "G2 | G2 | G2", "G2 | G2 | G2"),
    of("names hashed", Rows(rows::hashed), "G3 G4 | G3 G4 | G3 G4", "G3 G4 | G3 | G3"),
    of("names concealed for a week", Rows(rows::concealed_for_a_week), "G3 | G3 | G3", "G3 | G3 | G3"),
    of("results in unknown words", Rows(rows::unknown_results), "G9 | G9 | G9", "G9 | G9 | G9"),
    of("results in unknown words for a week", Rows(rows::unknown_results_for_a_week), "G9 | G9 | G9", "G9 | G9 | G9"),
    of("another company's calls", Rows(rows::another_company), "G3 G4 | G3 G4 | G3 G4", "G3 G4 | G3 | G3"),
    of("another company's calls for a week", Rows(rows::another_company_for_a_week), "G3 | G3 | G3", "G3 | G3 | G3"),
    of("another company's calls beside ours for a week", Rows(rows::another_company_beside), "G3 | G3 | G3", "G3 | G3 | G3"),
    of("half of the pages", Each(wire::second_halves_missing, wire::half_of_the_pages), "G5 | G4 | G4", "G1, exit 65 | G1, exit 65 | G1, exit 65"),
    of("every second row", Rows(rows::half_of_the_rows), "0 new | G4 | G4", "0 new | G4 | G4"),
    of("one row in forty for 90 days", Rows(rows::thinned), "G2 | G2 G4 | G2 G4", "G2 | G2 | G2"),
    of("one row in ten on every fourth day", Rows(rows::some_days_thinned), "0 new | 0 new | 0 new", "0 new | 0 new | 0 new"),
    of("one row in five for three weeks", Rows(rows::a_step), "G2 | G2 | G2", "G2 | G2 | G2"),
    of("a UTC day lost", Rows(rows::a_utc_day_lost), "0 new | 0 new | 0 new", "0 new | 0 new | 0 new"),
    of("yesterday's export", Rows(rows::yesterdays), "0 new | 0 new | 0 new", "0 new | 0 new | 0 new"),
    of("an export a month old, but for a row a day", Rows(rows::a_month_old_but_for_a_row_a_day), "G2 | G2 G4 | G2 G4", "G2 | G2 | G2"),
    of("files cut at the same count of rows", Files(wire::row_caps), "G1 G5 | G1 G4 | G1 G4", "- | - | -"),
    of("page 1 of 3 of saved answers", Files(wire::first_saved_pages), "exit 65 | exit 65 | exit 65", "- | - | -"),
    of("the newest file or body cut off", Each(wire::cut_in_a_row, wire::cut_bodies), "G5 | 0 new | 0 new", "exit 69 | exit 69 | exit 69"),
    of("one line's calls vanish", Rows(rows::a_line_vanishes), "1 new | G4 | G4", "1 new | G4 | G4"),
    of("three lines' calls vanish", Rows(rows::three_lines_vanish), "3 new | G4 | G4", "3 new | G4 | G4"),
    of("calls placed only", Rows(rows::outbound_only), "0 new | G4 | G4", "0 new | G2 | G2"),
    of("calls placed only, for four weeks", Rows(rows::outbound_only_for_a_month), "G2 | G2 | G2", "G2 | G2 | G2"),
    of("one office's calls missing", Rows(rows::one_office), "G4 | G4 | G4", "G4 | 0 new | 0 new"),
    of("one office's calls missing for four weeks", Rows(rows::one_office_for_a_month), "0 new | 0 new | 0 new", "0 new | 0 new | 0 new"),
    of("local time where UTC belongs", Rows(rows::local_time), "0 new | 0 new | 0 new", "0 new | 0 new | 0 new"),
    of("half a day off", Rows(rows::half_a_day_late), "0 new | G4 | G4", "0 new | 0 new | 0 new"),
    of("all calls a year ahead", Rows(rows::all_in_the_future), "G2 G5 G6 | G6 | G6", "G2 G5 | G2 G5 | G2 G5"),
    of("a tenth of the calls in the future", Rows(rows::a_tenth_in_the_future), "G6 | G4 G6 | G4 G6", "0 new | 0 new | 0 new"),
    of("a byte order mark", Files(wire::with_a_bom), "0 new | 0 new | 0 new", "- | - | -"),
    of("files packed under a plain name", Files(wire::packed), "0 new | 0 new | 0 new", "- | - | -"),
    of("eight lines' calls end four weeks ago", Rows(rows::eight_lines_end_on_a_day), "G1 | G1 G4 | G1 G4", "G1 | G4 | G4"),
    of("three lines' calls end ten weeks ago, over three days", Rows(rows::three_lines_end_over_three_days), "G1 | G1 G4 | G1 G4", "G1 | G4 | G4"),
    of("an office of two lines, its calls end ten weeks ago", Rows(rows::a_small_office_ends), "G1 | G1 G4 | G1 G4", "G1 | G4 | G4"),
    of("one office silent on one day", Rows(rows::one_office_on_a_day), "0 new | 0 new | 0 new", "0 new | 0 new | 0 new"),
    of("three lines missing, the main number in From", Rows(rows::three_lines_missing_behind_the_main_number), "G3 | 0 new | 0 new", "G3 | 0 new | 0 new"),
    of("no user in the list", Api(wire::no_users), "- | - | -", "G1, exit 65 | G1, exit 65 | G1, exit 65"),
    of("pages shorter than asked for", Behaves(|theirs| (theirs.cap, theirs.calls_only) = (50, true)), "- | - | -", "0 new | 0 new | 0 new"),
    of("short pages that drift", Behaves(|theirs| (theirs.cap, theirs.slips, theirs.calls_only) = (50, true, true)), "- | - | -", "G1, exit 65 | G1, exit 65 | 0 new"),
    of("the first page again and again", Behaves(|theirs| (theirs.cap, theirs.same_page, theirs.calls_only) = (50, true, true)), "- | - | -", "G1, exit 65 | G1, exit 65 | 0 new"),
    of("counts that end with the page", Behaves(|theirs| (theirs.cap, theirs.counts_a_page, theirs.calls_only) = (50, true, true)), "- | - | -", "0 new | 0 new | 0 new"),
    of("windows that end early, and their counts too", Behaves(|theirs| (theirs.deepest, theirs.tells_the_deepest, theirs.calls_only) = (60, true, true)), "- | - | -", "0 new | 0 new | 0 new"),
    of("lists of a page's size, counts too", Behaves(|theirs| (theirs.deepest, theirs.tells_the_deepest) = (20, true)), "- | - | -", "G3 | G4 | G4"),
    of("answers behind a byte order mark", Behaves(|theirs| theirs.wire = Wire::ByteOrderMark), "- | - | -", "0 new | 0 new | 0 new"),
    of("answers packed unasked", Behaves(|theirs| theirs.wire = Wire::Gzip), "- | - | -", "0 new | 0 new | 0 new"),
    of("quiet days as 204", Behaves(|theirs| (theirs.says_204, theirs.calls_only) = (true, true)), "- | - | -", "0 new | 0 new | 0 new"),
];
