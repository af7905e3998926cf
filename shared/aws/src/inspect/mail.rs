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

/// An address or a domain that SES knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailIdentity {
    /// Whether SES may send in its name.
    pub verified: bool,
    /// What proves a domain in DNS; none for an address.
    pub records: Vec<DkimRecord>,
}

/// A CNAME record that proves a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DkimRecord {
    /// Its name.
    pub name: String,
    /// What it points to. The zone is SES's own, and not the same in every region.
    pub value: String,
}

/// The zone of SES's keys, where SES names none.
const DKIM_ZONE: &str = "dkim.amazonses.com";

/// What SES knows of this address or domain; `None` where it does not know it.
pub async fn identity(aws: &SdkConfig, identity: &str) -> Result<Option<MailIdentity>, CallError> {
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
