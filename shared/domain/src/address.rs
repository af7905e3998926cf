//! An email address in the form that Amazon SES accepts: ASCII before the @, and a domain in Punycode.

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

/// Longest part before the @, in characters (RFC 5321).
pub const LOCAL_PART_MAX_CHARS: usize = 64;
/// Longest address, in characters (RFC 5321).
pub const ADDRESS_MAX_CHARS: usize = 254;

/// An address that an email can be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

/// Why a text is not an address that an email can be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the names say it")]
pub enum AddressFault {
    /// The part before the @ is not ASCII, which SES does not accept.
    #[error("the character {character} before the @ is not ASCII")]
    NotAscii {
        /// The first such character.
        character: char,
    },
    /// The part before the @ is not one word of RFC 5322.
    #[error("the part before the @ is not valid")]
    LocalPart,
    /// The part after the @ is not a domain name.
    #[error("the part after the @ is not a valid domain name")]
    Domain,
    #[error("it is too long")]
    TooLong,
}

impl EmailAddress {
    /// Reads one address as a profile has it. A domain that is not ASCII is converted to Punycode.
    pub fn parse(text: &str) -> Result<Self, AddressFault> {
        let (local, domain) = text.trim().rsplit_once('@').ok_or(AddressFault::Domain)?;
        if let Some(character) = local.chars().find(|c| !c.is_ascii()) {
            return Err(AddressFault::NotAscii { character });
        }
        if local.len() > LOCAL_PART_MAX_CHARS {
            return Err(AddressFault::TooLong);
        }
        // Quoted parts are left out: a space, a comma or a second @ could turn one recipient into several.
        let is_word =
            |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || is_symbol(c));
        if !local.split('.').all(is_word) {
            return Err(AddressFault::LocalPart);
        }
        let domain = Uts46::new()
            .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::Allow, DnsLength::Verify)
            .map_err(|_| AddressFault::Domain)?;
        // Names such as `r3---mail` are in use, so that hyphens are not left to IDNA's own check.
        if domain.split('.').any(|label| label.starts_with('-') || label.ends_with('-')) {
            return Err(AddressFault::Domain);
        }
        let address = format!("{local}@{domain}");
        if address.len() > ADDRESS_MAX_CHARS { Err(AddressFault::TooLong) } else { Ok(Self(address)) }
    }

    /// The address, all ASCII.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What RFC 5322 allows in a word besides letters and digits.
fn is_symbol(c: char) -> bool {
    "!#$%&'*+/=?^_`{|}~-".contains(c)
}

/// Enough of an address for its owner to recognise it: `d…a@bücher.example`. `you` where there is none.
#[must_use]
pub fn hint(address: &str) -> String {
    let Some((local, domain)) = address.rsplit_once('@') else { return "you".to_owned() };
    let (domain, _) = idna::domain_to_unicode(domain);
    let mut chars = local.chars();
    match (chars.next(), chars.next_back()) {
        (Some(first), Some(last)) => format!("{first}…{last}@{domain}"),
        _ => format!("…@{domain}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, AddressFault> {
        EmailAddress::parse(text).map(|address| address.as_str().to_owned())
    }

    #[test]
    fn what_ses_accepts_is_accepted() {
        for (profile, sent_to) in [
            ("dana@example.com", "dana@example.com"),
            (" dana@example.com\u{A0}", "dana@example.com"),
            ("o'brien+aws@example.com", "o'brien+aws@example.com"),
            ("dana@bücher.example", "dana@xn--bcher-kva.example"),
            ("dana@BÜCHER.example", "dana@xn--bcher-kva.example"),
            ("dana@xn--bcher-kva.example", "dana@xn--bcher-kva.example"),
            ("dana@日本語。jp", "dana@xn--wgv71a119e.jp"),
            ("first.last@mail-1.example.co.uk", "first.last@mail-1.example.co.uk"),
        ] {
            assert_eq!(parsed(profile).as_deref(), Ok(sent_to), "{profile}");
        }
    }

    #[test]
    fn what_ses_refuses_is_refused_with_the_reason() {
        assert_eq!(parsed("o’brien@example.com"), Err(AddressFault::NotAscii { character: '’' }));
        assert_eq!(parsed("dañа@example.com"), Err(AddressFault::NotAscii { character: 'ñ' }));
        for text in [
            "@example.com",
            "a b@example.com",
            "a,b@example.com",
            "Dana <dana@example.com",
            "a@b@example.com",
            "\"a b\"@example.com",
            ".dana@example.com",
            "dana.@example.com",
            "da..na@example.com",
            "dana\n@example.com",
        ] {
            assert_eq!(parsed(text), Err(AddressFault::LocalPart), "{text}");
        }
        for text in [
            "",
            "dana",
            "dana@",
            "dana@example.com>",
            "dana@example.com, sam@",
            "dana@exa mple.com",
            "dana@-",
            "dana@example..com",
            "dana@[192.0.2.1]",
            "dana@exa\u{202E}mple.com",
        ] {
            assert!(
                matches!(parsed(text), Err(AddressFault::Domain | AddressFault::LocalPart)),
                "{text}: {:?}",
                parsed(text)
            );
        }
        let long = "a".repeat(LOCAL_PART_MAX_CHARS + 1);
        assert_eq!(parsed(&format!("{long}@example.com")), Err(AddressFault::TooLong));
        let labels = format!("{}example.com", "label.".repeat(40));
        assert_eq!(parsed(&format!("dana@{labels}")), Err(AddressFault::TooLong));
    }

    #[test]
    fn a_hint_shows_the_domain_as_people_write_it() {
        assert_eq!(hint("dana@example.com"), "d…a@example.com");
        assert_eq!(hint("d@example.com"), "…@example.com");
        assert_eq!(hint("dana@xn--bcher-kva.example"), "d…a@bücher.example");
        assert_eq!(hint(""), "you");
    }
}
