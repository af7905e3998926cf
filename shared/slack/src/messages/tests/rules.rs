//! What the catalogue's rules granted, or did not; what is reviewed, and reminded of.

use domain::Rule;
use domain::authorization::Person;
use domain::request::Grant;
use domain::validation::{REVIEW_NOTE_MAX_CHARS, open_without_rule};

use super::*;
use crate::messages::reminder::reminder;

impl Case {
    pub(super) fn by_rule(&self, name: RuleName) -> Request {
        let dana = person("U0DANA");
        let max_duration = GrantDuration::parse("1h").unwrap();
        let rule = Rule { named: vec![dana.clone()], max_duration };
        let people = std::iter::once(Person { ids: vec![dana], is_active: true }).collect();
        let (_, role) = self.catalogue().roles.pop_first().unwrap();
        let grant =
            Grant { role: role.kind, account_role_arn: None, max_extensions: 0, claim_within_seconds: None };
        let mut request = after(&self.asked(), &Event::ApproveByRule { name, rule, grant, people });
        request.access.requester_email = Some(self.email.clone());
        request
    }

    pub(super) fn passed_over(&self, why: RulePassedOver) -> Request {
        let admitted = self.admitted();
        let deployment = DeploymentId::default();
        let mut request =
            open_without_rule(&deployment, &self.ask(), &self.catalogue(), &admitted, 0, Some(why));
        request.request_id = RequestId::parse(&self.request_id).unwrap();
        request.slack = self.posted(Audience::Channel).slack;
        request
    }

    fn reviewed(&self) -> Request {
        let note = Some(self.reason.chars().take(REVIEW_NOTE_MAX_CHARS).collect());
        let (by, at) = (self.approvers[0].clone(), ASKED_AT.plus_seconds(100));
        after(&self.by_rule(RuleName::BreakGlass), &Event::Review { by, at, approvers: Vec::new(), note })
    }
}

#[test]
fn what_is_granted_in_an_emergency_is_loud_until_it_is_reviewed_and_fits() {
    for case in [Case::ordinary(), Case::hostile()] {
        let mut project = case.catalogue();
        project.escalate_to.clone_from(&case.approvers);
        let escalated = after(&case.asked(), &Event::Escalate { to: case.approvers.clone() });
        let live = after(&case.by_rule(RuleName::BreakGlass), &Event::Activate);
        for (name, request) in [
            ("emergency", case.by_rule(RuleName::BreakGlass)),
            ("live in an emergency", live),
            ("reviewed", case.reviewed()),
            ("escalated", escalated),
        ] {
            fits(name, &approval::approval(&request, Some(&project), &CannotDecide::default()));
            for audience in [Audience::Channel, Audience::Requester] {
                fits(name, &reminder(&request, Some(&project), &audience, &CannotDecide::default()));
            }
            for why in [ClickRefused::OwnReview, ClickRefused::Reviewed, ClickRefused::NothingToReview] {
                fits(name, &click_refused(&request, Some(&project), &why));
            }
            if let Some(told) = requester::render(&request, Some(&project)) {
                fits(name, &told);
            }
        }
    }
    let unreviewed =
        approval::approval(&Case::ordinary().by_rule(RuleName::BreakGlass), None, &CannotDecide::default());
    assert!(text(&unreviewed).starts_with(":rotating_light: <@U0DANA> broke the glass"));
    let blocks = serde_json::to_value(&unreviewed).unwrap()["blocks"].clone();
    assert_eq!(buttons(&blocks), ["Reviewed", "Reviewed, with a note"]);
    let reviewed = serde_json::to_value(approval::approval(
        &Case::ordinary().reviewed(),
        None,
        &CannotDecide::default(),
    ))
    .unwrap();
    assert!(buttons(&reviewed["blocks"]).is_empty());
    assert!(reviewed.to_string().contains("reviewed by <@U0OWNER>"));
}
