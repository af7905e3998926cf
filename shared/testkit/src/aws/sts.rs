//! STS, with sessions that are remembered so that their keys can be used.

use std::collections::HashMap;
use std::sync::Mutex;

use jiff::Timestamp;
use winterbaume_core::{MockRequest, MockResponse, MockService, xml_escape};
use winterbaume_iam::views::RoleView;
use winterbaume_sts::StsService;

use super::call::{Service, form};
use super::gate::Caller;
use super::iam::Iam;
use super::{ACCOUNT, gate, trust, wire};
use crate::lock::lock;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
/// What AWS allows a session that one role's credentials start for another role.
const CHAINED_SESSION_LIMIT_SECONDS: i32 = 3_600;
/// The shortest session that can be asked for.
const SESSION_MINIMUM_SECONDS: i32 = 900;

/// A session of a role that someone has assumed.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) secret: String,
    pub(crate) token: String,
    pub(crate) role_arn: String,
    /// `<role id>:<session name>`, which policies call `aws:userid`.
    pub(crate) user_id: String,
    pub(crate) arn: String,
    pub(crate) policy: Option<String>,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// The embedded STS.
#[derive(Default)]
pub(crate) struct Sts {
    service: StsService,
    sessions: Mutex<HashMap<String, Session>>,
}

impl Sts {
    pub(crate) async fn handle(
        &self,
        request: MockRequest,
        caller: &Caller,
        iam: &Iam,
        now: Timestamp,
    ) -> MockResponse {
        let form = form(&request.body);
        match (form.get("Action").map(String::as_str), caller) {
            (Some("AssumeRole"), _) => self.assume_role(request, caller, &form, iam, now).await,
            (Some("GetCallerIdentity"), Caller::Holder(holder)) => identity(&holder.arn, &holder.user_id),
            (Some("GetCallerIdentity"), Caller::Workers) => identity(
                &format!("arn:aws:sts::{ACCOUNT}:assumed-role/keylease-worker/worker"),
                "AROAWORKER:worker",
            ),
            _ => self.service.handle(request).await,
        }
    }

    /// Keeps a session that was opened without STS.
    pub(crate) fn open(&self, access_key_id: &str, session: Session) {
        lock(&self.sessions).insert(access_key_id.to_owned(), session);
    }

    /// The session that this key belongs to.
    pub(crate) fn session(&self, access_key_id: &str) -> Option<Session> {
        lock(&self.sessions).get(access_key_id).cloned()
    }

    /// All sessions with the ids of their keys, oldest first.
    pub(crate) fn sessions(&self) -> Vec<(String, Session)> {
        let sessions = lock(&self.sessions);
        let mut sessions: Vec<_> =
            sessions.iter().map(|(id, session)| (id.clone(), session.clone())).collect();
        sessions.sort_by(|(left_id, left), (right_id, right)| {
            (left.issued_at, left_id).cmp(&(right.issued_at, right_id))
        });
        sessions
    }

    async fn assume_role(
        &self,
        request: MockRequest,
        caller: &Caller,
        form: &HashMap<String, String>,
        iam: &Iam,
        now: Timestamp,
    ) -> MockResponse {
        let role_arn = form.get("RoleArn").cloned().unwrap_or_default();
        let lets_in = |role: &RoleView| match caller {
            Caller::Workers => true,
            Caller::Holder(holder) => {
                let trust = &role.assume_role_policy_document;
                trust::lets_in(trust, &holder.principal_arn, &gate::context(holder, now))
            }
        };
        let role = iam.state().await.roles.into_values().find(|role| role.arn == role_arn);
        let Some(role) = role.filter(lets_in) else {
            let message =
                format!("The caller is not authorized to perform: sts:AssumeRole on resource: {role_arn}");
            return wire::error(Service::Sts, 403, "AccessDenied", &message);
        };
        let seconds = form.get("DurationSeconds").and_then(|seconds| seconds.parse().ok()).unwrap_or(3_600);
        if let Some(problem) = duration_problem(seconds, &role) {
            return wire::error(Service::Sts, 400, "ValidationError", &problem);
        }
        let mut answer = self.service.handle(request).await;
        if answer.status == 200 {
            self.remember(&mut answer, form, &role, now, seconds);
        }
        answer
    }

    /// Keeps the session, and gives it the role's own id, which the emulator invents anew for each session.
    fn remember(
        &self,
        answer: &mut MockResponse,
        form: &HashMap<String, String>,
        role: &RoleView,
        now: Timestamp,
        seconds: i32,
    ) {
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        let field = |name: &str| element(&body, name).unwrap_or_default().to_owned();
        let invented = field("AssumedRoleId");
        let session_name = form.get("RoleSessionName").cloned().unwrap_or_default();
        let user_id = format!("{}:{session_name}", role.role_id);
        let session = Session {
            secret: field("SecretAccessKey"),
            token: field("SessionToken"),
            role_arn: role.arn.clone(),
            arn: field("Arn"),
            policy: form.get("Policy").cloned(),
            issued_at: now,
            expires_at: now.saturating_add(jiff::SignedDuration::from_secs(seconds.into())).unwrap_or(now),
            user_id: user_id.clone(),
        };
        lock(&self.sessions).insert(field("AccessKeyId"), session);
        answer.body = body.replace(&invented, &user_id).into();
    }
}

fn duration_problem(seconds: i32, role: &RoleView) -> Option<String> {
    let limit = role.max_session_duration.min(CHAINED_SESSION_LIMIT_SECONDS);
    if seconds < SESSION_MINIMUM_SECONDS {
        return Some(format!("durationSeconds must be at least {SESSION_MINIMUM_SECONDS}"));
    }
    (seconds > limit).then(|| {
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role, or the 1 hour session \
         limit for roles assumed by role chaining."
            .to_owned()
    })
}

/// The text of the first element with this name.
pub(super) fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}

fn identity(arn: &str, user_id: &str) -> MockResponse {
    let inner = format!(
        "<Arn>{}</Arn><UserId>{}</UserId><Account>{ACCOUNT}</Account>",
        xml_escape(arn),
        xml_escape(user_id)
    );
    winterbaume_core::aws_query_response("GetCallerIdentity", NAMESPACE, &inner)
}
