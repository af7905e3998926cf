//! The form in which an approver reviews what was granted by break-glass, and says something about it.

use domain::validation::REVIEW_NOTE_MAX_CHARS;
use serde_json::Value;

use crate::ids::{REVIEW_NOTE, field};
use crate::modals::element::{Field, context, modal};
use crate::modals::{About, Entered, Faults};

const NOTE: Field = Field::required(field::NOTE, "What you found");

/// The form.
#[must_use]
pub fn opening(about: &About) -> Value {
    let blocks = [
        context("This is kept with the request, and the other approvers read it."),
        NOTE.text("Such as: justified, see the incident", REVIEW_NOTE_MAX_CHARS, true),
    ];
    modal(REVIEW_NOTE, "Review break-glass", "Reviewed", &about.text(), &blocks)
}

/// What they say, or what is wrong with it.
pub fn read(view: &Value) -> Result<String, Faults> {
    let why = match Entered::of(view).text(field::NOTE) {
        None => "Say what you found, or close this and click Reviewed.".to_owned(),
        Some(note) => match note.chars().count() {
            ..=REVIEW_NOTE_MAX_CHARS => return Ok(note),
            chars => format!("This has {chars} characters. Keep it to {REVIEW_NOTE_MAX_CHARS}."),
        },
    };
    Err(Faults::from([(field::NOTE, why)]))
}
