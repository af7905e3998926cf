//! Which messages are sent back, when none are named.

use domain::UnixSeconds;

/// Our clock and that of SQS may differ by so much, in seconds: AWS refuses calls from a clock that is further off.
const CLOCKS_DIFFER_SECONDS: i64 = 300;

/// What is done with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    Send,
    /// It is not a job, and would be dead-lettered again.
    Skip,
    /// It was dead-lettered since the replay began, perhaps after it was sent: to send it again could go on for ever.
    Leave,
    /// Another one was asked for.
    PassOver,
}

/// What it depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) is_job: bool,
    /// By the clock of SQS.
    pub(super) parked_at: Option<UnixSeconds>,
    /// When the replay began, by ours.
    pub(super) began_at: UnixSeconds,
    /// Whether the same job was sent in this replay.
    pub(super) sent_before: bool,
    /// Whether as many were sent as lay there when it began.
    pub(super) sent_all: bool,
}

/// Decides it.
pub(super) fn choose(seen: &Seen) -> Choice {
    if !seen.is_job {
        Choice::Skip
    } else if is_newcomer(seen) {
        Choice::Leave
    } else {
        Choice::Send
    }
}

/// Whether a message was dead-lettered since the replay began.
///
/// Its time is SQS's and the beginning is ours, so where they may be mistaken for each other it counts whether the same
/// job was sent in this replay, and whether as many were sent as there were: a job that fails at once comes back, and
/// would go round for ever.
fn is_newcomer(seen: &Seen) -> bool {
    let Seen { sent_before, sent_all, .. } = *seen;
    let since = seen.parked_at.map_or(0, |parked_at| parked_at.seconds_since(seen.began_at));
    since > CLOCKS_DIFFER_SECONDS
        || (sent_before && since > 0)
        || (sent_before && sent_all && since >= -CLOCKS_DIFFER_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(since: Option<i64>, sent_before: bool, sent_all: bool) -> Choice {
        let began_at = UnixSeconds(10_000);
        let parked_at = since.map(|since| began_at.plus_seconds(since));
        choose(&Seen { is_job: true, parked_at, began_at, sent_before, sent_all })
    }

    #[test]
    fn a_job_that_came_back_is_told_from_one_that_lay_there() {
        assert_eq!(choice(Some(-1_000), true, true), Choice::Send, "two of the same that lay there");
        assert_eq!(choice(Some(-1), true, false), Choice::Send, "two that were dead-lettered just before");
        assert_eq!(choice(Some(-1), true, true), Choice::Leave, "but not for ever");
        assert_eq!(choice(Some(1), true, false), Choice::Leave, "it was sent, and came back");
        assert_eq!(choice(Some(1), false, true), Choice::Send, "the clocks may differ");
        assert_eq!(choice(Some(301), false, false), Choice::Leave, "dead-lettered since");
        assert_eq!(choice(None, true, false), Choice::Send);
        assert_eq!(choice(None, true, true), Choice::Leave);
    }

    #[test]
    fn what_is_no_job_is_skipped() {
        let seen = Seen {
            is_job: false,
            parked_at: None,
            began_at: UnixSeconds(0),
            sent_before: false,
            sent_all: false,
        };
        assert_eq!(choose(&seen), Choice::Skip);
    }
}
