//! Looking at the deployed system from outside: records, users, mails, and what IAM decided.

use aws_config::SdkConfig;
use serde::Deserialize;
use serde_json::Value;

use super::Deployed;
use crate::eventually::{PATIENCE, eventually};
use crate::http;
use crate::inspect::USER_PATH;

/// One decision of IAM.
#[derive(Debug, Clone, Deserialize)]
pub struct Decision {
    /// The ARN of who asked.
    pub caller: String,
    /// What for, such as `sqs:SendMessage`.
    pub action: String,
    /// On what.
    pub resource: String,
    /// Whether it was allowed.
    pub allowed: bool,
}

impl Deployed {
    /// Every request's record.
    pub async fn requests(&self) -> Vec<Value> {
        let dynamodb = aws_sdk_dynamodb::Client::new(&self.main);
        let found = dynamodb.scan().table_name("keylease-requests").consistent_read(true).send().await;
        let items = found.expect("the requests").items.unwrap_or_default();
        items.into_iter().map(|item| serde_dynamo::from_item(item).expect("a record")).collect()
    }

    /// Waits until a request has this status, and gives its record.
    pub async fn until(&self, id: &str, status: &str) -> Value {
        self.until_is(id, &format!("is {status}"), |request| request["status"] == status).await
    }

    /// The same, and until all of it was read back as gone.
    pub async fn until_gone(&self, id: &str, status: &str) -> Value {
        let is_gone = |request: &Value| request["status"] == status && request["gone_at"].is_number();
        self.until_is(id, &format!("is {status} and gone"), is_gone).await
    }

    async fn until_is(&self, id: &str, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        eventually(&format!("{id} {what}"), PATIENCE * 2, async || {
            self.requests().await.into_iter().find(|request| request["request_id"] == id && is(request))
        })
        .await
    }

    /// Users that grants made, in an account.
    pub async fn users(&self, account: &SdkConfig) -> Vec<aws_sdk_iam::types::User> {
        let iam = aws_sdk_iam::Client::new(account);
        iam.list_users().path_prefix(USER_PATH).send().await.expect("the users").users
    }

    /// How many mails went to an address.
    pub async fn mails_to(&self, address: &str) -> usize {
        let path = format!("/_ministack/ses/messages?account={}", self.account);
        let answer = http::get(self.endpoint(), &path).await;
        let answer: Value = serde_json::from_str(&answer.body).expect("JSON");
        let mails = answer["messages"][self.account].as_array().cloned().unwrap_or_default();
        mails.iter().filter(|mail| mail.to_string().contains(address)).count()
    }

    /// Puts a record into a table as it is.
    pub async fn put(&self, table: &str, record: &Value) {
        let item = serde_dynamo::to_item(record).expect("a record as an item");
        let put = aws_sdk_dynamodb::Client::new(&self.main).put_item().table_name(table);
        put.set_item(Some(item)).send().await.expect("a record in its table");
    }

    /// Makes a schedule as an earlier try would have, at a time that no longer holds.
    pub async fn schedule_left_by_a_try(&self, name: &str) {
        use aws_sdk_scheduler::types::{FlexibleTimeWindow, FlexibleTimeWindowMode, Target};
        let variables = &self.made["outputs"]["operatorVariables"];
        let role = variables["SCHEDULER_ROLE_ARN"].as_str().expect("the schedules' role");
        let queue = self.made["queues"]["keylease-revoke"]["arn"].as_str().expect("the queue");
        let exactly =
            FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build().expect("a window");
        let target = Target::builder().arn(queue).role_arn(role).input("{}").build().expect("a target");
        let make =
            aws_sdk_scheduler::Client::new(&self.main).create_schedule().name(name).group_name("keylease");
        make.schedule_expression("at(2036-01-01T00:00:00)")
            .flexible_time_window(exactly)
            .target(target)
            .send()
            .await
            .expect("a schedule");
    }

    /// Puts a body on a queue as it is.
    pub async fn send(&self, queue: &str, body: &str) {
        let url = self.made["queues"][queue]["url"].as_str().expect("the queue");
        let sqs = aws_sdk_sqs::Client::new(&self.main);
        sqs.send_message().queue_url(url).message_body(body).send().await.expect("a message sent");
    }

    /// What the functions have logged so far, with the emulator's own log.
    #[must_use]
    pub fn said(&self) -> String {
        let bytes = std::fs::read(self.emulator.log()).expect("the emulator's log");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The ARN of one of the stack's secrets, by its name without the path.
    #[must_use]
    pub fn secret_arn(&self, name: &str) -> String {
        let resources = self.made["resources"].as_array().expect("the resources");
        let mut ids = resources.iter().filter_map(|made| made["id"].as_str());
        let is_it = |id: &&str| id.contains(":secret:") && id.contains(name);
        ids.find(is_it).unwrap_or_else(|| panic!("no secret {name}")).to_owned()
    }

    /// All that IAM decided so far.
    #[must_use]
    pub fn decisions(&self) -> Vec<Decision> {
        let text = std::fs::read_to_string(&self.decisions).expect("IAM's decisions");
        text.lines().map(|line| serde_json::from_str(line).expect("a decision")).collect()
    }
}
