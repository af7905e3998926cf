//! How far a request has come, and everything that follows from that alone.
//!
//! A new status is a row in `Status::row`; what holds for several statuses is asked of their [`Phase`].

use serde::{Deserialize, Serialize};

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// Waits for an approver.
    Pending,
    /// An approver said no. Final.
    Denied,
    /// Nobody decided in time, or nobody claimed the credential. Final.
    Lapsed,
    /// Approved; the credential is being made.
    Approved,
    /// Everything but the credential is there; its requester has to claim that.
    Ready,
    /// The credential is out and works until `expires_at`.
    Active,
    /// Its time is over. Final.
    Expired,
    /// Ended early. Final.
    Revoked,
    /// The credential could not be made; nothing is left behind. Final.
    Failed,
}

/// What holds for several statuses alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// It may be decided, and nothing was made for it.
    Undecided,
    /// It is over, and nothing that was made for it is left.
    Declined,
    /// Access works, or is being made; it may be ended.
    Live,
    /// Access is over; what was made for it is gone, or is being taken away.
    Ended,
    /// Access could not be made; what there was of it is gone, or is being taken away.
    Failed,
}

/// What follows from a status alone.
#[derive(Debug)]
struct Row {
    /// Its name in the table.
    name: &'static str,
    /// The same as people type it.
    typed: &'static str,
    /// In some words, for whoever chooses among them.
    meaning: &'static str,
    phase: Phase,
    /// What it may become.
    next: &'static [Status],
    /// Whether the same submission within seconds is this request's own, sent a second time. Once access is over, or
    /// nobody decided, whoever sends it wants it anew.
    absorbs_repeats: bool,
}

impl Status {
    /// Every status, in the order of a request's way.
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::Denied,
        Self::Lapsed,
        Self::Approved,
        Self::Ready,
        Self::Active,
        Self::Expired,
        Self::Revoked,
        Self::Failed,
    ];

    const fn row(self) -> Row {
        match self {
            Self::Pending => Row {
                name: "PENDING",
                typed: "pending",
                meaning: "Waits for an approver",
                phase: Phase::Undecided,
                next: &[Self::Denied, Self::Lapsed, Self::Approved],
                absorbs_repeats: true,
            },
            Self::Denied => Row {
                name: "DENIED",
                typed: "denied",
                meaning: "An approver said no",
                phase: Phase::Declined,
                next: &[],
                absorbs_repeats: true,
            },
            Self::Lapsed => Row {
                name: "LAPSED",
                typed: "lapsed",
                meaning: "Nobody decided, or nobody claimed the credential, in time",
                phase: Phase::Declined,
                next: &[],
                absorbs_repeats: false,
            },
            Self::Approved => Row {
                name: "APPROVED",
                typed: "approved",
                meaning: "The credential is being made",
                phase: Phase::Live,
                next: &[Self::Ready, Self::Active, Self::Revoked, Self::Failed],
                absorbs_repeats: true,
            },
            Self::Ready => Row {
                name: "READY",
                typed: "ready",
                meaning: "The credential waits to be claimed",
                phase: Phase::Live,
                next: &[Self::Active, Self::Lapsed, Self::Revoked, Self::Failed],
                absorbs_repeats: true,
            },
            Self::Active => Row {
                name: "ACTIVE",
                typed: "active",
                meaning: "The credential works",
                phase: Phase::Live,
                next: &[Self::Expired, Self::Revoked],
                absorbs_repeats: true,
            },
            Self::Expired => Row {
                name: "EXPIRED",
                typed: "expired",
                meaning: "Its time is over",
                phase: Phase::Ended,
                next: &[],
                absorbs_repeats: false,
            },
            Self::Revoked => Row {
                name: "REVOKED",
                typed: "revoked",
                meaning: "Ended early",
                phase: Phase::Ended,
                next: &[],
                absorbs_repeats: false,
            },
            Self::Failed => Row {
                name: "FAILED",
                typed: "failed",
                meaning: "The credential could not be made",
                phase: Phase::Failed,
                next: &[],
                absorbs_repeats: false,
            },
        }
    }

    /// Its name, as the table has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().name
    }

    /// Its name as people type it: the table's in small letters.
    #[must_use]
    pub const fn typed(self) -> &'static str {
        self.row().typed
    }

    /// What it means, for whoever chooses among them.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        self.row().meaning
    }

    /// What it has in common with other statuses.
    #[must_use]
    pub const fn phase(self) -> Phase {
        self.row().phase
    }

    /// Whether a request may go from this status to `next`. The lifecycle's table is checked against it.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        self.row().next.contains(&next)
    }

    /// Whether the same submission within seconds is this request's own, sent a second time.
    #[must_use]
    pub const fn absorbs_repeats(self) -> bool {
        self.row().absorbs_repeats
    }

    /// Whether nothing can happen to it any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self.phase() {
            Phase::Undecided | Phase::Live => false,
            Phase::Declined | Phase::Ended | Phase::Failed => true,
        }
    }

    /// Whether access works, or is being made.
    #[must_use]
    pub const fn is_live(self) -> bool {
        match self.phase() {
            Phase::Live => true,
            Phase::Undecided | Phase::Declined | Phase::Ended | Phase::Failed => false,
        }
    }

    /// Whether it was approved, whatever came of that.
    #[must_use]
    pub const fn was_granted(self) -> bool {
        match self.phase() {
            Phase::Undecided | Phase::Declined => false,
            Phase::Live | Phase::Ended | Phase::Failed => true,
        }
    }

    /// Whether something that was made may have to be taken away: it was granted, and is over.
    #[must_use]
    pub const fn is_over_after_grant(self) -> bool {
        self.was_granted() && self.is_final()
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_name_is_the_one_in_the_table_and_no_two_share_it() {
        for status in Status::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
            assert_eq!(status.typed(), status.as_str().to_lowercase());
        }
        let names: std::collections::BTreeSet<_> = Status::ALL.map(Status::as_str).into();
        assert_eq!(names.len(), Status::ALL.len());
    }

    #[test]
    fn what_is_final_becomes_nothing_else_and_what_is_not_can_end() {
        for status in Status::ALL {
            let next = Status::ALL.iter().filter(|next| status.may_become(**next));
            assert_eq!(next.count() == 0, status.is_final(), "{status}");
        }
    }
}
