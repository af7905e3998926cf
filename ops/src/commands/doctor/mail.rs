//! SES: whether the sender is verified, and whether mails go to anybody.

use platform::inspect::mail;

use super::finding::Finding;
use super::ground::Ground;

/// This part of the daily limit is worth a look.
const NEARLY_ALL: f64 = 0.8;

pub(super) async fn check(ground: &Ground<'_>) -> Vec<Finding> {
    let sender = match ground.settings.ses_from.as_deref() {
        Some(address) => sender(ground, address).await,
        None => Finding::warn("mail sender", "could not be checked", "set SES_FROM_ADDRESS in this shell"),
    };
    vec![sender, account(ground).await, bounces(ground).await]
}

/// The address itself is verified, or its domain.
async fn sender(ground: &Ground<'_>, address: &str) -> Finding {
    let check = "mail sender";
    let domain = address.rsplit('@').next().unwrap_or(address).trim_end_matches('>');
    let mut known = false;
    for identity in [address, domain] {
        match mail::is_verified(ground.aws, identity).await {
            Ok(Some(true)) => return Finding::ok(check, format!("{address}, verified as {identity}")),
            Ok(Some(false)) => known = true,
            Ok(None) => {}
            Err(error) => return Finding::unknown(check, &error),
        }
    }
    let detail = if known { "is not verified yet" } else { "is not known to SES here" };
    let mend = "verify the address or its domain in SES, in this region: no credential can be sent";
    Finding::fail(check, format!("{address} {detail}"), mend)
}

async fn account(ground: &Ground<'_>) -> Finding {
    let check = "mail account";
    let account = match mail::account(ground.aws).await {
        Ok(account) => account,
        Err(error) => return Finding::unknown(check, &error),
    };
    let (sent, limit) = (account.sent_today, account.daily_limit);
    let detail = format!("{sent} of {limit} mails in 24 hours");
    if !account.sending {
        let mend = "look at the SES console: AWS says there why";
        return Finding::fail(check, "SES sends nothing: sending is paused", mend);
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
async fn bounces(ground: &Ground<'_>) -> Finding {
    let check = "mail bounces";
    let mend = "have SES tell the revoke queue of them: docs/decisions/0010-undelivered-email.md";
    let Some(set) = ground.settings.ses_configuration_set.as_deref() else {
        let detail = "SES_CONFIGURATION_SET is not set: an email that does not arrive ends no grant";
        return Finding::warn(check, detail, mend);
    };
    match mail::tells_of_bounces(ground.aws, set).await {
        Ok(Some(true)) => Finding::ok(check, format!("reported through the configuration set {set}")),
        Ok(Some(false)) => Finding::warn(check, format!("the configuration set {set} reports none"), mend),
        Ok(None) => {
            let detail = format!("there is no configuration set {set}: no email can be sent with it");
            Finding::fail(check, detail, "make it, or mend SES_CONFIGURATION_SET")
        }
        Err(error) => Finding::unknown(check, &error),
    }
}
