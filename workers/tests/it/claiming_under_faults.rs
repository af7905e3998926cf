//! A credential that is claimed, when any one call fails or loses its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use domain::{Job, Status};
use testkit::aws::{Fault, Service};
use testkit::hook::Verdict;
use testkit::slack::Message;
use tokio::sync::Notify;
use workers::consumer::Attempt;

use crate::claiming::{Machine, item, opened, ready};
use crate::stage::{DANA, Stage};

const FIRST: Attempt = Attempt { number: 1, max: 8 };

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

fn questions(stage: &Stage) -> usize {
    let asks = |message: &Message| message.buttons.iter().any(|button| button.action == "confirm_claim");
    stage.slack.messages().into_iter().filter(asks).count()
}

/// A worker's process dies when it has written the answer, and right before it shows that: whoever takes over shows it.
#[tokio::test]
async fn an_answered_question_has_no_buttons_although_the_worker_died_before_it_showed_that() {
    for answer in ["yes", "no", "over"] {
        let (stage, request) = ready("ReadOnly", "1h").await;
        let (machine, other) = (Machine::new("dana"), Machine::new("sam"));
        for one in [&machine, &other] {
            stage.send(&one.ask(&request)).await;
            stage.settle().await;
        }
        assert_eq!(questions(&stage), 2);
        let clicked = machine.answer(&stage, &request, DANA);
        let job = match answer {
            "yes" => Job::ConfirmClaim(clicked),
            "no" => Job::RefuseClaim(clicked),
            _ => {
                let end = Job::EndGrant(stage.click(&request.request_id, DANA));
                stage.handle(end.queue(), &end, FIRST).await.unwrap();
                Job::CloseClaim { request_id: request.request_id.clone() }
            }
        };
        let reached = Arc::new(Notify::new());
        let reaches = Arc::clone(&reached);
        stage.slack.inject_when_ready(move |call| {
            let (reaches, dies) = (Arc::clone(&reaches), call.method == "chat.update");
            async move {
                if dies {
                    reaches.notify_one();
                    std::future::pending::<()>().await;
                }
                Verdict::of(None)
            }
        });
        tokio::select! {
            done = stage.handle(job.queue(), &job, FIRST) => panic!("{answer}: it shows nothing: {done:?}"),
            () = reached.notified() => {}
        }
        stage.slack.inject_when_ready(|_| async { Verdict::of(None) });
        stage.pass(60);
        stage.send(&job).await;
        stage.settle().await;
        assert_eq!(questions(&stage), 0, "{answer}: {:#?}", stage.slack.messages());
    }
}
