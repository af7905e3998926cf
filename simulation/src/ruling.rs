//! In histories about rules people ask as in an emergency, review what was granted so, leave Slack with what they have, and
//! come into user groups and leave them; and time passes to when people are to be reminded. At any moment.

use domain::job::PersonLeft;
use domain::{Job, Request, UnixSeconds};
use slack::ids;
use testkit::slack::{Button, Message, Person};

use crate::call::Call;
use crate::history::History;
use crate::people::{DANA, ERIN, OLIVIA, SAM, STRANGER, person};
use crate::plot::GroupChange;
use crate::rulebook::{AT_FIRST, BOSS, IN_EMERGENCY, Membership, waits};
use crate::violation::Holds;

/// Slack's event comes up to so many seconds late.
const EVENT_LATENESS_SECONDS: i64 = 120;
/// Time passes to so many seconds before a reminder is due, and after.
const AROUND_A_REMINDER_SECONDS: i64 = 30;

/// What can happen.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Review,
    Leave,
    ChangeGroup,
    Remind,
}

impl History {
    /// Puts the people and the groups into Slack.
    pub(crate) fn populate(&mut self) {
        self.stage.slack.add_person(Person::with_id(BOSS));
        self.known.joined.push(BOSS.to_owned());
        for (group, person) in AT_FIRST {
            self.stage.slack.set_user_group(group, &[person]);
            self.known.rules.members.push(Membership { group, person, left_at: None });
        }
    }

    /// Whether whoever asks now does so as in an emergency; never where there are no rules.
    pub(crate) fn is_an_emergency(&mut self, role: &str) -> bool {
        let of_eight = if role == IN_EMERGENCY { 7 } else { 2 };
        self.ruling.as_mut().is_some_and(|ruling| ruling.rng.u32(0..8) < of_eight)
    }

    /// In how many ways what is about rules can go on now.
    pub(crate) fn ways_to_rule(&self) -> u32 {
        u32::try_from(self.deeds().len()).unwrap_or(0)
    }

    fn deeds(&self) -> Vec<Deed> {
        let Some(ruling) = &self.ruling else { return Vec::new() };
        let any = |is_it: fn(&Request) -> bool| self.facts.requests.iter().any(|request| is_it(request));
        let mut deeds = Vec::new();
        deeds.extend((ruling.reviews > 0 && any(Request::broke_glass)).then_some(Deed::Review));
        deeds.extend((ruling.leaves > 0 && any(|one| !one.status.is_final())).then_some(Deed::Leave));
        deeds.extend((!ruling.changes.is_empty()).then_some(Deed::ChangeGroup));
        deeds.extend((ruling.reminders > 0 && any(Request::is_to_be_reminded_of)).then_some(Deed::Remind));
        deeds
    }

    /// Something of that happens.
    pub(crate) async fn rule(&mut self) -> Holds {
        let deeds = self.deeds();
        let Some(deed) = self.ruling.as_mut().and_then(|ruling| ruling.rng.choice(deeds)) else {
            return Ok(());
        };
        match deed {
            Deed::Review => self.somebody_reviews(),
            Deed::Leave => self.somebody_leaves(),
            Deed::ChangeGroup => self.group_changes(),
            Deed::Remind => return self.a_reminder_falls_due().await,
        }
        Ok(())
    }

    /// Somebody says that they have reviewed what was granted in an emergency: most often somebody who may.
    fn somebody_reviews(&mut self) {
        let of = |message: &Message| {
            let button = message.buttons.iter().find(|button| button.action == ids::REVIEWED);
            button.map(|button| (message.clone(), button.clone()))
        };
        let seen: Vec<(Message, Button)> =
            self.stage.slack.look(|messages| messages.iter().filter_map(of).collect());
        let Some(ruling) = self.ruling.as_mut() else { return };
        ruling.reviews -= 1;
        let anybody = [OLIVIA, OLIVIA, SAM, SAM, DANA, ERIN, BOSS, STRANGER];
        let who = ruling.rng.choice(anybody).unwrap_or(OLIVIA);
        let Some((message, button)) = ruling.rng.choice(seen) else { return };
        self.click(who, &message, &button);
    }

    /// Somebody's account is deactivated while they have something or wait for it. Slack may say so, late, and twice; else a
    /// sweep has to find it out.
    fn somebody_leaves(&mut self) {
        let theirs: Vec<String> = self
            .facts
            .requests
            .iter()
            .filter(|request| !request.status.is_final())
            .map(|request| request.ask.requester_slack_id.to_string())
            .collect();
        let Some(ruling) = self.ruling.as_mut() else { return };
        ruling.leaves -= 1;
        let Some(who) = ruling.rng.choice(theirs) else { return };
        let says_so = ruling.rng.u32(0..3) > 0;
        let lateness = if ruling.rng.bool() { 0 } else { ruling.rng.i64(0..=EVENT_LATENESS_SECONDS) };
        let twice = ruling.rng.u32(0..4) == 0;
        self.leave_slack(&who);
        let Some(id) = person(&who).filter(|_| says_so) else { return };
        let now = self.now();
        self.note(&format!("Slack says so, {lateness} s later"));
        let job = Job::PersonLeft(PersonLeft { user_ids: vec![id], left_at: now });
        for _ in 0..=u32::from(twice) {
            self.queues.put(job.queue(), &job.encode(), now.plus_seconds(lateness));
        }
        self.known.rules.announced.push((who, now));
    }

    /// Somebody comes into a user group, or leaves it.
    fn group_changes(&mut self) {
        let Some(change) = self.ruling.as_mut().and_then(|ruling| ruling.changes.pop()) else { return };
        let now = self.now();
        let group = match change {
            GroupChange::Leaves(group, who) => {
                self.note(&format!("{who} leaves the user group {group}"));
                for one in &mut self.known.rules.members {
                    if one.group == group && one.person == who {
                        one.left_at = Some(now);
                    }
                }
                group
            }
            GroupChange::Comes(group, who) => {
                self.note(&format!("{who} comes into the user group {group}"));
                self.known.rules.members.push(Membership { group, person: who, left_at: None });
                self.known.joined.push(who.to_owned());
                group
            }
        };
        let is_in = |one: &&Membership| one.group == group && one.left_at.is_none();
        let members: Vec<&str> =
            self.known.rules.members.iter().filter(is_in).map(|one| one.person).collect();
        self.stage.slack.set_user_group(group, &members);
    }

    /// Time passes to about when people are to be reminded of something, and a sweep comes.
    async fn a_reminder_falls_due(&mut self) -> Holds {
        let now = self.now();
        let due: Vec<UnixSeconds> = self.reminders_due().collect();
        let Some(ruling) = self.ruling.as_mut() else { return Ok(()) };
        ruling.reminders -= 1;
        let Some(at) = ruling.rng.choice(due) else { return Ok(()) };
        let around = ruling.rng.i64(-AROUND_A_REMINDER_SECONDS..=AROUND_A_REMINDER_SECONDS);
        let seconds = at.plus_seconds(around).seconds_since(now).max(1);
        self.note(&format!("{seconds} s pass to about when people are to be reminded, and a sweep is due"));
        self.pass(seconds, true).await?;
        self.send_sweeps();
        Ok(())
    }

    fn reminders_due(&self) -> impl Iterator<Item = UnixSeconds> {
        let waits = self.facts.requests.iter().filter(|request| request.is_to_be_reminded_of());
        waits.filter_map(|request| request.slack.remind_at)
    }

    /// Time passes until the first reminder is due, and a sweep comes.
    pub(crate) async fn wait_for_a_reminder(&mut self) -> Holds {
        let seconds = self.reminders_due().min().map_or(1, |at| at.seconds_since(self.now()).max(1));
        self.pass(seconds, false).await?;
        self.send_sweeps();
        Ok(())
    }

    /// Remembers about whom a sweep asks Slack, which answers.
    pub(crate) fn see_a_sweep_ask(&mut self, worker: u32, call: &Call) {
        if !self.known.rules.is_played() || !call.is_to_slack() || call.operation != "users.info" {
            return;
        }
        let message = self.workers.get(&worker).map(|worker| worker.message);
        let message = self.queues.all().iter().find(|one| Some(one.number) == message);
        if message.is_some_and(|message| message.job().starts_with("sweep")) {
            let now = self.now();
            self.known.rules.asked_about.insert(call.subject.clone(), now);
        }
    }

    /// Remembers which requests wait for nobody any more.
    pub(crate) fn see_what_waits(&mut self) {
        if !self.known.rules.is_played() {
            return;
        }
        for request in self.facts.requests.iter().filter(|request| !waits(request)) {
            let id = request.request_id.as_str();
            if !self.known.rules.waits_no_more.contains_key(id) {
                self.known.rules.waits_no_more.insert(id.to_owned(), self.next_worker);
            }
        }
    }
}
