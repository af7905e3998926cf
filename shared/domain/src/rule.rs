//! Rules that need nobody: for whom the catalogue itself grants a role at once, and up to how long.

use serde::{Deserialize, Deserializer, Serialize};

use crate::duration::GrantDuration;
use crate::ids::SlackUserId;

/// The input of an ask's event that says why its rule was passed over.
pub(crate) const PASSED_OVER: &str = "rule_passed_over";

/// A rule of a role, as the catalogue has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Whom it names: people and user groups. Nobody when it is empty.
    #[serde(rename = "for", deserialize_with = "all_in_capitals")]
    pub named: Vec<SlackUserId>,
    /// The longest grant that it gives; the role's own limit holds besides.
    pub max_duration: GrantDuration,
}

/// Which rule of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleName {
    /// What is asked for is granted.
    AutoApprove,
    /// What is asked for as an emergency is granted, told to everybody, and reviewed afterwards.
    BreakGlass,
}

/// Why a rule grants nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleRefused {
    /// It does not name whoever asked.
    NotNamed,
    /// The account of whoever asked is deactivated, a bot's, or gone, or was not looked up.
    NotActive,
    /// It names them, or may do so, and people decide all the same.
    PassedOver(RulePassedOver),
}

/// Why a rule that may name somebody did not grant what they asked for, so that people were asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum RulePassedOver {
    /// They asked as in an emergency, and no rule for that names them.
    NotNamed,
    /// They asked for longer than the rule grants.
    TooLong {
        #[serde(rename = "limit_seconds", with = "crate::duration::seconds")]
        limit: GrantDuration,
    },
    /// Slack did not say whether the rule names them.
    NotChecked,
    /// The request was worked on too late to mean what it meant.
    Late,
}

fn all_in_capitals<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<SlackUserId>, D::Error> {
    let ids = Vec::<SlackUserId>::deserialize(from)?;
    Ok(ids.iter().map(SlackUserId::as_slack_writes_it).collect())
}

impl RuleName {
    /// Both.
    pub const ALL: [Self; 2] = [Self::AutoApprove, Self::BreakGlass];

    /// Its name, as the catalogue has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AutoApprove => "auto_approve",
            Self::BreakGlass => "break_glass",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_reads_back_and_finds_people_whatever_the_case_of_their_id() {
        let rule: Rule =
            serde_json::from_str(r#"{"for": ["u0dana", "S0ONCALL"], "max_duration": "1h"}"#).unwrap();
        assert_eq!(rule.named.iter().map(SlackUserId::as_str).collect::<Vec<_>>(), ["U0DANA", "S0ONCALL"]);
        assert_eq!(serde_json::from_str::<Rule>(&serde_json::to_string(&rule).unwrap()).unwrap(), rule);
        assert!(serde_json::from_str::<Rule>(r#"{"max_duration": "1h"}"#).is_err());
        for name in RuleName::ALL {
            assert_eq!(serde_json::to_value(name).unwrap(), name.as_str());
            assert_eq!(RuleName::parse(name.as_str()), Some(name));
        }
    }

    #[test]
    fn why_it_was_passed_over_reads_back() {
        let limit = GrantDuration::parse("1h").unwrap();
        for why in [
            RulePassedOver::TooLong { limit },
            RulePassedOver::NotNamed,
            RulePassedOver::NotChecked,
            RulePassedOver::Late,
        ] {
            let json = serde_json::to_value(why).unwrap();
            assert_eq!(serde_json::from_value::<RulePassedOver>(json).unwrap(), why);
        }
    }
}
