//! One history: who is at which call, what lies in the queues, what time it is; and each thing that can happen next.

use std::collections::{BTreeMap, BTreeSet};

use domain::job::{AccessRequest, Click, MessageRef};
use domain::{ChannelId, Job, QueueName, RequestId, Status, UnixSeconds};
use slack::ids;
use testkit::slack::{Button, Message};
use tokio::sync::mpsc;

use crate::beside::SECOND;
use crate::call::Call;
use crate::facts::{Facts, Part, due_at};
use crate::faults::Faults;
use crate::gate::Arrival;
use crate::invariants::{always, releases, waiting};
use crate::logs;
use crate::observed::Observed;
use crate::people::{PROJECT, person};
use crate::plot::{Center, Claiming, Extending, Outage, Rolling, Ruling, Turnover};
use crate::queues::Queues;
use crate::stage::Stage;
use crate::trace::Trace;
use crate::violation::Holds;
use crate::worker::Worker;

/// One history.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) rng: fastrand::Rng,
    pub(crate) stage: Stage,
    pub(crate) arrivals: mpsc::UnboundedReceiver<Arrival>,
    pub(crate) workers: BTreeMap<u32, Worker>,
    pub(crate) next_worker: u32,
    /// The worker that ran last.
    pub(crate) running: u32,
    pub(crate) queues: Queues,
    pub(crate) faults: Faults,
    pub(crate) facts: Facts,
    /// Those of the second deployment, where there is one.
    pub(crate) second: Option<Facts>,
    pub(crate) known: Observed,
    pub(crate) trace: Trace,
    /// The calls that went through the gate.
    pub(crate) calls: Vec<String>,
    /// Faults that were met.
    pub(crate) hits: u32,
    /// What requests became on the way.
    pub(crate) reached: BTreeSet<Status>,
    /// The calls until nobody did anything more.
    pub(crate) settled_after: usize,
    pub(crate) turnover: Option<Turnover>,
    pub(crate) outage: Option<Outage>,
    pub(crate) rolling: Option<Rolling>,
    pub(crate) extending: Option<Extending>,
    pub(crate) claiming: Option<Claiming>,
    pub(crate) ruling: Option<Ruling>,
    pub(crate) center: Option<Center>,
    asks: u32,
    /// Messages that schedules of the first and of the second deployment have sent, which the embedded queues keep.
    scheduled_messages: [usize; 2],
}

impl History {
    pub(crate) fn new(
        stage: Stage,
        arrivals: mpsc::UnboundedReceiver<Arrival>,
        rng: fastrand::Rng,
        faults: Faults,
    ) -> Self {
        let second = stage.has_second().then(Facts::of_second);
        let known = Observed { pending_ttl_seconds: stage.pending_ttl_seconds, ..Observed::default() };
        let _from_another_history = logs::take();
        Self {
            rng,
            stage,
            arrivals,
            workers: BTreeMap::new(),
            next_worker: 1,
            running: 0,
            queues: Queues::default(),
            faults,
            facts: Facts::default(),
            second,
            known,
            trace: Trace::default(),
            calls: Vec::new(),
            hits: 0,
            reached: BTreeSet::new(),
            settled_after: 0,
            turnover: None,
            outage: None,
            rolling: None,
            extending: None,
            claiming: None,
            ruling: None,
            center: None,
            asks: 0,
            scheduled_messages: [0; 2],
        }
    }

    pub(crate) fn now(&self) -> UnixSeconds {
        self.stage.clock.now()
    }

    pub(crate) fn note(&mut self, what: &str) {
        self.trace.note(self.now(), what);
    }

    /// Workers that can go on now.
    pub(crate) fn runnable(&self) -> Vec<u32> {
        let now = self.now();
        let can = |worker: &&Worker| !worker.dead && worker.still_until.is_none_or(|until| until <= now);
        self.workers.iter().filter(|(_, worker)| can(worker)).map(|(id, _)| *id).collect()
    }

    /// Somebody asks for a role.
    pub(crate) fn ask(&mut self, who: &str, role: &str, duration: &str) {
        self.ask_so(who, role, duration, false);
    }

    /// Somebody asks for a role, perhaps as in an emergency.
    pub(crate) fn ask_so(&mut self, who: &str, role: &str, duration: &str, break_glass: bool) {
        let Some(user_id) = person(who) else { return };
        self.asks += 1;
        let ask = AccessRequest {
            idempotency_key: format!("ask-{}", self.asks),
            received_at: self.now(),
            user_id,
            user_name: who.to_lowercase(),
            project: PROJECT.to_owned(),
            role: role.to_owned(),
            duration: duration.to_owned(),
            justification: Some("Looking into the queue".to_owned()),
            command: None,
            break_glass,
            trigger_id: None,
        };
        let how = if break_glass { ", in an emergency" } else { "" };
        self.note(&format!("{who} asks for {role} for {duration}{how}"));
        if break_glass {
            self.known.rules.emergencies.insert(ask.idempotency_key.clone());
        }
        self.send(&Job::Submit(ask.clone()));
        if self.stage.has_second() && self.rng.bool() {
            // The very same, there too.
            self.send_to_second(&Job::Submit(ask));
        }
    }

    /// Somebody clicks a button.
    pub(crate) fn click(&mut self, who: &str, message: &Message, button: &Button) {
        if ids::parse_extension_value(&button.value).is_some() {
            return self.decide_on_more(who, &button.action, &button.value, Some(message), false);
        }
        let (Ok(request_id), Some(user_id)) = (RequestId::parse(&button.value), person(who)) else { return };
        let channel = ChannelId::parse(&message.channel).ok();
        let message = channel.map(|channel| MessageRef { channel, ts: message.ts.clone() });
        let clicked_at = Some(self.now());
        let click =
            Click { request_id, user_id, clicked_at, click_id: None, message, reason: None, submitted: None };
        let job = match button.action.as_str() {
            ids::APPROVE => Job::Approve(click),
            ids::DENY => Job::Deny(click),
            ids::END => Job::EndGrant(click),
            ids::REVIEWED => Job::Review(click),
            _ => return,
        };
        self.note(&format!("{who} clicks {} of {}", button.action, button.value));
        self.saw_click(&button.value, who, &button.action);
        let lateness = self.lateness_of_click();
        self.send_click(&job, lateness);
    }

    /// Puts a job on its queue, as the ingress or a schedule would.
    pub(crate) fn send(&mut self, job: &Job) {
        self.queues.put(job.queue(), &job.encode(), self.now());
    }

    /// Puts a sweep on the queue of each deployment.
    pub(crate) fn send_sweeps(&mut self) {
        self.send(&Job::Sweep);
        if self.stage.has_second() {
            self.send_to_second(&Job::Sweep);
        }
    }

    /// Puts a job on the queue of the second deployment's worker.
    pub(crate) fn send_to_second(&mut self, job: &Job) {
        self.note(&format!("a job {} is sent to the second deployment", job.name()));
        self.queues.put_for(job.queue(), true, &job.encode(), self.now());
    }

    /// Looks at what a call has changed, and whether all is as it must be.
    pub(crate) async fn look(&mut self, call: &Call) -> Holds {
        let Some(part) = Part::changed_by(&call.service, &call.operation) else { return Ok(()) };
        self.check(&[part]).await
    }

    pub(crate) async fn check(&mut self, parts: &[Part]) -> Holds {
        let before = self.facts.clone();
        for part in parts {
            self.facts.refresh(&self.stage, *part).await;
        }
        for request in &self.facts.requests {
            if before.request(request.request_id.as_str()).is_none() {
                let short = format!("r{}", self.trace.names_like("r") + 1);
                self.trace.name(request.request_id.as_str(), short);
            }
        }
        for (index, minted) in self.facts.minted.iter().enumerate().skip(before.minted.len()) {
            self.trace.name(&minted.access_key_id, format!("key{}", index + 1));
            self.known.makers.insert(minted.access_key_id.clone(), self.running);
            let line = format!("           {} of {} is made", minted.access_key_id, minted.principal);
            self.trace.note(self.stage.clock.now(), &line);
        }
        for request in &self.facts.requests {
            let old = before.request(request.request_id.as_str()).map(|old| old.status);
            if old != Some(request.status) {
                self.reached.insert(request.status);
                let line = format!("           {} is {}", request.request_id, request.status);
                self.trace.note(self.stage.clock.now(), &line);
            }
        }
        self.see_what_waits();
        self.known.beside_a_maker =
            self.workers.get(&self.running).is_some_and(|worker| worker.beside_a_maker);
        self.known.at_work = self.running;
        self.known.began_at = self.workers.get(&self.running).map(|worker| worker.began_at);
        if self.outage.is_some() {
            waiting::nothing_is_given_up(&self.facts, &self.queues, self.stage.clock.now())?;
        }
        if self.rolling.is_some() {
            let is_next = self.workers.get(&self.running).is_some_and(|worker| worker.release.is_some());
            releases::unknown_is_left_alone(&before, &self.facts, is_next)?;
        }
        always(&before, &self.facts, self.stage.clock.now(), &self.known)?;
        self.check_second(parts).await
    }

    /// The same of the second deployment.
    async fn check_second(&mut self, parts: &[Part]) -> Holds {
        let Some(second) = self.second.as_mut() else { return Ok(()) };
        let before = second.clone();
        for part in parts {
            second.refresh(&self.stage, *part).await;
        }
        for (index, request) in second.requests.iter().enumerate() {
            if before.request(request.request_id.as_str()).is_none() {
                self.trace.name(request.request_id.as_str(), format!("s{}", index + 1));
            }
        }
        for request in second.written_since(&before) {
            let line = format!("           {} is {}", request.request_id, request.status);
            self.trace.note(self.stage.clock.now(), &line);
        }
        always(&before, second, self.stage.clock.now(), &self.known)
    }

    /// Looks again at everything, and whether all is as it must be.
    pub(crate) async fn check_all(&mut self) -> Holds {
        self.facts.refresh_all(&self.stage).await;
        if let Some(second) = self.second.as_mut() {
            second.refresh_all(&self.stage).await;
        }
        self.check(&[]).await
    }

    /// The facts of each deployment.
    pub(crate) fn every_facts(&self) -> impl Iterator<Item = &Facts> {
        std::iter::once(&self.facts).chain(&self.second)
    }

    /// The ids of the requests that are another deployment's than the caller's.
    pub(crate) fn ids_of_others(&self, of_second: bool) -> Vec<&str> {
        let others = self.every_facts().filter(|facts| facts.of_second != of_second);
        others.flat_map(|facts| &facts.requests).map(|request| request.request_id.as_str()).collect()
    }

    /// When a schedule is due.
    pub(crate) fn schedules_due(&self) -> impl Iterator<Item = UnixSeconds> {
        self.every_facts().flat_map(|facts| facts.schedules.iter()).filter_map(due_at)
    }

    /// Lets time pass. A running worker keeps its message; one that stands still does not.
    pub(crate) async fn pass(&mut self, seconds: i64, all_stand_still: bool) -> Holds {
        self.stage.clock.pass(seconds, &self.stage.aws);
        let now = self.now();
        if all_stand_still {
            self.workers.values_mut().for_each(|worker| worker.stood_still = true);
        } else {
            let well = self
                .workers
                .values()
                .filter(|w| !w.dead && (w.waits_until.is_some() || w.still_until.is_none()));
            for worker in well {
                self.queues.keep_hidden(worker.message, worker.receipt, now);
            }
        }
        // What takes its time takes effect by itself.
        self.check(&[Part::Center]).await
    }

    /// Whether a schedule is due.
    pub(crate) fn schedule_is_due(&self) -> bool {
        let now = self.now();
        self.schedules_due().any(|due| due <= now)
    }

    /// Fires the schedules that are due.
    pub(crate) async fn fire(&mut self) -> Holds {
        let at = self.now().timestamp();
        let fired = testkit::aws::schedules::fire_due(&self.stage.aws, at).await;
        let now = self.now();
        for (of_second, seen) in [false, true].into_iter().zip(&mut self.scheduled_messages) {
            let name =
                if of_second { format!("keylease-{SECOND}-revoke") } else { "keylease-revoke".to_owned() };
            let sent = self.stage.aws.queue(&name).map(|queue| queue.messages).unwrap_or_default();
            for message in sent.iter().skip(*seen) {
                self.queues.put_for(QueueName::Revoke, of_second, &message.body, now);
            }
            *seen = sent.len();
        }
        self.note(&format!("{fired} schedule(s) fire"));
        self.check(&[Part::Scheduler]).await
    }
}

/// The buttons of a message whose click is a job. The others open a form.
pub(crate) fn buttons(message: &Message) -> impl Iterator<Item = &Button> {
    let is_job = |button: &&Button| [ids::APPROVE, ids::DENY, ids::END].contains(&button.action.as_str());
    message.buttons.iter().filter(is_job)
}
