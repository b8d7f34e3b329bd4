# What the project is worked on with; `just` lists the recipes.

default:
    @just --list

# format, lints
check:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings

test:
    cargo test

# 20 companies of 60 lines, a year of nights each, under both models (docs/year.md)
year:
    cargo test --release --test it year::a_long_year -- --ignored --nocapture

# one company, to look closer: "SEED NIGHTS LINES MODEL ACCIDENTS"
lived COMPANY:
    QUIETLINE_YEAR="{{COMPANY}}" cargo test --test it year::a_company_as_told -- --ignored --nocapture

# each corruption on the first, the second and the thirtieth night; prints the table of docs/gates.md
mutations:
    cargo test --test it mutations::every -- --ignored --nocapture

# look at changed snapshots, then accept them with `cargo insta accept`
review:
    cargo insta review

# against mocks of Vonage's OpenAPI files, which FOLDER holds
contract FOLDER:
    eval "$(.ci/prism.sh {{FOLDER}})"; cargo test --lib contract; kill $QUIETLINE_PRISM_PIDS

# the FOCUS export, beside the public validator
focus:
    QUIETLINE_FOCUS_VALIDATOR="$(.ci/focus.sh)" cargo test --test it focus

# pages and mails before axe, validators, SpamAssassin and a browser
readable:
    .ci/readable/check

# the README's pictures, from reports/sample
screenshots:
    .ci/readable/screenshots

# the sample night, whose report is committed
sample:
    rm -rf reports/sample store/ outbox/
    cargo run -- run jobs/sample.toml

# a job's night, in release
night JOB:
    cargo run --release -- run {{JOB}}

# 500 lines by 540 days, made up and timed
big FOLDER:
    cargo build --release
    target/release/quietline synth --lines 500 --days 540 --last-day 2026-10-16 --shape both --out {{FOLDER}}
    /usr/bin/time -v target/release/quietline run {{FOLDER}}/job.toml
