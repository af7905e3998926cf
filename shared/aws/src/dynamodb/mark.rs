//! The mark on requests that a sweep may still have something to do for.
//!
//! It is no part of the request: it is worked out from it at each write, and nobody reads it back as one of its fields.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::Request;

use super::item::Item;

/// The attribute that is the index's only key. A request that is settled has none, and so is not in the index.
pub const OPEN_ATTRIBUTE: &str = "open";
/// What the attribute says, always.
pub(super) const OPEN: &str = "yes";
/// The attribute of an item, for a request that bears the mark.
pub(super) fn mark(request: &Request) -> Option<(String, AttributeValue)> {
    request.needs_sweep().then(|| (OPEN_ATTRIBUTE.to_owned(), AttributeValue::S(OPEN.to_owned())))
}

/// Whether an item bears the mark.
pub(super) fn is_marked(item: &Item) -> bool {
    item.get(OPEN_ATTRIBUTE).and_then(|mark| mark.as_s().ok()).is_some_and(|mark| mark == OPEN)
}
