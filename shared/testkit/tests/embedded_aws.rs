//! The embedded AWS, through the real SDK.
#![expect(clippy::unwrap_used, reason = "a step that fails fails its test")]

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnValuesOnConditionCheckFailure};
use aws_sdk_scheduler::types::{ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, Target};
use aws_sdk_sqs::error::{DisplayErrorContext, ProvideErrorMetadata};
use keylease_testkit::aws::{CallInfo, DEMO_SESSION_ROLE_ARN, EmbeddedAws, Fault, Service, schedules};

const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

fn variable(aws: &EmbeddedAws, name: &str) -> String {
    aws.variables().remove(name).unwrap()
}

/// A user with a key and one managed policy, made as the workers make it.
async fn user_with_key(aws: &Arc<EmbeddedAws>, name: &str) -> aws_sdk_iam::types::AccessKey {
    let iam = aws_sdk_iam::Client::new(&aws.sdk_config());
    let boundary = variable(aws, "PERMISSIONS_BOUNDARY_ARN");
    iam.create_user().user_name(name).path("/keylease/").permissions_boundary(boundary).send().await.unwrap();
    iam.attach_user_policy().user_name(name).policy_arn(READ_ONLY).send().await.unwrap();
    iam.create_access_key().user_name(name).send().await.unwrap().access_key.unwrap()
}

fn fail_once(operation: &'static str, fault: Fault) -> impl Fn(&CallInfo) -> Option<Fault> {
    let left = AtomicU32::new(1);
    move |call| {
        let hit = call.operation == operation
            && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        hit.then(|| fault.clone())
    }
}

#[tokio::test]
async fn it_starts_with_queues_that_park() {
    let aws = EmbeddedAws::start().await;
    let revoke = aws.queue(&variable(&aws, "QUEUE_URL_REVOKE")).unwrap();
    assert_eq!(revoke.dead_letter_queue.as_deref(), Some("keylease-revoke-dlq"));
    assert!(aws.calls().is_empty(), "the set-up leaves no calls behind");
}

#[tokio::test]
async fn a_key_works_within_its_policies_until_it_is_deleted() {
    let aws = EmbeddedAws::start().await;
    let key = user_with_key(&aws, "keylease-1").await;
    let holder = aws.sdk_config_for(&key.access_key_id, &key.secret_access_key, None);

    let identity = aws_sdk_sts::Client::new(&holder).get_caller_identity().send().await.unwrap();
    assert_eq!(identity.arn(), Some("arn:aws:iam::123456789012:user/keylease/keylease-1"));
    let queues = aws_sdk_sqs::Client::new(&holder).list_queues().send().await.unwrap();
    assert_eq!(queues.queue_urls().len(), 6);
    let iam = aws_sdk_iam::Client::new(&holder);
    let refused = iam.create_user().user_name("another").send().await.unwrap_err();
    assert_eq!(refused.code(), Some("AccessDenied"));
    assert!(refused.message().unwrap().ends_with("with an explicit deny in a permissions boundary"));

    let wrong = aws.sdk_config_for(&key.access_key_id, "another secret", None);
    let refused = aws_sdk_sqs::Client::new(&wrong).list_queues().send().await.unwrap_err();
    assert_eq!(refused.code(), Some("SignatureDoesNotMatch"));

    let workers = aws_sdk_iam::Client::new(&aws.sdk_config());
    workers
        .delete_access_key()
        .user_name("keylease-1")
        .access_key_id(&key.access_key_id)
        .send()
        .await
        .unwrap();
    let refused = aws_sdk_sts::Client::new(&holder).get_caller_identity().send().await.unwrap_err();
    assert_eq!(refused.code(), Some("InvalidClientTokenId"));
}

#[tokio::test]
async fn an_inline_guard_ends_a_key_on_the_second() {
    let aws = EmbeddedAws::start().await;
    let key = user_with_key(&aws, "keylease-2").await;
    let end = aws.now().checked_add(jiff::SignedDuration::from_secs(30)).unwrap();
    let guard = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Action":"*","Resource":"*",
            "Condition":{{"DateGreaterThan":{{"aws:CurrentTime":"{end}"}}}}}}}}"#
    );
    let iam = aws_sdk_iam::Client::new(&aws.sdk_config());
    let put = iam.put_user_policy().user_name("keylease-2").policy_name("guard");
    put.policy_document(guard).send().await.unwrap();
    let holder = aws.sdk_config_for(&key.access_key_id, &key.secret_access_key, None);
    let tables = aws_sdk_dynamodb::Client::new(&holder);
    assert!(tables.list_tables().send().await.is_ok());
    aws.shift_clock(31);
    let refused = tables.list_tables().send().await.unwrap_err();
    assert_eq!(refused.code(), Some("AccessDeniedException"));
    assert!(refused.message().unwrap().ends_with("with an explicit deny in an identity-based policy"));

    let too_long = iam.put_user_policy().user_name("keylease-2").policy_name("long");
    let too_long = too_long.policy_document("x".repeat(2_000)).send().await.unwrap_err();
    assert_eq!(too_long.code(), Some("LimitExceeded"));
}

#[tokio::test]
async fn a_session_is_bound_by_its_policy_and_ends_by_its_role() {
    let aws = EmbeddedAws::start().await;
    let sts = aws_sdk_sts::Client::new(&aws.sdk_config());
    let policy =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}"#;
    let assume = sts.assume_role().role_arn(DEMO_SESSION_ROLE_ARN).role_session_name("keylease-3");
    let session = assume.policy(policy).duration_seconds(900).send().await.unwrap();
    let credentials = session.credentials().unwrap();
    let holder = aws.sdk_config_for(
        credentials.access_key_id(),
        credentials.secret_access_key(),
        Some(credentials.session_token()),
    );
    let queues = aws_sdk_sqs::Client::new(&holder);
    assert!(queues.list_queues().send().await.is_ok());
    let refused = aws_sdk_dynamodb::Client::new(&holder).list_tables().send().await.unwrap_err();
    assert!(
        refused
            .message()
            .unwrap()
            .ends_with("because no session policy allows the dynamodb:ListTables action")
    );

    let user_id = session.assumed_role_user().unwrap().assumed_role_id();
    let deny = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","Action":"*","Resource":"*",
            "Condition":{{"StringEquals":{{"aws:userid":"{user_id}"}}}}}}]}}"#
    );
    let iam = aws_sdk_iam::Client::new(&aws.sdk_config());
    let put = iam.put_role_policy().role_name("payments-power").policy_name("ended");
    put.policy_document(deny).send().await.unwrap();
    let refused = queues.list_queues().send().await.unwrap_err();
    assert_eq!(refused.code(), Some("AccessDenied"), "{}", DisplayErrorContext(&refused));
    assert_eq!(aws.role_policies(DEMO_SESSION_ROLE_ARN).await.len(), 1);

    aws.shift_clock(901);
    assert_eq!(queues.list_queues().send().await.unwrap_err().code(), Some("ExpiredToken"));
    let long =
        sts.assume_role().role_arn(DEMO_SESSION_ROLE_ARN).role_session_name("x").duration_seconds(7_200);
    assert_eq!(long.send().await.unwrap_err().code(), Some("ValidationError"));
}

#[tokio::test]
async fn faults_reach_the_sdk_as_the_services_word_them() {
    let aws = EmbeddedAws::start().await;
    let config = aws.sdk_config();
    let queues = aws_sdk_sqs::Client::new(&config);
    let url = variable(&aws, "QUEUE_URL_NOTIFY");

    aws.inject(fail_once("SendMessage", Fault::LoseAnswer));
    queues.send_message().queue_url(&url).message_body("one").send().await.unwrap();
    assert_eq!(
        aws.queue(&url).unwrap().visible,
        2,
        "the first took effect, its answer was lost, the SDK tried again"
    );

    for fault in [Fault::FailBefore, Fault::Throttle] {
        aws.inject(fail_once("CreateUser", fault.clone()));
        let name = format!("user-{fault:?}");
        aws_sdk_iam::Client::new(&config).create_user().user_name(&name).send().await.unwrap();
        let tries = aws.calls().iter().filter(|call| call.is(Service::Iam, "CreateUser", &name)).count();
        assert_eq!(tries, 2, "{fault:?}");
    }

    aws.inject(|call| (call.action() == "ses:SendEmail").then_some(Fault::Deny));
    let ses = aws_sdk_sesv2::Client::new(&config);
    let refused = ses.send_email().from_email_address("a@example.com").send().await.unwrap_err();
    assert_eq!(refused.code(), Some("AccessDeniedException"));
    aws.clear_faults();
}

#[tokio::test]
async fn a_condition_that_fails_shows_what_it_met() {
    let aws = EmbeddedAws::start().await;
    let table = variable(&aws, "DYNAMODB_TABLE_REQUESTS");
    let client = aws_sdk_dynamodb::Client::new(&aws.sdk_config());
    let put = || {
        client
            .put_item()
            .table_name(&table)
            .item("request_id", AttributeValue::S("1".into()))
            .item("version", AttributeValue::N("7".into()))
            .condition_expression("attribute_not_exists(request_id)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
    };
    put().await.unwrap();
    let failed = put().await.unwrap_err().into_service_error();
    let aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(failed) = failed
    else {
        panic!("{failed:?}")
    };
    assert_eq!(failed.item().unwrap()["version"], AttributeValue::N("7".into()));
    assert_eq!(aws.table(&table).await[0]["version"], 7);
}

#[tokio::test]
async fn an_index_has_keys_alone_in_pages_and_can_be_behind() {
    let aws = EmbeddedAws::start().await;
    let (table, index) = (variable(&aws, "DYNAMODB_TABLE_REQUESTS"), variable(&aws, "DYNAMODB_INDEX_OPEN"));
    let client = aws_sdk_dynamodb::Client::new(&aws.sdk_config());
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let put = async |id: &str, open: Option<&str>| {
        let attributes = [("request_id", Some(id)), ("more", Some("x")), ("open", open)];
        let given = attributes.into_iter().filter_map(|(name, value)| Some((name.to_owned(), text(value?))));
        client.put_item().table_name(&table).set_item(Some(given.collect())).send().await.unwrap();
    };
    let query = |index: &str| {
        let query = client.query().table_name(&table).index_name(index).key_condition_expression("#o = :o");
        query.expression_attribute_names("#o", "open").expression_attribute_values(":o", text("yes")).limit(2)
    };
    for (id, open) in
        [("c", Some("yes")), ("a", Some("yes")), ("x", None), ("b", Some("yes")), ("y", Some("no"))]
    {
        put(id, open).await;
    }
    let first = query(&index).send().await.unwrap();
    let keys =
        |id: &str| HashMap::from([("request_id".to_owned(), text(id)), ("open".to_owned(), text("yes"))]);
    assert_eq!(first.items(), [keys("a"), keys("b")]);
    let second = query(&index).set_exclusive_start_key(first.last_evaluated_key).send().await.unwrap();
    assert_eq!((second.items(), second.last_evaluated_key()), ([keys("c")].as_slice(), None));
    assert_eq!(query("other").send().await.unwrap_err().code(), Some("ValidationException"));

    aws.let_indexes_lag();
    put("a", None).await;
    assert_eq!(query(&index).send().await.unwrap().items(), [keys("a"), keys("b")], "it is behind once");
    assert_eq!(query(&index).send().await.unwrap().items(), [keys("b"), keys("c")]);
}

#[tokio::test]
async fn a_schedule_sends_its_input_once_and_goes() {
    let aws = EmbeddedAws::start().await;
    let client = aws_sdk_scheduler::Client::new(&aws.sdk_config());
    let queue = aws.queue("keylease-revoke").unwrap();
    let target = Target::builder().arn(&queue.arn).role_arn(variable(&aws, "SCHEDULER_ROLE_ARN"));
    let target = target.input(r#"{"version":1,"job":"sweep"}"#).build().unwrap();
    let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build().unwrap();
    let create = |name: &str, expression: &str| {
        client
            .create_schedule()
            .name(name)
            .schedule_expression(expression)
            .target(target.clone())
            .flexible_time_window(window.clone())
            .action_after_completion(ActionAfterCompletion::Delete)
            .send()
    };
    create("once", "at(2030-01-01T00:00:00)").await.unwrap();
    let read = client.get_schedule().name("once").send().await.unwrap();
    assert_eq!(read.target().unwrap().input(), Some(r#"{"version":1,"job":"sweep"}"#));

    assert_eq!(schedules::fire_due(&aws, "2029-12-31T23:59:59Z".parse().unwrap()).await, 0);
    assert_eq!(schedules::fire_due(&aws, "2030-01-01T00:00:00Z".parse().unwrap()).await, 1);
    assert_eq!(aws.queue("keylease-revoke").unwrap().messages[0].body, r#"{"version":1,"job":"sweep"}"#);
    assert!(aws.schedules().await.is_empty());

    let update = client.create_schedule().name("often").schedule_expression("rate(5 minutes)");
    update.target(target.clone()).flexible_time_window(window.clone()).send().await.unwrap();
    let start = aws.now();
    let after = |minutes: i64| start.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap();
    let mut fired = Vec::new();
    for minutes in [4, 6, 7, 12] {
        fired.push(schedules::fire_due(&aws, after(minutes)).await);
    }
    assert_eq!(fired, [0, 1, 0, 1]);
}

#[tokio::test]
async fn scans_come_in_pages_with_the_attributes_that_were_asked_for() {
    let aws = EmbeddedAws::start().await;
    let tables = aws_sdk_dynamodb::Client::new(&aws.sdk_config());
    let table = variable(&aws, "DYNAMODB_TABLE_PROJECTS");
    let text = |value: &str| AttributeValue::S(value.to_owned());
    for name in ["c", "a", "b"] {
        let put = tables.put_item().table_name(&table).item("project", text(name)).item("n", text("1"));
        put.item("other", text("2")).send().await.unwrap();
    }
    let scan = tables.scan().table_name(&table).limit(2).projection_expression("#p, n");
    let first = scan.clone().expression_attribute_names("#p", "project").send().await.unwrap();
    let shown = |items: &[HashMap<String, AttributeValue>]| -> Vec<Vec<String>> {
        let names = |item: &HashMap<String, AttributeValue>| {
            let mut names: Vec<String> = item.keys().cloned().collect();
            names.sort();
            names.push(item.get("project").unwrap().as_s().unwrap().clone());
            names
        };
        items.iter().map(names).collect()
    };
    assert_eq!(shown(first.items()), [["n", "project", "a"], ["n", "project", "b"]]);
    let start = first.last_evaluated_key.unwrap();
    let rest = tables.scan().table_name(&table).set_exclusive_start_key(Some(start)).send().await.unwrap();
    assert_eq!(shown(rest.items()), [["n", "other", "project", "c"]]);
    assert_eq!(rest.last_evaluated_key, None);

    let keys = ["c", "missing", "a"].map(|name| HashMap::from([("project".to_owned(), text(name))]));
    let wanted = KeysAndAttributes::builder().set_keys(Some(keys.to_vec())).build().unwrap();
    let batch = tables.batch_get_item().request_items(&table, wanted).send().await.unwrap();
    let found = batch.responses.unwrap().remove(&table).unwrap();
    assert_eq!(shown(&found), [["n", "other", "project", "c"], ["n", "other", "project", "a"]]);
}
