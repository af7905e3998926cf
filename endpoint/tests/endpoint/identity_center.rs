//! Access through Identity Center, by the real programs against moto's: given, seen by whoever looks there, and read back as gone.

use endpoint::catalogue::{CHANNEL, DANA, OLIVIA};
use endpoint::moto::Moto;
use endpoint::{PATIENCE, Stage, eventually};
use serde_json::{Value, json};

/// What is there: a user, a permission set and a group.
struct There {
    stage: Stage,
    moto: Moto,
    user: String,
    set: String,
    group: String,
}

async fn there(moto: Moto, user: String) -> There {
    let set = moto.add_permission_set("PowerUser").await;
    let group = moto.add_group("Deployers").await;
    let stage = Stage::open_with(&moto.variables()).await;
    let assigned = json!({ "kind": "permission_set", "permission_set_arn": set, "account_id": stage.cloud.account,
        "max_duration": "8h" });
    let project = json!({ "project": "center", "owner_slack_id": OLIVIA, "channel": CHANNEL, "roles": {
        "Power": assigned, "Also": assigned, "Deployers": { "kind": "group", "group_id": group, "max_duration": "8h" } } });
    stage.cloud.add_project(&project).await;
    There { stage, moto, user, set, group }
}

impl There {
    /// Who has what a role gives.
    async fn who_has(&self, role: &str) -> Vec<String> {
        match role {
            "Deployers" => self.moto.members(&self.group).await,
            _ => self.moto.assigned(&self.stage.cloud.account, &self.set).await,
        }
    }

    /// What the table says of things held, once nothing is.
    async fn nothing_is_held(&self) {
        eventually("nothing is held", PATIENCE, async || {
            let rows = self.stage.cloud.requests().await;
            let held = |row: &Value| row["request_id"].as_str().is_some_and(|id| id.starts_with("holding:"));
            (!rows.iter().any(held)).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_moto_s_identity_center_gives_is_there_and_gone_again() {
    let moto = Moto::open().await;
    let user = moto.add_user("dana", "dana@example.com").await;
    let there = there(moto, user).await;
    for role in ["Power", "Deployers"] {
        assert_eq!(there.who_has(role).await, Vec::<String>::new());
        let id = there.stage.asked_and_approved(DANA, "center", role, "10m").await;
        let request = there.stage.request_is(&id, "ACTIVE", PATIENCE).await;
        assert_eq!(there.who_has(role).await, [there.user.as_str()], "{role}");
        assert_eq!(request["principal"], there.user.as_str());
        assert!(
            request["access_key_id"].is_null() && there.stage.cloud.mails().await.is_empty(),
            "no secret"
        );

        let live =
            eventually("the way to end it", PATIENCE, async || there.stage.with_button("revoke", &id)).await;
        there.stage.click(DANA, &live, "revoke").await;
        let request = there.stage.request_is_gone(&id, PATIENCE).await;
        assert_eq!(request["status"], "REVOKED");
        assert_eq!(there.who_has(role).await, Vec::<String>::new(), "{role}");
        there.nothing_is_held().await;
    }

    // Two roles give the same: at its time the first takes nothing from the second.
    let first = there.stage.asked_and_approved(DANA, "center", "Power", "15s").await;
    there.stage.request_is(&first, "ACTIVE", PATIENCE).await;
    let second = there.stage.asked_and_approved(DANA, "center", "Also", "10m").await;
    there.stage.request_is(&second, "ACTIVE", PATIENCE).await;
    let ended = there.stage.request_is_gone(&first, PATIENCE).await;
    assert_eq!(ended["status"], "EXPIRED");
    assert_eq!(there.who_has("Also").await, [there.user.as_str()], "the second still holds it");
    let live =
        eventually("the way to end it", PATIENCE, async || there.stage.with_button("revoke", &second)).await;
    there.stage.click(OLIVIA, &live, "revoke").await;
    there.stage.request_is_gone(&second, PATIENCE).await;
    assert_eq!(there.who_has("Also").await, Vec::<String>::new());

    // Nobody there has Sam's address: nobody is asked.
    there.stage.ask_until_taken(endpoint::catalogue::SAM, "center", "Deployers", "10m").await;
    there.stage.expect_message(endpoint::catalogue::SAM, &["nobody there has the email address"]).await;
    there.stage.close().await;
}
