//! IAM that does not see its own writes at once: for a number of calls, or for some seconds, whoever looks sees what was
//! there before.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use winterbaume_iam::IamStateView;
use winterbaume_iam::views::{AccessKeyView, RoleView, UserView};

/// For how long a write of IAM is not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lag {
    /// Until so many calls on the same user or role have been answered without it.
    Calls(u32),
    /// For so many seconds of this AWS's own clock.
    Seconds(u32),
}

/// What is not seen yet.
#[derive(Debug, Default)]
pub(crate) struct Visibility {
    pub(crate) lag: Option<Lag>,
    users: HashMap<String, Old<UserWithKeys>>,
    roles: HashMap<String, Old<Option<RoleView>>>,
}

type UserWithKeys = (Option<UserView>, Vec<AccessKeyView>);

/// What is still seen, and until when.
#[derive(Debug)]
struct Old<T> {
    what: T,
    calls_left: u32,
    until: Timestamp,
}

impl<T> Old<T> {
    fn new(what: T, lag: Lag, now: Timestamp) -> Self {
        match lag {
            Lag::Calls(calls_left) => Self { what, calls_left, until: now },
            Lag::Seconds(seconds) => {
                let until = now.saturating_add(SignedDuration::from_secs(seconds.into())).unwrap_or(now);
                Self { what, calls_left: 0, until }
            }
        }
    }

    fn is_seen(&self, now: Timestamp) -> bool {
        self.calls_left > 0 || now < self.until
    }
}

/// Whom a call is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    User(String),
    Role(String),
    Other,
}

impl Visibility {
    /// What was there before a write that has now succeeded is what is seen for a while. Where an older state is still
    /// seen, it stays until its time is over.
    pub(crate) fn written(&mut self, subject: &Subject, before: &IamStateView, now: Timestamp) {
        let Some(lag) = self.lag else { return };
        match subject {
            Subject::User(name) if !self.users.get(name).is_some_and(|old| old.is_seen(now)) => {
                let keys = before.access_keys.values().filter(|key| key.user_name == *name);
                let what = (before.users.get(name).cloned(), keys.cloned().collect());
                self.users.insert(name.clone(), Old::new(what, lag, now));
            }
            Subject::Role(name) if !self.roles.get(name).is_some_and(|old| old.is_seen(now)) => {
                self.roles.insert(name.clone(), Old::new(before.roles.get(name).cloned(), lag, now));
            }
            Subject::User(_) | Subject::Role(_) | Subject::Other => {}
        }
    }

    /// What a caller sees now.
    pub(crate) fn seen(&self, mut state: IamStateView, now: Timestamp) -> IamStateView {
        for (name, old) in self.users.iter().filter(|(_, old)| old.is_seen(now)) {
            let (user, keys) = &old.what;
            state.access_keys.retain(|_, key| key.user_name != *name);
            state.access_keys.extend(keys.iter().map(|key| (key.access_key_id.clone(), key.clone())));
            match user {
                Some(user) => state.users.insert(name.clone(), user.clone()),
                None => state.users.remove(name),
            };
        }
        for (name, old) in self.roles.iter().filter(|(_, old)| old.is_seen(now)) {
            match &old.what {
                Some(role) => state.roles.insert(name.clone(), role.clone()),
                None => state.roles.remove(name),
            };
        }
        state
    }

    /// Whether anything that a caller sees may be old.
    pub(crate) fn is_behind(&self, now: Timestamp) -> bool {
        self.users.values().any(|old| old.is_seen(now)) || self.roles.values().any(|old| old.is_seen(now))
    }

    /// One more call was answered by what was there before.
    pub(crate) fn answered(&mut self, subject: &Subject) {
        match subject {
            Subject::User(name) => {
                self.users
                    .entry(name.clone())
                    .and_modify(|old| old.calls_left = old.calls_left.saturating_sub(1));
            }
            Subject::Role(name) => {
                self.roles
                    .entry(name.clone())
                    .and_modify(|old| old.calls_left = old.calls_left.saturating_sub(1));
            }
            Subject::Other => {}
        }
    }
}
