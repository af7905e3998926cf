//! A credential that is claimed: everything but it is prepared, then it is sealed to the machine that its requester
//! confirmed. Nothing but that machine can read what is sealed.

use aws::claims::{ClaimItem, DeliveryItem, DeliveryState};
use aws::dynamodb::Written;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::claim::{ConfirmedMachine, CredentialClaim};
use domain::lifecycle::Event;
use domain::{ClaimId, DeliveryId, Request, UnixSeconds};
use sealing::{Delivery, PublicKey, Sealed, seal};
use serde_json::json;
use service::secret::SignInUrl;
use tracing::{info, warn};

use crate::context::{ClaimPlace, Context};
use crate::failure::{Failure, REASON_REFUSED};
use crate::grants::credential::Credential;
use crate::grants::kinds::Kind;
use crate::grants::kinds::making::Making;
use crate::grants::remove::remove;
use crate::grants::wanted::{still_wanted, was_made_meanwhile};
use crate::unit_of_work::change::{Applied, apply_while, edit};
use crate::unit_of_work::claim::Held;

/// How often a write of a claim is made anew after another worker was first, before the job is tried again later.
const CONFLICTS_MAX: u32 = 8;

/// Where credentials are claimed, or why none can be.
pub(crate) fn place(context: &Context) -> Result<&ClaimPlace, Failure> {
    context.claims.as_ref().ok_or_else(|| Failure::NeedsOperator {
        error: "credentials of this role are claimed, and `DYNAMODB_TABLE_CLAIMS` and `PUBLIC_URL` are not both set"
            .to_owned(),
    })
}

/// Makes everything but the credential, and lets its requester claim that for so many seconds.
pub(crate) async fn ready(
    making: &mut Making<'_>,
    request: &mut Request,
    kind: Kind<'_>,
    within_seconds: u32,
) -> Result<(), Failure> {
    let place = place(making.context)?;
    kind.prepare(making, request).await?;
    let Making { context, held, expires_at, .. } = making;
    let (held, expires_at) = (*held, *expires_at);
    let until = context.now().plus_seconds(i64::from(within_seconds)).min(expires_at);
    let new_id = new_claim_id()?;
    // The record has it before the table does, so that whatever ends the grant finds it.
    edit(context, request, |request| {
        still_wanted(request)?;
        held.holds(request)?;
        let id = request.access.claim.as_ref().map_or_else(|| new_id.clone(), |claim| claim.id.clone());
        let url = format!("{}/claim/{id}", place.public_url);
        request.access.claim = Some(CredentialClaim { id, url, until, closed: false, confirmed: None });
        Ok(())
    })
    .await?;
    let Some(claim) = request.access.claim.clone() else { return Err(Failure::retry("the claim is gone")) };
    let request_id = request.request_id.clone();
    change_or_make(
        place,
        &claim.id,
        || ClaimItem::new(claim.id.clone(), request_id.clone(), until),
        |item| {
            // Whoever comes late finds one that was claimed meanwhile, and goes on for longer.
            item.expires = item.expires.max(until);
            true
        },
    )
    .await?;
    let held_still = |request: &Request| {
        if still_wanted(request).is_err() {
            return Ok(());
        }
        held.holds(request)
    };
    match apply_while(context, request.clone(), &Event::Ready, held_still).await? {
        Applied::Changed(_) | Applied::Already(_) => Ok(()),
        Applied::Illegal(now, _) if was_made_meanwhile(&now) => Ok(()),
        Applied::Illegal(now, _) => {
            warn!(status = %now.status, "the request ended while it was prepared; it is taken away");
            remove(context, &now).await
        }
    }
}

/// Seals the credential to the machine, and lets it be fetched.
pub(crate) async fn seal_to_machine(
    context: &Context,
    held: &Held,
    request: &Request,
    machine: &ConfirmedMachine,
    (credential, expires_at): (&Credential, UnixSeconds),
    console: Option<&SignInUrl>,
) -> Result<(), Failure> {
    let place = place(context)?;
    let Some(claim) = &request.access.claim else { return Err(refused("its record names no claim")) };
    let text = plaintext(credential, expires_at, console);
    let sealed = seal_text(&machine.public_key, &claim.id, &machine.delivery_id, &text)?;
    for _ in 0..CONFLICTS_MAX {
        let found = place.store.get(&claim.id).await?;
        let mut item =
            found.unwrap_or_else(|| ClaimItem::new(claim.id.clone(), request.request_id.clone(), expires_at));
        // Read before this worker is known to hold the claim still: whoever took over has written it since.
        held.confirm(context, request).await?;
        if item.closed {
            return Err(Failure::retry("the claim was closed meanwhile"));
        }
        confirm_item(&mut item, &machine.delivery_id, expires_at);
        item.deliveries.insert(
            machine.delivery_id.clone(),
            DeliveryItem {
                state: DeliveryState::Ready,
                public_key: machine.public_key.clone(),
                label: machine.label.clone(),
                asked_at: machine.at,
                message: item.deliveries.get(&machine.delivery_id).and_then(|known| known.message.clone()),
                enc: Some(sealed.enc.clone()),
                ciphertext: Some(sealed.ciphertext.clone()),
            },
        );
        if place.store.save(&mut item).await? == Written::Done {
            info!(
                key_fingerprint = machine.key_fingerprint,
                "the credential is sealed to the machine that was confirmed"
            );
            return Ok(());
        }
    }
    Err(contended(&claim.id))
}

/// One machine was confirmed: the others get nothing.
pub(crate) fn confirm_item(item: &mut ClaimItem, delivery_id: &DeliveryId, expires_at: UnixSeconds) {
    item.expires = expires_at;
    item.confirmed = Some(delivery_id.clone());
    for (id, delivery) in &mut item.deliveries {
        if id != delivery_id && delivery.state == DeliveryState::Waiting {
            delivery.state = DeliveryState::Over;
        }
    }
}

/// Seals what AWS's `credential_process` takes. A machine that renews its session asks for a link to the console by itself.
pub(crate) fn seal_to(
    public_key: &str,
    claim_id: &ClaimId,
    delivery_id: &DeliveryId,
    credential: &Credential,
    expires_at: UnixSeconds,
) -> Result<Sealed, Failure> {
    seal_text(public_key, claim_id, delivery_id, &plaintext(credential, expires_at, None))
}

fn seal_text(
    public_key: &str,
    claim_id: &ClaimId,
    delivery_id: &DeliveryId,
    text: &str,
) -> Result<Sealed, Failure> {
    let key = PublicKey::parse(public_key)
        .map_err(|error| refused(&format!("the machine's public key: {error}")))?;
    let delivery = Delivery { claim_id: claim_id.as_str(), delivery_id: delivery_id.as_str() };
    seal(&key, delivery, text.as_bytes()).map_err(|error| refused(&error.to_string()))
}

fn plaintext(credential: &Credential, expires_at: UnixSeconds, console: Option<&SignInUrl>) -> String {
    let mut text = json!({
        "Version": 1,
        "AccessKeyId": credential.access_key_id,
        "SecretAccessKey": credential.secret_access_key.reveal(),
        "Expiration": credential.ends_at.unwrap_or(expires_at).rfc3339(),
    });
    let token = credential.session_token.as_ref().map(|token| ("SessionToken", token.reveal()));
    let console = console.map(|url| ("console_url", url.reveal()));
    if let Some(fields) = text.as_object_mut() {
        let besides = token.into_iter().chain(console);
        fields.extend(besides.map(|(name, value)| (name.to_owned(), value.into())));
    }
    text.to_string()
}

/// Changes a claim as the table has it, however many others do; nothing where there is none. `edit` says whether its
/// change still makes sense. The claim as it is then.
pub(crate) async fn change(
    place: &ClaimPlace,
    id: &ClaimId,
    mut edit: impl FnMut(&mut ClaimItem) -> bool,
) -> Result<Option<ClaimItem>, Failure> {
    for _ in 0..CONFLICTS_MAX {
        let Some(mut item) = place.store.get(id).await? else { return Ok(None) };
        if !edit(&mut item) || place.store.save(&mut item).await? == Written::Done {
            return Ok(Some(item));
        }
    }
    Err(contended(id))
}

async fn change_or_make(
    place: &ClaimPlace,
    id: &ClaimId,
    make: impl Fn() -> ClaimItem,
    mut edit: impl FnMut(&mut ClaimItem) -> bool,
) -> Result<(), Failure> {
    for _ in 0..CONFLICTS_MAX {
        let mut item = place.store.get(id).await?.unwrap_or_else(&make);
        if !edit(&mut item) || place.store.save(&mut item).await? == Written::Done {
            return Ok(());
        }
    }
    Err(contended(id))
}

/// 128 random bits.
fn new_claim_id() -> Result<ClaimId, Failure> {
    ClaimId::parse(&URL_SAFE_NO_PAD.encode(sealing::random_bytes()))
        .map_err(|error| Failure::retry(error.to_string()))
}

fn refused(error: &str) -> Failure {
    Failure::Reject { reason: REASON_REFUSED, error: error.to_owned() }
}

fn contended(id: &ClaimId) -> Failure {
    Failure::retry(format!("the claim {id} was changed by other workers {CONFLICTS_MAX} times in a row"))
}
