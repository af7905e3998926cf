//! Whose credentials this shell has, and whether its clock is right: AWS turns away what is signed five minutes off.

use aws::inspect::identity;

use crate::context::Context;
use crate::finding::Finding;

/// So far off, a clock is worth a look, in seconds.
const SKEW_WARN_SECONDS: i64 = 60;
/// So far off, AWS and Slack refuse what is signed, in seconds (both say five minutes).
const SKEW_FAIL_SECONDS: i64 = 300;

pub(crate) async fn check(ctx: &Context<'_>) -> Vec<Finding> {
    let identity = match identity(ctx.aws).await {
        Ok(identity) => identity,
        Err(error) => {
            let fix = "set AWS credentials in this shell, such as AWS_PROFILE";
            return vec![Finding::fail("credentials", error.to_string(), fix)];
        }
    };
    let who = format!("account {}, as {}", identity.account, identity.arn);
    let mut found = vec![Finding::ok("credentials", who)];
    if let Some(theirs) = identity.aws_time {
        let ahead = ctx.now.seconds_since(theirs);
        let detail = match ahead {
            0 => "the same as AWS's".to_owned(),
            1.. => format!("{ahead} s ahead of AWS's"),
            _ => format!("{} s behind AWS's", -ahead),
        };
        let fix = "set this machine's clock by NTP, and look at the workers' too";
        found.push(match ahead.abs() {
            0..=SKEW_WARN_SECONDS => Finding::ok("clock", detail),
            ..=SKEW_FAIL_SECONDS => Finding::warn("clock", detail, fix),
            _ => Finding::fail("clock", detail, fix),
        });
    }
    found
}
