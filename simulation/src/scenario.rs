//! The happy paths, each told in full: what the exhaustive pass puts a fault into.

use testkit::slack::Message;

use crate::history::History;
use crate::people::{DANA, OLIVIA, SAM};
use crate::rulebook;
use crate::theme::Theme;
use crate::violation::Holds;

/// A happy path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    /// A user is granted for an hour, and it ends in time.
    User,
    /// Two approvers agree, and the requester ends it early.
    EndedEarly,
    /// A role session for an hour, which an approver ends early.
    Session,
    /// A role of its own for an hour, and it ends in time.
    Role,
    /// An approver says no.
    Denied,
    /// Nobody decides.
    Lapsed,
    /// An extension is denied, and the next one approved.
    Extended,
    /// A key is claimed by a machine, and an approver ends the grant early.
    Claimed,
    /// A session is claimed, and its machine gets the next one.
    Renewed,
    /// The requester does not know the machine that asks.
    ClaimRefused,
    /// Nobody claims it.
    Unclaimed,
    /// A rule grants a user for an hour, and it ends in time.
    ByRule,
    /// A user is granted at once in an emergency, and reviewed.
    BreakGlass,
    /// Nobody decides: people are reminded, then others are asked, and one of them approves.
    Reminded,
    /// A permission set is assigned for an hour.
    PermissionSet,
    /// Two roles give one person the same group; each of the grants is ended early.
    Group,
    /// A user is granted and ended early, while workers of two releases are at work.
    Rolling,
}

/// What may be due soon after somebody did something, in seconds.
const SOON_SECONDS: i64 = 600;

impl Scenario {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::User,
        Self::EndedEarly,
        Self::Session,
        Self::Role,
        Self::Denied,
        Self::Lapsed,
        Self::Extended,
        Self::Claimed,
        Self::Renewed,
        Self::ClaimRefused,
        Self::Unclaimed,
        Self::ByRule,
        Self::BreakGlass,
        Self::Reminded,
        Self::PermissionSet,
        Self::Group,
        Self::Rolling,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::EndedEarly => "ended-early",
            Self::Session => "session",
            Self::Role => "role",
            Self::Denied => "denied",
            Self::Lapsed => "lapsed",
            Self::Extended => "extended",
            Self::Claimed => "claimed",
            Self::Renewed => "renewed",
            Self::ClaimRefused => "claim-refused",
            Self::Unclaimed => "unclaimed",
            Self::ByRule => "by-rule",
            Self::BreakGlass => "break-glass",
            Self::Reminded => "reminded",
            Self::PermissionSet => "permission-set",
            Self::Group => "group",
            Self::Rolling => "rolling",
        }
    }

    /// Whether workers of two releases are at work.
    pub(crate) fn is_rolling(self) -> bool {
        self == Self::Rolling
    }

    /// What it is about.
    pub(crate) fn theme(self) -> Theme {
        match self {
            Self::User
            | Self::EndedEarly
            | Self::Session
            | Self::Role
            | Self::Denied
            | Self::Lapsed
            | Self::Rolling => Theme::Plain,
            Self::Extended | Self::Claimed | Self::Renewed | Self::ClaimRefused | Self::Unclaimed => {
                Theme::Claims
            }
            Self::PermissionSet | Self::Group => Theme::Center,
            Self::ByRule | Self::BreakGlass | Self::Reminded => Theme::Rules,
        }
    }

    /// Of so many faults on it the ordinary run plays one.
    pub(crate) fn kept_of(self) -> usize {
        match self.theme() {
            Theme::Plain => 1,
            Theme::Claims => 3,
            Theme::Rules | Theme::Center => 5,
        }
    }

    /// Whether what happens after people did all that they do is the same as on another path.
    pub(crate) fn ends_like_another(self) -> bool {
        self.theme() != Theme::Plain
    }

    /// The one of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scenario| scenario.name() == name)
    }

    /// Plays it from beginning to end.
    pub(crate) async fn play(self, history: &mut History) -> Holds {
        match self {
            Self::User => {
                ask(history, "ReadOnly").await?;
                click(history, OLIVIA, "approve").await?;
                history.settle_soon().await?;
            }
            Self::EndedEarly => {
                ask(history, "Both").await?;
                click(history, OLIVIA, "approve").await?;
                click(history, SAM, "approve").await?;
                history.settle_soon().await?;
                click(history, DANA, "revoke").await?;
            }
            Self::Session => {
                ask(history, "PowerUser").await?;
                click(history, SAM, "approve").await?;
                history.settle_soon().await?;
                click(history, OLIVIA, "revoke").await?;
            }
            Self::Role => {
                ask(history, "Own").await?;
                click(history, OLIVIA, "approve").await?;
                history.settle_soon().await?;
            }
            Self::Denied => {
                ask(history, "Deploy").await?;
                click(history, SAM, "deny").await?;
            }
            Self::Lapsed => ask(history, "Deploy").await?,
            Self::Extended => {
                ask(history, "ReadOnly").await?;
                click(history, OLIVIA, "approve").await?;
                ask_for_more(history).await?;
                click(history, OLIVIA, "deny").await?;
                ask_for_more(history).await?;
                click(history, SAM, "approve").await?;
                history.settle_soon().await?;
            }
            Self::Claimed => {
                ask(history, "Laptop").await?;
                click(history, OLIVIA, "approve").await?;
                machine_asks(history).await?;
                answer(history, true).await?;
                history.settle_soon().await?;
                click(history, OLIVIA, "revoke").await?;
            }
            Self::Renewed => {
                ask(history, "LaptopSession").await?;
                click(history, OLIVIA, "approve").await?;
                machine_asks(history).await?;
                answer(history, true).await?;
                if let Some(machine) = history.known.machines.last().cloned() {
                    history.renew(&machine, false, 0);
                }
                settle(history).await?;
            }
            Self::ClaimRefused => {
                ask(history, "Laptop").await?;
                click(history, OLIVIA, "approve").await?;
                machine_asks(history).await?;
                answer(history, false).await?;
            }
            Self::Unclaimed => {
                ask(history, "Laptop").await?;
                click(history, OLIVIA, "approve").await?;
                let at = history.facts.requests.first().and_then(|request| request.claim_deadline());
                let horizon = at.unwrap_or(history.now()).plus_seconds(SOON_SECONDS);
                history.settle_until(horizon).await?;
            }
            Self::ByRule => {
                ask(history, rulebook::BY_RULE).await?;
                history.settle_soon().await?;
            }
            Self::BreakGlass => {
                history.ask_so(DANA, rulebook::IN_EMERGENCY, "2h", true);
                settle(history).await?;
                click(history, SAM, "reviewed").await?;
                history.settle_soon().await?;
            }
            Self::Reminded => {
                ask(history, "Deploy").await?;
                for _ in 0..2 {
                    history.wait_for_a_reminder().await?;
                    settle(history).await?;
                }
                click(history, rulebook::BOSS, "approve").await?;
                history.settle_soon().await?;
            }
            Self::PermissionSet => permission_set(history).await?,
            Self::Group => group_of_two_grants(history).await?,
            Self::Rolling => {
                ask(history, "ReadOnly").await?;
                click(history, OLIVIA, "approve").await?;
                history.settle_soon().await?;
                click(history, DANA, "revoke").await?;
            }
        }
        history.settle_for_good().await
    }
}

async fn permission_set(history: &mut History) -> Holds {
    ask(history, "PowerSet").await?;
    click(history, OLIVIA, "approve").await?;
    history.settle_soon().await
}

async fn group_of_two_grants(history: &mut History) -> Holds {
    for role in ["Deployers", "SameGroup"] {
        ask(history, role).await?;
        click(history, OLIVIA, "approve").await?;
    }
    click(history, DANA, "revoke").await?;
    click(history, OLIVIA, "revoke").await
}

async fn ask(history: &mut History, role: &str) -> Holds {
    history.ask(DANA, role, "1h");
    settle(history).await
}

/// Somebody clicks the newest button that they see.
async fn click(history: &mut History, who: &str, action: &str) -> Holds {
    let sees = |m: &&Message| m.recipient.as_deref().is_none_or(|recipient| recipient == who);
    let found = history.stage.slack.look(|messages| {
        messages.iter().rev().filter(sees).find_map(|message| {
            let button = message.buttons.iter().find(|button| button.action == action)?;
            Some((message.clone(), button.clone()))
        })
    });
    if let Some((message, button)) = found {
        history.click(who, &message, &button);
    }
    settle(history).await
}

async fn ask_for_more(history: &mut History) -> Holds {
    let id = history.facts.requests.first().map(|request| request.request_id.clone());
    if let Some(id) = id {
        history.ask_for_more(DANA, &id, "2h", false);
    }
    settle(history).await
}

async fn machine_asks(history: &mut History) -> Holds {
    if let Some(request) = history.facts.requests.first().cloned() {
        history.machine_asks(&request, false, false);
    }
    settle(history).await
}

async fn answer(history: &mut History, yes: bool) -> Holds {
    if let Some((question, value)) = history.newest_question(DANA) {
        history.answer_machine(DANA, yes, &value, Some(&question), false)?;
    }
    settle(history).await
}

async fn settle(history: &mut History) -> Holds {
    let horizon = history.now().plus_seconds(SOON_SECONDS);
    history.settle_until(horizon).await
}
