//! SES: whether the sender is verified, and whether mails go to anybody.

use aws::inspect::mail::{self, DkimRecord};

use super::context::DoctorContext;
use super::finding::Finding;

/// This part of the daily limit is worth a look.
const NEARLY_ALL: f64 = 0.8;

pub(super) async fn check(ctx: &DoctorContext<'_>) -> Vec<Finding> {
    let sender = match ctx.settings.ses_from.as_deref() {
        Some(address) => sender(ctx, address).await,
        None => Finding::warn("mail sender", "could not be checked", "set SES_FROM_ADDRESS in this shell"),
    };
    vec![sender, account(ctx).await, bounces(ctx).await]
}

/// The address itself is verified, or its domain, or one that the domain is under.
async fn sender(ctx: &DoctorContext<'_>, address: &str) -> Finding {
    let check = "mail sender";
    let mut known = None;
    for identity in identities(address) {
        match mail::identity(ctx.aws, identity).await {
            Ok(Some(found)) if found.verified => {
                return Finding::ok(check, format!("{address}, verified as {identity}"));
            }
            Ok(Some(found)) => known = known.or(Some(found)),
            Ok(None) => {}
            Err(error) => return Finding::unknown(check, &error),
        }
    }
    let fix = "verify the address or its domain in SES, in this region: no credential can be sent";
    match known {
        None => Finding::fail(check, format!("{address} is not known to SES here"), fix),
        Some(found) => {
            Finding::fail(check, format!("{address} is not verified yet"), how_to_prove(&found.records))
        }
    }
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

/// For a domain its DNS records, in the zone that SES has for this region.
fn how_to_prove(records: &[DkimRecord]) -> String {
    if records.is_empty() {
        return "click the link that AWS has mailed to it: no credential can be sent".to_owned();
    }
    let records: Vec<String> =
        records.iter().map(|record| format!("{} CNAME {}", record.name, record.value)).collect();
    format!("put these records into DNS, SES sees them after minutes or hours: {}", records.join("; "))
}

async fn account(ctx: &DoctorContext<'_>) -> Finding {
    let check = "mail account";
    let account = match mail::account(ctx.aws).await {
        Ok(account) => account,
        Err(error) => return Finding::unknown(check, &error),
    };
    let (sent, limit) = (account.sent_today, account.daily_limit);
    let detail = format!("{sent} of {limit} mails in 24 hours");
    if !account.sending {
        let fix = "look at the SES console: AWS says there why";
        return Finding::fail(check, "SES sends nothing: sending is paused", fix);
    }
    if !account.production {
        let what = format!("SES is in its sandbox: only verified addresses get mail; {detail}");
        return Finding::warn(check, what, "ask AWS for production access, in the SES console");
    }
    if limit > 0.0 && sent > limit * NEARLY_ALL {
        return Finding::warn(check, detail, "ask AWS for a higher sending limit");
    }
    Finding::ok(check, detail)
}

/// Without word of bounces, a credential that nobody received lives until its end.
async fn bounces(ctx: &DoctorContext<'_>) -> Finding {
    let check = "mail bounces";
    let fix = "have SES report them to the revoke queue: docs/decisions/0010-undelivered-email.md";
    let Some(set) = ctx.settings.ses_configuration_set.as_deref() else {
        let detail = "SES_CONFIGURATION_SET is not set: an email that does not arrive ends no grant";
        return Finding::warn(check, detail, fix);
    };
    match mail::tells_of_bounces(ctx.aws, set).await {
        Ok(Some(true)) => Finding::ok(check, format!("reported through the configuration set {set}")),
        Ok(Some(false)) => Finding::warn(check, format!("the configuration set {set} reports none"), fix),
        Ok(None) => {
            let detail = format!("there is no configuration set {set}: no email can be sent with it");
            Finding::fail(check, detail, "make it, or fix SES_CONFIGURATION_SET")
        }
        Err(error) => Finding::unknown(check, &error),
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
