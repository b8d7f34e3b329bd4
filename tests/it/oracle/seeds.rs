//! Companies of other seeds, in both shapes of call files, with bills as they come.

use quietline::synth::{CallShape, Mix};

use super::agrees;
use super::night::{Made, Night};
use super::otherwise::{billed_as_they_come, signed_in_steps};

#[test]
fn companies_of_other_seeds_in_both_shapes() {
    let companies = [
        (101, Mix::Office, CallShape::Reports),
        (202, Mix::Sparse, CallShape::Portal),
        (303, Mix::Sparse, CallShape::Reports),
        (404, Mix::Office, CallShape::Portal),
    ];
    for (seed, mix, shape) in companies {
        let night = Night::run(Made {
            lines: 60,
            days: 95,
            seed,
            mix,
            shape,
            faults: true,
            sign: signed_in_steps,
            bill: billed_as_they_come,
        });
        agrees(&night);
    }
}

/// Seeds of one's own, by hand: `SEEDS=7,8 cargo test --test it -- oracle::seeds::companies_of_any_seed --ignored`.
#[test]
#[ignore = "takes seeds from the environment"]
fn companies_of_any_seed() {
    let seeds = std::env::var("SEEDS").expect("SEEDS=7,8");
    for seed in seeds.split(',').map(|seed| seed.parse::<u64>().unwrap()) {
        for shape in [CallShape::Reports, CallShape::Portal] {
            eprintln!("seed {seed}, {shape:?}");
            let night = Night::run(Made {
                lines: 70,
                days: 100,
                seed,
                mix: Mix::Office,
                shape,
                faults: true,
                sign: signed_in_steps,
                bill: billed_as_they_come,
            });
            agrees(&night);
        }
    }
}
