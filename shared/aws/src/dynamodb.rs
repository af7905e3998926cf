//! The tables. A write of a request is conditional on the version that was read, and takes its outbox along.
//!
//! Programs of two versions run beside each other during a deploy. What an older one does not know of a record it
//! writes back as it was, and a record that it cannot read because of that it leaves to the newer one.

mod batch;
mod carry;
mod catalogue;
mod claims;
mod holdings;
mod item;
mod mark;
mod newer;
mod nothing;
mod open;
mod pages;
mod record;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::as_read::AsRead;
use domain::{Project, ProjectName, Request, RequestId};
use serde_dynamo::to_item;

use crate::error::from_sdk;
use carry::carry;
use item::{CONDITION_FAILED, Item};
use record::{read_project, read_request, with_mark};

pub use claims::ClaimStore;
pub use item::Written;
pub use mark::OPEN_ATTRIBUTE;
pub use open::OpenPage;
pub use pages::{PAGES_MAX, PageStart, RequestsPage};
pub use record::StoreError;

/// The tables of projects and of requests.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    projects_table: String,
    requests_table: String,
}

/// What became of a request that was to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// It is there now.
    New,
    /// One of this id was there before.
    Taken,
}

impl Store {
    /// The tables of this name, in the configuration's region.
    #[must_use]
    pub fn new(aws: &SdkConfig, projects_table: &str, requests_table: &str) -> Self {
        Self {
            client: Client::new(aws),
            projects_table: projects_table.to_owned(),
            requests_table: requests_table.to_owned(),
        }
    }

    /// A project by its exact name.
    pub async fn project(&self, name: &ProjectName) -> Result<Option<Project>, StoreError> {
        let item = self.get(&self.projects_table, "project", name.as_str()).await?;
        item.map(|item| read_project(&self.projects_table, name.as_str(), item)).transpose()
    }

    /// The names of all projects, in order: what is typed is compared with every one of them.
    pub async fn project_names(&self) -> Result<Vec<ProjectName>, StoreError> {
        let mut names = Vec::new();
        let mut start = None;
        loop {
            let page = self
                .client
                .scan()
                .table_name(&self.projects_table)
                .projection_expression("#p")
                .expression_attribute_names("#p", "project")
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|e| from_sdk("dynamodb:Scan", e))?;
            let found = page.items.unwrap_or_default();
            names.extend(
                found
                    .iter()
                    .filter_map(|item| item.get("project")?.as_s().ok())
                    .filter_map(|name| ProjectName::parse(name).ok()),
            );
            start = page.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        names.sort();
        Ok(names)
    }

    /// The roles in other accounts that projects act through.
    pub async fn account_roles(&self) -> Result<Vec<String>, StoreError> {
        let pages = self
            .client
            .scan()
            .table_name(&self.projects_table)
            .projection_expression("account_role_arn")
            .into_paginator()
            .items()
            .send();
        let found: Vec<Item> = pages.try_collect().await.map_err(|e| from_sdk("dynamodb:Scan", e))?;
        Ok(found.iter().filter_map(|item| item.get("account_role_arn")?.as_s().ok().cloned()).collect())
    }

    /// The roles of which projects grant sessions, each with the role to act through where it is in another account.
    pub async fn session_roles(&self) -> Result<Vec<(Option<String>, String)>, StoreError> {
        let pages = self
            .client
            .scan()
            .table_name(&self.projects_table)
            .projection_expression("account_role_arn, #roles")
            .expression_attribute_names("#roles", "roles")
            .into_paginator()
            .items()
            .send();
        let found: Vec<Item> = pages.try_collect().await.map_err(|e| from_sdk("dynamodb:Scan", e))?;
        let text = |item: &Item, name: &str| item.get(name)?.as_s().ok().cloned();
        Ok(found
            .iter()
            .flat_map(|project| {
                let account = text(project, "account_role_arn");
                let roles = project.get("roles").and_then(|roles| roles.as_m().ok());
                let arns = roles.into_iter().flat_map(|roles| roles.values());
                arns.filter_map(move |role| Some((account.clone(), text(role.as_m().ok()?, "role_arn")?)))
            })
            .collect())
    }

    /// A request, as it is now.
    pub async fn request(&self, id: &RequestId) -> Result<Option<Request>, StoreError> {
        let item = self.get(&self.requests_table, "request_id", id.as_str()).await?;
        item.map(|item| read_request(&self.requests_table, id.as_str(), item)).transpose()
    }

    /// Creates a request, unless one of its id exists.
    pub async fn create(&self, request: &mut Request) -> Result<Created, StoreError> {
        request.version = 1;
        request.work.outbox.stamp(1);
        let item = self.write(request)?;
        let put = self
            .client
            .put_item()
            .table_name(&self.requests_table)
            .set_item(Some(with_mark(request, item.clone())))
            .condition_expression("attribute_not_exists(request_id)");
        match put.send().await.map_err(|e| from_sdk("dynamodb:PutItem", e)) {
            Ok(_) => {
                request.as_read = AsRead::new(item);
                Ok(Created::New)
            }
            Err(error) if error.is(CONDITION_FAILED) => Ok(Created::Taken),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes a request that was read before, on condition that nobody wrote it since; its version grows by one.
    pub async fn save(&self, request: &mut Request) -> Result<(), StoreError> {
        let read_version = request.version;
        request.version = read_version.saturating_add(1);
        request.work.outbox.stamp(request.version);
        let condition = match read_version {
            // A record that was put there by hand has no version yet.
            0 => "attribute_exists(request_id) AND (attribute_not_exists(version) OR version = :read)",
            _ => "version = :read",
        };
        let item = self.write(request)?;
        let put = self
            .client
            .put_item()
            .table_name(&self.requests_table)
            .set_item(Some(with_mark(request, item.clone())))
            .condition_expression(condition)
            .expression_attribute_values(":read", AttributeValue::N(read_version.to_string()));
        let outcome = put.send().await.map_err(|e| from_sdk("dynamodb:PutItem", e));
        if outcome.is_err() {
            request.version = read_version;
        }
        match outcome {
            Ok(_) => {
                request.as_read = AsRead::new(item);
                Ok(())
            }
            Err(error) if error.is(CONDITION_FAILED) => Err(StoreError::Conflict(request.request_id.clone())),
            Err(error) => Err(error.into()),
        }
    }

    async fn get(&self, table: &str, key: &str, value: &str) -> Result<Option<Item>, StoreError> {
        Ok(item::get(&self.client, table, key, value).await?)
    }

    fn write(&self, request: &Request) -> Result<Item, StoreError> {
        let item: Result<Item, _> = to_item(request);
        let item = item.map_err(|error| StoreError::Unreadable {
            table: self.requests_table.clone(),
            key: request.request_id.to_string(),
            why: error.to_string(),
        })?;
        Ok(match request.as_read.get::<Item>() {
            Some(read) => carry::<Request>(read, item),
            None => item,
        })
    }
}
