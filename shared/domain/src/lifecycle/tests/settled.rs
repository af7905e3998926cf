//! Requests of which nothing is left to do.

use super::*;

/// What a sweep's index no longer has never has to come back into it.
#[test]
fn what_is_settled_stays_settled() {
    for status in Status::ALL {
        let settled = {
            let mut request = request(status);
            request.access.gone_at = Some(START);
            request
        };
        for event in events().into_iter().filter(|_| settled.is_settled()) {
            if let Ok(Transition::Change(next)) = decide(&settled, &event, START.plus_seconds(1_000_000)) {
                panic!("{} made {status} {}", event.name(), next.status);
            }
        }
    }
}
