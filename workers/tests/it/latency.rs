//! Calls to AWS that each take some time, which passes as soon as nothing else is to be done.

use std::sync::{Arc, Mutex};

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use tokio::sync::watch;

/// When the runtime has had so many turns and no call was begun, nothing is left to be done before time passes.
const IDLE_TURNS: u32 = 64;

/// The time that calls have taken, in milliseconds.
#[derive(Debug, Clone)]
pub(crate) struct Latency {
    call_ms: u64,
    now_ms: Arc<watch::Sender<u64>>,
    calls: Arc<Mutex<Calls>>,
}

#[derive(Debug, Default)]
struct Calls {
    begun: u64,
    /// When each that is under way is done.
    due_ms: Vec<u64>,
    at_once_max: usize,
}

impl Latency {
    pub(crate) fn of(call_ms: u64) -> Self {
        Self { call_ms, now_ms: Arc::new(watch::Sender::new(0)), calls: Arc::default() }
    }

    /// The configuration whose calls take so long.
    pub(crate) fn before(&self, aws: &SdkConfig) -> SdkConfig {
        let client = Client { inner: aws.http_client().unwrap(), latency: self.clone() };
        aws.to_builder().http_client(client).build()
    }

    pub(crate) fn passed_ms(&self) -> u64 {
        *self.now_ms.borrow()
    }

    pub(crate) fn at_once_max(&self) -> usize {
        self.calls.lock().unwrap().at_once_max
    }

    /// Does some work, and lets time pass whenever all of it waits for calls.
    pub(crate) async fn play<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        let (mut idle, mut seen) = (0, 0);
        loop {
            tokio::select! {
                biased;
                outcome = &mut work => return outcome,
                () = tokio::task::yield_now() => {}
            }
            let begun = self.calls.lock().unwrap().begun;
            (idle, seen) = (if begun == seen { idle + 1 } else { 0 }, begun);
            if idle > IDLE_TURNS {
                let next = self.calls.lock().unwrap().due_ms.iter().min().copied();
                self.now_ms
                    .send_if_modified(|now| next.is_some_and(|next| std::mem::replace(now, next) < next));
                idle = 0;
            }
        }
    }

    async fn pass(&self) {
        let due = self.passed_ms() + self.call_ms;
        {
            let mut calls = self.calls.lock().unwrap();
            calls.begun += 1;
            calls.due_ms.push(due);
            calls.at_once_max = calls.at_once_max.max(calls.due_ms.len());
        }
        self.now_ms.subscribe().wait_for(|now| *now >= due).await.unwrap();
        let mut calls = self.calls.lock().unwrap();
        let place = calls.due_ms.iter().position(|other| *other == due).unwrap();
        calls.due_ms.swap_remove(place);
    }
}

#[derive(Debug, Clone)]
struct Client {
    inner: SharedHttpClient,
    latency: Latency,
}

impl HttpClient for Client {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { inner, latency: self.latency.clone() })
    }
}

#[derive(Debug, Clone)]
struct Connector {
    inner: SharedHttpConnector,
    latency: Latency,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let this = self.clone();
        HttpConnectorFuture::new(async move {
            this.latency.pass().await;
            this.inner.call(request).await
        })
    }
}
