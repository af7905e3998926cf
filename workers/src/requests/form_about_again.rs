//! Shows a form about a request again that was refused: with what was typed and what is wrong at its field, as `form_again` does
//! for the form by which people ask. The direct message says the same in any case.

use domain::job::Click;
use domain::{Project, Request, UnixSeconds};
use serde_json::Value;
use slack::SlackMessageContent;
use slack::ids::{self, field};
use slack::modals::{About, Refused, again, approve_shorter, deny_reason, extend, review_note};
use tracing::info;

use crate::context::Context;

/// Slack opens a form for so long after what has the trigger, in seconds.
const TRIGGER_LIFE_SECONDS: i64 = 3;

/// Whether Slack still opens a form for what was submitted at that moment.
pub(super) fn can_be_opened(submitted_at: UnixSeconds, now: UnixSeconds) -> bool {
    now.seconds_since(submitted_at) <= TRIGGER_LIFE_SECONDS
}

/// What the form was about, and why it was refused.
#[derive(Debug)]
pub(super) struct RefusedForm<'a> {
    pub(super) click: &'a Click,
    pub(super) request: &'a Request,
    /// The extension, by its number, where it was about one.
    pub(super) extension: Option<u32>,
    pub(super) project: Option<&'a Project>,
    /// The field in which it can be put right.
    pub(super) at: Option<&'static str>,
    /// The direct message that says why.
    pub(super) said: &'a SlackMessageContent,
}

/// Shows it, where a form was submitted a moment ago. What fails here is left to the direct message.
pub(super) async fn show(context: &Context, refused: &RefusedForm<'_>) {
    let (click, now) = (refused.click, context.now());
    let Some(submitted) = &click.submitted else { return };
    if !can_be_opened(click.counts_from(now), now) {
        return;
    }
    let Some((form, typed)) = form(context, refused) else { return };
    let why = refused.said.text.clone().unwrap_or_default();
    let view = again(form, &Refused { typed, at: refused.at, why });
    if let Err(error) = context.slack.open_view(&submitted.trigger_id, &view).await {
        info!(%error, "the form is not shown again");
    }
}

/// The form as it would be filled now, and what was typed, by field.
fn form(context: &Context, refused: &RefusedForm<'_>) -> Option<(Value, Vec<(&'static str, String)>)> {
    let RefusedForm { click, request, extension, project, .. } = refused;
    let submitted = click.submitted.as_ref()?;
    let about =
        About { extension: *extension, ..About::new(click.request_id.clone(), click.message.clone()) };
    let role = project.and_then(|project| project.roles.get(&request.ask.role));
    let words = click.reason.clone().unwrap_or_default();
    let duration = (field::DURATION, submitted.duration.clone().unwrap_or_default());
    match submitted.form.as_str() {
        ids::DENY_REASON => Some((deny_reason::opening(&about), vec![(field::REASON, words)])),
        ids::REVIEW_NOTE => Some((review_note::opening(&about), vec![(field::NOTE, words)])),
        ids::APPROVE_SHORTER => {
            let kind = role.map(|role| &role.kind);
            let form = approve_shorter::filled(request, kind, &about, context.min_duration);
            Some((form, vec![duration]))
        }
        ids::EXTEND => {
            let (shortest, now) = (context.min_duration, context.now());
            let form = match role {
                Some(role) => extend::filled(request, &about, shortest, role.longest(), now),
                None => extend::opening(&about),
            };
            Some((form, vec![duration, (field::JUSTIFICATION, words)]))
        }
        _ => None,
    }
}
