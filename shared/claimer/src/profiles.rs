//! Profiles of AWS's tools on this machine: the two files in which they are, and what Keylease keeps beside them.

pub(crate) mod folders;
pub(crate) mod ini;
pub(crate) mod kept;
pub(crate) mod lock;
pub(crate) mod name;
pub(crate) mod private_file;
pub(crate) mod profile;
pub(crate) mod sections;
pub(crate) mod write;
