//! One try at changing something held: reads its item, claims it, writes it on condition, and gives the claim back.

use aws::dynamodb::Written;
use aws::identity_center::IdentityCenter;
use domain::holding::{Change, Goal, Held, Holding};
use domain::request::Claim;
use tracing::warn;
use uuid::Uuid;

use crate::context::Context;
use crate::failure::Failure;

/// How long a claim lasts, in seconds. Every call within it has its own, shorter limit.
const CLAIM_SECONDS: i64 = 45;
/// So much of it must be left before a call that changes something, in seconds: the longest such call.
const MARGIN_SECONDS: i64 = 10;
/// While another worker is at it, look again so often, in seconds.
const LOOK_AGAIN_SECONDS: u32 = 5;
/// After another worker wrote the item first, look again after so long, in seconds.
const AFTER_CONFLICT_SECONDS: u32 = 1;

/// A creation of which no answer came may still take effect for so long, in seconds.
pub(super) const UNSETTLED_SECONDS: i64 = 60;

/// One try.
pub(super) struct Visit<'a> {
    pub(super) context: &'a Context,
    pub(super) center: &'a IdentityCenter,
    pub(super) holding: Holding,
    /// What this try has given, where it gave something: of a membership, its id.
    pub(super) given: Option<Given>,
    /// The worker's own random name for this try.
    name: String,
}

/// What a try has given.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) membership_id: Option<String>,
}

impl<'a> Visit<'a> {
    /// Reads the item, or begins a new one; later, where another worker has claimed it.
    pub(super) async fn open(
        context: &'a Context,
        center: &'a IdentityCenter,
        held: Held,
    ) -> Result<Self, Failure> {
        let found = context.store.holding(&held).await?;
        let name = Uuid::now_v7().to_string();
        let holding = found.unwrap_or_else(|| Holding::new(held));
        let visit = Self { context, center, holding, given: None, name };
        let now = context.now();
        if let Some(other) = visit.holding.claimed_by_other(&visit.name, now) {
            let rest = u32::try_from(other.until.seconds_since(now)).unwrap_or(1);
            return Err(Failure::Later { seconds: rest.min(LOOK_AGAIN_SECONDS) });
        }
        Ok(visit)
    }

    /// Writes a change and claims the item, so that no other worker changes it meanwhile.
    pub(super) async fn claim(&mut self, edit: impl FnOnce(&mut Holding)) -> Result<(), Failure> {
        let until = self.context.now().plus_seconds(CLAIM_SECONDS);
        let claim = Claim { by: self.name.clone(), until };
        self.write(edit, Some(claim)).await
    }

    /// Writes a change and gives the claim back.
    pub(super) async fn release(&mut self, edit: impl FnOnce(&mut Holding)) -> Result<(), Failure> {
        self.write(edit, None).await
    }

    /// After a failure the next try need not wait for the claim's end.
    pub(super) async fn release_after(&mut self, failure: Failure) -> Failure {
        let is_own = self.holding.claim.as_ref().is_some_and(|claim| claim.by == self.name);
        if is_own && let Err(error) = self.release(|_| ()).await {
            warn!(?error, "a claim on what grants hold could not be given back; it ends by itself");
        }
        failure
    }

    /// A worker that stood still right before it gave something, until the grant was over and its item gone, notes it again as
    /// going: else it would be nobody's, and stay.
    pub(super) async fn note_stray(&self, Given { membership_id }: Given) -> Result<(), Failure> {
        if self.context.store.holding(&self.holding.held).await?.is_some() {
            return Ok(());
        }
        warn!(
            key = self.holding.held.key(),
            "this was given after its grant was over; it is taken away again"
        );
        let now = self.context.now();
        let mut going = Change::begins(Goal::Gone, now);
        going.unsettled_until = Some(now.plus_seconds(UNSETTLED_SECONDS));
        let mut stray = Holding::new(self.holding.held.clone());
        stray.membership_id = membership_id;
        stray.change = Some(going);
        match self.context.store.save_holding(&mut stray).await? {
            // Somebody else's item is there by now, and whoever holds it looks at what is there.
            Written::Done | Written::Conflict => Ok(()),
        }
    }

    /// Removes the item: nobody holds it, and it is gone or stays as it was before.
    pub(super) async fn forget(&mut self) -> Result<(), Failure> {
        match self.context.store.remove_holding(&self.holding).await? {
            Written::Done => {
                self.holding.claim = None;
                Ok(())
            }
            Written::Conflict => Err(Failure::Later { seconds: AFTER_CONFLICT_SECONDS }),
        }
    }

    /// Whether this worker may still make a call that must not be made by two.
    pub(super) fn may_call(&self) -> Result<(), Failure> {
        let left = self.holding.claim.as_ref().filter(|claim| claim.by == self.name);
        match left.map(|claim| claim.until.seconds_since(self.context.now())) {
            Some(seconds) if seconds >= MARGIN_SECONDS => Ok(()),
            Some(_) | None => Err(Failure::Later { seconds: AFTER_CONFLICT_SECONDS }),
        }
    }

    async fn write(&mut self, edit: impl FnOnce(&mut Holding), claim: Option<Claim>) -> Result<(), Failure> {
        let mut next = self.holding.clone();
        edit(&mut next);
        next.claim = claim;
        match self.context.store.save_holding(&mut next).await? {
            Written::Done => {
                self.holding = next;
                Ok(())
            }
            Written::Conflict => {
                // It is one's own where the write was done and its answer lost, so that it was written again.
                let version = next.version.saturating_add(1);
                let found = self.context.store.holding(&self.holding.held).await?;
                match found.filter(|found| *found == Holding { version, ..next }) {
                    Some(found) => {
                        self.holding = found;
                        Ok(())
                    }
                    None => Err(Failure::Later { seconds: AFTER_CONFLICT_SECONDS }),
                }
            }
        }
    }
}
