//! Calls to AWS that go wrong for a while: a grant that was approved comes live all the same.

use std::time::Duration;

use endpoint::Stage;
use endpoint::catalogue::OLIVIA;
use endpoint::faulty::{Faulty, Until, Wrong};
use endpoint::key::Key;

use crate::whole::nothing_is_dead;

/// So long IAM does not see what was just made.
const UNSEEN: Until = Until::Elapsed(Duration::from_secs(3));

async fn comes_live(variable: &str, action: &'static str, wrong: Wrong, until: Until) {
    let faulty = Faulty::start().await;
    let stage = Stage::open_with(&[(variable, faulty.url())]).await;
    let asked = stage.dana_asks("ReadOnly", "1h").await;
    faulty.go_wrong(action, wrong, until);
    stage.click(OLIVIA, &asked, "approve").await;
    stage.only_request("ACTIVE").await;
    assert!(faulty.met(action) > 0, "{action} never went wrong");
    let key = Key::in_mail(&stage.first_mail().await.text);
    assert_eq!(key.reads().await, Ok(()));
    nothing_is_dead(&stage).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guard_for_a_user_that_is_not_seen_yet() {
    comes_live("AWS_ENDPOINT_URL_IAM", "PutUserPolicy", Wrong::Answered(404, "NoSuchEntity"), UNSEEN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_for_a_user_that_is_not_seen_yet() {
    comes_live("AWS_ENDPOINT_URL_IAM", "AttachUserPolicy", Wrong::Answered(404, "NoSuchEntity"), UNSEEN)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_for_a_user_that_is_not_seen_yet() {
    comes_live("AWS_ENDPOINT_URL_IAM", "CreateAccessKey", Wrong::Answered(404, "NoSuchEntity"), UNSEEN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_whose_name_has_no_path_yet() {
    comes_live("AWS_ENDPOINT_URL_IAM", "PutUserPolicy", Wrong::Answered(403, "AccessDenied"), UNSEEN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_that_was_made_and_whose_answer_was_lost() {
    comes_live("AWS_ENDPOINT_URL_IAM", "CreateUser", Wrong::AnswerLost, Until::Times(1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_of_a_record_that_was_done_and_whose_answer_was_lost() {
    comes_live("AWS_ENDPOINT_URL_DYNAMODB", "PutItem", Wrong::AnswerLost, Until::Times(2)).await;
}

/// The user is there though its answer says otherwise, and then its tags cannot be read yet.
#[tokio::test(flavor = "multi_thread")]
async fn a_user_that_was_made_and_cannot_be_seen_yet() {
    for unseen in ["ListUserTags", "GetUser"] {
        let faulty = Faulty::start().await;
        let stage = Stage::open_with(&[("AWS_ENDPOINT_URL_IAM", faulty.url())]).await;
        let asked = stage.dana_asks("ReadOnly", "1h").await;
        let made = Wrong::DoneAndAnswered(500, "ServiceFailure");
        faulty.go_wrong("CreateUser", made, Until::Times(1));
        faulty.go_wrong(unseen, Wrong::Answered(404, "NoSuchEntity"), UNSEEN);
        stage.click(OLIVIA, &asked, "approve").await;
        let request = stage.only_request("ACTIVE").await;
        assert!(request["failure"].is_null() && faulty.met(unseen) > 0, "{unseen}: {request:#}");
        let told = stage.slack.messages();
        assert!(
            told.iter().all(|message| !message.text.contains("could not be made")),
            "{unseen}: {told:#?}"
        );
        stage.close().await;
    }
}

/// Somebody repairs it meanwhile: the request waits, and is not failed.
#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_set_that_is_made_late() {
    for (status, code) in [
        (404, "NotFoundException"),
        (400, "ConfigurationSetDoesNotExistException"),
        (400, "MailFromDomainNotVerifiedException"),
        (403, "AccessDeniedException"),
    ] {
        let wrong = Wrong::Answered(status, code);
        comes_live("AWS_ENDPOINT_URL_SESV2", "SendEmail", wrong, UNSEEN).await;
    }
}
