//! What is claimed, and where it is written.

use sealing::Delivery;
use serde_json::Value;

#[cfg(unix)]
use super::mode;
use super::server::CLAIM;
use super::{Machine, NOW, key, session, with};

#[tokio::test]
async fn a_key_goes_into_awss_own_file_and_nowhere_else() {
    let (machine, claims) = with(key()).await;
    let ran = machine.keylease(&["claim", &claims.link(), "--profile", "work"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert_eq!(
        machine.read(".aws/credentials"),
        "[work]\naws_access_key_id = AKIAKEYLEASE\naws_secret_access_key = key-secret/+\n"
    );
    assert_eq!(machine.read(".aws/config"), "");
    for (path, text) in machine.files() {
        let is_awss = path == machine.path(".aws/credentials");
        assert!(is_awss || !text.contains("key-secret"), "{}", path.display());
        assert!(!text.contains("private_key"), "{}", path.display());
    }
    assert!(ran.out.contains("until 2026-11-28 15:00:00 UTC (in 2h)"), "{}", ran.out);
    assert!(ran.out.contains("AWS_PROFILE=work") && !ran.shown().contains("key-secret"), "{}", ran.shown());
}

#[tokio::test]
async fn the_code_is_of_this_machines_key_and_slack_is_what_to_do_next() {
    let (machine, claims) = with(key()).await;
    let ran = machine.keylease(&["claim", &claims.link(), "--label", "  my\tlaptop "]).await;
    let inner = claims.inner();
    let (id, key) = inner.deliveries.iter().next().unwrap();
    let code = sealing::code(key, Delivery { claim_id: CLAIM, delivery_id: id });
    assert!(ran.err.contains(&format!("Code: {code}\n")), "{}", ran.err);
    assert!(ran.err.contains("Slack asks you") && ran.err.contains("\"my laptop\""), "{}", ran.err);
    assert_eq!(inner.labels, ["my laptop"]);
}

#[tokio::test]
async fn a_session_is_a_command_that_has_its_credential_in_a_private_file() {
    let (machine, claims) = with(session(NOW + 3_600)).await;
    machine.write(".aws/config", "[profile other]\nregion = eu-west-1");
    let ran = machine.keylease(&["claim", &claims.link(), "--profile", "work"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert_eq!(machine.read(".aws/credentials"), "");
    let config = machine.read(".aws/config");
    let line = config.lines().last().unwrap();
    assert!(config.starts_with("[profile other]\nregion = eu-west-1\n\n[profile work]\n"), "{config}");
    assert!(line.starts_with("credential_process = ") && line.ends_with(" credentials work"), "{config}");
    let kept = machine.read(".config/keylease/profiles/work.json");
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept["session"]["credential"], session(NOW + 3_600));
    assert!(ran.out.contains("renewed until the grant ends"), "{}", ran.out);
}

#[cfg(unix)]
#[tokio::test]
async fn only_this_person_can_read_what_is_written() {
    for credential in [key(), session(NOW + 3_600)] {
        let (machine, claims) = with(credential).await;
        machine.write(".aws/config", "[default]\n");
        machine.write(".aws/credentials", "[default]\n");
        let ran = machine.keylease(&["claim", &claims.link()]).await;
        assert_eq!(ran.status, 0, "{}", ran.shown());
        let kept = machine.path(".config/keylease/profiles");
        assert_eq!((mode(&kept), mode(&kept.join("keylease.json"))), (0o700, 0o600));
        let written = if machine.read(".aws/credentials").len() > 10 { "credentials" } else { "config" };
        assert_eq!(mode(&machine.path(".aws").join(written)), 0o600);
        let left: Vec<_> = machine.files().into_iter().map(|(path, _)| path).collect();
        assert!(!left.iter().any(|path| path.to_str().unwrap().contains("/.aws/.")), "{left:?}");
    }
}

#[tokio::test]
async fn json_is_all_that_standard_output_has_and_no_file_is_written() {
    let (mut machine, claims) = with(session(NOW + 3_600)).await;
    machine.variables.clear();
    let ran = machine.keylease(&["claim", &claims.link(), "--json"]).await;
    assert_eq!((ran.status, ran.json()), (0, session(NOW + 3_600)), "{}", ran.shown());
    assert!(ran.err.contains("Code: "), "{}", ran.err);
    assert!(machine.files().is_empty());
    let (machine, claims) = with(key()).await;
    assert_eq!(machine.keylease(&["claim", &claims.link(), "--json"]).await.json(), key());
}

#[tokio::test]
async fn each_claim_without_a_name_gets_one_that_is_free() {
    let (machine, claims) = with(key()).await;
    machine.write(".aws/config", "[profile keylease-2]\nrole_arn = arn:aws:iam::111122223333:role/mine\n");
    for name in ["keylease", "keylease-3"] {
        let ran = machine.keylease(&["claim", &claims.link()]).await;
        assert!(ran.out.contains(&format!("`{name}`")), "{}", ran.shown());
    }
    machine.pass(7_200);
    let ran = machine.keylease(&["claim", &claims.link()]).await;
    assert!(ran.out.contains("`keylease`"), "what is over makes room: {}", ran.shown());
    for name in ["keylease", "keylease-3"] {
        machine.write(&format!(".config/keylease/profiles/{name}.json"), "{");
    }
    let ran = machine.keylease(&["claim", &claims.link()]).await;
    assert!(ran.out.contains("`keylease-4`"), "what cannot be read is left alone: {}", ran.shown());
}

#[tokio::test]
async fn looks_that_fail_in_passing_are_made_again() {
    let (machine, claims) = with(key()).await;
    claims.inner().waits = 0;
    let line = ["claim", &claims.link(), "--profile", "work"];
    let err = crate::stage::Written::default();
    let failing = async {
        err.after("Code").await;
        claims.inner().failing.extend([503, 500, 429]);
    };
    let (ran, ()) = tokio::join!(machine.watched(&line, err.clone()), failing);
    assert_eq!(ran.status, 0, "{}", ran.shown());
}

#[test]
fn a_machine_has_no_variable_of_aws() {
    assert!(Machine::new().variables.keys().all(|name| !name.starts_with("AWS")));
}
