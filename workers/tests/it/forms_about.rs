//! Deciding by a form: a denial with its reason, and an approval for less time than was asked for.

use domain::job::{Click, Form, FormFill, ShorterApproval};
use domain::{ClickId, GrantDuration, Job, RequestId, SlackUserId, Status, ViewId};
use slack::modals::{About, approve_shorter, deny_reason};

use crate::stage::{DANA, OLIVIA, SAM, STRANGER, Stage};

async fn asked(role: &str, duration: &str) -> (Stage, RequestId) {
    let stage = Stage::new().await;
    stage.ask(role, duration).await;
    let id = stage.request().await.request_id;
    (stage, id)
}

fn shorter(stage: &Stage, id: &RequestId, person: &str, duration: &str) -> Job {
    let click_id = ClickId::parse(&format!("V{person}{duration}")).ok();
    let click = Click { click_id, ..stage.click(id, person) };
    Job::ApproveShorter(ShorterApproval { click, duration: GrantDuration::parse(duration).unwrap() })
}

async fn decide(stage: &Stage, job: &Job) {
    stage.send(job).await;
    let left = stage.settle().await;
    assert!(left.rejected.is_empty(), "{left:?}");
}

#[tokio::test]
async fn the_approval_message_has_the_buttons_that_open_forms() {
    let (stage, id) = asked("ReadOnly", "4h").await;
    let message = stage.approval_message().unwrap();
    let blocks = message.blocks.as_array().unwrap();
    let more = blocks.iter().find(|block| block["block_id"] == "aws_more").unwrap();
    let ids: Vec<&str> =
        more["elements"].as_array().unwrap().iter().map(|one| one["action_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["approve_shorter", "deny_reason"]);
    for action_id in ids {
        assert_eq!(message.button(action_id).as_deref(), Some(id.as_str()));
    }
    decide(&stage, &Job::Approve(stage.click(&id, OLIVIA))).await;
    assert!(!stage.approval_message().unwrap().blocks.to_string().contains("aws_more"));
}

#[tokio::test]
async fn a_denial_with_a_reason_is_stored_and_shown_to_whoever_asked() {
    let mut stage = asked("ReadOnly", "4h").await.0;
    stage.twice = true;
    let id = stage.request().await.request_id;
    let reason = "Use <!channel> & `Deploy`\n\u{202E}instead";
    let click = Click { reason: Some(format!("  {reason} ")), ..stage.click(&id, SAM) };
    decide(&stage, &Job::Deny(click)).await;
    let request = stage.request().await;
    assert_eq!((request.status, request.decision.deny_reason.as_deref()), (Status::Denied, Some(reason)));
    let messages = stage.slack.messages();
    let to_dana: Vec<_> = messages.iter().filter(|m| m.recipient.as_deref() == Some(DANA)).collect();
    let told = to_dana.iter().find(|message| message.text.contains("denied")).unwrap();
    assert!(told.text.contains("Use &lt;!channel&gt; &amp; `Deploy` instead"), "{}", told.text);
    let approval = stage.approval_message().unwrap();
    for shown in [told.blocks.to_string(), approval.blocks.to_string()] {
        assert!(
            shown.contains("&lt;!channel&gt; &amp; `Deploy`") && !shown.contains("<!channel>"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_reason_that_is_too_long_or_empty_denies_all_the_same() {
    for (reason, kept) in [("é".repeat(5_000), Some(1_000)), (" \n".to_owned(), None)] {
        let (stage, id) = asked("ReadOnly", "4h").await;
        decide(&stage, &Job::Deny(Click { reason: Some(reason), ..stage.click(&id, SAM) })).await;
        let request = stage.request().await;
        assert_eq!(request.status, Status::Denied);
        assert_eq!(request.decision.deny_reason.map(|reason| reason.chars().count()), kept);
    }
}

#[tokio::test]
async fn an_approval_for_less_time_grants_that_and_says_so() {
    let mut stage = asked("ReadOnly", "4h").await.0;
    stage.twice = true;
    let id = stage.request().await.request_id;
    decide(&stage, &shorter(&stage, &id, OLIVIA, "1h")).await;
    let request = stage.request().await;
    assert_eq!((request.status, request.ask.duration.seconds()), (Status::Active, 3_600));
    assert_eq!(request.decision.asked_duration_seconds, Some(14_400));
    let (decided, expires) = (request.decision.decided_at.unwrap(), request.access.expires_at.unwrap());
    assert_eq!(expires.seconds_since(decided), 3_600);
    let users = stage.aws.users().await;
    assert_eq!(users[0].tags["keylease:expires-at"], expires.rfc3339());
    let told = stage.messages_to(DANA).join("\n");
    assert!(told.contains("for 1 hour, which is less than the 4 hours that you asked for"), "{told}");
    assert!(stage.approval_message().unwrap().blocks.to_string().contains("1 hour (4 hours were asked for)"));
    let approvals = request.audit.history.iter().filter(|change| change.event == "approve");
    let notes: Vec<_> = approvals.map(|change| change.note.clone()).collect();
    assert_eq!(notes, [Some("for 1 hour at most".to_owned())], "the second delivery changes nothing");
    assert_eq!(stage.messages_to(OLIVIA), [""; 0], "whose approval counted has nothing to hear");
}

#[tokio::test]
async fn nobody_approves_for_longer_than_was_asked_or_shorter_than_is_granted() {
    for (duration, said) in [("5h", "cannot approve it for longer"), ("5m", "less than 15 minutes")] {
        let (stage, id) = asked("ReadOnly", "4h").await;
        decide(&stage, &shorter(&stage, &id, OLIVIA, duration)).await;
        assert_eq!(stage.request().await.status, Status::Pending, "{duration}");
        let told = stage.messages_to(OLIVIA).join("\n");
        assert!(told.contains(said), "{told}");
    }
    let (stage, id) = asked("ReadOnly", "4h").await;
    for person in [STRANGER, DANA] {
        decide(&stage, &shorter(&stage, &id, person, "1h")).await;
        assert_eq!(stage.request().await.status, Status::Pending);
        assert_eq!(stage.messages_to(person).iter().filter(|told| told.contains("cannot")).count(), 1);
    }
}

#[tokio::test]
async fn of_two_approvals_the_shorter_counts() {
    let (stage, id) = asked("Both", "4h").await;
    decide(&stage, &shorter(&stage, &id, OLIVIA, "1h")).await;
    let request = stage.request().await;
    assert_eq!((request.status, request.ask.duration.seconds()), (Status::Pending, 3_600));
    decide(&stage, &Job::Approve(stage.click(&id, SAM))).await;
    let request = stage.request().await;
    assert_eq!((request.status, request.ask.duration.seconds()), (Status::Active, 3_600));
    assert_eq!(request.decision.asked_duration_seconds, Some(14_400));
}

#[tokio::test]
async fn a_limit_that_was_lowered_since_can_be_kept_by_approving_for_less() {
    let (stage, id) = asked("ReadOnly", "4h").await;
    let mut project = crate::stage::payments();
    project["roles"]["ReadOnly"]["max_duration"] = "2h".into();
    stage.put_project(project).await;
    decide(&stage, &shorter(&stage, &id, OLIVIA, "3h")).await;
    assert_eq!(stage.request().await.status, Status::Pending);
    decide(&stage, &shorter(&stage, &id, OLIVIA, "2h")).await;
    assert_eq!(stage.request().await.ask.duration.seconds(), 7_200);
}

#[tokio::test]
async fn the_form_for_less_time_offers_what_is_shorter_than_asked() {
    let (stage, id) = asked("ReadOnly", "2h").await;
    let about = About::new(id.clone(), None);
    let view = stage.slack.open_view(OLIVIA, &approve_shorter::opening(&about)).unwrap();
    let fill = |request_id: RequestId| {
        Job::FillForm(FormFill {
            view_id: ViewId::parse(&view.id).unwrap(),
            hash: None,
            user_id: SlackUserId::parse(OLIVIA).unwrap(),
            asked_at_ms: stage.now().0 * 1_000,
            form: Form::ApproveShorter { request_id, message: None },
        })
    };
    decide(&stage, &fill(RequestId::parse("gone-0").unwrap())).await;
    assert_eq!(stage.slack.view(&view.id).unwrap().updates, 0, "it stays as it was opened");
    decide(&stage, &fill(id.clone())).await;
    let shown = stage.slack.view(&view.id).unwrap().view.to_string();
    for part in [r#""value":"15m""#, r#""value":"1h""#, "was asked for 2 hours", id.as_str()] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains(r#""value":"2h""#), "{shown}");
    assert!(stage.slack.open_view(OLIVIA, &deny_reason::opening(&about)).is_ok());
}
