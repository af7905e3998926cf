//! What the machine of a person does who claims a credential: it asks for one ([`Asked`]), opens what was sealed to it, writes it into
//! AWS's files ([`Profile`]), and renews it while the grant goes on.
//!
//! It talks to the ingress alone, and has no client of AWS or of Slack.

mod claims;
mod failure;
mod http;
mod machine;
mod profiles;

pub use claims::asked::{Asked, Claimed};
pub use claims::credential::Credential;
pub use claims::label::label;
pub use claims::link::{Link, is_loopback};
pub use failure::Failure;
pub use machine::{Machine, Note};
pub use profiles::profile::Profile;
