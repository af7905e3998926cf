//! What single tests need in their account besides what every account has.

use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::{Value, json};

use crate::cloud::{Cloud, PROJECTS, REGION};

/// A policy that allows everything.
pub const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

impl Cloud {
    /// Puts a project into the catalogue.
    pub async fn add_project(&self, project: &Value) {
        let dynamodb = aws_sdk_dynamodb::Client::new(&self.config);
        let item = serde_dynamo::to_item(project).expect("a project as an item");
        let put = dynamodb.put_item().table_name(PROJECTS).set_item(Some(item));
        put.send().await.expect("a project in the catalogue");
    }

    /// Makes a role that may do everything and that everybody in the account may assume; gives its ARN.
    pub async fn add_admin_role(&self, name: &str) -> String {
        let iam = aws_sdk_iam::Client::new(&self.config);
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": {"AWS": format!("arn:aws:iam::{}:root", self.account)},
                "Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]
            }]
        });
        let made = iam.create_role().role_name(name).assume_role_policy_document(trust.to_string()).send();
        let role = made.await.expect("a role").role.expect("the role");
        let put = iam.put_role_policy().role_name(name).policy_name("everything").policy_document(EVERYTHING);
        put.send().await.expect("a policy on the role");
        role.arn
    }

    /// Lets the three queues hand a message out so often before it goes to the DLQ.
    pub async fn allow_receives(&self, max: u32) {
        let sqs = aws_sdk_sqs::Client::new(&self.config);
        for (name, queue) in ["notify", "provision", "revoke"].into_iter().zip(self.queues()) {
            let redrive = json!({
                "deadLetterTargetArn": format!("arn:aws:sqs:{REGION}:{}:{name}-dlq", self.account),
                "maxReceiveCount": max
            });
            let set = sqs.set_queue_attributes().queue_url(&queue.url);
            let set = set.attributes(QueueAttributeName::RedrivePolicy, redrive.to_string());
            set.send().await.expect("a redrive policy");
        }
    }

    /// Has the revoke worker sweep, as the deployment's own schedule does every five minutes.
    pub async fn sweep(&self) {
        self.put(&self.revoke, r#"{"version":1,"job":"sweep"}"#).await;
    }

    /// Takes away everything that would start the end of a grant: its schedule, and the message that waits.
    pub async fn lose_the_end_of(&self, id: &str) {
        let scheduler = aws_sdk_scheduler::Client::new(&self.config);
        let delete = scheduler.delete_schedule().name(format!("keylease-{id}"));
        delete.send().await.expect("a schedule that was there");
        let sqs = aws_sdk_sqs::Client::new(&self.config);
        sqs.purge_queue().queue_url(&self.revoke.url).send().await.expect("an empty queue");
    }
}
