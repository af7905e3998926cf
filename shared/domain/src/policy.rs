//! IAM policy documents: the guard that ends a grant by itself, and the denials that end it early.

mod door;
mod read;
mod sessions;
mod trust;

use serde_json::{Value, json};

use crate::time::UnixSeconds;

pub use door::{
    Door, DoorFault, TRUST_MAX_CHARS, account_access_door, claim_door, closed_door, door, open_door,
};
pub use read::{Ends, ends};
pub use sessions::{deny_issued_before, deny_sessions, sessions_denied};
pub use trust::{SESSION_CALLS, missing_from_trust};

/// Inline policies of an IAM user, in characters without white space, all together (IAM quotas).
pub const USER_INLINE_MAX_CHARS: usize = 2_048;
/// Inline policies of an IAM role, in characters without white space, all together (IAM quotas).
pub const ROLE_INLINE_MAX_CHARS: usize = 10_240;
/// A session policy, in characters (STS `AssumeRole`).
pub const SESSION_POLICY_MAX_CHARS: usize = 2_048;

/// Actions that mint or keep another identity, or change what this one may do. Always denied to a grantee.
///
/// `iam:*` covers keys, users, roles, policies and `iam:PassRole`; the rest are the other doors through which AWS
/// hands out identities (`docs/decisions/0015-identity-actions.md`).
pub const IDENTITY_ACTIONS: [&str; 21] = [
    "iam:*",
    "sts:Assume*",
    "sts:GetDelegatedAccessToken",
    "sts:GetFederationToken",
    "sts:GetSessionToken",
    "sts:GetWebIdentityToken",
    "account:*",
    "account-access:*",
    "cognito-identity:*",
    "datazone:Get*Credentials",
    "deadline:Assume*",
    "eks-auth:*",
    "identitystore:*",
    "lakeformation:GetTemporary*",
    "organizations:*",
    "rolesanywhere:*",
    "s3:GetDataAccess",
    "signin:*",
    "sso:*",
    "sso-directory:*",
    "sso-oauth:*",
];

/// What `aws login` calls.
const SIGN_IN: &str = "signin:*";

/// Why a policy cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// Together with the guard it is longer than IAM takes.
    #[error(
        "the policies have {chars} characters with the guard, and IAM takes {limit}: attach a managed policy instead"
    )]
    TooLong {
        /// Length with the guard.
        chars: usize,
        /// IAM's limit.
        limit: usize,
    },
    /// IAM takes Latin-1 only.
    #[error("the policy has the character {0:?}, and IAM takes Latin-1 only")]
    NotLatin1(char),
    /// Not a policy document.
    #[error("the policy is not a JSON object with a `Statement`")]
    NotAPolicy,
}

/// The guard of an IAM user or role: denies everything after `expires_at`, and identities always.
#[must_use]
pub fn guard(expires_at: UnixSeconds) -> String {
    document(&[deny_after(expires_at), deny_identities()])
}

/// The guard of a role that account access manager opens: `aws login` works with it, by which people get in on the command line. What
/// it hands out is a session of the same role, which the guard ends as well.
#[must_use]
pub fn guard_with_sign_in(expires_at: UnixSeconds) -> String {
    let denied: Vec<&str> = IDENTITY_ACTIONS.into_iter().filter(|action| *action != SIGN_IN).collect();
    let identities =
        json!({ "Sid": "KeyleaseNoIdentities", "Effect": "Deny", "Action": denied, "Resource": "*" });
    document(&[deny_after(expires_at), identities])
}

/// Denies everything: what the guard becomes when a grant ends.
#[must_use]
pub fn deny_all() -> String {
    document(&[json!({ "Sid": "KeyleaseEnded", "Effect": "Deny", "Action": "*", "Resource": "*" })])
}

/// A session's policy: what the catalogue allows (everything that the role has, where it names no policy), and
/// the guard.
pub fn session_policy(expires_at: UnixSeconds, inline_policy: Option<&str>) -> Result<String, PolicyFault> {
    let mut statements = match inline_policy {
        Some(text) => statements_of(text)?,
        None => vec![json!({ "Effect": "Allow", "Action": "*", "Resource": "*" })],
    };
    statements.push(deny_after(expires_at));
    statements.push(deny_identities());
    let policy = document(&statements);
    check(&policy, policy.chars().count(), SESSION_POLICY_MAX_CHARS)?;
    Ok(policy)
}

/// Checks that a user's own policy fits beside the guard.
pub fn check_user_inline(guard: &str, inline_policy: &str) -> Result<(), PolicyFault> {
    statements_of(inline_policy)?;
    let chars = visible_chars(guard) + visible_chars(inline_policy);
    check(inline_policy, chars, USER_INLINE_MAX_CHARS)
}

/// Checks that a role's own policy fits beside the guard.
pub fn check_role_inline(guard: &str, inline_policy: &str) -> Result<(), PolicyFault> {
    statements_of(inline_policy)?;
    let chars = visible_chars(guard) + visible_chars(inline_policy);
    check(inline_policy, chars, ROLE_INLINE_MAX_CHARS)
}

fn check(policy: &str, chars: usize, limit: usize) -> Result<(), PolicyFault> {
    if let Some(other) = policy.chars().find(|c| u32::from(*c) > 0xFF) {
        return Err(PolicyFault::NotLatin1(other));
    }
    if chars > limit { Err(PolicyFault::TooLong { chars, limit }) } else { Ok(()) }
}

/// IAM does not count white space.
fn visible_chars(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

fn deny_after(expires_at: UnixSeconds) -> Value {
    json!({
        "Sid": "KeyleaseExpiry",
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": { "DateGreaterThan": { "aws:CurrentTime": expires_at.rfc3339() } },
    })
}

fn deny_identities() -> Value {
    json!({ "Sid": "KeyleaseNoIdentities", "Effect": "Deny", "Action": IDENTITY_ACTIONS, "Resource": "*" })
}

fn document(statements: &[Value]) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

/// IAM takes one statement or a list of them.
fn statements_of(policy: &str) -> Result<Vec<Value>, PolicyFault> {
    let parsed: Value = serde_json::from_str(policy).map_err(|_| PolicyFault::NotAPolicy)?;
    match parsed.get("Statement") {
        Some(Value::Array(statements)) => Ok(statements.clone()),
        Some(one @ Value::Object(_)) => Ok(vec![one.clone()]),
        _ => Err(PolicyFault::NotAPolicy),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: UnixSeconds = UnixSeconds(1_795_442_607);

    #[test]
    fn the_documents() {
        let pretty =
            |text: &str| serde_json::to_string_pretty(&serde_json::from_str::<Value>(text).unwrap()).unwrap();
        let narrow = r#"{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}"#;
        let all = [
            ("guard", guard(AT)),
            ("guard with sign-in", guard_with_sign_in(AT)),
            ("deny all", deny_all()),
            ("session", session_policy(AT, None).unwrap()),
            ("narrow session", session_policy(AT, Some(narrow)).unwrap()),
            ("ended sessions", deny_sessions(&["AROAEXAMPLE:keylease-r-0", "AROAEXAMPLE:keylease-r-1"])),
            ("all sessions cut off", deny_issued_before(AT)),
        ];
        let text: String = all.iter().map(|(name, doc)| format!("{name}\n{}\n\n", pretty(doc))).collect();
        insta::assert_snapshot!(text);
    }

    #[test]
    fn the_guard_leaves_room_for_a_policy() {
        assert!(visible_chars(&guard(AT)) < USER_INLINE_MAX_CHARS / 2);
    }

    #[test]
    fn a_policy_that_does_not_fit_says_so() {
        let policy = |resource: &str| {
            format!(r#"{{"Statement":[{{"Effect":"Allow","Action":"s3:*","Resource":"{resource}"}}]}}"#)
        };
        assert_eq!(check_user_inline(&guard(AT), &policy("*")), Ok(()));
        let long = check_user_inline(&guard(AT), &policy(&"x".repeat(USER_INLINE_MAX_CHARS)));
        assert!(matches!(long, Err(PolicyFault::TooLong { .. })), "{long:?}");
        assert_eq!(check_user_inline(&guard(AT), &policy("π")), Err(PolicyFault::NotLatin1('π')));
        assert_eq!(check_user_inline(&guard(AT), "[]"), Err(PolicyFault::NotAPolicy));
        assert_eq!(check_role_inline(&guard(AT), &policy(&"x".repeat(USER_INLINE_MAX_CHARS))), Ok(()));
        let long = check_role_inline(&guard(AT), &policy(&"x".repeat(ROLE_INLINE_MAX_CHARS)));
        assert!(matches!(long, Err(PolicyFault::TooLong { limit: ROLE_INLINE_MAX_CHARS, .. })), "{long:?}");
        let long = session_policy(AT, Some(&policy(&"x".repeat(SESSION_POLICY_MAX_CHARS))));
        assert!(matches!(long, Err(PolicyFault::TooLong { .. })), "{long:?}");
    }
}
