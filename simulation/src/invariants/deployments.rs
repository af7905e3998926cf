//! Two deployments in one account: neither touches what is the other's.

use crate::beside::{BYSTANDER, SECOND};
use crate::call::Call;
use crate::facts::{Facts, reads};
use crate::violation::{Holds, Invariant, broken};

/// A call of a worker is about its own deployment: none of the `others`, the ids of the other one's requests, is in it.
pub(crate) fn own(call: &Call, of_second: bool, others: &[&str]) -> Holds {
    let text = String::from_utf8_lossy(&call.body);
    let foreign = match call.service.as_str() {
        "dynamodb" => text.contains(&format!("-{SECOND}\"")) != of_second,
        "sqs" => call.operation == "SendMessage" && text.contains(&format!("-{SECOND}-")) != of_second,
        // A session role that both list has the denials of both. Whoever looks at it takes off those of sessions that are over:
        // nothing tells whose a denial is (docs/security.md), and to take off one that is over changes nothing.
        "iam" if call.operation == "DeleteRolePolicy" => false,
        "iam" | "scheduler" | "sts" => {
            let about_other = || others.iter().any(|id| call.subject.contains(id) || text.contains(id));
            !reads(&call.operation) && (call.subject.contains(BYSTANDER) || about_other())
        }
        "ses" | "slack" => others.iter().any(|id| text.contains(id)),
        _ => false,
    };
    if foreign {
        let whose = if of_second { "the second" } else { "the first" };
        return broken(
            Invariant::OnlyItsOwn,
            format!("a worker of {whose} deployment calls {call}, which is another's"),
        );
    }
    Ok(())
}

/// What is nobody's here is as it was.
pub(crate) fn bystander_is_left_alone(before: &Facts, facts: &Facts) -> Holds {
    match (&before.bystander, &facts.bystander) {
        (Some(was), now) if now.as_ref() != Some(was) => broken(
            Invariant::OnlyItsOwn,
            format!("{} of another deployment was changed or removed", was.name),
        ),
        _ => Ok(()),
    }
}
