//! Every request is answered, also when nobody can be asked: its requester hears so, and may ask again.

use domain::{Job, QueueName, Status};
use serde_json::{Value, json};
use testkit::aws::{Fault as AwsFault, Service};
use testkit::slack::{Fault, Person};
use workers::Failure;
use workers::consumer::Attempt;

use crate::stage::{APPROVALS, DANA, OLIVIA, SAM, STRANGER, Stage, payments, person};

const NOBODY: &str = "I could not reach anybody who can approve your request";

fn without_channel() -> Value {
    let mut project = payments();
    project.as_object_mut().unwrap().remove("channel");
    project
}

#[tokio::test]
async fn when_slack_refuses_channel_and_approvers_the_request_is_closed_and_may_be_asked_again() {
    for (channel, direct) in [
        ("is_archived", "messages_tab_disabled"),
        ("channel_not_found", "user_not_found"),
        ("not_in_channel", "cannot_dm_bot"),
        ("no_permission", "cannot_dm_bot"),
    ] {
        let stage = Stage::new().await;
        stage.slack.fail("chat.postMessage", Fault::Api(channel.into()), 1);
        stage.slack.fail("chat.postMessage", Fault::Api(direct.into()), 2);
        let left = stage.ask("ReadOnly", "1h").await;
        assert!(left.rejected.is_empty(), "nothing is dead-lettered: {left:?}");
        let request = stage.request().await;
        assert_eq!(request.status, Status::Lapsed);
        assert!(request.work.outbox.is_empty());
        let event = request.audit.history.iter().last().unwrap();
        assert_eq!(event.event, "ask_failed");
        assert!(event.note.as_deref().unwrap().contains(direct), "{event:?}");
        let told = stage.messages_to(DANA);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains(NOBODY) && told[0].contains("<@U0OWNER>"), "{told:?}");

        stage.ask("ReadOnly", "1h").await;
        assert_eq!(stage.requests().await.len(), 2, "the next one is a request of its own");
        assert!(stage.approval_message().is_some(), "and is asked about");
    }
}

#[tokio::test]
async fn approvers_who_left_are_not_counted_as_asked() {
    let stage = Stage::new().await;
    stage.slack.fail("chat.postMessage", Fault::Api("is_archived".into()), 1);
    // They leave between the submission and the message.
    stage.send(&Job::Submit(stage.spec(DANA, "payments", "ReadOnly", "1h"))).await;
    let [intake] = stage.take(QueueName::Notify).await.try_into().unwrap();
    stage.handle(QueueName::Notify, &intake, Attempt { number: 1, max: 8 }).await.unwrap();
    for approver in [OLIVIA, SAM] {
        stage.slack.add_person(Person { deleted: true, ..person(approver) });
    }
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Lapsed);
    assert!(stage.messages_to(DANA)[0].contains(NOBODY), "{:?}", stage.messages_to(DANA));
    assert_eq!(stage.slack.messages().len(), 1, "nothing is posted to deactivated accounts");
}

#[tokio::test]
async fn one_approver_who_cannot_be_reached_holds_up_none_of_the_others() {
    for fault in [Fault::Api("messages_tab_disabled".into()), Fault::ServerError] {
        let stage = Stage::new().await;
        stage.put_project(without_channel()).await;
        stage.slack.fail("chat.postMessage", fault.clone(), 1);
        stage.send(&Job::Submit(stage.spec(DANA, "payments", "ReadOnly", "1h"))).await;
        let [intake] = stage.take(QueueName::Notify).await.try_into().unwrap();
        let first = Attempt { number: 1, max: 8 };
        stage.handle(QueueName::Notify, &intake, first).await.unwrap();
        let [tell] = stage.take(QueueName::Notify).await.try_into().unwrap();
        let outcome = stage.handle(QueueName::Notify, &tell, first).await;
        assert_eq!(outcome.is_ok(), fault != Fault::ServerError, "{outcome:?}");
        assert_eq!((stage.messages_to(OLIVIA).len(), stage.messages_to(SAM).len()), (0, 1));
        assert!(
            stage.messages_to(DANA)[0].starts_with("I asked <@U0SECOND> to approve"),
            "{:?}",
            stage.messages_to(DANA)
        );
    }
}

#[tokio::test]
async fn asking_that_takes_long_is_said_and_what_follows_is_told_as_ever() {
    let stage = Stage::new().await;
    stage.send(&Job::Submit(stage.spec(DANA, "payments", "ReadOnly", "1h"))).await;
    let [intake] = stage.take(QueueName::Notify).await.try_into().unwrap();
    stage.handle(QueueName::Notify, &intake, Attempt { number: 1, max: 8 }).await.unwrap();
    let [tell] = stage.take(QueueName::Notify).await.try_into().unwrap();

    stage.slack.fail("chat.postMessage", Fault::ServerError, 1);
    let outcome = stage.handle(QueueName::Notify, &tell, Attempt { number: 1, max: 8 }).await;
    assert!(matches!(outcome, Err(Failure::Retry { .. })), "{outcome:?}");
    assert!(stage.messages_to(DANA).is_empty(), "a moment is not long");

    stage.pass(20);
    stage.handle(QueueName::Notify, &tell, Attempt { number: 5, max: 8 }).await.unwrap();
    let told = stage.messages_to(DANA);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("takes longer than usual"), "{told:?}");
    assert!(stage.approval_message().is_some(), "and asked they are");
    let id = stage.request().await.request_id;
    stage.send(&Job::Deny(stage.click(&id, SAM))).await;
    stage.settle().await;
    assert!(
        stage.messages_to(DANA).last().unwrap().contains("denied your request"),
        "{:?}",
        stage.messages_to(DANA)
    );
}

#[tokio::test]
async fn a_request_that_slack_took_no_message_about_for_as_long_as_a_job_is_tried_is_closed() {
    let stage = Stage::new().await;
    // As many as the job's tries, and then Slack is back.
    stage.slack.fail("chat.postMessage", Fault::ServerError, 8);
    stage.ask("ReadOnly", "1h").await;
    assert_eq!(stage.request().await.status, Status::Lapsed);
    assert!(
        stage.messages_to(DANA).iter().any(|text| text.contains(NOBODY)),
        "{:?}",
        stage.messages_to(DANA)
    );
}

#[tokio::test]
async fn a_project_that_goes_before_anybody_is_asked_closes_the_request() {
    let stage = Stage::new().await;
    stage.send(&Job::Submit(stage.spec(DANA, "payments", "ReadOnly", "1h"))).await;
    let [intake] = stage.take(QueueName::Notify).await.try_into().unwrap();
    stage.handle(QueueName::Notify, &intake, Attempt { number: 1, max: 8 }).await.unwrap();
    stage.put_project(json!({"project": "payments", "owner_slack_id": 7})).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Lapsed);
    assert!(
        stage.messages_to(DANA)[0].contains("Tell whoever runs Keylease"),
        "{:?}",
        stage.messages_to(DANA)
    );
}

#[tokio::test]
async fn a_click_from_outside_is_no_dead_letter() {
    for code in ["user_not_found", "cannot_dm_bot", "user_not_visible"] {
        let stage = Stage::new().await;
        stage.ask("ReadOnly", "1h").await;
        let id = stage.request().await.request_id;
        for click in [stage.click(&id, STRANGER), stage.click(&id, DANA)] {
            for job in [Job::Approve(click.clone()), Job::Deny(click.clone())] {
                stage.slack.fail("chat.postMessage", Fault::Api(code.into()), 1);
                stage.send(&job).await;
                let left = stage.settle().await;
                assert!(left.rejected.is_empty(), "{code}: {left:?}");
            }
        }
        assert_eq!(stage.request().await.status, Status::Pending);
        assert!(stage.slack.messages().iter().all(|m| m.channel == APPROVALS || m.recipient.is_some()));
    }
}

#[tokio::test]
async fn while_the_table_does_not_answer_the_requester_is_told_once_that_it_takes_long() {
    let stage = Stage::new().await;
    let intake = Job::Submit(stage.spec(DANA, "payments", "ReadOnly", "1h"));
    stage.aws.inject(|call| (call.service == Service::DynamoDb).then_some(AwsFault::FailBefore));
    let attempt = |number| stage.handle(QueueName::Notify, &intake, Attempt { number, max: 8 });
    assert!(attempt(1).await.is_err());
    assert!(stage.messages_to(DANA).is_empty(), "a moment is not long");
    stage.pass(20);
    for number in [5, 6, 7] {
        assert!(attempt(number).await.is_err());
    }
    let told = stage.messages_to(DANA);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("cannot look into it yet"), "{told:?}");
    stage.aws.clear_faults();
    attempt(8).await.unwrap();
    stage.settle().await;
    assert!(stage.messages_to(DANA)[1].starts_with("I asked"), "{:?}", stage.messages_to(DANA));
}

#[tokio::test]
async fn a_request_that_was_tried_for_as_long_as_a_job_is_gets_an_answer() {
    let stage = Stage::new().await;
    let spec = stage.spec(DANA, "payments", "ReadOnly", "1h");
    stage.send(&Job::Submit(spec)).await;
    stage.aws.inject(|call| (call.service == Service::DynamoDb).then_some(AwsFault::FailBefore));
    stage.settle().await;
    let told = stage.messages_to(DANA);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("did not answer. Nobody was asked"), "{told:?}");
}

#[tokio::test]
async fn the_same_refused_submission_twice_is_answered_once_and_another_one_again() {
    let stage = Stage::new().await;
    let spec = stage.spec(DANA, "payments", "Root", "1h");
    for _ in 0..2 {
        stage.send(&Job::Submit(spec.clone())).await;
        stage.settle().await;
    }
    assert_eq!(stage.messages_to(DANA).len(), 1, "{:?}", stage.messages_to(DANA));
    stage.send(&Job::Submit(stage.spec(DANA, "payments", "Root", "1h"))).await;
    stage.settle().await;
    assert_eq!(stage.messages_to(DANA).len(), 2, "{:?}", stage.messages_to(DANA));
}

#[tokio::test]
async fn a_request_that_waits_for_an_operator_is_answered_once_and_goes_on_by_itself() {
    let stage = Stage::new().await;
    let intake = Job::Submit(stage.spec(DANA, "payments", "ReadOnly", "1h"));
    let first = Attempt { number: 1, max: 8 };
    stage.handle(QueueName::Notify, &intake, first).await.unwrap();
    let [tell] = stage.take(QueueName::Notify).await.try_into().unwrap();
    // The channel first, and then whatever else is tried.
    stage.slack.fail("chat.postMessage", Fault::Api("missing_scope".into()), 1);
    let outcome = stage.handle(QueueName::Notify, &tell, first).await;
    assert!(matches!(outcome, Err(Failure::NeedsOperator { .. })), "{outcome:?}");
    assert!(stage.messages_to(DANA)[0].contains("takes longer than usual"), "{:?}", stage.messages_to(DANA));
    assert_eq!(stage.request().await.status, Status::Pending);
    stage.handle(QueueName::Notify, &tell, first).await.unwrap();
    assert!(stage.approval_message().is_some());
    assert_eq!(stage.messages_to(DANA).len(), 1, "{:?}", stage.messages_to(DANA));
}
