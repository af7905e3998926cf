//! To somebody who asked what access they have, or wants a grant ended and did not say clearly which.

use crate::SlackMessageContent;
use crate::blocks::{actions_of, context, message, section};
use crate::text;
use domain::{GrantDuration, Request, Status, UnixSeconds};

use crate::messages::approval::{end_button, extend_button};
use crate::messages::{access, when};

/// Requests that are shown, at most: two blocks each, of the 50 that a message has.
const SHOWN_MAX: usize = 20;
/// Of what was typed, so much is shown, in characters.
const TYPED_SHOWN_CHARS: usize = 80;

/// What somebody asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked<'a> {
    /// What they have.
    List,
    /// To end a grant, of several that it may be.
    Which,
    /// To end a grant by this name, which they have none of.
    NoSuch(&'a str),
    /// To end a grant, and they have none.
    NothingLive,
}

/// What they have, each grant with the button that ends it.
#[must_use]
pub fn own_access(requests: &[Request], now: UnixSeconds, asked: Asked<'_>) -> SlackMessageContent {
    let open: Vec<(&Request, String)> =
        requests.iter().filter_map(|request| Some((request, line(request, now)?))).collect();
    let heading = heading(asked, open.is_empty());
    let mut blocks = vec![section(&heading)];
    for (ordinal, (request, line)) in open.iter().take(SHOWN_MAX).enumerate() {
        blocks.push(section(line));
        if request.status.is_live() {
            let value = request.request_id.as_str();
            let may_extend = request.status == Status::Active && request.extensions_left() > 0;
            let extend = may_extend.then(|| extend_button(value));
            let buttons: Vec<_> = extend.into_iter().chain([end_button(value)]).collect();
            blocks.push(actions_of(ordinal, &buttons));
        }
    }
    let more = open.len().saturating_sub(SHOWN_MAX);
    if more > 0 {
        blocks.push(context(&format!("and {more} more")));
    }
    let mut fallback = heading;
    for (_, line) in open.iter().take(SHOWN_MAX) {
        // A line that does not fit whole would be cut within a name or a date.
        if fallback.chars().count() + line.chars().count() < text::FALLBACK_MAX_CHARS {
            fallback.push('\n');
            fallback.push_str(line);
        }
    }
    message(&fallback, blocks)
}

/// What they have cannot be found out.
#[must_use]
pub fn gave_up(was_to_end: bool) -> SlackMessageContent {
    let text = if was_to_end {
        ":warning: I could not find out what access you have, so I ended nothing. Use the button *End access now* in the message \
         about your grant, or try again later."
    } else {
        ":warning: I could not find out what access you have: something that I depend on does not answer. Try again later."
    };
    message(text, vec![section(text)])
}

fn heading(asked: Asked<'_>, has_none: bool) -> String {
    match asked {
        Asked::List if has_none => {
            "You have no live access and no open request. Type `/access` to ask for some.".to_owned()
        }
        Asked::List => "This is what you have and what you have asked for:".to_owned(),
        Asked::Which => {
            "It is not certain which grant you mean, so I ended none. Click at the one that is to end."
                .to_owned()
        }
        Asked::NoSuch(which) => format!(
            "You have no live grant called “{}”, so I ended none. This is what you have:",
            text::inline(which, TYPED_SHOWN_CHARS)
        ),
        Asked::NothingLive => "You have no live access, so there is nothing to end.".to_owned(),
    }
}

/// A request in one line; nothing for one that is over.
pub(crate) fn line(request: &Request, now: UnixSeconds) -> Option<String> {
    let access = access(request);
    let until = request.access.expires_at.map(when).unwrap_or_default();
    match request.status {
        Status::Pending => Some(format!(
            ":hourglass_flowing_sand: {access}: asked {}, not decided yet",
            when(request.ask.created_at)
        )),
        Status::Approved => Some(format!(
            ":hourglass_flowing_sand: {access}: approved until {until}; the credential is being made"
        )),
        Status::Ready => {
            let claim = request.access.claim.as_ref()?;
            let by = when(claim.until);
            Some(format!(
                ":hourglass_flowing_sand: {access}: approved until {until}; claim it by {by}: <{}>",
                claim.url
            ))
        }
        Status::Active => {
            let left = time_left(request, now).map(|left| format!(", {left} left")).unwrap_or_default();
            Some(format!(":key: {access}: until {until}{left}"))
        }
        Status::Denied | Status::Lapsed | Status::Expired | Status::Revoked | Status::Failed => None,
    }
}

/// How long a grant still lasts, in whole minutes; in seconds where that is less than one.
pub(crate) fn time_left(request: &Request, now: UnixSeconds) -> Option<GrantDuration> {
    const MINUTE: u64 = 60;
    let seconds = u64::try_from(request.access.expires_at?.seconds_since(now)).ok()?;
    let rounded = if seconds < MINUTE { seconds } else { seconds - seconds % MINUTE };
    GrantDuration::from_seconds(rounded).ok()
}
