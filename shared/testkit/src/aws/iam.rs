//! IAM, with what the emulator leaves out: the boundary of a new user or role, the size limits of inline policies, what keeps a user
//! from being deleted, writes that are not seen at once, and callers whose policy names a path.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use winterbaume_core::{MockRequest, MockResponse, MockService, StatefulService, xml_escape};
use winterbaume_iam::views::InlinePolicyView;
use winterbaume_iam::{IamService, IamStateView};

use super::attached::left_on;
use super::call::{Service, form};
use super::lag::{Lag, Subject, Visibility};
use super::{ACCOUNT, REGION, wire};
use crate::lock::lock;

/// All inline policies of a user together, without white space.
const USER_INLINE_LIMIT_CHARACTERS: usize = 2_048;
/// The same for a role.
const ROLE_INLINE_LIMIT_CHARACTERS: usize = 10_240;

/// The embedded IAM.
#[derive(Default)]
pub(crate) struct Iam {
    service: IamService,
    visibility: Mutex<Visibility>,
    denies_names_without_a_path: AtomicBool,
}

impl Iam {
    /// From now on each write is seen only after a while; without a lag, at once.
    pub(crate) fn let_writes_lag(&self, lag: Option<Lag>) {
        lock(&self.visibility).lag = lag;
    }

    /// From now on a write on a name that is not seen is refused: AWS resolves a name to its path before it looks at the
    /// caller's policy, and one that it does not know has none.
    pub(crate) fn deny_names_without_a_path(&self) {
        self.denies_names_without_a_path.store(true, Ordering::Relaxed);
    }

    pub(crate) async fn handle(&self, request: MockRequest, now: Timestamp) -> MockResponse {
        let form = form(&request.body);
        let looks = |wanted: &str| form.get("Action").is_some_and(|action| action == wanted);
        let (looks_at_user, looks_at_role) = (looks("GetUser"), looks("GetRole"));
        // Before the answer, which may be the last that is behind.
        let seen = if looks_at_user || looks_at_role {
            let state = self.state().await;
            Some(lock(&self.visibility).seen(state, now))
        } else {
            None
        };
        let mut answer = self.answer(request, &form, now).await;
        let (Some(seen), 200) = (seen, answer.status) else { return answer };
        let user = form.get("UserName").filter(|_| looks_at_user).and_then(|name| seen.users.get(name));
        show_boundary(&mut answer, "User", user.and_then(|user| user.permissions_boundary.as_deref()));
        let role = form.get("RoleName").filter(|_| looks_at_role).and_then(|name| seen.roles.get(name));
        show_boundary(&mut answer, "Role", role.and_then(|role| role.permissions_boundary.as_deref()));
        answer
    }

    async fn answer(
        &self,
        request: MockRequest,
        form: &HashMap<String, String>,
        now: Timestamp,
    ) -> MockResponse {
        let get = |key: &str| form.get(key).cloned().unwrap_or_default();
        let action = get("Action");
        let is_read = action.starts_with("Get") || action.starts_with("List");
        let subject = match (form.get("UserName"), form.get("RoleName")) {
            (Some(user), _) => Subject::User(user.clone()),
            (None, Some(role)) => Subject::Role(role.clone()),
            (None, None) => Subject::Other,
        };
        if is_read && !lock(&self.visibility).is_behind(now) {
            return self.service.handle(request).await;
        }
        if !self.may_differ(now) {
            return self.write(request, &action, get).await;
        }
        let before = self.state().await;
        let seen = lock(&self.visibility).seen(before.clone(), now);
        let unseen = match &subject {
            Subject::User(name) if action != "CreateUser" && !seen.users.contains_key(name) => Some(name),
            Subject::Role(name) if action != "CreateRole" && !seen.roles.contains_key(name) => Some(name),
            Subject::User(_) | Subject::Role(_) | Subject::Other => None,
        };
        if let Some(name) = unseen.filter(|_| !is_read) {
            lock(&self.visibility).answered(&subject);
            if self.denies_names_without_a_path.load(Ordering::Relaxed) {
                let message = format!(
                    "The caller is not authorized to perform: iam:{action} on resource: {name} because no \
                     identity-based policy allows the iam:{action} action"
                );
                return wire::error(Service::Iam, 403, "AccessDenied", &message);
            }
            return by(seen, request).await;
        }
        if is_read {
            lock(&self.visibility).answered(&subject);
            return by(seen, request).await;
        }
        let answer = self.write(request, &action, get).await;
        if answer.status == 200 {
            lock(&self.visibility).written(&subject, &before, now);
        }
        answer
    }

    /// Whether what callers see may be something else than what is there; most stages never ask for it.
    fn may_differ(&self, now: Timestamp) -> bool {
        let visibility = lock(&self.visibility);
        visibility.lag.is_some()
            || visibility.is_behind(now)
            || self.denies_names_without_a_path.load(Ordering::Relaxed)
    }

    async fn write(&self, request: MockRequest, action: &str, get: impl Fn(&str) -> String) -> MockResponse {
        let (name, document) = (get("PolicyName"), get("PolicyDocument"));
        let over = match action {
            "CreateUser" if !get("PermissionsBoundary").is_empty() => {
                let created = self.service.handle(request.clone()).await;
                if created.status != 200 {
                    return created;
                }
                let bounded =
                    self.put_boundary(&request, "User", &get("UserName"), &get("PermissionsBoundary")).await;
                return if bounded.status == 200 { created } else { bounded };
            }
            "CreateRole" if !get("PermissionsBoundary").is_empty() => {
                let created = self.service.handle(request.clone()).await;
                if created.status != 200 {
                    return created;
                }
                let bounded =
                    self.put_boundary(&request, "Role", &get("RoleName"), &get("PermissionsBoundary")).await;
                return if bounded.status == 200 { created } else { bounded };
            }
            "DeleteUser" => {
                if let Some(what) = left_on(&get("UserName"), &self.state().await) {
                    let message = format!("Cannot delete entity, must remove the {what} first.");
                    return wire::error(Service::Iam, 409, "DeleteConflict", &message);
                }
                None
            }
            "PutUserPolicy" => {
                let user = self.state().await.users.remove(&get("UserName"));
                let over = user.filter(|user| {
                    is_over(&user.inline_policies, &name, &document, USER_INLINE_LIMIT_CHARACTERS)
                });
                over.map(|user| (USER_INLINE_LIMIT_CHARACTERS, format!("user {}", user.name)))
            }
            "PutRolePolicy" => {
                let role = self.state().await.roles.remove(&get("RoleName"));
                let over = role.filter(|role| {
                    is_over(&role.inline_policies, &name, &document, ROLE_INLINE_LIMIT_CHARACTERS)
                });
                over.map(|role| (ROLE_INLINE_LIMIT_CHARACTERS, format!("role {}", role.name)))
            }
            _ => None,
        };
        match over {
            Some((limit, whose)) => {
                let message = format!("Maximum policy size of {limit} bytes exceeded for {whose}");
                wire::error(Service::Iam, 409, "LimitExceeded", &message)
            }
            None => self.service.handle(request).await,
        }
    }

    /// What a request that is signed with a key is judged by: it may be old too.
    pub(crate) async fn seen_with(&self, access_key_id: &str, now: Timestamp) -> IamStateView {
        let state = self.state().await;
        let user = state.access_keys.get(access_key_id).map(|key| key.user_name.clone());
        let mut visibility = lock(&self.visibility);
        let seen = visibility.seen(state, now);
        if let Some(user) = user {
            visibility.answered(&Subject::User(user));
        }
        seen
    }

    /// Everything that IAM holds at this moment.
    pub(crate) async fn state(&self) -> IamStateView {
        self.service.snapshot(ACCOUNT, REGION).await
    }

    /// Adds policies and roles as they are, past the API's checks; AWS-managed policies come to be in no other way.
    pub(crate) async fn add(&self, view: IamStateView) {
        if let Err(error) = self.service.merge(ACCOUNT, REGION, view).await {
            tracing::error!(%error, "IAM did not take what it was set up with");
        }
    }

    async fn put_boundary(
        &self,
        request: &MockRequest,
        what: &str,
        name: &str,
        boundary: &str,
    ) -> MockResponse {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", &format!("Put{what}PermissionsBoundary"))
            .append_pair("Version", "2010-05-08")
            .append_pair(&format!("{what}Name"), name)
            .append_pair("PermissionsBoundary", boundary)
            .finish();
        self.service.handle(MockRequest { body: body.into(), ..request.clone() }).await
    }
}

/// Puts the boundary into the answer of `GetUser` or `GetRole`, which the emulator leaves out.
fn show_boundary(answer: &mut MockResponse, what: &str, boundary: Option<&str>) {
    let Some(arn) = boundary else { return };
    let shown = format!(
        "<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType>\
         <PermissionsBoundaryArn>{}</PermissionsBoundaryArn></PermissionsBoundary></{what}>",
        xml_escape(arn)
    );
    answer.body = String::from_utf8_lossy(&answer.body).replace(&format!("</{what}>"), &shown).into();
}

/// The answer of an IAM in this state.
async fn by(state: IamStateView, request: MockRequest) -> MockResponse {
    let service = IamService::new();
    if let Err(error) = service.restore(ACCOUNT, REGION, state).await {
        tracing::error!(%error, "IAM did not take an older state of its own");
    }
    service.handle(request).await
}

/// Whether the inline policies would be over the limit with `document` as the policy `name`.
fn is_over(policies: &[InlinePolicyView], name: &str, document: &str, limit: usize) -> bool {
    let others = policies.iter().filter(|policy| policy.policy_name != name);
    let documents = others.map(|policy| policy.policy_document.as_str()).chain([document]);
    let characters = documents.flat_map(str::chars).filter(|character| !character.is_whitespace());
    characters.count() > limit
}
