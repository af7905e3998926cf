//! The whole way over the real ingress and the real workers: asked, approved, claimed, answered in Slack, renewed, ended.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::slack::Message;

use super::Machine;
use crate::running::Running;
use crate::stage::{Ran, Written};

const DANA: &str = "U0DANA";
const OWNER: &str = "U0OWNER";
/// Far above what anything here takes.
const LIMIT: Duration = Duration::from_secs(30);

/// A system whose project `vault` has roles that are claimed, and somebody's machine.
struct Whole {
    running: Running,
    machine: Machine,
}

impl Whole {
    async fn start() -> Self {
        let running = Running::start().await;
        let session = testkit::aws::DEMO_SESSION_ROLE_ARN;
        let vault = json!({ "project": "vault", "owner_slack_id": OWNER, "roles": {
            "Key": { "kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "max_duration": "8h",
                "delivery": "claim" },
            "Session": { "kind": "session", "role_arn": session, "max_duration": "8h", "delivery": "claim" } } });
        running.stage.put_project(&vault).await;
        let mut machine = Machine::new();
        // The workers take the time that they take, so commands wait for them as they do outside tests.
        machine.wait_max = Duration::MAX;
        machine.now.store(service::clock::now().0, std::sync::atomic::Ordering::Relaxed);
        Self { running, machine }
    }

    async fn message(&self, what: &str, is_it: impl Fn(&Message) -> bool) -> Message {
        let find = |messages: &[Message]| messages.iter().find(|message| is_it(message)).cloned();
        let found = self.running.system.slack.wait_for(find, LIMIT).await;
        found.unwrap_or_else(|| panic!("no message: {what}"))
    }

    async fn click(&self, person: &str, action: &str) -> String {
        let message = self
            .message(action, |message| {
                message.recipient.as_deref() == Some(person) && message.button(action).is_some()
            })
            .await;
        let (slack, ingress) = (&self.running.system.slack, &self.running.system.ingress_url);
        slack.click(ingress, person, &message.channel, &message.ts, action).await.unwrap();
        message.told(person).unwrap_or_default()
    }

    /// Dana asks for a role and it is approved; the link that she gets.
    async fn link(&self, role: &str) -> String {
        let form = json!({ "user_id": DANA, "user_name": "dana", "project": "vault", "role": role, "duration": "8h" });
        let system = &self.running.system;
        let (status, body) = system.slack.ask(&system.ingress_url, None, form).await.unwrap();
        assert!(status.is_success(), "{body}");
        self.click(OWNER, "approve").await;
        let told = self.running.expect_message(DANA, &["keylease claim http", role]).await;
        let (_, rest) = told.split_once("keylease claim ").unwrap();
        rest.split(['`', ' ', '\n', '>']).next().unwrap().to_owned()
    }

    /// Claims, and presses this button when Slack asks about the code that is shown.
    async fn claim(&self, link: &str, action: &str) -> Ran {
        let err = Written::default();
        let line = ["claim", link, "--profile", "work", "--label", "Dana's laptop"];
        let answer = async {
            // Slack may ask before the machine has shown its code: nobody says yes without having compared them.
            let shown = err.after("Code: ").await;
            let code = shown.lines().next().unwrap();
            let asked = self.click(DANA, action).await;
            assert!(asked.contains(code) && asked.contains("laptop"), "{code}: {asked}");
        };
        let (ran, ()) = tokio::join!(self.machine.watched(&line, err.clone()), answer);
        ran
    }

    async fn credentials(&self) -> Ran {
        self.machine.keylease(&["credentials", "work"]).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_claimed_by_the_click_and_the_link_serves_once() {
    let whole = Whole::start().await;
    let link = whole.link("Key").await;
    let ran = whole.claim(&link, "confirm_claim").await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    let printed = whole.credentials().await.json();
    let file = whole.machine.read(".aws/credentials");
    for part in ["AccessKeyId", "SecretAccessKey"] {
        assert!(file.contains(printed[part].as_str().unwrap()), "{file}");
    }
    let again = whole.machine.keylease(&["claim", &link]).await;
    assert!(again.status == 1 && again.err.contains("nothing can be claimed"), "{}", again.shown());
    let unknown = whole.machine.keylease(&["claim", &link.replace("/claim/", "/claim/A")]).await;
    assert_eq!((unknown.status, unknown.err), (1, again.err), "an id that never was looks the same");
    whole.running.system.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_renewed_until_the_grant_is_ended() {
    let whole = Whole::start().await;
    let link = whole.link("Session").await;
    let ran = whole.claim(&link, "confirm_claim").await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    let first: Value = whole.credentials().await.json();
    assert!(first["SessionToken"].is_string(), "{}", ran.shown());
    // The machine's clock goes ahead; the system's does not, so the server's time is signed.
    whole.machine.pass(3_100);
    let ran = whole.credentials().await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert_ne!(ran.json()["SessionToken"], first["SessionToken"], "{}", ran.shown());
    whole.click(DANA, "revoke").await;
    whole.running.expect_message(DANA, &["ended"]).await;
    let over = async {
        loop {
            whole.machine.pass(60);
            let ran = whole.credentials().await;
            if ran.status != 0 {
                return ran;
            }
            tokio::task::yield_now().await;
        }
    };
    let ran = tokio::time::timeout(LIMIT, over).await.unwrap();
    assert!(ran.err.contains("has ended"), "{}", ran.shown());
    whole.running.system.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_ends_it_and_no_key_was_made() {
    let whole = Whole::start().await;
    let link = whole.link("Key").await;
    let ran = whole.claim(&link, "refuse_claim").await;
    assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{}", ran.shown());
    assert!(ran.err.contains("No was pressed"), "{}", ran.err);
    assert!(whole.machine.read(".aws/credentials").is_empty());
    whole.running.system.stop().await;
}
