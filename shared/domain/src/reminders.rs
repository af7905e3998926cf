//! Reminders of what waits for people: a request for a decision, and what was granted by break-glass for a review; and when
//! others are asked besides.
//!
//! A request's record says when one is due next, so that the sweep needs nothing else to know.

use crate::duration::GrantDuration;
use crate::project::Project;
use crate::request::Request;
use crate::status::Status;
use crate::time::UnixSeconds;

/// People are reminded of a request that waits for a decision so often, at most.
pub const REMINDERS_MAX: u32 = 10;
/// People are reminded of what waits for a review so often, at most: for 30 days. `keylease grants list --unreviewed` and
/// `keylease doctor` name it after that too.
pub const REVIEW_REMINDERS_MAX: u32 = 30;
/// What waits for a review is reminded of so often, in seconds.
pub const REVIEW_REMINDED_EVERY_SECONDS: i64 = 24 * 3_600;

/// What is due for a request that waits for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Others are asked besides.
    Escalation,
    /// Those who have not decided are reminded.
    Reminder,
    /// Those who can review it are reminded.
    Review,
}

/// When the first is due of a request that is made now.
#[must_use]
pub fn first(project: &Project, created_at: UnixSeconds) -> Option<UnixSeconds> {
    let escalates = project.escalates_after();
    [project.remind_after, escalates].into_iter().flatten().map(|after| created_at.after(after)).min()
}

/// Whether something may be due, by the record alone.
#[must_use]
pub fn may_be_due(request: &Request, now: UnixSeconds) -> bool {
    request.is_to_be_reminded_of() && request.slack.remind_at.is_some_and(|at| now >= at)
}

/// What is due at `now`, by what the catalogue says today.
#[must_use]
pub fn due(request: &Request, project: Option<&Project>, now: UnixSeconds) -> Option<Due> {
    if !may_be_due(request, now) {
        return None;
    }
    if request.unreviewed_since().is_some() {
        return Some(Due::Review);
    }
    let project = project?;
    let escalates_at = escalates_at(request, project);
    if escalates_at.is_some_and(|at| now >= at) {
        return Some(Due::Escalation);
    }
    let reminds_at = reminds_at(request, project);
    reminds_at.is_some_and(|at| now >= at).then_some(Due::Reminder)
}

/// When the next one is due, by what the record says now; none when there is no further one.
#[must_use]
pub fn next(request: &Request, project: Option<&Project>) -> Option<UnixSeconds> {
    if let Some(since) = request.unreviewed_since() {
        let last = request.slack.reminded_at.unwrap_or(since);
        let is_last = request.slack.reminders >= REVIEW_REMINDERS_MAX;
        return (!is_last).then(|| last.plus_seconds(REVIEW_REMINDED_EVERY_SECONDS));
    }
    if request.status != Status::Pending {
        return None;
    }
    let project = project?;
    [reminds_at(request, project), escalates_at(request, project)].into_iter().flatten().min()
}

impl Request {
    /// Whether people are to be reminded of it, now or later.
    #[must_use]
    pub fn is_to_be_reminded_of(&self) -> bool {
        self.slack.remind_at.is_some() && waits(self)
    }

    /// Notes that people are being reminded. It is written before anything is sent, so that nobody is reminded twice.
    pub fn note_reminder(&mut self, project: Option<&Project>, now: UnixSeconds) {
        self.slack.reminders = self.slack.reminders.saturating_add(1);
        self.slack.reminded_at = Some(now);
        self.slack.remind_at = next(self, project);
    }
}

fn waits(request: &Request) -> bool {
    request.status == Status::Pending || request.unreviewed_since().is_some()
}

fn reminds_at(request: &Request, project: &Project) -> Option<UnixSeconds> {
    let every = project.remind_after?;
    let last = request.slack.reminded_at.unwrap_or(request.ask.created_at);
    (request.slack.reminders < REMINDERS_MAX).then(|| last.after(every))
}

fn escalates_at(request: &Request, project: &Project) -> Option<UnixSeconds> {
    let after: GrantDuration = project.escalates_after()?;
    (!request.is_escalated()).then(|| request.ask.created_at.after(after))
}
