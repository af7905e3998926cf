//! Once everything has come to rest: the table, IAM and Scheduler agree, and nothing is left over.

use aws::iam::PATH;
use domain::{Job, Status};

use crate::facts::Facts;
use crate::observed::Observed;
use crate::queues::Queues;
use crate::violation::{Holds, Invariant, broken};

/// What must hold when all that is due has been done, and grants may still be live.
pub(crate) fn at_rest(facts: &Facts, queues: &Queues, known: &Observed) -> Holds {
    super::mails::the_last_carries_the_key(facts)?;
    super::keys::no_other_key(facts)?;
    super::extensions::at_rest(facts)?;
    super::claims::at_rest(facts, known)?;
    super::leavers::have_nothing(facts, known)?;
    super::center::at_rest(facts, known)?;
    for request in &facts.requests {
        let id = &request.request_id;
        if request.status == Status::Approved {
            return broken(Invariant::Progress, format!("{id} was approved, and nothing comes of it"));
        }
        if !request.work.outbox.is_empty() {
            return broken(
                Invariant::AllAtRest,
                format!("jobs of {id} were never sent: {:?}", request.work.outbox),
            );
        }
        let live = request.status.is_live();
        let scheduled = facts.schedules.iter().any(|schedule| schedule.name == request.aws_name());
        if live && !scheduled {
            return broken(Invariant::AllAtRest, format!("{id} is live, and has no schedule"));
        }
        let name = request.aws_name();
        if request.status.is_final() && (facts.user(&name).is_some() || facts.role(&name).is_some()) {
            return broken(
                Invariant::KeyLifetime,
                format!("{id} is {}, and its user or role is still there", request.status),
            );
        }
        let granted = request.status.is_over_after_grant();
        if granted && request.access.gone_at.is_none() {
            return broken(
                Invariant::AllAtRest,
                format!("{id} is {}, and not said to be gone", request.status),
            );
        }
    }
    let users = facts.users.iter().filter(|user| user.path == PATH).map(|user| &user.name);
    for name in users.chain(facts.roles.iter().map(|role| &role.name)) {
        let request = name.strip_prefix("keylease-").and_then(|id| facts.request(id));
        if request.is_none_or(|request| !request.status.is_live()) {
            return broken(Invariant::KeyLifetime, format!("{name} is nobody's, and still there"));
        }
    }
    super::releases::unknown_jobs_are_whole(queues)?;
    only_hopeless_jobs_are_parked(queues)
}

/// What must hold when all time is over.
pub(crate) fn at_the_end(facts: &Facts, queues: &Queues, known: &Observed) -> Holds {
    at_rest(facts, queues, known)?;
    super::extensions::at_the_end(facts)?;
    if queues.dead_letters.len() < known.poison {
        return broken(Invariant::AllAtRest, "a message that is no job was dropped instead of dead-lettered");
    }
    if let Some(request) = facts.requests.iter().find(|request| !request.status.is_final()) {
        return broken(Invariant::Progress, format!("{} is {} for ever", request.request_id, request.status));
    }
    if let Some(schedule) = facts.schedules.first() {
        return broken(Invariant::AllAtRest, format!("the schedule {} is left over", schedule.name));
    }
    if let Some(name) = facts.denied_sessions.first() {
        return broken(Invariant::AllAtRest, format!("the denial of the session {name} is left over"));
    }
    if let Some(message) = queues.waiting().next() {
        return broken(
            Invariant::AllAtRest,
            format!("{message} is left in the {} queue", message.queue.as_str()),
        );
    }
    if let Some(untold) =
        facts.requests.iter().find(|request| !request.slack.notified_statuses.contains(&request.status))
    {
        return broken(
            Invariant::AllAtRest,
            format!("the requester was never told that {} is {}", untold.request_id, untold.status),
        );
    }
    Ok(())
}

/// A job that could still be done is not in a dead-letter queue, and what is there says why.
fn only_hopeless_jobs_are_parked(queues: &Queues) -> Holds {
    for dead_letter in &queues.dead_letters {
        let queue = dead_letter.queue.as_str();
        let what = Job::decode(&dead_letter.body)
            .map_or_else(|_| "unreadable".to_owned(), |job| job.name().to_owned());
        let Some(reason) = &dead_letter.reason else {
            return broken(
                Invariant::AllAtRest,
                format!("`{what}` lies in the DLQ of {queue} without a reason"),
            );
        };
        let permanent = matches!(reason.as_str(), "not_json" | "unknown_version" | "unknown_job");
        if !permanent {
            let error = dead_letter.error.as_deref().unwrap_or_default();
            return broken(
                Invariant::AllAtRest,
                format!("`{what}` lies in the DLQ of {queue} and could be done: {reason}, {error}"),
            );
        }
    }
    Ok(())
}
