//! How AWS's two files name a profile's section, and which of its settings say who one is.

use super::ini::Ini;
use super::name::ProfileName;

/// Settings that give a profile its credentials, in either file. What else is in a section stays when Keylease writes it.
pub(crate) const OF_CREDENTIALS: [&str; 19] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "aws_security_token",
    "aws_credential_expiration",
    "credential_process",
    "credential_source",
    "external_id",
    "login_session",
    "mfa_serial",
    "role_arn",
    "role_session_name",
    "source_profile",
    "sso_account_id",
    "sso_region",
    "sso_role_name",
    "sso_session",
    "sso_start_url",
    "web_identity_token_file",
];

/// Which of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Headings are names.
    Credentials,
    /// Headings are `profile NAME`, and `default`.
    Config,
}

impl Which {
    /// A new section's heading.
    pub(crate) fn heading(self, name: &ProfileName) -> String {
        match self {
            Self::Config if name.as_str() != "default" => format!("profile {name}"),
            Self::Config | Self::Credentials => name.to_string(),
        }
    }

    /// Whether a heading is the profile's. AWS's tools read quotes and more spaces, too.
    pub(crate) fn is_of(self, heading: &str, name: &ProfileName) -> bool {
        let plain = |text: &str| text.trim().trim_matches(['"', '\'']).trim() == name.as_str();
        match self {
            Self::Credentials => plain(heading),
            Self::Config => {
                let named = heading
                    .trim()
                    .strip_prefix("profile")
                    .filter(|rest| rest.starts_with(|c: char| c.is_whitespace() || c == '"' || c == '\''));
                named.is_some_and(plain) || (name.as_str() == "default" && plain(heading))
            }
        }
    }

    /// Those of a profile's settings that give it its credentials.
    pub(crate) fn of_credentials(self, file: &Ini, name: &ProfileName) -> Vec<(String, String)> {
        let settings = file.settings(&|heading| self.is_of(heading, name));
        settings.into_iter().filter(|(key, _)| OF_CREDENTIALS.contains(&key.as_str())).collect()
    }

    /// The value of one setting of a profile.
    pub(crate) fn get(self, file: &Ini, name: &ProfileName, key: &str) -> Option<String> {
        let settings = file.settings(&|heading| self.is_of(heading, name));
        settings.into_iter().rev().find(|(found, _)| found == key).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_read_as_awss_tools_read_them() {
        let [name, default] = ["dev", "default"].map(|name| ProfileName::parse(name).unwrap());
        for heading in ["profile dev", " profile  dev ", "profile \"dev\"", "profile\t'dev'"] {
            assert!(Which::Config.is_of(heading, &name), "{heading}");
            assert!(!Which::Credentials.is_of(heading, &name), "{heading}");
        }
        for heading in ["dev", "profiledev", "sso-session dev", "profile dev2"] {
            assert!(!Which::Config.is_of(heading, &name), "{heading}");
        }
        assert!(Which::Credentials.is_of(" dev ", &name));
        assert!(Which::Config.is_of("default", &default) && Which::Config.is_of("profile default", &default));
        assert_eq!(Which::Config.heading(&default), "default");
        assert_eq!(Which::Config.heading(&name), "profile dev");
    }
}
