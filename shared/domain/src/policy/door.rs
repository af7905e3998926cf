//! Who may assume a grant's own role, and until when: its trust policy.

use serde_json::{Value, json};

use super::document;
use crate::principal::{Admitted, Pattern, PatternFault, Requester, ValueFault};
use crate::time::UnixSeconds;

/// A trust policy, in characters without white space (IAM's default quota).
pub const TRUST_MAX_CHARS: usize = 2_048;
/// How the names of the statements that let people in begin.
const OPEN: &str = "KeyleaseDoor";
/// What whoever comes in may call: tools set the two others where they are told to.
const COMING_IN: [&str; 3] = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"];

/// Why a role cannot be opened to whoever asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the names say it")]
pub enum DoorFault {
    /// One of `principals` is none.
    #[error("{0} is no pattern of a principal: {1}")]
    Pattern(String, PatternFault),
    /// A placeholder cannot be filled in.
    #[error(transparent)]
    Value(#[from] ValueFault),
    /// There are too many of them, or they are too long.
    #[error("the trust policy for these principals has {chars} characters, and IAM takes {TRUST_MAX_CHARS}")]
    TooLong { chars: usize },
}

/// What a trust policy says of a door.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Door {
    /// Who may come in; nobody where it is closed.
    pub principals: Vec<String>,
    pub until: Option<UnixSeconds>,
}

/// Lets nobody in: what the trust policy of a grant's role is before everything else is on it, and after its end. IAM takes
/// no trust policy that says nothing.
#[must_use]
pub fn closed_door() -> String {
    document(&[json!({
        "Sid": "KeyleaseClosed", "Effect": "Deny", "Principal": { "AWS": "*" }, "Action": "sts:AssumeRole",
    })])
}

/// Lets those in whom the patterns match, until `expires_at`.
///
/// A principal's ARN in a trust policy takes no wildcard, and IAM resolves one to an id that goes when its bearer is made
/// anew. So the account is named, and a condition says who in it.
pub fn open_door(
    principals: &[String],
    requester: &Requester<'_>,
    expires_at: UnixSeconds,
) -> Result<String, DoorFault> {
    let mut accounts: Vec<String> = Vec::new();
    let mut arns: Vec<String> = Vec::new();
    let mut statements = Vec::new();
    for text in principals {
        let pattern = Pattern::parse(text).map_err(|fault| DoorFault::Pattern(text.clone(), fault))?;
        let account = pattern.account_arn();
        match pattern.admits(requester)? {
            Admitted::ByArn(more) => {
                if !accounts.contains(&account) {
                    accounts.push(account);
                }
                arns.extend(more);
            }
            Admitted::BySession { arns, userid } => {
                statements.push(lets_in(
                    &[account],
                    &arns,
                    expires_at,
                    Some(("StringLike", "aws:userid", userid)),
                ));
            }
            Admitted::ByIdentityStore { arns, user_id } => {
                let person = Some(("StringEquals", "identitystore:UserId", user_id));
                statements.push(lets_in(&[account], &arns, expires_at, person));
            }
        }
    }
    if !arns.is_empty() {
        statements.insert(0, lets_in(&accounts, &arns, expires_at, None));
    }
    if statements.is_empty() {
        return Ok(closed_door());
    }
    // No two statements of a policy may have one name.
    for (index, statement) in statements.iter_mut().enumerate() {
        if let Some(statement) = statement.as_object_mut() {
            statement.insert("Sid".to_owned(), json!(format!("{OPEN}{index}")));
        }
    }
    let trust = document(&statements);
    let chars = trust.chars().count();
    if chars > TRUST_MAX_CHARS { Err(DoorFault::TooLong { chars }) } else { Ok(trust) }
}

/// Lets account access manager in, which lets in whom it has an entitlement for. The application's account is the organisation's
/// management account, whichever the role is in.
///
/// It verifies the role when an entitlement is made; whether it takes conditions on time is not documented, so the guard alone has
/// the end.
#[must_use]
pub fn account_access_door(application_arn: &str) -> String {
    let account = application_arn.split(':').nth(4).unwrap_or_default();
    document(&[json!({
        "Sid": format!("{OPEN}0"),
        "Effect": "Allow",
        "Principal": { "Service": "account-access.amazonaws.com" },
        "Action": ["sts:AssumeRole", "sts:SetContext", "sts:TagSession"],
        "Condition": {
            "StringEquals": { "aws:SourceAccount": account },
            "ArnEquals": { "aws:SourceArn": application_arn },
        },
    })])
}

/// Lets in whoever signs as `worker_arn`, a user or a role's session, until `expires_at`.
#[must_use]
pub fn claim_door(worker_arn: &str, expires_at: UnixSeconds) -> String {
    let parts: Vec<&str> = worker_arn.splitn(6, ':').collect();
    let [_, partition, service, _, account, resource] = parts.as_slice() else { return closed_door() };
    let role = resource.strip_prefix("assumed-role/").and_then(|session| session.split('/').next());
    let arns = match role {
        // The ARN of a session does not say its role's path.
        Some(role) if *service == "sts" => vec![
            format!("arn:{partition}:iam::{account}:role/{role}"),
            format!("arn:{partition}:iam::{account}:role/*/{role}"),
        ],
        Some(_) | None => vec![worker_arn.to_owned()],
    };
    let mut statement = lets_in(&[format!("arn:{partition}:iam::{account}:root")], &arns, expires_at, None);
    if let Some(statement) = statement.as_object_mut() {
        statement.insert("Sid".to_owned(), json!(format!("{OPEN}0")));
    }
    document(&[statement])
}

/// Reads a trust policy.
#[must_use]
pub fn door(trust: &str) -> Door {
    let policy: Value = serde_json::from_str(trust).unwrap_or_default();
    let statements = policy.get("Statement").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut door = Door::default();
    for statement in statements.iter().filter(|one| one.get("Effect").is_some_and(|effect| effect == "Allow"))
    {
        let arns = statement.pointer("/Condition/ArnLike/aws:PrincipalArn").and_then(Value::as_array);
        let others = [statement.pointer("/Principal/AWS"), statement.pointer("/Principal/Service")];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        match arns {
            Some(arns) => door.principals.extend(arns.iter().filter_map(text)),
            None => door.principals.extend(others.into_iter().flatten().filter_map(text)),
        }
        let until = statement.pointer("/Condition/DateLessThan/aws:CurrentTime").and_then(Value::as_str);
        door.until = until.and_then(UnixSeconds::from_rfc3339);
    }
    door
}

fn lets_in(
    accounts: &[String],
    arns: &[String],
    until: UnixSeconds,
    also: Option<(&str, &str, String)>,
) -> Value {
    let mut condition = json!({
        "ArnLike": { "aws:PrincipalArn": arns },
        "DateLessThan": { "aws:CurrentTime": until.rfc3339() },
    });
    if let (Some((operator, key, value)), Some(condition)) = (also, condition.as_object_mut()) {
        condition.insert(operator.to_owned(), json!({ key: value }));
    }
    json!({
        "Effect": "Allow", "Principal": { "AWS": accounts }, "Action": COMING_IN, "Condition": condition,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: UnixSeconds = UnixSeconds(1_795_442_607);
    const DANA: Requester<'_> =
        Requester { email: Some("dana@example.com"), identity_store_user_id: Some("d-1234-abcd") };

    fn open(principals: &[&str]) -> Result<String, DoorFault> {
        let principals: Vec<String> = principals.iter().map(|text| (*text).to_owned()).collect();
        open_door(&principals, &DANA, AT)
    }

    #[test]
    fn the_documents() {
        let open = open(&[
            "arn:aws:iam::111122223333:user/${requester_email}",
            "arn:aws:iam::444455556666:role/people/*",
            "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Dev_*/${requester_email}",
            "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Ops_*/${identity_store_user_id}",
        ]);
        let pretty =
            |text: &str| serde_json::to_string_pretty(&serde_json::from_str::<Value>(text).unwrap()).unwrap();
        insta::assert_snapshot!(format!("{}\n\n{}", pretty(&closed_door()), pretty(&open.unwrap())));
    }

    #[test]
    fn a_door_reads_back() {
        let arn = "arn:aws:iam::111122223333:user/${requester_email}";
        let read = door(&open(&[arn]).unwrap());
        assert_eq!(read.principals, ["arn:aws:iam::111122223333:user/dana@example.com"]);
        assert_eq!(read.until, Some(AT));
        for shut in [closed_door(), open(&[]).unwrap(), String::new(), "[]".to_owned()] {
            assert_eq!(door(&shut), Door::default(), "{shut}");
        }
    }

    #[test]
    fn the_worker_s_own_door_names_its_role_and_nobody_else() {
        let trust = claim_door("arn:aws:sts::111122223333:assumed-role/keylease-provision/i-1", AT);
        let read = door(&trust);
        assert_eq!(
            read.principals,
            [
                "arn:aws:iam::111122223333:role/keylease-provision",
                "arn:aws:iam::111122223333:role/*/keylease-provision"
            ]
        );
        assert_eq!(read.until, Some(AT));
        let user = "arn:aws:iam::111122223333:user/worker";
        assert_eq!(door(&claim_door(user, AT)).principals, [user]);
        assert_eq!(claim_door("nobody", AT), closed_door());
    }

    #[test]
    fn account_access_manager_comes_in_for_its_application_alone() {
        let application = "arn:aws:account-access:eu-central-1:999988887777:application/aam-1";
        let trust: Value = serde_json::from_str(&account_access_door(application)).unwrap();
        let statement = &trust["Statement"][0];
        assert_eq!(statement["Principal"]["Service"], "account-access.amazonaws.com");
        assert_eq!(statement["Condition"]["StringEquals"]["aws:SourceAccount"], "999988887777");
        assert_eq!(statement["Condition"]["ArnEquals"]["aws:SourceArn"], application);
    }

    #[test]
    fn what_cannot_be_a_door_is_said() {
        assert!(matches!(open(&["*"]), Err(DoorFault::Pattern(text, PatternFault::Shape)) if text == "*"));
        let long = format!("arn:aws:iam::111122223333:role/{}", "x".repeat(2_000));
        assert!(matches!(open(&[&long]), Err(DoorFault::TooLong { chars }) if chars > TRUST_MAX_CHARS));
        let unknown = open_door(
            &["arn:aws:iam::111122223333:user/${requester_email}".to_owned()],
            &Requester::default(),
            AT,
        );
        assert!(matches!(unknown, Err(DoorFault::Value(ValueFault::Unknown(_)))));
    }
}
