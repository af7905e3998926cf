//! SES: whether the sender is verified, and whether mails go to anybody.

use aws::inspect::mail::{self, DkimRecord, Sender};
use service::CallError;

use crate::context::Context;
use crate::finding::Finding;

const SENDER: &str = "mail sender";
const ACCOUNT: &str = "mail account";
const BOUNCES: &str = "mail bounces";
/// This part of the daily limit is worth a look.
const NEARLY_ALL: f64 = 0.8;

pub(crate) async fn check(ctx: &Context<'_>) -> Vec<Finding> {
    vec![
        Finding::of(SENDER, sender(ctx).await),
        Finding::of(ACCOUNT, account(ctx).await),
        Finding::of(BOUNCES, bounces(ctx).await),
    ]
}

async fn sender(ctx: &Context<'_>) -> Result<Finding, CallError> {
    let Some(address) = ctx.settings.ses_from.as_deref() else {
        return Ok(Finding::unchecked(SENDER, "set SES_FROM_ADDRESS in this shell"));
    };
    Ok(match mail::sender(ctx.aws, address).await? {
        Sender::VerifiedAs(identity) => Finding::ok(SENDER, format!("{address}, verified as {identity}")),
        Sender::Unverified(records) => {
            Finding::fail(SENDER, format!("{address} is not verified yet"), how_to_prove(&records))
        }
        Sender::Unknown => {
            let fix = "verify the address or its domain in SES, in this region: no credential can be sent";
            Finding::fail(SENDER, format!("{address} is not known to SES here"), fix)
        }
    })
}

/// For a domain its DNS records, in the zone that SES has for this region.
fn how_to_prove(records: &[DkimRecord]) -> String {
    if records.is_empty() {
        return "click the link that AWS has mailed to it: no credential can be sent".to_owned();
    }
    let records: Vec<String> = records.iter().map(DkimRecord::to_string).collect();
    format!("put these records into DNS, SES sees them after minutes or hours: {}", records.join("; "))
}

async fn account(ctx: &Context<'_>) -> Result<Finding, CallError> {
    let account = mail::account(ctx.aws).await?;
    let (sent, limit) = (account.sent_today, account.daily_limit);
    let detail = format!("{sent} of {limit} mails in 24 hours");
    Ok(if !account.sending {
        let fix = "look at the SES console: AWS says there why";
        Finding::fail(ACCOUNT, "SES sends nothing: sending is paused", fix)
    } else if !account.production {
        let what = format!("SES is in its sandbox: only verified addresses get mail; {detail}");
        Finding::warn(ACCOUNT, what, "ask AWS for production access, in the SES console")
    } else if limit > 0.0 && sent > limit * NEARLY_ALL {
        Finding::warn(ACCOUNT, detail, "ask AWS for a higher sending limit")
    } else {
        Finding::ok(ACCOUNT, detail)
    })
}

/// Without word of bounces, a credential that nobody received lives until its end.
async fn bounces(ctx: &Context<'_>) -> Result<Finding, CallError> {
    let fix = "have SES report them to the revoke queue: docs/decisions/0010-undelivered-email.md";
    let Some(set) = ctx.settings.ses_configuration_set.as_deref() else {
        let detail = "SES_CONFIGURATION_SET is not set: an email that does not arrive ends no grant";
        return Ok(Finding::warn(BOUNCES, detail, fix));
    };
    Ok(match mail::tells_of_bounces(ctx.aws, set).await? {
        Some(true) => Finding::ok(BOUNCES, format!("reported through the configuration set {set}")),
        Some(false) => Finding::warn(BOUNCES, format!("the configuration set {set} reports none"), fix),
        None => {
            let detail = format!("there is no configuration set {set}: no email can be sent with it");
            Finding::fail(BOUNCES, detail, "make it, or fix SES_CONFIGURATION_SET")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_proved_by_its_records_and_an_address_by_a_click() {
        let record = |token: &str| DkimRecord {
            name: format!("{token}._domainkey.example.com"),
            value: format!("{token}.dkim.eu-south-1.amazonses.com"),
        };
        let told = how_to_prove(&[record("a1"), record("b2")]);
        assert!(
            told.contains("a1._domainkey.example.com CNAME a1.dkim.eu-south-1.amazonses.com; b2."),
            "{told}"
        );
        assert!(how_to_prove(&[]).starts_with("click the link"));
    }
}
