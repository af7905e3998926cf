//! What somebody has, by `/access list`; and the end of the grant that they mean, by `/access end`.

use domain::job::OwnAccess;
use domain::{Job, QueueName, Request, SlackUserId, Status};
use serde_json::json;
use testkit::aws::{Fault as AwsFault, Service};
use testkit::slack::Fault;
use workers::consumer::Attempt;

use crate::stage::{DANA, OLIVIA, SAM, Stage, payments};

fn asked(stage: &Stage, person: &str, key: &str, end: Option<&str>) -> Job {
    Job::OwnAccess(OwnAccess {
        idempotency_key: key.to_owned(),
        received_at: stage.now(),
        user_id: SlackUserId::parse(person).unwrap(),
        end: end.map(str::to_owned),
    })
}

/// Dana has access to two roles, and waits for a third.
async fn with_two_grants(stage: &Stage) {
    let mut website = payments();
    website["project"] = json!("website");
    stage.put_project(website).await;
    for (project, role, is_approved) in
        [("payments", "ReadOnly", true), ("website", "PowerUser", true), ("website", "Both", false)]
    {
        stage.send(&Job::Submit(stage.spec(DANA, project, role, "1h"))).await;
        stage.settle().await;
        if is_approved {
            let requests = stage.requests().await;
            let id = &requests.iter().find(|request| request.status == Status::Pending).unwrap().request_id;
            stage.send(&Job::Approve(stage.click(id, OLIVIA))).await;
            stage.settle().await;
        }
    }
    stage.pass(60);
}

async fn handled(stage: &Stage, job: &Job) {
    stage.send(job).await;
    let left = stage.settle().await;
    assert!(left.rejected.is_empty() && left.waiting.is_empty(), "{left:?}");
}

fn live(requests: &[Request]) -> Vec<String> {
    let live = requests.iter().filter(|request| request.status.is_live());
    let mut names: Vec<String> = live.map(|request| request.ask.project.to_string()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn the_list_has_each_grant_with_its_button_and_what_is_waited_for() {
    for stage in [Stage::new().await, Stage::without_index().await] {
        with_two_grants(&stage).await;
        let before = stage.slack.messages().len();
        let list = asked(&stage, DANA, "a", None);
        handled(&stage, &list).await;
        let said = stage.slack.messages()[before].clone();
        let text = said.told(DANA).unwrap();
        for part in
            ["*ReadOnly* on *payments*", "*PowerUser* on *website*", " minutes left", "not decided yet"]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
        let ids: Vec<&str> = said.buttons.iter().map(|button| button.value.as_str()).collect();
        assert_eq!(ids.len(), 2, "{ids:?}");
        assert!(said.buttons.iter().all(|button| button.action == "revoke"), "{said:?}");
        handled(&stage, &list).await;
        assert_eq!(stage.slack.messages().len(), before + 1, "one use of the command has one answer");
        // What others have is theirs.
        handled(&stage, &asked(&stage, SAM, "b", None)).await;
        let text = stage.messages_to(SAM).pop().unwrap();
        assert!(text.contains("no live access and no open request") && !text.contains("payments"), "{text}");
    }
}

#[tokio::test]
async fn the_only_grant_ends_and_of_several_the_one_that_is_named() {
    let stage = Stage::new().await;
    with_two_grants(&stage).await;
    handled(&stage, &asked(&stage, DANA, "a", Some(""))).await;
    assert_eq!(live(&stage.requests().await), ["payments", "website"], "it is not certain which");
    let said = stage.messages_to(DANA).pop().unwrap();
    assert!(said.contains("not certain which") && said.contains("payments"), "{said}");
    handled(&stage, &asked(&stage, DANA, "b", Some("nonsense <!channel>"))).await;
    let said = stage.messages_to(DANA).pop().unwrap();
    assert!(said.contains("no live grant called “nonsense &lt;!channel&gt;”"), "{said}");
    handled(&stage, &asked(&stage, DANA, "c", Some("payments"))).await;
    assert_eq!(live(&stage.requests().await), ["website"]);
    let end = asked(&stage, DANA, "d", Some(""));
    handled(&stage, &end).await;
    let requests = stage.requests().await;
    assert_eq!(live(&requests), [""; 0]);
    let ended = requests.iter().find(|request| request.ask.role.as_str() == "PowerUser").unwrap();
    assert_eq!(ended.status, Status::Revoked);
    assert_eq!(ended.access.ended_by.as_ref().map(ToString::to_string).as_deref(), Some(DANA));
    let Job::OwnAccess(asked_for) = &end else { panic!("{end:?}") };
    assert_eq!(ended.access.ended_at, Some(asked_for.received_at), "it counts from when it was asked for");
    handled(&stage, &asked(&stage, DANA, "e", Some(""))).await;
    let said = stage.messages_to(DANA).pop().unwrap();
    assert!(said.contains("nothing to end") && said.contains("not decided yet"), "{said}");
}

#[tokio::test]
async fn a_job_that_comes_again_later_ends_nothing_that_was_not_meant() {
    let stage = Stage::new().await;
    with_two_grants(&stage).await;
    let end = asked(&stage, DANA, "a", Some(""));
    handled(&stage, &asked(&stage, DANA, "b", Some("payments ReadOnly"))).await;
    // A worker died before it said that it was done, and another one gets the job.
    stage.pass(120);
    handled(&stage, &end).await;
    assert_eq!(live(&stage.requests().await), ["website"]);
    // What was named whole is ended however late.
    let late = asked(&stage, DANA, "c", Some("PowerUser on website"));
    stage.pass(120);
    handled(&stage, &late).await;
    assert_eq!(live(&stage.requests().await), [""; 0]);
}

#[tokio::test]
async fn nothing_goes_wrong_with_any_call_that_fails() {
    for lost in [false, true] {
        let stage = Stage::new().await;
        with_two_grants(&stage).await;
        let before = stage.slack.messages().len();
        stage.aws.inject({
            let seen = std::sync::atomic::AtomicU32::new(0);
            move |call| {
                let is_read = call.service == Service::DynamoDb;
                let first = is_read && seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 2;
                first.then_some(if lost { AwsFault::LoseAnswer } else { AwsFault::FailBefore })
            }
        });
        stage.slack.fail("chat.postMessage", Fault::RateLimited { retry_after_secs: 1 }, 1);
        handled(&stage, &asked(&stage, DANA, "a", None)).await;
        assert_eq!(stage.slack.messages().len(), before + 1, "lost: {lost}");
    }
    let stage = Stage::new().await;
    let list = asked(&stage, DANA, "a", None);
    stage.aws.inject(|call| (call.service == Service::DynamoDb).then_some(AwsFault::FailBefore));
    let failed = stage.handle(QueueName::Notify, &list, Attempt { number: 1, max: 1 }).await;
    assert!(failed.is_err(), "{failed:?}");
    stage.on_exhausted(QueueName::Notify, &list).await;
    let said = stage.messages_to(DANA).pop().unwrap();
    assert!(said.contains("could not find out what access you have"), "{said}");
}
