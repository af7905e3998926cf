//! What one request costs in calls: the list is a snapshot, so that a new call is a deliberate act.

use domain::Job;
use testkit::aws::Service;

use crate::stage::{DANA, OLIVIA, Stage};

/// The calls since the last look, in order, each with how often it came in a row. Receiving, deleting and hiding
/// messages are the stage's own, and so are its scans.
struct Seen {
    aws: u64,
    slack: usize,
}

impl Seen {
    fn since(&mut self, stage: &Stage) -> String {
        let calls = stage.aws.calls();
        let new = calls.iter().filter(|call| call.number > self.aws);
        let theirs = new.filter(|call| match call.service {
            Service::Sqs => call.operation.starts_with("SendMessage"),
            Service::DynamoDb => call.operation != "Scan",
            _ => true,
        });
        let mut names: Vec<String> = theirs.map(testkit::aws::CallInfo::action).collect();
        self.aws = calls.last().map_or(self.aws, |call| call.number);
        let slack = stage.slack.calls();
        names.extend(slack[self.slack..].iter().map(|call| format!("slack:{}", call.method)));
        self.slack = slack.len();
        counted(&names)
    }
}

fn counted(names: &[String]) -> String {
    let rows = names.chunk_by(|left, right| left == right);
    rows.map(|row| {
        if row.len() == 1 { format!("  {}\n", row[0]) } else { format!("  {} × {}\n", row[0], row.len()) }
    })
    .collect()
}

#[tokio::test]
async fn a_request_for_a_user_takes_these_calls() {
    let stage = Stage::new().await;
    let mut seen = Seen { aws: stage.aws.calls().last().map_or(0, |call| call.number), slack: 0 };
    stage.ask("ReadOnly", "1h").await;
    let asked = seen.since(&stage);
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    // The job that tells of the approval alone, where making takes long.
    stage.pass(3);
    stage.settle().await;
    let approved = seen.since(&stage);
    stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
    stage.settle().await;
    let ended = seen.since(&stage);
    insta::assert_snapshot!(format!("asked\n{asked}approved\n{approved}ended\n{ended}"));
}
