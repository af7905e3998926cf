//! Claims as the ingress has them: it reads one, and has no other right in AWS. It cannot read what it hands out.

pub(crate) mod delivery_ids;
pub(crate) mod limits;

use std::time::Instant;

use aws::claims::{ClaimItem, ClaimReader};
use domain::{ClaimId, DeliveryId};
use service::secret::SigningSecret;
use tracing::error;

use crate::api_error::ApiError;
use delivery_ids::DeliveryIds;
use limits::Limits;

/// Read in place of what can be no claim's id, so that its answer takes as long as any other.
const NO_CLAIM: &str = "-";

/// What the routes of claims work with.
#[derive(Debug)]
pub(crate) struct Claims {
    reader: ClaimReader,
    pub(crate) delivery_ids: DeliveryIds,
    pub(crate) limits: Limits,
}

impl Claims {
    pub(crate) fn new(reader: ClaimReader, signing_secret: &SigningSecret) -> Self {
        Self { reader, delivery_ids: DeliveryIds::new(signing_secret), limits: Limits::default() }
    }

    /// The claim of this id, whatever text it is. Every id is looked up, so that none can be told from another by time.
    pub(crate) async fn get(&self, id: &str) -> Result<ClaimItem, ApiError> {
        if !self.limits.may_read(Instant::now()) {
            return Err(ApiError::Busy);
        }
        let known =
            ClaimId::parse(id).or_else(|_| ClaimId::parse(NO_CLAIM)).map_err(|_| ApiError::NotOpen)?;
        match self.reader.get(&known).await {
            Ok(Some(claim)) if claim.claim_id.as_str() == id => Ok(claim),
            Ok(_) => Err(ApiError::NotOpen),
            Err(unread) => {
                error!(error = %unread, "a claim could not be read");
                Err(ApiError::NotRead)
            }
        }
    }

    /// A delivery's id, if this installation gave it out for this claim.
    pub(crate) fn delivery_id(
        &self,
        claim: &ClaimItem,
        text: &str,
        now_s: i64,
    ) -> Result<(DeliveryId, bool), ApiError> {
        let id = DeliveryId::parse(text).map_err(|_| ApiError::NotOpen)?;
        if claim.delivery(&id).is_some() {
            return Ok((id, true));
        }
        if self.delivery_ids.is_ours(&claim.claim_id, &id, now_s) {
            Ok((id, false))
        } else {
            Err(ApiError::NotOpen)
        }
    }
}
