//! Which use case handles which job. A job that is on another worker's queue goes to the DLQ.

use aws_config::SdkConfig;
use domain::job::{ShorterApproval, WorkflowStep};
use domain::{Job, QueueName};
use service::config::{RoleSettings, WorkerSettings};
use service::metrics::Metrics;
use slack::messages::failed_click::Button;

use crate::consumer::{Attempt, Handler};
use crate::context::{Context, ProvisionDeps, StartError};
use crate::failure::{Failure, REASON_REFUSED, REASON_WRONG_QUEUE};
use crate::grants::{deprovision, extend, lapse_unclaimed, provision, renew};
use crate::reconcile::{self, full_scan};
use crate::requests::answered::Answered;
use crate::requests::fill_form::{LatestChoices, fill_form};
use crate::requests::own_access::{OwnHandled, own_access};
use crate::requests::waiter::Waiter;
use crate::requests::{
    answer_claim, approve, ask_extension, claim, decide_extension, deny, end, end_by_operator, failed_click,
    own_access as own, person_left, remind, review, steps, submit, undelivered, waiting_click,
};
use crate::slack_sync::{direct, home, sync};
use crate::unit_of_work::change;

/// The handler of one queue's jobs.
#[derive(Debug)]
pub struct Worker {
    role: Role,
    context: Context,
    answered: Answered,
    forms: LatestChoices,
    own: OwnHandled,
}

/// Which worker it is, with what only that one has.
#[derive(Debug)]
pub enum Role {
    /// Takes requests in and keeps Slack in step.
    Notify,
    /// Decides to approve, and makes credentials.
    Provision(ProvisionDeps),
    /// Ends access.
    Revoke,
}

impl Role {
    /// Connects what only this worker needs.
    pub async fn connect(settings: &WorkerSettings, aws: &SdkConfig) -> Result<Self, StartError> {
        match &settings.role {
            RoleSettings::Notify { .. } => Ok(Self::Notify),
            RoleSettings::Provision(own) => {
                ProvisionDeps::connect(own, &settings.queues, aws).await.map(Self::Provision)
            }
            RoleSettings::Revoke { .. } => Ok(Self::Revoke),
        }
    }

    /// The queue that it works on.
    #[must_use]
    pub fn queue(&self) -> QueueName {
        match self {
            Self::Notify => QueueName::Notify,
            Self::Provision(_) => QueueName::Provision,
            Self::Revoke => QueueName::Revoke,
        }
    }
}

impl Worker {
    /// A worker of this role.
    #[must_use]
    pub fn new(role: Role, context: Context) -> Self {
        Self {
            role,
            context,
            answered: Answered::default(),
            forms: LatestChoices::default(),
            own: OwnHandled::default(),
        }
    }

    /// Connects a worker.
    pub async fn connect(settings: &WorkerSettings, aws: &SdkConfig) -> Result<Self, StartError> {
        Ok(Self::new(Role::connect(settings, aws).await?, Context::connect(settings, aws).await?))
    }
}

impl Handler for Worker {
    fn metrics(&self) -> &Metrics {
        &self.context.metrics
    }

    async fn handle(&self, job: &Job, attempt: Attempt) -> Result<(), Failure> {
        let outcome = self.dispatch(job, attempt).await;
        if let Err(Failure::Reject { .. }) = &outcome {
            Box::pin(failed_click::tell(&self.context, waiter(job))).await;
        }
        outcome
    }

    async fn on_waiting(&self, job: &Job, error: &str) -> bool {
        Box::pin(waiting_click::tell(&self.context, waiter(job), error)).await
    }

    /// What was begun of a grant is taken away again, and whoever waits for an answer gets one. Of the rest nothing is
    /// half done: a replay goes on from what was stored, and the next sweep ends what was not ended now.
    async fn on_exhausted(&self, job: &Job, error: &str) -> Result<(), Failure> {
        let context = &self.context;
        match job {
            Job::Submit(ask) | Job::WorkflowStep(WorkflowStep { ask, execution_id: _ }) => {
                Box::pin(submit::on_exhausted(context, &self.answered, ask, job.execution_id())).await;
                Ok(())
            }
            Job::OwnAccess(asked) => {
                Box::pin(own::on_exhausted(context, asked)).await;
                Ok(())
            }
            Job::SyncSlack { request_id } => Box::pin(sync::on_exhausted(context, request_id, error)).await,
            Job::Provision { request_id } => {
                Box::pin(provision::roll_back_for_good(context, request_id, error)).await
            }
            Job::ExtendGrant { request_id } => {
                let Role::Provision(deps) = &self.role else { return Ok(()) };
                Box::pin(extend::roll_back(context, deps, request_id, error)).await
            }
            Job::FailedStep(_)
            | Job::FillForm(_)
            | Job::PublishHome(_)
            | Job::Deny(_)
            | Job::AskExtension(_)
            | Job::ApproveExtension(_)
            | Job::DenyExtension(_)
            | Job::Review(_)
            | Job::Remind { .. }
            | Job::Approve(_)
            | Job::ApproveShorter(_)
            | Job::Claim(_)
            | Job::ConfirmClaim(_)
            | Job::RefuseClaim(_)
            | Job::RenewClaim(_)
            | Job::CloseClaim { .. }
            | Job::LapseUnclaimed { .. }
            | Job::EndGrant(_)
            | Job::EndByOperator { .. }
            | Job::Undelivered { .. }
            | Job::PersonLeft(_)
            | Job::ExpireGrant { .. }
            | Job::Sweep
            | Job::SweepAll { .. } => {
                Box::pin(failed_click::tell(context, waiter(job))).await;
                Ok(())
            }
        }
    }
}

impl Worker {
    async fn dispatch(&self, job: &Job, attempt: Attempt) -> Result<(), Failure> {
        let here = self.role.queue();
        if job.queue() != here {
            return Err(wrong_queue(job, here));
        }
        let context = &self.context;
        // Each on the heap: as parts of one future they would all lie on the stack of whoever polls it.
        match job {
            Job::Submit(ask) | Job::WorkflowStep(WorkflowStep { ask, execution_id: _ }) => {
                let asked = (ask, job.execution_id());
                Box::pin(submit::submit(context, &self.answered, asked, attempt)).await
            }
            Job::FailedStep(failed) => Box::pin(steps::fail(context, failed)).await,
            Job::FillForm(fill) => Box::pin(fill_form(context, &self.forms, fill)).await,
            Job::OwnAccess(asked) => Box::pin(own_access(context, &self.own, asked)).await,
            Job::PublishHome(asked) => Box::pin(home::publish(context, asked)).await,
            Job::Deny(click) => Box::pin(deny::deny(context, click)).await,
            Job::Review(click) => Box::pin(review::review(context, click)).await,
            Job::Remind { request_id } => Box::pin(remind::remind(context, request_id)).await,
            Job::SyncSlack { request_id } => Box::pin(sync::sync_slack(context, request_id, attempt)).await,
            Job::Approve(click) => Box::pin(approve::approve(context, click, None)).await,
            Job::ApproveShorter(ShorterApproval { click, duration }) => {
                Box::pin(approve::approve(context, click, Some(*duration))).await
            }
            Job::Claim(ask) => Box::pin(claim::claim(context, ask)).await,
            Job::ConfirmClaim(answer) => Box::pin(answer_claim::confirm(context, answer)).await,
            Job::RefuseClaim(answer) => Box::pin(answer_claim::refuse(context, answer)).await,
            Job::RenewClaim(renewal) => Box::pin(renew::renew(context, renewal)).await,
            Job::CloseClaim { request_id } => Box::pin(claim::close(context, request_id)).await,
            Job::LapseUnclaimed { request_id } => {
                never_abandoned(Box::pin(lapse_unclaimed::lapse_unclaimed(context, request_id)).await)
            }
            Job::Provision { request_id } => {
                let Role::Provision(deps) = &self.role else { return Err(wrong_queue(job, here)) };
                Box::pin(provision::provision(context, deps, request_id)).await
            }
            Job::AskExtension(ask) => Box::pin(ask_extension::ask(context, ask)).await,
            Job::ApproveExtension(decision) => Box::pin(decide_extension::approve(context, decision)).await,
            Job::DenyExtension(decision) => Box::pin(decide_extension::deny(context, decision)).await,
            Job::ExtendGrant { request_id } => {
                let Role::Provision(deps) = &self.role else { return Err(wrong_queue(job, here)) };
                Box::pin(extend::extend_grant(context, deps, request_id)).await
            }
            Job::EndGrant(click) => never_abandoned(Box::pin(end::end(context, click)).await),
            Job::EndByOperator { request_id, by, requested_at } => {
                never_abandoned(Box::pin(end_by_operator::end(context, request_id, by, *requested_at)).await)
            }
            Job::Undelivered { request_id, why } => {
                never_abandoned(Box::pin(undelivered::end(context, request_id, *why)).await)
            }
            Job::PersonLeft(left) => never_abandoned(Box::pin(person_left::end_all(context, left)).await),
            Job::ExpireGrant { request_id } => {
                never_abandoned(Box::pin(deprovision::deprovision(context, request_id)).await)
            }
            Job::Sweep => Box::pin(reconcile::sweep(context)).await,
            Job::SweepAll { after } => Box::pin(full_scan::sweep_all(context, after.as_deref())).await,
        }
    }
}

/// Who waits for it.
fn waiter(job: &Job) -> Waiter<'_> {
    match job {
        Job::Approve(click) => Waiter::Clicked(Button::Approve, click),
        Job::ApproveShorter(shorter) => Waiter::Clicked(Button::Approve, &shorter.click),
        Job::Deny(click) => Waiter::Clicked(Button::Deny, click),
        Job::Review(click) => Waiter::Clicked(Button::Review, click),
        Job::EndGrant(click) => Waiter::Clicked(Button::End, click),
        Job::AskExtension(ask) => Waiter::Clicked(Button::Extend, &ask.click),
        Job::ApproveExtension(decision) => Waiter::Clicked(Button::ApproveExtension, &decision.click),
        Job::DenyExtension(decision) => Waiter::Clicked(Button::DenyExtension, &decision.click),
        Job::ConfirmClaim(answer) => Waiter::Clicked(Button::ConfirmClaim, &answer.click),
        Job::RefuseClaim(answer) => Waiter::Clicked(Button::RefuseClaim, &answer.click),
        Job::Provision { request_id } => Waiter::Credential(request_id),
        Job::ExtendGrant { request_id } => Waiter::LaterEnd(request_id),
        Job::ExpireGrant { request_id } => Waiter::Removal(request_id),
        Job::Undelivered { request_id, why: _ } => Waiter::LostEmail(request_id),
        // Whoever asked is told by the handler itself, a form that stays as it was opened can be filled in all the same, and
        // an operator looks at the command line.
        Job::Submit(_)
        | Job::WorkflowStep(_)
        | Job::FailedStep(_)
        | Job::FillForm(_)
        | Job::OwnAccess(_)
        | Job::PublishHome(_)
        | Job::SyncSlack { .. }
        | Job::Remind { .. }
        | Job::EndByOperator { .. }
        | Job::PersonLeft(_)
        // A machine sees by itself that nothing comes, and what nobody claimed is taken away by the sweep.
        | Job::Claim(_)
        | Job::RenewClaim(_)
        | Job::CloseClaim { .. }
        | Job::LapseUnclaimed { .. }
        | Job::Sweep
        | Job::SweepAll { .. } => Waiter::Nobody,
    }
}

/// Makes the series that alarms look at be there before anything happened.
pub(crate) fn init_series(metrics: &Metrics, queue: QueueName) {
    change::init_series(metrics);
    direct::init_series(metrics);
    if queue == QueueName::Provision {
        answer_claim::init_series(metrics);
    }
    if queue == QueueName::Revoke {
        deprovision::init_series(metrics);
        reconcile::init_series(metrics);
        undelivered::init_series(metrics);
    }
}

/// An ending is never given up: what AWS refuses for good waits until somebody has repaired it.
fn never_abandoned(outcome: Result<(), Failure>) -> Result<(), Failure> {
    match outcome {
        Err(Failure::Reject { reason: REASON_REFUSED, error }) => Err(Failure::NeedsOperator { error }),
        other => other,
    }
}

fn wrong_queue(job: &Job, here: QueueName) -> Failure {
    let error = format!(
        "the job `{}` belongs on the {} queue and came on the {} queue",
        job.name(),
        job.queue().as_str(),
        here.as_str()
    );
    Failure::Reject { reason: REASON_WRONG_QUEUE, error }
}
