//! What people and machines do in the life of a grant, for every kind and delivery.

use domain::job::{ExtensionAsk, ExtensionClick};
use domain::{GrantDuration, Job, QueueName, Request, RequestId};
use serde_json::{Value, json};
use testkit::aws::ACCOUNT;

use crate::claiming::Machine;
use crate::own_role::READ_ONLY;
use crate::stage::{APPROVALS, DANA, OLIVIA, SAM, SESSION_ROLE, Stage};

/// Each kind, with each delivery or door that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    User,
    ClaimedUser,
    Session,
    ClaimedSession,
    Role,
    ClaimedRole,
    AccountAccess,
    PermissionSet,
    Group,
}

impl Way {
    pub(super) const ALL: [Self; 9] = [
        Self::User,
        Self::ClaimedUser,
        Self::Session,
        Self::ClaimedSession,
        Self::Role,
        Self::ClaimedRole,
        Self::AccountAccess,
        Self::PermissionSet,
        Self::Group,
    ];

    pub(super) fn is_claimed(self) -> bool {
        matches!(self, Self::ClaimedUser | Self::ClaimedSession | Self::ClaimedRole)
    }

    pub(super) fn is_extendable(self) -> bool {
        !matches!(self, Self::Session | Self::ClaimedSession)
    }

    fn role(self) -> String {
        format!("{self:?}")
    }

    fn entry(self, set: &str, group: &str) -> Value {
        let door = |door: &str| json!({"kind": "role", "policy_arns": [READ_ONLY], "door": door});
        let mut entry = match self {
            Self::User | Self::ClaimedUser => json!({"kind": "user", "policy_arns": [READ_ONLY]}),
            Self::Session | Self::ClaimedSession => json!({"kind": "session", "role_arn": SESSION_ROLE}),
            Self::Role => {
                let mut role = door("assume_role");
                role["principals"] = json!([format!("arn:aws:iam::{ACCOUNT}:user/${{requester_email}}")]);
                role
            }
            Self::ClaimedRole => door("claim"),
            Self::AccountAccess => door("account_access"),
            Self::PermissionSet => {
                json!({"kind": "permission_set", "permission_set_arn": set, "account_id": ACCOUNT})
            }
            Self::Group => json!({"kind": "group", "group_id": group}),
        };
        entry["max_duration"] = json!(if self == Self::Session { "1h" } else { "8h" });
        if self.is_extendable() {
            entry["max_extensions"] = json!(1);
        }
        if matches!(self, Self::ClaimedUser | Self::ClaimedSession) {
            entry["delivery"] = json!("claim");
        }
        entry
    }
}

/// One life, on a stage of its own.
pub(super) struct Life {
    pub(super) stage: Stage,
    pub(super) way: Way,
    pub(super) machine: Machine,
    /// The requester's user in Identity Center, and the group.
    pub(super) user: String,
    pub(super) group: String,
}

impl Life {
    /// Somebody has asked.
    pub(super) async fn asked(way: Way) -> Self {
        let mut stage = Stage::with_identity_center().await;
        (stage.backs_off, stage.patient) = (true, true);
        let center = stage.aws.identity_center();
        let user = center.add_user("dana", "u0dana@example.com");
        let set = center.add_permission_set("PowerUser", Some("PT1H"));
        let group = center.add_group("Deployers");
        let project = json!({
            "project": "payments", "owner_slack_id": OLIVIA, "approver_slack_ids": [OLIVIA, SAM], "channel": APPROVALS,
            "roles": {way.role(): way.entry(&set, &group)}});
        stage.put_project(project).await;
        stage.ask(&way.role(), "1h").await;
        Self { stage, way, machine: Machine::new("dana"), user, group }
    }

    pub(super) async fn request(&self) -> Request {
        self.stage.request().await
    }

    async fn id(&self) -> RequestId {
        self.request().await.request_id
    }

    pub(super) async fn approve(&self) {
        let id = self.id().await;
        self.stage.send(&Job::Approve(self.stage.click(&id, OLIVIA))).await;
    }

    /// It is approved, and claimed where that has to be.
    pub(super) async fn live(&self) {
        self.approve().await;
        self.stage.settle().await;
        if self.way.is_claimed() {
            self.claim().await;
        }
    }

    /// A machine asks for the credential, and its owner confirms it.
    pub(super) async fn claim(&self) {
        let request = self.request().await;
        self.stage.send(&self.machine.ask(&request)).await;
        self.stage.settle().await;
        let answer = self.machine.answer(&self.stage, &request, DANA);
        self.stage.send(&Job::ConfirmClaim(answer)).await;
        self.stage.settle().await;
    }

    /// Its requester asks for two hours from the decision on.
    pub(super) async fn ask_for_more(&self) {
        let mut click = self.stage.click(&self.id().await, DANA);
        click.message = None;
        let duration = GrantDuration::parse("2h").unwrap();
        self.stage.send(&Job::AskExtension(ExtensionAsk { click, duration })).await;
    }

    pub(super) async fn approve_more(&self) {
        let mut click = self.stage.click(&self.id().await, OLIVIA);
        click.message = None;
        self.stage.send(&Job::ApproveExtension(ExtensionClick { click, extension: 1 })).await;
    }

    pub(super) async fn end(&self) {
        let id = self.id().await;
        self.stage.send(&Job::EndGrant(self.stage.click(&id, DANA))).await;
    }

    /// What is due is done: schedules, and a sweep.
    pub(super) async fn sweep(&self) {
        self.stage.fire_schedules().await;
        self.stage.send(&Job::Sweep).await;
        self.stage.settle().await;
    }

    /// Jobs that lie on a queue and can be received now.
    pub(super) fn left_on_queues(&self) -> usize {
        let queues = QueueName::ALL.map(|queue| format!("keylease-{}", queue.as_str()));
        queues.iter().filter_map(|name| self.stage.aws.queue(name)).map(|queue| queue.visible).sum()
    }
}
