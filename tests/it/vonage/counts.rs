//! Counts that say fewer rows than there are: every row is read, or the days are not known.

use serde_json::json;

use super::company::ApiCompany;
use super::pages::{FEW_DAYS, wanted};
use super::server::Manners;
use super::usage;

/// What a service does with a page beyond the last: an empty one, the last once more, or an error.
fn beyond_the_last() -> [Manners; 3] {
    let (last_again, no_page_beyond) = (true, true);
    [
        Manners::default(),
        Manners {
            last_again,
            ..Manners::default()
        },
        Manners {
            no_page_beyond,
            ..Manners::default()
        },
    ]
}

#[test]
fn a_count_too_low_loses_no_row() {
    let wanted = wanted();
    for beyond in beyond_the_last() {
        for counts_a_page in [false, true] {
            let company = ApiCompany::new(Manners {
                counts_a_page,
                no_pages: counts_a_page,
                calls_only: counts_a_page,
                ..beyond
            });
            let read = company.run(&[FEW_DAYS, ("vonage.page_size", "20")]);
            read.unwrap_or_else(|failure| panic!("{counts_a_page}, {beyond:?}: {failure}"));
            assert!(
                usage(&company) == wanted,
                "{counts_a_page}, {beyond:?}: other usage"
            );
        }
        // Users and extensions cannot be asked for in shorter times.
        let company = ApiCompany::new(Manners::default());
        let theirs = Manners {
            counts_a_page: true,
            cap: 7,
            ..beyond
        };
        company.server.change(|_, manners| *manners = theirs);
        company.stopped(&[FEW_DAYS], 65, "(G1)");
    }
}

#[test]
fn a_count_that_goes_no_further_than_a_round_number_is_not_believed() {
    // More than a thousand rows in a week, of which the service tells a thousand.
    let many = |company: &ApiCompany| {
        company.server.change(|server, _| {
            let copies = server.calls.clone();
            for copy in 0..3 {
                server.calls.extend(copies.iter().map(|call| {
                    let mut call = call.clone();
                    call["id"] = json!(format!("{}-{copy}", call["id"].as_str().unwrap()));
                    call
                }));
            }
        });
    };
    let honest = ApiCompany::new(Manners::default());
    many(&honest);
    honest.run(&[FEW_DAYS]).unwrap();
    let capped = ApiCompany::new(Manners {
        deepest: 1_000,
        tells_the_deepest: true,
        calls_only: true,
        ..Manners::default()
    });
    many(&capped);
    capped.run(&[FEW_DAYS]).unwrap();
    assert!(usage(&capped) == usage(&honest), "rows were lost");
}
