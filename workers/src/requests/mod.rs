//! What people decide: asking, approving, denying, ending early. One file for each thing that somebody does.

pub(crate) mod answered;
pub(crate) mod approve;
pub(crate) mod ask_extension;
pub(crate) mod authorization;
pub(crate) mod contacts;
pub(crate) mod decide_extension;
pub(crate) mod deny;
pub(crate) mod end;
pub(crate) mod end_by_operator;
pub(crate) mod failed_click;
pub(crate) mod fill_form;
pub(crate) mod identity;
pub(crate) mod open;
pub(crate) mod own_access;
pub(crate) mod people;
pub(crate) mod person_left;
pub(crate) mod resolve;
pub(crate) mod rules;
pub(crate) mod steps;
pub(crate) mod submit;
pub(crate) mod undelivered;
pub(crate) mod user_groups;
pub(crate) mod visible;
pub(crate) mod waiter;
pub(crate) mod waiting_click;
