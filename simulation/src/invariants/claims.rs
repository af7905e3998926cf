//! Claims: no key before its requester's click, and none but for the machine whose code they confirmed.

use aws::claims::{ClaimItem, DeliveryItem, DeliveryState};
use domain::{DeliveryId, Request, Status, UnixSeconds};
use sealing::{Delivery, Sealed, fingerprint, open};
use slack::ids;

use crate::call::Call;
use crate::facts::Facts;
use crate::observed::Observed;
use crate::violation::{Holds, Invariant, Violation, broken};

/// Whether its credential is claimed instead of mailed.
pub(crate) fn is_claimed(request: &Request) -> bool {
    request.decision.grant.as_ref().is_some_and(|grant| grant.claim_within_seconds.is_some())
}

/// Whatever was handed out since `before` follows from a click of the requester.
pub(crate) fn no_key_before_a_click(before: &Facts, facts: &Facts, known: &Observed) -> Holds {
    for minted in facts.minted.iter().skip(before.minted.len()) {
        let name = minted.principal.rsplit('/').next().unwrap_or_default();
        let request = name.strip_prefix("keylease-").and_then(|id| facts.request(id));
        let Some(request) = request.filter(|request| is_claimed(request)) else { continue };
        if !is_confirmed(request, known) {
            return broken(
                Invariant::OnlyTheirMachine,
                format!(
                    "{} of {} is made, and its requester confirmed no machine",
                    minted.access_key_id, name
                ),
            );
        }
    }
    Ok(())
}

/// Whether its requester said that the machine is theirs that the record names.
fn is_confirmed(request: &Request, known: &Observed) -> bool {
    let (Some(claim), Some(machine)) = (&request.access.claim, request.confirmed_machine()) else {
        return false;
    };
    let Some(ours) = known.machines.iter().find(|ours| ours.public_key == machine.public_key) else {
        return false;
    };
    let key = fingerprint(&ours.key.public());
    let value =
        domain::job::ClaimClick::button_value(&request.request_id, &claim.id, &machine.delivery_id, &key);
    known.clicks.iter().any(|click| {
        click.request_id == value
            && click.action == ids::CONFIRM_CLAIM
            && click.person == request.ask.requester_slack_id.as_str()
    })
}

/// Whatever was sealed since `before` can be opened by the machine that was confirmed, and is its own key. Nothing is handed
/// out once the time of the grant is over.
pub(crate) fn sealed_to_their_machine(
    before: &Facts,
    facts: &Facts,
    now: UnixSeconds,
    known: &Observed,
) -> Holds {
    for item in facts.claims.iter() {
        let id = &item.request_id;
        let Some(request) = facts.request(id.as_str()) else {
            return broken(
                Invariant::OnlyTheirMachine,
                format!("there is a claim of {id}, and no such request"),
            );
        };
        let was = before.claims.iter().find(|was| was.claim_id == item.claim_id);
        for (delivery_id, delivery) in item.deliveries.iter().chain(&item.renewals) {
            if delivery.ciphertext.is_some()
                && was.and_then(|was| was.delivery(delivery_id)).map(|was| &was.ciphertext)
                    != Some(&delivery.ciphertext)
            {
                opened(request, item, delivery_id, delivery, facts, known)?;
            }
            let is_over = request.access.expires_at.is_some_and(|end| now >= end);
            if is_over && is_handed_out(item, delivery_id, now) {
                return broken(
                    Invariant::OnlyTheirMachine,
                    format!("{} of {id} is handed out after its end", delivery_id.as_str()),
                );
            }
        }
    }
    Ok(())
}

fn is_handed_out(item: &ClaimItem, delivery_id: &DeliveryId, now: UnixSeconds) -> bool {
    item.answer(delivery_id, now).is_some_and(|(_, sealed)| sealed.is_some())
}

/// The key in what is sealed.
fn opened(
    request: &Request,
    item: &ClaimItem,
    delivery_id: &DeliveryId,
    delivery: &DeliveryItem,
    facts: &Facts,
    known: &Observed,
) -> Result<String, Violation> {
    let no = |why: &str| Violation {
        invariant: Invariant::OnlyTheirMachine,
        what: format!("what is sealed as {} of {} {why}", delivery_id.as_str(), request.request_id),
    };
    let machine = request.confirmed_machine().ok_or_else(|| no("is for a machine that nobody confirmed"))?;
    if !is_confirmed(request, known) {
        return Err(no("is for a machine that its requester did not confirm"));
    }
    if item.deliveries.contains_key(delivery_id) && *delivery_id != machine.delivery_id {
        return Err(no("is another delivery than the one that was confirmed"));
    }
    let ours = known.machines.iter().find(|ours| ours.public_key == machine.public_key);
    let (Some(ours), Some(enc), Some(ciphertext)) = (ours, &delivery.enc, &delivery.ciphertext) else {
        return Err(no("is for no machine"));
    };
    let of = Delivery { claim_id: item.claim_id.as_str(), delivery_id: delivery_id.as_str() };
    let sealed = Sealed { enc: enc.clone(), ciphertext: ciphertext.clone() };
    let text = open(&ours.key, of, &sealed).map_err(|_| no("cannot be opened by the machine"))?;
    let text: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
    let key = text.get("AccessKeyId").and_then(serde_json::Value::as_str).unwrap_or_default();
    let name = request.aws_name();
    let is_its = |minted: &testkit::aws::Credential| {
        minted.access_key_id == key && minted.principal.rsplit('/').next() == Some(name.as_str())
    };
    if facts.minted.iter().any(is_its) { Ok(key.to_owned()) } else { Err(no("is another request's key")) }
}

/// A claimed grant is live only once its key is sealed.
pub(crate) fn sealed_before_live(before: &Facts, facts: &Facts) -> Holds {
    for request in facts.written_since(before).filter(|r| r.status == Status::Active && is_claimed(r)) {
        let item = facts.claims.iter().find(|item| item.request_id == request.request_id);
        let delivery = request.confirmed_machine().and_then(|m| item?.deliveries.get(&m.delivery_id));
        if !delivery.is_some_and(|delivery| delivery.state == DeliveryState::Ready) {
            return broken(
                Invariant::OnlyTheirMachine,
                format!("{} is live, and nothing is sealed to its machine", request.request_id),
            );
        }
    }
    Ok(())
}

/// At rest: what is sealed is the key that lives, and nothing is handed out of a grant that is over.
pub(crate) fn at_rest(facts: &Facts, known: &Observed) -> Holds {
    for item in facts.claims.iter() {
        let Some(request) = facts.request(item.request_id.as_str()) else { continue };
        let is_over = request.status.is_final();
        let sealed = |delivery: &&DeliveryItem| delivery.ciphertext.is_some();
        if is_over
            && (!item.closed || item.deliveries.values().chain(item.renewals.values()).any(|d| sealed(&d)))
        {
            return broken(
                Invariant::OnlyTheirMachine,
                format!("{} is {}, and its claim is still open", request.request_id, request.status),
            );
        }
        let machine = request.confirmed_machine().filter(|_| request.status == Status::Active);
        let Some(machine) = machine else { continue };
        let delivery = item.deliveries.get(&machine.delivery_id).filter(sealed);
        let Some(delivery) = delivery else {
            return broken(
                Invariant::OnlyTheirMachine,
                format!("{} is live, and nothing is sealed to its machine", request.request_id),
            );
        };
        let key = opened(request, item, &machine.delivery_id, delivery, facts, known)?;
        if request.access.access_key_id.as_ref() != Some(&key) {
            return broken(
                Invariant::OnlyTheirMachine,
                format!("{key} is sealed for {}, which has another key", request.request_id),
            );
        }
    }
    Ok(())
}

/// A key that is claimed is in no mail.
pub(crate) fn not_mailed(call: &Call, facts: &Facts) -> Holds {
    if call.service != "ses" {
        return Ok(());
    }
    let body = String::from_utf8_lossy(&call.body);
    for minted in facts.minted.iter().filter(|minted| minted.secrets.iter().any(|s| body.contains(s))) {
        let name = minted.principal.rsplit('/').next().unwrap_or_default();
        let request = name.strip_prefix("keylease-").and_then(|id| facts.request(id));
        if request.is_some_and(is_claimed) {
            let what = format!("{}, which is claimed, is mailed", minted.access_key_id);
            return broken(Invariant::NoSecret, what);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;
    use testkit::aws::Credential;

    use super::*;

    const END: i64 = 1_800_000_000;

    fn facts() -> Facts {
        let request = serde_json::from_value(json!({
            "request_id": "r-0", "status": "ACTIVE", "version": 3, "project": "payments", "role": "Laptop",
            "duration_seconds": 3600, "requester_slack_id": "U0DANA", "created_at": END - 3600, "expires_at": END,
            "claim": { "id": "c-1", "url": "https://keylease.example.com/claim/c-1", "until": END - 1800 },
            "grant": { "role": { "kind": "user", "policy_arns": [] }, "claim_within_seconds": 1800 } }))
        .unwrap();
        let item = serde_json::from_value(json!({ "claim_id": "c-1", "request_id": "r-0", "expires": END + 600,
            "confirmed": "d-1", "deliveries": { "d-1": { "state": "ready", "public_key": "BA", "label": "laptop",
                "asked_at": END - 3000, "enc": "e", "ciphertext": "t" }}}))
        .unwrap();
        Facts { requests: vec![Arc::new(request)], claims: Arc::new(vec![item]), ..Facts::default() }
    }

    #[test]
    fn a_key_before_a_click_is_seen() {
        let mut facts = facts();
        let principal = "keylease-r-0".to_owned();
        facts.minted =
            Arc::new(vec![Credential { principal, access_key_id: "AKIA1".to_owned(), secrets: Vec::new() }]);
        let broken = no_key_before_a_click(&Facts::default(), &facts, &Observed::default()).unwrap_err();
        assert_eq!(broken.invariant, Invariant::OnlyTheirMachine);
    }

    #[test]
    fn what_is_sealed_for_a_machine_that_nobody_confirmed_is_seen() {
        let facts = facts();
        let seen =
            sealed_to_their_machine(&Facts::default(), &facts, UnixSeconds(END - 1), &Observed::default());
        assert!(seen.unwrap_err().what.contains("nobody confirmed"));
    }

    #[test]
    fn what_is_handed_out_after_the_end_is_seen() {
        let facts = facts();
        let at = |now: i64| sealed_to_their_machine(&facts, &facts, UnixSeconds(now), &Observed::default());
        assert!(at(END - 1).is_ok(), "it was sealed before");
        assert!(at(END).unwrap_err().what.contains("after its end"));
    }

    #[test]
    fn a_claimed_key_in_a_mail_is_seen() {
        let mut facts = facts();
        facts.minted = Arc::new(vec![Credential {
            principal: "keylease-r-0".to_owned(),
            access_key_id: "AKIA1".to_owned(),
            secrets: vec!["s3cret".to_owned()],
        }]);
        let mut call = Call::waiting(1);
        call.service = "ses".to_owned();
        call.body = "the secret is s3cret".into();
        assert_eq!(not_mailed(&call, &facts).unwrap_err().invariant, Invariant::NoSecret);
    }
}
