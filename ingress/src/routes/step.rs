//! A step of somebody's workflow runs: it asks for access, as the workflow's web request does, and waits for what becomes
//! of it. The token that comes with it is a secret, and goes nowhere.

use domain::job::{FailedStep, WorkflowStep};
use domain::{ExecutionId, Job};
use serde_json::{Map, Value};
use tracing::info;

use crate::json;
use crate::routes::workflow::{Source, Typed, access_request, slack_user_id};

/// The function that asks for access, as the manifest names it.
const REQUEST_ACCESS: &str = slack::ids::REQUEST_ACCESS;

/// The job that the event `function_executed` asks for; nothing for a function that is none of ours. Whoever made the
/// workflow says in whose name it asks, as with the web request.
pub(crate) fn executed(event: &Value) -> Option<Job> {
    let function = event.pointer("/function/callback_id").and_then(Value::as_str);
    if function != Some(REQUEST_ACCESS) {
        return None;
    }
    let execution_id = event.get("function_execution_id").and_then(Value::as_str);
    let Some(execution_id) = execution_id.and_then(|id| ExecutionId::parse(id).ok()) else {
        info!("a step without the id of its run cannot be answered");
        return None;
    };
    let nothing = Map::new();
    let inputs = event.get("inputs").and_then(Value::as_object).unwrap_or(&nothing);
    Some(match read(inputs, &execution_id) {
        Ok(ask) => Job::WorkflowStep(WorkflowStep { execution_id, ask }),
        Err(why) => Job::FailedStep(FailedStep { execution_id, why }),
    })
}

fn read(inputs: &Map<String, Value>, id: &ExecutionId) -> Result<domain::job::AccessRequest, String> {
    let needed = |name: &str| -> Result<String, String> {
        let text = json::text(inputs, name).map_err(|why| format!("The step's input {why}."))?;
        let text = text.filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| {
            format!("The step's input `{name}` is empty. Fill it in where the workflow is made.")
        })
    };
    let user_id = slack_user_id(&needed("user")?)
        .map_err(|why| format!("The step's input `user` is no person: {why}."))?;
    let typed = Typed { project: needed("project")?, role: needed("role")?, duration: needed("duration")? };
    let justification =
        json::text(inputs, "justification").map_err(|why| format!("The step's input {why}."))?;
    let source = Source::Step { execution_id: id.to_string() };
    Ok(access_request(user_id, "", &typed, justification.as_deref(), source))
}
