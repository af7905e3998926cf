//! Which messages are sent back, when none are named.

use crate::time::UnixSeconds;

/// Our clock and that of SQS may differ by so much, in seconds: AWS refuses calls from a clock that is further off.
const CLOCKS_DIFFER_SECONDS: i64 = 300;

/// What is done with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// It goes back to its queue.
    Send,
    /// It is not a job, and would be dead-lettered again.
    Skip,
    /// It was dead-lettered since the replay began, perhaps after it was sent: to send it again could go on for ever.
    Leave,
}

/// What it depends on.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// Whether its body is a job.
    pub is_job: bool,
    /// When it was dead-lettered, by the clock of SQS.
    pub dead_lettered_at: Option<UnixSeconds>,
    /// When the replay began, by ours.
    pub began_at: UnixSeconds,
    /// Whether the same job was sent in this replay.
    pub sent_before: bool,
    /// Whether as many were sent as lay there when it began.
    pub sent_all: bool,
}

/// Decides it.
#[must_use]
pub fn choose(seen: &Seen) -> Choice {
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
    let since =
        seen.dead_lettered_at.map_or(0, |dead_lettered_at| dead_lettered_at.seconds_since(seen.began_at));
    since > CLOCKS_DIFFER_SECONDS
        || (sent_before && since > 0)
        || (sent_before && sent_all && since >= -CLOCKS_DIFFER_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(since: Option<i64>, sent_before: bool, sent_all: bool) -> Choice {
        let began_at = UnixSeconds(10_000);
        let dead_lettered_at = since.map(|since| began_at.plus_seconds(since));
        choose(&Seen { is_job: true, dead_lettered_at, began_at, sent_before, sent_all })
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
            dead_lettered_at: None,
            began_at: UnixSeconds(0),
            sent_before: false,
            sent_all: false,
        };
        assert_eq!(choose(&seen), Choice::Skip);
    }
}
