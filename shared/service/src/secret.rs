//! Secrets: each a type of its own that cannot be printed, serialised or compared by accident.

use secrecy::{ExposeSecret, SecretString};

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(SecretString);

        impl $name {
            /// Takes the secret over.
            #[must_use]
            pub fn new(value: String) -> Self {
                Self(SecretString::from(value))
            }

            /// Shows the secret. Each use is a place where it leaves the process; keep them few.
            #[must_use]
            #[expect(clippy::disallowed_methods, reason = "the one way to a secret, so that its uses can be listed")]
            pub fn reveal(&self) -> &str {
                self.0.expose_secret()
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

secret!(
    /// Verifies what says that it comes from Slack.
    SigningSecret
);
secret!(
    /// Admits a workflow's unsigned web request.
    WorkflowToken
);
secret!(
    /// Speaks to Slack as the app.
    BotToken
);
secret!(
    /// The secret half of an access key.
    SecretAccessKey
);
secret!(
    /// The third part of a role session's credential.
    SessionToken
);
secret!(
    /// A link to the AWS console, which signs in whoever opens it.
    SignInUrl
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print() {
        let secret = SecretAccessKey::new("wJalrXUtnFEMI".into());
        assert_eq!(format!("{secret:?}"), "SecretAccessKey(…)");
        assert_eq!(secret.reveal(), "wJalrXUtnFEMI");
    }
}
