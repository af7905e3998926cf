//! How much may be asked of claims. What is counted here is this process's own; the worker counts what the table has.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::claim::DELIVERIES_MAX;
use domain::{ClaimId, DeliveryId};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Requests at the routes of claims that are in work at once, at most. Each may hold a body of 256 KiB for 1.5 s, or a connection
/// to DynamoDB for 2 s; one that is read and answered takes some 10 ms.
const AT_ONCE: usize = 64;
/// Claims that are read in a second, at most: each is a call to DynamoDB.
const READS_A_SECOND: u32 = 200;
/// Claims whose deliveries are remembered, at most; older ones are forgotten, and the worker's own count holds.
const CLAIMS_REMEMBERED: usize = 1_000;
/// Shortest time between two renewals of one claim.
pub(crate) const RENEWAL_EVERY: Duration = Duration::from_secs(2);

/// What was asked of late, and how much is in work.
#[derive(Debug)]
pub(crate) struct Limits {
    asked: Mutex<Asked>,
    places: Semaphore,
}

#[derive(Debug, Default)]
struct Asked {
    window: Option<(Instant, u32)>,
    given_out: HashMap<ClaimId, Vec<DeliveryId>>,
    renewed: HashMap<ClaimId, Instant>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { asked: Mutex::default(), places: Semaphore::new(AT_ONCE) }
    }
}

impl Limits {
    /// A place for one more request, unless as many are in work as may be.
    pub(crate) fn place(&self) -> Option<SemaphorePermit<'_>> {
        self.places.try_acquire().ok()
    }

    /// Whether one more claim may be read now.
    pub(crate) fn may_read(&self, now: Instant) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, reads) =
            asked.window.filter(|(since, _)| now.duration_since(*since).as_secs() < 1).unwrap_or((now, 0));
        asked.window = Some((since, reads.saturating_add(1)));
        reads < READS_A_SECOND
    }

    /// Gives out an id for one more machine, unless as many have asked as may: those that `stored` has, and those that no
    /// worker has stored yet.
    pub(crate) fn give_out(
        &self,
        claim: &ClaimId,
        stored: impl Fn(&DeliveryId) -> bool,
        stored_count: usize,
        make: impl FnOnce() -> Option<DeliveryId>,
    ) -> Option<DeliveryId> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.given_out.len() >= CLAIMS_REMEMBERED && !asked.given_out.contains_key(claim) {
            asked.given_out.clear();
        }
        let given_out = asked.given_out.entry(claim.clone()).or_default();
        let on_their_way = given_out.iter().filter(|id| !stored(id)).count();
        if stored_count + on_their_way >= DELIVERIES_MAX {
            return None;
        }
        let id = make()?;
        given_out.push(id.clone());
        Some(id)
    }

    /// Whether the machine of a claim may renew now.
    pub(crate) fn may_renew(&self, claim: &ClaimId, now: Instant) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.renewed.retain(|_, at| now.duration_since(*at) < RENEWAL_EVERY);
        let is_first = !asked.renewed.contains_key(claim);
        if is_first {
            asked.renewed.insert(claim.clone(), now);
        }
        is_first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_are_in_work_at_once_and_no_more() {
        let limits = Limits::default();
        let mut places: Vec<_> = (0..AT_ONCE).map(|_| limits.place().unwrap()).collect();
        assert!(limits.place().is_none());
        places.pop();
        assert!(limits.place().is_some());
    }

    #[test]
    fn five_machines_may_ask_whether_or_not_a_worker_has_stored_them() {
        let limits = Limits::default();
        let claim = ClaimId::parse("c").unwrap();
        let give = |number: usize, stored: &[DeliveryId]| {
            limits.give_out(
                &claim,
                |id| stored.contains(id),
                stored.len(),
                || DeliveryId::parse(&format!("d{number}")).ok(),
            )
        };
        let mut stored = Vec::new();
        for number in 0..DELIVERIES_MAX {
            let id = give(number, &stored).unwrap();
            if number % 2 == 0 {
                stored.push(id);
            }
        }
        assert_eq!(give(9, &stored), None);
    }

    #[test]
    fn so_many_are_read_in_a_second_and_no_more() {
        let limits = Limits::default();
        let now = Instant::now();
        assert!((0..READS_A_SECOND).all(|_| limits.may_read(now)));
        assert!(!limits.may_read(now + Duration::from_millis(999)));
        assert!(limits.may_read(now + Duration::from_secs(1)));
    }

    #[test]
    fn a_claim_is_renewed_once_in_so_many_seconds() {
        let limits = Limits::default();
        let (claim, other) = (ClaimId::parse("c").unwrap(), ClaimId::parse("d").unwrap());
        let now = Instant::now();
        assert!(limits.may_renew(&claim, now) && limits.may_renew(&other, now));
        assert!(!limits.may_renew(&claim, now + RENEWAL_EVERY / 2));
        assert!(limits.may_renew(&claim, now + RENEWAL_EVERY));
    }
}
