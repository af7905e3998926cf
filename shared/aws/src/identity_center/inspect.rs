//! Whether the instance is there, for `keylease doctor`.

use super::{IdentityCenter, PAGES_MAX};
use crate::error::{CallError, from_sdk};

const CALL: &str = "sso:ListInstances";

impl IdentityCenter {
    /// The identity store of the instance; `None` where the instance is not there.
    pub async fn store_of_instance(&self) -> Result<Option<String>, CallError> {
        let mut next = None;
        for _ in 0..PAGES_MAX {
            let page = self.admin.list_instances().set_next_token(next).send().await;
            let page = page.map_err(|e| from_sdk(CALL, e))?;
            let found = page
                .instances()
                .iter()
                .find(|instance| instance.instance_arn() == Some(self.settings.instance_arn.as_str()));
            if let Some(instance) = found {
                return Ok(Some(instance.identity_store_id().unwrap_or_default().to_owned()));
            }
            next = page.next_token;
            if next.is_none() {
                return Ok(None);
            }
        }
        Err(CallError::incomplete(CALL, "last page"))
    }
}
