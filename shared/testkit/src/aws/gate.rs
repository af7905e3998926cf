//! Who may do what: the keys that IAM and STS hand out are worth what policies say, and nothing once they are gone.

use jiff::Timestamp;
use winterbaume_core::{MockRequest, MockResponse};
use winterbaume_iam_rule_eval::{EvalDecision, PolicyDocument, PolicySource, SimulationContext, evaluate};

use super::call::{CallInfo, Service};
use super::condition::{Context, holding};
use super::{fault, wire};

/// Who has signed a request.
#[derive(Debug)]
pub(crate) enum Caller {
    /// The system's own workers, whose rights are not what the sandbox is about.
    Workers,
    /// Someone to whom a key was given.
    Holder(Box<Holder>),
}

/// Someone to whom a key was given, with all policies that bear on it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holder {
    pub(crate) arn: String,
    /// What policies call `aws:PrincipalArn`: of a session, its role's.
    pub(crate) principal_arn: String,
    pub(crate) user_id: String,
    pub(crate) user_name: Option<String>,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
    pub(crate) issued_at: Option<Timestamp>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) identity: Vec<PolicyDocument>,
    pub(crate) boundary: Option<PolicyDocument>,
    pub(crate) session: Option<PolicyDocument>,
}

/// Why a request is turned away, in AWS's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Refusal {
    /// For a key that does not exist, or no longer does.
    pub(crate) fn unknown_key(service: Service) -> Self {
        let code = match service {
            Service::Iam | Service::Sts | Service::Sqs => "InvalidClientTokenId",
            _ => "UnrecognizedClientException",
        };
        Self { code, message: "The security token included in the request is invalid.".to_owned() }
    }

    pub(crate) fn answer(&self, service: Service) -> MockResponse {
        wire::error(service, 403, self.code, &self.message)
    }
}

/// Whether the request is from this holder and not from someone who only knows the key's id.
pub(crate) fn authenticate(
    holder: &Holder,
    request: &MockRequest,
    service: Service,
    now: Timestamp,
) -> Result<(), Refusal> {
    let token = request.headers.get("x-amz-security-token").and_then(|token| token.to_str().ok());
    if token != holder.token.as_deref() {
        return Err(Refusal::unknown_key(service));
    }
    if holder.expires_at.is_some_and(|expires| expires <= now) {
        let message = "The security token included in the request is expired".to_owned();
        return Err(Refusal { code: "ExpiredToken", message });
    }
    if !super::signature::verify(request, &holder.secret) {
        let message =
            "The request signature we calculated does not match the signature you provided.".to_owned();
        return Err(Refusal { code: "SignatureDoesNotMatch", message });
    }
    Ok(())
}

/// Whether the holder's policies allow the call.
pub(crate) fn authorise(holder: &Holder, call: &CallInfo, now: Timestamp) -> Result<(), Refusal> {
    let action = call.action();
    // AWS answers this one even to those to whom everything is denied.
    if action == "sts:GetCallerIdentity" {
        return Ok(());
    }
    let context = context(holder, now);
    let layers = [
        ("identity-based policy", Some(holder.identity.as_slice())),
        ("permissions boundary", holder.boundary.as_ref().map(std::slice::from_ref)),
        ("session policy", holder.session.as_ref().map(std::slice::from_ref)),
    ];
    let decisions = layers.iter().filter_map(|(name, policies)| {
        Some((*name, decide(policies.as_ref()?, &action, &call.resource, &context)))
    });
    let decisions: Vec<(&str, EvalDecision)> = decisions.collect();
    let find = |wanted| decisions.iter().find(|(_, decision)| *decision == wanted);
    let reason = if let Some((layer, _)) = find(EvalDecision::ExplicitDenied) {
        format!("with an explicit deny in {} {layer}", article(layer))
    } else if let Some((layer, _)) = find(EvalDecision::ImplicitDenied) {
        format!("because no {layer} allows the {action} action")
    } else {
        return Ok(());
    };
    let (who, resource) = (&holder.arn, &call.resource);
    let message =
        format!("User: {who} is not authorized to perform: {action} on resource: {resource} {reason}");
    Err(Refusal { code: fault::access_denied_code(call.service), message })
}

/// Whether an explicit deny stops the holder from everything.
pub(crate) fn is_denied_everything(holder: &Holder, now: Timestamp) -> bool {
    // No policy names this action, so only one that denies every action denies it.
    let action = "sandbox:AnythingAtAll";
    let context = context(holder, now);
    let mut policies = holder.identity.iter().chain(&holder.boundary).chain(&holder.session);
    policies.any(|policy| {
        decide(std::slice::from_ref(policy), action, "*", &context) == EvalDecision::ExplicitDenied
    })
}

fn decide(policies: &[PolicyDocument], action: &str, resource: &str, context: &Context) -> EvalDecision {
    let source = PolicySource { id: String::new(), policy_type: String::new() };
    let held: Vec<_> = policies.iter().map(|policy| (holding(policy, context), source.clone())).collect();
    evaluate(&held, action, resource, &SimulationContext::default()).decision
}

/// What is known about a request of this holder.
pub(crate) fn context(holder: &Holder, now: Timestamp) -> Context {
    let mut context = Context::from([
        ("aws:currenttime".to_owned(), now.to_string()),
        ("aws:epochtime".to_owned(), now.as_second().to_string()),
        ("aws:userid".to_owned(), holder.user_id.clone()),
        ("aws:principalarn".to_owned(), holder.principal_arn.clone()),
        ("aws:requestedregion".to_owned(), super::REGION.to_owned()),
    ]);
    if let Some(name) = &holder.user_name {
        context.insert("aws:username".to_owned(), name.clone());
    }
    // Only temporary credentials have an issue time; a policy on it does nothing to a user's keys.
    if let Some(issued) = holder.issued_at {
        context.insert("aws:tokenissuetime".to_owned(), issued.to_string());
    }
    context
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with('i') { "an" } else { "a" }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-23T10:00:00Z";

    fn policy(statements: &str) -> PolicyDocument {
        serde_json::from_str(&format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)).unwrap()
    }

    fn allow(action: &str) -> PolicyDocument {
        policy(&format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"*"}}"#))
    }

    fn guard(expires_at: &str) -> PolicyDocument {
        policy(&format!(
            r#"{{"Effect":"Deny","Action":"*","Resource":"*",
                 "Condition":{{"DateGreaterThan":{{"aws:CurrentTime":"{expires_at}"}}}}}},
               {{"Effect":"Deny","Action":"iam:*","Resource":"*"}}"#
        ))
    }

    fn check(holder: &Holder, service: Service, operation: &str) -> Result<(), String> {
        let now = NOW.parse().unwrap();
        let call = CallInfo {
            number: 1,
            service,
            operation: operation.to_owned(),
            resource: "*".to_owned(),
            caller: "AKIA".to_owned(),
            invocation: String::new(),
            at: now,
            body: bytes::Bytes::new(),
        };
        authorise(holder, &call, now).map_err(|refusal| refusal.message)
    }

    #[test]
    fn what_a_policy_allows_is_allowed_and_the_rest_is_not() {
        let holder =
            Holder { arn: "arn:u".to_owned(), identity: vec![allow("sqs:List*")], ..Holder::default() };
        assert_eq!(check(&holder, Service::Sqs, "ListQueues"), Ok(()));
        assert_eq!(
            check(&holder, Service::DynamoDb, "ListTables").unwrap_err(),
            "User: arn:u is not authorized to perform: dynamodb:ListTables on resource: * because no identity-based \
             policy allows the dynamodb:ListTables action"
        );
    }

    #[test]
    fn the_guard_denies_identities_at_once_and_everything_after_the_end() {
        let open = Holder { identity: vec![allow("*"), guard("2026-11-23T10:00:01Z")], ..Holder::default() };
        assert_eq!(check(&open, Service::Sqs, "ListQueues"), Ok(()));
        let denied = check(&open, Service::Iam, "CreateUser").unwrap_err();
        assert!(denied.ends_with("with an explicit deny in an identity-based policy"), "{denied}");
        let over = Holder { identity: vec![allow("*"), guard("2026-11-23T09:59:59Z")], ..Holder::default() };
        assert!(check(&over, Service::Sqs, "ListQueues").is_err());
        assert_eq!(check(&over, Service::Sts, "GetCallerIdentity"), Ok(()), "AWS always answers who one is");
    }

    #[test]
    fn a_boundary_and_a_session_policy_only_take_away() {
        let bounded =
            Holder { identity: vec![allow("*")], boundary: Some(allow("sqs:*")), ..Holder::default() };
        assert_eq!(check(&bounded, Service::Sqs, "ListQueues"), Ok(()));
        let outside = check(&bounded, Service::DynamoDb, "ListTables").unwrap_err();
        assert!(outside.ends_with("because no permissions boundary allows the dynamodb:ListTables action"));
        let session = Holder { identity: vec![], session: Some(allow("*")), ..Holder::default() };
        assert!(check(&session, Service::Sqs, "ListQueues").is_err());
        let denied = Holder { identity: vec![allow("*")], session: Some(guard(NOW)), ..Holder::default() };
        assert!(check(&denied, Service::Iam, "ListUsers").unwrap_err().ends_with("deny in a session policy"));
    }
}
