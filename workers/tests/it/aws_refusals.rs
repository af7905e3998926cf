//! Every call to AWS that a grant makes, with every answer that AWS may give it: for a while, and for good.
//!
//! What passes costs nobody the grant. What lasts leaves no access without its end, and ends in a status of which the
//! requester is told; when it is repaired, nothing is left over.

use std::collections::HashSet;
use std::sync::Mutex;

use domain::{Job, Request, Status};
use testkit::aws::{Fault, Service};

use crate::stage::{DANA, OLIVIA, SESSION_ROLE, Stage};
use crate::ways::all_hold;

/// So long an answer lasts that passes, in seconds of the stage's clock, from the first call that meets it.
const WHILE_SECONDS: i64 = 10;
/// What waits is tried again so often, at most, before the grant's end; the time between two tries, in seconds.
const TRIES_MAX: u32 = 4;
const TRY_SECONDS: i64 = 60;

/// What the calls are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// A user, which ends by a click, with everything on it that can be attached.
    EndedEarly,
    /// A user whose schedule and jobs were lost, so that only the sweep finds it.
    Swept,
    /// A role's session, which ends by a click; its denial goes when its time is over.
    Session,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    NotThere,
    Refused,
    AnswerLost,
    Busy,
    Quota,
    /// Something else changes the same thing at this moment.
    Changing(&'static str),
}

/// What AWS answers.
#[derive(Debug, Clone, Copy)]
struct Answer {
    kind: Kind,
    /// Until somebody repairs it; otherwise for a while.
    lasts: bool,
}

/// One call that is answered so.
type Case = (Service, String, Answer);

const PASSING: [Kind; 9] = [
    Kind::NotThere,
    Kind::Refused,
    Kind::AnswerLost,
    Kind::Busy,
    Kind::Changing("ConcurrentModification"),
    Kind::Changing("ConflictException"),
    Kind::Changing("DeleteConflict"),
    Kind::Changing("EntityAlreadyExists"),
    Kind::Changing("EntityTemporarilyUnmodifiable"),
];
const LASTING: [Kind; 3] = [Kind::NotThere, Kind::Refused, Kind::Quota];

impl Answer {
    fn fault(self, service: Service) -> Fault {
        let answer = |status, code| Fault::Answer { status, code };
        match self.kind {
            Kind::NotThere => answer(404, "NoSuchEntity"),
            Kind::Refused => Fault::Deny,
            Kind::AnswerLost => Fault::LoseAnswer,
            Kind::Busy => Fault::Throttle,
            Kind::Quota => match service {
                Service::AccountAccess | Service::Scheduler => answer(402, "ServiceQuotaExceededException"),
                Service::Ses => answer(400, "LimitExceededException"),
                Service::DynamoDb
                | Service::Iam
                | Service::IdentityStore
                | Service::SecretsManager
                | Service::Sqs
                | Service::Ssm
                | Service::Sso
                | Service::Sts => answer(409, "LimitExceeded"),
            },
            Kind::Changing(code) => answer(409, code),
        }
    }

    /// Whether the service may answer this call so.
    fn fits(self, service: Service, operation: &str) -> bool {
        let is_write = !operation.starts_with("Get") && !operation.starts_with("List");
        let is_iam = service == Service::Iam;
        match self.kind {
            Kind::NotThere => is_iam && operation != "ListUsers" && (is_write || !self.lasts),
            // Without the table nobody knows what was decided: `faults.rs` and `needs_operator.rs` have that.
            Kind::Refused if self.lasts => service != Service::DynamoDb,
            // Nothing was made yet that IAM may not see, so this one is believed.
            Kind::Refused => operation != "CreateUser",
            Kind::AnswerLost | Kind::Busy => true,
            Kind::Quota => matches!(service, Service::Iam | Service::Scheduler | Service::Ses) && is_write,
            Kind::Changing("ConcurrentModification") => is_iam && is_write && !operation.starts_with("De"),
            Kind::Changing("ConflictException") => operation == "DeleteSchedule",
            Kind::Changing("DeleteConflict") => {
                operation == "DeleteUser" || operation == "DeleteVirtualMFADevice"
            }
            Kind::Changing("EntityAlreadyExists") => operation == "CreateUser",
            Kind::Changing(_) => operation == "DeleteLoginProfile" || operation == "DeleteAccessKey",
        }
    }
}

/// Gives the answer to each of these calls from now on, beginning with the first that is made.
fn answer(stage: &Stage, case: Option<&Case>) {
    let Some((service, operation, answer)) = case.cloned() else { return };
    let first = Mutex::new(None);
    stage.aws.inject(move |call| {
        if call.service != service || call.operation != operation {
            return None;
        }
        let since = *first.lock().unwrap().get_or_insert(call.at);
        let passed = call.at.duration_since(since).as_secs();
        (answer.lasts || passed < WHILE_SECONDS).then(|| answer.fault(service))
    });
}

/// Does what is to be done, and tries what has to wait again.
async fn work(stage: &Stage, is_done: fn(&Request) -> bool) {
    for _ in 0..TRIES_MAX {
        stage.settle().await;
        no_key_without_its_end(stage).await;
        if is_done(&stage.request().await) {
            return;
        }
        stage.pass(TRY_SECONDS);
    }
}

async fn no_key_without_its_end(stage: &Stage) {
    for user in stage.aws.users().await.iter().filter(|user| !user.keys.is_empty()) {
        let is_denied = user.permissions_boundary.as_ref().is_some_and(|arn| arn.ends_with("AWSDenyAll"));
        assert!(is_denied || user.inline_policies.contains_key("keylease-guard"), "{user:?}");
        assert!(stage.request().await.access.expires_at.is_some());
    }
}

/// What somebody attaches to the user from outside.
async fn attach_everything(stage: &Stage) {
    let Some(user) = stage.aws.users().await.pop() else { return };
    let (iam, user) = (aws_sdk_iam::Client::new(&stage.sdk), user.name);
    iam.create_login_profile().user_name(&user).password("Long-enough-1").send().await.unwrap();
    iam.create_group().group_name("others").send().await.unwrap();
    iam.add_user_to_group().group_name("others").user_name(&user).send().await.unwrap();
    let more = domain::policy::deny_all();
    iam.put_user_policy().user_name(&user).policy_name("more").policy_document(more).send().await.unwrap();
    let device = iam.create_virtual_mfa_device().virtual_mfa_device_name("phone").send().await.unwrap();
    let serial = device.virtual_mfa_device.unwrap().serial_number;
    let enabled = iam.enable_mfa_device().user_name(&user).serial_number(serial);
    enabled.authentication_code1("123456").authentication_code2("654321").send().await.unwrap();
    let credential = iam.create_service_specific_credential().user_name(&user);
    credential.service_name("codecommit.amazonaws.com").send().await.unwrap();
}

/// Plays a way, with one call answered so; which calls were made for it.
async fn play(way: Way, case: Option<&Case>) -> HashSet<(Service, String)> {
    let mut stage = Stage::new().await;
    (stage.backs_off, stage.patient) = (true, true);
    stage.ask(if way == Way::Session { "PowerUser" } else { "ReadOnly" }, "1h").await;
    let asked = stage.aws.calls().len();
    if way != Way::Swept {
        answer(&stage, case);
    }
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    work(&stage, |request| request.status == Status::Active || request.status.is_final()).await;
    let request = stage.request().await;
    let lasts = case.is_some_and(|(_, _, answer)| answer.lasts);
    assert!(lasts || request.status == Status::Active, "{request:#?}");
    let mut made = calls(&stage, asked);
    if request.status == Status::Active {
        stage.aws.clear_faults();
        attach_everything(&stage).await;
        answer(&stage, case);
    }
    let attached = stage.aws.calls().len();
    if way == Way::Swept {
        made.clear();
        stage.pass(3_601);
        stage.send(&Job::Sweep).await;
    } else if request.status == Status::Active {
        stage.send(&Job::EndGrant(stage.click(&id, DANA))).await;
    }
    work(&stage, |request| request.access.gone_at.is_some()).await;
    made.extend(calls(&stage, attached));

    // The grant's time is over, whether or not it was repaired.
    stage.pass(3_601);
    sweep(&stage).await;
    is_told_the_truth(&stage).await;
    no_key_without_its_end(&stage).await;

    stage.aws.clear_faults();
    for _ in 0..3 {
        stage.pass(900);
        sweep(&stage).await;
    }
    nothing_is_left(&stage).await;
    if way == Way::Session {
        made.extend(calls(&stage, attached));
        made.retain(|(_, operation)| operation.contains("Role"));
    }
    made
}

async fn sweep(stage: &Stage) {
    stage.fire_schedules().await;
    stage.settle().await;
    stage.send(&Job::Sweep).await;
    stage.settle().await;
}

async fn is_told_the_truth(stage: &Stage) {
    let request = stage.request().await;
    let told = stage.messages_to(DANA).pop().unwrap();
    let is_true = match request.status {
        Status::Failed => told.contains("could not be made"),
        Status::Revoked => told.contains("ended your access"),
        Status::Expired => told.contains("as planned"),
        Status::Pending
        | Status::Denied
        | Status::Lapsed
        | Status::Approved
        | Status::Ready
        | Status::Active => false,
    };
    assert!(is_true, "{told}: {request:#?}");
    assert!(request.access.gone_at.is_some() || !told.contains("no longer works"), "{told}");
}

async fn nothing_is_left(stage: &Stage) {
    let request = stage.request().await;
    assert!(request.access.gone_at.is_some() && request.work.outbox.is_empty(), "{request:#?}");
    assert!(stage.aws.users().await.is_empty() && stage.aws.schedules().await.is_empty());
    assert!(stage.aws.role_policies(SESSION_ROLE).await.is_empty());
    assert!(stage.aws.sessions().await.iter().all(|session| session.denied));
}

/// What handlers called for after so many calls.
fn calls(stage: &Stage, after: usize) -> HashSet<(Service, String)> {
    let calls = stage.aws.calls().into_iter().skip(after);
    // SQS's are the stage's own too, and so are its looks at the table.
    let handlers = calls.filter(|call| call.service != Service::Sqs && call.operation != "Scan");
    handlers.map(|call| (call.service, call.operation)).collect()
}

/// Plays a way with every call of it and every answer that may come to that; leaves out what `but` has played.
async fn every_answer(way: Way, lasts: bool, but: &HashSet<(Service, String)>) {
    let made = play(way, None).await;
    let kinds = if lasts { LASTING.as_slice() } else { PASSING.as_slice() };
    let mut cases: Vec<Case> = Vec::new();
    for (service, operation) in made.difference(but) {
        for answer in kinds.iter().map(|kind| Answer { kind: *kind, lasts }) {
            if answer.fits(*service, operation) {
                cases.push((*service, operation.clone(), answer));
            }
        }
    }
    assert!(cases.len() >= 3, "{way:?}: only {made:?}");
    all_hold(cases.into_iter().map(|case| {
        let name = format!("{way:?}, {case:?}");
        (name, async move { drop(play(way, Some(&case)).await) })
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_costs_nobody_a_user() {
    every_answer(Way::EndedEarly, false, &HashSet::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lasts_leaves_no_user_behind() {
    every_answer(Way::EndedEarly, true, &HashSet::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_and_sweeps_are_as_robust() {
    let of_users = play(Way::EndedEarly, None).await;
    for way in [Way::Session, Way::Swept] {
        every_answer(way, false, &of_users).await;
        every_answer(way, true, &of_users).await;
    }
}
