//! Every form is what Slack takes, and is shown as it was written.

mod about;

use domain::{GrantDuration, Project, ProjectName, SlackUserId};
use serde_json::{Value, json};
use testkit::slack::view_problems;

use super::request_access::{self, Again, Filled, Offer};

fn project(name: &str, roles: &Value) -> Project {
    let record = json!({
        "project": name, "owner_slack_id": "U0OWNER", "approver_slack_ids": ["U0OWNER", "U0SECOND"], "roles": roles});
    serde_json::from_value(record).unwrap()
}

fn roles() -> Value {
    json!({
        "ReadOnly": {"kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "max_duration": "8h"},
        "Deploy": {"kind": "user", "policy_arns": [], "inline_policy": {"Version": "2012-10-17"}, "max_duration": "2h",
            "approvals_required": 2},
        "PowerUser": {"kind": "session", "role_arn": "arn:aws:iam::111122223333:role/payments-power", "max_duration": "4h"}})
}

fn form(
    projects: &[ProjectName],
    project: Option<&Project>,
    role: Option<&str>,
    note: Option<&str>,
) -> Value {
    let shortest = GrantDuration::parse("15m").unwrap();
    let requester = SlackUserId::parse("U0DANA").unwrap();
    let break_glass = role.map(|_| GrantDuration::MINUTE);
    let form = request_access::filled(&Offer {
        projects,
        project,
        role,
        shortest,
        requester: &requester,
        break_glass,
        note,
        duration: None,
        again: None,
    });
    let problems = view_problems(&form);
    assert!(problems.is_empty(), "{problems:?}: {form:#}");
    form
}

fn names(names: &[&str]) -> Vec<ProjectName> {
    names.iter().map(|name| ProjectName::parse(name).unwrap()).collect()
}

#[test]
fn the_form_at_each_step() {
    let opening = request_access::opening();
    assert_eq!(view_problems(&opening), [""; 0]);
    insta::assert_snapshot!("opening", format!("{:#}", opening));
    let (payments, both) = (project("payments", &roles()), names(&["payments", "website"]));
    insta::assert_snapshot!(
        "without_a_project",
        format!("{:#}", form(&both, None, None, Some("That is <gone> & over.")))
    );
    insta::assert_snapshot!("with_a_project", format!("{:#}", form(&both, Some(&payments), None, None)));
    insta::assert_snapshot!(
        "with_a_role",
        format!("{:#}", form(&both, Some(&payments), Some("poweruser"), None))
    );
    insta::assert_snapshot!("without_projects", format!("{:#}", form(&[], None, None, None)));
}

#[test]
fn whatever_the_catalogue_has_slack_takes_the_form() {
    let wide = "🦀`*<!channel>&_~\u{202E}".repeat(4);
    let name = |n: usize| format!("{n:03}{wide}").chars().take(64).collect::<String>();
    let all: Vec<ProjectName> = (0..400).map(|n| ProjectName::parse(&name(n)).unwrap()).collect();
    let policies: Vec<String> =
        (0..20).map(|n| format!("arn:aws:iam::aws:policy/{}{n}", "P".repeat(120))).collect();
    let many: serde_json::Map<String, Value> = (0..150)
        .map(|n| (name(n), json!({"kind": "user", "policy_arns": policies, "max_duration": "365d"})))
        .collect();
    for (projects, roles) in [(400, 150), (100, 100), (101, 101), (1, 1)] {
        let some: serde_json::Map<String, Value> = many.clone().into_iter().take(roles).collect();
        let chosen = project(&name(0), &Value::Object(some));
        for role in [None, Some(name(0))] {
            form(&all[..projects], Some(&chosen), role.as_deref(), Some(&wide.repeat(200)));
        }
    }
    form(&all[..100], Some(&project("empty", &json!({}))), None, None);
}

#[test]
fn a_form_that_comes_back_holds_whatever_was_typed() {
    let payments = project("payments", &roles());
    let both = names(&["payments", "website"]);
    let (shortest, requester) = (GrantDuration::parse("15m").unwrap(), SlackUserId::parse("U0DANA").unwrap());
    let long = "<!channel> `x` שלום ".repeat(200);
    for (at, project) in [
        ("project", None),
        ("role", Some(&payments)),
        ("duration", Some(&payments)),
        ("justification", Some(&payments)),
        ("a field that it does not have", Some(&payments)),
    ] {
        for typed in ["", "ReadOnly", "2h", &long] {
            let justification =
                Some(typed.chars().take(2_900).collect()).filter(|text: &String| !text.is_empty());
            let filled = Filled {
                project: typed.to_owned(),
                role: typed.to_owned(),
                duration: typed.to_owned(),
                justification,
                break_glass: true,
            };
            let again = Again { filled, at, why: "&amp;".repeat(900) };
            let form = request_access::filled(&Offer {
                projects: &both,
                project,
                role: Some(typed),
                shortest,
                requester: &requester,
                break_glass: Some(shortest),
                note: None,
                duration: None,
                again: Some(&again),
            });
            assert_eq!(view_problems(&form), [""; 0], "{at} {typed:.20}: {form:#}");
        }
    }
}

#[test]
fn a_role_that_is_longer_lasting_than_any_choice_is_offered_in_whole() {
    let months = json!({"Long": {"kind": "user", "policy_arns": ["a"], "max_duration": "90d"}});
    let form = form(&names(&["p"]), Some(&project("p", &months)), None, None);
    let duration =
        form["blocks"].as_array().unwrap().iter().find(|block| block["block_id"] == "duration").unwrap();
    let options = duration["element"]["options"].as_array().unwrap();
    assert_eq!(options.last().unwrap()["value"], "90d");
}
