//! SES that sends no email for a while: what an operator repairs holds a grant up, and costs nobody their request.

use domain::{Job, Status};
use testkit::aws::Fault;

use crate::needs_operator::{asked, look_again, waits_for};
use crate::stage::{CONFIGURATION_SET, DANA, OLIVIA};

/// SES has no code of its own for some of what an operator repairs.
#[tokio::test]
async fn what_ses_says_of_the_set_or_the_account_waits_until_it_is_repaired() {
    for (code, message) in [
        ("BadRequestException", "Configuration set <keylease-test> does not exist."),
        ("BadRequestException", "Sending suspended for this account."),
        ("TooManyRequestsException", "Daily message quota exceeded."),
    ] {
        let (stage, id) = asked("ReadOnly").await;
        stage.aws.inject(move |call| {
            let fault = Fault::Says { status: 400, code, message };
            (call.operation == "SendEmail").then_some(fault)
        });
        stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
        for _ in 0..2 * testkit::aws::MAX_RECEIVE_COUNT {
            waits_for(&look_again(&stage).await, message);
        }
        let told = stage.messages_to(DANA);
        let of_the_wait = told.iter().filter(|text| text.contains("cannot be made yet"));
        assert_eq!(of_the_wait.count(), 1, "{message}: {told:?}");
        stage.aws.clear_faults();
        look_again(&stage).await;
        assert_eq!(stage.request().await.status, Status::Active, "{message}");
        assert_eq!(stage.aws.mails().len(), 1);
    }
}

#[tokio::test]
async fn a_configuration_set_that_is_not_there_holds_a_grant_up_until_it_is_made() {
    for role in ["ReadOnly", "PowerUser"] {
        let (stage, id) = asked(role).await;
        stage.aws.delete_configuration_set(CONFIGURATION_SET).await;
        stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
        for _ in 0..2 * testkit::aws::MAX_RECEIVE_COUNT {
            waits_for(&look_again(&stage).await, "Configuration set <keylease-test> does not exist");
        }
        let request = stage.request().await;
        assert_eq!(request.status, Status::Approved);
        assert!(stage.messages_to(DANA).iter().any(|text| text.contains("does not exist")));
        stage.aws.add_configuration_set(CONFIGURATION_SET).await;
        look_again(&stage).await;
        assert_eq!(stage.request().await.status, Status::Active, "{role}");
        assert_eq!(stage.aws.mails().len(), 1, "{role}");
    }
}
