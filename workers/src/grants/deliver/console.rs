//! The link by which the claim page opens the console with a session. It is sealed with the session, and never stored or sent
//! in another way.

use std::time::Duration;

use aws::console::Federation;
use service::secret::SignInUrl;
use tracing::warn;

use crate::grants::credential::Credential;

/// Longest wait for AWS's federation endpoint: somebody waits for the credential, which works without a link.
const SIGN_IN_TIMEOUT: Duration = Duration::from_secs(2);

/// The link for this session. A user's key has none, since the endpoint takes sessions only.
pub(crate) async fn sign_in_url(federation: &Federation, credential: &Credential) -> Option<SignInUrl> {
    let token = credential.session_token.as_ref()?;
    let sign_in = federation.of_session(&credential.principal)?;
    let (id, secret) = (&credential.access_key_id, &credential.secret_access_key);
    match sign_in.url(id, secret, token, SIGN_IN_TIMEOUT).await {
        Ok(url) => Some(url),
        Err(error) => {
            warn!(%error, "AWS's sign-in page gave no token; the session is handed over without a link to the console");
            None
        }
    }
}
