//! Which IAM Identity Center people sign in by, where there is one.

use super::reader::Reader;
use super::values::{identity_store, instance_arn, portal_url, region};
use super::variables as var;

/// An instance of Identity Center with its identity store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityCenterSettings {
    /// The instance.
    pub instance_arn: String,
    /// Its identity store, `d-…`.
    pub identity_store_id: String,
    /// The region that its calls go to; the program's own where none is given.
    pub region: Option<String>,
    /// Where people sign in: the AWS access portal.
    pub portal_url: String,
}

impl IdentityCenterSettings {
    /// Reads them; nothing where no instance is given. What is given by half is a fault.
    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        let instance_arn = from.optional(var::IDENTITY_CENTER_INSTANCE_ARN, instance_arn);
        let store = from.optional(var::IDENTITY_STORE_ID, identity_store);
        let region = from.optional(var::IDENTITY_CENTER_REGION, region);
        let portal_url = from.optional(var::IDENTITY_CENTER_PORTAL_URL, portal_url);
        match (from.is_set(var::IDENTITY_CENTER_INSTANCE_ARN), from.is_set(var::IDENTITY_STORE_ID)) {
            (true, true) => {
                let identity_store_id = store?;
                let portal_url =
                    portal_url.unwrap_or_else(|| format!("https://{identity_store_id}.awsapps.com/start"));
                Some(Self { instance_arn: instance_arn?, identity_store_id, region, portal_url })
            }
            (true, false) => {
                from.missing_beside(var::IDENTITY_STORE_ID, var::IDENTITY_CENTER_INSTANCE_ARN);
                None
            }
            (false, true) => {
                from.missing_beside(var::IDENTITY_CENTER_INSTANCE_ARN, var::IDENTITY_STORE_ID);
                None
            }
            (false, false) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSTANCE: (&str, &str) =
        ("IDENTITY_CENTER_INSTANCE_ARN", "arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f");
    const STORE: (&str, &str) = ("IDENTITY_STORE_ID", "d-9067a1b2c3");

    fn read(set: &[(&str, &str)]) -> Result<Option<IdentityCenterSettings>, String> {
        let lookup =
            |name: &str| set.iter().find(|(of, _)| *of == name).map(|(_, value)| (*value).to_owned());
        let mut from = Reader::new(&lookup);
        let settings = IdentityCenterSettings::read(&mut from);
        from.finish(Some(())).map_err(|error| error.to_string())?;
        Ok(settings)
    }

    #[test]
    fn all_of_it_or_nothing() {
        assert_eq!(read(&[]), Ok(None));
        let settings = read(&[INSTANCE, STORE]).unwrap().unwrap();
        assert_eq!(settings.portal_url, "https://d-9067a1b2c3.awsapps.com/start");
        assert_eq!(settings.region, None);
        let own = [INSTANCE, STORE, ("IDENTITY_CENTER_PORTAL_URL", "https://example.awsapps.com/start/")];
        assert_eq!(read(&own).unwrap().unwrap().portal_url, "https://example.awsapps.com/start");
        assert!(read(&[INSTANCE]).unwrap_err().contains("IDENTITY_STORE_ID: is not set"));
        assert!(read(&[STORE]).unwrap_err().contains("IDENTITY_CENTER_INSTANCE_ARN: is not set"));
    }

    #[test]
    fn what_is_malformed_is_named() {
        for (name, value) in [
            ("IDENTITY_CENTER_INSTANCE_ARN", "arn:aws:iam::111122223333:role/x"),
            ("IDENTITY_STORE_ID", "9067 a1b2"),
            ("IDENTITY_CENTER_REGION", "Frankfurt!"),
            ("IDENTITY_CENTER_PORTAL_URL", "http://example.awsapps.com/start"),
        ] {
            let others = [INSTANCE, STORE].into_iter().filter(|(of, _)| *of != name);
            let set: Vec<(&str, &str)> = others.chain([(name, value)]).collect();
            assert!(read(&set).unwrap_err().contains(name), "{name}");
        }
    }
}
