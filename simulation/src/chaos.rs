//! Disorder: what happens next is drawn from the seed, then everything settles.

use domain::Job;
use slack::ids;
use testkit::aws::Lag;

use crate::faults::Faults;
use crate::history::{History, buttons};
use crate::people::{DANA, ERIN, OLIVIA, SAM, STRANGER, TWO_APPROVERS};
use crate::violation::Holds;

/// Things that happen before a history settles, at most.
const STEPS_MAX: u32 = 700;
/// Workers of one queue at the same time, at most.
const WORKERS_MAX: usize = 3;
/// How likely it is that an approver leaves between two clicks, in histories that are about that.
const BETWEEN_CLICKS_WEIGHT: u32 = 40;
/// Clicks in such a history.
const CLICKS_AROUND_LEAVING: u32 = 8;
/// A schedule fires up to so many seconds late.
const SCHEDULE_LATENESS_SECONDS: i64 = 60;

/// What people and time are still going to do.
#[derive(Debug)]
struct Script {
    asks: u32,
    clicks: u32,
    sweeps: u32,
    jumps: u32,
    repeats: u32,
    poison: u32,
    early: u32,
    departures: u32,
}

#[derive(Debug, Clone, Copy)]
enum Next {
    GoOn(u32),
    Deliver(u32),
    Fire,
    AccessRequest,
    Click,
    Sweep,
    Poison,
    /// The public job `revoke` comes before its time.
    Early,
    /// Somebody's account is deactivated.
    Departure,
    /// An approver leaves the list, or somebody leaves Slack.
    Turnover,
    /// Somebody asks for more time.
    AskForMore,
    /// Somebody decides on that.
    DecideOnMore,
    /// A machine asks for a credential.
    MachineAsks,
    /// Somebody says whose it is.
    AnswerMachine,
    /// A machine asks for the next credential.
    Renew,
    /// A key is swapped in the table.
    SwapKey,
    /// Something happens that is about rules.
    Rule,
    /// An administrator of Identity Center gives or takes something.
    Administer,
    /// A message is delivered once more, whoever has it or had it.
    Repeat(u32),
    Tick,
    Jump,
    Wait,
}

/// Plays a random history, and settles it.
pub(crate) async fn play(history: &mut History) -> Holds {
    let rng = &mut history.rng;
    let mut script = Script {
        asks: rng.u32(1..=3),
        clicks: rng.u32(1..=7),
        sweeps: rng.u32(0..=3),
        jumps: rng.u32(0..=3),
        repeats: rng.u32(0..=2),
        poison: u32::from(rng.u32(0..8) == 0),
        early: u32::from(rng.u32(0..4) == 0),
        departures: u32::from(rng.u32(0..10) == 0),
    };
    if between_clicks(history) {
        script.clicks = CLICKS_AROUND_LEAVING;
    }
    script.asks += history.center.as_ref().map_or(0, |center| center.more_asks);
    let lag = iam_lag(history);
    for _ in 0..STEPS_MAX {
        let Some(next) = choose(history, &script) else { break };
        step(history, &mut script, next).await?;
    }
    history.faults = Faults::none();
    history.repair();
    history.repair_center();
    if lag {
        history.stage.aws.let_iam_lag(None);
    }
    history.note("from here on nothing goes wrong");
    history.settle_soon().await?;
    history.settle_for_good().await
}

/// In some histories IAM does not see its own writes at once, for some calls or seconds, and in some of these it refuses
/// what it does not see. Drawn beside the history's own draws, so that these are the same with and without.
fn iam_lag(history: &mut History) -> bool {
    let mut rng = history.rng.clone();
    let lag = match rng.u32(0..6) {
        0 => Lag::Calls(rng.u32(1..4)),
        1 | 2 => Lag::Seconds(rng.u32(1..16)),
        _ => return false,
    };
    let denies = rng.bool();
    history.stage.aws.let_iam_lag(Some(lag));
    if denies {
        history.stage.aws.deny_names_without_a_path();
    }
    let how = if denies { ", and refuses what it does not see" } else { "" };
    history.note(&format!("IAM sees its own writes late: {lag:?}{how}"));
    true
}

/// What can happen next, each as likely as its weight says.
fn choose(history: &mut History, script: &Script) -> Option<Next> {
    let mut choices: Vec<(Next, u32)> = Vec::new();
    let runnable = history.runnable();
    choices.extend(runnable.iter().map(|id| (Next::GoOn(*id), 24)));
    let now = history.now();
    for message in history.queues.waiting().filter(|message| message.visible_at <= now) {
        let at_work = history.workers.values().filter(|worker| worker.queue == message.queue).count();
        if at_work < WORKERS_MAX {
            choices.push((Next::Deliver(message.number), 6));
        }
    }
    if history.schedule_is_due() {
        choices.push((Next::Fire, 3));
    }
    let idle = choices.is_empty();
    let buttons = history.stage.slack.look(|messages| messages.iter().any(|m| buttons(m).next().is_some()));
    choices.extend((script.asks > 0).then_some((Next::AccessRequest, 3)));
    choices.extend((script.clicks > 0 && buttons).then_some((Next::Click, 2)));
    choices.extend((script.sweeps > 0).then_some((Next::Sweep, 1)));
    choices.extend((script.poison > 0).then_some((Next::Poison, 1)));
    let live = history.facts.requests.iter().any(|request| request.status.is_live());
    choices.extend((script.early > 0 && live).then_some((Next::Early, 2)));
    choices.extend((script.departures > 0).then_some((Next::Departure, 1)));
    let turnover = history.turnover.as_ref().is_some_and(|turnover| turnover.changes > 0);
    let weight = match (between_clicks(history), history.half_agreed()) {
        (true, Some(_)) => BETWEEN_CLICKS_WEIGHT,
        (true, None) => 0,
        (false, _) => 1,
    };
    choices.extend((turnover && weight > 0).then_some((Next::Turnover, weight)));
    choices.extend(history.may_ask_for_more().then_some((Next::AskForMore, 2)));
    choices.extend(history.may_decide_on_more().then_some((Next::DecideOnMore, 2)));
    choices.extend(history.may_machine_ask().then_some((Next::MachineAsks, 2)));
    choices.extend(history.may_answer_machine().then_some((Next::AnswerMachine, 2)));
    choices.extend(history.may_renew().then_some((Next::Renew, 1)));
    choices.extend(history.may_administer().then_some((Next::Administer, 1)));
    choices.extend(history.may_swap_key().then_some((Next::SwapKey, 1)));
    let ways_to_rule = history.ways_to_rule();
    choices.extend((ways_to_rule > 0).then_some((Next::Rule, ways_to_rule)));
    if script.repeats > 0 && history.queues.all().iter().any(|message| message.receives > 0) {
        let number = history.rng.usize(0..history.queues.all().len());
        let message = history.queues.all().get(number).filter(|message| message.receives > 0);
        choices.extend(message.map(|message| (Next::Repeat(message.number), 1)));
    }
    if idle
        && choices.is_empty()
        && script.jumps == 0
        && history.workers.values().all(|w| w.still_until.is_none())
    {
        return None;
    }
    choices.push((Next::Tick, 2));
    choices.extend((script.jumps > 0).then_some((Next::Jump, if idle { 3 } else { 1 })));
    choices.extend(idle.then_some((Next::Wait, 8)));
    let total: u32 = choices.iter().map(|(_, weight)| weight).sum();
    let mut drawn = history.rng.u32(0..total.max(1));
    for (next, weight) in choices {
        if drawn < weight {
            return Some(next);
        }
        drawn -= weight;
    }
    None
}

async fn step(history: &mut History, script: &mut Script, next: Next) -> Holds {
    match next {
        Next::GoOn(id) => history.go_on(id).await,
        Next::Deliver(number) => history.deliver(number).await,
        Next::Fire => history.fire().await,
        Next::AccessRequest => {
            script.asks -= 1;
            ask(history);
            Ok(())
        }
        Next::Click => {
            script.clicks -= 1;
            click(history);
            Ok(())
        }
        Next::Sweep => {
            script.sweeps -= 1;
            let is_whole = script.sweeps % 2 == 1;
            history.note(if is_whole { "a look at the whole table is due" } else { "a sweep is due" });
            let job = if is_whole { Job::SweepAll { after: None } } else { Job::Sweep };
            if history.stage.has_second() && history.rng.bool() {
                history.send_to_second(&job);
            }
            history.send(&job);
            Ok(())
        }
        Next::Poison => {
            script.poison -= 1;
            poison(history);
            Ok(())
        }
        Next::Early => {
            script.early -= 1;
            early(history);
            Ok(())
        }
        Next::Departure => {
            script.departures -= 1;
            departure(history);
            Ok(())
        }
        Next::Turnover => {
            history.change_people().await;
            Ok(())
        }
        Next::AskForMore => {
            history.somebody_asks_for_more();
            Ok(())
        }
        Next::DecideOnMore => {
            history.somebody_decides_on_more();
            Ok(())
        }
        Next::MachineAsks => {
            history.some_machine_asks();
            Ok(())
        }
        Next::AnswerMachine => history.somebody_answers_machine(),
        Next::Renew => {
            history.some_machine_renews();
            Ok(())
        }
        Next::Administer => history.administer().await,
        Next::SwapKey => {
            history.swap_key().await;
            Ok(())
        }
        Next::Rule => history.rule().await,
        Next::Repeat(number) => {
            script.repeats -= 1;
            history.note(&format!("SQS delivers m{number} once more"));
            history.queues.revive(number, history.now());
            history.deliver(number).await
        }
        Next::Tick => {
            let seconds = history.rng.i64(1..=8);
            history.pass(seconds, false).await
        }
        Next::Jump => {
            script.jumps -= 1;
            jump(history).await
        }
        Next::Wait => wait(history).await,
    }
}

/// Whether the history is about approvers who leave between two clicks.
fn between_clicks(history: &History) -> bool {
    history.turnover.as_ref().is_some_and(|turnover| turnover.between_clicks)
}

fn ask(history: &mut History) {
    let two = between_clicks(history);
    let roles = history.stage.theme.roles();
    let rng = &mut history.rng;
    let who = *rng.choice([DANA, DANA, DANA, ERIN, OLIVIA].iter()).unwrap_or(&DANA);
    let roles: Vec<_> = roles.iter().filter(|(role, _)| !two || *role == TWO_APPROVERS).collect();
    let Some((role, durations)) = rng.choice(roles) else { return };
    let Some(duration) = rng.choice(durations.iter()) else { return };
    let break_glass = history.is_an_emergency(role);
    history.ask_so(who, role, duration, break_glass);
}

/// Somebody clicks a button that they see; most often somebody who may.
fn click(history: &mut History) {
    let with_buttons: Vec<_> = history
        .stage
        .slack
        .look(|messages| messages.iter().filter(|m| buttons(m).next().is_some()).cloned().collect());
    let rng = &mut history.rng;
    let Some(message) = rng.choice(with_buttons.iter()) else { return };
    let likely: Vec<_> = buttons(message).filter(|button| button.action != ids::DENY).collect();
    let any: Vec<_> = buttons(message).collect();
    let among = if rng.u32(0..4) > 0 { likely } else { any };
    let button = rng.choice(among);
    let Some(button) = button else { return };
    let anybody = [OLIVIA, OLIVIA, SAM, SAM, DANA, ERIN, STRANGER];
    let who = match message.recipient.as_deref() {
        Some(recipient) => recipient,
        None => rng.choice(anybody.iter()).copied().unwrap_or(OLIVIA),
    };
    history.click(who, message, button);
}

/// Something that is no job of this version.
fn poison(history: &mut History) {
    let bodies = ["not a job", r#"{"version":9,"job":"sweep"}"#, r#"{"version":1,"job":"dance"}"#];
    let Some(body) = history.rng.choice(bodies.iter()) else { return };
    let queues = domain::QueueName::ALL;
    let Some(queue) = history.rng.choice(queues.iter()) else { return };
    history.note(&format!("the {} queue gets `{body}`", queue.as_str()));
    history.queues.put(*queue, body, history.now());
    history.known.poison += 1;
}

/// Somebody who may send to the queue ends a grant whose time is not over: that must not count.
fn early(history: &mut History) {
    let live: Vec<_> = history.facts.requests.iter().filter(|r| r.status.is_live()).collect();
    let Some(request_id) = history.rng.choice(live).map(|request| request.request_id.clone()) else { return };
    history.note(&format!("a revoke of {request_id} comes, perhaps before its time"));
    history.send(&Job::ExpireGrant { request_id });
}

/// Somebody's account is deactivated in Slack.
fn departure(history: &mut History) {
    let Some(who) = history.rng.choice([DANA, SAM].iter()) else { return };
    history.leave_slack(who);
}

/// Time jumps to about when something is due for a request, or just far; sometimes past workers that stand still.
async fn jump(history: &mut History) -> Holds {
    let now = history.now();
    let ttl = history.stage.pending_ttl_seconds;
    let moments = history.every_facts().flat_map(|facts| facts.moments(ttl));
    let ahead: Vec<_> = moments.filter(|at| *at > now).collect();
    let rng = &mut history.rng;
    let seconds = match rng.choice(ahead.iter()) {
        Some(at) if rng.u32(0..4) > 0 => at.seconds_since(now) + rng.i64(-20..=70),
        _ => rng.i64(30..4_000),
    };
    let seconds = seconds.max(1);
    history.note(&format!("{seconds} s pass at once"));
    history.pass(seconds, true).await
}

/// Nothing can happen now, so time passes until something can.
async fn wait(history: &mut History) -> Holds {
    let now = history.now();
    let messages = history.queues.waiting().map(|message| message.visible_at);
    let workers = history.workers.values().filter_map(|worker| worker.still_until);
    let schedules = history.schedules_due();
    let next = messages.chain(workers).chain(schedules).filter(|at| *at > now).min();
    let lateness = history.rng.i64(0..=SCHEDULE_LATENESS_SECONDS);
    let seconds = next.map_or(lateness, |at| at.seconds_since(now) + lateness / 8).max(1);
    history.pass(seconds, false).await
}
