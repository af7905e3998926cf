//! What people type, and how Slack encodes it, by each way in.

use super::*;

const COMMAND: &str = "/slack/commands";

fn with(field: &str, value: Value) -> String {
    let mut body = ask();
    body[field] = value;
    body.to_string()
}

/// A form's field, encoded.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

impl Stage {
    /// What the queue has of one command.
    async fn commanded(&self, text: &str) -> Value {
        let body = format!("command=%2Faccess&user_id=U0DANA&user_name=dana&text={}", encoded(text));
        let (status, answer) = self.signed(COMMAND, &body, 0).await;
        assert!(status == StatusCode::OK && answer.contains("I will message you"), "{text}: {answer}");
        self.queued("notify").pop().unwrap()
    }

    /// What the queue has of one workflow's request.
    async fn asked(&self, body: &str) -> Value {
        let (status, answer) = self.bearer(TOKEN, body).await;
        assert_eq!(status, StatusCode::OK, "{body}: {answer}");
        self.queued("notify").pop().unwrap()
    }
}

#[tokio::test]
async fn a_person_comes_as_an_id_or_as_a_mention_of_it() {
    let stage = Stage::new().await;
    for id in ["U0DANA", "<@U0DANA>", "<@U0DANA|dana>"] {
        assert_eq!(stage.asked(&with("user_id", json!(id))).await["user_id"], "U0DANA");
    }
    assert_eq!(stage.asked(&with("user_id", json!("W0DANA"))).await["user_id"], "W0DANA");
    let before = stage.queued("notify").len();
    for id in [json!("@dana"), json!("dana"), json!(""), json!(null), json!(7)] {
        let (status, answer) = stage.bearer(TOKEN, &with("user_id", id.clone())).await;
        assert!(status == StatusCode::BAD_REQUEST && answer.contains("`user_id`"), "{id}: {answer}");
    }
    assert_eq!(stage.queued("notify").len(), before);
}

#[tokio::test]
async fn json_that_is_nearly_right_is_taken() {
    let stage = Stage::new().await;
    let cut = r#"{"user_id":"U0DANA","user_name":"dana","project":"payments","role":"ReadOnly","duration":"2h","justification":"on call \ud83d"}"#;
    assert_eq!(stage.asked(cut).await["justification"], "on call \u{FFFD}");
    // Cut within a character, byte by byte; whoever has no token hears nothing of that.
    let whole = ask().to_string().into_bytes();
    let cut = [&whole[..whole.len() - 1], b",\"justification\":\"on call \xF0\x9F\"}".as_slice()].concat();
    for (token, status) in [("wrong", StatusCode::UNAUTHORIZED), (TOKEN, StatusCode::OK)] {
        let request = post(ASK).header("Authorization", format!("Bearer {token}"));
        assert_eq!(stage.send(request.body(Body::from(cut.clone())).unwrap()).await.0, status);
    }
    assert_eq!(stage.queued("notify").pop().unwrap()["justification"], "on call \u{FFFD}");
    for name in [json!(null), json!(""), json!(7), json!({"a": 1})] {
        assert_eq!(stage.asked(&with("user_name", name)).await["project"], "payments");
    }
    let mut body = ask();
    body.as_object_mut().unwrap().remove("user_name");
    assert_eq!(stage.asked(&body.to_string()).await["user_name"], "");
    assert_eq!(stage.asked(&with("duration", json!(2))).await["duration"], "2");
    let empty = json!({"type": "rich_text", "elements": []});
    for nothing in [empty, json!(""), json!("  "), json!(null)] {
        assert_eq!(stage.asked(&with("justification", nothing)).await.get("justification"), None);
    }
    let before = stage.queued("notify").len();
    for (field, value) in [("duration", json!(["2h"])), ("project", json!({})), ("justification", json!([1]))]
    {
        let (status, answer) = stage.bearer(TOKEN, &with(field, value)).await;
        assert!(status == StatusCode::BAD_REQUEST && answer.contains(&format!("`{field}`")), "{answer}");
    }
    assert_eq!(stage.queued("notify").len(), before);
}

#[tokio::test]
async fn slacks_encodings_are_decoded_once() {
    let stage = Stage::new().await;
    let reason =
        "fix A &lt; B &amp; C, asked by <@U0SECOND>, see <https://jira.example.com/browse/OPS-7|OPS-7>";
    let plain = "fix A < B & C, asked by @U0SECOND, see OPS-7 (https://jira.example.com/browse/OPS-7)";
    let mut body = ask();
    (body["project"], body["justification"]) = (json!("R&amp;D"), json!(reason));
    let queued = stage.asked(&body.to_string()).await;
    assert_eq!((&queued["project"], &queued["justification"]), (&json!("R&D"), &json!(plain)));
    let queued = stage.commanded(&format!("R&amp;D ReadOnly 2h {reason}")).await;
    assert_eq!((&queued["project"], &queued["justification"]), (&json!("R&D"), &json!(plain)));
    // Only once: what somebody typed as an entity stays one.
    assert_eq!(stage.asked(&with("project", json!("R&amp;amp;D"))).await["project"], "R&amp;D");
    assert_eq!(stage.commanded("R&amp;amp;D ReadOnly 2h").await["project"], "R&amp;D");
    assert_eq!(stage.commanded("<#C0PAY|payments> ReadOnly 2h").await["project"], "#payments");
}

#[tokio::test]
async fn a_command_is_read_as_people_write_it() {
    let stage = Stage::new().await;
    for (text, duration, reason) in [
        ("payments ReadOnly 1h 30m fix the ledger", "1h30m", json!("fix the ledger")),
        ("payments ReadOnly 2 hours because of a bug", "2h", json!("because of a bug")),
        ("payments ReadOnly for 2h", "2h", json!(null)),
        ("payments, ReadOnly, 2h", "2h", json!(null)),
        ("payments\u{A0}ReadOnly\u{3000}2h", "2h", json!(null)),
        ("“payments” 'ReadOnly' `2h` a bug", "2h", json!("a bug")),
        ("payments ReadOnly 1h 30", "1h 30", json!(null)),
        ("project=payments role=ReadOnly duration=2h", "2h", json!(null)),
        ("--project payments --role ReadOnly --duration 2h a bug", "2h", json!("a bug")),
        ("“payments ReadOnly 2h” a bug", "2h", json!("a bug")),
        ("payments-&gt;ReadOnly 2h a bug", "2h", json!("a bug")),
        ("payments/ReadOnly soon", "soon", json!(null)),
    ] {
        let queued = stage.commanded(text).await;
        assert_eq!((&queued["project"], &queued["role"]), (&json!("payments"), &json!("ReadOnly")), "{text}");
        assert_eq!(queued["duration"], duration, "{text}");
        assert_eq!(queued.get("justification").cloned().unwrap_or_default(), reason, "{text}");
        assert_eq!(queued["command"], text.replace("&gt;", ">"));
    }
    let before = stage.queued("notify").len();
    for text in ["", "help", "payments ReadOnly", "\"Data Lake\" ReadOnly"] {
        let body = format!("user_id=U0DANA&text={}", encoded(text));
        let (status, usage) = stage.signed(COMMAND, &body, 0).await;
        assert!(status == StatusCode::OK && usage.contains("payments ReadOnly 2h"), "{text}: {usage}");
    }
    for (text, understood) in
        [("payments 90 min", "how long (1 hour 30 minutes)"), ("payments ReadOnly", "did not find how long")]
    {
        let (_, usage) = stage.signed(COMMAND, &format!("user_id=U0DANA&text={}", encoded(text)), 0).await;
        assert!(usage.contains(understood), "{text}: {usage}");
    }
    assert_eq!(stage.queued("notify").len(), before);
}

#[tokio::test]
async fn only_the_bare_certificate_check_needs_no_signature() {
    let stage = Stage::new().await;
    let unsigned = async |path: &str, body: &str| {
        stage.send(post(path).body(Body::from(body.to_owned())).unwrap()).await.0
    };
    for body in ["ssl_check=1&token=x", "token=x&ssl_check=1", "ssl_check=1"] {
        assert_eq!(unsigned(COMMAND, body).await, StatusCode::OK, "{body}");
        assert_eq!(stage.signed(COMMAND, body, 0).await.0, StatusCode::OK, "{body}");
        assert_eq!(unsigned(CLICK, body).await, StatusCode::UNAUTHORIZED, "{body}");
        assert_eq!(unsigned(ASK, body).await, StatusCode::UNAUTHORIZED, "{body}");
        assert_eq!(unsigned("/slack/events", body).await, StatusCode::UNAUTHORIZED, "{body}");
    }
    let approve = form(&click("approve"));
    for body in [
        format!("ssl_check=1&{approve}"),
        format!("ssl_check=1&token=x&{approve}"),
        "ssl_check=1&token=x&user_id=U0DANA&text=payments+ReadOnly+2h".to_owned(),
        "ssl_check=1&token=x&token=y".to_owned(),
        "ssl_check=1&ssl_check=1".to_owned(),
        "ssl_check=0&token=x".to_owned(),
        "ssl_check=true".to_owned(),
        "ssl_check=".to_owned(),
        "token=x".to_owned(),
        String::new(),
    ] {
        for path in [COMMAND, CLICK, "/slack/events"] {
            assert_eq!(unsigned(path, &body).await, StatusCode::UNAUTHORIZED, "{path} {body}");
        }
    }
    assert_eq!(stage.signed(COMMAND, "text=payments+ReadOnly+2h", 0).await.0, StatusCode::BAD_REQUEST);
    assert!(stage.nothing_is_queued());
}

#[tokio::test]
async fn the_same_again_is_the_same_request_unless_somebody_typed_it_again() {
    let stage = Stage::new().await;
    let first = stage.asked(&ask().to_string()).await["intake_id"].clone();
    assert_eq!(stage.asked(&ask().to_string()).await["intake_id"], first);
    assert_ne!(stage.asked(&with("duration", json!("3h"))).await["intake_id"], first);
    let typed = async |trigger: &str| {
        let body = format!("user_id=U0DANA&user_name=dana&text=payments+ReadOnly+1h&trigger_id={trigger}");
        assert_eq!(stage.signed(COMMAND, &body, 0).await.0, StatusCode::OK);
        stage.queued("notify").pop().unwrap()["intake_id"].clone()
    };
    let once = typed("1.2.a").await;
    assert_eq!(typed("1.2.a").await, once, "one use of the command, delivered twice");
    assert_ne!(typed("1.2.b").await, once, "the command was used again");
}

#[tokio::test]
async fn a_click_is_read_whatever_slack_adds_nulls_or_cuts() {
    let stage = Stage::new().await;
    let mut payload = click("approve");
    payload["enterprise"] = json!(null);
    payload["user"]["team_id"] = json!(null);
    payload["is_enterprise_install"] = json!("true");
    payload["state"] =
        json!({"values": {"a": {"b": {"type": "never_seen", "value": [null, 7]}}}, "more": "x"});
    payload["message"] = json!(null);
    assert_eq!(stage.signed(CLICK, &form(&payload), 0).await.0, StatusCode::OK);
    payload.as_object_mut().unwrap().remove("message");
    payload["state"] = json!(["what"]);
    assert_eq!(stage.signed(CLICK, &form(&payload), 0).await.0, StatusCode::OK);
    // The message that was clicked is in the payload, and may hold a text that was cut inside an emoji.
    let cut = payload.to_string().replacen('{', r#"{"message":{"text":"on call \ud83d"},"#, 1);
    assert_eq!(stage.signed(CLICK, &format!("payload={}", encoded(&cut)), 0).await.0, StatusCode::OK);
    let queued = stage.queued("provision");
    assert_eq!(queued.len(), 3);
    assert!(queued.iter().all(|job| job["user_id"] == "U0OWNER" && job["request_id"] == "r-0"), "{queued:?}");
}
