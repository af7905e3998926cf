//! What a guard says, read back from IAM.

use serde::Serialize;
use serde_json::Value;

use super::statements_of;
use crate::time::UnixSeconds;

/// What an inline policy does to whoever has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "at")]
pub enum Ends {
    /// Denies everything from this moment on.
    After(UnixSeconds),
    /// Denies everything now.
    Now,
    /// Ends nothing: not a guard.
    Never,
}

/// Reads a guard, or any other policy.
#[must_use]
pub fn ends(document: &str) -> Ends {
    let statements = statements_of(document).unwrap_or_default();
    let mut denials = statements.iter().filter(|statement| denies_everything(statement)).map(from_when);
    // One denial is enough; the earliest counts.
    let first = denials.next().unwrap_or(Ends::Never);
    denials.fold(first, |a, b| match (a, b) {
        (Ends::Now, _) | (_, Ends::Now) => Ends::Now,
        (Ends::After(one), Ends::After(other)) => Ends::After(one.min(other)),
        (Ends::Never, other) | (other, Ends::Never) => other,
    })
}

fn denies_everything(statement: &Value) -> bool {
    let is = |name: &str, wanted: &str| statement.get(name).and_then(Value::as_str) == Some(wanted);
    is("Effect", "Deny") && is("Action", "*") && is("Resource", "*")
}

fn from_when(denial: &Value) -> Ends {
    let Some(condition) = denial.get("Condition") else { return Ends::Now };
    let at = condition.pointer("/DateGreaterThan/aws:CurrentTime").and_then(Value::as_str);
    at.and_then(UnixSeconds::from_rfc3339).map_or(Ends::Never, Ends::After)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{deny_all, deny_sessions, guard};

    #[test]
    fn a_guard_reads_back() {
        let at = UnixSeconds(1_795_442_607);
        assert_eq!(ends(&guard(at)), Ends::After(at));
        assert_eq!(ends(&deny_all()), Ends::Now);
        for other in ["", "[]", r#"{"Statement":[]}"#, &deny_sessions(&["AROAX:y"])] {
            assert_eq!(ends(other), Ends::Never, "{other}");
        }
        let allows = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
        assert_eq!(ends(allows), Ends::Never);
    }
}
