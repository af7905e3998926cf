//! IAM Identity Center: who somebody is there, which permission sets they may use, and which groups they are in.
//!
//! Creating and deleting an assignment is asynchronous: a call starts it, and [`Progress`] says how far it has come. What is there is
//! read back by listing.

mod assignments;
mod entitlements;
mod faults;
mod inspect;
mod memberships;
mod missing;
mod people;
mod sets;

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_types::region::Region;
use service::config::IdentityCenterSettings;

pub use assignments::{Assigned, Assignment, Progress, State};
pub use entitlements::{AccessApplication, RoleOpening};
pub use faults::{Fault, Looked, faults};
pub use memberships::Joined;
pub use people::{IdentityUser, Lookup, MatchedBy};
pub use sets::PermissionSet;

/// Pages of one list that are read, at most: at 100 entries each, far more than one permission set has.
const PAGES_MAX: usize = 200;

/// One instance of Identity Center with its identity store, in its own region.
#[derive(Debug, Clone)]
pub struct IdentityCenter {
    admin: aws_sdk_ssoadmin::Client,
    store: aws_sdk_identitystore::Client,
    /// The same without retries, for a call that must not be made twice.
    store_once: aws_sdk_identitystore::Client,
    access: aws_sdk_accountaccess::Client,
    settings: IdentityCenterSettings,
}

impl IdentityCenter {
    /// The instance that the settings name. Its calls go to its own region, wherever the program runs.
    #[must_use]
    pub fn new(aws: &SdkConfig, settings: &IdentityCenterSettings) -> Self {
        let aws = match &settings.region {
            Some(region) => aws.to_builder().region(Region::new(region.clone())).build(),
            None => aws.clone(),
        };
        let once =
            aws_sdk_identitystore::config::Builder::from(&aws).retry_config(RetryConfig::disabled()).build();
        Self {
            store_once: aws_sdk_identitystore::Client::from_conf(once),
            admin: aws_sdk_ssoadmin::Client::new(&aws),
            store: aws_sdk_identitystore::Client::new(&aws),
            access: aws_sdk_accountaccess::Client::new(&aws),
            settings: IdentityCenterSettings {
                region: aws.region().map(|region| region.as_ref().to_owned()),
                ..settings.clone()
            },
        }
    }

    /// The settings, with the region that its calls go to.
    #[must_use]
    pub fn settings(&self) -> &IdentityCenterSettings {
        &self.settings
    }
}
