//! TLS: the certificates that are trusted beside the system's, and why a server's own is not, in words.

use std::error::Error;
use std::path::Path;

use reqwest::Certificate;
use rustls::CertificateError;

use super::error::VonageError;

pub(super) fn authorities(path: &Path) -> Result<Vec<Certificate>, VonageError> {
    let refuse = |what: String| VonageError::Setup {
        what: format!("{}: {what} (job key vonage.ca_file)", path.display()),
    };
    // Without the path: what is pasted where it belongs may be a key.
    let pem = std::fs::read(path).map_err(|error| VonageError::Setup {
        what: format!("the file that vonage.ca_file names cannot be read: {error}"),
    })?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|error| refuse(error.to_string()))?;
    match found.is_empty() {
        true => Err(refuse("holds no certificate".to_owned())),
        false => Ok(found),
    }
}

/// What is wrong with the server's certificate, where that is why a request failed; None for every other failure.
pub(super) fn distrust(error: &reqwest::Error, ca_file: Option<&Path>) -> Option<String> {
    match tls_error(error)? {
        rustls::Error::InvalidCertificate(why) => Some(words(why, ca_file)),
        _ => None,
    }
}

/// The error of TLS under another one, wherever it lies.
fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    if let Some(found) = error.downcast_ref::<rustls::Error>() {
        return Some(found);
    }
    // An I/O error steps over what it holds when it is asked for its source.
    let held = error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    match held {
        Some(held) => tls_error(held),
        None => tls_error(error.source()?),
    }
}

fn words(why: &CertificateError, ca_file: Option<&Path>) -> String {
    let named = ca_file.map(|path| path.display().to_string());
    let told = why.to_string();
    match (why, &named) {
        (CertificateError::UnknownIssuer | CertificateError::BadSignature, None) => {
            "the authority that signed it is not known to this machine; if it is a private one, name its root certificate in \
             vonage.ca_file"
                .to_owned()
        }
        (CertificateError::UnknownIssuer | CertificateError::BadSignature, Some(file)) => format!(
            "no authority in {file} (job key vonage.ca_file), nor one of this machine's, has signed it; put the root \
             certificate of the authority that did into that file"
        ),
        (CertificateError::Expired | CertificateError::ExpiredContext { .. }, _) => {
            format!("it has ended, or this machine's clock is wrong; the server's owner must renew it ({told})")
        }
        (CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }, _) => {
            format!("it has not begun yet, or this machine's clock is wrong ({told})")
        }
        (CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }, _) => format!(
            "it is another server's; look at vonage.base_url, vonage.token_url and the suites' addresses ({told})"
        ),
        _ if told.contains("CaUsedAsEndEntity") => {
            let held = named.map_or_else(
                || "even if it stood in vonage.ca_file".to_owned(),
                |file| format!("even if it stands in {file} (job key vonage.ca_file)"),
            );
            format!(
                "it has signed itself, as only an authority's certificate does, and such a one is not taken as a server's own, \
                 {held}. Give the server a certificate that an authority has signed, and name that authority's root in \
                 vonage.ca_file"
            )
        }
        _ => format!("{told}; look at vonage.ca_file and at the server"),
    }
}
