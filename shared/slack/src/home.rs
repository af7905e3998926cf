//! The App Home: what somebody has and asked for, what waits for them, and what is live in their projects.

use domain::{Request, UnixSeconds};
use serde_json::{Value, json};

use crate::blocks::{Block, Button, Look, actions_of, context, header, section};
use crate::ids;
use crate::messages::approval::end_button;
use crate::messages::own_access::line;
use crate::messages::{access, mention};
use crate::text;

/// Requests that each part shows, at most: two blocks each, of the 100 that a page has.
const SHOWN_MAX: usize = 14;
/// Of a reason, so much is shown, in characters.
const REASON_SHOWN_CHARS: usize = 200;

/// What a page shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Home<'a> {
    /// What its person has, and has asked for.
    pub own: &'a [Request],
    /// What they can decide.
    pub waiting: &'a [Request],
    /// What is live for others in projects that they own.
    pub live: &'a [Request],
}

/// The page, as `views.publish` takes it.
#[must_use]
pub fn home(shown: &Home<'_>, now: UnixSeconds) -> Value {
    let mut page = Page { blocks: Vec::new(), rows: 0 };
    page.blocks.push(header("Your AWS access"));
    page.row(&[ask_button()]);
    let own: Vec<(&Request, String)> =
        shown.own.iter().filter_map(|request| Some((request, line(request, now)?))).collect();
    if own.is_empty() {
        page.blocks.push(section("You have no live access and no open request."));
    }
    page.list(&own, |request| {
        request.status.is_live().then(|| vec![end_button(request.request_id.as_str())])
    });
    if !shown.waiting.is_empty() {
        page.blocks.push(header("Waiting for you"));
        let waiting: Vec<_> = shown.waiting.iter().map(|request| (request, asks(request))).collect();
        page.list(&waiting, |request| Some(decide_buttons(request.request_id.as_str())));
    }
    if !shown.live.is_empty() {
        page.blocks.push(header("Live in your projects"));
        let of = |request: &Request| {
            format!(
                "{} for {}",
                line(request, now).unwrap_or_default(),
                mention(&request.ask.requester_slack_id)
            )
        };
        let live: Vec<_> = shown.live.iter().map(|request| (request, of(request))).collect();
        page.list(&live, |request| Some(vec![end_button(request.request_id.as_str())]));
    }
    json!({ "type": "home", "callback_id": ids::HOME, "blocks": page.blocks })
}

struct Page {
    blocks: Vec<Block>,
    /// Rows of buttons so far: each has an id of its own.
    rows: usize,
}

impl Page {
    fn row(&mut self, buttons: &[Button<'_>]) {
        self.blocks.push(actions_of(self.rows, buttons));
        self.rows += 1;
    }

    fn list<'a>(
        &mut self,
        requests: &[(&'a Request, String)],
        buttons: impl Fn(&'a Request) -> Option<Vec<Button<'a>>>,
    ) {
        for (request, line) in requests.iter().take(SHOWN_MAX) {
            self.blocks.push(section(line));
            if let Some(buttons) = buttons(request) {
                self.row(&buttons);
            }
        }
        let more = requests.len().saturating_sub(SHOWN_MAX);
        if more > 0 {
            self.blocks.push(context(&format!("and {more} more")));
        }
    }
}

fn asks(request: &Request) -> String {
    let who = mention(&request.ask.requester_slack_id);
    let why = request.ask.justification.as_deref().map(|why| text::inline(why, REASON_SHOWN_CHARS));
    let why = why.map(|why| format!(" “{why}”")).unwrap_or_default();
    format!("{who} asks for {} for {}.{why}", access(request), request.ask.duration)
}

fn ask_button() -> Button<'static> {
    Button {
        action_id: ids::REQUEST_ACCESS,
        label: "Request AWS access",
        value: "home",
        look: Look::Primary,
        confirm: None,
    }
}

fn decide_buttons(value: &str) -> Vec<Button<'_>> {
    vec![
        Button { action_id: ids::APPROVE, label: "Approve", value, look: Look::Primary, confirm: None },
        Button { action_id: ids::DENY, label: "Deny", value, look: Look::Danger, confirm: None },
    ]
}
