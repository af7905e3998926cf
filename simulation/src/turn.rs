//! A worker's turn: from one call to AWS or Slack to the next, while all others stand at theirs.

use std::time::Duration;

use domain::QueueName;
use testkit::aws::Release;
use tokio::sync::oneshot;

use crate::call::Call;
use crate::faults::Fault;
use crate::gate::{Answer, Arrival, Verdict, Way};
use crate::history::History;
use crate::invariants::{claims, deployments, reminders, secrets};
use crate::logs;
use crate::violation::{Holds, Invariant, broken};
use crate::worker::{At, Worker};

/// A worker that runs for so long in real time without coming to a call will never come to one.
const RUN_LIMIT: Duration = Duration::from_mins(1);
/// A job may do several things at once. When one of them goes on while others stand at calls, it has ended when the
/// runtime has had so many turns and nothing came.
const TURNS_MAX: u32 = 32;

impl History {
    /// Delivers a message to a worker of its own, which runs up to its first call.
    pub(crate) async fn deliver(&mut self, number: u32) -> Holds {
        let Some(message) = self.queues.deliver(number, self.now()) else {
            self.note(&format!("m{number} was delivered too often; SQS moves it to the DLQ"));
            return Ok(());
        };
        let id = self.next_worker;
        self.next_worker += 1;
        let queue = message.queue.as_str();
        let is_next = !message.of_second && self.is_for_next_release();
        let release = if is_next { " of the next release" } else { "" };
        self.note(&format!(
            "w{id}{release} gets {message} from the {queue} queue, time {}",
            message.receives
        ));
        if message.queue == QueueName::Provision {
            self.workers.values_mut().for_each(|worker| worker.beside_a_maker = true);
        }
        let worker = Worker {
            message: number,
            receipt: message.receipt,
            queue: message.queue,
            at: Vec::new(),
            still_until: None,
            waits_until: None,
            after: None,
            stood_still: false,
            beside_a_maker: self.workers.values().any(Worker::makes)
                || self.known.may_miss_what_was_made(self.now()),
            dead: false,
            release: is_next.then_some(Release::Next),
            began_at: self.now(),
        };
        self.workers.insert(id, worker);
        self.known.excused.insert(id);
        self.stage.start(id, &message, is_next);
        self.run(id).await
    }

    /// Lets a worker go on to its next call.
    pub(crate) async fn go_on(&mut self, id: u32) -> Holds {
        let Some(worker) = self.workers.get_mut(&id) else { return Ok(()) };
        worker.still_until = None;
        worker.waits_until = None;
        let which = if worker.at.len() > 1 { self.rng.usize(0..worker.at.len()) } else { 0 };
        if which >= worker.at.len() {
            return broken(Invariant::Progress, format!("w{id} is at no call"));
        }
        match worker.at.swap_remove(which) {
            At::Answer(go) => {
                let _it_waits = go.send(());
                self.run(id).await
            }
            At::Call(call, sender, spared) => self.make(id, call, sender, spared).await,
        }
    }

    async fn make(&mut self, id: u32, call: Call, sender: oneshot::Sender<Verdict>, spared: bool) -> Holds {
        secrets::not_in_call(&call, &self.facts.minted)?;
        claims::not_mailed(&call, &self.facts)?;
        self.deletes_last(id, &call)?;
        reminders::none_is_sent_late(&call, id, &self.facts, &self.known)?;
        if let Some(seconds) = call.waits() {
            if spared {
                return self.goes_on(id, sender).await;
            }
            self.waits(id, seconds, call, sender);
            return Ok(());
        }
        if !spared {
            let of_second =
                self.workers.get(&id).is_some_and(|worker| self.queues.is_of_second(worker.message));
            if self.stage.has_second() {
                deployments::own(&call, of_second, &self.ids_of_others(of_second))?;
            }
            if self.is_refused(&call) {
                self.note(&format!("w{id}   {call} -- is refused until somebody repairs it"));
                self.calls.push(call.name());
                let _it_waits = sender.send(Verdict { way: Way::Refuse, hold: false });
                self.run(id).await?;
                return self.look(&call).await;
            }
        }
        let number = u32::try_from(self.calls.len()).unwrap_or(u32::MAX);
        let fault = if spared { None } else { self.faults.decide(number, &call, &mut self.rng) };
        self.calls.extend((!spared).then(|| call.name()));
        self.hits += u32::from(fault.is_some());
        if fault.is_none() {
            self.see_a_sweep_ask(id, &call);
        }
        let told = fault.map(|fault| format!(" -- {fault}")).unwrap_or_default();
        self.note(&format!("w{id}   {call}{told}"));
        if let Some(fault @ (Fault::SlowBefore(_) | Fault::DieBefore)) = fault {
            self.stop(id, fault, At::Call(call, sender, true));
            return Ok(());
        }
        let verdict = self.verdict(&call, fault);
        if let (true, Some(worker)) = (verdict.hold, self.workers.get_mut(&id)) {
            worker.after = fault;
        }
        let _it_waits = sender.send(verdict);
        self.run(id).await?;
        self.look(&call).await
    }

    /// Who deletes its message has nothing left to do: if it stopped now, nobody would do the rest.
    fn deletes_last(&mut self, id: u32, call: &Call) -> Holds {
        if call.service == "sqs" && call.operation == "DeleteMessage" {
            self.known.deleting.insert(id);
            return Ok(());
        }
        if self.known.deleting.contains(&id) {
            return broken(
                Invariant::AllAtRest,
                format!("w{id} goes on with {call} and has deleted its message"),
            );
        }
        Ok(())
    }

    /// A worker waits before it tries something again; it goes on when the time has passed.
    fn waits(&mut self, id: u32, seconds: i64, call: Call, sender: oneshot::Sender<Verdict>) {
        let until = self.now().plus_seconds(seconds);
        self.note(&format!("w{id}   waits for {seconds} s"));
        if let Some(worker) = self.workers.get_mut(&id) {
            worker.still_until = Some(until);
            worker.waits_until = Some(until);
            worker.at.push(At::Call(call, sender, true));
        }
    }

    async fn goes_on(&mut self, id: u32, sender: oneshot::Sender<Verdict>) -> Holds {
        let _it_waits = sender.send(Verdict { way: Way::Perform, hold: false });
        self.run(id).await
    }

    /// A worker stands still for a while, or for ever: whatever it does.
    fn stop(&mut self, id: u32, fault: Fault, at: At) {
        let now = self.now();
        let Some(worker) = self.workers.get_mut(&id) else { return };
        worker.at.push(at);
        match fault {
            Fault::SlowBefore(seconds) | Fault::SlowAfter(seconds) => {
                worker.still_until = Some(now.plus_seconds(i64::from(seconds)));
                worker.stood_still = true;
            }
            _ => worker.dead = true,
        }
    }

    fn verdict(&mut self, call: &Call, fault: Option<Fault>) -> Verdict {
        let hold = matches!(fault, Some(Fault::SlowAfter(_) | Fault::DieAfter));
        let way = match fault {
            Some(Fault::Fail | Fault::FailWholly) => Way::Fail,
            Some(Fault::Throttle | Fault::ThrottleWholly) => {
                Way::Throttle(if call.is_to_slack() { self.rng.u32(1..40).into() } else { 0 })
            }
            Some(Fault::Lose | Fault::LoseWholly) => {
                self.own(call).map_or(Way::PerformAndBreak, |_lost| Way::Break)
            }
            _ => self.own(call).map_or(Way::Perform, Way::Answer),
        };
        Verdict { way, hold }
    }

    /// Performs a call to SQS, whose queues are the simulation's own.
    fn own(&mut self, call: &Call) -> Option<Answer> {
        let now = self.now();
        (call.service == "sqs").then(|| {
            let honour_stale = self.rng.bool();
            self.queues.perform(call, now, honour_stale)
        })
    }

    /// Waits until the running worker has come to a call, to an answer or to its end.
    async fn run(&mut self, id: u32) -> Holds {
        self.running = id;
        // The runtime's jitter and the SDK draw from this thread's generator.
        fastrand::seed(self.rng.u64(..));
        let alone = self.workers.get(&id).is_none_or(|worker| worker.at.is_empty());
        let mut arrival = if alone {
            match tokio::time::timeout(RUN_LIMIT, self.arrivals.recv()).await {
                Ok(Some(arrival)) => Some(arrival),
                _ => return broken(Invariant::Progress, format!("w{id} goes on for ever without a call")),
            }
        } else {
            self.within(TURNS_MAX).await
        };
        while let Some(came) = arrival {
            self.arrive(id, came);
            // What the job does besides has come to its call in the same turn.
            arrival = self.within(1).await;
        }
        let lines = logs::take();
        // What was handed out in this very turn is not among the facts yet.
        secrets::not_in_logs(&lines, &self.stage.aws.credentials())
    }

    /// What comes within so many turns of the runtime.
    async fn within(&mut self, turns: u32) -> Option<Arrival> {
        for _ in 0..turns {
            if let Ok(arrival) = self.arrivals.try_recv() {
                return Some(arrival);
            }
            tokio::task::yield_now().await;
        }
        self.arrivals.try_recv().ok()
    }

    fn arrive(&mut self, id: u32, arrival: Arrival) {
        match arrival {
            Arrival::Call(call, sender) => {
                if let Some(worker) = self.workers.get_mut(&id) {
                    worker.at.push(At::Call(call, sender, false));
                }
            }
            Arrival::Answered(go) => {
                let after = self.workers.get_mut(&id).and_then(|worker| worker.after.take());
                self.stop(id, after.unwrap_or(Fault::DieAfter), At::Answer(go));
            }
            Arrival::Done(worker, off_the_queue) => {
                let how = if off_the_queue { "is done" } else { "leaves its message to come back" };
                self.note(&format!("w{worker}   {how}"));
                let left = self.workers.remove(&worker);
                let stood_still = left.as_ref().is_some_and(|worker| worker.stood_still);
                if stood_still && left.is_some_and(|worker| worker.makes()) {
                    self.known.late_maker_left_at = Some(self.now());
                }
                if off_the_queue && !stood_still {
                    self.known.excused.remove(&worker);
                }
            }
        }
    }
}
