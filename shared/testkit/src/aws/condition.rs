//! Conditions in policies, which the rule evaluator leaves to its caller.
//!
//! Only the operators and keys that policies about people's keys use are known. One that is not known fails closed:
//! it lets a deny hold and an allow not.

use std::collections::HashMap;

use jiff::Timestamp;
use winterbaume_iam_rule_eval::wildcard::resource_matches;
use winterbaume_iam_rule_eval::{Effect, PolicyDocument, Statement};

/// What is known about a request, by condition key in lower case.
pub(crate) type Context = HashMap<String, String>;

/// The policy with only those statements whose conditions hold, their conditions removed.
pub(crate) fn holding(policy: &PolicyDocument, context: &Context) -> PolicyDocument {
    let held = policy.statement.iter().filter(|statement| holds(statement, context));
    let unconditional = held.cloned().map(|statement| Statement { condition: None, ..statement });
    PolicyDocument { version: policy.version.clone(), statement: unconditional.collect() }
}

fn holds(statement: &Statement, context: &Context) -> bool {
    let unknown = statement.effect == Effect::Deny;
    let Some(condition) = &statement.condition else { return true };
    condition.iter().all(|(operator, keys)| {
        keys.iter().all(|(key, wanted)| {
            let actual = context.get(&key.to_lowercase()).map(String::as_str);
            compare(operator, actual, wanted.as_slice()).unwrap_or(unknown)
        })
    })
}

/// Whether the operator holds; `None` when it is not known.
fn compare(operator: &str, actual: Option<&str>, wanted: &[String]) -> Option<bool> {
    if operator == "Null" {
        return Some(wanted.iter().any(|wanted| (wanted == "true") == actual.is_none()));
    }
    let (operator, if_exists) = match operator.strip_suffix("IfExists") {
        Some(operator) => (operator, true),
        None => (operator, false),
    };
    let negated = operator.contains("Not");
    let test: fn(&str, &str) -> Option<bool> = match operator {
        "StringEquals" | "StringNotEquals" => |actual, wanted| Some(actual == wanted),
        "StringEqualsIgnoreCase" | "StringNotEqualsIgnoreCase" => {
            |actual, wanted| Some(actual.eq_ignore_ascii_case(wanted))
        }
        "StringLike" | "StringNotLike" | "ArnLike" | "ArnEquals" | "ArnNotLike" | "ArnNotEquals" => {
            |actual, wanted| Some(resource_matches(wanted, actual))
        }
        "Bool" => |actual, wanted| Some(actual.eq_ignore_ascii_case(wanted)),
        "DateEquals" | "DateNotEquals" => |actual, wanted| Some(date(actual)? == date(wanted)?),
        "DateGreaterThan" => |actual, wanted| Some(date(actual)? > date(wanted)?),
        "DateGreaterThanEquals" => |actual, wanted| Some(date(actual)? >= date(wanted)?),
        "DateLessThan" => |actual, wanted| Some(date(actual)? < date(wanted)?),
        "DateLessThanEquals" => |actual, wanted| Some(date(actual)? <= date(wanted)?),
        _ => return None,
    };
    let Some(actual) = actual else { return Some(negated || if_exists) };
    let mut any = false;
    for wanted in wanted {
        any |= test(actual, wanted)?;
    }
    Some(any != negated)
}

/// A time as policies write it: ISO 8601, or Unix seconds.
fn date(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| Timestamp::from_second(text.parse().ok()?).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(condition: &str, effect: &str) -> usize {
        let policy = format!(
            r#"{{"Statement":[{{"Effect":"{effect}","Action":"*","Resource":"*","Condition":{condition}}}]}}"#
        );
        let context = Context::from([
            ("aws:currenttime".to_owned(), "2026-11-23T10:00:00Z".to_owned()),
            ("aws:userid".to_owned(), "AROAX:keylease-1".to_owned()),
        ]);
        holding(&serde_json::from_str(&policy).unwrap(), &context).statement.len()
    }

    #[test]
    fn a_deny_after_a_time_holds_only_after_it() {
        assert_eq!(count(r#"{"DateGreaterThan":{"aws:CurrentTime":"2026-11-23T09:59:59Z"}}"#, "Deny"), 1);
        assert_eq!(count(r#"{"DateGreaterThan":{"aws:CurrentTime":"2026-11-23T10:00:00Z"}}"#, "Deny"), 0);
        assert_eq!(count(r#"{"DateLessThan":{"aws:CurrentTime":"1795428001"}}"#, "Allow"), 1);
    }

    #[test]
    fn values_are_alternatives_and_keys_are_not() {
        assert_eq!(count(r#"{"StringEquals":{"aws:userid":["other","AROAX:keylease-1"]}}"#, "Deny"), 1);
        assert_eq!(
            count(r#"{"StringEquals":{"aws:userid":"AROAX:keylease-1","aws:username":"x"}}"#, "Deny"),
            0
        );
        assert_eq!(count(r#"{"StringNotEquals":{"aws:userid":["other","AROAX:keylease-1"]}}"#, "Deny"), 0);
        assert_eq!(count(r#"{"StringLike":{"aws:userid":"*:keylease-*"}}"#, "Deny"), 1);
    }

    #[test]
    fn an_unknown_operator_or_a_malformed_date_fails_closed() {
        for condition in
            [r#"{"IpAddress":{"aws:userid":"10.0.0.0/8"}}"#, r#"{"DateLessThan":{"aws:CurrentTime":"soon"}}"#]
        {
            assert_eq!(count(condition, "Deny"), 1, "{condition}");
            assert_eq!(count(condition, "Allow"), 0, "{condition}");
        }
    }
}
