//! The page's routes, and the story that it tells, without a browser.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use testkit::system::System;

/// Far above what anything here takes.
const LIMIT: Duration = Duration::from_secs(30);

struct Page {
    base: String,
    client: Client<HttpConnector, Full<bytes::Bytes>>,
    system: Arc<System>,
}

impl Page {
    async fn open() -> Self {
        let system = System::start().await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(super::serve(Arc::clone(&system), listener, std::future::pending()));
        Self { base, client: Client::builder(TokioExecutor::new()).build_http(), system }
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        self.send(http::Request::get(format!("{}{path}", self.base)), String::new()).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let request =
            http::Request::post(format!("{}{path}", self.base)).header("content-type", "application/json");
        serde_json::from_str(&self.send(request, body.to_string()).await.1).unwrap()
    }

    async fn send(&self, request: http::request::Builder, body: String) -> (StatusCode, String) {
        let answer = self.client.request(request.body(Full::from(body)).unwrap()).await.unwrap();
        let status = answer.status();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    /// The state, as soon as `find` finds something in it.
    async fn until<T>(&self, what: &str, find: impl Fn(&Value) -> Option<T>) -> T {
        let mut seen = String::new();
        let look = async {
            loop {
                let state: Value =
                    serde_json::from_str(&self.get(&format!("/api/state?seen={seen}")).await.1).unwrap();
                if let Some(found) = find(&state) {
                    return found;
                }
                seen = state["version"].as_str().unwrap().to_owned();
            }
        };
        tokio::time::timeout(LIMIT, look).await.unwrap_or_else(|_| panic!("{what} did not happen"))
    }

    async fn ask(&self, role: &str, duration: &str) {
        let form = json!({ "person": "U0DANA", "project": "payments", "role": role, "duration": duration,
            "justification": "look into payouts" });
        assert_eq!(self.post("/api/ask", form).await, json!({ "ok": true }));
    }

    /// Presses the newest button of this name that Olivia sees.
    async fn press(&self, action_id: &str) {
        let (channel, ts) =
            self.until(action_id, |state| button(&state["views"]["U0OWNER"], action_id)).await;
        let click = json!({ "person": "U0OWNER", "channel": channel, "ts": ts, "action_id": action_id });
        assert_eq!(self.post("/api/click", click).await, json!({ "ok": true }));
    }

    async fn use_key(&self, mail: &str, action: &str) -> Value {
        self.post("/api/use-key", json!({ "mail_id": mail, "action": action })).await
    }
}

fn button(messages: &Value, action_id: &str) -> Option<(String, String)> {
    let message = messages.as_array()?.iter().rev().find(|message| {
        let has = |element: &Value| element["action_id"] == action_id;
        let blocks = message["blocks"].as_array().into_iter().flatten();
        blocks.filter_map(|block| block["elements"].as_array()).flatten().any(has)
    })?;
    Some((message["channel"].as_str()?.to_owned(), message["ts"].as_str()?.to_owned()))
}

fn mail_with_key(state: &Value) -> Option<String> {
    let mail = state["mails"].as_array()?.iter().find(|mail| !mail["access_key_id"].is_null())?;
    Some(mail["id"].as_str()?.to_owned())
}

fn has_status(state: &Value, status: &str) -> Option<()> {
    (state["requests"][0]["status"] == status).then_some(())
}

#[tokio::test]
async fn the_page_and_all_that_it_names_is_served_here() {
    let page = Page::open().await;
    let (status, html) = page.get("/").await;
    assert_eq!(status, StatusCode::OK);
    let app = page.get("/assets/app.js").await.1;
    let named = html
        .split('"')
        .chain(app.split('"'))
        .filter_map(|part| part.strip_prefix("/assets/").or_else(|| part.strip_prefix("./")));
    let named: Vec<&str> = named.collect();
    assert!(named.contains(&"slack.css") && named.contains(&"behind.js"), "{named:?}");
    for name in named {
        assert_eq!(page.get(&format!("/assets/{name}")).await.0, StatusCode::OK, "{name}");
    }
    assert_eq!(page.get("/assets/other.js").await.0, StatusCode::NOT_FOUND);
    assert!(!html.contains("https://"), "the page needs no internet");
    let foreign =
        http::Request::get(format!("{}/api/state", page.base)).header("origin", "http://example.com");
    assert_eq!(page.send(foreign, String::new()).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn access_is_asked_for_approved_used_and_ends() {
    let page = Page::open().await;
    page.ask("ReadOnly", "10s").await;
    page.until("the request", |state| has_status(state, "PENDING")).await;
    page.press("approve").await;
    let mail = page.until("the mail", mail_with_key).await;
    page.until("the grant", |state| has_status(state, "ACTIVE")).await;

    let identity = page.use_key(&mail, "sts:GetCallerIdentity").await;
    assert_eq!(identity["allowed"], true, "{identity}");
    assert!(identity["message"].as_str().unwrap().contains(":user/keylease/keylease-"));
    assert_eq!(page.use_key(&mail, "dynamodb:ListTables").await["allowed"], true);
    assert_eq!(page.use_key(&mail, "sqs:CreateQueue").await["code"], "AccessDenied");
    assert_eq!(page.use_key(&mail, "iam:CreateUser").await["code"], "AccessDenied");

    page.until("the end", |state| has_status(state, "EXPIRED")).await;
    page.until("no user", |state| state["users"].as_array()?.is_empty().then_some(())).await;
    assert_eq!(page.use_key(&mail, "sts:GetCallerIdentity").await["code"], "InvalidClientTokenId");
    page.system.stop().await;
}

#[tokio::test]
async fn a_session_that_is_ended_early_is_denied_everything() {
    let page = Page::open().await;
    page.ask("PowerUser", "15m").await;
    page.press("approve").await;
    let mail = page.until("the mail", mail_with_key).await;
    assert_eq!(page.use_key(&mail, "sqs:CreateQueue").await["allowed"], true);
    page.press("revoke").await;
    page.until("the end", |state| has_status(state, "REVOKED")).await;
    // The record says so first; the job that denies the session follows by the queue.
    page.until("the deny", |state| state["sessions"][0]["denied"].as_bool()?.then_some(())).await;
    let refused = page.use_key(&mail, "sqs:ListQueues").await;
    assert_eq!(refused["code"], "AccessDenied");
}

#[tokio::test]
async fn a_refusal_is_shown_as_the_ingress_words_it() {
    let page = Page::open().await;
    let form = json!({ "person": "", "project": "payments", "role": "ReadOnly", "duration": "1m" });
    let answer = page.post("/api/ask", form).await;
    assert_eq!(answer["ok"], false);
    assert!(answer["message"].as_str().unwrap().contains("user_id"), "{answer}");
}

#[tokio::test]
async fn somebody_asks_by_the_apps_form_and_an_approver_says_why_not() {
    let page = Page::open().await;
    let ok = json!({ "ok": true });
    assert_eq!(page.post("/api/form/open", json!({ "person": "U0DANA" })).await, ok);
    let offers = |person: &'static str, wanted: &'static str| {
        move |state: &Value| {
            let form = state["forms"][person].as_array()?.last()?.clone();
            form["view"].to_string().contains(wanted).then_some(form)
        }
    };
    let form = page.until("projects", offers("U0DANA", "website")).await;
    let id = form["id"].as_str().unwrap();
    let chosen = json!({ "view_id": id, "field": "project", "value": "payments" });
    assert_eq!(page.post("/api/form/choose", chosen).await, ok);
    page.until("roles", offers("U0DANA", "PowerUser")).await;
    let values =
        json!({ "project": "payments", "role": "ReadOnly", "duration": "1h", "duration_text": "9 days" });
    assert_eq!(page.post("/api/form/submit", json!({ "view_id": id, "values": values })).await, ok);
    let wrong = page.until("a fault", |state| {
        state["forms"]["U0DANA"][0]["errors"]["duration_text"].as_str().map(str::to_owned)
    });
    assert!(wrong.await.contains("8 hours"));
    let values = json!({ "project": "payments", "role": "ReadOnly", "duration": "1h" });
    assert_eq!(page.post("/api/form/submit", json!({ "view_id": id, "values": values })).await, ok);
    page.press("deny_reason").await;
    let form = page.until("the approver's form", offers("U0OWNER", "deny_reason")).await;
    let denial = json!({ "view_id": form["id"], "values": { "reason": "not today" } });
    assert_eq!(page.post("/api/form/submit", denial).await, ok);
    page.until("the denial", |state| {
        state["views"]["U0DANA"].to_string().contains("not today").then_some(())
    })
    .await;
    let closed = page.until("no form", |state| Some(state["forms"]["U0DANA"].as_array()?.is_empty())).await;
    assert!(closed);
}
