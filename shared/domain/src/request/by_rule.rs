//! What a rule of the catalogue had to do with a request, by its events.

use super::Request;
use crate::rule::{PASSED_OVER, RuleName, RulePassedOver};

impl Request {
    /// The rule that granted it; none where people did, or nobody has.
    #[must_use]
    pub fn granted_by_rule(&self) -> Option<RuleName> {
        self.audit.history.iter().find_map(|change| change.by.as_ref()?.rule())
    }

    /// Why the role's rule did not grant it, though it names whoever asked, or may do so.
    #[must_use]
    pub fn rule_passed_over(&self) -> Option<RulePassedOver> {
        let why = self.audit.history.first()?.inputs.get(PASSED_OVER)?;
        serde_json::from_value(why.clone()).ok()
    }

    /// Whether those who would have decided are still to be told of what a rule granted.
    #[must_use]
    pub fn is_to_be_announced(&self) -> bool {
        !self.slack.is_announced && self.granted_by_rule().is_some()
    }
}
