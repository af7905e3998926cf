//! One event as it is exported: a JSON object, or a row of a table for a spreadsheet.

use domain::history::Change;
use domain::{Request, Status};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::failure::Failure;

/// The columns, in order, which are the keys of the JSON object.
pub(super) const HEADING: &str =
    "at,at_utc,request_id,position,event,by,requester,project,role,from,to,inputs,note,previous,hash";

/// One event, with what its request is about.
#[derive(Debug, Serialize)]
pub(super) struct Line<'a> {
    at: i64,
    at_utc: String,
    request_id: &'a str,
    position: u32,
    event: &'a str,
    by: Option<String>,
    requester: &'a str,
    project: &'a str,
    role: &'a str,
    from: Option<Status>,
    to: Status,
    inputs: &'a Map<String, Value>,
    note: Option<&'a str>,
    previous: Option<&'a str>,
    hash: Option<&'a str>,
}

impl<'a> Line<'a> {
    /// The event that stands at `position`, counted from 1.
    pub(super) fn of(request: &'a Request, position: u32, change: &'a Change) -> Self {
        Self {
            at: change.at.0,
            at_utc: change.at.rfc3339(),
            request_id: request.request_id.as_str(),
            // An event that says that it belongs elsewhere is exported as it stands.
            position: if change.hash.is_some() { change.position } else { position },
            event: &change.event,
            by: change.by.as_ref().map(ToString::to_string),
            requester: request.ask.requester_slack_id.as_str(),
            project: request.ask.project.as_str(),
            role: request.ask.role.as_str(),
            from: change.from,
            to: change.to,
            inputs: &change.inputs,
            note: change.note.as_deref(),
            previous: change.previous.as_deref(),
            hash: change.hash.as_deref(),
        }
    }

    /// As a line of JSON: exact.
    pub(super) fn json(&self) -> Result<String, Failure> {
        serde_json::to_string(self).map_err(unwritable)
    }

    /// As a row of a table: text as it is, and everything else as JSON.
    pub(super) fn csv(&self) -> Result<String, Failure> {
        let event = serde_json::to_value(self).map_err(unwritable)?;
        let cell = |column| match event.get(column) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => no_formula(text),
            Some(other) => other.to_string(),
        };
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(HEADING.split(',').map(cell)).map_err(unwritable)?;
        let bytes = writer.into_inner().map_err(unwritable)?;
        let text = String::from_utf8(bytes).map_err(unwritable)?;
        Ok(text.trim_end_matches('\n').to_owned())
    }
}

/// Spreadsheets run what begins like this, also out of a file that somebody was sent.
fn no_formula(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

fn unwritable(error: impl std::fmt::Display) -> Failure {
    Failure::new("an event cannot be written").because(error)
}
