//! Messages about extensions, warnings, machines, and clicks of which nothing came: within Slack's limits, whatever people typed.

use domain::lifecycle::ExtensionFault;
use domain::request::{EXTENSION_REASON_MAX_CHARS, Extension, ExtensionOutcome, Warning};
use domain::validation::DENY_REASON_MAX_CHARS;

use super::*;
use crate::messages::claim::{self, ClaimClickRefused};
use crate::messages::failed_click::{self, Button};
use crate::messages::refused_extension::{ExtensionRefused, ask_refused, decision_refused};
use crate::messages::{extension, waiting_click, warning};

const OUTCOMES: [ExtensionOutcome; 7] = [
    ExtensionOutcome::Open,
    ExtensionOutcome::Approved,
    ExtensionOutcome::Extended,
    ExtensionOutcome::Denied,
    ExtensionOutcome::Lapsed,
    ExtensionOutcome::Void,
    ExtensionOutcome::Failed,
];
const BUTTONS: [Button; 9] = [
    Button::Approve,
    Button::Deny,
    Button::End,
    Button::Extend,
    Button::ApproveExtension,
    Button::DenyExtension,
    Button::ConfirmClaim,
    Button::RefuseClaim,
    Button::Review,
];

/// What people type who mean no harm, and some who do.
fn typed() -> [String; 6] {
    [
        String::new(),
        "שלום \u{202E}abc\u{202C} مرحبا".to_owned(),
        "`code` ```block``` *bold* _it_ ~no~".to_owned(),
        "<!channel> <@U0OWNER> @here <https://example.com|here> &amp;".to_owned(),
        "\n\n\u{0}\u{FFFD}🦀".repeat(200),
        "&".repeat(JUSTIFICATION_MAX_CHARS),
    ]
}

fn of_outcome(case: &Case, outcome: ExtensionOutcome, typed: &str) -> (Request, Extension) {
    let mut request = case.in_status(Status::Active, |_| {});
    let cut = |max: usize| typed.chars().take(max).collect::<String>();
    let extension = Extension {
        number: u32::MAX,
        outcome,
        asked_at: ASKED_AT,
        by: person("U0DANA"),
        duration: GrantDuration::parse("365d").unwrap(),
        justification: Some(cut(EXTENSION_REASON_MAX_CHARS)).filter(|text| !text.is_empty()),
        click_id: None,
        approvals: case.approvers.clone(),
        decided_by: case.approvers.first().cloned().map(Actor::Person),
        decided_at: Some(ASKED_AT),
        until: Some(ASKED_AT),
        why: Some(cut(DENY_REASON_MAX_CHARS)).filter(|text| !text.is_empty()),
    };
    request.extensions.list.push(extension.clone());
    (request, extension)
}

fn cannot(case: &Case) -> CannotDecide {
    let groups = (0..100).map(|number| person(&format!("S0{number:0>30}"))).collect();
    let inactive = case.approvers.iter().take(400).map(|id| (id.clone(), Some("<&*`".repeat(40)))).collect();
    CannotDecide { inactive, empty_groups: groups }
}

#[test]
fn messages_about_extensions() {
    for case in [Case::ordinary(), Case::hostile()] {
        let mut project = case.catalogue();
        project.approver_slack_ids.extend(cannot(&case).empty_groups);
        for outcome in OUTCOMES {
            for typed in typed() {
                let (request, asked) = of_outcome(&case, outcome, &typed);
                for project in [Some(&project), None] {
                    for cannot in [CannotDecide::default(), cannot(&case)] {
                        fits("extension", &extension::extension(&request, &asked, project, &cannot));
                    }
                    if let Some(told) = extension::to_requester(&request, &asked, project) {
                        fits("extension, to the requester", &told);
                    }
                    for why in refusals() {
                        fits("not asked", &ask_refused(&request, &why));
                        fits("not decided", &decision_refused(&request, Some(&asked), project, &why));
                        fits("not decided", &decision_refused(&request, None, project, &why));
                    }
                }
            }
        }
    }
}

fn refusals() -> Vec<ExtensionRefused> {
    let (at, longest) = (ASKED_AT, GrantDuration::SHORTEST);
    let faults = [
        ExtensionFault::OneIsPending { asked_at: at },
        ExtensionFault::NoneLeft { allowed: 0 },
        ExtensionFault::NoneLeft { allowed: 20 },
        ExtensionFault::AskedTooOften,
        ExtensionFault::NotLonger { until: at, ends_at: at },
        ExtensionFault::NotPending,
        ExtensionFault::TooLate,
        ExtensionFault::NotByRule,
    ];
    let mut all = vec![
        ExtensionRefused::NotTheirs,
        ExtensionRefused::NotAnApprover,
        ExtensionRefused::OwnRequest,
        ExtensionRefused::NotAPerson,
        ExtensionRefused::RequesterLeft,
        ExtensionRefused::RequesterMayNotAsk,
        ExtensionRefused::NotLive,
        ExtensionRefused::NotOfThisKind,
        ExtensionRefused::NoLongerOffered,
        ExtensionRefused::TooLong { longest },
        ExtensionRefused::TooShort { shortest: longest },
        ExtensionRefused::HasAgreed { counted: 1, required: u32::MAX },
        ExtensionRefused::Stale { clicked_at: at, now: at },
    ];
    all.extend(faults.map(ExtensionRefused::Fault));
    all
}

#[test]
fn an_approval_message_with_whatever_was_typed_and_whoever_is_listed() {
    for case in [Case::ordinary(), Case::hostile()] {
        for reason in typed() {
            let case =
                Case { reason: reason.chars().take(JUSTIFICATION_MAX_CHARS).collect(), ..case.clone() };
            let mut project = case.catalogue();
            project.approver_slack_ids.extend(cannot(&case).empty_groups);
            for cannot in [CannotDecide::default(), cannot(&case)] {
                let message = approval::approval(&case.asked(), Some(&project), &cannot);
                fits("asked", &message);
                let shown = serde_json::to_string(&message).unwrap();
                assert!(!shown.contains("<!channel>") && !shown.contains("<!here>"), "{shown}");
            }
        }
    }
}

#[test]
fn messages_about_clicks_warnings_and_machines() {
    for case in [Case::ordinary(), Case::hostile()] {
        for (name, request) in case.states() {
            let id = &request.request_id;
            for button in BUTTONS {
                fits(name, &failed_click::not_carried_out(button, &request));
                fits(name, &failed_click::not_known(button, id));
                fits(name, &failed_click::no_such_request(button, id));
                fits(name, &waiting_click::click_waits(button, &request, &case.failure));
                fits(name, &waiting_click::unread_click_waits(button, id, &case.failure));
            }
            fits(name, &failed_click::email_lost(&request));
            fits(name, &waiting_click::credential_waits(&request, &case.failure));
            fits(name, &waiting_click::removal_waits(&request, &case.failure));
            for extension in &request.extensions.list {
                for to_requester in [false, true] {
                    let waits =
                        waiting_click::extension_waits(&request, extension, &case.failure, to_requester);
                    fits(name, &waits);
                }
            }
            fits(name, &warning::ends_soon(&request));
            let past = Warning { ends_at: ASKED_AT, told_at: None, message: None, is_closed: false };
            fits(name, &warning::is_over(&request, &past));
            let label = "<`*&".repeat(16);
            fits(name, &claim::ask(&request, &label, "ABC-DEF", &"v".repeat(2_000), ASKED_AT));
            fits(name, &claim::confirmed(&request, &label, "ABC-DEF"));
            fits(name, &claim::refused(&request, &label, "ABC-DEF"));
            fits(name, &claim::over(&request, &label));
            fits(name, &claim::refused_to_owner(&request, &person("U0OWNER"), &label));
            for why in [
                ClaimClickRefused::NotRequester,
                ClaimClickRefused::NotAPerson,
                ClaimClickRefused::AlreadyClaimed,
                ClaimClickRefused::Unknown,
                ClaimClickRefused::KeyChanged,
                ClaimClickRefused::TooLate,
                ClaimClickRefused::NotReady,
            ] {
                fits(name, &claim::click_refused(&request, why));
            }
        }
    }
}

#[test]
fn who_cannot_decide_is_named_without_a_mention_and_a_group_without_members_is_said() {
    let case = Case::ordinary();
    let mut project = case.catalogue();
    project.approver_slack_ids.extend([person("U0DANA"), person("S0GONE")]);
    let inactive = vec![(person("U0SECOND"), Some("Sam <Second>".to_owned()))];
    let cannot = CannotDecide { inactive, empty_groups: vec![person("S0GONE")] };
    let shown = serde_json::to_string(&approval::approval(&case.asked(), Some(&project), &cannot)).unwrap();
    for said in [
        "<@U0OWNER> can decide.",
        "Sam &lt;Second&gt; cannot: the account is deactivated",
        "Nobody can by the user group `S0GONE`: it has no members, or is gone.",
        "0 of 2 needed",
    ] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    assert!(!shown.contains("<@U0SECOND>") && !shown.contains("subteam"), "{shown}");
    assert!(!shown.contains("<@U0DANA> can decide") && !shown.contains("or <@U0DANA>"), "their own: {shown}");
    let nobody = CannotDecide {
        inactive: vec![(person("U0SECOND"), None), (person("U0OWNER"), None)],
        empty_groups: vec![person("S0GONE")],
    };
    let shown = serde_json::to_string(&approval::approval(&case.asked(), Some(&project), &nobody)).unwrap();
    assert!(shown.contains("Nobody else who is listed can decide now."), "{shown}");
}
