//! The form in which an approver says why they deny a request.

use domain::validation::DENY_REASON_MAX_CHARS;
use serde_json::Value;

use crate::ids::{DENY_REASON, field};
use crate::modals::element::{Field, context, modal};
use crate::modals::{About, Entered, Faults};

const REASON: Field = Field::required(field::REASON, "Why");

/// The form.
#[must_use]
pub fn opening(about: &About) -> Value {
    let blocks = [
        context("Whoever asked reads this, and so do the other approvers."),
        REASON.text("What would have to be different", DENY_REASON_MAX_CHARS, true),
    ];
    modal(DENY_REASON, "Deny AWS access", "Deny", &about.text(), &blocks)
}

/// Why, or what is wrong with it.
pub fn read(view: &Value) -> Result<String, Faults> {
    let why = match Entered::of(view).text(field::REASON) {
        None => "Say why, or close this and click Deny.".to_owned(),
        Some(reason) => match reason.chars().count() {
            ..=DENY_REASON_MAX_CHARS => return Ok(reason),
            chars => format!("This has {chars} characters. Keep it to {DENY_REASON_MAX_CHARS}."),
        },
    };
    Err(Faults::from([(field::REASON, why)]))
}
