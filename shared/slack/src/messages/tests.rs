//! Every message in every state of a request: as people read it, and within Slack's limits whatever people typed.

mod others;
mod own;
mod rules;

use crate::SlackMessageContent;
use domain::canary::canary;
use domain::contact::ContactFault;
use domain::delivery::Undelivered;
use domain::job::{AccessRequest, MessageRef};
use domain::lifecycle::{Event, Transition, decide};
use domain::project::{MayNotDecide, Project};
use domain::request::{Audience, Posted, Waiting};
use domain::rule::RulePassedOver;
use domain::validation::{JUSTIFICATION_MAX_CHARS, Refusal, Validated, open};
use domain::{
    Actor, ChannelId, DeploymentId, GrantDuration, OperatorName, ProjectName, Request, RequestId, RoleName,
    RuleName, SlackUserId, Status, UnixSeconds,
};
use serde_json::{Value, json};

use super::cannot_decide::CannotDecide;
use super::own_access::{self, Asked};
use super::refused_click::{ClickRefused, click_refused};
use super::{approval, delayed, refusal, requester};

const ASKED_AT: UnixSeconds = UnixSeconds(1_795_442_607);

/// Longest fallback text that `chat.update` takes, in characters.
const UPDATE_TEXT_MAX_CHARS: usize = 4_000;

fn person(id: &str) -> SlackUserId {
    SlackUserId::parse(id).unwrap()
}

/// What differs between the ordinary case and the worst one.
#[derive(Clone)]
struct Case {
    project: String,
    role: String,
    reason: String,
    failure: String,
    email: String,
    approvers: Vec<SlackUserId>,
    operator: String,
    request_id: String,
}

impl Case {
    fn ordinary() -> Self {
        Self {
            project: "payments".into(),
            role: "ReadOnly".into(),
            reason: "Looking into a failed payout".into(),
            failure: "iam:AttachUserPolicy failed: NoSuchEntity: the policy does not exist".into(),
            email: "dana@example.com".into(),
            approvers: ["U0OWNER", "U0SECOND"].map(person).to_vec(),
            operator: "alice@example.com".into(),
            request_id: "r-0".into(),
        }
    }

    /// Everything is as long as it may be, and of the characters that take most room.
    fn hostile() -> Self {
        Self {
            project: "*&".repeat(32),
            role: "`<".repeat(32),
            reason: "&".repeat(JUSTIFICATION_MAX_CHARS),
            failure: "<&>".repeat(40_000),
            email: format!("{}@{}example.com", "&".repeat(64), "label.".repeat(30)),
            approvers: (0..500).map(|number| person(&format!("U0{number:0>30}"))).collect(),
            operator: "a".repeat(64),
            request_id: "r".repeat(55),
        }
    }

    fn catalogue(&self) -> Project {
        let record = json!({
            "project": self.project, "owner_slack_id": "U0OWNER", "approver_slack_ids": self.approvers,
            "roles": { self.role.as_str(): {
                "kind": "user", "policy_arns": ["a"], "max_duration": "8h", "approvals_required": 2 } } });
        serde_json::from_value(record).unwrap()
    }

    fn ask(&self) -> AccessRequest {
        AccessRequest {
            idempotency_key: "i".into(),
            received_at: ASKED_AT,
            user_id: person("U0DANA"),
            user_name: "dana".into(),
            project: self.project.clone(),
            role: self.role.clone(),
            duration: "1h".into(),
            justification: Some(self.reason.clone()),
            command: None,
            break_glass: false,
            trigger_id: None,
        }
    }

    fn asked(&self) -> Request {
        let mut request = open(&DeploymentId::default(), &self.ask(), &self.catalogue(), &self.admitted(), 0);
        request.request_id = RequestId::parse(&self.request_id).unwrap();
        request
    }

    fn posted(&self, audience: Audience) -> Request {
        let message = MessageRef { channel: ChannelId::parse("C0").unwrap(), ts: "1.0".into() };
        let mut request = self.asked();
        request.slack.messages.push(Posted { message, audience, shows: None });
        request
    }

    fn in_status(&self, status: Status, edit: impl FnOnce(&mut Request)) -> Request {
        let mut request = self.posted(Audience::Channel);
        request.status = status;
        request.decision.approvals.clone_from(&self.approvers);
        request.decision.approver_slack_id = self.approvers.first().cloned();
        request.decision.decided_at = Some(ASKED_AT.plus_seconds(60));
        request.access.expires_at = Some(ASKED_AT.plus_seconds(3_660));
        request.access.requester_email = Some(self.email.clone());
        edit(&mut request);
        request
    }

    fn ended(&self, by: Option<Actor>) -> Request {
        self.in_status(Status::Revoked, |request| {
            request.access.ended_at = Some(ASKED_AT.plus_seconds(600));
            request.access.ended_by = by;
        })
    }

    fn undelivered(&self, why: Undelivered) -> Request {
        after(&self.in_status(Status::Active, |_| {}), &Event::Undelivered { why })
    }

    fn admitted(&self) -> Validated {
        Validated {
            role: RoleName::parse(&self.role).unwrap(),
            duration: GrantDuration::parse("1h").unwrap(),
        }
    }

    /// Every state that people are told of, by name.
    fn states(&self) -> Vec<(&'static str, Request)> {
        let dana: Actor = person("U0DANA").into();
        let operator = OperatorName::parse(&self.operator).unwrap();
        let failed = |request: &mut Request| {
            request.access.failure = Some(self.failure.clone());
            request.access.ended_at = Some(ASKED_AT.plus_seconds(90));
        };
        let expired = |request: &mut Request| request.access.ended_at = request.access.expires_at;
        let one_agreed = self.in_status(Status::Pending, |request| {
            request.decision.approvals.truncate(1);
            (request.decision.approver_slack_id, request.decision.decided_at, request.access.expires_at) =
                (None, None, None);
        });
        let mut states = vec![
            ("nobody was asked yet", self.asked()),
            ("asked in the channel", self.posted(Audience::Channel)),
            ("asked directly", self.posted(Audience::Approver(self.approvers[0].clone()))),
            ("one agreed", one_agreed),
            ("denied", self.in_status(Status::Denied, |request| request.decision.approvals.clear())),
            (
                "lapsed",
                self.in_status(Status::Lapsed, |r| r.access.ended_at = Some(ASKED_AT.plus_seconds(86_400))),
            ),
            ("nobody could be asked", after(&self.asked(), &Event::AskFailed { why: self.failure.clone() })),
            ("approved", self.in_status(Status::Approved, |_| {})),
            (
                "approved, and waits for an operator",
                self.in_status(Status::Approved, |request| {
                    let tried_at = ASKED_AT.plus_seconds(60);
                    request.work.waiting =
                        Some(Waiting { since: ASKED_AT, tried_at, why: self.failure.clone() });
                }),
            ),
            ("live", self.in_status(Status::Active, |_| {})),
            ("granted by a rule", self.by_rule(RuleName::AutoApprove)),
            ("live by a rule", after(&self.by_rule(RuleName::AutoApprove), &Event::Activate)),
            (
                "longer than its rule grants",
                self.passed_over(RulePassedOver::TooLong { limit: GrantDuration::MINUTE }),
            ),
            ("whom its rule names is not known", self.passed_over(RulePassedOver::NotChecked)),
            ("too late for its rule", self.passed_over(RulePassedOver::Late)),
        ];
        states.push(("its requester left", after(&self.posted(Audience::Channel), &Event::RequesterLeft)));
        let over = [
            (
                "ended since its requester left",
                after(&self.in_status(Status::Active, |_| {}), &Event::RequesterLeft),
            ),
            ("ended by the requester", self.ended(Some(dana))),
            ("ended by an approver", self.ended(Some(self.approvers[0].clone().into()))),
            ("ended by an operator", self.ended(Some(Actor::Operator(operator)))),
            ("the email bounced", self.undelivered(Undelivered::Bounce)),
            ("the email was rejected", self.undelivered(Undelivered::Reject)),
            ("over", self.in_status(Status::Expired, expired)),
            ("failed", self.in_status(Status::Failed, failed)),
        ];
        for (name, request) in over {
            let mut gone = request.clone();
            gone.access.gone_at = Some(ASKED_AT.plus_seconds(3_670));
            states.push((name, request));
            states.push(("… and gone", gone));
        }
        states
    }

    /// The canary of an operator, in every state.
    fn canaries(&self) -> Vec<(&'static str, Request)> {
        let project = self.catalogue();
        let operator = OperatorName::parse(&self.operator).unwrap();
        let role = project.roles.iter().next().unwrap();
        let begun = canary(&DeploymentId::default(), &operator, &project, role, ASKED_AT).unwrap();
        let with = |(name, state): (&'static str, Request)| {
            let mut canary = begun.clone();
            canary.status = state.status;
            canary.access.ended_at = state.access.ended_at;
            canary.access.gone_at = state.access.gone_at;
            canary.access.failure.clone_from(&state.access.failure);
            canary.access.requester_email.clone_from(&state.access.requester_email);
            (name, canary)
        };
        self.states().into_iter().map(with).collect()
    }
}

fn after(request: &Request, event: &Event) -> Request {
    match decide(request, event, ASKED_AT.plus_seconds(120)) {
        Ok(Transition::Change(next)) => *next,
        other => panic!("{event:?}: {other:?}"),
    }
}

fn text(content: &SlackMessageContent) -> String {
    content.text.clone().unwrap_or_default().replace('\u{200B}', "")
}

#[test]
fn what_the_requester_reads() {
    let case = Case::ordinary();
    let project = case.catalogue();
    let mut read = String::new();
    for (name, request) in case.states() {
        let told = requester::render(&request, Some(&project)).map_or("(nothing)".to_owned(), |m| text(&m));
        read.push_str(&format!("{name}\n    {told}\n"));
        if matches!(request.status, Status::Expired | Status::Revoked) {
            read.push_str(&format!("    [live message] {}\n", text(&requester::grant_is_over(&request))));
        }
    }
    insta::assert_snapshot!(read);
}

#[test]
fn what_the_approvers_read() {
    let case = Case::ordinary();
    let project = case.catalogue();
    let mut read = String::new();
    for (name, request) in case.states() {
        let message =
            serde_json::to_value(approval::approval(&request, Some(&project), &CannotDecide::default()))
                .unwrap();
        let title = message["blocks"][0]["text"]["text"].as_str().unwrap();
        let standing = message["blocks"][4]["text"]["text"].as_str().unwrap().replace('\u{200B}', "");
        let labels: Vec<&str> = buttons(&message["blocks"]);
        read.push_str(&format!("{name}\n    {title} | {standing} | {labels:?}\n"));
    }
    insta::assert_snapshot!(read);
}

#[test]
fn what_people_read_when_the_catalogue_has_nothing_of_it_any_more() {
    let case = Case::ordinary();
    let mut read = String::new();
    for (name, request) in case.states().into_iter().take(7) {
        let told = requester::render(&request, None).map_or("(nothing)".to_owned(), |m| text(&m));
        read.push_str(&format!(
            "{name}\n    {told}\n    {}\n",
            text(&approval::approval(&request, None, &CannotDecide::default()))
        ));
        let shown = approval::approval(&request, None, &CannotDecide::default());
        let says_so = serde_json::to_string(&shown.blocks)
            .unwrap()
            .contains("does not offer this role now, so it cannot be approved");
        assert_eq!(says_so, request.status == Status::Pending, "{name}: who could decide is not known");
    }
    insta::assert_snapshot!(read);
}

#[test]
fn what_the_owner_reads_of_a_canary() {
    let mut read = String::new();
    for (name, request) in Case::ordinary().canaries() {
        let told = requester::render(&request, None).map_or("(nothing)".to_owned(), |m| text(&m));
        read.push_str(&format!("{name}\n    {told}\n"));
    }
    insta::assert_snapshot!(read);
}

fn buttons(blocks: &Value) -> Vec<&str> {
    let blocks = blocks.as_array().unwrap().iter();
    let elements =
        blocks.filter(|block| block["type"] == "actions").filter_map(|block| block["elements"].as_array());
    elements.flatten().filter_map(|button| button["text"]["text"].as_str()).collect()
}

#[test]
fn every_message_is_within_the_limits_of_slack() {
    for case in [Case::ordinary(), Case::hostile()] {
        let project = case.catalogue();
        for (name, request) in case.states().into_iter().chain(case.canaries()) {
            for project in [Some(&project), None] {
                fits(name, &approval::approval(&request, project, &CannotDecide::default()));
                fits(name, &requester::grant_is_over(&request));
                if let Some(message) = requester::render(&request, project) {
                    fits(name, &message);
                }
                for why in [
                    ClickRefused::MayNotDecide(MayNotDecide::NotAnApprover),
                    ClickRefused::MayNotDecide(MayNotDecide::OwnRequest),
                    ClickRefused::MayNotEnd,
                    ClickRefused::NotAPerson,
                    ClickRefused::RequesterLeft,
                    ClickRefused::RequesterMayNotAsk,
                    ClickRefused::TooLate,
                    ClickRefused::NoLongerOffered,
                    ClickRefused::NowTooLong { longest: GrantDuration::SHORTEST },
                    ClickRefused::NotLive,
                ] {
                    fits(name, &click_refused(&request, project, &why));
                }
            }
        }
        let requests: Vec<Request> = (0..3).flat_map(|_| case.states()).map(|(_, request)| request).collect();
        for asked in [Asked::List, Asked::Which, Asked::NoSuch(&case.role), Asked::NothingLive] {
            for requests in [&requests[..], &requests[..1], &[]] {
                fits("own access", &own_access::own_access(requests, ASKED_AT.plus_seconds(120), asked));
            }
        }
        fits("own access", &own_access::gave_up(true));
        let ask = case.ask();
        fits("still trying", &delayed::still_trying(&ask));
        fits("gave up", &delayed::gave_up(&ask));
        let projects = vec![ProjectName::parse(&case.project).unwrap(); 200];
        let roles = vec![RoleName::parse(&case.role).unwrap(); 200];
        for why in [
            Refusal::UnknownProject { projects },
            Refusal::BrokenProject { why: case.failure.clone() },
            Refusal::UnknownRole { roles },
            Refusal::Contact(ContactFault::TooFewActiveApprovers { required: 2, active: 0 }),
            Refusal::TooFewApprovers { required: u32::MAX, others: 500 },
        ] {
            fits("refused", &refusal::refusal(&ask, &why));
        }
    }
}

/// Slack takes the message, and nothing in it is cut inside a mention or an escaped character.
fn fits(name: &str, content: &SlackMessageContent) {
    let message = serde_json::to_value(content).unwrap();
    assert_eq!(testkit::slack::block_problems(&message["blocks"]), [""; 0], "{name}: {message}");
    let fallback = message["text"].as_str().unwrap();
    assert!(fallback.chars().count() <= UPDATE_TEXT_MAX_CHARS, "{name}: {fallback}");
    whole(name, fallback);
    let blocks = message["blocks"].as_array().unwrap();
    blocks.iter().filter_map(|block| block["text"]["text"].as_str()).for_each(|text| whole(name, text));
}

fn whole(name: &str, text: &str) {
    for (at, _) in text.match_indices('<') {
        assert!(text[at..].contains('>'), "{name}: {text}");
    }
    for (at, _) in text.match_indices('&') {
        let entity = ["&amp;", "&lt;", "&gt;"].iter().any(|entity| text[at..].starts_with(entity));
        assert!(entity, "{name}: {text}");
    }
}
