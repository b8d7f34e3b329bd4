//! quietline: nightly license hygiene for Vonage Business Communications phone seats.
//!
//! Data flows pull -> tables -> usage -> score -> cost -> recommend -> report -> deliver -> record.
//! The modules stand in that order; every arrow between them points to [`domain`].

pub mod commands;
pub mod deliver;
pub mod domain;
pub mod durable;
pub mod failure;
pub mod frames;
pub mod http;
pub mod job;
pub mod mishap;
pub mod night;
pub mod progress;
pub mod pull;
pub mod record;
pub mod render;
pub mod secret;
pub mod steps;
pub mod synth;
pub mod zones;

pub use quietline_odds as odds;
