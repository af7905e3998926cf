//! What can go wrong with a call, and which calls it goes wrong with.

use crate::call::Call;

/// What goes wrong with one call. A call is tried up to three times by the SDK, where it retries at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// One try fails before it takes effect.
    Fail,
    /// Every try fails before it takes effect.
    FailWholly,
    /// One try takes effect, and its answer is lost.
    Lose,
    /// Every try takes effect, and every answer is lost.
    LoseWholly,
    /// One try is throttled.
    Throttle,
    /// Every try is throttled.
    ThrottleWholly,
    /// The worker stands still for so many seconds before the call goes out.
    SlowBefore(u32),
    /// It goes out, and the worker stands still for so many seconds before it reads the answer.
    SlowAfter(u32),
    /// The process dies before the call goes out.
    DieBefore,
    /// It goes out, and the process dies before it reads the answer.
    DieAfter,
}

/// Past the visibility timeout (30 s) and the claim on making a credential (45 s).
pub(crate) const PAST_THE_CLAIM_SECONDS: u32 = 61;

impl Fault {
    /// Each of them, as the exhaustive pass puts it on each call. One try that fails or is throttled is made up for by
    /// the SDK, so all tries fail here; one answer that is lost is what shows a retry that should not be.
    pub const ALL: [Self; 8] = [
        Self::FailWholly,
        Self::ThrottleWholly,
        Self::Lose,
        Self::LoseWholly,
        Self::SlowBefore(PAST_THE_CLAIM_SECONDS),
        Self::SlowAfter(PAST_THE_CLAIM_SECONDS),
        Self::DieBefore,
        Self::DieAfter,
    ];

    /// Its name on the command line: `slow-before-61`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Fail => "fail".to_owned(),
            Self::FailWholly => "fail-wholly".to_owned(),
            Self::Lose => "lose".to_owned(),
            Self::LoseWholly => "lose-wholly".to_owned(),
            Self::Throttle => "throttle".to_owned(),
            Self::ThrottleWholly => "throttle-wholly".to_owned(),
            Self::SlowBefore(seconds) => format!("slow-before-{seconds}"),
            Self::SlowAfter(seconds) => format!("slow-after-{seconds}"),
            Self::DieBefore => "die-before".to_owned(),
            Self::DieAfter => "die-after".to_owned(),
        }
    }

    /// Reads what [`Fault::name`] writes.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let seconds = |prefix| name.strip_prefix(prefix)?.parse().ok();
        let mut plain = Self::ALL.into_iter().chain([Self::Fail, Self::Throttle]);
        plain
            .find(|fault| fault.name() == name)
            .or_else(|| seconds("slow-before-").map(Self::SlowBefore))
            .or_else(|| seconds("slow-after-").map(Self::SlowAfter))
    }

    /// Whether the SDK's further tries of the same call meet it too.
    fn is_sticky(self) -> bool {
        matches!(self, Self::FailWholly | Self::LoseWholly | Self::ThrottleWholly)
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fail | Self::FailWholly => f.write_str("fails before it takes effect"),
            Self::Lose | Self::LoseWholly => f.write_str("takes effect, and its answer is lost"),
            Self::Throttle | Self::ThrottleWholly => f.write_str("is throttled"),
            Self::SlowBefore(seconds) => write!(f, "stands still for {seconds} s before it"),
            Self::SlowAfter(seconds) => write!(f, "stands still for {seconds} s after it"),
            Self::DieBefore => f.write_str("the process dies before it"),
            Self::DieAfter => f.write_str("the process dies after it"),
        }
    }
}

/// What goes wrong on a happy path: with the calls of these numbers, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Nothing.
    Nothing,
    /// One call.
    One(u32, Fault),
    /// Another call after the first, which may be what makes up for that.
    Two((u32, Fault), (u32, Fault)),
    /// One call, and the next one of the same name.
    Again(u32, Fault),
}

impl std::fmt::Display for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let one = |call: u32, fault: Fault| format!(" --call {call} --fault {}", fault.name());
        match *self {
            Self::Nothing => Ok(()),
            Self::One(call, fault) => f.write_str(&one(call, fault)),
            Self::Two((first, fault), (second, other)) => {
                write!(f, "{}{}", one(first, fault), one(second, other))
            }
            Self::Again(call, fault) => write!(f, "{} --again", one(call, fault)),
        }
    }
}

/// Which calls go wrong.
#[derive(Debug, Clone)]
pub(crate) struct Faults {
    kind: Kind,
    /// The call whose further tries go wrong too.
    sticky: Option<(String, Fault)>,
}

#[derive(Debug, Clone)]
enum Kind {
    None,
    Planned(Vec<Planned>),
    Some { left: u32, one_in: u32 },
}

/// One of the faults that are planned.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Planned {
    At(u32, Fault),
    /// With the call of this number, and the next one of its name.
    Twice(u32, Fault),
    /// With the next call of this name.
    Next(String, Fault),
}

/// Calls at which a fault is the most telling are hit so much more often.
const TELLING_WEIGHT: u32 = 4;
const TELLING: [&str; 20] = [
    "CreateAccessKey",
    "CreateSchedule",
    "CreateUser",
    "CreateRole",
    "UpdateAssumeRolePolicy",
    "DeleteRole",
    "PutUserPolicy",
    "SendEmail",
    "AssumeRole",
    "DeleteUser",
    "DeleteAccessKey",
    "ListAccessKeys",
    "DeleteSchedule",
    "PutItem",
    "PutRolePolicy",
    "DeleteMessage",
    "CreateAccountAssignment",
    "DeleteAccountAssignment",
    "CreateGroupMembership",
    "DeleteGroupMembership",
];

impl Faults {
    /// Nothing goes wrong.
    pub(crate) fn none() -> Self {
        Self { kind: Kind::None, sticky: None }
    }

    /// What is planned goes wrong.
    pub(crate) fn planned(plan: Plan) -> Self {
        let planned = match plan {
            Plan::Nothing => Vec::new(),
            Plan::One(call, fault) => vec![Planned::At(call, fault)],
            Plan::Two((first, fault), (second, other)) => {
                vec![Planned::At(first, fault), Planned::At(second, other)]
            }
            Plan::Again(call, fault) => vec![Planned::Twice(call, fault)],
        };
        Self { kind: Kind::Planned(planned), sticky: None }
    }

    /// Up to `most` calls go wrong, about one in so many.
    pub(crate) fn some(most: u32, one_in: u32) -> Self {
        Self { kind: Kind::Some { left: most, one_in }, sticky: None }
    }

    /// What goes wrong with this call, the `number`th of the history.
    pub(crate) fn decide(&mut self, number: u32, call: &Call, rng: &mut fastrand::Rng) -> Option<Fault> {
        if let Some((invocation, fault)) = &self.sticky
            && *invocation == call.invocation
        {
            return Some(*fault);
        }
        let fault = match &mut self.kind {
            Kind::None => None,
            Kind::Planned(planned) => meets(planned, number, call),
            Kind::Some { left, one_in } => {
                let weight = if TELLING.contains(&call.operation.as_str()) { TELLING_WEIGHT } else { 1 };
                let hit = *left > 0 && rng.u32(0..*one_in) < weight;
                *left -= u32::from(hit);
                hit.then(|| any(rng))
            }
        };
        if let Some(fault) = fault.filter(|fault| fault.is_sticky() && !call.invocation.is_empty()) {
            self.sticky = Some((call.invocation.clone(), fault));
        }
        fault
    }
}

/// The planned fault that this call meets; it is met once.
fn meets(planned: &mut Vec<Planned>, number: u32, call: &Call) -> Option<Fault> {
    let place = planned.iter().position(|one| match one {
        Planned::At(wanted, _) | Planned::Twice(wanted, _) => *wanted == number,
        Planned::Next(name, _) => *name == call.name(),
    })?;
    match planned.swap_remove(place) {
        Planned::Twice(_, fault) => {
            planned.push(Planned::Next(call.name(), fault));
            Some(fault)
        }
        Planned::At(_, fault) | Planned::Next(_, fault) => Some(fault),
    }
}

fn any(rng: &mut fastrand::Rng) -> Fault {
    // Most often past a limit that means something: visibility (30 s), the claim (45 s), a stuck request (120 s).
    let seconds = match rng.u32(0..4) {
        0 => rng.u32(1..400),
        1 => 33,
        2 => PAST_THE_CLAIM_SECONDS,
        _ => 200,
    };
    match rng.u32(0..16) {
        0 => Fault::Fail,
        1 | 2 => Fault::FailWholly,
        3 | 4 => Fault::Lose,
        5 | 6 => Fault::LoseWholly,
        7 => Fault::Throttle,
        8 => Fault::ThrottleWholly,
        9 | 10 => Fault::SlowBefore(seconds),
        11 | 12 => Fault::SlowAfter(seconds),
        13 => Fault::DieBefore,
        _ => Fault::DieAfter,
    }
}
