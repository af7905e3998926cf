//! Where a secret comes from: its variable, Secrets Manager, or an SSM parameter.

use secrecy::SecretString;

/// A secret, or where to read it.
#[derive(Debug, Clone)]
pub enum SecretSource {
    /// Given in its variable.
    Value(SecretString),
    /// In Secrets Manager, under this ARN.
    SecretsManager(String),
    /// An SSM parameter, under this ARN.
    Parameter(String),
}

impl SecretSource {
    /// A secret that is given itself.
    #[must_use]
    pub fn value(value: String) -> Self {
        Self::Value(SecretString::from(value))
    }

    /// By the service that the ARN names.
    pub(super) fn from_arn(arn: &str) -> Result<Self, String> {
        match arn.splitn(6, ':').collect::<Vec<_>>().as_slice() {
            ["arn", _, "secretsmanager", _, _, name] if !name.is_empty() => {
                Ok(Self::SecretsManager(arn.to_owned()))
            }
            ["arn", _, "ssm", _, _, name] if !name.is_empty() => Ok(Self::Parameter(arn.to_owned())),
            _ => Err("must be the ARN of a Secrets Manager secret or of an SSM parameter".to_owned()),
        }
    }
}
