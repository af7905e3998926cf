//! Who did something: a person in Slack, an operator at the command line, or a rule of the catalogue.

use serde::{Deserialize, Serialize};

use crate::ids::{InvalidId, OperatorName, SlackUserId};
use crate::rule::RuleName;

/// Slack ids have no colon, so that they can be told apart.
const OPERATOR_PREFIX: &str = "operator:";
const RULE_PREFIX: &str = "rule:";

/// Who did something. In records it is a Slack user id, or `operator:` or `rule:` and a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Actor {
    Person(SlackUserId),
    /// Somebody with AWS credentials, by the name that those say.
    Operator(OperatorName),
    /// A rule of the role that was asked for.
    Rule(RuleName),
}

impl Actor {
    /// Reads what [`Actor`] writes.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        if let Some(rule) = text.strip_prefix(RULE_PREFIX).and_then(RuleName::parse) {
            return Ok(Self::Rule(rule));
        }
        match text.strip_prefix(OPERATOR_PREFIX) {
            Some(name) => OperatorName::parse(name).map(Self::Operator),
            None => SlackUserId::parse(text).map(Self::Person),
        }
    }

    /// The person, where it is one.
    #[must_use]
    pub fn person(&self) -> Option<&SlackUserId> {
        if let Self::Person(id) = self { Some(id) } else { None }
    }

    /// The rule, where it is one.
    #[must_use]
    pub fn rule(&self) -> Option<RuleName> {
        if let Self::Rule(name) = self { Some(*name) } else { None }
    }
}

impl OperatorName {
    /// From the ARN of an AWS identity: what comes last in it. For a role session that is the session's name, which
    /// single sign-on makes the person's own.
    #[must_use]
    pub fn from_arn(arn: &str) -> Option<Self> {
        Self::parse(arn.rsplit(['/', ':']).next()?).ok()
    }
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Person(id) => id.fmt(f),
            Self::Operator(name) => write!(f, "{OPERATOR_PREFIX}{name}"),
            Self::Rule(name) => write!(f, "{RULE_PREFIX}{}", name.as_str()),
        }
    }
}

impl From<SlackUserId> for Actor {
    fn from(id: SlackUserId) -> Self {
        Self::Person(id)
    }
}

impl TryFrom<String> for Actor {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text)
    }
}

impl From<Actor> for String {
    fn from(actor: Actor) -> String {
        actor.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_reads_back() {
        for text in ["U0DANA", "operator:alice@example.com", "rule:auto_approve", "rule:break_glass"] {
            let actor = Actor::parse(text).unwrap();
            assert_eq!(actor.to_string(), text);
            assert_eq!(serde_json::from_value::<Actor>(text.into()).unwrap(), actor);
        }
        for wrong in
            ["", "operator:", "operator:a b", "operator:<!channel>", "somebody:else", "rule:", "rule:other"]
        {
            assert!(Actor::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_operator_is_called_what_their_arn_says() {
        for (arn, name) in [
            ("arn:aws:iam::111122223333:user/ops/alice", Some("alice")),
            ("arn:aws:sts::111122223333:assumed-role/Admin/alice@example.com", Some("alice@example.com")),
            ("arn:aws:iam::111122223333:root", Some("root")),
            ("arn:aws:iam::111122223333:user/", None),
        ] {
            assert_eq!(OperatorName::from_arn(arn).as_ref().map(OperatorName::as_str), name, "{arn}");
        }
    }
}
