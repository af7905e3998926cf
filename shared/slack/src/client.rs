//! The calls that the workers make. Requests are built by the Slack crate; answers are read leniently, field by
//! field, so that one that Slack adds or leaves out breaks nothing.

use std::sync::Arc;
use std::time::Duration;

use domain::authorization::Person as Decider;
use domain::job::MessageRef;
use domain::{ChannelId, ExecutionId, SlackUserId, ViewId};
use serde::Deserialize;
use serde_json::{Value, json};
use slack_morphism::api::{SlackApiChatPostMessageRequest, SlackApiChatUpdateRequest};
use slack_morphism::errors::SlackClientError;
use slack_morphism::prelude::{
    SlackApiToken, SlackApiTokenType, SlackApiTokenValue, SlackChannelId, SlackClientHyperConnector,
    SlackHyperClient, SlackMessageContent, SlackTs,
};

use super::connector::{SlackUnavailable, connector};
use super::errors;
use super::text::shorten;
use service::call_error::ignore_code;
use service::secret::BotToken;
use service::{CallError, Remedy};

/// Longest call to Slack. The crate has no limit of its own.
pub(super) const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// Wait when Slack says "too many" and not for how long, in seconds.
const RATE_LIMIT_WAIT_SECONDS: u32 = 30;

/// A step that was answered before, or whose workflow was stopped.
const NOT_RUNNING: &str = "execution_not_in_running_state";
/// Longest text of why a step failed, in characters.
const STEP_ERROR_MAX_CHARS: usize = 1_000;

/// Slack is to make no links and no mentions of plain text; what is marked up is shown as such all the same.
const NO_PARSING: &str = "none";

/// Slack's Web API, as the app.
#[derive(Clone)]
pub struct Slack {
    client: Arc<SlackHyperClient>,
    token: SlackApiToken,
}

/// Somebody in Slack.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Person {
    /// Their ids: in an Enterprise Grid the workspace's, and the organisation's.
    pub ids: Vec<SlackUserId>,
    /// Their email address, where the app may read it and they have one.
    pub email: Option<String>,
    /// What they are called.
    pub name: Option<String>,
    /// Their IANA time zone, such as `Europe/Berlin`.
    pub time_zone: Option<String>,
    /// Whether the account was deactivated.
    pub deactivated: bool,
    pub is_bot: bool,
}

impl Person {
    /// What a decision needs to know of them, who were looked up as `id`.
    #[must_use]
    pub fn as_decider(&self, id: &SlackUserId) -> Decider {
        let others = self.ids.iter().filter(|other| *other != id);
        let ids = std::iter::once(id).chain(others).cloned().collect();
        Decider { ids, is_active: !self.deactivated && !self.is_bot }
    }
}

/// Somebody whom Slack does not know, or does not show to this app.
#[must_use]
pub fn unknown_decider(id: &SlackUserId) -> Decider {
    Decider { ids: vec![id.clone()], is_active: false }
}

/// Whether an answer says that Slack does not know somebody, or does not show them to this app.
#[must_use]
pub fn is_unknown_person(error: &CallError) -> bool {
    error.is("user_not_found") || error.is("user_not_visible")
}

#[derive(Deserialize)]
struct PostedAnswer {
    channel: Option<String>,
    ts: Option<String>,
}

#[derive(Deserialize)]
struct UserAnswer {
    user: Option<UserFields>,
}

#[derive(Deserialize)]
struct UserFields {
    #[serde(default)]
    id: Option<String>,
    /// In an Enterprise Grid, the person as the organisation knows them.
    #[serde(default)]
    enterprise_user: Option<EnterpriseFields>,
    #[serde(default)]
    deleted: Option<bool>,
    #[serde(default)]
    is_bot: Option<bool>,
    #[serde(default)]
    tz: Option<String>,
    #[serde(default)]
    profile: Option<ProfileFields>,
}

#[derive(Deserialize)]
struct MembersAnswer {
    #[serde(default)]
    users: Vec<String>,
}

#[derive(Deserialize)]
struct EnterpriseFields {
    #[serde(default)]
    id: Option<String>,
}

#[derive(Default, Deserialize)]
struct ProfileFields {
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    real_name: Option<String>,
    #[serde(default)]
    email: Option<String>,
}

impl Slack {
    /// The API at `api_url` (without a slash at its end).
    pub fn new(api_url: &str, token: &BotToken) -> Result<Self, SlackUnavailable> {
        let connector = connector(api_url)?;
        let connector = SlackClientHyperConnector::with_connector(connector).with_slack_api_url(api_url);
        let token_value = SlackApiTokenValue(token.reveal().to_owned());
        let token = SlackApiToken::new(token_value).with_token_type(SlackApiTokenType::Bot);
        Ok(Self { client: Arc::new(SlackHyperClient::new(connector)), token })
    }

    /// Posts a message. `to` is a channel, or a person's id for a direct message.
    pub async fn post(&self, to: &str, content: SlackMessageContent) -> Result<MessageRef, CallError> {
        const CALL: &str = "slack:chat.postMessage";
        let request = SlackApiChatPostMessageRequest::new(SlackChannelId(to.to_owned()), content)
            .with_unfurl_links(false)
            .with_unfurl_media(false)
            .with_link_names(false)
            .with_parse(NO_PARSING.to_owned());
        let session = self.client.open_session(&self.token);
        let call = session.http_session_api.http_post("chat.postMessage", &request, None);
        let answer: PostedAnswer = within(CALL, call).await?;
        let channel = answer.channel.and_then(|c| ChannelId::parse(&c).ok());
        let channel = channel.ok_or_else(|| CallError::incomplete(CALL, "channel"))?;
        let ts = answer.ts.ok_or_else(|| CallError::incomplete(CALL, "ts"))?;
        Ok(MessageRef { channel, ts })
    }

    /// Answers in a message's thread.
    pub async fn reply(&self, to: &MessageRef, content: SlackMessageContent) -> Result<(), CallError> {
        let request = SlackApiChatPostMessageRequest::new(SlackChannelId(to.channel.to_string()), content)
            .with_thread_ts(SlackTs(to.ts.clone()))
            .with_unfurl_links(false)
            .with_unfurl_media(false)
            .with_link_names(false)
            .with_parse(NO_PARSING.to_owned());
        let session = self.client.open_session(&self.token);
        let call = session.http_session_api.http_post("chat.postMessage", &request, None);
        within::<Value>("slack:chat.postMessage", call).await.map(|_| ())
    }

    /// Replaces a message. Doing it twice is doing it once.
    pub async fn update(&self, message: &MessageRef, content: SlackMessageContent) -> Result<(), CallError> {
        let channel = SlackChannelId(message.channel.to_string());
        let request = SlackApiChatUpdateRequest::new(channel, content, SlackTs(message.ts.clone()))
            .with_link_names(false)
            .with_parse(NO_PARSING.to_owned());
        let session = self.client.open_session(&self.token);
        let call = session.http_session_api.http_post("chat.update", &request, None);
        within::<Value>("slack:chat.update", call).await.map(|_| ())
    }

    /// Opens a form for whoever did what has this trigger, within three seconds of it.
    pub async fn open_view(&self, trigger_id: &str, view: &Value) -> Result<(), CallError> {
        let request = json!({ "trigger_id": trigger_id, "view": view });
        let session = self.client.open_session(&self.token);
        let call = session.http_session_api.http_post("views.open", &request, None);
        within::<Value>("slack:views.open", call).await.map(|_| ())
    }

    /// Replaces an open form; where a `hash` is given, only in the state that has it.
    pub async fn update_view(
        &self,
        view_id: &ViewId,
        hash: Option<&str>,
        view: &Value,
    ) -> Result<(), CallError> {
        let mut request = json!({ "view_id": view_id, "view": view });
        if let (Some(fields), Some(hash)) = (request.as_object_mut(), hash) {
            fields.insert("hash".to_owned(), hash.into());
        }
        let session = self.client.open_session(&self.token);
        let call = session.http_session_api.http_post("views.update", &request, None);
        within::<Value>("slack:views.update", call).await.map(|_| ())
    }

    /// Draws somebody's App Home. Doing it twice is doing it once.
    pub async fn publish_home(&self, person: &SlackUserId, view: &Value) -> Result<(), CallError> {
        let request = json!({ "user_id": person, "view": view });
        let session = self.client.open_session(&self.token);
        let call = session.http_session_api.http_post("views.publish", &request, None);
        within::<Value>("slack:views.publish", call).await.map(|_| ())
    }

    /// Tells a workflow that its step is done, with what it hands on. One that no longer runs was answered before.
    pub async fn complete_step(&self, id: &ExecutionId, outputs: &Value) -> Result<(), CallError> {
        let request = json!({ "function_execution_id": id, "outputs": outputs });
        let session = self.client.open_session(&self.token);
        let call = session.http_session_api.http_post("functions.completeSuccess", &request, None);
        ignore_code(within::<Value>("slack:functions.completeSuccess", call).await.map(|_| ()), NOT_RUNNING)
    }

    /// Tells a workflow that its step failed, and why, for people.
    pub async fn fail_step(&self, id: &ExecutionId, why: &str) -> Result<(), CallError> {
        let request = json!({ "function_execution_id": id, "error": shorten(why, STEP_ERROR_MAX_CHARS) });
        let session = self.client.open_session(&self.token);
        let call = session.http_session_api.http_post("functions.completeError", &request, None);
        ignore_code(within::<Value>("slack:functions.completeError", call).await.map(|_| ()), NOT_RUNNING)
    }

    /// Who somebody is, by Slack's own record.
    pub async fn person(&self, id: &SlackUserId) -> Result<Person, CallError> {
        const CALL: &str = "slack:users.info";
        let session = self.client.open_session(&self.token);
        let params = vec![("user", Some(id.as_str()))];
        let call = session.http_session_api.http_get("users.info", &params, None);
        let answer: UserAnswer = within(CALL, call).await?;
        let user = answer.user.ok_or_else(|| CallError::incomplete(CALL, "user"))?;
        let enterprise = user.enterprise_user.and_then(|enterprise| enterprise.id);
        let mut ids = vec![id.clone()];
        for other in [user.id, enterprise].into_iter().flatten() {
            ids.extend(SlackUserId::parse(&other).ok().filter(|other| !ids.contains(other)));
        }
        let profile = user.profile.unwrap_or_default();
        let names = [profile.display_name, profile.real_name];
        Ok(Person {
            ids,
            name: names.into_iter().flatten().find(|name| !name.trim().is_empty()),
            email: profile.email.filter(|email| email.contains('@')),
            time_zone: user.tz,
            deactivated: user.deleted.unwrap_or(false),
            is_bot: user.is_bot.unwrap_or(false),
        })
    }

    /// The members of a user group; nobody in one that is disabled or gone.
    pub async fn members(&self, group: &SlackUserId) -> Result<Vec<SlackUserId>, CallError> {
        let session = self.client.open_session(&self.token);
        let params = vec![("usergroup", Some(group.as_str()))];
        let call = session.http_session_api.http_get("usergroups.users.list", &params, None);
        match within::<MembersAnswer>("slack:usergroups.users.list", call).await {
            Ok(answer) => Ok(answer.users.iter().filter_map(|id| SlackUserId::parse(id).ok()).collect()),
            Err(error) if error.is("no_such_subteam") => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

impl std::fmt::Debug for Slack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Slack(…)")
    }
}

async fn within<T>(
    call: &'static str,
    work: impl Future<Output = Result<T, SlackClientError>>,
) -> Result<T, CallError> {
    match tokio::time::timeout(CALL_TIMEOUT, work).await {
        Ok(answer) => answer.map_err(|error| failure(call, &error)),
        Err(_) => Err(CallError::no_answer(call, CALL_TIMEOUT)),
    }
}

/// The crate's own texts hold whole bodies; only the code is kept.
fn failure(call: &'static str, error: &SlackClientError) -> CallError {
    let (code, message, remedy) = match error {
        SlackClientError::ApiError(api) => {
            (Some(api.code.clone()), format!("Slack says `{}`", api.code), errors::remedy(&api.code))
        }
        SlackClientError::RateLimitError(limit) => {
            let wait = limit.retry_after.map_or(RATE_LIMIT_WAIT_SECONDS, |d| {
                u32::try_from(d.as_secs()).unwrap_or(RATE_LIMIT_WAIT_SECONDS)
            });
            let message = format!("Slack asks to wait {wait} s");
            (Some("ratelimited".to_owned()), message, Remedy::Transient { after_seconds: wait })
        }
        SlackClientError::HttpError(http) => {
            let status = http.status_code.as_u16();
            let message = format!("Slack answers with HTTP status {status}");
            (None, message, errors::remedy_of_status(status))
        }
        SlackClientError::HttpProtocolError(_) => (None, "Slack cannot be reached".to_owned(), Remedy::RETRY),
        _ => (None, "Slack's answer cannot be read".to_owned(), Remedy::RETRY),
    };
    CallError { call, code, message, remedy }
}
