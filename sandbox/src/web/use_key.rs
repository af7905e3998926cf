//! Uses a mailed key: real SDK calls, judged by the embedded AWS.

use std::sync::Arc;

use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use testkit::system::System;

/// What the page offers to call.
const ACTIONS: [(&str, &str); 6] = [
    ("sts:GetCallerIdentity", "Who am I?  (sts:GetCallerIdentity)"),
    ("sqs:ListQueues", "List the queues  (sqs:ListQueues)"),
    ("dynamodb:ListTables", "List the tables  (dynamodb:ListTables)"),
    ("sqs:CreateQueue", "Create a queue  (sqs:CreateQueue)"),
    ("iam:CreateUser", "Create another user  (iam:CreateUser)"),
    ("iam:CreateAccessKey", "Create another key  (iam:CreateAccessKey)"),
];
/// What the calls that make something would make.
const MADE_NAME: &str = "made-with-the-key";

/// A key that is to be used: one in a mail, or that of a role's session.
#[derive(Deserialize)]
pub(super) struct UseKey {
    #[serde(default)]
    mail_id: String,
    #[serde(default)]
    access_key_id: String,
    action: String,
}

/// Credentials as the mail's `~/.aws/credentials` block has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credentials {
    pub(super) access_key_id: String,
    secret: String,
    token: Option<String>,
}

/// What was allowed, or how AWS refused it.
type Outcome = Result<String, (String, String)>;

/// The actions as the page offers them.
pub(super) fn choices() -> Vec<Value> {
    ACTIONS.iter().map(|(id, label)| json!({ "id": id, "label": label })).collect()
}

/// The credentials in a mail's text, copied as its reader would.
pub(super) fn credentials(text: &str) -> Option<Credentials> {
    let value = |name: &str| {
        text.lines().find_map(|line| {
            let (key, value) = line.split_once('=')?;
            (key.trim() == name).then(|| value.trim().to_owned())
        })
    };
    Some(Credentials {
        access_key_id: value("aws_access_key_id")?,
        secret: value("aws_secret_access_key")?,
        token: value("aws_session_token"),
    })
}

/// Calls AWS with the mail's key.
pub(super) async fn use_key(State(system): State<Arc<System>>, Json(wish): Json<UseKey>) -> Json<Value> {
    let mail = system.aws.mails().into_iter().find(|mail| mail.id == wish.mail_id);
    let key = match mail {
        Some(mail) => credentials(&mail.text),
        None => of_session(&system, &wish.access_key_id),
    };
    let Some(key) = key else {
        return Json(json!({ "allowed": false, "action": wish.action, "message": "There is no such key." }));
    };
    let config = system.aws.sdk_config_for(&key.access_key_id, &key.secret, key.token.as_deref());
    Json(match call(&config, &wish.action).await {
        Ok(message) => json!({ "allowed": true, "action": wish.action, "message": message }),
        Err((code, message)) => {
            json!({ "allowed": false, "action": wish.action, "code": code, "message": message })
        }
    })
}

/// The credentials of a session that somebody opened on this page.
fn of_session(system: &System, access_key_id: &str) -> Option<Credentials> {
    let found = system.aws.credentials().into_iter().find(|found| found.access_key_id == access_key_id)?;
    let mut secrets = found.secrets.into_iter();
    Some(Credentials { access_key_id: found.access_key_id, secret: secrets.next()?, token: secrets.next() })
}

async fn call(config: &aws_config::SdkConfig, action: &str) -> Outcome {
    let iam = || aws_sdk_iam::Client::new(config);
    let sqs = || aws_sdk_sqs::Client::new(config);
    match action {
        "sts:GetCallerIdentity" => {
            let answer = aws_sdk_sts::Client::new(config).get_caller_identity().send().await;
            answer
                .map(|answer| format!("You are {}", answer.arn().unwrap_or_default()))
                .map_err(|e| refused(&e))
        }
        "sqs:ListQueues" => {
            let answer = sqs().list_queues().send().await.map_err(|e| refused(&e))?;
            let names = answer.queue_urls().iter().filter_map(|url| url.rsplit('/').next());
            Ok(sorted(names))
        }
        "dynamodb:ListTables" => {
            let answer = aws_sdk_dynamodb::Client::new(config).list_tables().send().await;
            let answer = answer.map_err(|e| refused(&e))?;
            Ok(sorted(answer.table_names().iter().map(String::as_str)))
        }
        "sqs:CreateQueue" => {
            let answer = sqs().create_queue().queue_name(MADE_NAME).send().await;
            answer.map(|_| format!("The queue {MADE_NAME} is there.")).map_err(|e| refused(&e))
        }
        "iam:CreateUser" => {
            let answer = iam().create_user().user_name(MADE_NAME).send().await;
            answer.map(|_| format!("The user {MADE_NAME} is there.")).map_err(|e| refused(&e))
        }
        "iam:CreateAccessKey" => {
            let answer = iam().create_access_key().send().await;
            answer.map(|_| "There is another key.".to_owned()).map_err(|e| refused(&e))
        }
        other => Err(("UnknownAction".to_owned(), format!("The page does not offer {other}."))),
    }
}

fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.join(", ")
}

/// The code and the message, as AWS words them.
pub(super) fn refused<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> (String, String) {
    let text = |text: Option<&str>, default: &str| text.unwrap_or(default).to_owned();
    (text(error.code(), "NoAnswer"), text(error.message(), "AWS did not say why."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_read_from_the_block_in_the_mail() {
        let text = "Hello\n[keylease]\naws_access_key_id = AKIA1\naws_secret_access_key=a/b+c=\nBye = now\n";
        let found = credentials(text).unwrap();
        assert_eq!(
            (found.access_key_id.as_str(), found.secret.as_str(), found.token),
            ("AKIA1", "a/b+c=", None)
        );
        assert_eq!(credentials("nothing here"), None);
    }
}
