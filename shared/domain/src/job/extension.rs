//! What people ask and decide about extensions of a grant. They are jobs of their own, so that a program that does not know
//! them never takes one for a decision on the grant itself.

use serde::{Deserialize, Serialize};

use crate::duration::GrantDuration;
use crate::job::click::Click;

/// Somebody asks for more time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtensionAsk {
    /// The submission of the form, which counts like a click; its `reason` is why they ask.
    #[serde(flatten)]
    pub click: Click,
    /// How long access is to last, from the decision.
    pub duration: GrantDuration,
}

/// A click on a button of a message about an extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct ExtensionClick {
    #[serde(flatten)]
    pub click: Click,
    /// Which extension of the grant, counted from 1.
    pub extension: u32,
}
