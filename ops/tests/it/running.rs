//! A running system, with the real workers, whose grants a command line can look at and end.

use std::sync::Arc;
use std::time::Duration;

use domain::{DeploymentId, ProjectName, Request, RequestId, RoleName, SlackUserId};
use serde_json::json;
use testkit::slack::Message;
use testkit::system::System;

use crate::stage::Stage;

/// Far above what anything here takes.
const LIMIT: Duration = Duration::from_secs(30);
const OWNER: &str = "U0OWNER";

pub(crate) struct Running {
    pub(crate) system: Arc<System>,
    pub(crate) stage: Stage,
}

impl Running {
    pub(crate) async fn start() -> Self {
        let system = System::start().await.unwrap();
        let stage = Stage::on(Arc::clone(&system.aws));
        Self { system, stage }
    }

    /// Somebody asks for a role of the demonstration's project; the request's id.
    pub(crate) async fn ask(&self, person: &str, role: &str) -> RequestId {
        let form = json!({ "user_id": person, "user_name": person, "project": "payments", "role": role,
            "duration": "1h", "justification": "look into payouts" });
        let (status, body) = self.system.slack.ask(&self.system.ingress_url, None, form).await.unwrap();
        assert!(status.is_success(), "{body}");
        let (person, project) =
            (SlackUserId::parse(person).unwrap(), ProjectName::parse("payments").unwrap());
        let deployment = DeploymentId::default();
        let id = RequestId::nth(&deployment, &person, &project, &RoleName::parse(role).unwrap(), 0);
        self.expect_message(person.as_str(), &["I asked", role]).await;
        id
    }

    /// The owner approves, and the credential is sent.
    pub(crate) async fn grant(&self, person: &str, role: &str) -> RequestId {
        let id = self.ask(person, role).await;
        let asked = |message: &Message| {
            message.recipient.as_deref() == Some(OWNER)
                && message.button("approve").as_deref() == Some(id.as_str())
        };
        let find = |messages: &[Message]| messages.iter().find(|message| asked(message)).cloned();
        let message = self.system.slack.wait_for(find, LIMIT).await.expect("the owner is asked");
        let (slack, ingress) = (&self.system.slack, &self.system.ingress_url);
        slack.click(ingress, OWNER, &message.channel, &message.ts, "approve").await.unwrap();
        self.expect_message(person, &["It works until", role]).await;
        id
    }

    /// Waits until somebody was told all of this directly, in one message.
    pub(crate) async fn expect_message(&self, person: &str, what: &[&str]) -> String {
        let tells = |message: &Message| {
            message.told(person).filter(|text| what.iter().all(|part| text.contains(part)))
        };
        let find = |messages: &[Message]| messages.iter().find_map(&tells);
        self.system
            .slack
            .wait_for(find, LIMIT)
            .await
            .unwrap_or_else(|| panic!("{person} is not told: {what:?}"))
    }

    pub(crate) async fn request(&self, id: &RequestId) -> Request {
        self.stage.store().request(id).await.unwrap().expect("the request is there")
    }
}
