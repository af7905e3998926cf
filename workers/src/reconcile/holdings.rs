//! By the table: what grants hold in Identity Center. A holder that is over, or that there is no request of, holds nothing any more,
//! and what is being taken away is taken away to its end.
//!
//! Only what an item of the table names is touched: everything else in Identity Center is other people's.

use domain::Request;
use domain::holding::Holding;
use tracing::warn;

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::holding::{release, resume};
use crate::grants::kinds::entitlement::center;
use crate::reconcile::tally::Tally;

/// Looks at what grants hold.
pub(crate) async fn reconcile(context: &Context, holdings: Vec<Holding>, tally: &mut Tally) {
    for holding in holdings {
        let key = holding.held.key();
        let outcome = reconcile_one(context, &holding).await;
        tally.add(&key, outcome);
    }
}

async fn reconcile_one(context: &Context, holding: &Holding) -> Result<bool, Failure> {
    let mut is_repaired = false;
    for id in &holding.holders {
        let request = context.store.request(id).await?;
        if request.as_ref().is_some_and(|request| !Request::is_gone(request)) {
            continue;
        }
        warn!(request_id = %id, key = holding.held.key(), "a grant that is over still holds this; it is released");
        let center = center(context).map_err(|error| Failure::NeedsOperator { error })?;
        release(context, center, holding.held.clone(), id).await?;
        is_repaired = true;
    }
    if holding.is_going() && holding.holders.is_empty() {
        let center = center(context).map_err(|error| Failure::NeedsOperator { error })?;
        resume(context, center, holding.held.clone()).await?;
        is_repaired = true;
    }
    Ok(is_repaired)
}
