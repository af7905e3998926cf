//! What a rule of the catalogue grants.

use super::*;
use crate::rule::{RulePassedOver, RuleRefused};

#[test]
fn a_rule_grants_to_whom_it_names_and_no_longer_than_it_may() {
    let limit = GrantDuration::from_seconds(1_800).unwrap();
    let refused = |why| Err(Illegal::NotByRule(why));
    let (auto, glass) = (RuleName::AutoApprove, RuleName::BreakGlass);
    let pending = request(Status::Pending);
    for (event, outcome) in [
        (by_rule(auto, &["U0OWNER"], 3_600), refused(RuleRefused::NotNamed)),
        (by_rule(auto, &[], 3_600), refused(RuleRefused::NotNamed)),
        // A group whose members nobody looked up has none.
        (by_rule(glass, &["S0ONCALL"], 3_600), refused(RuleRefused::NotNamed)),
        (
            by_rule(auto, &["U0DANA"], 1_800),
            refused(RuleRefused::PassedOver(RulePassedOver::TooLong { limit })),
        ),
    ] {
        assert_eq!(decide(&pending, &event, START), outcome, "{event:?}");
    }
    for (event, seconds) in
        [(by_rule(auto, &["U0DANA"], 7_200), 3_600), (by_rule(glass, &["U0DANA"], 1_800), 1_800)]
    {
        let now = START.plus_seconds(CLICK_STALE_AFTER_SECONDS);
        let Ok(Transition::Change(next)) = decide(&pending, &event, now) else { panic!("{event:?}") };
        assert_eq!((next.status, next.decision.decided_at), (Status::Approved, Some(now)));
        assert_eq!(next.access.expires_at, Some(now.plus_seconds(seconds)));
        assert_eq!((&next.decision.approver_slack_id, next.decision.approvals.len()), (&None, 0));
        assert_eq!(decide(&next, &event, now), Ok(Transition::NoOp), "the same again");
        let late = decide(&pending, &event, now.plus_seconds(1));
        assert_eq!(late, refused(RuleRefused::PassedOver(RulePassedOver::Late)));
    }
    let mut gone = by_rule(auto, &["U0DANA"], 3_600);
    if let Event::ApproveByRule { people, .. } = &mut gone {
        *people = std::iter::once(Person { ids: vec![person("U0DANA")], is_active: false }).collect();
    }
    assert_eq!(decide(&pending, &gone, START), refused(RuleRefused::NotActive));
}
