//! Every job against every status as one snapshot, and the cases in which more than the status counts.

use super::*;
use crate::duration::GrantDuration;
use crate::ids::{ClaimId, DeliveryId, ProjectName, RequestId, RoleName, SlackUserId};
use crate::job::{ClaimAsk, ClaimClick, ExtensionAsk, ExtensionClick, Renewal};
use crate::kind::RoleKind;
use crate::request::Grant;
use crate::time::UnixSeconds;

const START: UnixSeconds = UnixSeconds(1_000_000);
const ENDS: UnixSeconds = UnixSeconds(1_003_600);

fn person(id: &str) -> SlackUserId {
    SlackUserId::parse(id).unwrap()
}

fn request(status: Status) -> Request {
    let granted = !matches!(status, Status::Pending | Status::Lapsed | Status::Denied);
    let record = serde_json::json!({
        "request_id": "r-0", "status": status, "project": "payments", "role": "ReadOnly",
        "duration_seconds": 3_600, "requester_slack_id": "U0DANA", "created_at": START,
        "approver_slack_id": "U0OWNER",
        "expires_at": granted.then_some(ENDS),
        "approvals": if granted { vec!["U0OWNER"] } else { Vec::new() },
    });
    let mut request: Request = serde_json::from_value(record).unwrap();
    let role = RoleKind::User { policy_arns: Vec::new(), inline_policy: None };
    request.decision.grant = granted.then_some(Grant {
        role,
        account_role_arn: None,
        max_extensions: 0,
        claim_within_seconds: None,
    });
    request
}

fn click(by: &str) -> Click {
    Click {
        request_id: id(),
        user_id: person(by),
        clicked_at: None,
        click_id: None,
        message: None,
        reason: None,
        submitted: None,
    }
}

fn id() -> RequestId {
    RequestId::parse("r-0").unwrap()
}

fn jobs() -> [Job; 22] {
    let ask = AccessRequest {
        idempotency_key: "i".into(),
        received_at: START,
        user_id: person("U0DANA"),
        user_name: "dana".into(),
        project: ProjectName::parse("payments").unwrap().into(),
        role: RoleName::parse("ReadOnly").unwrap().into(),
        duration: "1h".into(),
        justification: None,
        command: None,
        break_glass: false,
        trigger_id: None,
    };
    [
        Job::Submit(ask),
        Job::Deny(click("U0SECOND")),
        Job::SyncSlack { request_id: id() },
        Job::Approve(click("U0SECOND")),
        Job::Provision { request_id: id() },
        Job::EndGrant(click("U0DANA")),
        Job::ExpireGrant { request_id: id() },
        Job::Sweep,
        Job::SweepAll { after: None },
        Job::SweepAll { after: Some("r-0".into()) },
        Job::Undelivered { request_id: id(), why: Undelivered::Bounce },
        Job::Undelivered { request_id: id(), why: Undelivered::Complaint },
        Job::AskExtension(ExtensionAsk {
            click: click("U0DANA"),
            duration: GrantDuration::parse("1h").unwrap(),
        }),
        Job::ApproveExtension(ExtensionClick { click: click("U0OWNER"), extension: 1 }),
        Job::DenyExtension(ExtensionClick { click: click("U0OWNER"), extension: 1 }),
        Job::ExtendGrant { request_id: id() },
        Job::Claim(claim_ask()),
        Job::ConfirmClaim(claim_click()),
        Job::RefuseClaim(claim_click()),
        Job::RenewClaim(renewal()),
        Job::CloseClaim { request_id: id() },
        Job::LapseUnclaimed { request_id: id() },
    ]
}

fn claim_ask() -> ClaimAsk {
    ClaimAsk {
        request_id: id(),
        claim_id: ClaimId::parse("c").unwrap(),
        delivery_id: DeliveryId::parse("d").unwrap(),
        public_key: "BA".into(),
        label: "dana's laptop".into(),
        asked_at: START,
    }
}

fn claim_click() -> ClaimClick {
    let ClaimAsk { claim_id, delivery_id, .. } = claim_ask();
    ClaimClick { click: click("U0DANA"), claim_id, delivery_id, key_fingerprint: "0a".into() }
}

fn renewal() -> Renewal {
    let ClaimAsk { request_id, claim_id, delivery_id, .. } = claim_ask();
    Renewal {
        request_id,
        claim_id,
        delivery_id,
        next_delivery_id: DeliveryId::parse("e").unwrap(),
        requested_at: START,
        signature: "AA".into(),
        asked_at: START,
    }
}

fn at(now: UnixSeconds) -> PreviewContext {
    PreviewContext { now, pending_ttl: GrantDuration::parse("24h").unwrap() }
}

fn said(preview: &ReplayPreview) -> String {
    let end = preview.grant_ends_at.map(|end| format!(" [{}]", end.0)).unwrap_or_default();
    format!("{:?}: {}{end}", preview.effect, preview.summary)
}

#[test]
fn every_job_against_every_status() {
    let mut table = String::new();
    for job in jobs() {
        for status in Status::ALL {
            let request = request(status);
            let found = preview(&job, Lookup::Record(&request), at(START));
            table.push_str(&format!("{:11} {status:8} {}\n", job.name(), said(&found)));
        }
        for known in [Lookup::Missing, Lookup::Unreadable, Lookup::Newer, Lookup::Unknown] {
            table.push_str(&format!(
                "{:11} {known:?} {}\n",
                job.name(),
                said(&preview(&job, known, at(START)))
            ));
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn time_and_what_was_done_before_count() {
    let mut table = String::new();
    let mut see = |what: &str, job: &Job, request: &Request, now: UnixSeconds| {
        table.push_str(&format!("{what}: {}\n", said(&preview(job, Lookup::Record(request), at(now)))));
    };
    let [intake, deny, tell, approve, provision, _, revoke, ..] = jobs();
    let (late, after) = (START.plus_seconds(86_400), ENDS);
    see("intake, late", &intake, &request(Status::Pending), late);
    see("deny, late", &deny, &request(Status::Pending), late);
    see("approve, late", &approve, &request(Status::Pending), late);
    let again = Job::Deny(click("U0OWNER"));
    see("deny, by the one who did", &again, &request(Status::Denied), START);
    let again = Job::Approve(click("U0OWNER"));
    see("approve, by the one who did", &again, &request(Status::Active), START);
    see("provision, past its end", &provision, &request(Status::Approved), after);
    let given_up = {
        let mut request = request(Status::Approved);
        request.access.failure = Some("no".into());
        request
    };
    see("provision, given up", &provision, &given_up, START);
    let nothing_granted = {
        let mut request = request(Status::Approved);
        request.decision.grant = None;
        request
    };
    see("provision, without a grant", &provision, &nothing_granted, START);
    see("revoke, due", &revoke, &request(Status::Active), after);
    let gone = {
        let mut request = request(Status::Expired);
        request.access.gone_at = Some(after);
        request
    };
    see("revoke, gone", &revoke, &gone, after);
    let role = RoleKind::Session { role_arn: "arn".into(), inline_policy: None };
    let session = {
        let mut request = gone;
        request.decision.grant =
            Some(Grant { role, account_role_arn: None, max_extensions: 0, claim_within_seconds: None });
        request
    };
    see(
        "revoke, session",
        &revoke,
        &{
            let mut request = session;
            request.status = Status::Revoked;
            request
        },
        after,
    );
    let told = {
        let mut request = request(Status::Expired);
        request.slack.notified_statuses = vec![Status::Expired];
        request
    };
    see("tell, told", &tell, &told, after);
    insta::assert_snapshot!(table);
}

#[test]
fn what_is_over_says_so_by_status_or_by_time() {
    let over = |status, now| is_over(&request(status), at(now));
    assert!(!over(Status::Pending, START) && over(Status::Pending, START.plus_seconds(86_400)));
    for live in [Status::Approved, Status::Ready, Status::Active] {
        assert!(!over(live, START) && over(live, ENDS));
    }
    for done in [Status::Denied, Status::Lapsed, Status::Expired, Status::Revoked, Status::Failed] {
        assert!(over(done, START), "{done}");
    }
}
