//! Approvers who leave the list or Slack at any moment, and clicks that are worked on late.

use domain::lifecycle::CLICK_STALE_AFTER_SECONDS;
use domain::{Job, SlackUserId, Status, UnixSeconds};
use testkit::slack::Person;

use crate::catalogue::project;
use crate::history::History;
use crate::observed::Left;
use crate::people::{DANA, ERIN, OLIVIA, SAM};

/// Clicks around the limit after which they are stale, and long after it: up to so many seconds before and after.
const AROUND_THE_LIMIT_SECONDS: i64 = 120;
const LONG_AFTER_SECONDS: i64 = 3_000;

impl History {
    /// For how many seconds the queue holds this click back.
    pub(crate) fn lateness_of_click(&mut self) -> i64 {
        let Some(turnover) = self.turnover.as_mut().filter(|turnover| turnover.late_clicks > 0) else {
            return 0;
        };
        if turnover.rng.bool() {
            return 0;
        }
        turnover.late_clicks -= 1;
        let around = -AROUND_THE_LIMIT_SECONDS..=AROUND_THE_LIMIT_SECONDS;
        let beyond = if turnover.rng.bool() { around } else { 0..=LONG_AFTER_SECONDS };
        CLICK_STALE_AFTER_SECONDS + turnover.rng.i64(beyond)
    }

    /// Puts a click on its queue; the queue may be down for long.
    pub(crate) fn send_click(&mut self, job: &Job, lateness_seconds: i64) {
        let visible_at: UnixSeconds = self.now().plus_seconds(lateness_seconds);
        if lateness_seconds > 0 {
            self.note(&format!(
                "the {} queue holds that back for {lateness_seconds} s",
                job.queue().as_str()
            ));
        }
        // A button belongs to the deployment whose request it is about.
        let id = job.request_id().map_or("", |id| id.as_str());
        let of_second = self.second.as_ref().is_some_and(|second| second.request(id).is_some());
        self.queues.put_for(job.queue(), of_second, &job.encode(), visible_at);
    }

    /// Somebody who has agreed to an open request that still lacks an approval, in histories that are about that.
    pub(crate) fn half_agreed(&self) -> Option<&'static str> {
        let listed = &self.turnover.as_ref().filter(|turnover| turnover.between_clicks)?.listed;
        let open = self.facts.requests.iter().filter(|request| request.status == Status::Pending);
        let agreed: Vec<&str> =
            open.flat_map(|request| &request.decision.approvals).map(SlackUserId::as_str).collect();
        listed.iter().copied().find(|who| agreed.contains(who))
    }

    /// An approver leaves the list, with or without somebody in their place, or somebody leaves Slack.
    pub(crate) async fn change_people(&mut self) {
        let first = self.half_agreed();
        let Some(turnover) = self.turnover.as_mut() else { return };
        turnover.changes -= 1;
        let at = first.and_then(|who| turnover.listed.iter().position(|listed| *listed == who));
        if let Some(who) = first.filter(|_| turnover.rng.bool()) {
            self.leave_slack(who);
            return;
        }
        if at.is_none() && (turnover.rng.bool() || turnover.listed.len() < 2) {
            let who = *turnover.rng.choice([DANA, OLIVIA, SAM, SAM, ERIN].iter()).unwrap_or(&SAM);
            self.leave_slack(who);
            return;
        }
        let at = at.unwrap_or_else(|| turnover.rng.usize(0..turnover.listed.len()));
        let leaves = turnover.listed.remove(at);
        // Nobody comes back, so that whoever left is known to be off the list for good.
        let came = self.known.joined.iter().any(|joined| joined == ERIN);
        let comes = Some(ERIN).filter(|_| (turnover.between_clicks || turnover.rng.bool()) && !came);
        turnover.listed.extend(comes);
        let (listed, in_channel) = (turnover.listed.clone(), turnover.in_channel);
        self.note(&format!("{leaves} leaves the list of approvers, which is now {}", listed.join(", ")));
        self.known.left_the_list.push(Left { person: leaves.to_owned(), before_worker: self.next_worker });
        self.known.joined.extend(comes.map(str::to_owned));
        self.stage.put_project(&project(self.stage.theme, in_channel, &listed)).await;
    }

    /// Somebody's account is deactivated.
    pub(crate) fn leave_slack(&mut self, who: &str) {
        self.note(&format!("{who} leaves"));
        self.stage.slack.add_person(Person { deleted: true, ..Person::with_id(who) });
        self.known.left.push((who.to_owned(), self.now()));
        self.known.left_slack.push(Left { person: who.to_owned(), before_worker: self.next_worker });
    }
}
