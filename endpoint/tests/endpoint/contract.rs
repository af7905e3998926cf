//! What the contract promises of records, settings and signals, on the real programs.

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue as Value;
use aws_sdk_iam::types::Tag;
use endpoint::catalogue::{DANA, OLIVIA, SAM, STRANGER};
use endpoint::stage::PROGRAMS;
use endpoint::{PATIENCE, Stage, eventually};
use serde_json::json;

use crate::whole::{all_is_done, nothing_is_dead};

const EVERYTHING: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// A user that no record names: its path, its name, its tags, and whether it is this installation's.
type Stray = (&'static str, &'static str, Vec<(&'static str, &'static str)>, bool);

/// What a newer program wrote into a record stays there, whatever an older one writes.
#[tokio::test(flavor = "multi_thread")]
async fn attributes_of_tomorrow_outlive_every_change() {
    let stage = Stage::open().await;
    let (id, asking) = stage.asked(DANA, "payments", "ReadOnly", "1h").await;
    all_is_done(&stage).await;
    let texts = || vec![String::from("a"), String::from("b")];
    let tomorrow = HashMap::from([
        ("t_text", Value::S("x".to_owned())),
        ("t_number", Value::N("123456789012345678901234567890.5".to_owned())),
        ("t_null", Value::Null(true)),
        ("t_bytes", Value::B(Blob::new([0, 255]))),
        ("t_texts", Value::Ss(texts())),
        ("t_numbers", Value::Ns(vec!["1".to_owned(), "2.5".to_owned()])),
        ("t_list", Value::L(vec![Value::M(HashMap::from([("deep".to_owned(), Value::Bool(true))]))])),
        (
            "extensions",
            Value::L(vec![Value::M(HashMap::from([("by".to_owned(), Value::N("7".to_owned()))]))]),
        ),
        ("sessions_until", Value::N("1800000000".to_owned())),
    ]);
    for (name, value) in &tomorrow {
        add(&stage, &id, name, value).await;
    }
    stage.click(OLIVIA, &asking, "approve").await;
    stage.request_is(&id, "ACTIVE", PATIENCE).await;
    let message = stage.expect_message(DANA, &[&id, "revoke"]).await;
    stage.click(DANA, &message, "revoke").await;
    stage.request_is_gone(&id, PATIENCE).await;
    all_is_done(&stage).await;
    let record = record(&stage, &id).await;
    for (name, value) in &tomorrow {
        assert_eq!(record.get(*name), Some(value), "{name}");
    }
    nothing_is_dead(&stage).await;
    stage.close().await;
}

/// A record in a status that only a newer program knows is put off and not changed, and the others go on.
#[tokio::test(flavor = "multi_thread")]
async fn a_status_of_tomorrow_is_left_to_tomorrow() {
    let stage = Stage::open().await;
    let (id, asking) = stage.asked(DANA, "payments", "ReadOnly", "1h").await;
    all_is_done(&stage).await;
    add(&stage, &id, "status", &Value::S("PREPARING".to_owned())).await;
    let before = record(&stage, &id).await;
    stage.click(OLIVIA, &asking, "approve").await;
    stage.cloud.sweep().await;
    let live = stage.live(SAM, "payments", "ReadOnly", "10s").await;
    stage.request_is_gone(&live.id, PATIENCE).await;
    assert_eq!(record(&stage, &id).await, before);
    nothing_is_dead(&stage).await;

    // The newer program is deployed, so to speak.
    add(&stage, &id, "status", &Value::S("PENDING".to_owned())).await;
    stage.request_is(&id, "ACTIVE", PATIENCE).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn optional_settings_are_used() {
    let mut stage =
        Stage::set(&[("SCHEDULER_GROUP", "grants"), ("PERMISSIONS_BOUNDARY_ARN", EVERYTHING)]).await;
    let dlq = format!("arn:aws:sqs:eu-central-1:{}:revoke-dlq", stage.cloud.account);
    endpoint::stage::set(&mut stage.variables, "SCHEDULER_DLQ_ARN", &dlq);
    let scheduler = aws_sdk_scheduler::Client::new(&stage.cloud.config);
    scheduler.create_schedule_group().name("grants").send().await.expect("a group");
    for name in PROGRAMS {
        stage.start(name);
    }
    stage.ingress_serves().await;
    let live = stage.live(DANA, "payments", "ReadOnly", "1h").await;
    let iam = aws_sdk_iam::Client::new(&stage.cloud.config);
    let user = iam.get_user().user_name(&live.user).send().await.expect("the user").user.expect("the user");
    let boundary = user.permissions_boundary.and_then(|boundary| boundary.permissions_boundary_arn);
    assert_eq!(boundary.as_deref(), Some(EVERYTHING));
    let schedule =
        scheduler.get_schedule().group_name("grants").name(&live.user).send().await.expect("its end");
    let target = schedule.target.expect("a target");
    assert_eq!(target.dead_letter_config.and_then(|config| config.arn), Some(dlq));
    let body: serde_json::Value = serde_json::from_str(&target.input.expect("a body")).expect("JSON");
    assert_eq!(body, json!({"version": 1, "job": "revoke", "request_id": live.id}));

    let message = stage.expect_message(DANA, &[&live.id, "revoke"]).await;
    stage.click(DANA, &message, "revoke").await;
    stage.request_is_gone(&live.id, PATIENCE).await;
    eventually("no schedule is left in the group", PATIENCE, async || {
        stage.cloud.schedules().await.is_empty().then_some(())
    })
    .await;
    stage.close().await;
}

/// What SES reports of the email: one that did not arrive ends the grant, a complaint about one that did does not.
#[tokio::test(flavor = "multi_thread")]
async fn an_email_that_did_not_arrive_ends_its_grant() {
    let stage = Stage::open().await;
    let (bounced, rejected, spam) = tokio::join!(
        stage.live(DANA, "payments", "ReadOnly", "1h"),
        stage.live(SAM, "payments", "ReadOnly", "1h"),
        stage.live(STRANGER, "payments", "ReadOnly", "1h"),
    );
    for (live, why) in
        [(&bounced, "bounce"), (&rejected, "reject"), (&spam, "complaint"), (&bounced, "bounce")]
    {
        let body = json!({"version": 1, "job": "undelivered", "request_id": live.id, "why": why});
        stage.cloud.put(&stage.cloud.revoke, &body.to_string()).await;
    }
    for live in [&bounced, &rejected] {
        let request = stage.request_is_gone(&live.id, PATIENCE).await;
        assert_eq!(request["status"], "REVOKED");
        assert!(live.key.reads().await.is_err());
    }
    all_is_done(&stage).await;
    assert_eq!(spam.key.reads().await, Ok(()));
    stage.request_is(&spam.id, "ACTIVE", PATIENCE).await;
    nothing_is_dead(&stage).await;
    stage.close().await;
}

/// Users that no record names: a sweep takes those that are this installation's, and none of anybody else's.
#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_takes_its_own_users_alone() {
    let stage = Stage::open().await;
    let iam = aws_sdk_iam::Client::new(&stage.cloud.config);
    let past = ("keylease:expires-at", "2020-01-01T00:00:00Z");
    let users: [Stray; 5] = [
        ("/keylease/", "keylease-old-0", vec![("keylease:request-id", "old-0"), past], true),
        (
            "/keylease/",
            "keylease-ours-0",
            vec![("keylease:request-id", "ours-0"), ("keylease:deployment", "keylease"), past],
            true,
        ),
        (
            "/keylease/",
            "keylease-theirs-0",
            vec![("keylease:request-id", "theirs-0"), ("keylease:deployment", "second"), past],
            false,
        ),
        ("/", "keylease-elsewhere-0", vec![("keylease:request-id", "elsewhere-0"), past], false),
        ("/keylease/sub/", "keylease-below-0", vec![("keylease:request-id", "below-0"), past], false),
    ];
    for (path, name, tags, _) in &users {
        let tags =
            tags.iter().map(|(key, value)| Tag::builder().key(*key).value(*value).build().expect("a tag"));
        let create = iam.create_user().path(*path).user_name(*name).set_tags(Some(tags.collect()));
        create.send().await.expect("a user");
        iam.create_access_key().user_name(*name).send().await.expect("a key");
    }
    stage.cloud.sweep().await;
    for (_, name, _, is_ours) in &users {
        if *is_ours {
            eventually(&format!("{name} is gone"), PATIENCE, async || {
                iam.get_user().user_name(*name).send().await.is_err().then_some(())
            })
            .await;
        }
    }
    all_is_done(&stage).await;
    for (_, name, _, is_ours) in &users {
        assert_eq!(iam.get_user().user_name(*name).send().await.is_err(), *is_ours, "{name}");
    }
    stage.close().await;
}

/// Ctrl-C, as well as what a supervisor sends.
#[tokio::test(flavor = "multi_thread")]
async fn sigint_stops_a_program_as_sigterm_does() {
    let mut stage = Stage::open().await;
    for name in PROGRAMS {
        let mut program = stage.take(name);
        // A signal that comes before a program listens for it ends it as the system does.
        eventually("it runs", PATIENCE, async || {
            let said = program.output();
            ["taking jobs", "listening"].iter().any(|line| said.contains(line)).then_some(())
        })
        .await;
        program.signal("INT");
        let status = program.ended().await;
        assert!(status.success(), "{name} ended with {status}: {}", program.output());
    }
    stage.close().await;
}

async fn add(stage: &Stage, id: &str, name: &str, value: &Value) {
    let dynamodb = aws_sdk_dynamodb::Client::new(&stage.cloud.config);
    let update =
        dynamodb.update_item().table_name(&stage.cloud.requests).key("request_id", Value::S(id.to_owned()));
    let update = update.update_expression("SET #n = :v").expression_attribute_names("#n", name);
    update.expression_attribute_values(":v", value.clone()).send().await.expect("an attribute");
}

async fn record(stage: &Stage, id: &str) -> HashMap<String, Value> {
    let dynamodb = aws_sdk_dynamodb::Client::new(&stage.cloud.config);
    let get =
        dynamodb.get_item().table_name(&stage.cloud.requests).key("request_id", Value::S(id.to_owned()));
    get.consistent_read(true).send().await.expect("an answer").item.expect("the record")
}
