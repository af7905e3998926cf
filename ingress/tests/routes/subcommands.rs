//! `/access list`, `end` and `help`, and the form that opens with what was typed where a word is missing.

use testkit::slack::Fault as SlackFault;

use super::forms::Forms;
use super::*;

const DANA: &str = "U0DANA";

/// What the form has in a field.
fn initial(view: &Value, field: &str) -> Value {
    let blocks = view["blocks"].as_array().unwrap();
    let block = blocks.iter().find(|block| block["block_id"] == field).unwrap();
    block["element"]["initial_value"].clone()
}

#[tokio::test]
async fn a_list_and_an_end_become_jobs_that_one_use_of_the_command_makes_once() {
    let stage = Stage::new().await;
    let use_command = async |text: &str, trigger: &str| {
        let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let body = format!("command=%2Faccess&user_id={DANA}&text={text}&trigger_id={trigger}");
        let (status, answer) = stage.signed("/slack/commands", &body, 0).await;
        assert!(status == StatusCode::OK && answer.contains("I will message you"), "{answer}");
        stage.queued("notify").pop().unwrap()
    };
    let list = use_command("List", "1.2.a").await;
    assert_eq!((&list["job"], &list["user_id"], list.get("end")), (&json!("own_access"), &json!(DANA), None));
    assert_eq!(use_command("list", "1.2.a").await["intake_id"], list["intake_id"]);
    assert_ne!(use_command("list", "1.2.b").await["intake_id"], list["intake_id"]);
    let before = service::clock::now().0;
    let end = use_command("end Payments &amp; more", "1.2.c").await;
    assert_eq!((&end["job"], &end["end"]), (&json!("own_access"), &json!("Payments & more")));
    assert!(end["received_at"].as_i64().unwrap() >= before);
    assert_eq!(use_command("end", "").await["end"], "");
    // Whoever wants more time gets the list, whose buttons ask for it, however they say how much.
    for text in ["extend", "Extend payments 2h", "extend payments ReadOnly for 2 hours"] {
        let listed = use_command(text, "1.2.e").await;
        assert_eq!((&listed["job"], listed.get("end")), (&json!("own_access"), None), "{text}");
    }
    // In quotes, and in a whole request, such a word is a project.
    for text in ["\"list\" ReadOnly 2h", "end ReadOnly 2h", "\"extend\" ReadOnly 2h"] {
        assert_eq!(use_command(text, "1.2.d").await["job"], "intake", "{text}");
    }
}

#[tokio::test]
async fn help_says_what_can_be_typed_and_calls_nobody() {
    let forms = Forms::new().await;
    for text in ["help", "HELP", "?"] {
        let (status, answer) = forms.slack.command(&forms.url, DANA, text).await.unwrap();
        assert_eq!(status, StatusCode::OK);
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["response_type"], "ephemeral");
        let said = answer["text"].as_str().unwrap();
        for part in ["/access list", "/access end", "/access extend", "payments ReadOnly 2h", "in quotes"] {
            assert!(said.contains(part), "{said}");
        }
    }
    assert!(forms.slack.calls().is_empty() && forms.stage.nothing_is_queued());
}

#[tokio::test]
async fn where_a_word_is_missing_the_form_opens_with_what_was_typed() {
    for (text, project, role, duration) in [
        ("payments", json!("payments"), json!(null), json!(null)),
        ("payments ReadOnly", json!("payments"), json!("ReadOnly"), json!(null)),
        ("payments 90 min", json!("payments"), json!(null), json!("1h30m")),
        ("\"list\"", json!("list"), json!(null), json!(null)),
        ("break glass payments ReadOnly", json!("payments"), json!("ReadOnly"), json!(null)),
    ] {
        let forms = Forms::new().await;
        let (status, answer) = forms.slack.command(&forms.url, DANA, text).await.unwrap();
        assert_eq!((status, answer.as_str()), (StatusCode::OK, ""), "{text}");
        let view = forms.slack.views_seen_by(DANA).pop().unwrap();
        let shown = ["project", "role", "duration"].map(|field| initial(&view.view, field));
        assert_eq!(shown, [project, role, duration], "{text}");
        let queued = forms.stage.queued("notify");
        assert_eq!(
            (queued.len(), &queued[0]["job"], &queued[0]["typed"]),
            (1, &json!("fill_form"), &json!(text.trim_start_matches("break glass ")))
        );
        // As it stands, it can be sent once the rest is filled in.
        let rest = [("project", "payments"), ("role", "ReadOnly"), ("duration", "2h")];
        let (status, answer) = forms.slack.submit(&forms.url, &view.id, &rest).await.unwrap();
        assert_eq!((status, answer), (StatusCode::OK, Value::Null));
    }
    let forms = Forms::new().await;
    forms.slack.fail("views.open", SlackFault::ServerError, 1);
    let (_, answer) = forms.slack.command(&forms.url, DANA, "payments 90 min").await.unwrap();
    assert!(answer.contains("I understood how long (1 hour 30 minutes)"), "{answer}");
    assert!(forms.stage.nothing_is_queued());
    let long = format!("\"{}\"", "x".repeat(3_000));
    let (_, answer) = forms.slack.command(&forms.url, DANA, &long).await.unwrap();
    assert_eq!(answer, "", "a form that Slack takes, whatever was typed");
}

/// In an emergency people do not look up how a word is spelt.
#[tokio::test]
async fn an_emergency_is_understood_however_it_is_written() {
    let stage = Stage::new().await;
    for text in [
        "break-glass payments Admin 30m the ledger is down",
        "break glass payments Admin 30m the ledger is down",
        "Break_Glass: payments Admin 30m the ledger is down",
        "--break-glass payments Admin 30m the ledger is down",
        "payments Admin 30m break glass: the ledger is down",
        "break glass payments Admin soon",
    ] {
        let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let body = format!("user_id={DANA}&text={encoded}&trigger_id=1.2.{}", encoded.len());
        assert_eq!(stage.signed("/slack/commands", &body, 0).await.0, StatusCode::OK, "{text}");
        let asked = stage.queued("notify").pop().unwrap();
        assert_eq!((&asked["project"], &asked["role"]), (&json!("payments"), &json!("Admin")), "{text}");
        assert_eq!(asked["break_glass"], true, "{text}");
    }
    // A reason that shows nothing is none.
    let body = format!("user_id={DANA}&text=break-glass+payments+Admin+30m+%E2%80%8B");
    assert_eq!(stage.signed("/slack/commands", &body, 0).await.0, StatusCode::OK);
    assert_eq!(stage.queued("notify").pop().unwrap().get("justification"), None);
}
