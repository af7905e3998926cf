//! Events: what Slack says happened becomes a job, and all else is acknowledged.

use super::*;

const EVENTS: &str = "/slack/events";

fn event(event: &Value) -> String {
    json!({"type": "event_callback", "event_id": "Ev0", "team_id": null, "authorizations": [{"team_id": null}],
        "event": event})
    .to_string()
}

#[tokio::test]
async fn a_deactivated_account_becomes_a_job_that_ends_what_its_person_has() {
    let stage = Stage::new().await;
    let before = service::clock::now().0;
    let left = event(&json!({"type": "user_change", "user": {
        "id": "U0DANA", "deleted": true, "enterprise_user": {"id": "W0DANA"}, "profile": {"email": null}}}));
    assert_eq!(stage.signed(EVENTS, &left, 0).await, (StatusCode::OK, String::new()));
    let queued = stage.queued("revoke");
    assert_eq!((queued.len(), &queued[0]["job"]), (1, &json!("person_left")));
    assert_eq!(queued[0]["user_ids"], json!(["U0DANA", "W0DANA"]));
    assert!(queued[0]["left_at"].as_i64().unwrap() >= before);
    for user in [
        json!({"id": "U0DANA", "deleted": false}),
        json!({"id": "U0DANA"}),
        json!({"id": "U0DANA", "deleted": null}),
        json!({"id": "U0DANA", "deleted": "true"}),
        json!({"deleted": true}),
        json!({"id": "<!channel>", "deleted": true}),
        json!({"id": 7, "deleted": true}),
        json!(null),
        json!([]),
    ] {
        let change = event(&json!({"type": "user_change", "user": user}));
        assert_eq!(stage.signed(EVENTS, &change, 0).await.0, StatusCode::OK, "{user}");
    }
    assert_eq!(stage.queued("revoke").len(), 1);
    assert_eq!(stage.signed(EVENTS, &left, 301).await.0, StatusCode::UNAUTHORIZED);
    stage.aws.inject(|call| (call.service == Service::Sqs).then_some(Fault::FailBefore));
    assert_eq!(
        stage.signed(EVENTS, &left, 0).await.0,
        StatusCode::SERVICE_UNAVAILABLE,
        "Slack sends it again"
    );
}

#[tokio::test]
async fn events_of_any_other_kind_and_shape_are_acknowledged() {
    let stage = Stage::new().await;
    for other in
        [json!({"type": "team_join"}), json!({"type": 7}), json!(null), json!([1]), json!("x"), json!({})]
    {
        assert_eq!(stage.signed(EVENTS, &event(&other), 0).await.0, StatusCode::OK, "{other}");
    }
    assert_eq!(stage.signed(EVENTS, "[]", 0).await.0, StatusCode::OK);
    assert_eq!(stage.signed(EVENTS, "hello", 0).await.0, StatusCode::BAD_REQUEST);
    assert!(stage.nothing_is_queued());
}

#[tokio::test]
async fn a_step_of_a_workflow_becomes_an_ask_without_its_token() {
    let stage = Stage::new().await;
    let inputs = json!({"user": "U0DANA", "project": "R&amp;D", "role": "ReadOnly", "duration": 2,
        "justification": {"type": "rich_text", "elements": [{"type": "rich_text_section",
            "elements": [{"type": "text", "text": "A < B"}]}]}});
    let executed = |inputs: &Value| event(&testkit::slack::executed("Fx0STEP", "request_access", inputs));
    for _ in 0..2 {
        assert_eq!(stage.signed(EVENTS, &executed(&inputs), 0).await.0, StatusCode::OK);
    }
    let queued = stage.queued("notify");
    assert_eq!((&queued[0]["job"], &queued[0]["execution_id"]), (&json!("workflow_step"), &json!("Fx0STEP")));
    assert_eq!((&queued[0]["user_id"], &queued[0]["project"]), (&json!("U0DANA"), &json!("R&D")));
    assert_eq!((&queued[0]["duration"], &queued[0]["justification"]), (&json!("2"), &json!("A < B")));
    assert_eq!(queued[0]["intake_id"], queued[1]["intake_id"], "one run is one request");
    assert!(!queued[0].to_string().contains("xwfp"), "the token is a secret");
    for (field, value, part) in [
        ("user", json!(null), "`user` is empty"),
        ("user", json!("dana"), "`user` is no person"),
        ("user", json!("S0TEAM"), "`user` is no person"),
        ("project", json!(" "), "`project` is empty"),
        ("role", json!(["x"]), "`role` must be text"),
        ("duration", json!(null), "`duration` is empty"),
    ] {
        let mut wrong = inputs.clone();
        wrong[field] = value;
        assert_eq!(stage.signed(EVENTS, &executed(&wrong), 0).await.0, StatusCode::OK);
        let failed = stage.queued("notify").pop().unwrap();
        assert_eq!((&failed["job"], &failed["execution_id"]), (&json!("failed_step"), &json!("Fx0STEP")));
        assert!(failed["why"].as_str().unwrap().contains(part), "{failed}");
    }
    let before = stage.queued("notify").len();
    let mut nameless = testkit::slack::executed("Fx0STEP", "request_access", &inputs);
    nameless["function_execution_id"] = json!(null);
    for other in [testkit::slack::executed("Fx0STEP", "another", &inputs), nameless] {
        assert_eq!(stage.signed(EVENTS, &event(&other), 0).await.0, StatusCode::OK);
    }
    assert_eq!(stage.queued("notify").len(), before);
}

#[tokio::test]
async fn an_app_home_that_is_opened_is_drawn_and_its_buttons_are_clicks() {
    let stage = Stage::new().await;
    let opened = json!({"type": "app_home_opened", "user": "U0DANA", "channel": "D0DANA", "tab": "home"});
    assert_eq!(stage.signed(EVENTS, &event(&opened), 0).await.0, StatusCode::OK);
    let queued = stage.queued("notify");
    assert_eq!((&queued[0]["job"], &queued[0]["user_id"]), (&json!("publish_home"), &json!("U0DANA")));
    for (field, value) in [("tab", json!("messages")), ("user", json!(null)), ("user", json!("<!channel>"))] {
        let mut other = opened.clone();
        other[field] = value;
        assert_eq!(stage.signed(EVENTS, &event(&other), 0).await.0, StatusCode::OK);
    }
    assert_eq!(stage.queued("notify").len(), 1);
    for (action_id, queue, job) in
        [("revoke", "revoke", "end"), ("approve", "provision", "approve"), ("deny", "notify", "deny")]
    {
        let mut payload = click(action_id);
        payload["container"] = json!({"type": "view", "view_id": "V0HOME"});
        payload["view"] = json!({"type": "home", "id": "V0HOME"});
        payload["actions"][0]["block_id"] = json!("aws_actions:3");
        assert_eq!(stage.signed(CLICK, &form(&payload), 0).await.0, StatusCode::OK);
        let queued = stage.queued(queue).pop().unwrap();
        assert_eq!((&queued["job"], &queued["request_id"]), (&json!(job), &json!("r-0")));
        assert_eq!(queued.get("message"), None);
    }
}
