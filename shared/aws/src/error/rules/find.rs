//! The rule for a code of a call, and what to do where there is none.

use service::call_error::{Remedy, by_status};

use super::{FINAL, OPERATOR, RULES, Rule, TAKES_AWAY};

/// What to do about an AWS error: by its code, or where the table does not have that, by its HTTP status.
pub(crate) fn remedy(call: &str, code: Option<&str>, status: u16) -> Remedy {
    if let Some(rule) = code.and_then(|code| rule(call, code)) {
        return rule.remedy;
    }
    match by_status(status) {
        Some(remedy) => remedy,
        None if TAKES_AWAY.contains(&call) => OPERATOR,
        None => FINAL,
    }
}

/// The most specific rule for a code of a call.
pub(crate) fn rule(call: &str, code: &str) -> Option<&'static Rule> {
    let specificity = |rule: &Rule| rule.calls.iter().filter_map(|of| matches(of, call)).max();
    let fits = RULES.iter().filter(|rule| rule.codes.contains(&code));
    fits.filter_map(|rule| Some((specificity(rule)?, rule))).max_by_key(|(by, _)| *by).map(|(_, rule)| rule)
}

/// How specifically `of` names the call; `None` where it does not.
fn matches(of: &str, call: &str) -> Option<u8> {
    match of.strip_suffix('*') {
        Some("") => Some(0),
        Some(service) => call.starts_with(service).then_some(1),
        None => (of == call).then_some(2),
    }
}
