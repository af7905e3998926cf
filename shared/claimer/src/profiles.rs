//! Profiles of AWS's tools on this machine: the two files in which they are, and what Keylease keeps beside them.

mod choose;
mod folders;
mod ini;
pub(crate) mod kept;
pub(crate) mod lock;
mod name;
mod private_file;
pub(crate) mod profile;
pub(crate) mod sections;
mod write;
