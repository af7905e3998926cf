//! Asking: what is taken in, what is refused and how.

use domain::{Job, Status};

use crate::stage::{APPROVALS, DANA, OLIVIA, SAM, STRANGER, Stage, payments, person};

#[tokio::test]
async fn a_request_is_stored_and_everybody_is_told() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h30m").await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Pending);
    assert_eq!(request.ask.duration.seconds(), 5_400);
    assert!(request.work.outbox.is_empty(), "the jobs that follow are sent");

    let ask = stage.approval_message().expect("the approvers are asked");
    let shown = ask.blocks.to_string();
    for part in ["U0DANA", "ReadOnly", "payments", "1 hour 30 minutes", "&lt;!channel&gt; &amp; the queue"] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    assert!(!shown.contains("<!channel>"), "typed text can mention: {shown}");
    let told = stage.messages_to(DANA);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("I asked <@U0OWNER> or <@U0SECOND> to approve"), "{told:?}");
}

#[tokio::test]
async fn a_long_reason_is_shown_whole() {
    let stage = Stage::new().await;
    let mut spec = stage.spec(DANA, "payments", "ReadOnly", "1h");
    spec.justification = Some("&".repeat(2_900));
    stage.send(&Job::Submit(spec)).await;
    stage.settle().await;
    let ask = stage.approval_message().unwrap();
    assert_eq!(ask.blocks.to_string().matches("&amp;").count(), 2_900);
}

#[tokio::test]
async fn each_refusal_is_a_direct_message_and_stores_nothing() {
    let stage = Stage::new().await;
    for (project, role, duration, part) in [
        ("nowhere", "ReadOnly", "1h", "The projects are `payments`"),
        ("payments", "Root", "1h", "Its roles are `Both`, `PowerUser` and `ReadOnly`"),
        ("payments", "ReadOnly", "soon", "Write it like `90m`"),
        ("payments", "ReadOnly", "9h", "Ask for `8h` or less"),
        ("payments", "PowerUser", "2h", "Ask for `1h` or less"),
        ("payments", "ReadOnly", "1m", "The shortest access is"),
        ("", "", "", "There is no project"),
    ] {
        stage.send(&Job::Submit(stage.spec(STRANGER, project, role, duration))).await;
        stage.settle().await;
        let told = stage.messages_to(STRANGER);
        assert!(told.last().is_some_and(|text| text.contains(part)), "{part}: {told:?}");
    }
    assert!(stage.requests().await.is_empty());
}

#[tokio::test]
async fn a_broken_project_says_what_is_wrong_with_it() {
    let stage = Stage::new().await;
    let mut project = payments();
    project["roles"]["ReadOnly"]["max_duration"] = "soon".into();
    stage.put_project(project).await;
    stage.ask("ReadOnly", "1h").await;
    let told = stage.messages_to(DANA);
    assert!(told[0].contains("not set up correctly"), "{told:?}");
    assert!(stage.requests().await.is_empty());
}

#[tokio::test]
async fn names_are_found_whatever_their_case() {
    let stage = Stage::new().await;
    stage.send(&Job::Submit(stage.spec(DANA, " Payments ", "readonly", "1h"))).await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!((request.ask.project.as_str(), request.ask.role.as_str()), ("payments", "ReadOnly"));
}

#[tokio::test]
async fn one_open_request_for_each_person_project_and_role() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    stage.ask("ReadOnly", "2h").await;
    assert_eq!(stage.requests().await.len(), 1);
    assert!(stage.messages_to(DANA).last().unwrap().contains("already have a request"));

    // Another role, and another person, are requests of their own.
    stage.ask("PowerUser", "1h").await;
    stage.send(&Job::Submit(stage.spec(STRANGER, "payments", "ReadOnly", "1h"))).await;
    stage.settle().await;
    assert_eq!(stage.requests().await.len(), 3);
}

#[tokio::test]
async fn when_one_is_over_the_next_may_be_asked_many_times_over() {
    let stage = Stage::new().await;
    for round in 0..9 {
        stage.ask("ReadOnly", "1h").await;
        let requests = stage.requests().await;
        assert_eq!(requests.len(), round + 1);
        let open = requests.iter().find(|r| r.status == Status::Pending).expect("the new one is open");
        stage.send(&Job::Deny(stage.click(&open.request_id, OLIVIA))).await;
        stage.settle().await;
    }
    assert!(stage.requests().await.iter().all(|r| r.status == Status::Denied));
}

#[tokio::test]
async fn an_old_delivery_of_an_ask_makes_no_new_request() {
    let stage = Stage::new().await;
    let first = stage.spec(DANA, "payments", "ReadOnly", "1h");
    stage.send(&Job::Submit(first.clone())).await;
    stage.settle().await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Deny(stage.click(&id, SAM))).await;
    stage.settle().await;
    stage.send(&Job::Submit(first.clone())).await;
    stage.settle().await;
    assert_eq!(stage.requests().await.len(), 1, "the same ask again is the same request");

    stage.pass(60);
    stage.ask("ReadOnly", "1h").await;
    let open = stage.requests().await.into_iter().find(|r| r.status == Status::Pending).unwrap();
    stage.send(&Job::Deny(stage.click(&open.request_id, SAM))).await;
    stage.send(&Job::Submit(first)).await;
    stage.settle().await;
    assert_eq!(stage.requests().await.len(), 2, "and after a later one, it is too old");
}

#[tokio::test]
async fn two_asks_at_the_same_moment_make_one_request() {
    let stage = Stage::new().await;
    let handle = |spec| {
        let job = Job::Submit(spec);
        let stage = &stage;
        async move {
            let attempt = workers::consumer::Attempt { number: 1, max: 8 };
            stage.handle(domain::QueueName::Notify, &job, attempt).await
        }
    };
    let spec = || stage.spec(DANA, "payments", "ReadOnly", "1h");
    let outcomes = tokio::join!(handle(spec()), handle(spec()), handle(spec()), handle(spec()));
    assert!(matches!(outcomes, (Ok(()), Ok(()), Ok(()), Ok(()))), "{outcomes:?}");
    stage.settle().await;
    assert_eq!(stage.requests().await.len(), 1);
    assert_eq!(stage.messages_to(DANA).iter().filter(|text| text.contains("already have")).count(), 3);
}

#[tokio::test]
async fn without_a_channel_each_approver_is_asked_directly() {
    let stage = Stage::new().await;
    let mut project = payments();
    project.as_object_mut().unwrap().remove("channel");
    stage.put_project(project).await;
    stage.ask("ReadOnly", "1h").await;
    assert!(stage.approval_message().is_none());
    for approver in [OLIVIA, SAM] {
        assert_eq!(stage.messages_to(approver).len(), 1, "{approver}");
    }
    // Deciding in one of the two brings both up to date.
    let id = stage.request().await.request_id;
    stage.send(&Job::Deny(stage.click(&id, SAM))).await;
    stage.settle().await;
    for approver in [OLIVIA, SAM] {
        let told = stage.messages_to(approver);
        assert!(told[0].contains("Denied by <@U0SECOND>"), "{told:?}");
    }
}

#[tokio::test]
async fn a_channel_that_slack_refuses_is_replaced_by_direct_messages() {
    let stage = Stage::new().await;
    stage.slack.fail("chat.postMessage", testkit::slack::Fault::Api("channel_not_found".into()), 1);
    stage.ask("ReadOnly", "1h").await;
    assert!(!stage.slack.messages().iter().any(|m| m.channel == APPROVALS));
    assert_eq!((stage.messages_to(OLIVIA).len(), stage.messages_to(SAM).len()), (1, 1));
}

#[tokio::test]
async fn the_only_approver_cannot_ask_in_vain() {
    let stage = Stage::new().await;
    let mut project = payments();
    project.as_object_mut().unwrap().remove("approver_slack_ids");
    stage.put_project(project).await;
    stage.slack.add_person(person(OLIVIA));
    stage.send(&Job::Submit(stage.spec(OLIVIA, "payments", "ReadOnly", "1h"))).await;
    stage.settle().await;
    assert!(stage.messages_to(OLIVIA)[0].contains("you cannot approve it yourself"));
    assert!(stage.requests().await.is_empty());
}

#[tokio::test]
async fn jobs_that_tell_at_the_same_moment_tell_once() {
    let stage = Stage::new().await;
    let attempt = workers::consumer::Attempt { number: 1, max: 8 };
    let intake = Job::Submit(stage.spec(DANA, "payments", "ReadOnly", "1h"));
    stage.handle(domain::QueueName::Notify, &intake, attempt).await.unwrap();
    let tell = Job::SyncSlack { request_id: stage.request().await.request_id };
    let now = || stage.handle(domain::QueueName::Notify, &tell, attempt);
    let outcomes = tokio::join!(now(), now(), now(), now());
    assert!([outcomes.0, outcomes.1, outcomes.2, outcomes.3].contains(&Ok(())));
    stage.settle().await;
    assert_eq!(stage.slack.messages().iter().filter(|m| m.channel == APPROVALS).count(), 1);
    assert_eq!(stage.messages_to(DANA).len(), 1);
}
