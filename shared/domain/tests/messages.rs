//! Every message that any version has ever put on a queue is still understood, so that an upgrade loses no job that
//! waits: above all no revoke.
//!
//! Each file in `messages/v1` is a body as it was on the wire. A file is never changed; a new shape is a new file.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails")]

use std::collections::{BTreeMap, BTreeSet};

use keylease_domain::job::{
    AccessRequest, ClaimAsk, ClaimClick, Click, ExtensionAsk, ExtensionClick, FailedStep, Form, FormFill,
    MessageRef, OwnAccess, PersonLeft, PublishHome, Renewal, ShorterApproval, Submitted, WorkflowStep,
};
use keylease_domain::{
    ChannelId, ClaimId, ClickId, DeliveryId, ExecutionId, GrantDuration, Job, OperatorName, QueueName,
    RequestId, SlackUserId, Undelivered, UnixSeconds, ViewId,
};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/messages/v1");

fn id() -> RequestId {
    RequestId::parse("6q1y3v0k8m2n4p5r-0").unwrap()
}

fn ask(justification: Option<&str>) -> AccessRequest {
    AccessRequest {
        idempotency_key: "019ab0c6-5f7a-7c33-9d0e-1f2a3b4c5d6e".into(),
        received_at: UnixSeconds(1_795_442_607),
        user_id: SlackUserId::parse("U0DANA").unwrap(),
        user_name: "dana".into(),
        project: "payments".into(),
        role: "ReadOnly".into(),
        duration: "2h".into(),
        justification: justification.map(str::to_owned),
        command: None,
        break_glass: false,
        trigger_id: None,
    }
}

/// A click that says when it reached the ingress.
fn clicked(with_message: bool) -> Click {
    Click { clicked_at: Some(UnixSeconds(1_795_442_607)), ..click(with_message) }
}

fn click(with_message: bool) -> Click {
    let message =
        MessageRef { channel: ChannelId::parse("C0APPROVALS").unwrap(), ts: "1795442607.000200".into() };
    Click {
        request_id: id(),
        user_id: SlackUserId::parse("U0OWNER").unwrap(),
        clicked_at: None,
        click_id: None,
        message: with_message.then_some(message),
        reason: None,
        submitted: None,
    }
}

/// The submission of a form.
fn form(form: &str, duration: Option<&str>) -> Click {
    let (trigger_id, duration) = ("1234.5678.abc".to_owned(), duration.map(str::to_owned));
    let submitted = Some(Submitted { form: form.to_owned(), trigger_id, duration });
    Click { submitted, click_id: ClickId::parse("V0FORM").ok(), ..clicked(true) }
}

fn fill(hash: Option<&str>, project: Option<&str>, role: Option<&str>) -> FormFill {
    let form = Form::RequestAccess {
        project: project.map(str::to_owned),
        role: role.map(str::to_owned),
        typed: None,
    };
    FormFill {
        view_id: ViewId::parse("V0FORM").unwrap(),
        hash: hash.map(str::to_owned),
        user_id: SlackUserId::parse("U0DANA").unwrap(),
        asked_at_ms: 1_795_442_607_123,
        form,
    }
}

fn own(end: Option<&str>) -> OwnAccess {
    OwnAccess {
        idempotency_key: "019ab0c6-5f7a-7c33-9d0e-1f2a3b4c5d6e".into(),
        received_at: UnixSeconds(1_795_442_607),
        user_id: SlackUserId::parse("U0DANA").unwrap(),
        end: end.map(str::to_owned),
    }
}

/// A click on a button of a message about an extension.
fn decision() -> ExtensionClick {
    ExtensionClick {
        click: Click { click_id: ClickId::parse("1795442607123").ok(), ..clicked(true) },
        extension: 1,
    }
}

fn of_home() -> (&'static str, Job) {
    let home = PublishHome {
        user_id: SlackUserId::parse("U0DANA").unwrap(),
        opened_at: UnixSeconds(1_795_442_607),
        asked_at_ms: 1_795_442_607_123,
    };
    ("publish_home", Job::PublishHome(home))
}

/// The same, of extensions.
fn of_extensions() -> Vec<(&'static str, Job)> {
    vec![
        (
            "extend",
            Job::AskExtension(ExtensionAsk {
                click: Click {
                    click_id: ClickId::parse("V0FORM").ok(),
                    reason: Some("the ledger is not done".into()),
                    ..clicked(true)
                },
                duration: GrantDuration::parse("1h").unwrap(),
            }),
        ),
        ("approve_extension", Job::ApproveExtension(decision())),
        ("deny_extension", Job::DenyExtension(decision())),
        ("extend_grant", Job::ExtendGrant { request_id: id() }),
        (
            "fill_form-extend",
            Job::FillForm(FormFill {
                form: Form::Extend { request_id: id(), message: clicked(true).message },
                ..fill(Some("1795442607.abc"), None, None)
            }),
        ),
    ]
}

fn claim_ask() -> ClaimAsk {
    ClaimAsk {
        request_id: id(),
        claim_id: ClaimId::parse("c1aim_ID-000000000000000").unwrap(),
        delivery_id: DeliveryId::parse("d1").unwrap(),
        public_key: "BAAA".into(),
        label: "dana's laptop".into(),
        asked_at: UnixSeconds(1_795_442_607),
    }
}

fn claim_click() -> ClaimClick {
    let ClaimAsk { claim_id, delivery_id, .. } = claim_ask();
    ClaimClick { click: clicked(true), claim_id, delivery_id, key_fingerprint: "00ff".into() }
}

/// What has to do with the catalogue's rules and with what waits for people.
fn of_rules() -> [(&'static str, Job); 4] {
    [
        (
            "intake-form",
            Job::Submit(AccessRequest {
                trigger_id: Some("1.T0.2".into()),
                ..ask(Some("looking into a bug"))
            }),
        ),
        (
            "intake-break_glass",
            Job::Submit(AccessRequest { break_glass: true, ..ask(Some("looking into a bug")) }),
        ),
        ("review", Job::Review(Click { reason: Some("justified".into()), ..clicked(true) })),
        ("remind", Job::Remind { request_id: id() }),
    ]
}

/// What each file meant when it was written.
#[expect(clippy::too_many_lines, reason = "a line for each file")]
fn meant() -> BTreeMap<&'static str, Job> {
    let undelivered = |why| Job::Undelivered { request_id: id(), why };
    [
        ("intake", Job::Submit(ask(Some("looking into a bug")))),
        ("intake-without-justification", Job::Submit(ask(None))),
        (
            "workflow_step",
            Job::WorkflowStep(WorkflowStep {
                execution_id: ExecutionId::parse("Fx0STEP").unwrap(),
                ask: ask(Some("looking into a bug")),
            }),
        ),
        (
            "failed_step",
            Job::FailedStep(FailedStep {
                execution_id: ExecutionId::parse("Fx0STEP").unwrap(),
                why: "`user` is missing".into(),
            }),
        ),
        ("fill_form", Job::FillForm(fill(Some("1795442607.abc"), None, None))),
        ("fill_form-chosen", Job::FillForm(fill(None, Some("payments"), Some("ReadOnly")))),
        (
            "fill_form-typed",
            Job::FillForm(FormFill {
                form: Form::RequestAccess { project: None, role: None, typed: Some("payments".into()) },
                ..fill(Some("1795442607.abc"), None, None)
            }),
        ),
        ("own_access", Job::OwnAccess(own(None))),
        ("own_access-end", Job::OwnAccess(own(Some("payments ReadOnly")))),
        ("deny", Job::Deny(click(true))),
        ("deny-without-message", Job::Deny(click(false))),
        ("tell", Job::SyncSlack { request_id: id() }),
        ("approve", Job::Approve(click(true))),
        ("approve-without-message", Job::Approve(click(false))),
        ("deny-form", Job::Deny(form("deny_reason", None))),
        (
            "approve_shorter-form",
            Job::ApproveShorter(ShorterApproval {
                click: form("approve_shorter", Some("an hour")),
                duration: GrantDuration::parse("1h").unwrap(),
            }),
        ),
        ("deny-reason", Job::Deny(Click { reason: Some("ask <ops> & wait".into()), ..clicked(true) })),
        (
            "approve_shorter",
            Job::ApproveShorter(ShorterApproval {
                click: Click { click_id: ClickId::parse("V0FORM").ok(), ..clicked(true) },
                duration: GrantDuration::parse("1h").unwrap(),
            }),
        ),
        (
            "fill_form-approve_shorter",
            Job::FillForm(FormFill {
                form: Form::ApproveShorter { request_id: id(), message: clicked(true).message },
                ..fill(Some("1795442607.abc"), None, None)
            }),
        ),
        ("provision", Job::Provision { request_id: id() }),
        ("deny-clicked_at", Job::Deny(clicked(true))),
        ("approve-clicked_at", Job::Approve(clicked(true))),
        (
            "approve-click_id",
            Job::Approve(Click { click_id: ClickId::parse("1795442607123").ok(), ..clicked(true) }),
        ),
        ("approve-clicked_at-without-message", Job::Approve(clicked(false))),
        ("end-clicked_at", Job::EndGrant(clicked(true))),
        ("end", Job::EndGrant(click(true))),
        ("end-without-message", Job::EndGrant(click(false))),
        (
            "end_by_operator",
            Job::EndByOperator {
                request_id: id(),
                by: OperatorName::parse("alice@example.com").unwrap(),
                requested_at: None,
            },
        ),
        (
            "end_by_operator-requested_at",
            Job::EndByOperator {
                request_id: id(),
                by: OperatorName::parse("alice@example.com").unwrap(),
                requested_at: Some(UnixSeconds(1_795_442_607)),
            },
        ),
        ("claim", Job::Claim(claim_ask())),
        ("confirm_claim", Job::ConfirmClaim(claim_click())),
        ("refuse_claim", Job::RefuseClaim(claim_click())),
        (
            "renew_claim",
            Job::RenewClaim(Renewal {
                request_id: id(),
                claim_id: ClaimId::parse("c1aim_ID-000000000000000").unwrap(),
                delivery_id: DeliveryId::parse("d1").unwrap(),
                next_delivery_id: DeliveryId::parse("d2").unwrap(),
                requested_at: UnixSeconds(1_795_442_605),
                signature: "AAAA".into(),
                asked_at: UnixSeconds(1_795_442_607),
            }),
        ),
        ("close_claim", Job::CloseClaim { request_id: id() }),
        ("lapse_unclaimed", Job::LapseUnclaimed { request_id: id() }),
        ("undelivered-bounce", undelivered(Undelivered::Bounce)),
        ("undelivered-reject", undelivered(Undelivered::Reject)),
        ("undelivered-complaint", undelivered(Undelivered::Complaint)),
        (
            "person_left",
            Job::PersonLeft(PersonLeft {
                user_ids: ["U0DANA", "W0DANA"].map(|id| SlackUserId::parse(id).unwrap()).to_vec(),
                left_at: UnixSeconds(1_795_442_607),
            }),
        ),
        ("revoke", Job::ExpireGrant { request_id: id() }),
        ("sweep", Job::Sweep),
        ("sweep_all", Job::SweepAll { after: None }),
        ("sweep_all-after", Job::SweepAll { after: Some("6q1y3v0k8m2n4p5r-0".into()) }),
        // What EventBridge is configured to send, in other people's deployments too.
        ("public-revoke", Job::ExpireGrant { request_id: id() }),
        ("public-sweep", Job::Sweep),
        ("public-sweep_all", Job::SweepAll { after: None }),
        ("public-undelivered", undelivered(Undelivered::Bounce)),
    ]
    .into_iter()
    .chain(of_extensions())
    .chain([of_home()])
    .chain(of_rules())
    .collect()
}

/// The file that a job of this kind has at least. A new kind of job does not build until it is named here.
fn kept_as(job: &Job) -> &'static str {
    match job {
        Job::Submit(_) => "intake",
        Job::WorkflowStep(_) => "workflow_step",
        Job::FailedStep(_) => "failed_step",
        Job::FillForm(_) => "fill_form",
        Job::OwnAccess(_) => "own_access",
        Job::PublishHome(_) => "publish_home",
        Job::Deny(_) => "deny",
        Job::SyncSlack { .. } => "tell",
        Job::Review(_) => "review",
        Job::Remind { .. } => "remind",
        Job::Approve(_) => "approve",
        Job::ApproveShorter(_) => "approve_shorter",
        Job::Provision { .. } => "provision",
        Job::AskExtension(_) => "extend",
        Job::ApproveExtension(_) => "approve_extension",
        Job::DenyExtension(_) => "deny_extension",
        Job::ExtendGrant { .. } => "extend_grant",
        Job::Claim(_) => "claim",
        Job::ConfirmClaim(_) => "confirm_claim",
        Job::RefuseClaim(_) => "refuse_claim",
        Job::RenewClaim(_) => "renew_claim",
        Job::CloseClaim { .. } => "close_claim",
        Job::LapseUnclaimed { .. } => "lapse_unclaimed",
        Job::EndGrant(_) => "end",
        Job::EndByOperator { .. } => "end_by_operator",
        Job::Undelivered { .. } => "undelivered-bounce",
        Job::PersonLeft(_) => "person_left",
        Job::ExpireGrant { .. } => "revoke",
        Job::Sweep => "sweep",
        Job::SweepAll { .. } => "sweep_all",
    }
}

fn files() -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read_to_string(path).unwrap())
    };
    entries.map(read).collect()
}

#[test]
fn every_message_ever_written_is_understood_as_the_job_it_was() {
    let (files, meant) = (files(), meant());
    let names: BTreeSet<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(names, meant.keys().copied().collect(), "each file says here what it meant");
    for (name, job) in meant {
        match Job::decode(&files[name]) {
            Ok(read) => assert_eq!(read, job, "{name}"),
            Err(error) => panic!("{name} is not understood any more: {error}"),
        }
    }
}

#[test]
fn every_kind_of_job_is_kept() {
    let meant = meant();
    let kept: BTreeSet<&str> = meant.values().map(Job::name).collect();
    let known: BTreeSet<&str> = QueueName::ALL.into_iter().flat_map(Job::names_on).copied().collect();
    assert_eq!(kept, known);
    for job in meant.values() {
        assert_eq!(meant.get(kept_as(job)).map(Job::name), Some(job.name()));
    }
}

#[test]
fn what_is_written_today_is_kept() {
    let files: BTreeSet<String> = files().into_values().map(|body| body.trim_end().to_owned()).collect();
    for (name, job) in meant() {
        assert!(
            files.contains(&job.encode()),
            "{name} is written otherwise now; keep the new shape too: {}",
            job.encode()
        );
    }
}
