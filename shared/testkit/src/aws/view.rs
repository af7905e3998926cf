//! What is there at this moment, for the page and for tests; looking changes nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use winterbaume_iam::IamStateView;
use winterbaume_iam::views::InlinePolicyView;
use winterbaume_sqs::state::QueueState;
use winterbaume_sqs::types::Message;

use super::call::last_part;
use super::mail::Mail;
use super::{EmbeddedAws, gate, holder, queue_store};

/// An IAM user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserView {
    pub name: String,
    /// Its path, such as `/keylease/`.
    pub path: String,
    pub arn: String,
    pub tags: BTreeMap<String, String>,
    /// Its access keys, without their secrets.
    pub keys: Vec<KeyView>,
    /// Its inline policies, by name.
    pub inline_policies: BTreeMap<String, Value>,
    /// The ARNs of its managed policies.
    pub attached_policies: Vec<String>,
    /// The ARN of its permissions boundary.
    pub permissions_boundary: Option<String>,
}

/// An IAM role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoleView {
    pub name: String,
    /// Its path, such as `/keylease/`.
    pub path: String,
    pub arn: String,
    /// What AWS tells two roles of one name apart by.
    pub id: String,
    pub tags: BTreeMap<String, String>,
    /// Its trust policy.
    pub trust: Value,
    /// Its inline policies, by name.
    pub inline_policies: BTreeMap<String, Value>,
    /// The ARNs of its managed policies.
    pub attached_policies: Vec<String>,
    /// The ARN of its permissions boundary.
    pub permissions_boundary: Option<String>,
    /// How long its sessions last at most, in seconds.
    pub session_max_seconds: i32,
}

/// An access key of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyView {
    pub id: String,
    /// `Active` or `Inactive`.
    pub status: String,
}

/// A role session whose credentials have not run out yet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SessionView {
    /// The id of its key.
    pub access_key_id: String,
    pub arn: String,
    /// When its credentials run out, in Unix seconds.
    pub ends_at: i64,
    /// Whether its policies deny it everything, because the grant is over or was ended.
    pub denied: bool,
    pub policy: Option<Value>,
    /// The inline policies of its role, by name.
    pub role_policies: BTreeMap<String, Value>,
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScheduleView {
    pub group: String,
    pub name: String,
    /// When it fires, such as `at(2026-11-23T10:00:00)`.
    pub expression: String,
    /// `ENABLED` or `DISABLED`.
    pub state: String,
    /// The ARN of the queue that it sends to.
    pub target_arn: String,
    /// What it sends.
    pub input: Option<String>,
    /// `DELETE` or `NONE`.
    pub action_after_completion: Option<String>,
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueueView {
    pub name: String,
    pub url: String,
    pub arn: String,
    /// The name of its dead-letter queue; `None` on a dead-letter queue itself.
    pub dead_letter_queue: Option<String>,
    /// Messages that can be received now.
    pub visible: usize,
    /// Messages that someone has received and not yet deleted.
    pub in_flight: usize,
    /// Messages that are delayed and were never received.
    pub delayed: usize,
    pub messages: Vec<MessageView>,
}

/// A message that lies in a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MessageView {
    pub id: String,
    pub body: String,
    /// Its attributes that are text.
    pub attributes: BTreeMap<String, String>,
    pub receive_count: u32,
    /// When it was sent, in Unix milliseconds.
    pub sent_at_ms: i64,
    /// When it can be received again, in Unix milliseconds.
    pub visible_at_ms: i64,
}

impl EmbeddedAws {
    /// All IAM users, by name.
    pub async fn users(&self) -> Vec<UserView> {
        users(&self.services.iam.state().await)
    }

    /// The IAM roles of grants, by name: those under Keylease's path.
    pub async fn grant_roles(&self) -> Vec<RoleView> {
        let state = self.services.iam.state().await;
        let ours = state.roles.values().filter(|role| role.path == aws::iam::PATH);
        let mut roles: Vec<RoleView> = ours.map(role_view).collect();
        roles.sort_by(|left, right| left.name.cmp(&right.name));
        roles
    }

    /// All IAM users, by name, and the inline policies of a role, from one look at IAM.
    pub async fn users_and_role_policies(&self, role_arn: &str) -> (Vec<UserView>, BTreeMap<String, Value>) {
        let state = self.services.iam.state().await;
        (users(&state), role_policies(&state, role_arn))
    }

    /// All role sessions whose credentials have not run out yet, oldest first.
    pub async fn sessions(&self) -> Vec<SessionView> {
        let (now, iam) = (self.now(), self.services.iam.state().await);
        let mut sessions = Vec::new();
        for (access_key_id, session) in self.services.sts.sessions() {
            if session.expires_at <= now {
                continue;
            }
            let holder = holder::find(&access_key_id, &iam, &self.services.sts);
            let denied = holder.is_none_or(|holder| gate::is_denied_everything(&holder, now));
            let policy = session.policy.as_deref().and_then(|policy| serde_json::from_str(policy).ok());
            sessions.push(SessionView {
                access_key_id,
                arn: session.arn,
                ends_at: session.expires_at.as_second(),
                denied,
                policy,
                role_policies: self.role_policies(&session.role_arn).await,
            });
        }
        sessions
    }

    /// The inline policies of a role, by name; empty when there is no such role.
    pub async fn role_policies(&self, role_arn: &str) -> BTreeMap<String, Value> {
        role_policies(&self.services.iam.state().await, role_arn)
    }

    /// All schedules, by group and name.
    pub async fn schedules(&self) -> Vec<ScheduleView> {
        let schedules = self.services.scheduler.schedules().await;
        schedules
            .into_iter()
            .map(|(schedule, details)| ScheduleView {
                group: schedule.group_name,
                name: schedule.name,
                expression: schedule.schedule_expression,
                state: schedule.state,
                target_arn: schedule.target.arn,
                input: details.input,
                action_after_completion: schedule.action_after_completion,
            })
            .collect()
    }

    /// All queues with their messages, by name.
    pub fn queues(&self) -> Vec<QueueView> {
        let mut queues: Vec<QueueView> =
            self.services.queues.state().queues.values().map(queue_view).collect();
        queues.sort_by(|left, right| left.name.cmp(&right.name));
        queues
    }

    /// The queue with this name or URL.
    pub fn queue(&self, name_or_url: &str) -> Option<QueueView> {
        let name = last_part(name_or_url, '/');
        self.services.queues.state().queues.get(name).map(queue_view)
    }

    /// All mails that were sent, oldest first; the newest 1,000 are kept.
    pub fn mails(&self) -> Vec<Mail> {
        self.services.ses.mails()
    }

    /// All items of a table as DynamoDB types them, in the order of their keys. An item that was not written since is the
    /// same one.
    pub async fn items(&self, table: &str) -> Vec<Arc<Map<String, Value>>> {
        self.services.dynamodb.items(table).await
    }

    /// All items of a table as plain JSON; empty when there is no such table.
    pub async fn table(&self, name: &str) -> Vec<Map<String, Value>> {
        self.services.dynamodb.scan(name).await
    }
}

fn users(state: &IamStateView) -> Vec<UserView> {
    let mut users: Vec<UserView> = state.users.values().map(|user| user_view(state, user)).collect();
    users.sort_by(|left, right| left.name.cmp(&right.name));
    users
}

fn user_view(state: &IamStateView, user: &winterbaume_iam::views::UserView) -> UserView {
    let keys = state.access_keys.values().filter(|key| key.user_name == user.name);
    let mut keys: Vec<KeyView> =
        keys.map(|key| KeyView { id: key.access_key_id.clone(), status: key.status.clone() }).collect();
    keys.sort_by(|left, right| left.id.cmp(&right.id));
    let attached = user.attached_policies.iter();
    UserView {
        name: user.name.clone(),
        path: user.path.clone(),
        arn: user.arn.clone(),
        tags: user.tags.clone().into_iter().collect(),
        keys,
        inline_policies: documents(&user.inline_policies),
        attached_policies: attached.map(|policy| policy.policy_arn.clone()).collect(),
        permissions_boundary: user.permissions_boundary.clone(),
    }
}

fn role_view(role: &winterbaume_iam::views::RoleView) -> RoleView {
    let trust = role.assume_role_policy_document.as_str();
    RoleView {
        name: role.name.clone(),
        path: role.path.clone(),
        arn: role.arn.clone(),
        id: role.role_id.clone(),
        tags: role.tags.clone().into_iter().collect(),
        trust: serde_json::from_str(trust).unwrap_or_else(|_| trust.into()),
        inline_policies: documents(&role.inline_policies),
        attached_policies: role.attached_policies.iter().map(|policy| policy.policy_arn.clone()).collect(),
        permissions_boundary: role.permissions_boundary.clone(),
        session_max_seconds: role.max_session_duration,
    }
}

fn role_policies(state: &IamStateView, role_arn: &str) -> BTreeMap<String, Value> {
    let role = state.roles.values().find(|role| role.arn == role_arn);
    role.map(|role| documents(&role.inline_policies)).unwrap_or_default()
}

fn documents(policies: &[InlinePolicyView]) -> BTreeMap<String, Value> {
    let document = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| text.into());
    policies.iter().map(|policy| (policy.policy_name.clone(), document(&policy.policy_document))).collect()
}

fn queue_view(state: &QueueState) -> QueueView {
    let (visible, in_flight, delayed) = queue_store::counts(&state.messages);
    QueueView {
        name: state.queue.name.clone(),
        url: state.queue.url.clone(),
        arn: state.queue.arn.clone(),
        dead_letter_queue: state.dead_letter_target_arn.as_deref().map(|arn| last_part(arn, ':').to_owned()),
        visible,
        in_flight,
        delayed,
        messages: state.messages.iter().map(message_view).collect(),
    }
}

fn message_view(message: &Message) -> MessageView {
    let attributes = message.message_attributes.iter();
    MessageView {
        id: message.message_id.clone(),
        body: message.body.clone(),
        attributes: attributes
            .filter_map(|(name, value)| Some((name.clone(), value.string_value.clone()?)))
            .collect(),
        receive_count: message.approximate_receive_count,
        sent_at_ms: message.sent_timestamp,
        visible_at_ms: message.visible_at,
    }
}
