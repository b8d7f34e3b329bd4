//! One leg of a made-up call, with small numbers for its ends: the names are looked up when it is written.

/// A telephone number as it stands in `from` or `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    Outside(u32),
    /// In a country of the North American plan that is billed apart.
    International(u32),
    /// The line's direct number; the main number where it has none.
    Line(u32),
    Extension(u32),
    Main,
}

/// A party inside the account, by its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Party {
    Line(u32),
    Queue(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Inbound,
    Outbound,
    Internal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallResult {
    Answered,
    Missed,
    Voicemail,
    Abandoned,
    Busy,
    NoAnswer,
}

impl CallResult {
    /// As the Reports API writes it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            CallResult::Answered => "Answered",
            CallResult::Missed => "Missed",
            CallResult::Voicemail => "Voicemail",
            CallResult::Abandoned => "Abandoned",
            CallResult::Busy => "Busy",
            CallResult::NoAnswer => "No Answer",
        }
    }

    /// As the portal's export writes it.
    pub(super) fn as_portal_str(self) -> &'static str {
        match self {
            CallResult::Answered => "answered",
            CallResult::Missed => "missed",
            CallResult::Voicemail => "voicemail",
            CallResult::Abandoned => "abandoned",
            CallResult::Busy => "busy",
            CallResult::NoAnswer => "no answer",
        }
    }
}

/// The same for all legs of a call.
pub(super) type CallId = u128;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Leg {
    pub(super) call: CallId,
    /// Seconds since 1970 in UTC.
    pub(super) start: i64,
    pub(super) seconds: u32,
    pub(super) direction: Direction,
    pub(super) from: Number,
    pub(super) to: Number,
    pub(super) source: Option<Party>,
    pub(super) destination: Option<Party>,
    pub(super) result: CallResult,
}

impl Leg {
    pub(super) fn inbound(
        call: CallId,
        start: i64,
        (from, to): (Number, Number),
        destination: Party,
        (result, seconds): (CallResult, u32),
    ) -> Leg {
        let direction = Direction::Inbound;
        Leg {
            call,
            start,
            seconds,
            direction,
            from,
            to,
            source: None,
            destination: Some(destination),
            result,
        }
    }

    pub(super) fn outbound(
        call: CallId,
        start: i64,
        line: u32,
        to: Number,
        (result, seconds): (CallResult, u32),
    ) -> Leg {
        Leg {
            call,
            start,
            seconds,
            direction: Direction::Outbound,
            from: Number::Line(line),
            to,
            source: Some(Party::Line(line)),
            destination: None,
            result,
        }
    }

    pub(super) fn internal(
        call: CallId,
        start: i64,
        caller: u32,
        called: u32,
        (result, seconds): (CallResult, u32),
    ) -> Leg {
        Leg {
            call,
            start,
            seconds,
            direction: Direction::Internal,
            from: Number::Extension(caller),
            to: Number::Extension(called),
            source: Some(Party::Line(caller)),
            destination: Some(Party::Line(called)),
            result,
        }
    }
}
