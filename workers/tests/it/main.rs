//! The workers' handlers in process, with the real SDK on embedded AWS and the real Slack client on an embedded Slack.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets the unexpected fails"
)]

mod addresses;
mod announced;
mod answered_within_a_minute;
mod asked_again;
mod asking;
mod attached;
mod auditing;
mod aws_refusals;
mod break_glass;
mod burst;
mod by_rule;
mod calls;
mod claiming;
mod claiming_under_faults;
mod click_without_time;
mod clocks_differ;
mod console_link;
mod deciding;
mod ended_sessions;
mod ending;
mod extending;
mod extending_by_rule;
mod extending_faults;
mod extending_kinds;
mod failed_clicks;
mod faults;
mod following;
mod form_about_again;
mod form_again;
mod forms;
mod forms_about;
mod home;
mod identity_center;
mod identity_center_early;
mod identity_center_faults;
mod identity_center_shared;
mod identity_center_slow;
mod identity_center_wrong;
mod indexed;
mod lambda;
mod late_visibility;
mod late_worker;
mod latency;
mod leases;
mod leavers;
mod mail_refused;
mod many_people;
mod metrics;
mod needs_operator;
mod newer_beside;
mod newer_work;
mod not_mentioned;
mod odd_records;
mod one_person_asked;
mod operators_close_pending;
mod outsiders;
mod overlapping;
mod own_access;
mod own_claim;
mod own_role;
mod own_role_account_access;
mod own_role_claimed;
mod own_role_ending;
mod previous_release;
mod reminders;
mod rolling;
mod runtime;
mod slack_stale;
mod steps;
mod sweep_isolated;
mod sweep_scales;
mod sweeping;
mod two_deployments;
mod two_releases;
mod typed;
mod undelivered;
mod waiting;
mod waiting_clicks;
mod warning;
mod ways;
mod when_clicked;
mod who_counts;
mod who_may_ask;
mod whole_life;

use testkit::stage;

/// As in the simulation: what these tests play is many small allocations.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
