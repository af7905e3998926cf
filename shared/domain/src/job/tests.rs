//! Every job is read back as it was written, and what is not a job says why.

use proptest::prelude::*;

use super::*;
use crate::duration::GrantDuration;
use crate::ids::{ChannelId, ClickId, SlackUserId, ViewId};

fn id() -> RequestId {
    RequestId::parse("r-0").unwrap()
}

#[test]
fn every_job_reads_back_and_knows_its_queue() {
    let click = Click {
        request_id: id(),
        user_id: SlackUserId::parse("U0OWNER").unwrap(),
        clicked_at: Some(UnixSeconds(8)),
        click_id: ClickId::parse("8000").ok(),
        message: Some(MessageRef { channel: ChannelId::parse("C1").unwrap(), ts: "1.2".into() }),
        reason: None,
        submitted: None,
    };
    let ask = AccessRequest {
        idempotency_key: "i".into(),
        received_at: UnixSeconds(7),
        user_id: SlackUserId::parse("U0DANA").unwrap(),
        user_name: "dana".into(),
        project: "payments".into(),
        role: "ReadOnly".into(),
        duration: "1h".into(),
        justification: None,
        command: None,
        break_glass: false,
        trigger_id: None,
    };
    let form = Form::RequestAccess { project: Some("payments".into()), role: None, typed: None };
    let fill = FormFill {
        view_id: ViewId::parse("V0FORM").unwrap(),
        hash: None,
        user_id: SlackUserId::parse("U0DANA").unwrap(),
        asked_at_ms: 7_000,
        form,
    };
    let own = OwnAccess {
        idempotency_key: "i".into(),
        received_at: UnixSeconds(7),
        user_id: SlackUserId::parse("U0DANA").unwrap(),
        end: Some("payments".into()),
    };
    let execution_id = crate::ids::ExecutionId::parse("Fx0STEP").unwrap();
    let jobs = [
        Job::Submit(ask.clone()),
        Job::WorkflowStep(WorkflowStep { execution_id: execution_id.clone(), ask }),
        Job::FailedStep(FailedStep { execution_id, why: "`user` is missing".into() }),
        Job::FillForm(fill),
        Job::OwnAccess(own),
        Job::PublishHome(PublishHome {
            user_id: SlackUserId::parse("U0DANA").unwrap(),
            opened_at: UnixSeconds(7),
            asked_at_ms: 7_000,
        }),
        Job::Deny(click.clone()),
        Job::SyncSlack { request_id: id() },
        Job::Review(click.clone()),
        Job::Remind { request_id: id() },
        Job::Approve(click.clone()),
        Job::ApproveShorter(ShorterApproval {
            click: click.clone(),
            duration: GrantDuration::parse("90m").unwrap(),
        }),
        Job::Provision { request_id: id() },
        Job::AskExtension(ExtensionAsk {
            click: Click { reason: Some("not done".into()), ..click.clone() },
            duration: GrantDuration::parse("1h").unwrap(),
        }),
        Job::ApproveExtension(ExtensionClick { click: click.clone(), extension: 1 }),
        Job::DenyExtension(ExtensionClick { click: click.clone(), extension: 1 }),
        Job::ExtendGrant { request_id: id() },
        Job::EndGrant(click),
        Job::EndByOperator {
            request_id: id(),
            by: OperatorName::parse("alice@example.com").unwrap(),
            requested_at: Some(UnixSeconds(9)),
        },
        Job::Undelivered { request_id: id(), why: Undelivered::Bounce },
        Job::PersonLeft(PersonLeft {
            user_ids: vec![SlackUserId::parse("U0DANA").unwrap()],
            left_at: UnixSeconds(9),
        }),
        Job::ExpireGrant { request_id: id() },
        Job::Sweep,
        Job::SweepAll { after: None },
        Job::SweepAll { after: Some("r-0".into()) },
    ];
    let mut wire = String::new();
    for job in jobs {
        assert_eq!(Job::decode(&job.encode()).unwrap(), job);
        assert!(Job::names_on(job.queue()).contains(&job.name()), "{}", job.name());
        wire.push_str(&format!("{:9} {}\n", job.queue().as_str(), job.encode()));
    }
    insta::assert_snapshot!(wire);
}

#[test]
fn the_public_bodies_are_read_as_they_are_documented() {
    let revoke = Job::decode(r#"{"version":1,"job":"revoke","request_id":"r-0"}"#).unwrap();
    assert_eq!(revoke, Job::ExpireGrant { request_id: id() });
    assert_eq!(Job::decode(r#"{"version":1,"job":"sweep"}"#).unwrap(), Job::Sweep);
    let whole = Job::decode(r#"{"version":1,"job":"sweep_all"}"#).unwrap();
    assert_eq!(whole, Job::SweepAll { after: None });
    for why in Undelivered::ALL {
        let body =
            format!(r#"{{"version":1,"job":"undelivered","request_id":"r-0","why":"{}"}}"#, why.as_str());
        assert_eq!(Job::decode(&body).unwrap(), Job::Undelivered { request_id: id(), why });
    }
}

#[test]
fn what_is_not_a_job_says_why() {
    for (body, reason) in [
        ("", "not_json"),
        ("hello", "not_json"),
        ("[]", "not_json"),
        (r#"{"job":"sweep"}"#, "not_json"),
        (r#"{"version":2,"job":"sweep"}"#, "unknown_version"),
        (r#"{"version":1,"job":"dance"}"#, "unknown_job"),
        (r#"{"version":1,"job":"revoke"}"#, "unknown_job"),
        (r#"{"version":1,"job":"revoke","request_id":"a/../b"}"#, "unknown_job"),
        (r#"{"version":1,"job":"undelivered","request_id":"r-0","why":"lost"}"#, "unknown_job"),
        (r#"{"version":1,"job":"undelivered","request_id":"<request_id>","why":"bounce"}"#, "unknown_job"),
    ] {
        assert_eq!(Job::decode(body).unwrap_err().reason(), reason, "{body}");
    }
}

proptest! {
    #[test]
    fn any_body_is_answered(body in ".{0,200}") {
        let _answered = Job::decode(&body);
    }
}
