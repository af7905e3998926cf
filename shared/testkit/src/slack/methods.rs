//! The Web API methods.

use serde_json::{Value, json};

use super::answer::{Answer, BOT_ID, BOT_USER_ID, MethodError, TEAM_DOMAIN, TEAM_ID, message_json, text};
use super::contents::{Button, Message, Person};
use super::workspace::State;
use super::{EmbeddedSlack, blocks, home, steps, views};
use crate::lock::lock;

/// The newest messages that are kept.
const MESSAGES_LIMIT: usize = 10_000;
/// What `chat.update` takes; `chat.postMessage` cuts longer texts off instead of refusing them.
const UPDATE_TEXT_CHARACTERS: usize = 4_000;
const POST_TEXT_CHARACTERS: usize = 40_000;

impl EmbeddedSlack {
    /// Carries out one method; the answer is without `"ok": true`.
    pub(crate) fn perform(&self, method: &str, arguments: &Value) -> Answer {
        let mut state = lock(&self.state);
        let answer = match method {
            "auth.test" => Ok(auth_test()),
            "chat.postMessage" => post(&mut state, arguments, None),
            "chat.postEphemeral" => post_ephemeral(&mut state, arguments),
            "chat.update" => update(&mut state, arguments),
            "views.open" => views::open(&mut state, arguments),
            "views.publish" => home::publish(&mut state, arguments),
            "views.update" => views::update(&mut state, arguments),
            "functions.completeSuccess" => steps::complete(&mut state, arguments),
            "functions.completeError" => steps::fail(&mut state, arguments),
            "conversations.open" => open(&state, arguments),
            "users.info" => user(&state, |person| person.id == text(arguments, "user")),
            "users.lookupByEmail" => {
                user(&state, |person| person.email.as_deref() == Some(text(arguments, "email")))
                    .map_err(|_| "users_not_found".into())
            }
            "usergroups.users.list" => members(&state, text(arguments, "usergroup")),
            _ => Err("unknown_method".into()),
        };
        drop(state);
        if (method.starts_with("chat.") || method.starts_with("views.")) && answer.is_ok() {
            self.note_change();
        }
        answer
    }
}

fn post(state: &mut State, arguments: &Value, ephemeral_for: Option<String>) -> Answer {
    let (channel, recipient) = destination(state, text(arguments, "channel"))?;
    let content = content(arguments)?;
    let ts = state.next_ts();
    let message = Message {
        channel: channel.clone(),
        ts: ts.clone(),
        recipient,
        text: content.0.chars().take(POST_TEXT_CHARACTERS).collect(),
        buttons: buttons(&content.1),
        blocks: content.1,
        edits: 0,
        ephemeral_for,
        thread_ts: Some(text(arguments, "thread_ts")).filter(|ts| !ts.is_empty()).map(str::to_owned),
    };
    let answer = json!({ "channel": channel, "ts": ts, "message": message_json(&message) });
    state.messages.push(message);
    let surplus = state.messages.len().saturating_sub(MESSAGES_LIMIT);
    state.messages.drain(..surplus);
    Ok(answer)
}

fn post_ephemeral(state: &mut State, arguments: &Value) -> Answer {
    let person = text(arguments, "user").to_owned();
    if state.person(&person).is_none() {
        return Err("user_not_in_channel".into());
    }
    let posted = post(state, arguments, Some(person))?;
    Ok(json!({ "message_ts": posted.get("ts") }))
}

fn update(state: &mut State, arguments: &Value) -> Answer {
    let (text_, blocks) = content(arguments)?;
    if text_.chars().count() > UPDATE_TEXT_CHARACTERS {
        return Err("msg_too_long".into());
    }
    let (channel, ts) = (text(arguments, "channel"), text(arguments, "ts"));
    let found = state
        .messages
        .iter_mut()
        .find(|message| message.channel == channel && message.ts == ts && message.ephemeral_for.is_none());
    let message = found.ok_or("message_not_found")?;
    message.text = text_;
    message.buttons = buttons(&blocks);
    message.blocks = blocks;
    message.edits += 1;
    Ok(json!({ "channel": channel, "ts": ts, "text": message.text, "message": message_json(message) }))
}

fn open(state: &State, arguments: &Value) -> Answer {
    match text(arguments, "users") {
        user if state.person(user).is_some() => {
            Ok(json!({ "no_op": false, "already_open": false, "channel": { "id": direct_message(user) } }))
        }
        _ => Err("user_not_found".into()),
    }
}

fn members(state: &State, group: &str) -> Answer {
    let members = state.user_groups.get(group).ok_or("no_such_subteam")?;
    Ok(json!({ "users": members }))
}

fn user(state: &State, is: impl Fn(&Person) -> bool) -> Answer {
    let person = state.people.iter().find(|person| is(person)).ok_or("user_not_found")?;
    let profile = json!({
        "real_name": person.real_name,
        "display_name": person.name,
        "email": person.email,
        "team": TEAM_ID,
    });
    let enterprise = state.enterprise_ids.get(&person.id).map(|id| json!({ "id": id }));
    Ok(json!({ "user": {
        "id": person.id,
        "enterprise_user": enterprise,
        "team_id": TEAM_ID,
        "name": person.name,
        "real_name": person.real_name,
        "deleted": person.deleted,
        "tz": person.tz,
        "is_bot": false,
        "profile": profile,
    } }))
}

fn auth_test() -> Value {
    json!({
        "url": format!("https://{TEAM_DOMAIN}.slack.com/"),
        "team": "Sandbox",
        "user": "keylease",
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
    })
}

/// The conversation that `channel` means and, for a direct message, whose it is.
fn destination(state: &State, channel: &str) -> Result<(String, Option<String>), MethodError> {
    match channel.chars().next() {
        Some('C' | 'G') => Ok((channel.to_owned(), None)),
        Some('U' | 'W') if state.person(channel).is_some() => {
            Ok((direct_message(channel), Some(channel.to_owned())))
        }
        Some('D') => {
            let person = state.people.iter().find(|person| direct_message(&person.id) == channel);
            let person = person.ok_or("channel_not_found")?;
            Ok((channel.to_owned(), Some(person.id.clone())))
        }
        _ => Err("channel_not_found".into()),
    }
}

fn direct_message(user: &str) -> String {
    format!("D{}", user.get(1..).unwrap_or_default())
}

fn buttons(blocks: &Value) -> Vec<Button> {
    let elements = blocks.as_array().into_iter().flatten();
    let elements = elements.filter_map(|block| block.get("elements")?.as_array()).flatten();
    let text = |element: &Value, name: &str| Some(element.get(name)?.as_str()?.to_owned());
    elements
        .filter_map(|element| {
            Some(Button { action: text(element, "action_id")?, value: text(element, "value")? })
        })
        .collect()
}

/// Text and blocks, when Slack would take them.
fn content(arguments: &Value) -> Result<(String, Value), MethodError> {
    let blocks = arguments.get("blocks").filter(|blocks| !blocks.is_null());
    let text = text(arguments, "text");
    if text.is_empty() && blocks.is_none_or(|blocks| blocks.as_array().is_none_or(Vec::is_empty)) {
        return Err("no_text".into());
    }
    let details = blocks.map(blocks::problems).unwrap_or_default();
    if details.is_empty() {
        Ok((text.to_owned(), blocks.cloned().unwrap_or_default()))
    } else {
        Err(MethodError { error: "invalid_blocks".to_owned(), details })
    }
}
