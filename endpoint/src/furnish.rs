//! What single tests need in their account besides what every account has.

use aws_config::SdkConfig;
use aws_sdk_sqs::types::{MessageAttributeValue, QueueAttributeName, SendMessageBatchRequestEntry};
use serde_json::{Value, json};

use crate::cloud::{Cloud, Queue, REGION};

/// A policy that allows everything.
pub const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// A managed policy that allows everything.
pub const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// Messages that SQS takes at once.
const BATCH_MAX: usize = 10;

impl Cloud {
    /// Puts a project into the catalogue.
    pub async fn add_project(&self, project: &Value) {
        put(&self.config, &self.projects, project).await;
    }

    /// Puts a request's record into its table.
    pub async fn add_request(&self, request: &Value) {
        put(&self.config, &self.requests, request).await;
    }

    /// Puts a claim into its table.
    pub async fn add_claim(&self, claim: &Value) {
        put(&self.config, &self.claims, claim).await;
    }

    /// Makes a role that may do everything and that everybody in the account may assume; gives its ARN.
    pub async fn add_admin_role(&self, name: &str) -> String {
        let arn = self.add_role(name).await;
        may_do_everything(&self.config, name).await;
        arn
    }

    /// Makes a role that everybody in the account may assume; gives its ARN.
    pub(crate) async fn add_role(&self, name: &str) -> String {
        make_role(&self.config, name, &format!("arn:aws:iam::{}:root", self.account)).await
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

    /// Parks bodies in a dead-letter queue, as a worker does that had no success.
    pub async fn park(&self, queue: &Queue, bodies: &[String]) {
        let sqs = aws_sdk_sqs::Client::new(&self.config);
        let text =
            |value: &str| MessageAttributeValue::builder().data_type("String").string_value(value).build();
        let (reason, error) = (text("retries_exhausted").unwrap(), text("it was down").unwrap());
        for batch in bodies.chunks(BATCH_MAX) {
            let entries = batch.iter().enumerate().map(|(place, body)| {
                let entry = SendMessageBatchRequestEntry::builder().id(place.to_string()).message_body(body);
                let entry = entry.message_attributes("reason", reason.clone());
                entry.message_attributes("error", error.clone()).build().unwrap()
            });
            let send = sqs.send_message_batch().queue_url(&queue.dlq_url);
            let sent = send.set_entries(Some(entries.collect())).send().await.expect("a batch parked");
            assert!(sent.failed.is_empty(), "{:?}", sent.failed);
        }
    }

    /// How many messages lie in a queue, those that can be received and those that cannot now.
    pub async fn counts(&self, url: &str) -> (usize, usize) {
        use QueueAttributeName::{
            ApproximateNumberOfMessages as Visible, ApproximateNumberOfMessagesNotVisible as Hidden,
        };
        let sqs = aws_sdk_sqs::Client::new(&self.config);
        let get = sqs.get_queue_attributes().queue_url(url).attribute_names(Visible).attribute_names(Hidden);
        let found = get.send().await.expect("a queue's attributes").attributes.expect("some");
        let number = |name| found[&name].parse().expect("a number");
        (number(Visible), number(Hidden))
    }

    /// Nothing lies in a queue, and no worker has a message in hand.
    pub async fn is_idle(&self) -> bool {
        for queue in [&self.notify, &self.provision, &self.revoke] {
            if self.counts(&queue.url).await != (0, 0) {
                return false;
            }
        }
        true
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

/// Puts a record into a table as it is.
pub(crate) async fn put(account: &SdkConfig, table: &str, record: &Value) {
    let item = serde_dynamo::to_item(record).expect("a record as an item");
    let put = aws_sdk_dynamodb::Client::new(account).put_item().table_name(table).set_item(Some(item));
    put.send().await.expect("a record in its table");
}

/// Makes a role that this principal may assume; gives its ARN.
pub(crate) async fn make_role(account: &SdkConfig, name: &str, trusted: &str) -> String {
    let trust = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": { "AWS": trusted },
        "Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"] }] });
    let role = aws_sdk_iam::Client::new(account).create_role().role_name(name);
    let made = role.assume_role_policy_document(trust.to_string()).send().await;
    made.expect("a role").role.expect("the role").arn
}

/// Lets a role do everything.
pub(crate) async fn may_do_everything(account: &SdkConfig, role: &str) {
    let put = aws_sdk_iam::Client::new(account).put_role_policy().role_name(role).policy_name("everything");
    put.policy_document(EVERYTHING).send().await.expect("a policy on the role");
}

/// Attaches everything to a user that IAM can attach and that the emulator has; `what` tells two such users apart.
pub async fn attach(account: &SdkConfig, user: &str, what: &str) {
    let iam = aws_sdk_iam::Client::new(account);
    let own = iam.put_user_policy().user_name(user).policy_name("more").policy_document(EVERYTHING);
    own.send().await.expect("an inline policy");
    let attached = iam.attach_user_policy().user_name(user).policy_arn(ADMINISTRATOR);
    attached.send().await.expect("a managed policy");
    iam.create_access_key().user_name(user).send().await.expect("a key");
    let profile = iam.create_login_profile().user_name(user).password("long-Enough-1-for-any-policy");
    profile.send().await.expect("a password");
    let group = friends(what);
    iam.create_group().group_name(&group).send().await.expect("a group");
    iam.add_user_to_group().group_name(&group).user_name(user).send().await.expect("a member");
    let device = iam.create_virtual_mfa_device().virtual_mfa_device_name(format!("telephone-{what}"));
    let device = device.send().await.expect("a device").virtual_mfa_device.expect("the device");
    let enable = iam.enable_mfa_device().user_name(user).serial_number(device.serial_number);
    let enable = enable.authentication_code1("123456").authentication_code2("654321");
    enable.send().await.expect("a device of the user");
}

/// Attaches everything to a role that IAM can attach; `what` tells two such roles apart.
pub async fn attach_to_role(account: &SdkConfig, role: &str, what: &str) {
    let iam = aws_sdk_iam::Client::new(account);
    let own = iam.put_role_policy().role_name(role).policy_name("more").policy_document(EVERYTHING);
    own.send().await.expect("an inline policy");
    let attached = iam.attach_role_policy().role_name(role).policy_arn(ADMINISTRATOR);
    attached.send().await.expect("a managed policy");
    let profile = format!("machines-{what}");
    iam.create_instance_profile().instance_profile_name(&profile).send().await.expect("a profile");
    let add = iam.add_role_to_instance_profile().instance_profile_name(&profile).role_name(role);
    add.send().await.expect("a profile with the role");
}

/// Somebody who has a user of this name in an account, and may assume roles; their key.
pub async fn person(account: &SdkConfig, name: &str) -> aws_sdk_iam::types::AccessKey {
    let iam = aws_sdk_iam::Client::new(account);
    iam.create_user().user_name(name).send().await.expect("a user");
    let may = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}"#;
    let put = iam.put_user_policy().user_name(name).policy_name("may").policy_document(may);
    put.send().await.expect("a policy of the user");
    iam.create_access_key().user_name(name).send().await.expect("a key").access_key.expect("the key")
}

/// The group that [`attach`] puts a user into.
pub fn friends(what: &str) -> String {
    format!("friends-{what}")
}
