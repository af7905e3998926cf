//! The routes of claims: what a machine is answered, and that what is not open looks like what never was.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use sealing::{Delivery, PrivateKey, code, sign_renewal};
use serde_json::{Value, json};
use testkit::aws::{Fault, Service};

use crate::{NeverArrives, Stage, post};

const CLAIM: &str = "AAAAAAAAAAAAAAAAAAAAAA";

impl Stage {
    async fn put_claim(&self, more: Value) {
        let now = service::clock::now();
        let mut item = json!({"claim_id": CLAIM, "request_id": "r-0", "expires": now.0 + 600, "version": 1,
            "closed": false, "deliveries": {}});
        let (Value::Object(item_fields), Value::Object(more)) = (&mut item, more) else { panic!("maps") };
        item_fields.extend(more);
        self.aws.put("keylease-claims", &item).await;
    }

    async fn claim(&self, id: &str, body: &Value) -> (StatusCode, Value) {
        let request = post(&format!("/claims/{id}")).body(Body::from(body.to_string())).unwrap();
        let (status, body) = self.send(request).await;
        (status, serde_json::from_str(&body).unwrap())
    }

    async fn look(&self, path: &str) -> (StatusCode, Value) {
        let (status, body) = self.send(Request::get(path).body(Body::empty()).unwrap()).await;
        (status, serde_json::from_str(&body).unwrap_or_default())
    }
}

fn machine() -> (PrivateKey, Value) {
    let key = PrivateKey::generate();
    let body = json!({"public_key": key.public().to_base64url(), "label": " dana's\tlaptop\u{0007} "});
    (key, body)
}

#[tokio::test]
async fn a_machine_that_asks_gets_a_delivery_and_the_code_that_slack_will_ask_about() {
    let stage = Stage::new().await;
    stage.put_claim(json!({})).await;
    let (key, body) = machine();
    let (status, answer) = stage.claim(CLAIM, &body).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    let id = answer["delivery_id"].as_str().unwrap();
    let of = Delivery { claim_id: CLAIM, delivery_id: id };
    assert_eq!(answer["code"], code(&key.public(), of));
    let [job] = stage.queued("provision").try_into().unwrap();
    assert_eq!((&job["job"], &job["label"]), (&json!("claim"), &json!("dana's laptop")));
    assert_eq!((&job["request_id"], &job["delivery_id"]), (&json!("r-0"), &json!(id)));
    // No worker has stored it yet, and it is known all the same; one that was made up is not.
    let (status, answer) = stage.look(&format!("/claims/{CLAIM}/{id}")).await;
    assert_eq!((status, answer), (StatusCode::OK, json!({"state": "waiting"})));
    assert_eq!(stage.look(&format!("/claims/{CLAIM}/{}", "A".repeat(48))).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_not_open_looks_like_what_never_was() {
    let stage = Stage::new().await;
    let (_, body) = machine();
    let never = stage.claim(CLAIM, &body).await;
    assert_eq!(never.0, StatusCode::NOT_FOUND);
    for malformed in ["a%20b", "%00", "%FF", &"x".repeat(300), "-"] {
        assert_eq!(stage.claim(malformed, &body).await, never, "{malformed}");
    }
    let now = service::clock::now().0;
    for over in [json!({"expires": now}), json!({"closed": true}), json!({"confirmed": "d"})] {
        stage.put_claim(over.clone()).await;
        assert_eq!(stage.claim(CLAIM, &body).await, never, "{over}");
    }
    assert!(stage.nothing_is_queued());
    let looked_up = stage.aws.calls().iter().filter(|call| call.operation == "GetItem").count();
    assert_eq!(looked_up, 9, "each id is looked up, so that none is told from another by its time");
}

#[tokio::test]
async fn five_machines_may_ask_and_no_sixth() {
    let stage = Stage::new().await;
    stage.put_claim(json!({})).await;
    for number in 0..6 {
        let (status, answer) = stage.claim(CLAIM, &machine().1).await;
        let expected = if number < 5 { StatusCode::ACCEPTED } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(status, expected, "{number}");
        assert_eq!(status == StatusCode::ACCEPTED, answer["error"].is_null(), "{answer}");
    }
    assert_eq!(stage.queued("provision").len(), 5);
}

#[tokio::test]
async fn what_is_wrong_is_named_by_its_field() {
    let stage = Stage::new().await;
    stage.put_claim(json!({})).await;
    let key = machine().1["public_key"].clone();
    for (body, field) in [
        (json!({"label": "l"}), "public_key"),
        (json!({"public_key": "AAAA", "label": "l"}), "public_key"),
        (json!({"public_key": 7, "label": "l"}), "public_key"),
        (json!({"public_key": "A".repeat(5_000), "label": "l"}), "public_key"),
        (json!({"public_key": key}), "label"),
        (json!({"public_key": key, "label": "\u{200B}\n"}), "label"),
        (json!({"public_key": key, "label": "x".repeat(61)}), "label"),
        (json!({"public_key": key, "label": ["l"]}), "label"),
    ] {
        let (status, answer) = stage.claim(CLAIM, &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert!(answer["error"].as_str().unwrap().contains(&format!("`{field}`")), "{answer}");
    }
    for body in ["", "[]", "nonsense"] {
        let request = post(&format!("/claims/{CLAIM}")).body(Body::from(body)).unwrap();
        assert_eq!(stage.send(request).await.0, StatusCode::BAD_REQUEST, "{body}");
    }
    let large = post(&format!("/claims/{CLAIM}")).body(Body::from("x".repeat(300 * 1024))).unwrap();
    assert_eq!(stage.send(large).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(stage.nothing_is_queued());
}

#[tokio::test]
async fn a_delivery_is_handed_out_when_it_is_there_and_not_after_the_end() {
    let stage = Stage::new().await;
    let path = format!("/claims/{CLAIM}/d");
    let delivery = |state: &str| json!({"d": {"state": state, "public_key": "BA", "label": "l", "asked_at": 1, "enc": "E", "ciphertext": "C"}});
    for (more, answer) in [
        (json!({"deliveries": delivery("waiting")}), json!({"state": "waiting"})),
        (json!({"deliveries": delivery("refused")}), json!({"state": "refused"})),
        (json!({"deliveries": delivery("over")}), json!({"state": "over"})),
        // A state of a newer worker's, which this ingress cannot tell.
        (json!({"deliveries": delivery("postponed")}), json!({"state": "waiting"})),
        (json!({"deliveries": delivery("postponed"), "closed": true}), json!({"state": "over"})),
        (
            json!({"deliveries": delivery("ready"), "confirmed": "d"}),
            json!({"state": "ready", "enc": "E", "ciphertext": "C"}),
        ),
        (json!({"deliveries": delivery("ready"), "closed": true}), json!({"state": "over"})),
        (json!({"deliveries": delivery("ready"), "expires": 7}), json!({"state": "over"})),
        (
            json!({"renewals": delivery("ready"), "confirmed": "e"}),
            json!({"state": "ready", "enc": "E", "ciphertext": "C"}),
        ),
    ] {
        stage.put_claim(more.clone()).await;
        let (status, mut found) = stage.look(&path).await;
        let until = found.as_object_mut().unwrap().remove("expires_at").and_then(|until| until.as_i64());
        assert_eq!((status, &found), (StatusCode::OK, &answer), "{more}");
        let is_later = until.is_some_and(|until| until > service::clock::now().0);
        assert_eq!(is_later, answer["state"] == "ready", "it says until when: {more}");
    }
}

#[tokio::test]
async fn the_machine_renews_by_its_signature_alone() {
    let stage = Stage::new().await;
    let (key, body) = machine();
    let ready = json!({"d": {"state": "ready", "public_key": body["public_key"], "label": "l", "asked_at": 1,
        "enc": "E", "ciphertext": "C"}});
    stage.put_claim(json!({"deliveries": ready, "confirmed": "d"})).await;
    let of = Delivery { claim_id: CLAIM, delivery_id: "d" };
    let renew = async |by: &PrivateKey, at: i64| {
        let body = json!({"requested_at": at, "signature": sign_renewal(by, of, at).unwrap()});
        let request =
            post(&format!("/claims/{CLAIM}/d/renewals")).body(Body::from(body.to_string())).unwrap();
        stage.send(request).await
    };
    let now = service::clock::now().0;
    assert_eq!(renew(&PrivateKey::generate(), now).await.0, StatusCode::BAD_REQUEST);
    for late in [now - 305, now + 305] {
        let (status, answer) = renew(&key, late).await;
        assert!(status == StatusCode::BAD_REQUEST && answer.contains("requested_at"), "{answer}");
    }
    assert!(stage.nothing_is_queued());
    assert_eq!(renew(&key, now).await.0, StatusCode::ACCEPTED);
    assert_eq!(stage.queued("provision")[0]["job"], "renew_claim");
    let (status, answer) = renew(&key, now).await;
    assert!(status == StatusCode::TOO_MANY_REQUESTS && answer.contains("2 seconds"), "{answer}");
    stage.put_claim(json!({"deliveries": {}, "closed": true})).await;
    assert_eq!(renew(&key, now).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_page_is_served_with_a_policy_that_names_its_own_script() {
    let stage = Stage::new().await;
    let request = Request::get("/claim/whatever").body(Body::empty()).unwrap();
    let response = tower::ServiceExt::oneshot(stage.router.clone(), request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert!(header("content-security-policy").starts_with("default-src 'none'; script-src 'sha256-"));
    assert_eq!(
        (header("cache-control"), header("referrer-policy")),
        ("no-store".into(), "no-referrer".into())
    );
    assert_eq!(header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn where_nothing_can_be_claimed_the_routes_are_not_there() {
    let stage = Stage::opened(None, false).await;
    for path in ["/claim/x".to_owned(), format!("/claims/{CLAIM}/d")] {
        assert_eq!(stage.look(&path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(stage.claim(CLAIM, &machine().1).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_table_that_does_not_answer_is_no_missing_claim() {
    let stage = Stage::new().await;
    stage.put_claim(json!({})).await;
    stage.aws.inject(|call| (call.service == Service::DynamoDb).then_some(Fault::Unreached));
    assert_eq!(stage.claim(CLAIM, &machine().1).await.0, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn when_many_claim_at_once_nobody_is_told_that_they_asked_too_often() {
    let stage = Stage::new().await;
    let path = format!("/claims/{CLAIM}/d");
    // Nobody polls them again, so they stay in work, however long the machine takes.
    let mut in_work = Vec::new();
    for _ in 0..1_000 {
        let asking = post(&format!("/claims/{CLAIM}")).body(Body::new(NeverArrives)).unwrap();
        let mut asking = Box::pin(stage.send(asking));
        if tokio::time::timeout(Duration::ZERO, &mut asking).await.is_ok() {
            break;
        }
        in_work.push(asking);
    }
    assert_eq!(in_work.len(), 64);
    let (status, answer) = stage.look(&path).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer["error"], "too many claim at this moment; try again in a few seconds");
    in_work.pop();
    assert_eq!(stage.look(&path).await.0, StatusCode::NOT_FOUND);
}
