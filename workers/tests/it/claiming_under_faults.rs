//! A credential that is claimed, when any one call fails or loses its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use domain::{Job, Status};
use testkit::aws::{Fault, Service};

use crate::claiming::{Machine, item, opened, ready};
use crate::stage::DANA;

#[tokio::test]
async fn whatever_call_fails_once_one_key_is_sealed_and_works() {
    let mut number = 0;
    loop {
        let (stage, request) = ready("ReadOnly", "1h").await;
        let machine = Machine::new("dana");
        stage.send(&machine.ask(&request)).await;
        stage.settle().await;
        let calls = AtomicUsize::new(0);
        let met = Arc::new(AtomicBool::new(false));
        let fault = if number % 2 == 0 { Fault::Unreached } else { Fault::LoseAnswer };
        let (which, seen) = (number / 2, Arc::clone(&met));
        stage.aws.inject(move |call| {
            if matches!(call.service, Service::Sqs) || calls.fetch_add(1, Ordering::SeqCst) != which {
                return None;
            }
            seen.store(true, Ordering::SeqCst);
            Some(fault.clone())
        });
        stage.send(&Job::ConfirmClaim(machine.answer(&stage, &request, DANA))).await;
        for _ in 0..4 {
            stage.settle().await;
            stage.pass(50);
        }
        stage.send(&Job::Sweep).await;
        stage.settle().await;
        if !met.load(Ordering::SeqCst) {
            assert!(which > 10, "{which} calls were tried");
            return;
        }
        let request = stage.request().await;
        assert_eq!(request.status, Status::Active, "call {which}: {request:?}");
        let users = stage.aws.users().await;
        assert_eq!(users[0].keys.len(), 1, "call {which}");
        let credential = opened(&item(&stage).await, "deliveries", &machine, &machine.delivery_id);
        assert_eq!(
            credential["AccessKeyId"].as_str(),
            request.access.access_key_id.as_deref(),
            "call {which}"
        );
        number += 1;
    }
}
