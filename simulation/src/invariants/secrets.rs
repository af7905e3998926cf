//! Secrets: in the one mail to the one person, and nowhere else.

use testkit::aws::Credential;

use crate::call::Call;
use crate::violation::{Holds, Invariant, broken};

/// No call but the mail carries a secret.
pub(crate) fn not_in_call(call: &Call, minted: &[Credential]) -> Holds {
    if call.service == "ses" || minted.is_empty() {
        return Ok(());
    }
    let body = String::from_utf8_lossy(&call.body);
    let holds = |secret: &String| {
        // A form has its own way to write `+`, `/` and `=`.
        let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        body.contains(secret.as_str()) || body.contains(&form)
    };
    match minted.iter().find(|minted| minted.secrets.iter().any(holds)) {
        Some(minted) => {
            broken(Invariant::NoSecret, format!("{call} carries the secret of {}", minted.access_key_id))
        }
        None => Ok(()),
    }
}

/// No log line holds a secret, and none says that a handler panicked.
pub(crate) fn not_in_logs(lines: &[String], minted: &[Credential]) -> Holds {
    for line in lines {
        if let Some(minted) =
            minted.iter().find(|m| m.secrets.iter().any(|secret| line.contains(secret.as_str())))
        {
            return broken(
                Invariant::NoSecret,
                format!("a log line holds the secret of {}", minted.access_key_id),
            );
        }
        if line.contains("panicked") {
            return broken(Invariant::Progress, format!("a handler panicked: {line}"));
        }
    }
    Ok(())
}
