//! Input that is nearly right, by every way in: each part of it in turn is missing, or something else. Nothing of that is
//! ever an error of the server's own, and what is queued is a job that says what was meant.

use std::collections::BTreeSet;

use domain::Job;
use sealing::PrivateKey;

use crate::forms::Forms;
use crate::*;

const COMMAND: &str = "/slack/commands";
/// The largest message that SQS takes, in bytes.
const MESSAGE_MAX_BYTES: usize = 1_048_576;
/// An answer is there so soon, whatever was sent: before the ingress would give up on the queue.
const ANSWERED_WITHIN: Duration = Duration::from_secs(2);
/// Half of a surrogate pair, which only a text of JSON can hold, stands where this does.
const LONE: &str = "@@lone@@";
/// What a body may hold, less what is around a text.
const LONG_BYTES: usize = 255 * 1024;

/// What may stand where something else is due.
fn odd_values() -> Vec<Value> {
    let deep = (0..60).fold(json!("x"), |inner, _| json!([{ "type": inner }]));
    vec![
        json!(null),
        json!(true),
        json!(7),
        json!(-1.5),
        json!(1e300),
        json!(""),
        json!(" \n"),
        json!("x".repeat(5_000)),
        json!("\u{0}\u{202E}\u{FFFF}\u{FDD0}"),
        json!(format!("on call {LONE}")),
        json!("<@U0SECOND|<@U0THIRD>>&amp;&lt;"),
        json!([]),
        json!(["U0DANA", null]),
        json!({}),
        json!({"type": "plain_text", "text": "x"}),
        json!({"id": {"value": null}, "type": 7}),
        deep,
    ]
}

/// Every place in a value, as a pointer.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                places(inner, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                places(inner, &format!("{at}/{index}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The value with each part of it in turn replaced, left out, or there twice, as text.
pub(crate) fn variants(whole: &Value) -> Vec<String> {
    let mut all = vec![whole.to_string()];
    let mut found = Vec::new();
    places(whole, "", &mut found);
    for place in found {
        for odd in odd_values() {
            let mut other = whole.clone();
            *other.pointer_mut(&place).unwrap() = odd;
            all.push(other.to_string().replace(LONE, r"\ud83d"));
        }
        let Some((parent, name)) = place.rsplit_once('/') else { continue };
        let mut without = whole.clone();
        let is_left_out = without
            .pointer_mut(parent)
            .and_then(Value::as_object_mut)
            .and_then(|fields| fields.remove(name))
            .is_some();
        if is_left_out {
            all.push(without.to_string());
        }
    }
    let fields = whole.to_string();
    all.push(fields.replacen('{', r#"{"type":null,"user_id":7,"user":[],"#, 1));
    all.push(format!("\u{FEFF} {fields}\n"));
    all
}

/// Bodies that are not even what their route takes.
pub(crate) fn not_even() -> Vec<String> {
    let mut bodies: Vec<String> = [
        "",
        " ",
        "{",
        "}",
        "[]",
        "null",
        "7",
        "\"x\"",
        "hello",
        "payload",
        "payload=",
        "payload=%FF%FE",
        "a=b&&&=",
    ]
    .map(str::to_owned)
    .to_vec();
    for payload in
        ["null", "[]", "{}", "7", "%7B", "{}&payload=[]", "{%22type%22:%22block_actions%22}&payload=x"]
    {
        bodies.push(format!("payload={payload}"));
    }
    bodies.push("[".repeat(100_000));
    bodies.push(r#"{"user":"#.repeat(10_000));
    bodies.push(format!("payload={}", "[".repeat(100_000)));
    bodies.push(format!("payload={}", "%00".repeat(1_000)));
    bodies.push("&".repeat(LONG_BYTES));
    bodies
}

impl Forms {
    /// Sends a body, and holds the answer to what every answer is.
    pub(crate) async fn holds(&self, path: &str, body: &str) -> StatusCode {
        let shown: String = body.chars().take(600).collect();
        let send = async || self.stage.signed(path, body, 0).await;
        let (status, answer) = in_time(&format!("{path}: {shown}"), ANSWERED_WITHIN, send).await;
        let answer: Value =
            if answer.is_empty() { Value::Null } else { serde_json::from_str(&answer).unwrap() };
        match status {
            StatusCode::OK => assert!(answer.is_null() || answer.is_object(), "{path}: {shown}: {answer}"),
            StatusCode::BAD_REQUEST => {
                let why = answer["error"].as_str().unwrap_or_default();
                assert!(why.contains('`') || why.contains("JSON"), "{path}: {shown}: {answer}");
            }
            other => panic!("{path}: {shown}: {other} {answer}"),
        }
        status
    }

    /// Whatever is queued is a job, about the one person who is in what was sent.
    pub(crate) fn only_jobs_of(&self, people: &[&str]) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for queue in ["notify", "provision", "revoke"] {
            for message in self.stage.aws.queue(&format!("keylease-{queue}")).unwrap().messages {
                let job = Job::decode(&message.body).unwrap_or_else(|why| panic!("{why}: {}", message.body));
                assert!(
                    message.body.len() <= MESSAGE_MAX_BYTES,
                    "{}: {} bytes",
                    job.name(),
                    message.body.len()
                );
                let body: Value = serde_json::from_str(&message.body).unwrap();
                let who = [body["user_id"].clone(), body["user_ids"][0].clone()];
                let is_known = who.iter().filter_map(Value::as_str).all(|who| people.contains(&who));
                assert!(is_known, "{}", message.body);
                names.insert(job.name().to_owned());
            }
        }
        names
    }
}

#[tokio::test]
async fn a_workflow_s_body_is_answered_whatever_stands_in_it() {
    let forms = Forms::new().await;
    let rich = json!({"type": "rich_text", "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "a bug"}]}]});
    let mut whole = ask();
    whole["justification"] = rich;
    for body in variants(&whole).iter().chain(&not_even()) {
        forms.holds(ASK, body).await;
    }
    // What SQS counts is longer than what was sent.
    for part in ["\u{1}", "\\\"", "\\\\", "\u{FFFF}", "é", "\\ud83d", "\n"] {
        let mut long = ask();
        long["justification"] = json!("@");
        let reason = format!("\"{}\"", part.repeat((LONG_BYTES - 500) / part.len()));
        let body = long.to_string().replace("\"@\"", &reason);
        assert_eq!(forms.holds(ASK, &body).await, StatusCode::OK, "{part:?}");
    }
    assert_eq!(forms.only_jobs_of(&["U0DANA"]), BTreeSet::from(["intake".to_owned()]));
}

#[tokio::test]
async fn a_command_is_answered_whatever_stands_in_it() {
    let forms = Forms::new().await;
    let words = [
        "payments ReadOnly 2h why",
        "list",
        "end",
        "end payments",
        "end ,",
        "help",
        "break-glass",
        "break-glass a b 1h",
        "",
        "\u{0}",
        "\u{FFFF}",
        "\"",
        "“”",
        "`",
        "-p",
        "--project",
        "project=",
        "2h",
        "2h 3h",
        "1h 30",
        "<@U0DANA>",
        "&amp;",
        "{}",
        "payments ReadOnly 99999999999999999999d",
        "payments ReadOnly -2h",
        "payments ReadOnly 2h\u{202E}",
        "\\",
        "%",
        "((((",
        "a,b,c,d",
        ",,,,",
        "for for for",
        "Readonly for payments for 2 hours for why",
    ];
    let long = [
        "x".repeat(9_000),
        "x ".repeat(9_000),
        "\"".repeat(9_000),
        "1h ".repeat(9_000),
        "\u{1}".repeat(9_000),
    ];
    for text in words.map(str::to_owned).iter().chain(&long) {
        let trigger = forms.slack.trigger("U0DANA");
        for (user, status) in
            [("U0DANA", StatusCode::OK), ("dana", StatusCode::BAD_REQUEST), ("", StatusCode::BAD_REQUEST)]
        {
            let body = form_urlencoded::Serializer::new(String::new())
                .extend_pairs([("user_id", user), ("text", text), ("trigger_id", &trigger)])
                .finish();
            let shown: String = text.chars().take(80).collect();
            assert_eq!(forms.holds(COMMAND, &body).await, status, "{user}: {shown}");
        }
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("user_id", "U0DANA"), ("text", text), ("trigger_id", &"t".repeat(5_000))])
            .finish();
        assert_eq!(forms.holds(COMMAND, &body).await, StatusCode::OK);
    }
    for body in not_even() {
        assert_eq!(forms.holds(COMMAND, &body).await, StatusCode::BAD_REQUEST, "it names nobody");
    }
    forms.only_jobs_of(&["U0DANA"]);
}

#[tokio::test]
async fn a_field_that_is_there_twice_is_read_where_it_says_one_thing() {
    let forms = Forms::new().await;
    let ask = "text=payments+ReadOnly+2h&user_id=U0DANA";
    for (more, status) in [
        ("&user_id=U0DANA", StatusCode::OK),
        ("&user_id=U0OWNER", StatusCode::BAD_REQUEST),
        ("&user_id=", StatusCode::BAD_REQUEST),
        ("&text=payments+Admin+2h", StatusCode::BAD_REQUEST),
        ("&text=payments%20ReadOnly%202h", StatusCode::OK),
        ("&channel_id=C1&channel_id=C2", StatusCode::OK),
    ] {
        let before = forms.stage.queued("notify").len();
        assert_eq!(forms.holds(COMMAND, &format!("{ask}{more}")).await, status, "{more}");
        // On a slow machine it was sent more than once.
        assert_eq!(forms.stage.queued("notify").len() > before, status == StatusCode::OK, "{more}");
    }
    let (approve, deny) = (form(&click("approve")), form(&click("deny")));
    assert_eq!(forms.holds(CLICK, &format!("{approve}&{deny}")).await, StatusCode::BAD_REQUEST);
    assert!(forms.stage.queued("provision").is_empty());
    assert_eq!(forms.holds(CLICK, &format!("{approve}&{approve}")).await, StatusCode::OK);
    assert!(!forms.stage.queued("provision").is_empty());
}

#[tokio::test]
async fn a_machine_is_answered_whatever_it_sends() {
    let stage = Stage::new().await;
    let claim = "A".repeat(22);
    let now = service::clock::now();
    let item = json!({"claim_id": claim, "request_id": "r-0", "expires": now.0 + 600, "version": 1, "closed": false,
        "deliveries": {}});
    stage.aws.put("keylease-claims", &item).await;
    let asks = json!({"public_key": PrivateKey::generate().public().to_base64url(), "label": "laptop", "more": {"a": [1]}});
    let renews = json!({"signature": "AAAA", "requested_at": now.0});
    let paths = [format!("/claims/{claim}"), format!("/claims/{claim}/d/renewals")];
    for (path, whole) in paths.iter().zip([&asks, &renews]) {
        for body in variants(whole).iter().chain(&not_even()) {
            let (status, answer) = stage.send(post(path).body(Body::from(body.clone())).unwrap()).await;
            let shown: String = body.chars().take(300).collect();
            let is_answered = matches!(status.as_u16(), 202 | 400 | 404 | 429);
            assert!(is_answered, "{path}: {shown}: {status} {answer}");
            let answer: Value = serde_json::from_str(&answer).unwrap();
            assert!(status == StatusCode::ACCEPTED || answer["error"].is_string(), "{shown}: {answer}");
        }
    }
    for id in ["%00", "%FF", "%2F", "..", "%2e%2e", &"x".repeat(5_000), "é", "A%20B", "'", "%", "*"] {
        for path in [format!("/claims/{id}/d"), format!("/claims/{claim}/{id}")] {
            let Ok(request) = Request::get(&path).body(Body::empty()) else { continue };
            assert_eq!(stage.send(request).await.0, StatusCode::NOT_FOUND, "{path}");
        }
    }
    for message in stage.aws.queue("keylease-provision").unwrap().messages {
        assert!(matches!(Job::decode(&message.body), Ok(Job::Claim(_))), "{}", message.body);
    }
}

/// The form in which Slack sends a payload.
pub(crate) fn payload_of(json: &str) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair("payload", json).finish()
}
