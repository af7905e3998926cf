//! The file's form, as types: the JSON Schema is derived from them, and the checks follow the schema.
//! Nothing is read into them: a file that fits is read into `domain::Project`, as a record of the table is.
#![expect(dead_code, reason = "only the schema that is derived from these types is used")]

use std::collections::BTreeMap;

use domain::project::APPROVERS_MAX;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::form::{self, Form};

/// Managed policies of one IAM user, at most (IAM's default quota).
pub(crate) const POLICY_ARNS_MAX: usize = 10;

/// What can be asked for, and who approves it: a list of projects, one project, or a map with the list `projects`.
#[derive(JsonSchema)]
#[schemars(untagged, title = "Keylease catalogue")]
pub(crate) enum File {
    /// Several, under a key.
    Catalogue(Catalogue),
    /// Several.
    List(Vec<Project>),
    /// One.
    One(Project),
}

/// A map with the list of projects.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Catalogue {
    /// The projects.
    projects: Vec<Project>,
}

/// A project: who approves, where they are asked, and what can be asked for.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the record's field is called so")]
pub(crate) struct Project {
    /// Its name, which people type.
    project: ProjectName,
    /// Who answers for it, and approves when no other list is given.
    owner_slack_id: SlackUserId,
    /// Who may approve; the owner alone when absent or empty.
    #[schemars(length(max = APPROVERS_MAX), extend("uniqueItems" = true))]
    approver_slack_ids: Option<Vec<SlackUserId>>,
    /// Where approvers are asked; by direct message to each when absent.
    channel: Option<ChannelId>,
    /// Whether an approver may approve a request of their own; false when absent.
    allow_self_approval: Option<bool>,
    /// A role in another account to act through; this account when absent.
    account_role_arn: Option<RoleArn>,
    /// What can be asked for, by name.
    #[schemars(extend("minProperties" = 1))]
    roles: BTreeMap<RoleName, Role>,
}

/// A role of a project: what a grant of it may do, and for how long.
#[derive(JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Role {
    /// An IAM user of its own, with an access key. It needs `policy_arns` or `inline_policy`.
    User {
        /// Managed policies that it gets.
        #[schemars(length(max = POLICY_ARNS_MAX), extend("uniqueItems" = true))]
        policy_arns: Option<Vec<PolicyArn>>,
        /// A policy that it gets besides; with the guard, 2,048 characters without white space at most.
        inline_policy: Option<Policy>,
        /// The longest grant.
        max_duration: Duration,
        /// How many different approvers must agree; 1 when absent.
        #[schemars(range(min = 1))]
        approvals_required: Option<u32>,
    },
    /// A session of an existing role, of an hour at most.
    Session {
        /// The role to assume.
        role_arn: RoleArn,
        /// A policy that narrows the session; with the guard, 2,048 characters at most.
        inline_policy: Option<Policy>,
        /// The longest grant; an hour at most.
        max_duration: Duration,
        /// How many different approvers must agree; 1 when absent.
        #[schemars(range(min = 1))]
        approvals_required: Option<u32>,
    },
}

/// An IAM policy document: a map, or the same as JSON text.
pub(crate) struct Policy;

impl JsonSchema for Policy {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Policy".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["object", "string"],
            "description": "An IAM policy document: a map, or the same as JSON text.",
            "required": ["Statement"],
        })
    }
}

macro_rules! text_of_form {
    ($($name:ident = $form:expr;)*) => {$(
        pub(crate) struct $name;

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $form.def.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let Form { pattern, max_chars, right, example, .. } = $form;
                json_schema!({
                    "type": "string",
                    "description": format!("{}.", capital(right)),
                    "pattern": pattern,
                    "maxLength": max_chars,
                    "examples": [example],
                })
            }
        }
    )*};
}

text_of_form! {
    ProjectName = form::PROJECT_NAME;
    RoleName = form::ROLE_NAME;
    SlackUserId = form::SLACK_USER;
    ChannelId = form::CHANNEL;
    Duration = form::DURATION;
    PolicyArn = form::POLICY_ARN;
    RoleArn = form::ROLE_ARN;
}

/// With a capital, unless it is an ARN.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if !text.starts_with("arn:") => first.to_uppercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}
