//! People ask to have access for longer, and others decide on that, at any moment and more than once.

use domain::job::{Click, ExtensionAsk, ExtensionClick, MessageRef};
use domain::{ChannelId, GrantDuration, Job, RequestId, Status};
use slack::ids;
use testkit::slack::{Button, Message};

use crate::history::History;
use crate::observed::Clicked;
use crate::people::{DANA, ERIN, OLIVIA, SAM, STRANGER, person};
use crate::plot::{ASKED, Extending};

/// How long people ask to have access, from the decision: also for longer than any role allows.
const DURATIONS: [&str; 5] = ["15m", "30m", "1h", "2h", "9h"];
/// The buttons of a message that decide on an extension.
fn buttons(message: &Message) -> impl Iterator<Item = &Button> {
    message.buttons.iter().filter(|button| ids::parse_extension_value(&button.value).is_some())
}

impl History {
    /// Whether somebody may ask for more time now.
    pub(crate) fn may_ask_for_more(&self) -> bool {
        let live = || self.facts.requests.iter().any(|request| request.status == Status::Active);
        self.extending.as_ref().is_some_and(|extending| extending.asks > 0) && live()
    }

    /// Whether somebody may decide on an extension now.
    pub(crate) fn may_decide_on_more(&self) -> bool {
        self.extending.as_ref().is_some_and(|extending| extending.clicks > 0)
            && self.facts.requests.iter().any(|request| !request.extensions.list.is_empty())
    }

    /// Somebody asks for more time; most often for a grant of their own that is live.
    pub(crate) fn somebody_asks_for_more(&mut self) {
        let Some(extending) = self.extending.as_mut() else { return };
        extending.asks -= 1;
        let rng = &mut extending.rng;
        let (live, others): (Vec<_>, Vec<_>) =
            self.facts.requests.iter().partition(|request| request.status == Status::Active);
        let among = if others.is_empty() || rng.u32(0..8) > 0 { live } else { others };
        let Some(request) = rng.choice(among).cloned() else { return };
        let requester = request.ask.requester_slack_id.as_str();
        let who = if rng.u32(0..8) > 0 {
            requester
        } else {
            rng.choice([ERIN, STRANGER, OLIVIA]).unwrap_or(STRANGER)
        };
        let duration = rng.choice(DURATIONS).unwrap_or("1h");
        let (who, twice) = (who.to_owned(), rng.u32(0..4) == 0);
        self.ask_for_more(&who, &request.request_id, duration, twice);
    }

    /// Somebody sends the form by which access is extended; perhaps Slack delivers it twice.
    pub(crate) fn ask_for_more(&mut self, who: &str, request_id: &RequestId, duration: &str, twice: bool) {
        let (Some(user_id), Ok(length)) = (person(who), GrantDuration::parse(duration)) else { return };
        let (now, click_id) = (self.now(), self.extending.as_mut().and_then(Extending::next_click));
        let click = Click {
            request_id: request_id.clone(),
            user_id,
            clicked_at: Some(now),
            click_id,
            message: None,
            reason: Some("The ledger".to_owned()),
            submitted: None,
        };
        self.note(&format!("{who} asks to have {request_id} for {duration} more"));
        self.saw_click(request_id.as_str(), who, ASKED);
        let job = Job::AskExtension(ExtensionAsk { click, duration: length });
        for _ in 0..=u32::from(twice) {
            self.send(&job);
        }
    }

    /// Somebody decides on an extension by a button that they see, or by one that is there no more.
    pub(crate) fn somebody_decides_on_more(&mut self) {
        let seen: Vec<(Message, String)> = self.stage.slack.look(|messages| {
            let values = |m: &Message| buttons(m).next().map(|button| (m.clone(), button.value.clone()));
            messages.iter().filter_map(values).collect()
        });
        let any: Vec<String> = self
            .facts
            .requests
            .iter()
            .flat_map(|request| {
                let numbers = request.extensions.list.iter().map(|extension| extension.number);
                numbers.map(|number| ids::extension_value(&request.request_id, number))
            })
            .collect();
        let Some(extending) = self.extending.as_mut() else { return };
        extending.clicks -= 1;
        let rng = &mut extending.rng;
        let visible = rng.choice(seen).filter(|_| rng.u32(0..4) > 0);
        let (message, value) = match visible {
            Some((message, value)) => (Some(message), value),
            None => match rng.choice(any) {
                Some(value) => (None, value),
                None => return,
            },
        };
        let anybody = [OLIVIA, OLIVIA, OLIVIA, SAM, SAM, SAM, DANA, ERIN, STRANGER];
        let who = rng.choice(anybody).unwrap_or(OLIVIA);
        let action = if rng.u32(0..4) > 0 { ids::APPROVE } else { ids::DENY };
        let twice = rng.u32(0..4) == 0;
        self.decide_on_more(who, action, &value, message.as_ref(), twice);
    }

    /// Somebody clicks one of the buttons about an extension; perhaps Slack delivers it twice.
    pub(crate) fn decide_on_more(
        &mut self,
        who: &str,
        action: &str,
        value: &str,
        message: Option<&Message>,
        twice: bool,
    ) {
        let (Some((request_id, extension)), Some(user_id)) = (ids::parse_extension_value(value), person(who))
        else {
            return;
        };
        let message = message.and_then(|message| {
            Some(MessageRef { channel: ChannelId::parse(&message.channel).ok()?, ts: message.ts.clone() })
        });
        let click_id = self.extending.as_mut().and_then(Extending::next_click);
        let clicked_at = Some(self.now());
        let click =
            Click { request_id, user_id, clicked_at, click_id, message, reason: None, submitted: None };
        let Some(job) = ids::job_of_extension(action, ExtensionClick { click, extension }) else { return };
        self.note(&format!("{who} clicks {action} of {value}"));
        self.saw_click(value, who, action);
        let lateness = self.lateness_of_click();
        for _ in 0..=u32::from(twice) {
            self.send_click(&job, lateness);
        }
    }

    /// Remembers a click, for the invariants.
    pub(crate) fn saw_click(&mut self, value: &str, who: &str, action: &str) {
        self.known.clicks.push(Clicked {
            request_id: value.to_owned(),
            person: who.to_owned(),
            action: action.to_owned(),
            at: self.now(),
        });
    }
}
