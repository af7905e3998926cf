//! Mails: the last one about a live grant carries the key that lives, or says which one does.

use domain::{Request, Status};
use testkit::aws::Mail;

use super::claims::is_claimed;
use crate::facts::{Facts, has_secret, is_session};
use crate::people::address;
use crate::violation::{Holds, Invariant, broken};

/// A grant is live only after a mail with its key was sent.
pub(crate) fn sent_before_live(facts: &Facts) -> Holds {
    for request in facts.requests.iter().filter(|request| is_mailed(request)) {
        let key = request.access.access_key_id.as_deref().unwrap_or("no key");
        if !mails_about(facts, request).any(|mail| carries(mail, key)) {
            return broken(
                Invariant::MailCarriesKey,
                format!("{} is live with {key}, and no mail carries it", request.request_id),
            );
        }
    }
    Ok(())
}

/// At rest: the newest mail is the one that counts.
pub(crate) fn the_last_carries_the_key(facts: &Facts) -> Holds {
    for request in facts.requests.iter().filter(|request| is_mailed(request)) {
        let key = request.access.access_key_id.as_deref().unwrap_or("no key");
        let last = mails_about(facts, request).last();
        if !last.is_some_and(|mail| carries(mail, key) || names(mail, key)) {
            return broken(
                Invariant::MailCarriesKey,
                format!(
                    "the last mail about {} neither carries {key}, which lives, nor names it",
                    request.request_id
                ),
            );
        }
        let lives = is_session(request)
            || facts.user(&request.aws_name()).is_some_and(|user| user.keys.iter().any(|k| k.id == key));
        if !lives {
            return broken(
                Invariant::MailCarriesKey,
                format!("the last mail about {} carries {key}, which does not live", request.request_id),
            );
        }
    }
    Ok(())
}

/// Whether it is live by a key that is mailed.
fn is_mailed(request: &Request) -> bool {
    request.status == Status::Active && has_secret(request) && !is_claimed(request)
}

/// Whether the mail hands this key over.
pub(crate) fn carries(mail: &Mail, key: &str) -> bool {
    mail.text.contains("Secret access key:") && mail.text.contains(key)
}

/// Whether the mail says that of several keys this one counts: SES cannot be told "unless another worker has mailed
/// another key", so a worker that stood still may mail one that no longer works, and then takes it back.
fn names(mail: &Mail, key: &str) -> bool {
    mail.text.contains(&format!("Use the one with the key {key}"))
}

fn mails_about<'a>(facts: &'a Facts, request: &'a Request) -> impl Iterator<Item = &'a Mail> {
    let to = address(request.ask.requester_slack_id.as_str());
    let about = format!("Request {}\n", request.request_id);
    facts.mails.iter().filter(move |mail| mail.to == [to.clone()] && mail.text.contains(&about))
}
