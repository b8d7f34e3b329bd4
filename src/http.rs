//! What every HTTP client of ours needs, whomever it speaks to.

use std::net::IpAddr;

use reqwest::Url;

/// Gives reqwest, which comes without a TLS provider here, the one that lettre uses.
pub fn use_ring() {
    // Set already when a client was made before: then the one that is there serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Whether an address is of this machine, where clear text is no risk.
pub fn is_here(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    })
}

/// An error and what lies under it ("connection refused"). Take its URL off before: nothing under it knows the address.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        words = format!("{words}: {inner}");
        source = inner.source();
    }
    words
}
