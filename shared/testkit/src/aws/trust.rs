//! Whether a role's trust policy lets somebody assume it.

use serde_json::Value;
use winterbaume_iam_rule_eval::PolicyDocument;

use super::ACCOUNT;
use super::condition::{Context, holding};

const ACTION: &str = "sts:AssumeRole";

/// Whether whoever has this ARN may assume a role of this trust policy, with this context.
pub(crate) fn lets_in(trust: &str, principal_arn: &str, context: &Context) -> bool {
    let trust: Value = serde_json::from_str(trust).unwrap_or_default();
    let mut allowed = false;
    for statement in many(trust.get("Statement")) {
        let is_about = many(statement.get("Action")).iter().filter_map(Value::as_str).any(|action| {
            action.eq_ignore_ascii_case(ACTION) || action == "*" || action.eq_ignore_ascii_case("sts:*")
        });
        if !is_about || !names(statement, principal_arn) || !holds(statement, context) {
            continue;
        }
        if statement.get("Effect").is_some_and(|effect| effect == "Deny") {
            return false;
        }
        allowed = true;
    }
    allowed
}

/// Whether the statement's principal is this one, or the whole of its account.
fn names(statement: &Value, principal_arn: &str) -> bool {
    let principal = statement.get("Principal");
    let named = principal.and_then(|principal| principal.get("AWS")).or(principal);
    many(named)
        .iter()
        .filter_map(Value::as_str)
        .any(|named| ["*", principal_arn, ACCOUNT, &format!("arn:aws:iam::{ACCOUNT}:root")].contains(&named))
}

fn holds(statement: &Value, context: &Context) -> bool {
    let mut bare = statement.clone();
    if let Some(fields) = bare.as_object_mut() {
        fields.remove("Principal");
        fields.insert("Resource".to_owned(), "*".into());
    }
    let alone = serde_json::json!({ "Version": "2012-10-17", "Statement": [bare] });
    let policy: Result<PolicyDocument, _> = serde_json::from_value(alone);
    policy.is_ok_and(|policy| !holding(&policy, context).statement.is_empty())
}

fn many(value: Option<&Value>) -> &[Value] {
    let list = value.and_then(Value::as_array).map(Vec::as_slice);
    list.unwrap_or_else(|| value.map(std::slice::from_ref).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use domain::UnixSeconds;
    use domain::policy::{closed_door, open_door};
    use domain::principal::Requester;

    use super::*;

    #[test]
    fn a_door_lets_in_whom_it_names_until_its_time() {
        let at = |seconds: i64| {
            let now = UnixSeconds(1_795_442_607 + seconds).rfc3339();
            let arn = format!("arn:aws:iam::{ACCOUNT}:user/dana@example.com");
            let context = Context::from([
                ("aws:currenttime".to_owned(), now),
                ("aws:principalarn".to_owned(), arn.clone()),
            ]);
            (arn, context)
        };
        let dana = Requester { email: Some("dana@example.com"), identity_store_user_id: None };
        let open =
            |pattern: &str| open_door(&[pattern.to_owned()], &dana, UnixSeconds(1_795_442_607)).unwrap();
        let hers = open(&format!("arn:aws:iam::{ACCOUNT}:user/${{requester_email}}"));
        let others = open(&format!("arn:aws:iam::{ACCOUNT}:user/sam*"));
        let (arn, before) = at(-1);
        assert!(lets_in(&hers, &arn, &before));
        assert!(!lets_in(&others, &arn, &before));
        assert!(!lets_in(&closed_door(), &arn, &before));
        let (arn, after) = at(0);
        assert!(!lets_in(&hers, &arn, &after));
    }
}
