//! Steps of workflows that ask for access: answered once it is known what becomes of the request, however long that takes.
//! The token that came with the step ends after 15 minutes, so the app's own answers it.

use domain::job::FailedStep;
use domain::step::StepAnswer;
use domain::{ExecutionId, Project, Request};
use serde_json::json;
use service::CallError;
use slack::SlackMessageContent;
use slack::messages::requester;
use tracing::warn;

use crate::context::Context;
use crate::failure::Failure;
use crate::unit_of_work::change::edit;
use crate::unit_of_work::claim::Held;

/// Handles the job `failed_step`.
pub(crate) async fn fail(context: &Context, failed: &FailedStep) -> Result<(), Failure> {
    say_that_it_failed(context, &failed.execution_id, &failed.why).await
}

/// Tells a workflow that its step failed, and why.
pub(crate) async fn say_that_it_failed(
    context: &Context,
    execution_id: &ExecutionId,
    why: &str,
) -> Result<(), Failure> {
    answered(context.slack.fail_step(execution_id, &plain(why)).await)
}

/// The same, by what the requester is told.
pub(crate) async fn say_what_was_told(
    context: &Context,
    execution_id: &ExecutionId,
    told: &SlackMessageContent,
) -> Result<(), Failure> {
    say_that_it_failed(context, execution_id, told.text.as_deref().unwrap_or_default()).await
}

/// Answers the step that a request came from, where that is due, and notes that it was.
pub(crate) async fn answer(
    context: &Context,
    held: &Held,
    request: &mut Request,
    project: Option<&Project>,
) -> Result<(), Failure> {
    let (Some(answer), Some(step)) = (request.step_answer(), request.slack.step.clone()) else {
        return Ok(());
    };
    held.may_post(context.now(), request)?;
    match answer {
        StepAnswer::Done => {
            let outputs = json!({ "request_id": request.request_id, "status": request.status });
            answered(context.slack.complete_step(&step.execution_id, &outputs).await)?;
        }
        StepAnswer::Failed => {
            let told = requester::render(request, project);
            let why = told.and_then(|told| told.text).unwrap_or_default();
            say_that_it_failed(context, &step.execution_id, &why).await?;
        }
    }
    edit(context, request, |request| {
        if let Some(step) = &mut request.slack.step {
            step.is_answered = true;
        }
        if request.is_up_to_date() {
            held.give_back(request);
        }
        Ok(())
    })
    .await
}

/// What trying again does not help is logged only: the workflow is over, or the app may not answer it.
fn answered(outcome: Result<(), CallError>) -> Result<(), Failure> {
    match outcome {
        Err(error) if error.is_retryable() => Err(error.into()),
        Err(error) => {
            warn!(%error, "the step of a workflow cannot be answered");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Slackbot shows it as it is: without the sign at its beginning.
fn plain(text: &str) -> String {
    let rest = text.strip_prefix(':').and_then(|rest| rest.split_once(": "));
    match rest {
        Some((sign, rest)) if sign.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => rest.to_owned(),
        Some(_) | None => text.to_owned(),
    }
}
