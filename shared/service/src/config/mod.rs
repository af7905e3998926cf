//! Configuration: each environment variable is declared once, in [`variables`], and read once, at start.

mod doctor;
mod identity_center;
mod metrics;
mod ops;
mod reader;
mod secrets;
mod settings;
mod values;
pub mod variables;

pub use doctor::DoctorSettings;
pub use identity_center::IdentityCenterSettings;
pub use metrics::metrics_namespace;
pub use ops::{OpsSettings, TableNames, claims_are_set_up, identity_center, shortest_grant};
pub use reader::{ConfigError, Lookup, VariableFault, process_environment};
pub use secrets::SecretSource;
pub use settings::{
    ClaimsSettings, IngressSettings, Logging, ProvisionSettings, QueueUrls, RoleSettings, WorkerSettings,
    is_lambda,
};
