//! What kind of request is sent, and what kept it from an answer.

/// What is sent: whether it may be sent again, and what its answer may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    Question,
    Refresh,
    /// Each one that fails counts towards a lock-out, told or not.
    Login,
}

/// A fault in passing, in words.
pub(super) struct Transient {
    pub words: String,
    /// Nothing was sent.
    pub is_unconnected: bool,
}

impl Transient {
    pub(super) fn after_sending(words: String) -> Transient {
        Transient {
            words,
            is_unconnected: false,
        }
    }
}
