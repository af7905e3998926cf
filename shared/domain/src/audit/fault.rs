//! What is wrong with the events of a request, or with what its record says besides.

/// Characters of a value that a fault shows at most.
const SHOWN_MAX_CHARS: usize = 60;

/// Something that Keylease would not have written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Fault {
    /// Every record has at least the event that made it.
    #[error("the record has no events: they were removed")]
    NoEvents,
    /// The event's hash is not the hash of what the event says.
    #[error("{0} was edited: its hash is not the hash of what it says")]
    Edited(Place),
    /// The event was written at another place.
    #[error("{at} was written as event {written_as}: events were removed, added or put in another order")]
    OutOfOrder { at: Place, written_as: u32 },
    /// The event was chained to another one than the one that stands before it.
    #[error("{0} was chained to another event than the one before it: that one was replaced")]
    Unlinked(Place),
    /// The event has no hash, though one before it has.
    #[error("{0} has no hash, and an event before it has one: it was not written by Keylease")]
    Unchained(Place),
    /// The event starts from a status that the one before it did not lead to.
    #[error("{at} starts from {starts}, and the event before it led to {was}")]
    Unfounded {
        at: Place,
        starts: String,
        /// The status that there was.
        was: String,
    },
    /// The last event is not the one that was written last.
    #[error("the last event that is there is not the last that was written: events were cut off, or added")]
    CutOff,
    /// The record says something else than its events.
    #[error("the record's `{field}` is {record}, and by its events it would be {events}")]
    Disagrees { field: &'static str, record: String, events: String },
}

/// Which event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Where it stands, counted from 1.
    pub position: u32,
    /// The event's name, as it stands there.
    pub event: String,
}

impl Fault {
    /// A short, stable word for its kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NoEvents => "no_events",
            Self::Edited(_) => "edited",
            Self::OutOfOrder { .. } => "out_of_order",
            Self::Unlinked(_) => "unlinked",
            Self::Unchained(_) => "unchained",
            Self::Unfounded { .. } => "unfounded",
            Self::CutOff => "cut_off",
            Self::Disagrees { .. } => "disagrees",
        }
    }

    /// The event that it is about, where it is about one.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Edited(at)
            | Self::OutOfOrder { at, .. }
            | Self::Unlinked(at)
            | Self::Unchained(at)
            | Self::Unfounded { at, .. } => Some(at),
            Self::NoEvents | Self::CutOff | Self::Disagrees { .. } => None,
        }
    }
}

/// `event 3 (approve)`. The name may be anything that somebody put there, so nothing in it acts on a terminal.
impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { position, event } = self;
        write!(f, "event {position} ({})", shown(event))
    }
}

/// A text from a record as a fault shows it: not too long, and nothing in it acts on a terminal.
pub(super) fn shown(text: &str) -> String {
    let short: String = text.chars().take(SHOWN_MAX_CHARS).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    let escape = |c: char| if matches!(c, '"' | '\'') { c.to_string() } else { c.escape_debug().to_string() };
    short.chars().map(escape).collect::<String>() + more
}
