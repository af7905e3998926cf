//! The kinds of grants, one file for each.

pub(crate) mod iam_user;
pub(crate) mod role_session;
