//! Plays one history from its seed, and tells how it went.

use std::collections::BTreeSet;

use domain::Status;

use crate::beside::Beside;
use crate::catalogue::project;
use crate::chaos;
use crate::faults::{Faults, Plan};
use crate::history::History;
use crate::logs;
use crate::people::APPROVERS;
use crate::plot::{Center, Claiming, Extending, Outage, Rolling, Ruling, Turnover};
use crate::scenario::Scenario;
use crate::stage::{SetUpFailed, Stage};
use crate::theme::Theme;
use crate::violation::Violation;

/// How a history went.
#[derive(Debug)]
pub struct Outcome {
    /// What did not hold, where anything did not.
    pub violation: Option<Violation>,
    /// What happened, a line each.
    pub trace: Vec<String>,
    /// The calls to AWS and Slack, such as `iam:CreateUser`.
    pub names: Vec<String>,
    /// Faults that were met.
    pub faults: u32,
    /// What requests became on the way.
    pub reached: BTreeSet<Status>,
    /// How many calls there were when nobody did anything more, and time only passed until everything was over.
    pub settled_after: usize,
}

/// Every so many random histories, in one a newer program writes records too.
const BESIDE_NEWER_EVERY: u64 = 4;
/// Of so many random histories, there are other deployments in the account in the one with this remainder.
const BESIDE_SECOND_EVERY: u64 = 20;
const BESIDE_SECOND_REMAINDER: u64 = 9;

/// A whole random history.
pub(crate) fn random(seed: u64) -> Result<Outcome, SetUpFailed> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let in_channel = rng.bool();
    // Some histories go well, so that what order alone can break is seen too.
    let most = rng.u32(0..7);
    let faults = Faults::some(most, rng.u32(20..100));
    let beside_newer = seed % BESIDE_NEWER_EVERY == BESIDE_NEWER_EVERY - 1;
    let rolling = Rolling::of(seed);
    let beside = Beside {
        newer: beside_newer,
        second: seed % BESIDE_SECOND_EVERY == BESIDE_SECOND_REMAINDER,
        next: rolling.is_some(),
    };
    let theme = Theme::of(seed, rolling.is_some() || beside.second || beside.newer);
    let plot = Plot::Random(Turnover::of(seed, in_channel), Outage::of(seed));
    play(rng, in_channel, (theme, seed), beside, rolling, faults, plot)
}

/// A happy path in which what is planned goes wrong.
pub(crate) fn scripted(scenario: Scenario, plan: Plan) -> Result<Outcome, SetUpFailed> {
    let faults = Faults::planned(plan);
    let rolling = scenario.is_rolling().then(|| Rolling::with_seed(1));
    let beside = Beside { next: rolling.is_some(), ..Beside::default() };
    let theme = (scenario.theme(), 1);
    play(fastrand::Rng::with_seed(1), true, theme, beside, rolling, faults, Plot::Happy(scenario))
}

/// What is played.
enum Plot {
    Happy(Scenario),
    Random(Option<Turnover>, Option<Outage>),
}

fn play(
    rng: fastrand::Rng,
    in_channel: bool,
    (theme, seed): (Theme, u64),
    beside: Beside,
    rolling: Option<Rolling>,
    faults: Faults,
    plot: Plot,
) -> Result<Outcome, SetUpFailed> {
    logs::start();
    // A runtime for each history: what its dead workers hold goes with it.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| SetUpFailed::new(&error))?;
    runtime.block_on(async {
        let (stage, arrivals) = Stage::new(theme, &project(theme, in_channel, &APPROVERS), beside).await?;
        let mut history = History::new(stage, arrivals, rng, faults);
        history.rolling = rolling;
        history.extending = theme.has_extensions().then(|| Extending::with_seed(!seed));
        history.claiming = theme.has_claims().then(|| Claiming::with_seed(!seed));
        if theme.has_rules() {
            history.ruling = Some(Ruling::with_seed(!seed));
            history.populate();
        }
        if theme.has_center() {
            let is_random = matches!(plot, Plot::Random(..));
            history.set_up_center(if is_random { Center::with_seed(!seed) } else { Center::quiet() });
        }
        let held = match plot {
            Plot::Happy(scenario) => scenario.play(&mut history).await,
            Plot::Random(turnover, outage) => {
                // There the user groups change instead.
                history.turnover = turnover.filter(|_| !theme.has_rules());
                history.outage = outage;
                chaos::play(&mut history).await
            }
        };
        let violation =
            held.err().map(|violation| Violation { what: history.trace.short(&violation.what), ..violation });
        if let Some(violation) = &violation {
            history.note(&format!("!! {violation}"));
        }
        Ok(Outcome {
            violation,
            names: history.calls,
            faults: history.hits,
            reached: history.reached,
            settled_after: history.settled_after,
            trace: history.trace.into_lines(),
        })
    })
}
