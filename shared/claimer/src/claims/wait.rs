//! Waits until what was asked for is sealed, refused or over.

use std::time::Duration;

use sealing::{Delivery, Sealed};

use super::server::{Server, State, Unseen};
use crate::failure::Failure;
use crate::machine::Machine;

/// How long, and how often it is looked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Before the second look; longer before each that follows.
    first: Duration,
    /// At most, between two looks.
    longest: Duration,
    /// All waits together, at most.
    most: Duration,
}

/// For the click of a person.
pub(crate) const FOR_A_PERSON: Patience = Patience {
    first: Duration::from_millis(500),
    longest: Duration::from_secs(4),
    most: Duration::from_mins(15),
};
/// For a worker that needs nobody's click. AWS's tools wait for a `credential_process`, too.
pub(crate) const FOR_A_WORKER: Patience = Patience {
    first: Duration::from_millis(250),
    longest: Duration::from_secs(2),
    most: Duration::from_secs(45),
};

/// What came of waiting.
pub(crate) enum Waited {
    Ready(Sealed),
    Refused,
    Over,
    /// Nothing yet, and no more looks. The cause is why the last look failed, if it did.
    TooLong(Option<String>),
}

/// Looks until there is an end to it. A look that fails in passing is made again.
pub(crate) async fn until_ready(
    server: &Server,
    delivery: Delivery<'_>,
    patience: Patience,
    machine: &dyn Machine,
) -> Result<Waited, Failure> {
    let (mut wait, mut waited) = (patience.first, Duration::ZERO);
    loop {
        let trouble = match server.look(delivery).await {
            Ok(State::Waiting) => None,
            Ok(State::Refused) => return Ok(Waited::Refused),
            Ok(State::Over | State::Unknown) => return Ok(Waited::Over),
            Ok(State::Ready { enc, ciphertext, expires_at: _ }) => {
                return Ok(Waited::Ready(Sealed { enc, ciphertext }));
            }
            Err(Unseen::Passing(why)) => Some(why),
            Err(Unseen::ForGood(failure)) => return Err(failure),
        };
        if waited >= patience.most {
            return Ok(Waited::TooLong(trouble));
        }
        machine.clock().sleep(wait).await;
        waited += wait;
        wait = (wait * 3 / 2).min(patience.longest);
    }
}
