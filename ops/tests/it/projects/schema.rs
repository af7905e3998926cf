//! `projects schema`: the published schema is the one that the program checks by.

use crate::stage::Stage;

/// The schema as it is published.
const PUBLISHED: &str = include_str!("../../../../docs/catalogue.schema.json");

#[tokio::test]
async fn the_published_schema_is_printed_as_it_is() {
    let stage = Stage::new().await;
    let ran = stage.keylease(&["projects", "schema"]).await;
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out, PUBLISHED);
}

#[tokio::test]
async fn the_examples_of_the_pages_are_right() {
    for (page, language) in [
        (include_str!("../../../../docs/catalogue.md"), "```yaml\n"),
        (include_str!("../../../../README.md"), "```json\n"),
    ] {
        let stage = Stage::new().await;
        let example = page.split(language).nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let ran = super::apply(&stage, example).await;
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{}", ran.shown());
        assert_eq!(super::names(&stage).await, ["payments"]);
    }
}
