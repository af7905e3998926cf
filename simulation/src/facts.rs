//! What is so at one moment, in the table, IAM, Scheduler and the mailbox: what the invariants are about.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws::claims::ClaimItem;
use aws::dynamodb::OPEN_ATTRIBUTE;
use aws::iam::TAG_DEPLOYMENT;
use domain::kind::InAws;
use domain::policy::{door, sessions_denied};
use domain::{Request, UnixSeconds};
use serde_json::{Map, Value};
use testkit::aws::{Credential, Mail, Release, RoleView, ScheduleView, UserView, plain_item};

use crate::beside::{BYSTANDER, SECOND};
use crate::center::{self, Has};
use crate::stage::Stage;

/// What is so now. What did not change is shared with what was so before.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    /// Whether they are those of the second deployment.
    pub(crate) of_second: bool,
    pub(crate) requests: Vec<Arc<Request>>,
    /// The items that they were read from: what was not written since is not read again.
    pub(crate) items: Vec<Arc<Map<String, Value>>>,
    /// The requests whose record bears the mark by which sweeps find it.
    pub(crate) marked: Arc<BTreeSet<String>>,
    /// Whether a newer program writes records too.
    pub(crate) beside_newer: bool,
    /// Whether workers of the next release write records, which only it can read.
    pub(crate) beside_next: bool,
    /// What our writes lost of what it had written.
    pub(crate) lost: Arc<Vec<String>>,
    pub(crate) users: Arc<Vec<UserView>>,
    /// Roles of grants' own.
    pub(crate) roles: Arc<Vec<RoleView>>,
    /// The id of the role that was opened first of each name.
    pub(crate) opened: Arc<BTreeMap<String, String>>,
    /// A user of a deployment that has no workers here.
    pub(crate) bystander: Option<Arc<UserView>>,
    pub(crate) schedules: Arc<Vec<ScheduleView>>,
    pub(crate) mails: Arc<Vec<Mail>>,
    /// What machines claim, where they do.
    pub(crate) claims: Arc<Vec<ClaimItem>>,
    /// Who has what in Identity Center, where there is one.
    pub(crate) given: Option<Arc<BTreeSet<Has>>>,
    pub(crate) minted: Arc<Vec<Credential>>,
    /// The requests whose session is denied on its role.
    pub(crate) denied_sessions: Arc<BTreeSet<String>>,
}

/// A part of the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Table,
    Iam,
    Scheduler,
    Mailbox,
    Sessions,
    Center,
}

impl Part {
    /// Which part a call may change.
    pub(crate) fn changed_by(service: &str, operation: &str) -> Option<Self> {
        if reads(operation) {
            return None;
        }
        match service {
            "dynamodb" => Some(Self::Table),
            "iam" => Some(Self::Iam),
            "sts" => Some(Self::Sessions),
            "scheduler" => Some(Self::Scheduler),
            "ses" => Some(Self::Mailbox),
            "sso" | "identitystore" => Some(Self::Center),
            _ => None,
        }
    }
}

/// Whether a call of this name changes nothing.
pub(crate) fn reads(operation: &str) -> bool {
    ["Get", "List", "Scan", "Query", "BatchGet", "Describe", "IsMember"]
        .iter()
        .any(|read| operation.starts_with(read))
}

/// Whether somebody may assume the role, by its trust policy.
pub(crate) fn is_open(role: &RoleView) -> bool {
    !door(&role.trust.to_string()).principals.is_empty()
}

fn is_of(user: &UserView, deployment: &str) -> bool {
    user.tags.get(TAG_DEPLOYMENT).is_some_and(|of| of == deployment)
}

impl Facts {
    /// Nothing yet, of the second deployment.
    pub(crate) fn of_second() -> Self {
        Self { of_second: true, ..Self::default() }
    }

    /// Looks again at what may have changed.
    pub(crate) async fn refresh(&mut self, stage: &Stage, part: Part) {
        let mint = || Arc::new(stage.aws.credentials());
        match part {
            Part::Table => {
                self.beside_newer = stage.beside_newer;
                self.beside_next = stage.has_next();
                self.lost = Arc::new(stage.aws.lost_attributes());
                self.read(&stage.records(self.of_second).await);
                if stage.theme.has_claims() {
                    self.claims = Arc::new(stage.claims().await);
                }
            }
            Part::Iam => {
                let role = testkit::aws::DEMO_SESSION_ROLE_ARN;
                let (users, denials) = stage.aws.users_and_role_policies(role).await;
                let bystander = users.iter().find(|user| is_of(user, BYSTANDER));
                self.bystander = bystander.cloned().map(Arc::new);
                let is_own =
                    |user: &UserView| !is_of(user, BYSTANDER) && is_of(user, SECOND) == self.of_second;
                self.users = Arc::new(users.into_iter().filter(is_own).collect());
                self.look_at_roles(stage).await;
                self.minted = mint();
                let denied = denials.values().flat_map(|denial| sessions_denied(&denial.to_string()));
                let name = |id: String| id.rsplit(':').next().map(str::to_owned);
                self.denied_sessions = Arc::new(denied.filter_map(name).collect());
            }
            Part::Sessions => self.minted = mint(),
            Part::Scheduler => {
                let is_own = |schedule: &ScheduleView| {
                    schedule.target_arn.contains(&format!("-{SECOND}-")) == self.of_second
                };
                self.schedules = Arc::new(stage.aws.schedules().await.into_iter().filter(is_own).collect());
            }
            Part::Center if stage.theme.has_center() => {
                let given = center::given(stage.aws.identity_center(), stage.clock.now());
                self.given = Some(Arc::new(given));
            }
            Part::Center => {}
            Part::Mailbox => self.mails = Arc::new(stage.aws.mails()),
        }
    }

    /// Looks at the roles of this deployment, and remembers which of a name was open first.
    async fn look_at_roles(&mut self, stage: &Stage) {
        let is_own =
            |role: &RoleView| role.tags.get(TAG_DEPLOYMENT).is_some_and(|of| of == SECOND) == self.of_second;
        let roles: Vec<RoleView> = stage.aws.grant_roles().await.into_iter().filter(is_own).collect();
        let new: Vec<&RoleView> =
            roles.iter().filter(|role| is_open(role) && !self.opened.contains_key(&role.name)).collect();
        if !new.is_empty() {
            let mut opened = BTreeMap::clone(&self.opened);
            opened.extend(new.into_iter().map(|role| (role.name.clone(), role.id.clone())));
            self.opened = Arc::new(opened);
        }
        self.roles = Arc::new(roles);
    }

    /// Reads the requests of these items, which are in order; one that is the same as before is not read again.
    fn read(&mut self, items: &[Arc<Map<String, Value>>]) {
        let marked = items.iter().filter(|item| item.contains_key(OPEN_ATTRIBUTE));
        let id =
            |item: &Arc<Map<String, Value>>| Some(item.get("request_id")?.get("S")?.as_str()?.to_owned());
        self.marked = Arc::new(marked.filter_map(id).collect());
        let before = std::mem::take(&mut self.requests);
        let known = |item: &Arc<_>| {
            let at = self.items.iter().position(|known| Arc::ptr_eq(known, item))?;
            before.get(at).cloned()
        };
        let plain = |item: &Arc<Map<String, Value>>| {
            if !self.beside_next {
                return plain_item(item);
            }
            let mut item = Map::clone(item);
            Release::Next.read(&mut item);
            plain_item(&item)
        };
        let read = |item: &Arc<Map<String, Value>>| {
            known(item).or_else(|| serde_json::from_value(Value::Object(plain(item))).ok().map(Arc::new))
        };
        (self.requests, self.items) =
            items.iter().filter_map(|item| Some((read(item)?, Arc::clone(item)))).unzip();
    }

    /// Looks again at everything.
    pub(crate) async fn refresh_all(&mut self, stage: &Stage) {
        for part in [Part::Table, Part::Iam, Part::Scheduler, Part::Mailbox, Part::Sessions, Part::Center] {
            self.refresh(stage, part).await;
        }
    }

    pub(crate) fn request(&self, id: &str) -> Option<&Request> {
        self.requests.iter().find(|request| request.request_id.as_str() == id).map(Arc::as_ref)
    }

    /// The record of a request as it stands.
    pub(crate) fn item(&self, id: &str) -> Option<&Arc<Map<String, Value>>> {
        let at = self.requests.iter().position(|request| request.request_id.as_str() == id)?;
        self.items.get(at)
    }

    /// The requests whose record was written since `before`.
    pub(crate) fn written_since<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = &'a Request> {
        let is_there = |new: &Arc<Request>| before.requests.iter().any(|old| Arc::ptr_eq(old, new));
        self.requests.iter().filter(move |new| !is_there(new)).map(Arc::as_ref)
    }

    pub(crate) fn user(&self, name: &str) -> Option<&UserView> {
        self.users.iter().find(|user| user.name == name)
    }

    pub(crate) fn role(&self, name: &str) -> Option<&RoleView> {
        self.roles.iter().find(|role| role.name == name)
    }

    /// The moments at which something is due for a request.
    pub(crate) fn moments(&self, pending_ttl_seconds: i64) -> Vec<UnixSeconds> {
        let mut moments = Vec::new();
        for request in &self.requests {
            if request.status == domain::Status::Pending {
                moments.push(request.ask.created_at.plus_seconds(pending_ttl_seconds));
            }
            moments.extend(request.access.expires_at);
            moments.extend(request.slack.remind_at);
            moments.extend(request.waiting_claim().map(|claim| claim.until));
            moments.extend(request.work.making.as_ref().map(|claim| claim.until));
        }
        moments
    }
}

/// When a schedule of the form `at(2026-11-23T10:00:00)` is due.
pub(crate) fn due_at(schedule: &ScheduleView) -> Option<UnixSeconds> {
    let time = schedule.expression.strip_prefix("at(")?.strip_suffix(')')?;
    UnixSeconds::from_rfc3339(&format!("{time}Z"))
}

/// Whether the credential is a role session.
pub(crate) fn is_session(request: &Request) -> bool {
    request.decision.grant.as_ref().is_some_and(|grant| grant.role.is_session())
}

/// Whether what was granted has a credential.
pub(crate) fn has_secret(request: &Request) -> bool {
    request.decision.grant.as_ref().is_some_and(|grant| grant.role.has_secret())
}

/// Whether what was granted is a role of its own.
pub(crate) fn is_role(request: &Request) -> bool {
    request.decision.grant.as_ref().is_some_and(|grant| grant.role.in_aws() == InAws::Role)
}
