//! What people type: names as they see them, durations as they write them, commands in any order. What is shown as a
//! name can be copied and typed back.

use domain::command::in_order;
use domain::job::AccessRequest;
use domain::{Job, Status};
use serde_json::{Value, json};

use crate::stage::{DANA, OLIVIA, SAM, Stage, payments};

/// A project with one role, for everybody to ask for.
fn project(name: &str, role: &str) -> Value {
    let mut project = payments();
    let read_only = project["roles"]["ReadOnly"].clone();
    project["project"] = name.into();
    project["roles"] = json!({});
    project["roles"][role] = read_only;
    project
}

/// What only these tests ask of a stage.
trait Typing {
    /// The ask that the ingress makes of a command.
    fn command(&self, text: &str) -> AccessRequest;

    /// What was stored of an ask: project, role, seconds and reason. The request is denied, so that the next may come.
    async fn stored(&self, ask: AccessRequest) -> Option<(String, String, u32, String)>;
}

impl Typing for Stage {
    fn command(&self, text: &str) -> AccessRequest {
        let read = in_order(text).unwrap_or_else(|| panic!("{text} is answered at once"));
        AccessRequest {
            justification: read.why,
            command: Some(text.to_owned()),
            ..self.spec(DANA, &read.project, &read.role, &read.duration)
        }
    }

    async fn stored(&self, ask: AccessRequest) -> Option<(String, String, u32, String)> {
        self.send(&Job::Submit(ask)).await;
        self.settle().await;
        let request = self.requests().await.into_iter().find(|request| request.status == Status::Pending)?;
        self.send(&Job::Deny(self.click(&request.request_id, OLIVIA))).await;
        self.settle().await;
        self.pass(120);
        Some((
            request.ask.project.to_string(),
            request.ask.role.to_string(),
            request.ask.duration.seconds(),
            request.ask.justification.unwrap_or_default(),
        ))
    }
}

fn all(project: &str, role: &str, seconds: u32, why: &str) -> (String, String, u32, String) {
    (project.into(), role.into(), seconds, why.into())
}

#[tokio::test]
async fn names_are_found_as_people_see_them() {
    let stage = Stage::new().await;
    for name in ["data_platform", "Data Lake", "R&D", "Übersicht", "Café", "Odd\u{A0}Name", "Two  Spaces"] {
        stage.put_project(project(name, "read_only")).await;
    }
    for (typed, role, name) in [
        (" Payments\u{A0}", "read\u{200B}only", "payments"),
        ("“payments”", "`ReadOnly`", "payments"),
        ("data\u{200B}_platform", "READ_ONLY", "data_platform"),
        ("data  lake", "“read_only”", "Data Lake"),
        ("\"Data Lake\",", "read_only.", "Data Lake"),
        ("r&d", "read_only", "R&D"),
        ("übersicht", "read_only", "Übersicht"),
        ("U\u{308}BERSICHT", "read_only", "Übersicht"),
        ("Cafe\u{301}", "read_only", "Café"),
        ("Odd Name", "read_only", "Odd\u{A0}Name"),
        ("two spaces", "read_only", "Two  Spaces"),
        ("@payments", "#readonly", "payments"),
    ] {
        let stored = stage.stored(stage.spec(DANA, typed, role, "1h")).await;
        assert_eq!(
            stored.map(|(project, ..)| project).as_deref(),
            Some(name),
            "{typed}: {:?}",
            stage.messages_to(DANA).last()
        );
    }
}

#[tokio::test]
async fn a_name_that_several_projects_look_like_is_only_taken_to_the_letter() {
    let stage = Stage::new().await;
    stage.put_project(project("Payments", "ReadOnly")).await;
    for exact in ["payments", "Payments"] {
        let stored = stage.stored(stage.spec(DANA, exact, "ReadOnly", "1h")).await;
        assert_eq!(stored.map(|(project, ..)| project).as_deref(), Some(exact));
    }
    assert_eq!(stage.stored(stage.spec(DANA, "PAYMENTS", "ReadOnly", "1h")).await, None);
    assert!(stage.messages_to(DANA).last().unwrap().contains("Did you mean `Payments` or `payments`?"));
}

#[tokio::test]
async fn every_project_of_a_large_catalogue_is_found() {
    let stage = Stage::new().await;
    for number in 0..230 {
        stage.put_project(project(&format!("Project {number:03}"), "ReadOnly")).await;
    }
    for number in [0, 115, 229] {
        let stored = stage.stored(stage.spec(DANA, &format!("project {number:03}"), "ReadOnly", "1h")).await;
        assert!(stored.is_some(), "{number}: {:?}", stage.messages_to(DANA).last());
    }
    assert_eq!(stage.stored(stage.spec(DANA, "projcet 007", "ReadOnly", "1h")).await, None);
    let told = stage.messages_to(DANA).pop().unwrap();
    assert!(told.contains("Did you mean `Project 007`") && told.contains("others"), "{told}");
}

#[tokio::test]
async fn durations_are_read_as_people_write_them() {
    let stage = Stage::new().await;
    for (typed, seconds) in [
        ("2 hours", 7_200),
        ("90 minutes", 5_400),
        ("90min", 5_400),
        ("2hrs", 7_200),
        ("1.5h", 5_400),
        ("2h.", 7_200),
        ("2H", 7_200),
        ("an hour", 3_600),
        ("1 hour and 30 minutes", 5_400),
        ("“２ｈ”", 7_200),
    ] {
        let stored = stage.stored(stage.spec(DANA, "payments", "ReadOnly", typed)).await;
        assert_eq!(stored.map(|(_, _, seconds, _)| seconds), Some(seconds), "{typed}");
    }
    for (typed, part) in [
        ("2", "Write `2m` for minutes, `2h` for hours or `2d` for days."),
        ("1h30", "has no unit"),
        ("1m", "The shortest access is 15 minutes"),
        ("1 month", "count in weeks or days"),
        ("1 day", "Ask for `8h` or less"),
        ("1 week", "Ask for `8h` or less"),
        ("52w", "Ask for `8h` or less"),
        ("365d", "Ask for `8h` or less"),
        ("99999999999999999999d", "Ask for `8h` or less"),
        ("1:30", "can be read in two ways"),
        ("2 hours please", "I understood 2 hours: write `2h`."),
        ("`<!channel>`", "Write it like `90m`, `2h`, `1d` or `1h30m`"),
    ] {
        assert_eq!(stage.stored(stage.spec(DANA, "payments", "ReadOnly", typed)).await, None, "{typed}");
        let told = stage.messages_to(DANA).pop().unwrap();
        assert!(told.contains(part) && !told.contains("<!channel>"), "{typed}: {told}");
    }
}

#[tokio::test]
async fn a_command_means_what_it_says_in_any_order() {
    let stage = Stage::new().await;
    stage.put_project(project("Data Lake", "Power User")).await;
    stage.put_project(project("R&D", "read_only")).await;
    for (text, meaning) in [
        ("payments ReadOnly 1h 30m fix the ledger", all("payments", "ReadOnly", 5_400, "fix the ledger")),
        (
            "payments ReadOnly 2 hours because of a bug",
            all("payments", "ReadOnly", 7_200, "because of a bug"),
        ),
        ("payments ReadOnly for 2h", all("payments", "ReadOnly", 7_200, "")),
        ("payments ReadOnly 2h, a bug", all("payments", "ReadOnly", 7_200, "a bug")),
        ("payments, ReadOnly, 2h", all("payments", "ReadOnly", 7_200, "")),
        ("@payments ReadOnly 2h", all("payments", "ReadOnly", 7_200, "")),
        ("#payments ReadOnly 2h", all("payments", "ReadOnly", 7_200, "")),
        (
            "`payments ReadOnly 2h looking into a bug`",
            all("payments", "ReadOnly", 7_200, "looking into a bug"),
        ),
        ("`payments` `ReadOnly` `2h`", all("payments", "ReadOnly", 7_200, "")),
        ("\"Data Lake\" “Power User” 2h", all("Data Lake", "Power User", 7_200, "")),
        ("'data lake' „power user‟ 2h", all("Data Lake", "Power User", 7_200, "")),
        ("Data Lake Power User 2h a bug", all("Data Lake", "Power User", 7_200, "a bug")),
        ("Power User on Data Lake for 90 minutes: a bug", all("Data Lake", "Power User", 5_400, "a bug")),
        ("2h ReadOnly payments a bug", all("payments", "ReadOnly", 7_200, "a bug")),
        ("ReadOnly payments 2h a bug", all("payments", "ReadOnly", 7_200, "a bug")),
        ("r&d Read_Only 2h", all("R&D", "read_only", 7_200, "")),
        ("role=Power User project=Data Lake 2h", all("Data Lake", "Power User", 7_200, "")),
        ("project: R&D role: read_only for: 2h why: a bug", all("R&D", "read_only", 7_200, "a bug")),
        ("“Data Lake Power User 2h” a bug", all("Data Lake", "Power User", 7_200, "a bug")),
        ("Data Lake->Power User 2h a bug", all("Data Lake", "Power User", 7_200, "a bug")),
        ("r&d/read_only for 2h", all("R&D", "read_only", 7_200, "")),
        ("payments:ReadOnly 2h", all("payments", "ReadOnly", 7_200, "")),
        ("payments ReadOnly 1h 30 servers down", all("payments", "ReadOnly", 3_600, "30 servers down")),
    ] {
        assert_eq!(
            stage.stored(stage.command(text)).await,
            Some(meaning),
            "{text}: {:?}",
            stage.messages_to(DANA).last()
        );
    }
}

#[tokio::test]
async fn what_is_not_understood_is_answered_with_what_was() {
    let stage = Stage::new().await;
    stage.put_project(project("Data Lake", "Power User")).await;
    for (text, parts) in [
        ("Data Lake Root 2h", ["*Data Lake* has no role *Root*", "Its roles are `Power User`"]),
        ("payments ReadOnly soon", ["*soon* is not a duration", "*ReadOnly* can be had for 8 hours at most"]),
        ("payments ReadOnly 1h 30", ["`30` has no unit", "You asked"]),
        ("Data Lake Power User tomorrow", ["*tomorrow* is not a duration", "*Power User* can be had"]),
        ("paymnets ReadOnly 2h", ["There is no project *paymnets*", "Did you mean `payments`?"]),
        ("payments ReadOlny 2h", ["*payments* has no role *ReadOlny*", "Did you mean `ReadOnly`?"]),
        ("data ReadOnly 2h", ["There is no project *data*", "Did you mean `Data Lake`?"]),
    ] {
        assert_eq!(stage.stored(stage.command(text)).await, None, "{text}");
        let message = stage.slack.messages().pop().unwrap();
        let shown = format!("{} {}", message.text, message.blocks);
        assert!(parts.iter().all(|part| shown.contains(part)), "{text}: {shown}");
    }
}

#[tokio::test]
async fn what_a_command_may_mean_twice_is_a_question() {
    let stage = Stage::new().await;
    stage.put_project(project("ReadOnly", "payments")).await;
    // In the documented order it means one thing.
    let first = stage.stored(stage.command("payments ReadOnly 2h")).await;
    assert_eq!(first, Some(all("payments", "ReadOnly", 7_200, "")));
    let other = stage.stored(stage.command("ReadOnly payments 2h")).await;
    assert_eq!(other, Some(all("ReadOnly", "payments", 7_200, "")));
    assert_eq!(stage.stored(stage.command("2h payments ReadOnly")).await, None);
    let told = stage.messages_to(DANA).pop().unwrap();
    assert!(told.contains("*payments* on *ReadOnly*") && told.contains("*ReadOnly* on *payments*"), "{told}");
}

#[tokio::test]
async fn whatever_a_message_shows_as_a_name_can_be_copied_and_typed_back() {
    let stage = Stage::new().await;
    let names = ["data_platform", "_x_", "*new*", "a`b", "R&D <x>", "~old~", "Data Lake", "it's", "a\u{A0}b"];
    for name in names {
        stage.put_project(project(name, &format!("role {name}"))).await;
    }
    assert_eq!(stage.stored(stage.spec(DANA, "none of these", "ReadOnly", "1h")).await, None);
    let message = stage.slack.messages().pop().unwrap();
    // As a person copies it: Slack shows the entities decoded, and code without its backticks.
    let shown = message.text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let listed: Vec<&str> = shown.split('`').skip(1).step_by(2).collect();
    assert_eq!(listed.len(), names.len() + 1, "{shown}");
    for copied in listed.into_iter().filter(|copied| *copied != "payments") {
        let role = format!("role {copied}");
        let stored = stage.stored(stage.spec(DANA, copied, &role, "1h")).await;
        assert!(stored.is_some(), "{copied:?}: {:?}", stage.messages_to(DANA).last());
        let text = format!("`{copied}` “{role}” 1h");
        assert!(
            stage.stored(stage.command(&text)).await.is_some(),
            "{text:?}: {:?}",
            stage.messages_to(DANA).last()
        );
    }
}

#[tokio::test]
async fn typed_text_makes_no_link_and_no_mention() {
    let stage = Stage::new().await;
    let mut spec = stage.spec(DANA, "payments", "ReadOnly", "1h");
    spec.justification = Some("@here see https://evil.example/login and #general".into());
    stage.send(&Job::Submit(spec)).await;
    stage.settle().await;
    for message in stage.slack.messages() {
        let blocks = message.blocks.to_string();
        let marked = blocks.matches(r#""type":"mrkdwn""#).count();
        assert!(marked > 0);
        assert_eq!(blocks.matches(r#""verbatim":true"#).count(), marked, "{blocks}");
    }
    let ask = stage.approval_message().unwrap();
    assert!(ask.blocks.to_string().contains("@here see https://evil.example/login and #general"));
}

#[tokio::test]
async fn the_same_submission_twice_is_one_request_and_one_answer() {
    let stage = Stage::new().await;
    let first = stage.spec(DANA, "payments", "ReadOnly", "1h");
    let again =
        |after: i64| AccessRequest { received_at: first.received_at.plus_seconds(after), ..first.clone() };
    stage.send(&Job::Submit(first.clone())).await;
    stage.settle().await;
    stage.send(&Job::Submit(again(2))).await;
    stage.settle().await;
    assert_eq!(
        (stage.requests().await.len(), stage.messages_to(DANA).len()),
        (1, 1),
        "{:?}",
        stage.messages_to(DANA)
    );
    assert_eq!(
        stage.slack.messages().iter().filter(|m| m.blocks.to_string().contains("\"approve\"")).count(),
        1
    );

    // Denied in between, it is still the one that was denied.
    let id = stage.request().await.request_id;
    stage.send(&Job::Deny(stage.click(&id, SAM))).await;
    stage.settle().await;
    let told = stage.messages_to(DANA).len();
    stage.send(&Job::Submit(again(3))).await;
    stage.settle().await;
    assert_eq!((stage.requests().await.len(), stage.messages_to(DANA).len()), (1, told));

    // Ten minutes later it is asked on purpose.
    stage.pass(600);
    stage.send(&Job::Submit(again(600))).await;
    stage.settle().await;
    assert_eq!(stage.requests().await.len(), 2);
}

#[tokio::test]
async fn a_refused_submission_that_is_sent_twice_is_refused_once() {
    let stage = Stage::new().await;
    let first = stage.spec(DANA, "nowhere", "ReadOnly", "1h");
    let again =
        |after: i64| AccessRequest { received_at: first.received_at.plus_seconds(after), ..first.clone() };
    for ask in [first.clone(), again(0), again(2)] {
        stage.send(&Job::Submit(ask)).await;
        stage.settle().await;
    }
    assert_eq!(stage.messages_to(DANA).len(), 1);
    stage.send(&Job::Submit(again(600))).await;
    stage.settle().await;
    assert_eq!(stage.messages_to(DANA).len(), 2, "ten minutes later it is asked on purpose");

    // An answer that Slack did not take is owed.
    stage.slack.fail("chat.postMessage", testkit::slack::Fault::Api("internal_error".into()), 1);
    stage.send(&Job::Submit(stage.spec(DANA, "elsewhere", "ReadOnly", "1h"))).await;
    stage.settle().await;
    assert_eq!(stage.messages_to(DANA).len(), 3);
}
