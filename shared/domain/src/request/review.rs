//! What happened besides decisions and ends, by the events: a review, and others being asked.

use super::Request;
use crate::history::Change;
use crate::rule::RuleName;
use crate::time::UnixSeconds;

/// The name of the event of a review.
pub(crate) const REVIEW: &str = "review";
/// The name of the event by which others are asked besides.
pub(crate) const ESCALATE: &str = "escalate";

impl Request {
    /// Whether it was granted by break-glass.
    #[must_use]
    pub fn broke_glass(&self) -> bool {
        self.granted_by_rule() == Some(RuleName::BreakGlass)
    }

    /// The event of its review: who, when, and in its note what they said.
    #[must_use]
    pub fn review(&self) -> Option<&Change> {
        self.audit.history.iter().find(|change| change.event == REVIEW)
    }

    /// Since when it waits to be reviewed; nothing where it need not be, or was.
    #[must_use]
    pub fn unreviewed_since(&self) -> Option<UnixSeconds> {
        if !self.broke_glass() || self.review().is_some() {
            return None;
        }
        Some(self.decision.decided_at.unwrap_or(self.ask.created_at))
    }

    /// Whether others were asked besides, because nobody had decided.
    #[must_use]
    pub fn is_escalated(&self) -> bool {
        self.audit.history.iter().any(|change| change.event == ESCALATE)
    }

    /// How many of these events there were: each changes what its messages show.
    pub(super) fn notes(&self) -> u32 {
        let notes = self.audit.history.iter().filter(|change| is_note(&change.event)).count();
        u32::try_from(notes).unwrap_or(u32::MAX)
    }
}

/// Whether an event of this name changes nothing that an attribute of the record says.
pub(crate) fn is_note(event: &str) -> bool {
    [REVIEW, ESCALATE].contains(&event)
}
