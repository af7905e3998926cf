//! How a file differs from the table: what would be created, changed and removed.

mod fields;
mod notes;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use domain::Project;
use domain::project::CatalogueRecord;
use serde::Serialize;

pub use fields::FieldChange;
pub use text::Line;

/// What applying a file does.
#[derive(Debug, Default, Serialize)]
pub struct Diff {
    /// Projects that the table does not have.
    pub created: Vec<Project>,
    /// Projects that the table has differently.
    pub changed: Vec<Changed>,
    /// How many projects the table has as the file says.
    pub unchanged: usize,
    /// Projects that only the table has, which are removed.
    pub removed: Vec<String>,
    /// Records that cannot be read, that the file does not name, and that stay as they are.
    pub unreadable: Vec<Unreadable>,
    /// What somebody should know before it is written.
    pub notes: Vec<String>,
}

/// A project that is changed.
#[derive(Debug, Serialize)]
pub struct Changed {
    /// Its name.
    pub project: String,
    /// Why its record could not be read, where it could not: it is replaced whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was_unreadable: Option<String>,
    /// What changes.
    pub fields: Vec<FieldChange>,
    /// The whole record as it will be.
    #[serde(skip)]
    pub record: Project,
}

/// A record that cannot be read.
#[derive(Debug, Clone, Serialize)]
pub struct Unreadable {
    /// Its key.
    pub project: String,
    /// Why not.
    pub why: String,
}

impl Diff {
    /// Compares the file's projects with the table's records. With `prune`, what only the table has is removed.
    #[must_use]
    pub fn between(file: &[Project], table: &[CatalogueRecord], prune: bool) -> Self {
        let records: BTreeMap<&str, &CatalogueRecord> =
            table.iter().map(|record| (record.name.as_str(), record)).collect();
        let mut diff = Self::default();
        for project in file {
            match records.get(project.project.as_str()).map(|record| &record.project) {
                None => diff.created.push(project.clone()),
                Some(Err(why)) => diff.changed.push(Changed {
                    project: project.project.to_string(),
                    was_unreadable: Some(why.clone()),
                    fields: fields::all(project),
                    record: project.clone(),
                }),
                Some(Ok(now)) => match fields::between(now, project) {
                    fields if fields.is_empty() => diff.unchanged += 1,
                    fields => diff.changed.push(Changed {
                        project: project.project.to_string(),
                        was_unreadable: None,
                        fields,
                        record: project.clone(),
                    }),
                },
            }
        }
        let named: BTreeSet<&str> = file.iter().map(|project| project.project.as_str()).collect();
        let (mut gone, mut left) = (Vec::new(), Vec::new());
        for record in table.iter().filter(|record| !named.contains(record.name.as_str())) {
            if prune { gone.push(record) } else { left.push(record) }
        }
        diff.removed = gone.iter().map(|record| record.name.clone()).collect();
        diff.unreadable = left.iter().filter_map(|record| Unreadable::of(record)).collect();
        diff.notes = notes::notes(file, table, &left);
        diff
    }

    /// How many records are written or removed.
    #[must_use]
    pub fn writes(&self) -> usize {
        self.created.len() + self.changed.len() + self.removed.len()
    }

    /// The records to write.
    pub fn puts(&self) -> impl Iterator<Item = &Project> {
        self.created.iter().chain(self.changed.iter().map(|changed| &changed.record))
    }
}

impl Unreadable {
    /// Of a record, if it cannot be read.
    #[must_use]
    pub fn of(record: &CatalogueRecord) -> Option<Self> {
        let why = record.project.as_ref().err()?;
        Some(Self { project: record.name.clone(), why: why.clone() })
    }
}
