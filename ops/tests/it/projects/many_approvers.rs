//! How many approvers a project may have.

use domain::project::APPROVERS_MAX;

use super::{apply, names, small};
use crate::stage::Stage;

fn with_approvers(count: usize) -> String {
    let approvers: Vec<String> = (0..count).map(|number| format!("\"U0A{number}\"")).collect();
    let owner = "\"owner_slack_id\": \"U0OWNER\"";
    small("payments").replace(owner, &format!("{owner}, \"approver_slack_ids\": [{}]", approvers.join(", ")))
}

#[tokio::test]
async fn more_approvers_than_a_project_may_have_are_refused() {
    let stage = Stage::new().await;
    let shown = apply(&stage, &with_approvers(APPROVERS_MAX + 1)).await.shown();
    assert!(shown.contains("approver_slack_ids: has 501, and 500 is the most"), "{shown}");
    assert!(names(&stage).await.is_empty());
    apply(&stage, &with_approvers(APPROVERS_MAX)).await;
    assert_eq!(names(&stage).await, ["payments"]);
}
