//! Claimers that are nearly right, or not right at all, at the real ingress: what means one thing only is taken, and everything
//! else is refused by its field, with nothing queued.

use endpoint::{Stage, http};
use serde_json::{Value, json};

/// Two points of the curve.
const KEY: &str = "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU";
const OTHER_KEY: &str =
    "BAsz-dRBkS8IQ68jHSbTVi5bZ8eLCrf2fbwdDLeFwJNXZjq7PURTnueB6EYubADYblrQtomWauB1OQVAO6CsxTw";

/// What is nearly right, the headers, and the body.
type Case<'a> = (&'a str, Vec<(&'a str, &'a str)>, String);

/// An open claim of its own for each case: five machines may ask by one.
async fn open_claim(stage: &Stage, number: usize) -> String {
    let id = format!("AAAAAAAAAAAAAAAAAAA{number:03}");
    let expires = endpoint::payload::now() + 600;
    let claim = json!({ "claim_id": id, "request_id": "r-0", "expires": expires, "version": 1, "closed": false,
        "deliveries": {} });
    stage.cloud.add_claim(&claim).await;
    id
}

fn error(answer: &http::Answer) -> String {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    body["error"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_claimer_can_only_have_meant_is_taken() {
    let stage = Stage::ingress_alone(&[]).await;
    let asked = json!({ "public_key": KEY, "label": "a laptop" }).to_string();
    let json_type = ("Content-Type", "application/json");
    let cases: [Case; 9] = [
        ("as it should be", vec![json_type], asked.clone()),
        ("no type", vec![], asked.clone()),
        ("another type", vec![("Content-Type", "text/plain")], asked.clone()),
        ("a form's type", vec![("Content-Type", "application/x-www-form-urlencoded")], asked.clone()),
        (
            "signed by nobody",
            vec![("Authorization", "Bearer nonsense"), ("X-Slack-Signature", "v0=0")],
            asked.clone(),
        ),
        ("a byte order mark", vec![json_type], format!("\u{FEFF}{asked}")),
        ("padding", vec![json_type], json!({ "public_key": format!("{KEY}="), "label": "l" }).to_string()),
        (
            "more fields",
            vec![json_type],
            json!({ "public_key": KEY, "label": "l", "request_id": "r-1", "code": "AAA-AAA" }).to_string(),
        ),
        (
            "a label that means something in Slack",
            vec![json_type],
            json!({ "public_key": KEY, "label": "<!here> *x* &amp;" }).to_string(),
        ),
    ];
    let number_of_cases = cases.len();
    for (number, (what, headers, body)) in cases.into_iter().enumerate() {
        let id = open_claim(&stage, number).await;
        let path = format!("/claims/{id}");
        let answer = http::send(&stage.ingress_url, "POST", &path, &headers, body.as_bytes()).await;
        assert_eq!(answer.status, 202, "{what}: {}", answer.body);
        let answer: Value = serde_json::from_str(&answer.body).unwrap();
        let delivery = answer["delivery_id"].as_str().unwrap();
        assert_eq!(answer["code"].as_str().unwrap().len(), 7, "{what}");
        let found = http::get(&stage.ingress_url, &format!("{path}/{delivery}")).await;
        assert_eq!((found.status, found.body.as_str()), (200, r#"{"state":"waiting"}"#), "{what}");
    }
    assert_eq!(stage.cloud.queued().await, number_of_cases);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_mean_two_things_or_none_is_refused_by_its_field() {
    let stage = Stage::ingress_alone(&[]).await;
    let id = open_claim(&stage, 0).await;
    let path = format!("/claims/{id}");
    let standard = KEY.replace('-', "+").replace('_', "/");
    let compressed = format!("A{}", &KEY[1..44]);
    let raw_point = &KEY[2..];
    let with = |key: &str| json!({ "public_key": key, "label": "l" }).to_string();
    for (body, says) in [
        (format!(r#"{{"public_key":"{KEY}","public_key":"{OTHER_KEY}","label":"l"}}"#), "`public_key`"),
        (format!(r#"{{"public_key":"{KEY}","label":"mine","label":"yours"}}"#), "`label`"),
        (format!(r#"{{"public_key":"{KEY}","\u006cabel":"mine","label":"yours"}}"#), "`label`"),
        (with(&standard), "`public_key`"),
        (with(&compressed), "`public_key`"),
        (with(raw_point), "`public_key`"),
        (with(&format!(" {KEY}")), "`public_key`"),
        (with(&format!("{}\n{}", &KEY[..40], &KEY[40..])), "`public_key`"),
        (with("-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----"), "`public_key`"),
        (with(&"A".repeat(87)), "`public_key`"),
        (json!({ "public_key": { "kty": "EC", "crv": "P-256" }, "label": "l" }).to_string(), "`public_key`"),
        (json!({ "public_key": null, "label": "l" }).to_string(), "`public_key`"),
        (json!({ "publicKey": KEY, "label": "l" }).to_string(), "`public_key`"),
        (json!({ "label": "l" }).to_string(), "`public_key`"),
        (json!({ "public_key": KEY }).to_string(), "`label`"),
        (json!({ "public_key": KEY, "label": null }).to_string(), "`label`"),
        (json!({ "public_key": KEY, "label": 7 }).to_string(), "`label`"),
        (json!([{ "public_key": KEY, "label": "l" }]).to_string(), "JSON object"),
        (format!("public_key={KEY}&label=l"), "not JSON"),
        (format!("{}{}", "[".repeat(5_000), "]".repeat(5_000)), "JSON"),
    ] {
        let answer = http::send(&stage.ingress_url, "POST", &path, &[], body.as_bytes()).await;
        assert_eq!(answer.status, 400, "{body:.200}: {}", answer.body);
        assert!(error(&answer).contains(says), "{body:.200}: {}", answer.body);
    }
    let large = json!({ "public_key": KEY, "label": "x".repeat(256 * 1024) }).to_string();
    assert_eq!(http::send(&stage.ingress_url, "POST", &path, &[], large.as_bytes()).await.status, 413);
    assert_eq!(stage.cloud.queued().await, 0);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_and_paths_of_odd_shape_open_nothing() {
    let stage = Stage::ingress_alone(&[]).await;
    let id = open_claim(&stage, 0).await;
    let body = json!({ "public_key": KEY, "label": "l" }).to_string();
    let post = async |path: &str| http::send(&stage.ingress_url, "POST", path, &[], body.as_bytes()).await;
    let never = post("/claims/BBBBBBBBBBBBBBBBBBBBBB").await;
    assert_eq!(never.status, 404, "{}", never.body);
    let lower = id.to_lowercase();
    for odd in [
        lower.as_str(),
        "%20",
        &format!("{id}%20"),
        &format!("{id}%00"),
        &format!("{id}%2F"),
        "..%2F..",
        "*",
        "%F0%9F%98%80",
        &"A".repeat(8_000),
    ] {
        let answer = post(&format!("/claims/{odd}")).await;
        assert_eq!((answer.status, &answer.body), (404, &never.body), "{odd:.100}");
    }
    // An id may be written with escapes, as any path.
    let escaped = format!("/claims/%41{}", &id[1..]);
    assert_eq!(post(&escaped).await.status, 202);
    for (method, path, status) in [
        ("POST", format!("/claims/{id}/"), 404),
        ("POST", "/claims/".to_owned(), 404),
        ("POST", "/claims".to_owned(), 404),
        ("GET", format!("/claims/{id}/x/"), 404),
        ("GET", format!("/claims/{id}/x"), 404),
        ("GET", format!("/claims/{id}/{}", "A".repeat(8_000)), 404),
        ("POST", format!("/claims/{id}/x/renewals/"), 404),
        ("OPTIONS", format!("/claims/{id}"), 405),
        ("OPTIONS", format!("/claims/{id}/x"), 405),
        ("PATCH", format!("/claims/{id}"), 405),
        ("HEAD", format!("/claims/{id}/x"), 404),
        ("GET", format!("/claim/{id}/"), 200),
        ("GET", format!("/claim/{id}?from=slack"), 200),
        ("OPTIONS", format!("/claim/{id}"), 405),
        ("GET", "/claim/".to_owned(), 404),
        ("GET", "/claim".to_owned(), 404),
    ] {
        let answer = http::send(&stage.ingress_url, method, &path, &[], b"").await;
        assert_eq!(answer.status, status, "{method} {path:.100}: {}", answer.body);
    }
    assert_eq!(stage.cloud.queued().await, 1, "by the escaped id alone");
    stage.close().await;
}
