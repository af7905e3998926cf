//! Faults that a test can put in front of a method.

/// What goes wrong with one call of the Web API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// 429; nothing has happened.
    RateLimited {
        /// The value of `Retry-After`.
        retry_after_secs: u64,
    },
    /// 500; nothing has happened.
    ServerError,
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
    pub(crate) fault: Fault,
    pub(crate) left: u32,
}

/// The fault that this call meets.
pub(crate) fn take(planned: &mut Vec<Planned>, method: &str) -> Option<Fault> {
    planned.retain(|planned| planned.left > 0);
    let next = planned.iter_mut().find(|planned| planned.method == method)?;
    next.left -= 1;
    Some(next.fault.clone())
}
