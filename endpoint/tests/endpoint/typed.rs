//! What people type, through the workflow and through the slash command: it is taken as they mean it, or answered with what
//! was understood.

use endpoint::catalogue::{OLIVIA, SAM, colleague, read_only};
use endpoint::http::Answer;
use endpoint::payload::Signed;
use endpoint::stage::{WORKFLOW_TOKEN, words};
use endpoint::{CLAIMS_END, Stage, eventually};
use serde_json::{Value, json};

use crate::whole::nothing_is_dead;

/// What becomes of what somebody sent.
enum Becomes {
    /// A request for this project and role, for so many seconds and with this reason.
    Request(&'static str, &'static str, i64, Option<&'static str>),
    /// The answer names all of these.
    Told(&'static [&'static str]),
}
use Becomes::{Request, Told};

/// Fields of a workflow's body that are other than usual, and what becomes of it.
fn workflows() -> Vec<(Value, Becomes)> {
    const HOUR: i64 = 3_600;
    let lasts = |seconds| Request("payments", "ReadOnly", seconds, None);
    let durations = [
        ("2 hours", 2 * HOUR),
        ("90 minutes", 5_400),
        ("90min", 5_400),
        ("2hrs", 2 * HOUR),
        ("1.5h", 5_400),
        ("1,5 h", 5_400),
        ("2h.", 2 * HOUR),
        ("2H", 2 * HOUR),
        ("1h 30m", 5_400),
        ("1 hour 30 minutes", 5_400),
        ("1 hour and 30 minutes", 5_400),
        ("an hour", HOUR),
        ("“2h”", 2 * HOUR),
        ("`2h`", 2 * HOUR),
        ("2\u{A0}hours\u{200B}", 2 * HOUR),
        ("half an hour", 1_800),
        ("1h30", 0),
        ("2", 0),
        ("soon", 0),
        ("0h", 0),
        ("-2h", 0),
        ("2 months", 0),
    ];
    let mut all: Vec<(Value, Becomes)> = durations
        .into_iter()
        .map(|(typed, seconds)| match seconds {
            0 => (json!({"duration": typed}), Told(&["You asked for", "ReadOnly"])),
            seconds => (json!({"duration": typed}), lasts(seconds)),
        })
        .collect();
    let names = [
        ("Payments", "payments"),
        (" “payments” ", "payments"),
        ("`payments`", "payments"),
        ("data  lake", "Data Lake"),
        ("Data\u{A0}Lake", "Data Lake"),
        ("DATA LAKE", "Data Lake"),
        ("R&amp;D", "R&D"),
        ("R&D", "R&D"),
        ("r&amp;d", "R&D"),
        ("übersicht", "Übersicht"),
        ("U\u{308}BERSICHT", "Übersicht"),
        ("data\u{200B}_platform", "data_platform"),
    ];
    all.extend(
        names
            .into_iter()
            .map(|(typed, name)| (json!({"project": typed}), Request(name, "ReadOnly", 2 * HOUR, None))),
    );
    let reason = |reason| Request("payments", "ReadOnly", 2 * HOUR, Some(reason));
    all.extend([
        (json!({"role": "read only"}), Told(&["no role", "ReadOnly"])),
        (json!({"role": "readonly"}), lasts(2 * HOUR)),
        (json!({"project": "data"}), Told(&["no project", "data_platform"])),
        (json!({"duration": 2}), Told(&["2h"])),
        (json!({"user_name": null}), lasts(2 * HOUR)),
        (json!({"user_name": ""}), lasts(2 * HOUR)),
        (json!({"user_name": 17}), lasts(2 * HOUR)),
        (json!({"justification": {"type": "rich_text", "elements": []}}), lasts(2 * HOUR)),
        (json!({"justification": ""}), lasts(2 * HOUR)),
        (json!({"justification": "on call \u{FFFD}"}), reason("on call \u{FFFD}")),
        (
            json!({"justification": "fix A &lt; B &amp; C, see <https://jira.example.com/browse/OPS-7|OPS-7>"}),
            reason("fix A < B & C, see OPS-7 (https://jira.example.com/browse/OPS-7)"),
        ),
        (json!({"justification": "x".repeat(3_000)}), Told(&["3000 characters"])),
        (json!({"duration": "52w"}), Told(&["8 hours"])),
        (json!({"duration": "99999999999999999999d"}), Told(&["8 hours"])),
    ]);
    all
}

/// What follows `/access`, and what becomes of it.
fn commands() -> Vec<(&'static str, Becomes)> {
    const HOUR: i64 = 3_600;
    let is = |seconds, why| Request("payments", "ReadOnly", seconds, why);
    let lake = || Request("Data Lake", "ReadOnly", 2 * HOUR, None);
    vec![
        ("payments ReadOnly 1h 30m fix the ledger", is(5_400, Some("fix the ledger"))),
        ("payments ReadOnly 2 hours because of a bug", is(2 * HOUR, Some("because of a bug"))),
        ("payments ReadOnly for 2h", is(2 * HOUR, None)),
        ("payments ReadOnly 2h, a bug", is(2 * HOUR, Some("a bug"))),
        ("payments, ReadOnly, 2h", is(2 * HOUR, None)),
        ("@payments ReadOnly 2h", is(2 * HOUR, None)),
        ("#payments ReadOnly 2h", is(2 * HOUR, None)),
        ("`payments ReadOnly 2h looking into a bug`", is(2 * HOUR, Some("looking into a bug"))),
        ("`payments` `ReadOnly` `2h`", is(2 * HOUR, None)),
        ("payments\u{A0}ReadOnly\u{3000}2h", is(2 * HOUR, None)),
        ("\"Data Lake\" ReadOnly 2h", lake()),
        ("“Data Lake” ReadOnly 2h", lake()),
        ("'Data Lake' ReadOnly 2h", lake()),
        ("«data lake» ReadOnly 2h", lake()),
        ("Data Lake ReadOnly 2h", lake()),
        ("ReadOnly Data Lake 2h", lake()),
        ("2h ReadOnly Data Lake", lake()),
        ("R&amp;D ReadOnly 2h", Request("R&D", "ReadOnly", 2 * HOUR, None)),
        ("project=payments role=ReadOnly duration=2h", is(2 * HOUR, None)),
        ("Project: payments, Role: readonly, Duration: 2 hours, Reason: a bug", is(2 * HOUR, Some("a bug"))),
        ("--role ReadOnly --project Data Lake --duration 2h", lake()),
        ("`payments ReadOnly 2h` a bug", is(2 * HOUR, Some("a bug"))),
        ("payments-&gt;ReadOnly 2h a bug", is(2 * HOUR, Some("a bug"))),
        ("payments/ReadOnly 2h", is(2 * HOUR, None)),
        ("Data Lake: ReadOnly 2h", lake()),
        ("ReadOnly@Data Lake for 2h", lake()),
        ("payments/Root 2h", Told(&["Root", "ReadOnly"])),
        ("project=payments role=ReadOnly duration=soon", Told(&["soon", "90m"])),
        ("payments ReadOnly 2", Told(&["2h"])),
        ("payments ReadOnly soon", Told(&["soon", "90m"])),
        ("paymnets ReadOnly 2h", Told(&["paymnets", "payments"])),
        ("payments Root 2h", Told(&["Root", "ReadOnly"])),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_type_is_taken_as_they_mean_it() {
    let mut stage = Stage::set(&[]).await;
    for program in ["ingress", "notify"] {
        stage.start(program);
    }
    stage.ingress_serves().await;
    for name in ["Data Lake", "R&D", "Übersicht", "data_platform"] {
        stage.cloud.add_project(&project(name)).await;
    }
    let mut sent = Vec::new();
    for (fields, becomes) in workflows() {
        let person = newcomer(&stage, sent.len());
        let what = fields.to_string();
        let mut body = json!({"user_id": person, "user_name": "x", "project": "payments", "role": "ReadOnly", "duration": "2h"});
        body.as_object_mut().expect("fields").extend(fields.as_object().expect("fields").clone());
        let answer = ask(&stage, &body.to_string()).await;
        assert_eq!(answer.status, 200, "{what}: {}", answer.body);
        sent.push((person, what, becomes));
    }
    for (text, becomes) in commands() {
        let person = newcomer(&stage, sent.len());
        let answer = command(&stage, &person, text).await;
        assert_eq!(answer.status, 200, "{text}: {}", answer.body);
        assert!(answer.body.contains("ephemeral"), "{text}: {}", answer.body);
        sent.push((person, text.to_owned(), becomes));
    }
    all_have_become(&stage, &sent).await;
    nothing_is_dead(&stage).await;
    stage.close().await;
}

/// Waits until everything has become what it should.
async fn all_have_become(stage: &Stage, sent: &[(String, String, Becomes)]) {
    let mut wrong = Vec::new();
    let start = std::time::Instant::now();
    loop {
        wrong.clear();
        let requests = stage.cloud.requests().await;
        for (person, what, becomes) in sent {
            let request = requests.iter().find(|request| request["requester_slack_id"] == person.as_str());
            let told: Vec<String> = stage.slack.messages_seen_by(person).iter().map(words).collect();
            if !has_become(request, &told, becomes) {
                wrong.push(format!("{what}: {request:?} {told:?}"));
            }
        }
        if wrong.is_empty() {
            return;
        }
        assert!(start.elapsed() < CLAIMS_END, "{} of {}: {wrong:#?}", wrong.len(), sent.len());
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
}

fn has_become(request: Option<&Value>, told: &[String], becomes: &Becomes) -> bool {
    match becomes {
        Request(project, role, seconds, why) => request.is_some_and(|request| {
            request["project"] == *project
                && request["role"] == *role
                && request["duration_seconds"] == *seconds
                && request["justification"].as_str() == *why
        }),
        Told(all) => request.is_none() && told.iter().any(|text| all.iter().all(|one| text.contains(one))),
    }
}

/// Words that cannot be a request are answered at once, and only to whoever typed them.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_cannot_be_a_request_is_answered_with_how_to_write_one() {
    let stage = Stage::ingress_alone(&[]).await;
    for text in ["", "   ", "help", "payments", "payments ReadOnly", "``", "\u{200B}"] {
        let answer = command(&stage, OLIVIA, text).await;
        assert_eq!(answer.status, 200, "{text:?}");
        let said: Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(said["response_type"], "ephemeral", "{text:?}: {said}");
        assert!(said["text"].as_str().is_some_and(|told| told.contains("payments ReadOnly 2h")), "{said}");
    }
    eventually("nothing is queued", CLAIMS_END, async || {
        stage.cloud.lying(&stage.cloud.notify.url).await.is_empty().then_some(())
    })
    .await;
    stage.close().await;
}

/// A person is an id, alone or as Slack writes a mention. A name is none.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_an_id_however_slack_writes_it() {
    let stage = Stage::ingress_alone(&[]).await;
    let of = |id: &str| json!({"user_id": id, "project": "payments", "role": "ReadOnly", "duration": "2h", "justification": id});
    let ids = ["U0DANA", "<@U0DANA>", "<@U0DANA|dana>", " U0DANA ", "W0DANA"];
    for id in ids {
        assert_eq!(ask(&stage, &of(id).to_string()).await.status, 200, "{id}");
    }
    for id in ["@dana", "dana", "<@U0DANA", "<!channel>", "", "C0APPROVALS", "U0 DANA", &"U".repeat(300)] {
        let answer = ask(&stage, &of(id).to_string()).await;
        assert!(
            answer.status == 400 && answer.body.contains("user_id"),
            "{id}: {} {}",
            answer.status,
            answer.body
        );
    }
    assert_eq!(stage.cloud.lying(&stage.cloud.notify.url).await.len(), ids.len());
    stage.close().await;
}

/// Somebody new, so that nobody has two requests for the same.
fn newcomer(stage: &Stage, number: usize) -> String {
    let person = colleague(number);
    stage.slack.add_person(person.clone());
    person.id
}

async fn ask(stage: &Stage, body: &str) -> Answer {
    stage.post_workflow(WORKFLOW_TOKEN, body.as_bytes()).await
}

async fn command(stage: &Stage, person: &str, text: &str) -> Answer {
    let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let form = format!("command=%2Faccess&user_id={person}&user_name=x&text={encoded}");
    stage.post_signed("/slack/commands", &Signed::at(0, form)).await
}

fn project(name: &str) -> Value {
    json!({
        "project": name, "owner_slack_id": OLIVIA, "approver_slack_ids": [OLIVIA, SAM], "channel": "C0APPROVALS",
        "roles": {"ReadOnly": read_only()}
    })
}
