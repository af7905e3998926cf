//! Other accounts that grants are made in: credentials for each are got once and shared, not once for every user.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws::iam::Iam;
use aws::sts::in_account;
use aws_config::SdkConfig;
use tokio::sync::Mutex;

/// Accounts whose credentials are kept, at most; beyond that the one that was used longest ago is forgotten.
const ACCOUNTS_MAX: usize = 256;

/// Other accounts, by the role that acts there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Accounts(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    by_role: BTreeMap<String, Account>,
    uses: u64,
}

/// An account.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// The configuration that acts in it.
    pub(crate) aws: SdkConfig,
    /// IAM there.
    pub(crate) iam: Iam,
    last_use: u64,
}

impl Accounts {
    /// The account of this role. Nothing is asked of AWS before the first call there.
    pub(crate) async fn get(&self, aws: &SdkConfig, role_arn: &str, session_name: &str) -> Account {
        let mut known = self.0.lock().await;
        known.uses += 1;
        let last_use = known.uses;
        if let Some(account) = known.by_role.get_mut(role_arn) {
            account.last_use = last_use;
            return account.clone();
        }
        if known.by_role.len() >= ACCOUNTS_MAX {
            let oldest = known.by_role.iter().min_by_key(|(_, account)| account.last_use);
            if let Some(oldest) = oldest.map(|(role_arn, _)| role_arn.clone()) {
                known.by_role.remove(&oldest);
            }
        }
        let there = in_account(aws, Some(role_arn), session_name).await;
        let account = Account { iam: Iam::new(&there), aws: there, last_use };
        known.by_role.insert(role_arn.to_owned(), account.clone());
        account
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_kept_is_bounded_and_what_is_used_stays() {
        let aws = aws_config::defaults(aws_config::BehaviorVersion::latest());
        let aws = aws.region("eu-central-1").no_credentials().load().await;
        let accounts = Accounts::default();
        let role = |number: usize| format!("arn:aws:iam::{number:012}:role/keylease");
        for number in 0..ACCOUNTS_MAX + 10 {
            accounts.get(&aws, &role(0), "s").await;
            accounts.get(&aws, &role(number), "s").await;
        }
        let known = accounts.0.lock().await;
        assert_eq!(known.by_role.len(), ACCOUNTS_MAX);
        assert!(known.by_role.contains_key(&role(0)) && !known.by_role.contains_key(&role(1)));
    }
}
