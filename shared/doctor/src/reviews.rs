//! Whether what was granted by break-glass was reviewed.

use domain::text::some_of;

use crate::context::Context;
use crate::finding::Finding;
use crate::requests;

/// Requests that are named, at most.
const NAMED_MAX: usize = 3;

const REVIEWS: &str = "reviews";

/// A line only where something waits: most installations never break the glass. That the table cannot be read is said elsewhere.
pub(crate) async fn check(ctx: &Context<'_>) -> Vec<Finding> {
    let Some(store) = ctx.store() else { return Vec::new() };
    let unreviewed = requests::ids(&store, |request| request.unreviewed_since().is_some()).await;
    let Ok(unreviewed) = unreviewed else { return Vec::new() };
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
