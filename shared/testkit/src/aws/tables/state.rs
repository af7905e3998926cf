//! What calls read and change.

use super::items::{Items, Written};

/// What calls read and change.
#[derive(Default)]
pub(super) struct State {
    pub(super) items: Items,
    /// What the indexes have not taken in yet.
    pub(super) newest: Option<Written>,
}
