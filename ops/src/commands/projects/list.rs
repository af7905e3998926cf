//! `keylease projects list`.

use catalogue::diff::Unreadable;
use domain::text::count;
use domain::{ChannelId, Project, Role, RoleName, SlackUserId};
use serde::Serialize;

use crate::env::Env;
use crate::failure::Failure;
use crate::table::table;
use crate::terminal::{Shown, Terminal};

/// The catalogue, in the form that `apply` takes where every record can be read.
#[derive(Debug, Serialize)]
struct Listed {
    projects: Vec<Project>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<Unreadable>,
}

const HEADINGS: [&str; 8] =
    ["project", "owner", "approvers", "asked in", "role", "kind", "longest", "approvals"];

pub(super) async fn run(as_json: bool, env: &Env) -> Result<(), Failure> {
    let records = env.store().await?.catalogue().await?;
    let unreadable: Vec<Unreadable> = records.iter().filter_map(Unreadable::of).collect();
    let projects = records.into_iter().filter_map(|record| record.project.ok()).collect();
    let listed = Listed { projects, unreadable };
    env.terminal.show(&listed, as_json)?;
    if listed.unreadable.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("{} cannot be read", count(listed.unreadable.len(), "record")))
        .hint("replace it with: keylease projects apply -f FILE\nor remove it with --prune"))
}

impl Shown for Listed {
    fn text(&self, terminal: &Terminal) -> String {
        let rows: Vec<Vec<String>> = self.projects.iter().flat_map(rows).collect();
        let mut parts = Vec::new();
        if !rows.is_empty() {
            parts.push(table(terminal, &HEADINGS, rows));
        } else if self.unreadable.is_empty() {
            parts.push("The catalogue is empty. Fill it with: keylease projects apply -f FILE".to_owned());
        }
        let broken = self.unreadable.iter();
        parts.extend(
            broken
                .map(|record| format!("{} {}: {}", terminal.red("unreadable:"), record.project, record.why)),
        );
        parts.join("\n")
    }
}

/// A row for each role; what is the project's stands in the first.
fn rows(project: &Project) -> Vec<Vec<String>> {
    let approvers: Vec<&str> = project.default_approvers().iter().map(SlackUserId::as_str).collect();
    let asked_in = project.channel.as_ref().map_or("direct messages", ChannelId::as_str);
    let of_project =
        [project.project.as_str(), project.owner_slack_id.as_str(), &approvers.join(", "), asked_in]
            .map(str::to_owned);
    let mut roles: Vec<[String; 4]> = project.roles.iter().map(of_role).collect();
    if roles.is_empty() {
        roles.push(["(none)", "", "", ""].map(str::to_owned));
    }
    let first = std::iter::once(of_project).chain(std::iter::repeat_with(Default::default));
    first.zip(roles).map(|(project, role)| [project, role].concat()).collect()
}

fn of_role((name, role): (&RoleName, &Role)) -> [String; 4] {
    [
        name.to_string(),
        role.kind.name().as_str().to_owned(),
        role.longest().compact(),
        role.approvals_required.to_string(),
    ]
}
