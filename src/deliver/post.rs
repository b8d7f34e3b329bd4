//! What the outbox and a way of delivery say to each other.

use super::message::Identity;
use super::{outbox, smtp};
use crate::domain::Audience;
use crate::durable::WriteError;

/// One frozen message for one recipient.
#[derive(Debug, Clone, Copy)]
pub struct Parcel<'a> {
    /// File-safe name of the message: job, night, revision and audience.
    pub name: &'a str,
    /// Envelope sender.
    pub sender: &'a str,
    /// Envelope recipient.
    pub recipient: &'a str,
    /// The message as frozen.
    pub bytes: &'a [u8],
}

/// What became of one parcel. The words are the server's, for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Taken over for good.
    Accepted(String),
    /// Refused for good (5xx): sending it again would not help.
    Refused(String),
    /// Not accepted, and certainly not: may go again.
    Deferred(String),
    /// All was sent and no answer came: perhaps accepted.
    Ambiguous(String),
}

/// Delivery stops for this run; what was not offered stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum Halted {
    /// The mail server as a whole.
    #[error(transparent)]
    Smtp(#[from] smtp::Error),
    /// The outbox folder.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The step before DATA could not be noted, so DATA was not sent.
    #[error(transparent)]
    Outbox(#[from] outbox::Error),
}

impl Halted {
    /// The exit code (README.md).
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Smtp(error) => error.exit_code(),
            Self::Write(error) => error.exit_code(),
            Self::Outbox(error) => error.exit_code(),
        }
    }
}

/// A way of delivery.
pub trait Delivery {
    /// Offers one parcel. Calls `commit` once the recipient is taken and before any of the content leaves; when
    /// it fails, nothing of the content is sent.
    ///
    /// # Errors
    /// [`Halted`] when no parcel at all can be delivered now.
    fn offer(
        &mut self,
        parcel: &Parcel<'_>,
        commit: &mut dyn FnMut() -> Result<(), outbox::Error>,
    ) -> Result<Fate, Halted>;

    /// Whether a message goes this way: all but the webhook's do, unless the way says otherwise.
    fn carries(&self, identity: &Identity) -> bool {
        identity.list() != Audience::Webhook.as_str()
    }

    /// Whether delivering the same bytes twice leaves the same as once; then a doubtful parcel just goes again.
    fn repeats_harmlessly(&self) -> bool {
        false
    }
}
