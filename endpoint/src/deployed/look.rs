//! Looking at the deployed system from outside: records, users, mails, and what IAM decided.

use aws_config::SdkConfig;
use serde::Deserialize;
use serde_json::Value;

use super::Deployed;
use crate::eventually::PATIENCE;
use crate::{furnish, inspect};

/// One decision of IAM.
#[derive(Debug, Clone, Deserialize)]
pub struct Decision {
    /// The ARN of who asked.
    pub caller: String,
    /// What for, such as `sqs:SendMessage`.
    pub action: String,
    pub resource: String,
    pub allowed: bool,
}

impl Deployed {
    /// Waits until a request has this status, and gives its record.
    pub async fn until(&self, id: &str, status: &str) -> Value {
        self.request_is(id, status, PATIENCE * 2).await
    }

    /// The same, and until all of it was read back as gone.
    pub async fn until_gone(&self, id: &str, status: &str) -> Value {
        self.until(id, status).await;
        self.request_is_gone(id, PATIENCE * 2).await
    }

    /// Users that grants made, in an account.
    pub async fn users(&self, account: &SdkConfig) -> Vec<aws_sdk_iam::types::User> {
        inspect::users(account).await
    }

    /// Roles that grants made, in an account.
    pub async fn grant_roles(&self, account: &SdkConfig) -> Vec<aws_sdk_iam::types::Role> {
        inspect::grant_roles(account).await
    }

    /// How many mails went to an address.
    pub async fn mails_to(&self, address: &str) -> usize {
        let mails = inspect::mails(self.endpoint(), self.account).await;
        mails.iter().filter(|mail| mail.to.iter().any(|to| to == address)).count()
    }

    /// Puts a record into a table as it is.
    pub async fn put(&self, table: &str, record: &Value) {
        furnish::put(&self.main, table, record).await;
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
        inspect::send(&self.main, url, body).await;
    }

    /// What the functions have logged so far, with the emulator's own log.
    pub fn said(&self) -> String {
        let bytes = std::fs::read(self.emulator.log()).expect("the emulator's log");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The ARN of one of the stack's secrets, by its name without the path.
    pub fn secret_arn(&self, name: &str) -> String {
        let resources = self.made["resources"].as_array().expect("the resources");
        let mut ids = resources.iter().filter_map(|made| made["id"].as_str());
        let is_it = |id: &&str| id.contains(":secret:") && id.contains(name);
        ids.find(is_it).unwrap_or_else(|| panic!("no secret {name}")).to_owned()
    }

    /// All that IAM decided so far.
    pub fn decisions(&self) -> Vec<Decision> {
        let text = std::fs::read_to_string(&self.decisions).expect("IAM's decisions");
        text.lines().map(|line| serde_json::from_str(line).expect("a decision")).collect()
    }
}
