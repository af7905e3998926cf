//! Matches each acknowledged click with its job on the queue.

use std::collections::HashMap;

use crate::traffic::Answered;

/// Serial numbers that a sentence names, at most.
const NAMED_MAX: usize = 5;

/// How answers and jobs agree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Clicks that were answered 200.
    pub(crate) acknowledged: usize,
    /// Clicks that were answered 503.
    pub(crate) unavailable: usize,
    /// Answered with another status, or not at all.
    pub(crate) otherwise: Vec<u64>,
    /// Answered 200, and no job is on the queue.
    pub(crate) missing: Vec<u64>,
    /// Answered 200, and more than one job is on the queue.
    pub(crate) doubled: Vec<u64>,
    /// On the queue, and not answered 200.
    pub(crate) unacknowledged: Vec<u64>,
}

impl Tally {
    /// Of these answers, and the serial numbers of the jobs on the queue.
    pub(crate) fn of(answers: &[Answered], jobs: &[u64]) -> Self {
        let mut on_queue: HashMap<u64, u32> = HashMap::new();
        for serial in jobs {
            *on_queue.entry(*serial).or_default() += 1;
        }
        let mut tally = Self::default();
        for answer in answers {
            let serial = answer.serial;
            let times = on_queue.remove(&serial).unwrap_or(0);
            match (answer.status, times) {
                (Some(200), 1) => {}
                (Some(200), 0) => tally.missing.push(serial),
                (Some(200), _) => tally.doubled.push(serial),
                (_, 0) => {}
                (_, _) => tally.unacknowledged.push(serial),
            }
            match answer.status {
                Some(200) => tally.acknowledged += 1,
                Some(503) => tally.unavailable += 1,
                _ => tally.otherwise.push(serial),
            }
        }
        // What is left is on the queue for clicks that nobody made in this run.
        tally.unacknowledged.extend(on_queue.into_keys());
        tally
    }

    /// What is wrong where every click must be acknowledged, each a sentence.
    pub(crate) fn problems(&self, who: &str) -> Vec<String> {
        let mut problems = self.problems_when_some_fail(who);
        if self.unavailable > 0 {
            problems
                .push(format!("{who} answered {} clicks with 503, and the queue was well", self.unavailable));
        }
        problems.extend(sentence(&self.unacknowledged, "are on the queue, and were not answered 200", who));
        problems
    }

    /// What is wrong where the queue misbehaves: a click may then be answered 503.
    pub(crate) fn problems_when_some_fail(&self, who: &str) -> Vec<String> {
        let mut problems = Vec::new();
        problems.extend(sentence(&self.missing, "were answered 200, and their job is not on the queue", who));
        problems.extend(sentence(
            &self.doubled,
            "were answered 200, and their job is on the queue twice",
            who,
        ));
        problems.extend(sentence(&self.otherwise, "were answered neither 200 nor 503, or not at all", who));
        if self.acknowledged == 0 {
            problems.push(format!("{who} acknowledged no click at all"));
        }
        problems
    }
}

fn sentence(serials: &[u64], what: &str, who: &str) -> Option<String> {
    let named: Vec<String> = serials.iter().take(NAMED_MAX).map(u64::to_string).collect();
    let more = if serials.len() > NAMED_MAX { ", …" } else { "" };
    (!serials.is_empty())
        .then(|| format!("{who}: {} clicks {what} (number {}{more})", serials.len(), named.join(", ")))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn answer(serial: u64, status: Option<u16>) -> Answered {
        let moment = Duration::ZERO;
        Answered { serial, status, meant: moment, sent: moment, done: moment }
    }

    #[test]
    fn a_run_in_which_all_agree_has_no_problem() {
        let answers = [answer(1, Some(200)), answer(2, Some(200))];
        let tally = Tally::of(&answers, &[2, 1]);
        assert_eq!(tally, Tally { acknowledged: 2, ..Tally::default() });
        assert!(tally.problems("ingress").is_empty());
    }

    #[test]
    fn a_missing_job_fails_the_run() {
        let tally = Tally::of(&[answer(1, Some(200)), answer(2, Some(200))], &[1]);
        assert_eq!(tally.missing, [2]);
        for problems in [tally.problems("ingress"), tally.problems_when_some_fail("ingress")] {
            assert_eq!(
                problems,
                ["ingress: 1 clicks were answered 200, and their job is not on the queue (number 2)"]
            );
        }
    }

    #[test]
    fn a_doubled_job_fails_the_run() {
        let tally = Tally::of(&[answer(1, Some(200)), answer(2, Some(200))], &[1, 2, 1]);
        assert_eq!(tally.doubled, [1]);
        assert_eq!(tally.problems("ingress").len(), 1);
        assert_eq!(tally.problems_when_some_fail("ingress").len(), 1);
    }

    #[test]
    fn a_job_without_its_acknowledgement_fails_a_run_with_a_queue_that_is_well() {
        let tally = Tally::of(&[answer(1, Some(200)), answer(2, Some(503))], &[1, 2, 9]);
        assert_eq!((tally.unavailable, tally.unacknowledged.as_slice()), (1, &[2, 9][..]));
        assert_eq!(tally.problems("ingress").len(), 2);
        assert!(tally.problems_when_some_fail("ingress").is_empty(), "nothing was lost or doubled");
    }

    #[test]
    fn no_answer_and_a_wrong_one_fail_every_run() {
        let tally = Tally::of(&[answer(1, None), answer(2, Some(401)), answer(3, Some(200))], &[3]);
        assert_eq!(tally.otherwise, [1, 2]);
        assert_eq!(tally.problems_when_some_fail("ingress").len(), 1);
        assert_eq!(Tally::of(&[], &[]).problems("ingress").len(), 1, "a run without a click shows nothing");
    }
}
