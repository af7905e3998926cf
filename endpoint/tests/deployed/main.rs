//! The declared stack as it would run: real packages as functions behind the HTTP API or a URL, and behind the queues, each with its own
//! role, in an AWS that says no. `cargo xtask deployed`.
//!
//! One deployment serves all steps, and the last looks at what all of them used, so they are one test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that meets the unexpected fails"
)]

mod attached;
mod denied;
mod function_url;
mod ingress;
mod member;
mod operator;
mod own_role;
mod undelivered;
mod unused;
mod whole_way;

use std::time::Instant;

use endpoint::deployed::Deployed;

/// Runs a step, and says how long it took.
async fn step(name: &str, work: impl Future<Output = ()>) {
    let begun = Instant::now();
    Box::pin(work).await;
    println!("{name}: {:.1} s", begun.elapsed().as_secs_f64());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_deployed_stack_does_what_it_must_and_may_do_no_more() {
    let begun = Instant::now();
    let stack = Deployed::open().await;
    println!("deployed: {:.1} s", begun.elapsed().as_secs_f64());
    step("the ingress admits only Slack and the workflow", ingress::admits_only_the_authentic(&stack)).await;
    step("the doctor, and its canary", operator::finds_nothing_broken(&stack)).await;
    step("a user, ended early", whole_way::of_a_user(&stack)).await;
    step("a user, at its time", whole_way::to_its_end(&stack)).await;
    step("a session", whole_way::of_a_session(&stack)).await;
    step("a session that was lost", whole_way::of_a_session_that_was_lost(&stack)).await;
    step("a role of its own", own_role::goes_the_whole_way(&stack)).await;
    step("a role that cannot be made", own_role::that_cannot_be_made_leaves_nothing(&stack)).await;
    step("a denial, and an ask for nothing that there is", whole_way::of_a_denial(&stack)).await;
    step("a policy that is not listed", attached::what_is_not_listed_is_not_attached(&stack)).await;
    step("what was attached from outside", attached::what_was_attached_goes_too(&stack)).await;
    step("a leftover", attached::a_leftover_is_swept(&stack)).await;
    step("mail that does not arrive", undelivered::ends_the_grant(&stack)).await;
    step("the member account", member::grants_live_there(&stack)).await;
    step("a role in the member account", own_role::lives_in_the_member_account(&stack)).await;
    step("a function URL for the ingress", function_url::takes_what_slack_sends(&stack)).await;
    step("what each role is denied", denied::each_by_its_own_credentials(&stack)).await;
    unused::each_was_used(&stack);
}
