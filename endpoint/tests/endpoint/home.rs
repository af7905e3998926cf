//! The App Home: drawn when it is opened and when something changes, with buttons that do what they say.

use endpoint::catalogue::{DANA, OLIVIA};
use endpoint::{PATIENCE, Stage};
use testkit::slack::HomePage;

#[tokio::test(flavor = "multi_thread")]
async fn somebody_sees_what_they_have_and_ends_it_there() {
    let stage = Stage::open().await;
    let url = stage.ingress_url.as_str();
    let says =
        |words: &'static str| move |page: &HomePage| page.view.to_string().contains(words).then_some(());
    for person in [DANA, OLIVIA] {
        assert_eq!(stage.slack.open_home(url, person).await.expect("an answer").as_u16(), 200);
        stage.slack.wait_for_home(person, says("You have no live access"), PATIENCE).await.expect("a page");
    }
    let (id, _) = stage.asked(DANA, "payments", "ReadOnly", "1h").await;
    stage.slack.wait_for_home(DANA, says("not decided yet"), PATIENCE).await.expect("Dana's page");
    stage.slack.wait_for_home(OLIVIA, says("Waiting for you"), PATIENCE).await.expect("Olivia's page");
    let clicked = stage.slack.click_home(url, OLIVIA, "approve", &id).await.expect("an answer");
    assert_eq!(clicked.as_u16(), 200);
    stage.request_is(&id, "ACTIVE", PATIENCE).await;
    stage.slack.wait_for_home(DANA, says(" left"), PATIENCE).await.expect("Dana's page");
    stage.slack.wait_for_home(OLIVIA, says("Live in your projects"), PATIENCE).await.expect("Olivia's page");
    stage.slack.click_home(url, DANA, "revoke", &id).await.expect("an answer");
    stage.request_is(&id, "REVOKED", PATIENCE).await;
    stage.slack.wait_for_home(DANA, says("You have no live access"), PATIENCE).await.expect("Dana's page");

    let opened = stage.slack.click_home(url, DANA, "request_access", "home").await.expect("an answer");
    assert_eq!(opened.as_u16(), 200);
    stage.slack.wait_for_view(DANA, |view| Some(view.id.clone()), PATIENCE).await.expect("a form");
    stage.close().await;
}
