//! What lives in AWS for an approved request: provisioned, delivered, and taken away again.

pub(crate) mod accounts;
pub(crate) mod arm;
pub(crate) mod credential;
pub(crate) mod cut_off;
pub(crate) mod deliver;
pub(crate) mod deprovision;
pub(crate) mod extend;
pub(crate) mod holding;
pub(crate) mod kinds;
pub(crate) mod lapse_unclaimed;
pub(crate) mod provision;
pub(crate) mod remove;
pub(crate) mod renew;
pub(crate) mod wanted;
