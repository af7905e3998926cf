//! A second installation of Keylease in the same account, with queues and tables of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::EmbeddedAws;
use super::setup::{QUEUES, TABLES, make_queue, make_table, queue_name, queue_url, variables};

impl EmbeddedAws {
    /// Makes queues and tables of another installation, and returns its environment variables.
    pub async fn add_deployment(self: &Arc<Self>, id: &str) -> BTreeMap<String, String> {
        let mut own = variables();
        own.insert("DEPLOYMENT_ID".to_owned(), id.to_owned());
        for queue in QUEUES {
            let name = format!("{id}-{queue}");
            make_queue(self, &name);
            own.insert(format!("QUEUE_URL_{}", queue.to_uppercase()), queue_url(&queue_name(&name)));
        }
        let tables = aws_sdk_dynamodb::Client::new(&self.sdk_config());
        for (variable, table, key) in TABLES {
            let table = format!("{table}-{id}");
            make_table(&tables, &table, key).await;
            own.insert(variable.to_owned(), table);
        }
        own
    }
}
