//! A credential is claimed over sockets: by another implementation of HPKE, in Python, and by `keylease`.

use std::path::PathBuf;

use endpoint::catalogue::{DANA, OLIVIA, POWER_ROLE, power_role_arn, read_only};
use endpoint::key::Key;
use endpoint::stage::words;
use endpoint::{PATIENCE, Program, Stage, eventually, settings};
use serde_json::{Value, json};
use testkit::federation::FederationEndpoint;
use testkit::program::Program as Process;

/// What a claimer calls its machine.
pub(crate) const LABEL: &str = "the test's machine";

/// A stage whose project `vault` has roles that are claimed.
async fn stage(sign_in_url: &str) -> Stage {
    stage_with(("AWS_SIGNIN_URL", sign_in_url)).await
}

/// The same, whose programs have this variable besides.
pub(crate) async fn stage_with(variable: (&str, &str)) -> Stage {
    let stage = Stage::open_with(&[variable]).await;
    let mut key = read_only();
    key["delivery"] = "claim".into();
    let session = json!({ "kind": "session", "role_arn": power_role_arn(&stage.cloud.account),
        "max_duration": "8h", "delivery": "claim" });
    let roles = json!({ "Key": key, "Session": session });
    let vault = json!({ "project": "vault", "owner_slack_id": OLIVIA, "roles": roles });
    stage.cloud.add_project(&vault).await;
    stage
}

/// Dana asks for a role and Olivia approves; the request's id, and the link that Dana gets.
pub(crate) async fn link(stage: &Stage, role: &str) -> (String, String) {
    let id = stage.asked_and_approved(DANA, "vault", role, "2h").await;
    let told = stage.expect_message(DANA, &["keylease claim http", role]).await;
    let told = words(&told);
    let (_, rest) = told.split_once("keylease claim ").expect("a link");
    let link = rest.split(|c: char| !c.is_ascii_alphanumeric() && !"-_:/.".contains(c)).next();
    (id, link.expect("a link").to_owned())
}

/// Waits until the claimer has shown its code, and confirms it where Slack shows the same.
async fn confirm(stage: &Stage, said: impl Fn() -> String) {
    let code = eventually("a code", PATIENCE, async || {
        said().split_whitespace().find(|word| is_code(word)).map(str::to_owned)
    })
    .await;
    let asked = stage.message_with("confirm_claim").await;
    let question = words(&asked);
    assert!(question.contains(&code) && question.contains(LABEL), "{code}: {question}");
    stage.click(DANA, &asked, "confirm_claim").await;
}

pub(crate) fn is_code(word: &str) -> bool {
    word.len() == 7
        && word.bytes().enumerate().all(|(at, b)| if at == 3 { b == b'-' } else { b.is_ascii_uppercase() })
}

/// The credentials that a claimer printed, one a line.
pub(crate) fn credentials(said: &str) -> Vec<Value> {
    said.lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

pub(crate) fn key(credential: &Value) -> Key {
    let part = |name: &str| credential[name].as_str().map(str::to_owned);
    Key {
        id: part("AccessKeyId").unwrap(),
        secret: part("SecretAccessKey").unwrap(),
        token: part("SessionToken"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_implementation_claims_a_session_and_renews_it() {
    let federation = FederationEndpoint::start().await.unwrap();
    let stage = stage(&federation.url).await;
    let (id, link) = link(&stage, "Session").await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/claimer/claim.py");
    let log = settings::logs().join(format!("claimer-{}.log", std::process::id()));
    let arguments = [script, &link, LABEL, "1"];
    let mut claimer =
        Process::start("python", &python(), &arguments, &Vec::new(), log).expect("Python starts");
    confirm(&stage, || claimer.output()).await;
    let ended = claimer.ended(PATIENCE).await.unwrap_or_else(|unfit| panic!("{unfit}: {}", claimer.output()));
    assert!(ended.success(), "{}", claimer.output());
    let printed = credentials(&claimer.output());
    assert_eq!(printed.len(), 2, "{}", claimer.output());
    assert_ne!(printed[0]["SessionToken"], printed[1]["SessionToken"], "the second is another session");
    let session = format!("arn:aws:sts::{}:assumed-role/{POWER_ROLE}/keylease-{id}", stage.cloud.account);
    for credential in &printed {
        assert_eq!(key(credential).identity().await, Ok(session.clone()));
    }
    assert!(stage.cloud.mails().await.is_empty(), "nothing is mailed");
    let console = printed[0]["console_url"].as_str().expect("a link to the console");
    assert!(console.starts_with(&format!("{}/federation?Action=login&", federation.url)), "{console}");
    assert_eq!(federation.sessions().len(), 1);
    assert!(!stage.close().await.contains("SigninToken"), "the link is in no log");
    claimer.forget();
}

#[tokio::test(flavor = "multi_thread")]
async fn keylease_claims_a_key_with_nothing_in_its_environment() {
    let stage = stage("").await;
    let (id, link) = link(&stage, "Key").await;
    let mut claimer =
        Program::start_with("keylease", &["claim", &link, "--json", "--label", LABEL], &Vec::new());
    assert!(stage.cloud.access_keys(&format!("keylease-{id}")).await.is_empty(), "no key before the click");
    confirm(&stage, || claimer.output()).await;
    assert!(claimer.ended().await.success(), "{}", claimer.output());
    let printed = credentials(&claimer.output());
    let user = format!("arn:aws:iam::{}:user/keylease/keylease-{id}", stage.cloud.account);
    assert_eq!(key(&printed[0]).identity().await, Ok(user));
    let again = Program::start_with("keylease", &["claim", &link, "--json"], &Vec::new()).ended().await;
    assert_eq!(again.code(), Some(1), "a link serves once");
    stage.close().await;
}

/// The interpreter beside the emulator, which has what the claimer needs.
fn python() -> PathBuf {
    settings::emulator_program().with_file_name("python")
}
