//! What a role's trust policy lets somebody do, as far as its text says.

use std::collections::BTreeSet;

use serde_json::Value;

/// What the worker that makes a session calls: it assumes the role, and names the person in the session.
pub const SESSION_CALLS: [&str; 2] = ["sts:AssumeRole", "sts:SetSourceIdentity"];

/// Those of [`SESSION_CALLS`] that no AWS principal is allowed together with the others, by a role's trust policy. Conditions and denials are
/// not looked at.
#[must_use]
pub fn missing_from_trust(trust: &str) -> Vec<&'static str> {
    let policy: Value = serde_json::from_str(trust).unwrap_or_default();
    let allowed = SESSION_CALLS.map(|action| (action, principals(&policy, action)));
    let in_all = |principal: &&String| {
        allowed.iter().all(|(_, others)| others.iter().any(|other| covers(other, principal)))
    };
    let everybody: BTreeSet<String> = allowed.iter().flat_map(|(_, principals)| principals.clone()).collect();
    if everybody.iter().any(|principal| in_all(&principal)) {
        return Vec::new();
    }
    let without: Vec<&'static str> =
        allowed.iter().filter(|(_, principals)| principals.is_empty()).map(|(action, _)| *action).collect();
    // Each is allowed to somebody, and nobody has all.
    if without.is_empty() { vec![SESSION_CALLS[1]] } else { without }
}

/// Every AWS principal that a statement allows this action.
fn principals(policy: &Value, action: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for statement in many(policy.get("Statement")) {
        let allows = statement.get("Effect").is_some_and(|effect| effect == "Allow");
        let mut patterns = many(statement.get("Action")).filter_map(Value::as_str);
        if allows && patterns.any(|pattern| matches(pattern, action)) {
            let principal = statement.get("Principal");
            let named = principal.and_then(|principal| principal.get("AWS")).or(principal);
            found.extend(many(named).filter_map(Value::as_str).map(str::to_owned));
        }
    }
    found
}

/// One value or a list of them.
fn many(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let list = value.and_then(Value::as_array).map(Vec::as_slice);
    let items = list.unwrap_or_else(|| value.map(std::slice::from_ref).unwrap_or_default());
    items.iter()
}

/// IAM ignores case in actions; `*` stands for anything.
fn matches(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    match pattern.split_once('*') {
        Some((before, after)) => {
            action.len() >= before.len() + after.len()
                && action.starts_with(before)
                && action.ends_with(after)
        }
        None => pattern == action,
    }
}

/// Everybody, or a whole account, covers each principal in it.
fn covers(principal: &str, other: &str) -> bool {
    let account = |text: &str| match text.split(':').nth(4) {
        Some(account) => account.to_owned(),
        None => text.to_owned(),
    };
    let is_account = principal.ends_with(":root") || principal.chars().all(|c| c.is_ascii_digit());
    principal == "*" || principal == other || (is_account && account(principal) == account(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKER: &str = "arn:aws:iam::111122223333:role/keylease-provision";

    fn trust(statements: &str) -> String {
        format!(r#"{{"Version":"2012-10-17","Statement":{statements}}}"#)
    }

    fn allow(principal: &str, action: &str) -> String {
        format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":{action}}}"#)
    }

    #[test]
    fn a_trust_that_is_enough() {
        let worker = format!(r#"{{"AWS":"{WORKER}"}}"#);
        for enough in [
            allow(&worker, r#"["sts:AssumeRole","sts:SetSourceIdentity"]"#),
            allow(&worker, r#""sts:*""#),
            allow(r#""*""#, r#"["sts:assumerole","sts:Set*"]"#),
            format!(
                "[{},{}]",
                allow(&worker, r#""sts:AssumeRole""#),
                allow(r#"{"AWS":["111122223333"]}"#, r#""sts:SetSourceIdentity""#)
            ),
        ] {
            assert_eq!(missing_from_trust(&trust(&enough)), Vec::<&str>::new(), "{enough}");
        }
    }

    #[test]
    fn what_a_trust_lacks() {
        let worker = format!(r#"{{"AWS":"{WORKER}"}}"#);
        let both = ["sts:AssumeRole", "sts:SetSourceIdentity"];
        for (lacking, what) in [
            (allow(&worker, r#""sts:AssumeRole""#), &both[1..]),
            (allow(&worker, r#"["sts:SetSourceIdentity"]"#), &both[..1]),
            ("[]".to_owned(), &both[..]),
            (allow(&worker, r#""sts:AssumeRoleWithSAML""#), &both[..]),
            (
                format!(
                    "[{},{}]",
                    allow(&worker, r#""sts:AssumeRole""#),
                    allow(r#"{"AWS":"arn:aws:iam::444455556666:root"}"#, r#""sts:SetSourceIdentity""#)
                ),
                &both[1..],
            ),
        ] {
            assert_eq!(missing_from_trust(&trust(&lacking)), what, "{lacking}");
        }
        assert_eq!(missing_from_trust("nonsense"), both);
    }
}
