//! Whether SES would send what is given to it.

use aws_config::SdkConfig;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::types::EventType;

use crate::error::{CallError, from_sdk};

/// What SES lets this account do, in the configuration's region.
#[derive(Debug, Clone, PartialEq)]
pub struct MailAccount {
    /// Whether it sends at all.
    pub sending: bool,
    /// Whether it sends to addresses that are not verified: the account has left the sandbox.
    pub production: bool,
    /// Mails that it takes in 24 hours.
    pub daily_limit: f64,
    /// Mails that it took in the last 24 hours.
    pub sent_today: f64,
}

/// The account.
pub async fn account(aws: &SdkConfig) -> Result<MailAccount, CallError> {
    let answer = Client::new(aws).get_account().send().await;
    let found = answer.map_err(|e| from_sdk("ses:GetAccount", e))?;
    let quota = found.send_quota;
    Ok(MailAccount {
        sending: found.sending_enabled,
        production: found.production_access_enabled,
        daily_limit: quota.as_ref().map_or(0.0, |quota| quota.max24_hour_send),
        sent_today: quota.map_or(0.0, |quota| quota.sent_last24_hours),
    })
}

/// What SES knows of the address that emails are sent from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sender {
    /// It may be used: this address or domain is verified.
    VerifiedAs(String),
    /// It is known and not verified yet. What proves a domain in DNS; none for an address.
    Unverified(Vec<DkimRecord>),
    /// SES does not know it.
    Unknown,
}

struct MailIdentity {
    verified: bool,
    records: Vec<DkimRecord>,
}

/// A CNAME record that proves a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct DkimRecord {
    pub name: String,
    /// What it points to. The zone is SES's own, and not the same in every region.
    pub value: String,
}

/// As a line of a zone file.
impl std::fmt::Display for DkimRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} CNAME {}", self.name, self.value)
    }
}

/// The zone of SES's keys, where SES names none.
const DKIM_ZONE: &str = "dkim.amazonses.com";

/// What SES knows of an address: it is verified itself, or its domain is, or one that the domain is under.
pub async fn sender(aws: &SdkConfig, address: &str) -> Result<Sender, CallError> {
    let mut known = None;
    for name in identities(address) {
        match identity(aws, name).await? {
            Some(found) if found.verified => return Ok(Sender::VerifiedAs(name.to_owned())),
            found => known = known.or(found),
        }
    }
    Ok(known.map_or(Sender::Unknown, |found| Sender::Unverified(found.records)))
}

/// What SES may know an address by: itself, its domain, and every domain that this is under.
fn identities(address: &str) -> impl Iterator<Item = &str> {
    let domain = address.rsplit('@').next().unwrap_or(address).trim_end_matches('>');
    let bare = address.rsplit('<').next().unwrap_or(address).trim_end_matches('>');
    std::iter::once(bare).chain(std::iter::successors(Some(domain), |domain| above(domain)))
}

/// The domain that this one is under, down to one with a single dot.
fn above(domain: &str) -> Option<&str> {
    domain.split_once('.').map(|(_, rest)| rest).filter(|rest| rest.contains('.'))
}

/// `None` where SES does not know this address or domain.
async fn identity(aws: &SdkConfig, identity: &str) -> Result<Option<MailIdentity>, CallError> {
    let answer = Client::new(aws).get_email_identity().email_identity(identity).send().await;
    let found = match answer.map_err(|e| from_sdk("ses:GetEmailIdentity", e)) {
        Ok(found) => found,
        Err(error) if error.is("NotFoundException") => return Ok(None),
        Err(error) => return Err(error),
    };
    let dkim = found.dkim_attributes;
    let zone = dkim.as_ref().and_then(|dkim| dkim.signing_hosted_zone.as_deref()).unwrap_or(DKIM_ZONE);
    let tokens = dkim.as_ref().and_then(|dkim| dkim.tokens.as_deref()).unwrap_or_default();
    let record = |token: &String| DkimRecord {
        name: format!("{token}._domainkey.{identity}"),
        value: format!("{token}.{zone}"),
    };
    let records = if identity.contains('@') { Vec::new() } else { tokens.iter().map(record).collect() };
    Ok(Some(MailIdentity { verified: found.verified_for_sending_status, records }))
}

/// Whether a configuration set tells anybody of emails that bounce; `None` where there is no such set.
pub async fn tells_of_bounces(aws: &SdkConfig, set: &str) -> Result<Option<bool>, CallError> {
    const CALL: &str = "ses:GetConfigurationSetEventDestinations";
    let call = Client::new(aws).get_configuration_set_event_destinations().configuration_set_name(set);
    match call.send().await.map_err(|e| from_sdk(CALL, e)) {
        Ok(found) => Ok(Some(found.event_destinations.unwrap_or_default().iter().any(|destination| {
            destination.enabled && destination.matching_event_types.contains(&EventType::Bounce)
        }))),
        Err(error) if error.is("NotFoundException") => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_by_itself_and_by_every_domain_above_it() {
        let of = |address| identities(address).collect::<Vec<_>>();
        assert_eq!(of("k@example.com"), ["k@example.com", "example.com"]);
        assert_eq!(
            of("Keylease <k@a.mail.example.com>"),
            ["k@a.mail.example.com", "a.mail.example.com", "mail.example.com", "example.com"]
        );
    }
}
