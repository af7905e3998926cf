//! `keylease doctor --canary`: a real grant of one minute, made and ended by the real workers, with the time of each step.
//!
//! What was begun is ended, whatever comes of it in between: by this command, and by its own end a minute later if not.

mod steps;

use std::time::{Duration, Instant};

use aws::dynamodb::{Created, Store};
use aws::sqs::JobSender;
use domain::canary::{CANARY_LASTS, canary, canary_role};
use domain::request::Work;
use domain::{Job, OperatorName, ProjectName, Request, Status};

use crate::env::Env;
use crate::failure::Failure;
use crate::operator::operator;
use crate::progress::Progress;
pub(super) use steps::Canary;

/// Longest wait for the credential to be made, and then for it to be gone.
const STEP_LIMIT: Duration = Duration::from_mins(2);
/// Wait between two looks at the record.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Makes a canary of this project, waits until it works, ends it, and waits until it is gone.
pub(super) async fn run(project: &str, role: Option<&str>, yes: bool, env: &Env) -> Result<Canary, Failure> {
    let settings = env.settings()?;
    let jobs = JobSender::new(env.aws().await?, settings.queues);
    let store = env.store().await?;
    let name = ProjectName::parse(project).map_err(|error| Failure::wrong_usage(error.to_string()))?;
    let found = store.project(&name).await?.ok_or_else(|| {
        Failure::new(format!("there is no project {name}")).hint("keylease projects list shows what there is")
    })?;
    let role = canary_role(&found, role).map_err(|error| Failure::new(error.to_string()))?;
    let by = operator(env).await?;
    let question = format!(
        "Make a real grant of {} on {name} for {} s, as {by}, and send it to its owner {}?",
        role.0,
        CANARY_LASTS.seconds(),
        found.owner_slack_id
    );
    env.confirm(&question, yes).await?;

    let mut request = canary(&settings.deployment_id, &by, &found, role, env.clock.now())
        .map_err(|error| Failure::new(error.to_string()))?;
    let mut canary = Canary::of(&request);
    let progress = Progress::counting(&env.terminal, "steps of the canary done");
    let begun = Instant::now();
    if store.create(&mut request).await? == Created::Taken {
        return Err(Failure::new("another canary began in the same second").hint("run it again"));
    }
    canary.step("recorded", begun);
    let mut run = Run { canary, request, store, jobs, progress };
    let went_wrong = run.make(env).await.err();
    // It may be there even if it was not seen to be.
    run.end(by, env).await;
    run.canary.faults.extend(went_wrong);
    Ok(run.canary)
}

struct Run {
    canary: Canary,
    request: Request,
    store: Store,
    jobs: JobSender,
    progress: Progress,
}

impl Run {
    /// Asks the workers for the credential, and waits until it is made and sent.
    async fn make(&mut self, env: &Env) -> Result<(), String> {
        let begun = Instant::now();
        let job = Job::Provision { request_id: self.request.request_id.clone() };
        self.jobs.send(&job).await.map_err(|error| error.to_string())?;
        self.done("put on the provision queue", begun);
        let begun = Instant::now();
        let is_made = |now: &Request| now.status != Status::Approved || now.work.waiting.is_some();
        let seen = tokio::select! {
            seen = self.until(is_made) => seen,
            () = env.stopped() => return Err("stopped before the credential was made".to_owned()),
        };
        match seen {
            Some(now) if now.status == Status::Failed => {
                Err(format!("the credential could not be made: {}", now.access.failure.unwrap_or_default()))
            }
            Some(Request { status: Status::Approved, work: Work { waiting: Some(waiting), .. }, .. }) => {
                Err(format!("the credential cannot be made until this is repaired: {}", waiting.why))
            }
            Some(Request { status: Status::Ready, .. }) => {
                // A machine is confirmed by a click of its requester, and a canary has none.
                self.done("all made but the credential, which nobody claims", begun);
                Ok(())
            }
            Some(_) => {
                let has_secret =
                    self.request.decision.grant.as_ref().is_some_and(|grant| grant.role.has_secret());
                self.done(if has_secret { "credential made and sent" } else { "access given" }, begun);
                Ok(())
            }
            None => Err(format!(
                "the credential was not made within {} s: does the provision worker run?",
                STEP_LIMIT.as_secs()
            )),
        }
    }

    /// Ends it, and waits until it is read back as gone.
    async fn end(&mut self, by: OperatorName, env: &Env) {
        let (request_id, requested_at) = (self.request.request_id.clone(), Some(env.clock.now()));
        let begun = Instant::now();
        if let Err(error) = self.jobs.send(&Job::EndByOperator { request_id, by, requested_at }).await {
            return self.canary.faults.push(format!("{error}; it ends by itself in a minute"));
        }
        self.done("put on the revoke queue", begun);
        let begun = Instant::now();
        match self.until(|now| now.status.is_final() && now.access.gone_at.is_some()).await {
            Some(_) => self.done("ended, and read back as gone", begun),
            None => self.canary.faults.push(format!(
                "it was not gone within {} s: does the revoke worker run? It ends by itself a minute after it began",
                STEP_LIMIT.as_secs()
            )),
        }
    }

    /// Looks at the record until it is so. A look that fails is made again: the table may be back by then.
    async fn until(&self, is_so: impl Fn(&Request) -> bool) -> Option<Request> {
        let looking = async {
            loop {
                let seen = self.store.request(&self.request.request_id).await.ok().flatten();
                if let Some(seen) = seen.filter(&is_so) {
                    return seen;
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        tokio::time::timeout(STEP_LIMIT, looking).await.ok()
    }

    fn done(&mut self, step: &'static str, begun: Instant) {
        self.canary.step(step, begun);
        self.progress.step();
    }
}
