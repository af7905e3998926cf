//! Opens a form within the answer to Slack, and then has a worker fill it.

use std::time::Duration;

use domain::job::{Form, FormFill};
use domain::{Job, SlackUserId};
use serde_json::Value;
use slack::Opened;
use tokio::time::Instant;
use tracing::{info, warn};

use crate::Ingress;
use crate::api_error::ApiError;

/// Slack has answered so long after the request came, or the form is not opened: the job that fills it still has to be
/// queued within what is promised.
const OPEN_WITHIN: Duration = Duration::from_millis(1_500);

/// What became of a form that was to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// It is open.
    Open,
    /// It is not.
    NotOpen,
}

/// Opens a form for whoever just did what has this trigger, and has a worker fill it where `form` says with what. An error says only that what fills it could not be queued.
pub(crate) async fn open(
    ingress: &Ingress,
    arrived: Instant,
    (user_id, trigger_id): (SlackUserId, Option<&str>),
    (view, form): (&Value, Option<Form>),
) -> Result<Opening, ApiError> {
    let Some(opened) = opened(ingress, arrived, trigger_id, view).await else { return Ok(Opening::NotOpen) };
    let Some(form) = form else { return Ok(Opening::Open) };
    let Opened { view_id, hash } = opened;
    let fill = FormFill { view_id, hash, user_id, asked_at_ms: service::clock::now_ms(), form };
    ingress.enqueue.send(&Job::FillForm(fill), arrived).await?;
    Ok(Opening::Open)
}

async fn opened(
    ingress: &Ingress,
    arrived: Instant,
    trigger_id: Option<&str>,
    view: &Value,
) -> Option<Opened> {
    let Some(views) = &ingress.views else {
        warn!("no form can be opened: SLACK_BOT_TOKEN is not set");
        return None;
    };
    let Some(trigger_id) = trigger_id.filter(|id| !id.is_empty()) else {
        info!("no form can be opened for what has no `trigger_id`");
        return None;
    };
    match tokio::time::timeout_at(arrived + OPEN_WITHIN, views.open(trigger_id, view)).await {
        Ok(Ok(opened)) => Some(opened),
        Ok(Err(error)) => {
            warn!(%error, "the form could not be opened");
            None
        }
        Err(_) => {
            warn!("the form could not be opened: Slack did not answer in time");
            None
        }
    }
}
