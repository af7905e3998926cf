//! Faults that a test can put in front of a method.

use serde_json::Value;

/// What goes wrong with one call of the Web API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// 429; nothing has happened.
    RateLimited { retry_after_secs: u64 },
    /// 500; nothing has happened.
    ServerError,
    /// This HTTP status, as a proxy in between answers; nothing has happened.
    Status(u16),
    /// 200 with `"ok": false` and this error; nothing has happened.
    Api(String),
    /// It happens, and then the connection breaks in the middle of the answer.
    LoseAnswer,
    /// Nothing happens and no answer comes.
    Hang,
}

/// A fault and how often it is still to come.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) method: String,
    /// What the arguments must contain, as JSON; anything where it is empty.
    pub(crate) about: String,
    pub(crate) fault: Fault,
    pub(crate) left: u32,
}

/// The fault that this call meets.
pub(crate) fn take(planned: &mut Vec<Planned>, method: &str, arguments: &Value) -> Option<Fault> {
    planned.retain(|planned| planned.left > 0);
    if planned.is_empty() {
        return None;
    }
    let arguments = arguments.to_string();
    let meets = |planned: &&mut Planned| planned.method == method && arguments.contains(&planned.about);
    let next = planned.iter_mut().find(meets)?;
    next.left -= 1;
    Some(next.fault.clone())
}
