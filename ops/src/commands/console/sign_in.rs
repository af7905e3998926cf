//! Where a session signs in: AWS's federation endpoint, or the one that a test names.

use std::time::Duration;

use aws::console::{NotSignedIn, SignIn};
use claimer::{Credential, Profile, is_loopback};
use http::Uri;
use service::secret::SignInUrl;

use crate::env::Env;
use crate::failure::Failure;

/// Longest wait for the endpoint.
const SIGN_IN_TIMEOUT: Duration = Duration::from_secs(15);

/// The endpoint of the partition of this region, or the one that a test names.
pub(super) fn endpoint(region: Option<&str>, env: &Env) -> Result<SignIn, Failure> {
    let variable = service::config::variables::AWS_SIGNIN_URL.name;
    let region = region.map(str::to_owned).or_else(|| env.variable("AWS_REGION")).unwrap_or_default();
    let partition = match region.split('-').next() {
        Some("cn") => "aws-cn",
        Some("us") if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    let sign_in = SignIn::of_partition(partition)
        .ok_or_else(|| Failure::new(format!("the region {region} has no console that keylease knows")))?;
    let Some(named) = env.variable(variable).filter(|url| !url.trim().is_empty()) else { return Ok(sign_in) };
    let wrong = || {
        Failure::new(format!("{variable} is not an https URL"))
            .hint(format!("unset {variable}: only tests need it"))
    };
    let uri: Uri = named.trim().parse().map_err(|_| wrong())?;
    let host = uri.host().ok_or_else(wrong)?;
    if uri.scheme_str() != Some("https") && !(uri.scheme_str() == Some("http") && is_loopback(host)) {
        return Err(wrong());
    }
    Ok(sign_in.at(&named))
}

/// The link that signs in with this session: for 15 minutes, and for whoever has it.
pub(super) async fn url(
    sign_in: &SignIn,
    credential: &Credential,
    profile: &Profile,
) -> Result<SignInUrl, Failure> {
    let Some(token) = &credential.session_token else {
        return Err(Failure::new(format!("`{profile}` has the key of a user, which cannot sign in to the console"))
            .because("the sign-in page takes sessions only, and a user of Keylease may not make one (sts:GetFederationToken is denied)")
            .hint("ask for a role of kind `session`"));
    };
    let (id, secret) = (&credential.access_key_id, &credential.secret_access_key);
    sign_in.url(id, secret, token, SIGN_IN_TIMEOUT).await.map_err(|why| {
        let hint = match why {
            NotSignedIn::Unreachable { .. } | NotSignedIn::TooSlow { .. } => {
                "check the network, and try again"
            }
            NotSignedIn::Refused(_) => {
                "the access may have ended: keylease credentials shows whether; AWS may also refuse a session of less than an hour, which works everywhere else"
            }
            NotSignedIn::Unreadable => "try again",
        };
        Failure::new("AWS's sign-in page gave no token").because(why).hint(hint)
    })
}
