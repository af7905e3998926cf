//! Forms: opened within the answer, checked at their fields, and never an error of HTTP.

use service::secret::BotToken;
use slack::Views;
use testkit::slack::{EmbeddedSlack, Fault as SlackFault, Person, View};

use super::*;

const DANA: &str = "U0DANA";
/// What a worker writes into a filled form.
const LIMITS: &str =
    r#"{"shortest":900,"project":"payments","roles":{"ReadOnly":28800,"PowerUser":3600},"all_roles":true}"#;

/// An ingress on a socket, with a Slack that it opens forms in.
pub(crate) struct Forms {
    pub(crate) stage: Stage,
    pub(crate) slack: Arc<EmbeddedSlack>,
    pub(crate) url: String,
}

impl Forms {
    pub(crate) async fn new() -> Self {
        let listener = || tokio::net::TcpListener::bind("127.0.0.1:0");
        let people = vec![Person::with_id(DANA)];
        let slack =
            EmbeddedSlack::start(listener().await.unwrap(), people, SECRET.into(), "xoxb-test".into());
        let stage = Stage::with(Some(Views::new(&slack.api_url(), BotToken::new("xoxb-test".into())))).await;
        let listener = listener().await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = stage.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { stage, slack, url }
    }

    async fn opened(&self) -> View {
        let status = self.slack.shortcut(&self.url, DANA, "request_access").await.unwrap();
        assert_eq!(status, StatusCode::OK);
        self.slack.views_seen_by(DANA).pop().unwrap()
    }

    /// What is queued for notify, as job names.
    fn jobs(&self) -> Vec<String> {
        let queued = self.stage.queued("notify");
        queued.iter().map(|job| job["job"].as_str().unwrap().to_owned()).collect()
    }
}

fn submission(fields: &[(&str, &str)]) -> Value {
    let values: serde_json::Map<String, Value> = fields
        .iter()
        .map(|(field, value)| {
            let element = match *field {
                "justification" | "duration_text" => json!({"type": "plain_text_input", "value": value}),
                _ => json!({"type": "static_select", "selected_option": {"value": value}}),
            };
            ((*field).to_owned(), json!({ *field: element }))
        })
        .collect();
    json!({
        "type": "view_submission", "user": {"id": DANA, "username": "dana"}, "team": null,
        "view": {
            "id": "V0FORM", "callback_id": "request_access", "private_metadata": LIMITS,
            "state": {"values": values}}})
}

#[tokio::test]
async fn a_shortcut_and_a_command_without_words_open_the_form_and_have_it_filled() {
    let forms = Forms::new().await;
    let opened = forms.opened().await;
    for words in ["", "  ", "\u{200B}"] {
        let (status, answer) = forms.slack.command(&forms.url, DANA, words).await.unwrap();
        assert_eq!((status, answer.as_str()), (StatusCode::OK, ""), "nothing but the form is shown");
    }
    assert_eq!(forms.slack.views_seen_by(DANA).len(), 4);
    let queued = forms.stage.queued("notify");
    assert_eq!(queued.len(), 4);
    let fill = &queued[0];
    assert_eq!((&fill["job"], &fill["form"]), (&json!("fill_form"), &json!("request_access")));
    assert_eq!((&fill["view_id"], &fill["hash"]), (&json!(opened.id), &json!(opened.hash)));
    assert_eq!(fill["user_id"], DANA);
    // A button on a page of ours opens it too.
    let button = json!({
        "type": "block_actions", "user": {"id": DANA}, "view": {"type": "home", "id": "V0HOME"},
        "trigger_id": "none", "actions": [{"action_id": "request_access", "block_id": "x"}]});
    assert_eq!(forms.slack.interact(&forms.url, &button).await.unwrap().0, StatusCode::OK);
    let opens = forms.slack.calls().iter().filter(|call| call.method == "views.open").count();
    assert_eq!(opens, 5);
    // Before anything fills it, it can be filled in by typing.
    let fields =
        [("project", "payments"), ("role", "ReadOnly"), ("duration", "2 hours"), ("justification", "a < b")];
    let (status, answer) = forms.slack.submit(&forms.url, &opened.id, &fields).await.unwrap();
    assert_eq!((status, answer), (StatusCode::OK, Value::Null));
    let ask = forms.stage.queued("notify").pop().unwrap();
    assert_eq!((&ask["job"], &ask["duration"]), (&json!("intake"), &json!("2 hours")));
    assert_eq!((&ask["user_name"], &ask["justification"]), (&json!("u0dana"), &json!("a < b")));
}

#[tokio::test]
async fn a_form_that_slack_does_not_open_is_said_in_time_and_nothing_is_queued() {
    for fault in [
        SlackFault::Hang,
        SlackFault::ServerError,
        SlackFault::Status(502),
        SlackFault::LoseAnswer,
        SlackFault::RateLimited { retry_after_secs: 30 },
        SlackFault::Api("expired_trigger_id".into()),
        SlackFault::Api("invalid_auth".into()),
    ] {
        let forms = Forms::new().await;
        let what = format!("{fault:?}");
        let ask = async || {
            forms.slack.fail("views.open", fault.clone(), 1);
            forms.slack.command(&forms.url, DANA, "").await
        };
        let (status, answer) = in_time(&what, PROMISED, ask).await.unwrap();
        assert_eq!(status, StatusCode::OK, "{fault:?}");
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["response_type"], "ephemeral", "{fault:?}");
        let said = answer["text"].as_str().unwrap();
        assert!(said.contains("cannot be opened") && said.contains("payments ReadOnly 2h"), "{said}");
        forms.slack.fail("views.open", fault.clone(), 1);
        let status = forms.slack.shortcut(&forms.url, DANA, "request_access").await.unwrap();
        assert_eq!(status, StatusCode::OK, "{fault:?}");
        assert!(forms.stage.nothing_is_queued(), "{fault:?}");
    }
    let stage = Stage::new().await;
    let (status, answer) = stage.signed("/slack/commands", "user_id=U0DANA&text=&trigger_id=1.2", 0).await;
    assert!(status == StatusCode::OK && answer.contains("payments ReadOnly 2h"), "without a token: {answer}");
}

#[tokio::test]
async fn a_mistake_is_shown_at_its_field_and_queues_nothing() {
    let forms = Forms::new().await;
    let right = [("project", "payments"), ("role", "ReadOnly"), ("duration", "1h"), ("justification", "why")];
    for (field, value, part) in [
        ("role", "Root", "no such role"),
        ("duration", "9h", "8 hours"),
        ("duration", "52w", "8 hours"),
        ("duration", "1m", "15 minutes"),
        ("duration", "2", "no unit"),
        ("duration", "soon", "90m"),
        ("duration_text", "9h", "8 hours"),
        ("justification", &"x".repeat(2_901), "2901"),
        ("project", " ", "project"),
        ("role", "", "role"),
        ("duration", "", "how long"),
    ] {
        let mut fields: Vec<(&str, &str)> =
            right.iter().copied().filter(|(known, _)| *known != field).collect();
        fields.push((field, value));
        let (status, answer) = forms.slack.interact(&forms.url, &submission(&fields)).await.unwrap();
        assert_eq!(status, StatusCode::OK);
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["response_action"], "errors", "{field}={value}");
        let errors = answer["errors"].as_object().unwrap();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[field].as_str().unwrap().contains(part), "{errors:?}");
    }
    assert!(forms.stage.nothing_is_queued());
}

#[tokio::test]
async fn a_form_that_comes_again_is_one_request_and_another_form_another() {
    let forms = Forms::new().await;
    let fields =
        [("project", "payments"), ("role", "readonly"), ("duration", "1h"), ("duration_text", "90 min")];
    let mut payload = submission(&fields);
    for view_id in ["V0FORM", "V0FORM", "V0OTHER"] {
        payload["view"]["id"] = json!(view_id);
        let answer = forms.slack.interact(&forms.url, &payload).await.unwrap();
        assert_eq!(answer, (StatusCode::OK, String::new()), "an empty answer closes the form");
    }
    let queued = forms.stage.queued("notify");
    assert_eq!(queued[0]["intake_id"], queued[1]["intake_id"]);
    assert_ne!(queued[0]["intake_id"], queued[2]["intake_id"]);
    assert_eq!(queued[0]["duration"], "90 min", "what is typed counts before what is chosen");
    assert_eq!(queued[0]["user_name"], "dana");
}

#[tokio::test]
async fn whatever_a_form_looks_like_it_is_acknowledged() {
    let forms = Forms::new().await;
    let right = submission(&[("project", "payments"), ("role", "ReadOnly"), ("duration", "1h")]);
    let with = |pointer: &str, value: Value| {
        let mut payload = right.clone();
        *payload.pointer_mut(pointer).unwrap() = value;
        payload
    };
    let mut odd = Vec::new();
    for value in [json!(null), json!([]), json!("x"), json!(7), json!({})] {
        for pointer in
            ["/view", "/view/state", "/view/state/values", "/view/state/values/role", "/user", "/user/id"]
        {
            odd.push(with(pointer, value.clone()));
        }
    }
    odd.push(json!({"type": "view_submission"}));
    odd.push(with("/view/callback_id", json!("something_new")));
    odd.extend(
        ["view_closed", "shortcut", "block_suggestion", "message_action", "workflow_step_edit"]
            .map(|kind| json!({"type": kind})),
    );
    odd.push(json!({"type": "shortcut", "callback_id": "request_access", "user": null, "trigger_id": 7}));
    odd.push(json!({"type": "shortcut", "callback_id": "something_new", "user": {"id": DANA}}));
    odd.push(json!({"type": "block_actions", "view": {"callback_id": "request_access"}, "actions": [{"action_id": "project"}]}));
    for payload in odd {
        let (status, answer) = forms.slack.interact(&forms.url, &payload).await.unwrap();
        assert_eq!(status, StatusCode::OK, "{payload}");
        assert!(
            answer.is_empty() || answer.contains("errors") || answer.contains("options"),
            "{payload}: {answer}"
        );
    }
    assert!(forms.stage.nothing_is_queued(), "{:?}", forms.jobs());
    // What carries no limits is for the worker to check.
    for metadata in [json!(null), json!("{"), json!("[]"), json!({"a": 1}), json!("")] {
        let payload = with("/view/private_metadata", metadata);
        assert_eq!(forms.slack.interact(&forms.url, &payload).await.unwrap().0, StatusCode::OK);
    }
    assert_eq!(forms.jobs(), ["intake"; 5]);
}

#[tokio::test]
async fn a_choice_has_the_form_show_what_follows_from_it() {
    let forms = Forms::new().await;
    let choice = |field: &str, value: Value| {
        let mut payload = submission(&[("project", "payments")]);
        payload["type"] = json!("block_actions");
        payload["actions"] = json!([{"action_id": field, "block_id": field, "type": "static_select", "selected_option": value}]);
        payload
    };
    for (field, value) in [
        ("project", json!({"value": "website"})),
        ("project", json!(null)),
        ("role", json!({"value": "ReadOnly"})),
        ("justification", json!({"value": "x"})),
    ] {
        let answer = forms.slack.interact(&forms.url, &choice(field, value)).await.unwrap();
        assert_eq!(answer, (StatusCode::OK, String::new()));
    }
    let queued = forms.stage.queued("notify");
    let chosen: Vec<_> = queued.iter().map(|job| (job["project"].as_str(), job["role"].as_str())).collect();
    assert_eq!(chosen, [(Some("website"), None), (None, None), (Some("payments"), Some("ReadOnly"))]);
    assert!(queued.iter().all(|job| job["view_id"] == "V0FORM" && job["hash"].is_null()), "{queued:?}");
}

#[tokio::test]
async fn a_long_list_is_searched_by_what_the_form_carries() {
    let forms = Forms::new().await;
    let search = |field: &str, typed: Value| {
        let mut payload = submission(&[]);
        payload["type"] = json!("block_suggestion");
        payload["action_id"] = json!(field);
        payload["value"] = typed;
        payload["view"]["private_metadata"] =
            json!(r#"{"projects":["payments","website"],"roles":{"ReadOnly":60},"all_roles":true}"#);
        payload
    };
    for (field, typed, values) in [
        ("project", json!("PAY"), vec!["payments", "PAY"]),
        ("project", json!("ledger"), vec!["ledger"]),
        ("project", json!(null), vec!["payments", "website"]),
        ("role", json!("only"), vec!["ReadOnly"]),
        ("role", json!("root"), vec![]),
    ] {
        let (status, answer) = forms.slack.interact(&forms.url, &search(field, typed)).await.unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let options = answer["options"].as_array().unwrap();
        let found: Vec<&str> = options.iter().map(|option| option["value"].as_str().unwrap()).collect();
        assert_eq!((status, found), (StatusCode::OK, values), "{field}");
    }
    assert!(forms.stage.nothing_is_queued());
}

#[tokio::test]
async fn a_form_that_cannot_be_queued_stays_open() {
    let forms = Forms::new().await;
    let opened = forms.opened().await;
    forms.stage.aws.inject(|call| (call.service == Service::Sqs).then_some(Fault::Deny));
    let fields = [("project", "payments"), ("role", "ReadOnly"), ("duration", "1h")];
    let (status, _) = forms.slack.submit(&forms.url, &opened.id, &fields).await.unwrap();
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(forms.slack.view(&opened.id).unwrap().is_open);
}
