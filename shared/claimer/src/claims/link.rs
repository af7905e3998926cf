//! The link in Slack's message: where the ingress is, and which claim it is.

use http::Uri;
use sealing::Delivery;

use super::ids::is_id;
use crate::failure::Failure;
use domain::text::short;

/// Longest link, in bytes.
const LINK_MAX_BYTES: usize = 2_048;
/// What stands before the claim's id.
const PAGE: &str = "/claim/";

/// A claim, and where it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The ingress's URL, without a slash at its end.
    pub(crate) base: String,
    pub(crate) claim_id: String,
}

impl Link {
    /// Reads what was typed or pasted: also with the brackets that Slack puts around a link, or quotes.
    pub fn parse(typed: &str) -> Result<Self, Failure> {
        let wrong = |why: &str| {
            Failure::wrong_usage(format!("`{}` {why}", short(typed)))
                .hint("give the whole link of Keylease's message in Slack: https://…/claim/…")
        };
        let pasted = typed.trim().trim_matches(['<', '>', '"', '\'', '`']);
        let text = pasted.split('|').next().unwrap_or(pasted).trim();
        if text.len() > LINK_MAX_BYTES {
            return Err(wrong("is too long for a link"));
        }
        let uri: Uri = text.parse().map_err(|_| wrong("is not a link"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(wrong("is not a link"));
        };
        let is_plain = match scheme {
            "https" => false,
            "http" => true,
            _ => return Err(wrong("is not an https link")),
        };
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(wrong("is not a link of Keylease"));
        }
        if is_plain && !is_loopback(authority.host()) {
            return Err(wrong("is plain http to another machine; it must begin with https://"));
        }
        match uri.path().trim_end_matches('/').rsplit_once(PAGE) {
            Some((before, id)) if is_id(id) => Ok(Self {
                base: format!("{scheme}://{authority}{}", before.trim_end_matches('/')),
                claim_id: id.to_owned(),
            }),
            Some(_) | None => Err(wrong("is not a link to a claim")),
        }
    }

    /// One delivery of this claim.
    pub(crate) fn delivery<'a>(&'a self, delivery_id: &'a str) -> Delivery<'a> {
        Delivery { claim_id: &self.claim_id, delivery_id }
    }
}

/// Whether this names the machine itself.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(typed: &str) -> Option<(String, String)> {
        Link::parse(typed).ok().map(|link| (link.base, link.claim_id))
    }

    #[test]
    fn a_link_is_read_as_it_is_pasted() {
        let whole = Some(("https://in.example.com".to_owned(), "mZ3-x_9".to_owned()));
        for typed in [
            "https://in.example.com/claim/mZ3-x_9",
            "  https://in.example.com/claim/mZ3-x_9/ ",
            "<https://in.example.com/claim/mZ3-x_9>",
            "<https://in.example.com/claim/mZ3-x_9|the page>",
            "'https://in.example.com/claim/mZ3-x_9?utm=1#top'",
            "HTTPS://in.example.com/claim/mZ3-x_9",
        ] {
            assert_eq!(read(typed), whole, "{typed}");
        }
        assert_eq!(read("https://h:8443/stage/claim/a").unwrap().0, "https://h:8443/stage");
        for local in ["http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9"] {
            assert_eq!(read(&format!("{local}/claim/a")), Some((local.to_owned(), "a".to_owned())));
        }
    }

    #[test]
    fn anything_else_is_wrong_usage() {
        let long = format!("https://h/claim/{}", "a".repeat(129));
        for typed in [
            "",
            "mZ3",
            "http://in.example.com/claim/a",
            "http://localhost.example.com/claim/a",
            "http://127.0.0.1@example.com/claim/a",
            "https://user:pw@h/claim/a",
            "ftp://h/claim/a",
            "https://h/claim/",
            "https://h/claims/a",
            "https://h/claim/a b",
            "https://h/claim/a%2Fb",
            "https://h/claim/a/b",
            "https:///claim/a",
            "/claim/a",
            &long,
            &format!("https://h/{}/claim/a", "p".repeat(3_000)),
        ] {
            assert_eq!(read(typed), None, "{typed}");
        }
    }
}
