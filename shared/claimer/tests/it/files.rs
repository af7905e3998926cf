//! AWS's files: what is in them besides stays as it is, and what is not Keylease's is not replaced.

use super::{NOW, claimed, key, session, with};

const MINE: &str = "# mine\r\n[work]\r\naws_access_key_id=AKIAMINE\r\naws_secret_access_key=mine\r\nregion=eu-west-1\r\n[other]\r\naws_access_key_id=AKIAOTHER";

#[tokio::test]
async fn a_profile_of_somebody_else_is_refused_before_anything_is_asked() {
    for (path, text) in [
        (".aws/credentials", MINE),
        (".aws/config", "[profile work]\nrole_arn = arn:aws:iam::111122223333:role/mine\n"),
        (".aws/config", "[profile \"work\"]\nsso_session = mine\n"),
        (".aws/config", "[profile work]\ncredential_process = /opt/theirs credentials work\n"),
        (".aws/config", "[profile work]\ncredential_process = keylease credentials work\n"),
    ] {
        let (machine, claims) = with(key()).await;
        machine.write(path, text);
        let ran = machine.keylease(&["claim", &claims.link(), "--profile", "work"]).await;
        assert_eq!((ran.status, claims.inner().asks), (1, 0), "{text}: {}", ran.shown());
        assert!(ran.err.contains(path) && ran.err.contains("--force"), "{}", ran.err);
        assert_eq!(machine.read(path), text);
    }
}

#[tokio::test]
async fn by_force_its_credentials_are_replaced_and_everything_else_stays() {
    let (machine, claims) = with(key()).await;
    machine.write(".aws/credentials", MINE);
    machine.write(
        ".aws/config",
        "[profile work]\nsso_session = mine\noutput = json\n[sso-session mine]\nx = 1\n",
    );
    let ran = machine.keylease(&["claim", &claims.link(), "--profile", "work", "--force"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    let ours = MINE.replace("aws_access_key_id=AKIAMINE\r\naws_secret_access_key=mine\r\n", "").replace(
        "[work]\r\n",
        "[work]\r\naws_access_key_id = AKIAKEYLEASE\r\naws_secret_access_key = key-secret/+\r\n",
    );
    assert_eq!(machine.read(".aws/credentials"), ours);
    assert_eq!(machine.read(".aws/config"), "[profile work]\noutput = json\n[sso-session mine]\nx = 1\n");
}

#[tokio::test]
async fn a_later_claim_takes_the_place_of_an_earlier_one() {
    let (machine, claims) = claimed(key()).await;
    for (credential, keys, commands) in [(session(NOW + 3_600), 0, 1), (key(), 1, 0), (key(), 1, 0)] {
        claims.inner().answer = super::server::Answer::Credential(credential);
        let ran = machine.keylease(&["claim", &claims.link(), "--profile", "work"]).await;
        assert_eq!(ran.status, 0, "{}", ran.shown());
        assert_eq!(machine.read(".aws/credentials").matches("aws_access_key_id").count(), keys);
        assert_eq!(machine.read(".aws/config").matches("credential_process").count(), commands);
    }
}

#[tokio::test]
async fn a_profile_without_credentials_gets_them() {
    let (machine, claims) = with(session(NOW + 3_600)).await;
    machine.write(".aws/config", "[profile work]\nregion = eu-west-1\n");
    let ran = machine.keylease(&["claim", &claims.link(), "--profile", "work"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    let config = machine.read(".aws/config");
    assert!(config.starts_with("[profile work]\ncredential_process = "), "{config}");
    assert!(config.ends_with(" credentials work\nregion = eu-west-1\n"), "{config}");
}

#[tokio::test]
async fn the_variables_of_awss_tools_name_the_files() {
    let (mut machine, claims) = with(key()).await;
    let elsewhere = machine.path("elsewhere/keys").to_str().unwrap().to_owned();
    machine.variables.insert("AWS_SHARED_CREDENTIALS_FILE".to_owned(), elsewhere);
    machine.variables.insert("AWS_CONFIG_FILE".to_owned(), "~/elsewhere/config".to_owned());
    machine.variables.insert("XDG_CONFIG_HOME".to_owned(), machine.path("own").to_str().unwrap().to_owned());
    let ran = machine.keylease(&["claim", &claims.link(), "--profile", "default"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert!(machine.read("elsewhere/keys").starts_with("[default]\naws_access_key_id"));
    assert!(machine.read("own/keylease/profiles/default.json").contains("AKIAKEYLEASE"));
    assert!(!machine.path(".aws").exists() && !machine.path(".config").exists());
}

#[tokio::test]
async fn what_could_not_be_written_is_found_before_anything_is_asked() {
    for folder in [".aws/credentials", ".config/keylease/profiles/work.json"] {
        let (machine, claims) = with(key()).await;
        std::fs::create_dir_all(machine.path(folder)).unwrap();
        let ran = machine.keylease(&["claim", &claims.link(), "--profile", "work"]).await;
        assert_eq!((ran.status, claims.inner().asks), (1, 0), "{folder}: {}", ran.shown());
        assert!(ran.err.contains(folder), "{}", ran.err);
    }
    let (mut machine, claims) = with(key()).await;
    machine.variables.remove("HOME");
    let ran = machine.keylease(&["claim", &claims.link()]).await;
    assert!(ran.status == 1 && ran.err.contains("HOME is not set"), "{}", ran.shown());
    let (machine, claims) = with(key()).await;
    std::fs::create_dir_all(machine.path(".aws")).unwrap();
    std::fs::write(machine.path(".aws/config"), b"[profile \xff]\n").unwrap();
    let ran = machine.keylease(&["claim", &claims.link()]).await;
    assert!(ran.status == 1 && ran.err.contains("cannot be read"), "{}", ran.shown());
    assert_eq!(claims.inner().asks, 0);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_is_a_link_stays_one() {
    let (machine, claims) = with(key()).await;
    machine.write("dotfiles/credentials", "# kept elsewhere\n");
    std::fs::create_dir_all(machine.path(".aws")).unwrap();
    std::os::unix::fs::symlink(machine.path("dotfiles/credentials"), machine.path(".aws/credentials"))
        .unwrap();
    let ran = machine.keylease(&["claim", &claims.link()]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert!(machine.path(".aws/credentials").is_symlink());
    assert!(machine.read("dotfiles/credentials").starts_with("# kept elsewhere\n\n[keylease]\n"));
}
