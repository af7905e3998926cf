//! The form in which an approver grants less time than was asked for.

use domain::kind::RoleKind;
use domain::{GrantDuration, Request, Status};
use serde_json::Value;

use crate::ids::{APPROVE_SHORTER, field};
use crate::messages::access;
use crate::modals::element::{Field, context, modal, notice, section};
use crate::modals::{About, Entered, Faults, Limits, durations};

const TITLE: &str = "Approve for less time";
const SUBMIT: &str = "Approve";
/// Longest duration that can be typed, in characters.
const TYPED_MAX_CHARS: usize = 128;
const MINUTE_SECONDS: u64 = 60;
const DURATION: Field = Field::required(field::DURATION, "How long");
const DURATION_TEXT: Field = Field::optional(field::DURATION_TEXT, "Or another time");
const EXAMPLE: &str = "30m, 2h or 1d";

/// The form as it opens, before the request is known.
#[must_use]
pub fn opening(about: &About) -> Value {
    let blocks = [
        context(":hourglass_flowing_sand: I am looking up what was asked for. You can also just type it."),
        DURATION.text(EXAMPLE, TYPED_MAX_CHARS, false),
    ];
    modal(APPROVE_SHORTER, TITLE, SUBMIT, &about.text(), &blocks)
}

/// The form with the choices that are shorter than what was asked for.
#[must_use]
pub fn filled(request: &Request, role: Option<&RoleKind>, about: &About, shortest: GrantDuration) -> Value {
    let asked = request.ask.duration;
    if request.status != Status::Pending {
        return notice(APPROVE_SHORTER, TITLE, "This request is not waiting for a decision any more.");
    }
    let shortest = role.map_or(shortest, |role| longer_than_sessions(request, role, shortest));
    let (options, first) = durations::shorter(shortest, asked);
    if options.is_empty() {
        let text =
            format!("It was asked for {asked}, and nothing shorter can be granted. Approve or deny it.");
        return notice(APPROVE_SHORTER, TITLE, &text);
    }
    let blocks = [
        section(&format!("{} was asked for {asked}. Time runs from your decision.", access(request))),
        DURATION.choices("Choose how long", &options, first),
        DURATION_TEXT.text(EXAMPLE, TYPED_MAX_CHARS, false),
    ];
    let about = About { shortest: shortest.seconds(), longest: asked.seconds(), ..about.clone() };
    modal(APPROVE_SHORTER, TITLE, SUBMIT, &about.text(), &blocks)
}

/// The shortest time that leaves any to open a session in, where it is taken away before the end.
fn longer_than_sessions(request: &Request, role: &RoleKind, shortest: GrantDuration) -> GrantDuration {
    let longer = request.too_short_for_sessions(role, shortest).and_then(|sessions| {
        GrantDuration::from_seconds(u64::from(sessions.seconds()) + MINUTE_SECONDS).ok()
    });
    longer.unwrap_or(shortest)
}

/// How long, or what is wrong with it.
pub fn read(view: &Value, about: &About) -> Result<GrantDuration, Faults> {
    let entered = Entered::of(view);
    let (at, typed) = match entered.text(field::DURATION_TEXT) {
        Some(typed) => (field::DURATION_TEXT, Some(typed)),
        None => (field::DURATION, entered.text(field::DURATION)),
    };
    let limits = Limits { shortest: about.shortest, longest: about.longest, ..Limits::default() };
    limits.duration(typed.as_deref(), None).map_err(|why| Faults::from([(at, why)]))
}
