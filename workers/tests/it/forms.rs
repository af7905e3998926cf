//! The form by which somebody asks: filled with what the catalogue offers, anew after each choice, and never by what is
//! older than what it shows.

use domain::job::{Form, FormFill};
use domain::{Job, QueueName, SlackUserId, ViewId};
use serde_json::{Value, json};
use slack::modals::request_access;
use testkit::slack::{Fault, View};
use workers::consumer::Attempt;

use crate::stage::{DANA, Stage, payments};

fn form(stage: &Stage) -> View {
    stage.slack.open_view(DANA, &request_access::opening()).unwrap()
}

/// What fills a form, so many milliseconds from now.
fn fill(
    stage: &Stage,
    view: &View,
    hash: Option<&str>,
    chosen: (Option<&str>, Option<&str>),
    ms: i64,
) -> Job {
    let form = Form::RequestAccess {
        project: chosen.0.map(str::to_owned),
        role: chosen.1.map(str::to_owned),
        typed: None,
    };
    Job::FillForm(FormFill {
        view_id: ViewId::parse(&view.id).unwrap(),
        hash: hash.map(str::to_owned),
        user_id: SlackUserId::parse(DANA).unwrap(),
        asked_at_ms: stage.now().0 * 1_000 + ms,
        form,
    })
}

/// The form after a job, and after all that follows.
async fn filled(stage: &Stage, view: &View, job: Job) -> Value {
    stage.send(&job).await;
    let left = stage.settle().await;
    assert!(left.rejected.is_empty() && left.waiting.is_empty(), "{left:?}");
    stage.slack.view(&view.id).unwrap().view
}

/// The options of a field; nothing where it is typed.
fn options(form: &Value, field: &str) -> Vec<String> {
    let options = &block(form, field)["element"]["options"];
    let options = options.as_array().map_or(&[][..], Vec::as_slice);
    options.iter().map(|option| option["value"].as_str().unwrap().to_owned()).collect()
}

fn block<'a>(form: &'a Value, field: &str) -> &'a Value {
    let blocks = form["blocks"].as_array().unwrap();
    blocks.iter().find(|block| block["block_id"] == field).unwrap_or(&Value::Null)
}

fn website() -> Value {
    let mut website = payments();
    website["project"] = json!("website");
    website["roles"] = json!({"Deploy": {"kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/PowerUserAccess"],
        "max_duration": "45m"}});
    website
}

#[tokio::test]
async fn it_offers_what_can_be_asked_for_and_each_choice_narrows_it() {
    let stage = Stage::new().await;
    stage.put_project(website()).await;
    let view = form(&stage);
    let shown = filled(&stage, &view, fill(&stage, &view, Some(&view.hash), (None, None), 0)).await;
    assert_eq!(options(&shown, "project"), ["payments", "website"]);
    assert_eq!(
        block(&shown, "role")["element"]["type"],
        "plain_text_input",
        "it can be typed before a choice"
    );

    let shown = filled(&stage, &view, fill(&stage, &view, None, (Some("payments"), None), 1)).await;
    assert_eq!(options(&shown, "role"), ["Both", "PowerUser", "ReadOnly"]);
    assert_eq!(options(&shown, "duration").last().map(String::as_str), Some("8h"), "the longest of any role");
    assert_eq!(block(&shown, "project")["element"]["initial_option"]["value"], "payments");
    let said = shown.to_string();
    for part in
        ["ReadOnlyAccess", "up to 1 hour", "2 people must agree", "<@U0OWNER> or <@U0SECOND> can approve"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }

    let shown =
        filled(&stage, &view, fill(&stage, &view, None, (Some("payments"), Some("PowerUser")), 2)).await;
    assert_eq!(options(&shown, "duration"), ["15m", "30m", "1h"]);
    let limits: Value = serde_json::from_str(shown["private_metadata"].as_str().unwrap()).unwrap();
    assert_eq!((&limits["shortest"], &limits["roles"]["PowerUser"]), (&json!(900), &json!(3_600)));

    // The only role need not be chosen.
    let shown = filled(&stage, &view, fill(&stage, &view, None, (Some("website"), None), 3)).await;
    assert_eq!(block(&shown, "role")["element"]["initial_option"]["value"], "Deploy");
    assert_eq!(options(&shown, "duration"), ["15m", "30m", "45m"]);
}

#[tokio::test]
async fn it_shows_nobody_what_they_may_not_ask_for() {
    let stage = Stage::new().await;
    let mut secret = website();
    secret["requester_slack_ids"] = json!(["U0SECOND"]);
    stage.put_project(secret).await;
    let mut project = payments();
    project["roles"]["Both"]["requester_slack_ids"] = json!(["S0ONCALL"]);
    stage.put_project(project).await;
    let view = form(&stage);
    let shown = filled(&stage, &view, fill(&stage, &view, Some(&view.hash), (None, None), 0)).await;
    assert!(!shown.to_string().contains("website") && !shown.to_string().contains("Both"), "{shown}");
    assert_eq!(options(&shown, "role"), ["PowerUser", "ReadOnly"], "the only project is chosen");
}

#[tokio::test]
async fn an_older_choice_that_comes_late_or_twice_replaces_nothing() {
    let stage = Stage::new().await;
    stage.put_project(website()).await;
    let view = form(&stage);
    let [opened, first, second] = [
        fill(&stage, &view, Some(&view.hash), (None, None), 0),
        fill(&stage, &view, None, (Some("payments"), None), 10),
        fill(&stage, &view, None, (Some("website"), None), 20),
    ];
    filled(&stage, &view, second).await;
    for late in [first, opened] {
        let shown = filled(&stage, &view, late).await;
        assert_eq!(block(&shown, "project")["element"]["initial_option"]["value"], "website");
    }
    // Another process has no memory of it, but the form as it was opened is not there any more.
    let other = Stage::new().await;
    let view = form(&other);
    let opened = fill(&other, &view, Some("an older state"), (None, None), 0);
    assert_eq!(filled(&other, &view, opened).await, view.view);
}

#[tokio::test]
async fn slack_that_fails_is_tried_again_and_a_form_that_is_closed_is_left() {
    for fault in [
        Fault::ServerError,
        Fault::LoseAnswer,
        Fault::RateLimited { retry_after_secs: 3 },
        Fault::Api("internal_error".into()),
    ] {
        let stage = Stage::new().await;
        let view = form(&stage);
        stage.slack.fail("views.update", fault.clone(), 1);
        let shown = filled(&stage, &view, fill(&stage, &view, None, (None, None), 0)).await;
        assert_eq!(options(&shown, "role").len(), 3, "{fault:?}: the only project is chosen");
    }
    let stage = Stage::new().await;
    let view = form(&stage);
    stage.slack.close_view(&view.id);
    assert_eq!(filled(&stage, &view, fill(&stage, &view, None, (None, None), 0)).await, view.view);
    let late = form(&stage);
    let job = fill(&stage, &late, None, (None, None), 0);
    stage.pass(601);
    let calls = stage.slack.calls().len();
    assert_eq!(filled(&stage, &late, job).await, late.view);
    assert_eq!(stage.slack.calls().len(), calls, "nobody looks at it any more");
}

#[tokio::test]
async fn what_the_catalogue_does_not_have_or_cannot_say_is_said() {
    let stage = Stage::new().await;
    let view = form(&stage);
    stage.put_project(json!({"project": "broken", "roles": 7})).await;
    let mut empty = website();
    empty["roles"] = json!({});
    stage.put_project(empty).await;
    for (ms, (project, said)) in
        [("broken", "not set up correctly"), ("gone", "not in the catalogue"), ("website", "no roles yet")]
            .into_iter()
            .enumerate()
    {
        let job = fill(&stage, &view, None, (Some(project), None), i64::try_from(ms).unwrap());
        let shown = filled(&stage, &view, job).await;
        assert!(shown.to_string().contains(said), "{project}: {shown}");
        // Who may ask for a project that cannot be read is not known.
        assert_eq!(options(&shown, "project"), ["payments", "website"]);
    }
}

#[tokio::test]
async fn more_projects_than_a_list_shows_are_searched() {
    let stage = Stage::new().await;
    for number in 0..150 {
        let mut project = website();
        project["project"] = json!(format!("project-{number:03}"));
        stage.put_project(project).await;
    }
    let view = form(&stage);
    let shown = filled(&stage, &view, fill(&stage, &view, None, (Some("project-149"), None), 0)).await;
    let element = &block(&shown, "project")["element"];
    assert_eq!(element["type"], "external_select");
    assert_eq!(element["initial_option"]["value"], "project-149");
    let limits: Value = serde_json::from_str(shown["private_metadata"].as_str().unwrap()).unwrap();
    assert_eq!((limits["projects"].as_array().unwrap().len(), &limits["all_projects"]), (151, &json!(true)));
}

#[tokio::test]
async fn a_failing_table_is_tried_again() {
    let stage = Stage::new().await;
    let view = form(&stage);
    let job = fill(&stage, &view, None, (None, None), 0);
    stage.aws.inject(|call| (call.operation == "Scan").then_some(testkit::aws::Fault::FailBefore));
    let failed = stage.handle(QueueName::Notify, &job, Attempt { number: 1, max: 5 }).await;
    assert!(matches!(failed, Err(workers::Failure::Retry { .. })), "{failed:?}");
    stage.aws.inject(|_| None);
    stage.handle(QueueName::Notify, &job, Attempt { number: 2, max: 5 }).await.unwrap();
    assert_eq!(stage.slack.view(&view.id).unwrap().updates, 1);
}

#[tokio::test]
async fn it_is_filled_with_what_was_understood_of_a_command() {
    let stage = Stage::new().await;
    let mut lake = website();
    lake["project"] = json!("Data Lake");
    stage.put_project(lake).await;
    let typed_form = async |typed: &str| {
        let view = form(&stage);
        let form = Form::RequestAccess { project: None, role: None, typed: Some(typed.to_owned()) };
        let job = Job::FillForm(FormFill {
            view_id: ViewId::parse(&view.id).unwrap(),
            hash: None,
            user_id: SlackUserId::parse(DANA).unwrap(),
            asked_at_ms: stage.now().0 * 1_000,
            form,
        });
        filled(&stage, &view, job).await
    };
    for (typed, project, role, duration, other) in [
        ("Payments", json!("payments"), json!(null), json!("1h"), json!(null)),
        ("payments readonly", json!("payments"), json!("ReadOnly"), json!("1h"), json!(null)),
        ("payments 2 hours", json!("payments"), json!(null), json!("2h"), json!(null)),
        ("payments 100 min", json!("payments"), json!(null), json!("1h"), json!("1h40m")),
        ("data lake", json!("Data Lake"), json!("Deploy"), json!("45m"), json!(null)),
    ] {
        let shown = typed_form(typed).await;
        let chosen = |field: &str| block(&shown, field)["element"]["initial_option"]["value"].clone();
        let typed_time = block(&shown, "duration_text")["element"]["initial_value"].clone();
        assert_eq!(
            [chosen("project"), chosen("role"), chosen("duration"), typed_time],
            [project, role, duration, other],
            "{typed}"
        );
    }
    let shown = typed_form("paymnts 2h").await;
    let said = shown["blocks"][0].to_string();
    assert!(said.contains("no project “paymnts”") && said.contains("Did you mean payments?"), "{said}");
    assert_eq!(block(&shown, "duration")["element"]["initial_value"], "2h");
    assert_eq!(options(&shown, "project"), ["Data Lake", "payments"]);
}

#[tokio::test]
async fn an_emergency_is_offered_to_those_only_whom_the_role_s_rule_names() {
    for (named, options_shown) in [(DANA, vec!["no", "yes"]), ("U0SECOND", vec![])] {
        let stage = Stage::new().await;
        let mut project = payments();
        project["roles"]["ReadOnly"]["break_glass"] = json!({ "for": [named], "max_duration": "30m" });
        stage.put_project(project).await;
        let view = form(&stage);
        let chosen = (Some("payments"), Some("ReadOnly"));
        let shown = filled(&stage, &view, fill(&stage, &view, None, chosen, 0)).await;
        assert_eq!(options(&shown, "break_glass"), options_shown, "{named}");
        let other = (Some("payments"), Some("Both"));
        let shown = filled(&stage, &view, fill(&stage, &view, None, other, 1)).await;
        assert_eq!(options(&shown, "break_glass"), [""; 0]);
    }
}
