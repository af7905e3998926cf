//! AWS's federation endpoint: takes a session, and gives a token for a link that signs in.

use form_urlencoded::Serializer;
use http::Uri;
use serde::Deserialize;

use crate::claims::link::is_loopback;
use crate::env::Env;
use crate::failure::Failure;
use crate::http::Http;

/// What the console shows as the way by which one came.
const ISSUER: &str = "keylease";
/// Longest token that is taken, in bytes.
const TOKEN_MAX_BYTES: usize = 64 * 1024;

/// Where to sign in, and where that leads.
pub(super) struct Endpoint {
    url: String,
    console: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answered {
    signin_token: String,
}

/// The endpoint of the partition, or the one that a test names.
pub(super) fn endpoint(region: Option<&str>, env: &Env) -> Result<Endpoint, Failure> {
    let variable = service::config::variables::AWS_SIGNIN_URL.name;
    let region = region.map(str::to_owned).or_else(|| env.variable("AWS_REGION")).unwrap_or_default();
    let (sign_in, console) = match region.split('-').next() {
        Some("cn") => ("signin.amazonaws.cn", "console.amazonaws.cn"),
        Some("us") if region.starts_with("us-gov-") => {
            ("signin.amazonaws-us-gov.com", "console.amazonaws-us-gov.com")
        }
        _ => ("signin.aws.amazon.com", "console.aws.amazon.com"),
    };
    let console = format!("https://{console}/");
    let Some(named) = env.variable(variable).filter(|url| !url.trim().is_empty()) else {
        return Ok(Endpoint { url: format!("https://{sign_in}/federation"), console });
    };
    let wrong = || {
        Failure::new(format!("{variable} is not an https URL"))
            .hint(format!("unset {variable}: only tests need it"))
    };
    let uri: Uri = named.trim().parse().map_err(|_| wrong())?;
    let host = uri.host().ok_or_else(wrong)?;
    if uri.scheme_str() != Some("https") && !(uri.scheme_str() == Some("http") && is_loopback(host)) {
        return Err(wrong());
    }
    let url = named.trim().trim_end_matches('/');
    let url = if uri.path() == "/" { format!("{url}/federation") } else { url.to_owned() };
    Ok(Endpoint { url, console })
}

/// The link that signs in with this session: for 15 minutes, and for whoever has it.
pub(super) async fn url(endpoint: &Endpoint, session: &str) -> Result<String, Failure> {
    const WHAT: &str = "AWS's sign-in page gave no token";
    // Without a duration: AWS refuses one for a session that a role's session made.
    let query = query(&[("Action", "getSigninToken"), ("Session", session)]);
    let http = Http::to(&endpoint.url)?;
    let answer = http
        .get(&format!("{}?{query}", endpoint.url))
        .await
        .map_err(|why| Failure::new(WHAT).because(why).hint("check the network, and try again"))?;
    if answer.status != 200 {
        return Err(Failure::new(WHAT)
            .because(format!("HTTP status {}", answer.status))
            .hint("the access may have ended: keylease credentials shows whether; otherwise try again"));
    }
    let answered: Answered = serde_json::from_slice(&answer.body)
        .map_err(|_| Failure::new(WHAT).because("its answer is not the documented one").hint("try again"))?;
    if answered.signin_token.is_empty() || answered.signin_token.len() > TOKEN_MAX_BYTES {
        return Err(Failure::new(WHAT).because("the token in its answer is none").hint("try again"));
    }
    let query = self::query(&[
        ("Action", "login"),
        ("Issuer", ISSUER),
        ("Destination", &endpoint.console),
        ("SigninToken", &answered.signin_token),
    ]);
    Ok(format!("{}?{query}", endpoint.url))
}

fn query(parts: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(parts).finish()
}
