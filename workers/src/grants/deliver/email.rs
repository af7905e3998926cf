//! The credential email, as text and as HTML. It is the one place where a secret leaves the system.
use slack::messages::canary;

use crate::grants::credential::Credential;
use aws::ses::Email;
use domain::canary::canary_by;
use domain::{Request, UnixSeconds};
use jiff::tz::TimeZone;
use maud::{DOCTYPE, Markup, html};

/// The email to `to`, whose time zone Slack knows as `time_zone`.
pub(crate) fn credential_email(
    request: &Request,
    credential: &Credential,
    expires_at: UnixSeconds,
    to: &str,
    time_zone: Option<&str>,
) -> Email {
    let profile = request.profile_name();
    let test = canary_by(request).map(canary::about);
    let whose = if test.is_some() { "Test of AWS access" } else { "Your AWS access" };
    let letter = EmailParts {
        title: format!("{whose}: {} on {}", request.ask.role, request.ask.project),
        test,
        file: credentials_file(&profile, credential),
        profile,
        until: until(expires_at, time_zone),
        place: place(credential),
        request,
        credential,
    };
    Email {
        request_id: request.request_id.clone(),
        to: to.to_owned(),
        subject: letter.title.clone(),
        text: letter.text(),
        html: letter.html().into_string(),
    }
}

/// The email that says which of two keys counts. It holds no secret.
pub(crate) fn key_superseded_email(request: &Request, void_key: &str, live_key: &str, to: &str) -> Email {
    let subject = format!("Which key to use: {} on {}", request.ask.role, request.ask.project);
    let text = format!(
        "Of the emails about your AWS access to {} on {}, the one with the key {void_key} no longer counts: that key \
         does not work.\n\nUse the one with the key {live_key}.\n\nRequest {}\n",
        request.ask.role, request.ask.project, request.request_id
    );
    let html = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { (subject) } }
            body style="font:16px/1.5 -apple-system,'Segoe UI',Roboto,sans-serif" {
                @for paragraph in text.split("\n\n") { p { (paragraph) } }
            }
        }
    };
    Email {
        request_id: request.request_id.clone(),
        to: to.to_owned(),
        subject,
        text: text.clone(),
        html: html.into_string(),
    }
}

struct EmailParts<'a> {
    title: String,
    /// What a canary's email says besides.
    test: Option<String>,
    profile: String,
    file: String,
    until: String,
    place: (&'static str, String),
    request: &'a Request,
    credential: &'a Credential,
}

const NOT_YOURS: &str = "If you did not ask for this, do not use it: end the access in Slack, or tell the project's \
                         owner at once, and delete this email.";
const KEEP: &str = "Keep this to yourself. It is sent once, and nobody can look it up again.";
const WAIT: &str = "If AWS answers InvalidClientTokenId or InvalidAccessKeyId at first, it does not know the new key yet: wait up \
                    to a minute and try again.";

impl EmailParts<'_> {
    fn text(&self) -> String {
        let Self { title, test, profile, file, until, place, request, credential } = self;
        let test = test.as_ref().map(|about| format!("{about}\n\n")).unwrap_or_default();
        let (place_name, place_value) = place;
        let token = credential
            .session_token
            .as_ref()
            .map(|token| format!("Session token:     {}\n", token.reveal()))
            .unwrap_or_default();
        format!(
            "{title}\n\n\
             {test}\
             It works until {until}.\n\
             It lasts {duration} from the approval, and then it stops by itself.\n\n\
             Access key ID:     {key}\n\
             Secret access key: {secret}\n\
             {token}\
             {place_name}: {place_value}\n\n\
             To use it, add this to ~/.aws/credentials:\n\n\
             {file}\n\
             and try it:\n\n\
             \taws sts get-caller-identity --profile {profile}\n\n\
             {WAIT}\n\n\
             {KEEP}\n\n\
             To end it early, press \"End access now\" in Slack.\n\n\
             {NOT_YOURS}\n\n\
             Request {id}\n",
            duration = request.ask.duration,
            key = credential.access_key_id,
            secret = credential.secret_access_key.reveal(),
            id = request.request_id,
        )
    }

    fn html(&self) -> Markup {
        let (place_name, place_value) = &self.place;
        html! {
            (DOCTYPE)
            html lang="en" {
                head { meta charset="utf-8"; title { (self.title) } }
                body style="margin:0;background:#f4f5f7;color:#1d2129;font:16px/1.5 -apple-system,'Segoe UI',Roboto,sans-serif" {
                    div style="max-width:40em;margin:0 auto;padding:2em 1.25em" {
                        h1 style="font-size:1.35em;margin:0 0 .25em" { (self.title) }
                        @if let Some(about) = &self.test { p { strong { (about) } } }
                        p style="margin:0 0 1.25em" {
                            "It works until " strong { (self.until) } ". It lasts " (self.request.ask.duration)
                            " from the approval, and then it stops by itself."
                        }
                        table style="border-collapse:collapse;width:100%;background:#fff;border:1px solid #dfe3e8;border-radius:6px" {
                            (row("Access key ID", &self.credential.access_key_id))
                            (row("Secret access key", self.credential.secret_access_key.reveal()))
                            @if let Some(token) = &self.credential.session_token {
                                (row("Session token", token.reveal()))
                            }
                            (row(place_name, place_value))
                        }
                        p style="margin:1.5em 0 .5em" { "To use it, add this to " code { "~/.aws/credentials" } ":" }
                        (block(&self.file))
                        p style="margin:1em 0 .5em" { "and try it:" }
                        (block(&format!("aws sts get-caller-identity --profile {}", self.profile)))
                        p { (WAIT) }
                        p { (KEEP) }
                        p { "To end it early, press “End access now” in Slack." }
                        p { strong { "Not yours? " } (NOT_YOURS) }
                        p style="color:#5c6570;font-size:.85em" { "Request " (self.request.request_id) }
                    }
                }
            }
        }
    }
}

fn row(name: &str, value: &str) -> Markup {
    html! {
        tr {
            th scope="row" style="text-align:left;vertical-align:top;padding:.6em .9em;font-weight:600;white-space:nowrap" { (name) }
            td style="padding:.6em .9em;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.9em;word-break:break-all" { (value) }
        }
    }
}

fn block(text: &str) -> Markup {
    html! {
        pre style="background:#1d2129;color:#f4f5f7;padding:1em;border-radius:6px;overflow-x:auto;white-space:pre-wrap;word-break:break-all;font-size:.85em" {
            (text)
        }
    }
}

fn credentials_file(profile: &str, credential: &Credential) -> String {
    let token = credential
        .session_token
        .as_ref()
        .map(|token| format!("aws_session_token = {}\n", token.reveal()))
        .unwrap_or_default();
    format!(
        "[{profile}]\naws_access_key_id = {}\naws_secret_access_key = {}\n{token}",
        credential.access_key_id,
        credential.secret_access_key.reveal(),
    )
}

/// For a session its ARN, which names the account; for a user the account. There is no link to the console: a user has no
/// password to sign in with.
fn place(credential: &Credential) -> (&'static str, String) {
    if credential.session_token.is_some() {
        ("Role session", credential.principal.clone())
    } else {
        ("AWS account", credential.account.clone())
    }
}

/// `2026-11-23 14:03:27 UTC (15:03:27 on 23 November 2026 in Europe/Berlin)`.
fn until(at: UnixSeconds, time_zone: Option<&str>) -> String {
    let utc = at.timestamp().strftime("%Y-%m-%d %H:%M:%S UTC");
    let local = time_zone.and_then(|name| Some((name, TimeZone::get(name).ok()?)));
    match local {
        Some((name, zone)) => {
            let there = at.timestamp().to_zoned(zone).strftime("%H:%M:%S on %-d %B %Y");
            format!("{utc} ({there} in {})", name.replace('_', " "))
        }
        None => utc.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use domain::job::AccessRequest;
    use domain::validation::{Validated, open};
    use domain::{GrantDuration, RoleName, SlackUserId};

    use service::secret::{SecretAccessKey, SessionToken};

    use super::*;

    fn request(role: &str) -> Request {
        let project = serde_json::from_str(r#"{"project":"pay & go","owner_slack_id":"U0OWNER"}"#).unwrap();
        let ask = AccessRequest {
            idempotency_key: "i".into(),
            received_at: UnixSeconds(0),
            user_id: SlackUserId::parse("U0DANA").unwrap(),
            user_name: "dana".into(),
            project: "pay & go".into(),
            role: role.into(),
            duration: "1h".into(),
            justification: None,
            command: None,
            break_glass: false,
            trigger_id: None,
        };
        let admitted =
            Validated { role: RoleName::parse(role).unwrap(), duration: GrantDuration::parse("1h").unwrap() };
        open(&domain::DeploymentId::default(), &ask, &project, &admitted, 0)
    }

    fn credential(session: bool) -> Credential {
        Credential {
            principal: "arn:aws:sts::111122223333:assumed-role/power/keylease-r-0".into(),
            account: "111122223333".into(),
            access_key_id: "AKIAEXAMPLE".into(),
            secret_access_key: SecretAccessKey::new("not+a/secret".into()),
            session_token: session.then(|| SessionToken::new("not-a-token".into())),
            ends_at: None,
            assumed_role_id: None,
        }
    }

    const AT: UnixSeconds = UnixSeconds(1_795_442_607);

    #[test]
    fn the_email_of_a_user() {
        let mail = credential_email(
            &request("Read Only"),
            &credential(false),
            AT,
            "d@example.com",
            Some("Europe/Berlin"),
        );
        insta::assert_snapshot!(format!("{}\n\n{}", mail.subject, mail.text));
    }

    #[test]
    fn the_email_of_a_session_says_the_same_in_both_forms() {
        let mail = credential_email(
            &request("Power"),
            &credential(true),
            AT,
            "d@example.com",
            Some("Nowhere/At_All"),
        );
        for part in
            ["not+a/secret", "not-a-token", "AKIAEXAMPLE", "assumed-role/power", "2026-11-23 14:03:27 UTC"]
        {
            assert!(mail.text.contains(part), "{part} is not in the text");
            assert!(mail.html.contains(part), "{part} is not in the HTML");
        }
        assert!(mail.html.contains("pay &amp; go"));
        insta::assert_snapshot!(mail.text);
    }
}
