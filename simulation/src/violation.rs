//! What must always hold, by number, and what it looks like when it does not.

/// One of the things that must always hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Invariant {
    /// Every key is gone once its time is over, and none dies before its time unless somebody ended it.
    KeyLifetime,
    /// At no time two live keys for a request; a user exists only with its schedule and its guard.
    OneGuardedKey,
    /// The last mail that a person got for a live grant carries the key that lives.
    MailCarriesKey,
    /// One decision for each request, by someone who may make it, at a time when it is open.
    OneDecision,
    /// The table, IAM and Scheduler agree; queues are empty; the DLQ holds only what can never succeed, with a reason.
    AllAtRest,
    /// No secret in any log line, message, table or job.
    NoSecret,
    /// Every job comes to an end, and no handler panics.
    Progress,
    /// A write keeps what a newer program put into the record.
    NothingErased,
    /// Everybody whose word counts is listed and active when it is decided, and no approver is the requester.
    EverybodyMayDecide,
    /// Access lasts from the click that decided.
    LastsFromTheClick,
    /// No approval is acted on later than clicks count.
    ActedOnInTime,
    /// What somebody has to repair keeps work waiting, and nothing is given up meanwhile.
    WaitsForOperator,
    /// A deployment touches only what is its own.
    OnlyItsOwn,
    /// A role is open to nobody before its guard is on it, and of one name only ever one is open.
    DoorLast,
    /// An extension never leaves a grant without an end that will come, and what was denied stays denied.
    EndWillCome,
    /// A credential that is claimed is for the machine that its requester confirmed, and for no other.
    OnlyTheirMachine,
    /// Nobody gets access by a rule that does not name them, or for longer than its limit.
    NamedByTheRule,
    /// What was granted in an emergency is short, and waits for a review until somebody who may has made it.
    ReviewedAfterwards,
    /// Nobody is reminded of what was decided, or asked for it besides.
    NoLateReminder,
    /// Whoever left Slack has nothing.
    LeaversHaveNothing,
    /// What people have in Identity Center by other hands stays, and what grants gave goes with the last of them.
    AsItWasBefore,
}

impl Invariant {
    /// Its number in `docs/simulation.md`.
    #[must_use]
    pub fn number(self) -> u32 {
        match self {
            Self::KeyLifetime => 1,
            Self::OneGuardedKey => 2,
            Self::MailCarriesKey => 3,
            Self::OneDecision => 4,
            Self::AllAtRest => 5,
            Self::NoSecret => 6,
            Self::Progress => 7,
            Self::NothingErased => 8,
            Self::EverybodyMayDecide => 9,
            Self::LastsFromTheClick => 10,
            Self::ActedOnInTime => 11,
            Self::WaitsForOperator => 12,
            Self::OnlyItsOwn => 13,
            Self::DoorLast => 14,
            Self::EndWillCome => 15,
            Self::OnlyTheirMachine => 16,
            Self::NamedByTheRule => 17,
            Self::ReviewedAfterwards => 18,
            Self::NoLateReminder => 19,
            Self::LeaversHaveNothing => 20,
            Self::AsItWasBefore => 21,
        }
    }
}

/// Something that must always hold, and did not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invariant {} ({invariant:?}): {what}", invariant.number())]
pub struct Violation {
    /// Which.
    pub invariant: Invariant,
    /// What was seen.
    pub what: String,
}

/// Whether something holds.
pub(crate) type Holds = Result<(), Violation>;

/// It does not hold.
pub(crate) fn broken(invariant: Invariant, what: impl Into<String>) -> Holds {
    Err(Violation { invariant, what: what.into() })
}
