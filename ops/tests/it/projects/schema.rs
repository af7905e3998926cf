//! `projects schema`: the published schema is the code's own.

use crate::stage::Stage;

/// The schema as it is published.
const PUBLISHED: &str = include_str!("../../../../docs/catalogue.schema.json");

#[tokio::test]
async fn the_published_schema_is_what_the_code_makes() {
    let stage = Stage::new().await;
    let ran = stage.keylease(&["projects", "schema"]).await;
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert!(
        ran.out == PUBLISHED,
        "make it anew with: cargo run -p ops --bin keylease -- projects schema > docs/catalogue.schema.json"
    );
}
