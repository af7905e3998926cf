//! The table of projects as a whole: all records, and writing and removing one.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::Project;
use domain::project::CatalogueRecord;
use serde_dynamo::to_item;

use super::carry::carry;
use super::item::Item;
use super::record::{StoreError, read_project, unreadable};
use super::{Store, newer};
use crate::error::from_sdk;

/// Records of one page of a scan, at most. An answer has 1 MB at most, and a record up to 400 KB.
const PAGE_RECORDS: i32 = 100;

impl Store {
    /// Every record of the table of projects, by name.
    pub async fn catalogue(&self) -> Result<Vec<CatalogueRecord>, StoreError> {
        let pages =
            self.client.scan().table_name(&self.projects_table).consistent_read(true).limit(PAGE_RECORDS);
        let found = pages.into_paginator().items().send().try_collect().await;
        let found: Vec<Item> = found.map_err(|e| from_sdk("dynamodb:Scan", e))?;
        let mut records: Vec<CatalogueRecord> = found.into_iter().map(|item| self.record(item)).collect();
        records.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(records)
    }

    /// Writes a project whole, whatever was there; of the record that was there, what only a newer program knows stays.
    pub async fn put_project(&self, project: &Project) -> Result<(), StoreError> {
        let (table, key) = (&self.projects_table, project.project.as_str());
        let mut item: Item = to_item(project).map_err(|error| unreadable(table, key, &error, None))?;
        if let Some(read) = self.get(table, "project", key).await? {
            if let Some(what) = newer::project_by_newer(&read) {
                return Err(StoreError::Newer { table: table.clone(), key: key.to_owned(), what });
            }
            item = carry::<Project>(&read, item);
        }
        let put = self.client.put_item().table_name(&self.projects_table).set_item(Some(item));
        put.send().await.map_err(|e| from_sdk("dynamodb:PutItem", e))?;
        Ok(())
    }

    /// Removes the record of this key, readable or not; one that is not there is removed already.
    pub async fn delete_project(&self, name: &str) -> Result<(), StoreError> {
        let key = AttributeValue::S(name.to_owned());
        let delete = self.client.delete_item().table_name(&self.projects_table).key("project", key);
        delete.send().await.map_err(|e| from_sdk("dynamodb:DeleteItem", e))?;
        Ok(())
    }

    fn record(&self, item: Item) -> CatalogueRecord {
        let name = item.get("project").and_then(|name| name.as_s().ok()).cloned().unwrap_or_default();
        let project = read_project(&self.projects_table, &name, item).map_err(|error| match error {
            StoreError::Unreadable { why, .. } => why,
            other => other.to_string(),
        });
        CatalogueRecord { name, project }
    }
}
