//! Whether what was granted by break-glass was reviewed.

use aws::dynamodb::{Store, StoreError};

use super::context::DoctorContext;
use super::finding::Finding;
use crate::commands::scan::each_page;
use crate::text::some_of;

/// Requests that are named, at most.
const NAMED_MAX: usize = 3;

const REVIEWS: &str = "reviews";

/// A line only where something waits: most installations never break the glass. That the table cannot be read is said elsewhere.
pub(super) async fn check(ctx: &DoctorContext<'_>) -> Vec<Finding> {
    let Some(store) = ctx.store() else { return Vec::new() };
    let Ok(unreviewed) = unreviewed(&store).await else { return Vec::new() };
    if unreviewed.is_empty() {
        return Vec::new();
    }
    let what = format!(
        "granted by break-glass and not reviewed: {} ({})",
        unreviewed.len(),
        some_of(unreviewed.iter(), NAMED_MAX)
    );
    let fix = "have an approver click Reviewed on its message (keylease grants list --unreviewed)";
    vec![Finding::warn(REVIEWS, what, fix)]
}

async fn unreviewed(store: &Store) -> Result<Vec<String>, StoreError> {
    let mut unreviewed = Vec::new();
    each_page(store, |page| {
        let waiting = page.requests.iter().filter(|request| request.unreviewed_since().is_some());
        unreviewed.extend(waiting.map(|request| request.request_id.to_string()));
        Ok::<(), StoreError>(())
    })
    .await?;
    Ok(unreviewed)
}
