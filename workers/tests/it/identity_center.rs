//! Access through Identity Center: given, read back, and taken away with its last grant; what was there before stays.

use domain::{Job, RequestId, Status};
use serde_json::{Value, json};
use testkit::aws::{Fault, Service};

use crate::stage::{APPROVALS, DANA, OLIVIA, SAM, Stage};

const ACCOUNT: &str = "111122223333";

/// What there is: a user, two permission sets, a group.
pub(crate) struct There {
    pub(crate) stage: Stage,
    pub(crate) user: String,
    set: String,
    pub(crate) group: String,
}

/// The roles `PowerUser` and `Also` give the same permission set, and `Deployers` a group.
pub(crate) async fn there() -> There {
    let stage = Stage::with_identity_center().await;
    let center = stage.aws.identity_center();
    let user = center.add_user("dana", "u0dana@example.com");
    let set = center.add_permission_set("PowerUser", Some("PT2H"));
    let group = center.add_group("Deployers");
    let assignment = json!({"kind": "permission_set", "permission_set_arn": set, "account_id": ACCOUNT, "max_duration": "8h"});
    let project = json!({
        "project": "payments", "owner_slack_id": OLIVIA, "approver_slack_ids": [OLIVIA, SAM], "channel": APPROVALS,
        "roles": {
            "PowerUser": assignment, "Also": assignment,
            "Deployers": {"kind": "group", "group_id": group, "max_duration": "8h"}}});
    stage.put_project(project).await;
    There { stage, user, set, group }
}

impl There {
    /// The permission set of `PowerUser`.
    pub(crate) fn set(&self) -> String {
        self.set.clone()
    }

    /// Whether the user has what a role gives.
    pub(crate) fn has(&self, role: &str) -> bool {
        let center = self.stage.aws.identity_center();
        if role == "Deployers" {
            center.members(&self.group).values().any(|member| *member == self.user)
        } else {
            center.assignments().iter().any(|one| one.principal_id == self.user)
        }
    }

    /// Somebody asks, and it is approved.
    pub(crate) async fn approved(&self, role: &str, duration: &str) -> RequestId {
        self.stage.ask(role, duration).await;
        let id = self.latest(role).await;
        self.stage.send(&Job::Approve(self.stage.click(&id, OLIVIA))).await;
        self.stage.settle().await;
        id
    }

    pub(crate) async fn latest(&self, role: &str) -> RequestId {
        let requests = self.stage.requests().await;
        let of_role = requests.into_iter().filter(|request| request.ask.role.as_str() == role);
        of_role.max_by_key(|request| request.ask.created_at).expect("a request").request_id
    }

    pub(crate) async fn status(&self, id: &RequestId) -> Status {
        self.request(id).await.status
    }

    pub(crate) async fn request(&self, id: &RequestId) -> domain::Request {
        let requests = self.stage.requests().await;
        requests.into_iter().find(|request| request.request_id == *id).expect("the request")
    }

    pub(crate) async fn end(&self, id: &RequestId) {
        self.stage.send(&Job::EndGrant(self.stage.click(id, DANA))).await;
        self.stage.settle().await;
    }

    /// Everything of the grant is gone, and nothing is left in the table.
    pub(crate) async fn is_over(&self, id: &RequestId, role: &str) {
        assert!(self.request(id).await.access.gone_at.is_some(), "{:#?}", self.request(id).await);
        assert!(!self.has(role), "it is still there");
        assert_eq!(self.stage.holdings().await, Vec::<Value>::new());
    }

    async fn refused(&self, role: &str, words: &str) {
        self.stage.ask(role, "1h").await;
        assert!(self.stage.requests().await.is_empty(), "nothing is stored");
        let told = self.stage.messages_to(DANA);
        assert!(told.last().is_some_and(|text| text.contains(words)), "{told:?}");
        assert!(self.stage.approval_message().is_none(), "nobody was asked");
    }
}

pub(crate) const ROLES: [&str; 2] = ["PowerUser", "Deployers"];

#[tokio::test]
async fn it_is_given_and_ends_at_its_time() {
    for role in ROLES {
        let there = there().await;
        let id = there.approved(role, "1h").await;
        let request = there.request(&id).await;
        assert_eq!(request.status, Status::Active, "{request:#?}");
        assert!(there.has(role));
        assert_eq!(request.access.principal.as_deref(), Some(there.user.as_str()));
        assert!(request.access.access_key_id.is_none() && there.stage.aws.mails().is_empty(), "no secret");
        let until = request.access.expires_at.map(|end| end.plus_seconds(7_200));
        assert_eq!(request.access.sessions_until, until.filter(|_| role == "PowerUser"));
        there.stage.pass(3_600);
        assert_eq!(there.stage.fire_schedules().await, 1);
        there.stage.settle().await;
        assert_eq!(there.status(&id).await, Status::Expired);
        there.is_over(&id, role).await;
    }
}

#[tokio::test]
async fn the_messages_have_the_way_in_and_say_until_when_sessions_go_on() {
    let there = there().await;
    there.stage.ask("PowerUser", "1h").await;
    let asked = there.stage.approval_message().unwrap().blocks.to_string();
    assert!(asked.contains("may go on for 2 hours after it"), "{asked}");
    let id = there.latest("PowerUser").await;
    there.stage.send(&Job::Approve(there.stage.click(&id, OLIVIA))).await;
    there.stage.settle().await;
    let told = there.stage.slack.messages();
    let told = told.iter().find(|message| message.blocks.to_string().contains("sso_account_id")).unwrap();
    let blocks = told.blocks.to_string();
    for part in [
        "https://d-9067a1b2c3.awsapps.com/start/#/console?account_id=111122223333&amp;role_name=PowerUser",
        "sso_start_url = https://d-9067a1b2c3.awsapps.com/start",
        "sso_region = eu-central-1",
        "sso_role_name = PowerUser",
        "aws sso login --profile keylease-payments-PowerUser",
        "may go on until",
    ] {
        assert!(blocks.contains(part), "{part}: {blocks}");
    }
    let approval = there.stage.approval_message().unwrap().blocks.to_string();
    assert!(approval.contains("may go on until"), "{approval}");
    there.end(&id).await;
    let over = there.stage.messages_to(DANA);
    assert!(over.iter().any(|text| text.contains("one that was opened before may go on until")), "{over:?}");
}

#[tokio::test]
async fn identity_center_takes_its_time_and_the_job_comes_back() {
    let mut there = there().await;
    there.stage.patient = true;
    there.stage.aws.identity_center().let_operations_take(40);
    let id = there.approved("PowerUser", "1h").await;
    assert_eq!(there.status(&id).await, Status::Active);
    let calls = there.stage.aws.calls();
    assert_eq!(calls.iter().filter(|call| call.operation == "CreateAccountAssignment").count(), 1);
    there.end(&id).await;
    assert_eq!(there.status(&id).await, Status::Revoked);
    there.is_over(&id, "PowerUser").await;
    let calls = there.stage.aws.calls();
    assert_eq!(calls.iter().filter(|call| call.operation == "DeleteAccountAssignment").count(), 1);
}

#[tokio::test]
async fn it_is_live_only_once_the_list_shows_it_and_over_only_once_it_does_not() {
    for role in ROLES {
        let mut there = there().await;
        there.stage.patient = true;
        there.stage.aws.identity_center().let_lists_lag(3);
        let id = there.approved(role, "1h").await;
        assert_eq!(there.status(&id).await, Status::Active);
        there.end(&id).await;
        there.is_over(&id, role).await;
    }
}

#[tokio::test]
async fn what_is_there_before_is_said_and_stays() {
    for role in ROLES {
        let there = there().await;
        let center = there.stage.aws.identity_center();
        if role == "Deployers" {
            center.add_member(&there.group, &there.user);
        } else {
            center.assign(ACCOUNT, &there.set, "USER", &there.user);
        }
        there.refused(role, "already, and not by a grant of mine").await;
        assert!(there.has(role));
    }
}

#[tokio::test]
async fn what_comes_through_a_group_is_said() {
    let there = there().await;
    let center = there.stage.aws.identity_center();
    let admins = center.add_group("Admins & Co");
    center.assign(ACCOUNT, &there.set, "GROUP", &admins);
    center.add_member(&admins, &there.user);
    there.refused("PowerUser", "already, through the group *Admins &amp; Co*").await;
}

#[tokio::test]
async fn what_somebody_else_gave_meanwhile_stays_after_the_grant() {
    for role in ROLES {
        let there = there().await;
        there.stage.ask(role, "1h").await;
        let id = there.latest(role).await;
        let center = there.stage.aws.identity_center();
        if role == "Deployers" {
            center.add_member(&there.group, &there.user);
        } else {
            center.assign(ACCOUNT, &there.set, "USER", &there.user);
        }
        there.stage.send(&Job::Approve(there.stage.click(&id, OLIVIA))).await;
        there.stage.settle().await;
        assert_eq!(there.status(&id).await, Status::Active);
        assert!(there.stage.messages_to(DANA).iter().any(|text| text.contains("it stays after that")));
        there.end(&id).await;
        assert!(there.request(&id).await.access.gone_at.is_some());
        assert!(there.has(role), "it was theirs before");
    }
}

#[tokio::test]
async fn what_identity_center_cannot_give_fails_whole_with_its_reason() {
    let mut there = there().await;
    there.stage.patient = true;
    there.stage.aws.identity_center().fail_creations(Some("The role quota of the account is used up."));
    let id = there.approved("PowerUser", "1h").await;
    let request = there.request(&id).await;
    assert_eq!(request.status, Status::Failed);
    assert!(request.access.failure.unwrap().contains("role quota"));
    there.is_over(&id, "PowerUser").await;
}

#[tokio::test]
async fn what_the_worker_may_not_give_fails_after_a_while() {
    let mut there = there().await;
    there.stage.patient = true;
    there.stage.aws.inject(|call| (call.operation == "CreateAccountAssignment").then_some(Fault::Deny));
    let id = there.approved("PowerUser", "1h").await;
    assert_eq!(there.status(&id).await, Status::Failed);
    there.is_over(&id, "PowerUser").await;
}

#[tokio::test]
async fn a_conflict_is_waited_for_and_uses_no_tries_up() {
    let mut there = there().await;
    there.stage.patient = true;
    let left = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(20));
    let count = std::sync::Arc::clone(&left);
    there.stage.aws.inject(move |call| {
        let hit = ["CreateAccountAssignment", "DeleteAccountAssignment"].contains(&call.operation.as_str());
        let more = hit
            && count
                .fetch_update(
                    std::sync::atomic::Ordering::SeqCst,
                    std::sync::atomic::Ordering::SeqCst,
                    |left| left.checked_sub(1),
                )
                .is_ok();
        more.then_some(Fault::Answer { status: 400, code: "ConflictException" })
    });
    let id = there.approved("PowerUser", "1h").await;
    assert_eq!(there.status(&id).await, Status::Active);
    left.store(20, std::sync::atomic::Ordering::SeqCst);
    there.end(&id).await;
    there.is_over(&id, "PowerUser").await;
}

#[tokio::test]
async fn a_deletion_that_fails_needs_somebody_and_goes_on_by_itself_afterwards() {
    let mut there = there().await;
    there.stage.patient = true;
    let id = there.approved("PowerUser", "1h").await;
    let center = there.stage.aws.identity_center();
    center.fail_deletions(Some("The role cannot be deleted."));
    there.stage.send(&Job::EndGrant(there.stage.click(&id, DANA))).await;
    let left = there.stage.settle().await;
    assert!(left.waiting.iter().any(|(_, error)| error.contains("cannot be deleted")), "{left:?}");
    assert!(there.request(&id).await.access.gone_at.is_none(), "nothing was read back as gone");
    center.fail_deletions(None);
    there.stage.settle().await;
    there.is_over(&id, "PowerUser").await;
}

#[tokio::test]
async fn whoever_is_not_there_is_refused_before_anybody_is_asked() {
    for role in ROLES {
        let there = there().await;
        there.stage.aws.identity_center().disable(&there.user);
        there.refused(role, "is disabled").await;
    }
    let there = there().await;
    there.stage.send(&Job::Submit(there.stage.spec(SAM, "payments", "PowerUser", "1h"))).await;
    there.stage.settle().await;
    assert!(there.stage.requests().await.is_empty());
    let told = there.stage.messages_to(SAM);
    assert!(told.last().unwrap().contains("nobody there has the email address"), "{told:?}");
}

#[tokio::test]
async fn without_an_identity_center_nothing_of_it_can_be_asked_for() {
    let stage = Stage::new().await;
    let set =
        json!({"kind": "group", "group_id": "90677e3a-1011-70f2-4a45-2b3c4d5e6f70", "max_duration": "8h"});
    let project = json!({"project": "payments", "owner_slack_id": OLIVIA, "roles": {"Deployers": set}});
    stage.put_project(project).await;
    stage.ask("Deployers", "1h").await;
    assert!(stage.requests().await.is_empty());
    let told = stage.messages_to(DANA);
    assert!(told.last().unwrap().contains("which is not set up here"), "{told:?}");
    assert!(
        !stage.aws.calls().iter().any(|call| matches!(call.service, Service::Sso | Service::IdentityStore))
    );
}

#[tokio::test]
async fn a_holder_that_is_over_is_released_by_the_look_at_the_whole_table() {
    let there = there().await;
    let id = there.approved("PowerUser", "1h").await;
    // As after a table was restored: the request is over, and its grant still holds what it gave.
    let mut item = there.stage.holdings().await.remove(0);
    item["holders"] = json!(["r-0123456789abcdef01234567-0"]);
    there.stage.put_request(&item).await;
    there.stage.send(&Job::SweepAll { after: None }).await;
    there.stage.settle().await;
    assert!(!there.has("PowerUser") && there.stage.holdings().await.is_empty());
    assert_eq!(there.status(&id).await, Status::Active, "and no request is touched");
}
