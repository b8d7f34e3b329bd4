//! What stops a pull from the API, in one readable line: status, endpoint, request id, the start of the body. No query
//! string and no secret.

use crate::domain::Gate;
use crate::durable::WriteError;

/// Why the API gave nothing that can be used. Nothing is scored from a pull that ended so; the pages it stored stay.
#[derive(Debug, thiserror::Error)]
pub enum VonageError {
    /// The credential itself: it is not tried again until it changes or the halt is cleared.
    #[error(
        "Vonage refused the login: {answer}. It is halted and not tried again, since a few failed logins lock the user for \
         30 minutes: change the password or the secret, or run `quietline halt clear` once the login works in the portal"
    )]
    Refused { answer: String },
    /// A refusal of an earlier run.
    #[error(
        "the login was refused on {since} and is not tried again, since a few failed logins lock the user: change the \
         password or the secret, or run `quietline halt clear` once the login works in the portal. It was told: {reason}"
    )]
    Halted { since: String, reason: String },
    /// The login was good, and this request is not allowed.
    #[error(
        "Vonage took the login and refuses this request; is the application subscribed to the {suite} suite, was the token \
         given scope=openid, and is the login an account administrator's? {answer}"
    )]
    Denied { suite: String, answer: String },
    /// Down, out of reach, or answering what is no answer, after every try.
    #[error("Vonage's service is not to be had after {tries} {}: {answer}", if *tries == 1 { "try" } else { "tries" })]
    Unavailable { tries: u32, answer: String },
    /// TLS: nothing was sent, and trying again would not help.
    #[error("{endpoint}: the certificate of {host} is not trusted, and nothing was sent: {why}")]
    Untrusted {
        endpoint: String,
        host: String,
        why: String,
    },
    #[error("there is no such address: {answer}. Look at {settings}")]
    NotThere { settings: String, answer: String },
    #[error(
        "the service sends requests on to {place}, and a password or token is not sent on: {answer}. If that is the right \
         place, set {settings}"
    )]
    Moved {
        place: String,
        settings: String,
        answer: String,
    },
    /// An answer that says that the request is wrong: trying again would not help.
    #[error("Vonage does not take the request: {answer}")]
    Rejected { answer: String },
    /// The service asked for more patience than the job has.
    #[error(
        "Vonage asks to wait {asked} s more, after {waited} s of waiting in this run (vonage.patience_minutes): {answer}. \
         Every page that came is kept; the next run goes on from there"
    )]
    Throttled { asked: u64, waited: u64, answer: String },
    /// G9: an answer without what it must have.
    #[error("{endpoint} has changed its shape (G9): {what}")]
    Schema { endpoint: String, what: String },
    /// A gate that the pull itself can close.
    #[error("{endpoint}: {what} ({gate}); nothing was scored from it")]
    Data {
        gate: Gate,
        endpoint: String,
        what: String,
    },
    #[error("the API cannot be asked: {what}")]
    Setup { what: String },
    #[error("another run is pulling from the API into {}; try later", path.display())]
    Busy { path: std::path::PathBuf },
    /// A page that was stored and cannot be read back.
    #[error("{}: {what}; remove the file and run again", path.display())]
    Stored { path: std::path::PathBuf, what: String },
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl VonageError {
    /// Whether the service answered that this one request is wrong, as some do beyond the last page of a list.
    pub(super) fn is_of_request(&self) -> bool {
        matches!(self, VonageError::Rejected { .. } | VonageError::NotThere { .. })
    }

    /// 65 bad data, 69 not to be had, 73/74 cannot write, 75 try later, 76 schema, 77 credential, 78 settings.
    pub fn exit_code(&self) -> u8 {
        match self {
            VonageError::Data { .. } => 65,
            VonageError::Unavailable { .. }
            | VonageError::Untrusted { .. }
            | VonageError::NotThere { .. }
            | VonageError::Moved { .. }
            | VonageError::Rejected { .. } => 69,
            VonageError::Write(error) => error.exit_code(),
            VonageError::Stored { .. } => 74,
            VonageError::Throttled { .. } | VonageError::Busy { .. } => 75,
            VonageError::Schema { .. } => 76,
            VonageError::Refused { .. } | VonageError::Halted { .. } | VonageError::Denied { .. } => 77,
            VonageError::Setup { .. } => 78,
        }
    }
}
