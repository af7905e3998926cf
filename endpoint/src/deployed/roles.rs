//! The roles that sessions are made of, which exist before the stack does, and the functions' own roles, as tests use them.

use aws_config::SdkConfig;
use aws_sdk_sts::operation::assume_role::AssumeRoleOutput;
use serde_json::{Value, json};

use super::Deployed;
use super::names::{MAIN, REGION, member_role_arn};
use crate::catalogue::POWER_ROLE;
use crate::cloud::{config_at, credentials};
use crate::furnish;

impl Deployed {
    /// The owner of an account makes these, and trusts whoever hands their sessions out.
    pub(super) async fn make_session_roles(&self) {
        let provision = format!("arn:aws:iam::{MAIN}:role/keylease-provision");
        for (config, trusted) in [(&self.main, provision), (&self.member, member_role_arn())] {
            furnish::make_role(config, POWER_ROLE, &trusted).await;
            furnish::may_do_everything(config, POWER_ROLE).await;
        }
    }

    /// The projects that people ask for.
    pub(super) async fn fill_catalogue(&self, projects: &[Value]) {
        for project in projects {
            self.put("keylease-projects", project).await;
        }
    }

    /// Clients with one of the functions' roles: what it may do, this may do, and nothing else.
    pub async fn as_role(&self, role: &str) -> SdkConfig {
        let iam = aws_sdk_iam::Client::new(&self.main);
        let found = iam.get_role().role_name(role).send().await.expect("the role").role.expect("the role");
        let before = found.assume_role_policy_document.expect("whom it trusts");
        // Only Lambda may take it; for a moment this test may too.
        let trust = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
            "Principal": { "AWS": format!("arn:aws:iam::{}:root", self.account) }, "Action": "sts:AssumeRole" }] });
        let update =
            |document: String| iam.update_assume_role_policy().role_name(role).policy_document(document);
        update(trust.to_string()).send().await.expect("trust in this test");
        let sts = aws_sdk_sts::Client::new(&self.main);
        let taken = sts.assume_role().role_arn(&found.arn).role_session_name("denied").send().await;
        update(crate::inspect::decoded(&before)).send().await.expect("the trust as it was");
        self.with(taken.expect("a session")).await
    }

    /// Clients with the session that was handed out.
    pub async fn with(&self, session: AssumeRoleOutput) -> SdkConfig {
        let key = session.credentials.expect("credentials");
        let credentials = credentials(&key.access_key_id, &key.secret_access_key, Some(key.session_token));
        config_at(self.endpoint(), REGION, credentials).await
    }
}
