//! Putting back what was there at another time, such as what an earlier release left behind: users as they were, with
//! the ids of their keys, which the API gives to nobody to choose.

use std::collections::HashMap;

use winterbaume_iam::IamStateView;
use winterbaume_iam::views::{AccessKeyView, AttachedPolicyView, InlinePolicyView, UserView as IamUser};

use super::setup::{empty, last_segment};
use super::view::UserView;
use super::{ACCOUNT, EmbeddedAws};

impl EmbeddedAws {
    /// Puts back a user with its keys. Nobody knows their secrets.
    pub async fn restore_user(&self, user: &UserView) {
        let attached = user
            .attached_policies
            .iter()
            .map(|arn| AttachedPolicyView { policy_name: last_segment(arn), policy_arn: arn.clone() });
        let inline = user.inline_policies.iter().map(|(name, document)| InlinePolicyView {
            policy_name: name.clone(),
            policy_document: document.to_string(),
        });
        let keys = user.keys.iter().map(|key| {
            let view = AccessKeyView {
                user_name: user.name.clone(),
                access_key_id: key.id.clone(),
                secret_access_key: "restored".to_owned(),
                status: key.status.clone(),
                create_date: None,
            };
            (key.id.clone(), view)
        });
        let view = IamUser {
            name: user.name.clone(),
            user_id: format!("AIDA{}", user.name.to_uppercase().replace('-', "")),
            account_id: ACCOUNT.to_owned(),
            path: user.path.clone(),
            arn: user.arn.clone(),
            create_date: None,
            tags: user.tags.clone().into_iter().collect(),
            attached_policies: attached.collect(),
            inline_policies: inline.collect(),
            permissions_boundary: user.permissions_boundary.clone(),
        };
        let users = HashMap::from([(user.name.clone(), view)]);
        self.services.iam.add(IamStateView { users, access_keys: keys.collect(), ..empty() }).await;
    }
}
