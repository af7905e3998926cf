//! Machines that claim credentials, and people who say whose they are, at any moment and more than once.

use std::sync::Arc;

use domain::job::{ClaimAsk, ClaimClick, Click, MessageRef, Renewal};
use domain::{ChannelId, DeliveryId, Job, Request, Status, UnixSeconds};
use sealing::sign_renewal;
use serde_json::json;
use slack::ids;
use testkit::slack::Message;

use crate::history::History;
use crate::machine::Machine;
use crate::people::{ERIN, OLIVIA, STRANGER, person};
use crate::violation::{Holds, Invariant, broken};

impl History {
    fn with_a_claim(&self) -> Vec<Arc<Request>> {
        self.facts.requests.iter().filter(|request| request.access.claim.is_some()).cloned().collect()
    }

    /// Whether a machine may ask now.
    pub(crate) fn may_machine_ask(&self) -> bool {
        self.claiming.as_ref().is_some_and(|claiming| claiming.asks > 0)
            && self.facts.requests.iter().any(|request| request.access.claim.is_some())
    }

    /// Whether somebody may say whose a machine is now.
    pub(crate) fn may_answer_machine(&self) -> bool {
        self.claiming.as_ref().is_some_and(|claiming| claiming.clicks > 0) && !self.known.machines.is_empty()
    }

    /// Whether a machine may ask for the next credential now.
    pub(crate) fn may_renew(&self) -> bool {
        self.claiming.as_ref().is_some_and(|claiming| claiming.renewals > 0)
            && self.facts.requests.iter().any(|request| request.confirmed_machine().is_some())
    }

    /// Whether a key may be swapped now.
    pub(crate) fn may_swap_key(&self) -> bool {
        self.claiming.as_ref().is_some_and(|claiming| claiming.swaps > 0) && !self.known.machines.is_empty()
    }

    /// A machine asks for a credential, most often for one that waits to be claimed.
    pub(crate) fn some_machine_asks(&mut self) {
        let all = self.with_a_claim();
        let Some(claiming) = self.claiming.as_mut() else { return };
        claiming.asks -= 1;
        let (waiting, others): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|request| request.status == Status::Ready);
        let rng = &mut claiming.rng;
        let among = if waiting.is_empty() || rng.u32(0..8) == 0 { others } else { waiting };
        let Some(request) = rng.choice(among) else { return };
        let (twice, same_delivery) = (rng.u32(0..4) == 0, rng.u32(0..8) == 0);
        self.machine_asks(&request, twice, same_delivery);
    }

    /// A machine with a new key asks; perhaps its message comes twice, or under the delivery of another machine.
    pub(crate) fn machine_asks(&mut self, request: &Request, twice: bool, same_delivery: bool) {
        let (Some(claiming), Some(claim)) = (self.claiming.as_mut(), &request.access.claim) else { return };
        let key = claiming.key();
        let number = self.known.machines.len() + 1;
        let earlier = self.known.machines.last().filter(|_| same_delivery);
        let delivery_id = match earlier {
            Some(earlier) => earlier.delivery_id.clone(),
            None => match DeliveryId::parse(&format!("delivery-{number}")) {
                Ok(id) => id,
                Err(_) => return,
            },
        };
        let machine = Machine {
            public_key: key.public().to_base64url(),
            key,
            request_id: request.request_id.clone(),
            claim_id: claim.id.clone(),
            delivery_id,
        };
        let job = Job::Claim(ClaimAsk {
            request_id: machine.request_id.clone(),
            claim_id: machine.claim_id.clone(),
            delivery_id: machine.delivery_id.clone(),
            public_key: machine.public_key.clone(),
            label: format!("machine {number}"),
            asked_at: self.now(),
        });
        self.note(&format!(
            "machine {number} asks for {} as {}",
            machine.request_id,
            machine.delivery_id.as_str()
        ));
        self.known.machines.push(Arc::new(machine));
        for _ in 0..=u32::from(twice) {
            self.send(&job);
        }
    }

    /// Somebody answers whose a machine is: by a question that they see, or about any machine.
    pub(crate) fn somebody_answers_machine(&mut self) -> Holds {
        let seen: Vec<Message> = self.stage.slack.look(|messages| {
            messages.iter().filter(|message| asks_about(message).is_some()).cloned().collect()
        });
        let machines = self.known.machines.clone();
        let Some(claiming) = self.claiming.as_mut() else { return Ok(()) };
        claiming.clicks -= 1;
        let rng = &mut claiming.rng;
        let question = rng.choice(seen).filter(|_| rng.u32(0..6) > 0);
        let value = match question.as_ref().and_then(asks_about) {
            Some(value) => value.to_owned(),
            None => rng.choice(machines).map(|machine| machine.value()).unwrap_or_default(),
        };
        let others = [ERIN, STRANGER, OLIVIA];
        let other = rng.choice(others).unwrap_or(STRANGER);
        let (is_other, yes, twice) = (rng.u32(0..6) == 0, rng.u32(0..5) > 0, rng.u32(0..4) == 0);
        let requester = || {
            let (id, ..) = ClaimClick::read_button_value(&value)?;
            Some(self.facts.request(id.as_str())?.ask.requester_slack_id.to_string())
        };
        let who = if is_other { Some(other.to_owned()) } else { requester() };
        let Some(who) = who else { return Ok(()) };
        self.answer_machine(&who, yes, &value, question.as_ref(), twice)
    }

    /// Somebody clicks *Yes* or *No*. Whoever sees the question compares the code in it with that of the machine.
    pub(crate) fn answer_machine(
        &mut self,
        who: &str,
        yes: bool,
        value: &str,
        question: Option<&Message>,
        twice: bool,
    ) -> Holds {
        let Some((request_id, claim_id, delivery_id, key_fingerprint)) = ClaimClick::read_button_value(value)
        else {
            return Ok(());
        };
        if let Some(question) = question {
            let text = question.blocks.to_string();
            let shown = self.known.machines.iter().any(|m| m.value() == value && text.contains(&m.code()));
            if !shown {
                return broken(
                    Invariant::OnlyTheirMachine,
                    format!("the question about {value} shows another code than the machine"),
                );
            }
        }
        let Some(user_id) = person(who) else { return Ok(()) };
        let message = question.and_then(|message| {
            Some(MessageRef { channel: ChannelId::parse(&message.channel).ok()?, ts: message.ts.clone() })
        });
        let clicked_at = Some(self.now());
        let click =
            Click { request_id, user_id, clicked_at, click_id: None, message, reason: None, submitted: None };
        let answer = ClaimClick { click, claim_id, delivery_id, key_fingerprint };
        let (action, job) = if yes {
            (ids::CONFIRM_CLAIM, Job::ConfirmClaim(answer.clone()))
        } else {
            (ids::REFUSE_CLAIM, Job::RefuseClaim(answer.clone()))
        };
        let said = if yes { "yes" } else { "no" };
        self.note(&format!(
            "{who} says {said} to {} for {}",
            answer.delivery_id.as_str(),
            answer.click.request_id
        ));
        self.saw_click(value, who, action);
        let lateness = self.lateness_of_click();
        for _ in 0..=u32::from(twice) {
            self.send_click(&job, lateness);
        }
        Ok(())
    }

    /// The newest question that somebody sees.
    pub(crate) fn newest_question(&self, who: &str) -> Option<(Message, String)> {
        let sees = |m: &&Message| m.recipient.as_deref() == Some(who);
        self.stage.slack.look(|messages| {
            let found = |m: &Message| asks_about(m).map(|value| (m.clone(), value.to_owned()));
            messages.iter().rev().filter(sees).find_map(found)
        })
    }

    /// A machine asks for the next credential: most often the one that was confirmed, by its own key.
    pub(crate) fn some_machine_renews(&mut self) {
        let confirmed: Vec<_> = self
            .with_a_claim()
            .into_iter()
            .filter_map(|request| request.confirmed_machine().map(|m| m.delivery_id.clone()))
            .collect();
        let machines = self.known.machines.clone();
        let Some(claiming) = self.claiming.as_mut() else { return };
        claiming.renewals -= 1;
        let rng = &mut claiming.rng;
        let theirs: Vec<_> =
            machines.iter().filter(|machine| confirmed.contains(&machine.delivery_id)).collect();
        let among = if rng.u32(0..8) > 0 { theirs } else { machines.iter().collect() };
        let Some(machine) = rng.choice(among).cloned() else { return };
        let (twice, age) = (rng.u32(0..4) == 0, if rng.u32(0..6) == 0 { rng.i64(-400..=400) } else { 0 });
        self.renew(&machine, twice, age);
    }

    /// This machine asks for the next credential, by a signature of so many seconds ago.
    pub(crate) fn renew(&mut self, machine: &Machine, twice: bool, age_seconds: i64) {
        let now = self.now();
        let requested_at = UnixSeconds(now.0 - age_seconds);
        let number = self.calls.len();
        let (Ok(signature), Ok(next_delivery_id)) = (
            sign_renewal(&machine.key, machine.delivery(), requested_at.0),
            DeliveryId::parse(&format!("renewal-{number}")),
        ) else {
            return;
        };
        self.note(&format!(
            "the machine of {} asks for the next credential of {}",
            machine.delivery_id.as_str(),
            machine.request_id
        ));
        let job = Job::RenewClaim(Renewal {
            request_id: machine.request_id.clone(),
            claim_id: machine.claim_id.clone(),
            delivery_id: machine.delivery_id.clone(),
            next_delivery_id,
            requested_at,
            signature,
            asked_at: now,
        });
        for _ in 0..=u32::from(twice) {
            self.send(&job);
        }
    }

    /// Somebody who can write the table puts another key in the place of one whose code may have been shown.
    pub(crate) async fn swap_key(&mut self) {
        let Some(claiming) = self.claiming.as_mut() else { return };
        claiming.swaps -= 1;
        let other = claiming.key();
        let waiting = |item: &aws::claims::ClaimItem| {
            let mut waiting = item.deliveries.iter().filter(|(_, delivery)| delivery.ciphertext.is_none());
            Some((item.claim_id.clone(), waiting.next()?.0.clone()))
        };
        let Some((claim_id, delivery_id)) = self.facts.claims.iter().find_map(waiting) else { return };
        let table = self.stage.variable("DYNAMODB_TABLE_CLAIMS");
        let items = self.stage.aws.table(&table).await;
        let Some(mut item) = items.into_iter().find(|item| item.get("claim_id") == Some(&json!(claim_id)))
        else {
            return;
        };
        let path = format!("/{}/public_key", delivery_id.as_str());
        if let Some(key) = item.get_mut("deliveries").and_then(|deliveries| deliveries.pointer_mut(&path)) {
            *key = json!(other.public().to_base64url());
        }
        self.note(&format!("the public key of {} is swapped in the table", delivery_id.as_str()));
        self.stage.aws.put(&table, &item.into()).await;
    }
}

/// The value of the buttons by which a message asks whose a machine is.
fn asks_about(message: &Message) -> Option<&str> {
    let button = message.buttons.iter().find(|button| button.action == ids::CONFIRM_CLAIM)?;
    Some(&button.value)
}
