//! Steps of workflows: run by somebody's workflow, answered by the app, once.

use http::StatusCode;
use serde_json::{Value, json};

use super::EmbeddedSlack;
use super::answer::{APP_ID, Answer, MethodError, text};
use super::contents::StepRun;
use super::people_do::SlackError;
use super::workspace::State;
use crate::lock::lock;

impl EmbeddedSlack {
    /// A step that runs, of which the app was not told.
    pub fn start_step(&self) -> String {
        let mut state = lock(&self.state);
        let id = format!("Fx0{}", state.next_ts().replace('.', ""));
        state.steps.push(StepRun { id: id.clone(), outputs: None, error: None });
        id
    }

    /// Runs a step of a workflow: the app is told, with what the workflow fills in.
    pub async fn run_step(
        &self,
        ingress_base_url: &str,
        callback_id: &str,
        inputs: &Value,
    ) -> Result<(StatusCode, String), SlackError> {
        let id = self.start_step();
        Ok((self.event(ingress_base_url, &executed(&id, callback_id, inputs)).await?, id))
    }

    /// A run of a step.
    pub fn step(&self, id: &str) -> Option<StepRun> {
        lock(&self.state).steps.iter().find(|step| step.id == id).cloned()
    }
}

/// The event by which the app is told.
#[must_use]
pub fn executed(id: &str, callback_id: &str, inputs: &Value) -> Value {
    json!({
        "type": "function_executed",
        "function": { "id": "Fn0STEP", "callback_id": callback_id, "title": callback_id, "app_id": APP_ID },
        "inputs": inputs, "function_execution_id": id, "workflow_execution_id": "Wx0FLOW",
        "event_ts": "1700000000.000100", "bot_access_token": "xwfp-a-secret-of-the-workflow",
    })
}

pub(super) fn complete(state: &mut State, arguments: &Value) -> Answer {
    let outputs = arguments.get("outputs").filter(|outputs| outputs.is_object());
    let outputs = outputs.cloned().ok_or("parameter_validation_failed")?;
    running(state, arguments)?.outputs = Some(outputs);
    Ok(json!({}))
}

pub(super) fn fail(state: &mut State, arguments: &Value) -> Answer {
    let error = text(arguments, "error").to_owned();
    if error.is_empty() {
        return Err("parameter_validation_failed".into());
    }
    running(state, arguments)?.error = Some(error);
    Ok(json!({}))
}

fn running<'a>(state: &'a mut State, arguments: &Value) -> Result<&'a mut StepRun, MethodError> {
    let id = text(arguments, "function_execution_id");
    let step = state.steps.iter_mut().find(|step| step.id == id).ok_or("function_execution_not_found")?;
    if step.outputs.is_some() || step.error.is_some() {
        return Err("execution_not_in_running_state".into());
    }
    Ok(step)
}
