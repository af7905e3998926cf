//! What must be so of a life: while it lasts, when it is live, and when it is over.

use domain::policy::{Ends, door, ends};
use domain::request::ExtensionOutcome;
use domain::{Status, UnixSeconds};
use serde_json::Value;

use super::life::{Life, Way};
use crate::claiming::{item, opened};
use crate::stage::{DANA, SESSION_ROLE};

impl Life {
    /// It is live, with one credential or door, which whoever asked has and the record knows.
    pub(super) async fn is_live(&self, what: &str) {
        let request = self.request().await;
        let of = format!("{:?}, {what}", self.way);
        assert_eq!(request.status, Status::Active, "{of}: {request:#?}");
        assert!(request.work.outbox.is_empty() && request.work.making.is_none(), "{of}: {request:#?}");
        assert!(request.access.failure.is_none() && request.access.gone_at.is_none(), "{of}: {request:#?}");
        let users = self.stage.aws.users().await;
        let keys: Vec<&str> = users.iter().flat_map(|user| &user.keys).map(|key| key.id.as_str()).collect();
        let known = request.access.access_key_id.clone();
        match self.way {
            Way::User | Way::ClaimedUser => assert_eq!(keys, [known.as_deref().unwrap()], "{of}"),
            Way::Session | Way::ClaimedSession => assert!(users.is_empty() && known.is_some(), "{of}"),
            Way::Role | Way::ClaimedRole | Way::AccountAccess => {
                assert_eq!(self.stage.aws.grant_roles().await.len(), 1, "{of}");
            }
            Way::PermissionSet | Way::Group => assert_eq!(self.has(), 1, "{of}: it has what it was given"),
        }
        if self.way == Way::AccountAccess {
            assert_eq!(self.stage.aws.identity_center().entitlements().len(), 1, "{of}");
        }
        if matches!(self.way, Way::User | Way::Session) {
            let last = self.stage.aws.mails().pop().expect("a mail");
            assert!(last.text.contains(&known.unwrap()), "{of}: the last mail has the key that lives");
        } else {
            assert!(self.stage.aws.mails().is_empty(), "{of}");
        }
        if self.way.is_claimed() {
            let item = item(&self.stage).await;
            let credential = opened(&item, "deliveries", &self.machine, &self.machine.delivery_id);
            let id = credential["AccessKeyId"].as_str();
            assert_eq!(id, request.access.access_key_id.as_deref(), "{of}");
        }
        let told = self.stage.messages_to(DANA);
        assert!(told.iter().any(|text| text.contains(":key:")), "{of}: {told:?}");
        self.has_its_end(&of).await;
    }

    /// What their user in Identity Center has.
    pub(super) fn has(&self) -> usize {
        let center = self.stage.aws.identity_center();
        let members = center.members(&self.group);
        center.assignments().len() + members.values().filter(|member| **member == self.user).count()
    }

    /// Whatever works has an end that will come: no guard is later than the record, and the schedule is no earlier.
    pub(super) async fn has_its_end(&self, of: &str) {
        let request = self.request().await;
        let end = request.access.expires_at;
        let is_dead =
            |boundary: &Option<String>| boundary.as_ref().is_some_and(|arn| arn.ends_with("AWSDenyAll"));
        for user in self.stage.aws.users().await {
            if user.keys.is_empty() || is_dead(&user.permissions_boundary) {
                continue;
            }
            let guard = user.inline_policies.get("keylease-guard").map(|guard| ends(&guard.to_string()));
            assert!(not_later(guard.as_ref(), end), "{of}: {user:?}");
        }
        for role in self.stage.aws.grant_roles().await {
            if door(&role.trust.to_string()).principals.is_empty() || is_dead(&role.permissions_boundary) {
                continue;
            }
            let guard = role.inline_policies.get("keylease-guard").map(|guard| ends(&guard.to_string()));
            assert!(not_later(guard.as_ref(), end), "{of}: {role:?}");
        }
        if request.status == Status::Active {
            let schedule = self.scheduled().await;
            assert!(schedule >= request.taken_away_at(), "{of}: {schedule:?}");
        }
    }

    /// When the schedule fires.
    async fn scheduled(&self) -> Option<UnixSeconds> {
        let expression = self.stage.aws.schedules().await.pop()?.expression;
        let at = format!("{}Z", expression.trim_start_matches("at(").trim_end_matches(')'));
        UnixSeconds::from_rfc3339(&at)
    }

    /// The extension is in place everywhere, and told.
    pub(super) async fn is_extended(&self, what: &str) {
        let request = self.request().await;
        let of = format!("{:?}, {what}", self.way);
        let extension = &request.extensions.list[0];
        assert_eq!(extension.outcome, ExtensionOutcome::Extended, "{of}: {request:#?}");
        assert!(request.extensions.extending.is_none() && request.work.making.is_none(), "{of}");
        assert_eq!(request.access.expires_at, extension.until, "{of}");
        assert_eq!(self.scheduled().await, request.taken_away_at(), "{of}");
        let guards = self.guards().await;
        assert!(
            guards.iter().all(|guard| Ends::After(extension.until.unwrap()) == *guard),
            "{of}: {guards:?}"
        );
        let told = self.stage.messages_to(DANA);
        assert!(told.iter().any(|text| text.contains("extended your access")), "{of}: {told:?}");
        self.is_live(what).await;
    }

    async fn guards(&self) -> Vec<Ends> {
        let users = self.stage.aws.users().await.into_iter().map(|user| user.inline_policies);
        let roles = self.stage.aws.grant_roles().await.into_iter().map(|role| role.inline_policies);
        users.chain(roles).map(|policies| ends(&policies["keylease-guard"].to_string())).collect()
    }

    /// All is over: nothing is left anywhere, and the last word to the requester is true.
    pub(super) async fn nothing_is_left(&self, what: &str) {
        let request = self.request().await;
        let of = format!("{:?}, {what}", self.way);
        assert!(request.status.is_final() && request.work.outbox.is_empty(), "{of}: {request:#?}");
        let was_granted = request.decision.grant.is_some();
        assert!(
            request.access.gone_at.is_some() || !was_granted || request.status == Status::Lapsed,
            "{of}: {request:#?}"
        );
        assert!(self.stage.aws.users().await.is_empty(), "{of}: a user is left");
        assert!(self.stage.aws.grant_roles().await.is_empty(), "{of}: a role is left");
        assert_eq!(self.has(), 0, "{of}: something is left in Identity Center");
        assert_eq!(self.stage.aws.identity_center().entitlements(), [], "{of}");
        assert_eq!(self.stage.holdings().await, Vec::<Value>::new(), "{of}");
        assert!(self.stage.aws.schedules().await.is_empty(), "{of}: a schedule is left");
        assert!(self.stage.aws.role_policies(SESSION_ROLE).await.is_empty(), "{of}: a denial is left");
        assert!(
            self.stage.aws.sessions().await.iter().all(|session| session.denied),
            "{of}: a session works"
        );
        let claims = self.stage.aws.table("keylease-claims").await;
        let sealed = claims.iter().any(|item| Value::Object(item.clone()).to_string().contains("ciphertext"));
        assert!(!sealed, "{of}: something sealed can still be fetched");
        assert_eq!(self.left_on_queues(), 0, "{of}: a job is left");
        assert_eq!(domain::audit::verify(&request).faults, [], "{of}");
        self.is_told_the_truth(&of).await;
    }

    /// The requester was told what became of it.
    async fn is_told_the_truth(&self, of: &str) {
        let request = self.request().await;
        let told = self.stage.messages_to(DANA);
        let words = match request.status {
            Status::Failed => "could not be made",
            Status::Revoked => "ended your access",
            Status::Expired => "as planned",
            Status::Lapsed => "lapsed",
            Status::Denied => "denied",
            Status::Pending | Status::Approved | Status::Ready | Status::Active => return,
        };
        assert!(told.iter().any(|text| text.contains(words)), "{of}: {words}: {told:?}");
    }
}

/// The guard denies everything from the record's end on, or from earlier on.
fn not_later(guard: Option<&Ends>, end: Option<UnixSeconds>) -> bool {
    match (guard, end) {
        (Some(Ends::After(at)), Some(end)) => *at <= end,
        (Some(Ends::Now), _) => true,
        (Some(Ends::Never | Ends::After(_)) | None, _) => false,
    }
}
