//! The sandbox's clock is moved forward, and all that waits for its time comes. It is the whole process's time: this is the one
//! test of this program.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a surprise in a test is a failed test, told where it happened"
)]

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use sandbox::web;
use serde_json::{Value, json};
use testkit::system::System;
use tokio::net::TcpListener;

/// Far above what anything here takes.
const LIMIT: Duration = Duration::from_secs(30);
const HOUR: i64 = 3_600;

struct Page {
    base: String,
    system: Arc<System>,
}

impl Page {
    async fn open() -> Self {
        let system = System::start().await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(web::serve(Arc::clone(&system), listener, std::future::pending()));
        Self { base, system }
    }

    async fn send(&self, request: http::request::Builder, body: String) -> Value {
        let client = Client::builder(TokioExecutor::new()).build_http();
        let request = request.header("content-type", "application/json");
        let answer = client.request(request.body(Full::<bytes::Bytes>::from(body)).unwrap()).await.unwrap();
        serde_json::from_slice(&answer.into_body().collect().await.unwrap().to_bytes()).unwrap()
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.send(http::Request::post(format!("{}{path}", self.base)), body.to_string()).await
    }

    async fn done(&self, path: &str, body: Value) {
        assert_eq!(self.post(path, body.clone()).await["ok"], true, "{path} {body}");
    }

    /// What `find` finds in the state, as soon as it does.
    async fn until<T>(&self, what: &str, find: impl Fn(&Value) -> Option<T>) -> T {
        let mut seen = String::new();
        let look = async {
            loop {
                let url = format!("{}/api/state?seen={seen}", self.base);
                let state = self.send(http::Request::get(url), String::new()).await;
                if let Some(found) = find(&state) {
                    return found;
                }
                state["version"].as_str().unwrap().clone_into(&mut seen);
            }
        };
        match tokio::time::timeout(LIMIT, look).await {
            Ok(found) => found,
            Err(_) => {
                let state =
                    self.send(http::Request::get(format!("{}/api/state", self.base)), String::new()).await;
                panic!(
                    "{what} did not happen: {:#} {:#} {:#}",
                    state["requests"], state["queues"], state["views"]
                )
            }
        }
    }

    async fn ask(&self, project: &str, role: &str, duration: &str) {
        let form = json!({ "person": "U0DANA", "project": project, "role": role, "duration": duration,
            "justification": "look into payouts" });
        self.done("/api/ask", form).await;
    }

    /// Somebody presses the newest button of this name that they see.
    async fn press(&self, person: &str, action_id: &str) {
        let find = |state: &Value| {
            let messages = state["views"][person].as_array()?;
            let message = messages.iter().rev().find(|message| {
                let blocks = message["blocks"].as_array().into_iter().flatten();
                let mut elements = blocks.filter_map(|block| block["elements"].as_array()).flatten();
                elements.any(|element| element["action_id"] == action_id)
            })?;
            Some(json!({ "person": person, "channel": message["channel"], "ts": message["ts"],
                "action_id": action_id }))
        };
        let click = self.until(action_id, find).await;
        self.done("/api/click", click).await;
    }

    async fn sees(&self, person: &str, words: &str) {
        let find = |state: &Value| state["views"][person].to_string().contains(words).then_some(());
        self.until(&format!("{person} reads {words}"), find).await;
    }

    async fn has_status(&self, status: &str) {
        let find = |state: &Value| {
            state["requests"].as_array()?.iter().any(|request| request["status"] == status).then_some(())
        };
        self.until(status, find).await;
    }

    /// Moves the clock to just after what comes by itself.
    async fn move_to(&self, what: &str) {
        let find = |state: &Value| {
            let moments = state["clock"]["moments"].as_array()?;
            moments.iter().find(|moment| moment["what"] == what)?["at"].as_i64()
        };
        let at = self.until(&format!("the moment of {what}"), find).await;
        let seconds = at - self.system.aws.now().as_second() + 1;
        self.done("/api/clock", json!({ "seconds": seconds })).await;
    }
}

#[tokio::test]
async fn whoever_moves_the_clock_sees_what_takes_hours() {
    let page = Page::open().await;
    for seconds in [0, 8 * 24 * HOUR] {
        assert_eq!(page.post("/api/clock", json!({ "seconds": seconds })).await["ok"], false);
    }

    // A reminder, then others are asked, who decide.
    page.ask("oncall", "Logs", "8h").await;
    page.move_to("a reminder").await;
    page.sees("U0OWNER", "still waits for a decision").await;
    page.done("/api/clock", json!({ "seconds": HOUR })).await;
    page.move_to("others are asked").await;
    page.press("U0SECOND", "approve").await;
    page.has_status("ACTIVE").await;

    // A warning, and an extension of the same grant.
    page.move_to("the warning").await;
    page.sees("U0DANA", "ends").await;
    page.press("U0DANA", "extend").await;
    let form =
        page.until("the form", |state| state["forms"]["U0DANA"][0]["id"].as_str().map(str::to_owned)).await;
    let values = json!({ "duration_text": "2h", "justification": "one more hour" });
    page.done("/api/form/submit", json!({ "view_id": form, "values": values })).await;
    page.press("U0OWNER", "approve").await;
    page.sees("U0DANA", "extended your access").await;
    page.move_to("the end").await;
    page.has_status("EXPIRED").await;
    page.until("no user", |state| state["users"].as_array()?.is_empty().then_some(())).await;

    // What nobody claims, and what nobody decides.
    page.ask("website", "ClaimedKey", "2h").await;
    page.press("U0OWNER", "approve").await;
    page.has_status("READY").await;
    page.move_to("nobody has claimed it").await;
    page.has_status("LAPSED").await;
    page.ask("payments", "ReadOnly", "1h").await;
    page.has_status("PENDING").await;
    page.move_to("nobody has decided").await;
    page.until("nothing open", |state| {
        state["requests"].as_array()?.iter().all(|request| request["status"] != "PENDING").then_some(())
    })
    .await;

    // A session ends by AWS's own clock.
    page.ask("payments", "PowerUser", "30m").await;
    page.press("U0OWNER", "approve").await;
    page.until("a session", |state| (!state["sessions"].as_array()?.is_empty()).then_some(())).await;
    page.move_to("the end").await;
    page.until("no session", |state| state["sessions"].as_array()?.is_empty().then_some(())).await;
    page.system.stop().await;
}
