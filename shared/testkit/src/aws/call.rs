//! What a request to AWS asks for, read from its own wire form.

use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use winterbaume_core::MockRequest;

use super::{ACCOUNT, REGION};

/// The services that are embedded, by the name that requests are signed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Account access manager.
    AccountAccess,
    DynamoDb,
    Iam,
    IdentityStore,
    Scheduler,
    SecretsManager,
    /// Amazon Simple Email Service, API version 2.
    Ses,
    Sqs,
    /// AWS Systems Manager, of which the parameter store is embedded.
    Ssm,
    /// Administration of IAM Identity Center.
    Sso,
    Sts,
}

impl Service {
    const ALL: [Self; 11] = [
        Self::AccountAccess,
        Self::DynamoDb,
        Self::Iam,
        Self::IdentityStore,
        Self::Scheduler,
        Self::SecretsManager,
        Self::Ses,
        Self::Sqs,
        Self::Ssm,
        Self::Sso,
        Self::Sts,
    ];

    /// The name in signatures and in policies, such as `sqs`.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccountAccess => "account-access",
            Self::DynamoDb => "dynamodb",
            Self::Iam => "iam",
            Self::IdentityStore => "identitystore",
            Self::Scheduler => "scheduler",
            Self::SecretsManager => "secretsmanager",
            Self::Ses => "ses",
            Self::Sqs => "sqs",
            Self::Ssm => "ssm",
            Self::Sso => "sso",
            Self::Sts => "sts",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name() == name)
    }
}

/// One call that came in, as tests and fault hooks see it.
#[derive(Debug, Clone)]
pub struct CallInfo {
    /// Counts calls from 1, in the order in which they came.
    pub number: u64,
    pub service: Service,
    /// The operation, such as `SendMessage`.
    pub operation: String,
    /// The ARN of what it is about, or `*`.
    pub resource: String,
    /// The access key id that signed it.
    pub caller: String,
    /// The same for all tries of one call by the SDK.
    pub invocation: String,
    pub at: Timestamp,
    /// The request's body as it came.
    pub body: Bytes,
}

impl CallInfo {
    /// The action as policies name it, such as `sqs:SendMessage`.
    pub fn action(&self) -> String {
        format!("{}:{}", self.service.name(), self.operation)
    }

    /// Whether this is `operation` of `service` on something whose ARN ends with `name`.
    pub fn is(&self, service: Service, operation: &str, name: &str) -> bool {
        self.service == service && self.operation == operation && self.resource.ends_with(name)
    }
}

/// What the request asks for, or `None` when it is for no embedded service.
pub(crate) fn name(request: &MockRequest, number: u64, at: Timestamp) -> Option<CallInfo> {
    let (caller, service) = signer(request)?;
    let service = Service::from_name(&service)?;
    let (operation, resource) = match service {
        Service::Iam | Service::Sts => query_call(&request.body),
        Service::AccountAccess => access_operation(request),
        Service::Scheduler => scheduler_call(request),
        Service::Ses => (ses_operation(request), "*".to_owned()),
        _ => json_call(service, request),
    };
    let invocation = request.headers.get("amz-sdk-invocation-id").and_then(|id| id.to_str().ok());
    let (invocation, body) = (invocation.unwrap_or_default().to_owned(), request.body.clone());
    Some(CallInfo { number, service, operation, resource, caller, invocation, at, body })
}

/// The access key and the service in the signature's scope.
fn signer(request: &MockRequest) -> Option<(String, String)> {
    let header = request.headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
    let scope = header.split_once("Credential=")?.1.split(',').next()?;
    let mut parts = scope.split('/');
    Some((parts.next()?.to_owned(), parts.nth(2)?.to_owned()))
}

/// The fields of a query protocol's body.
pub(crate) fn form(body: &[u8]) -> std::collections::HashMap<String, String> {
    form_urlencoded::parse(body).into_owned().collect()
}

fn query_call(body: &[u8]) -> (String, String) {
    let form = form(body);
    let get = |key: &str| form.get(key).map(String::as_str);
    let resource = if let Some(user) = get("UserName") {
        format!("arn:aws:iam::{ACCOUNT}:user{}{user}", get("Path").unwrap_or("/"))
    } else if let Some(role) = get("RoleName") {
        format!("arn:aws:iam::{ACCOUNT}:role/{role}")
    } else {
        get("RoleArn").or(get("PolicyArn")).unwrap_or("*").to_owned()
    };
    (get("Action").unwrap_or_default().to_owned(), resource)
}

/// What a body says it is about; all else is skipped unread.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Named {
    queue_url: Option<String>,
    queue_name: Option<String>,
    table_name: Option<String>,
    secret_id: Option<String>,
    permission_set_arn: Option<String>,
    name: Option<String>,
}

fn json_call(service: Service, request: &MockRequest) -> (String, String) {
    let target = request.headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    let operation = target.and_then(|target| target.rsplit('.').next()).unwrap_or_default().to_owned();
    let named: Named = serde_json::from_slice(&request.body).unwrap_or_default();
    let resource = match service {
        Service::Sqs => named
            .queue_url
            .as_deref()
            .and_then(|url| url.rsplit('/').next())
            .or(named.queue_name.as_deref())
            .map(|queue| format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}")),
        Service::DynamoDb => {
            named.table_name.map(|table| format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}"))
        }
        Service::Sso => named.permission_set_arn,
        _ => named.secret_id.or(named.name),
    };
    (operation, resource.unwrap_or_else(|| "*".to_owned()))
}

/// By its method and path, and what that is about.
fn access_operation(request: &MockRequest) -> (String, String) {
    let path = winterbaume_core::extract_path(&request.uri);
    let mut parts = path.split('/').skip(1);
    let (noun, id) = (parts.next().unwrap_or_default(), parts.next());
    let operation = match (request.method.as_str(), noun, id) {
        ("POST", "applications-list", None) => "ListApplications",
        ("GET", "applications", Some(_)) => "GetApplication",
        ("POST", "entitlements", None) => "CreateEntitlement",
        ("POST", "entitlements-list", None) => "ListEntitlements",
        ("DELETE", "entitlements", Some(_)) => "DeleteEntitlement",
        _ => "Unknown",
    };
    (operation.to_owned(), id.unwrap_or("*").to_owned())
}

fn scheduler_call(request: &MockRequest) -> (String, String) {
    let (name, group) = schedule_name(request);
    let noun = match winterbaume_core::extract_path(&request.uri).split('/').nth(1) {
        Some("schedules") => "Schedule",
        Some("schedule-groups") => "ScheduleGroup",
        _ => return (format!("{} tags", request.method), "*".to_owned()),
    };
    let operation = match (request.method.as_str(), &name) {
        ("GET", None) => format!("List{noun}s"),
        ("GET", Some(_)) => format!("Get{noun}"),
        ("POST", _) => format!("Create{noun}"),
        ("PUT", _) => format!("Update{noun}"),
        (method, _) => format!("{}{noun}", if method == "DELETE" { "Delete" } else { method }),
    };
    let resource = match name {
        Some(name) => format!("arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{group}/{name}"),
        None => "*".to_owned(),
    };
    (operation, resource)
}

/// The name and the group of the schedule that a request is about.
pub(crate) fn schedule_name(request: &MockRequest) -> (Option<String>, String) {
    let path = winterbaume_core::extract_path(&request.uri);
    let name = path.split('/').nth(2).map(winterbaume_core::percent_decode);
    let query = winterbaume_core::parse_query_string(winterbaume_core::extract_query_string(&request.uri));
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let group = body.get("GroupName").and_then(Value::as_str).map(str::to_owned);
    let group = group.or_else(|| query.get("groupName").cloned()).unwrap_or_else(|| "default".to_owned());
    (name, group)
}

fn ses_operation(request: &MockRequest) -> String {
    let path = winterbaume_core::extract_path(&request.uri);
    let mut segments = path.split('/').skip(3);
    let known = match (request.method.as_str(), segments.next(), segments.next()) {
        ("POST", Some("outbound-emails"), None) => "SendEmail",
        ("GET", Some("account"), None) => "GetAccount",
        ("POST", Some("identities"), None) => "CreateEmailIdentity",
        ("GET", Some("identities"), None) => "ListEmailIdentities",
        ("GET", Some("identities"), Some(_)) => "GetEmailIdentity",
        _ => return format!("{} {path}", request.method),
    };
    known.to_owned()
}

/// What comes after the last separator.
pub(crate) fn last_part(text: &str, separator: char) -> &str {
    text.rsplit(separator).next().unwrap_or(text)
}
