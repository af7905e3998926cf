//! What people open from their portals, with a key that works: a session of the role that a permission set has in an account, or of a
//! role that account access manager opens to them. Each ends by its own time and by what its role's policies say, and by nothing that
//! becomes of the assignment.

use jiff::{SignedDuration, Timestamp};
use winterbaume_iam::views::RoleView;

use super::identity_center::PortalSession;
use super::sts::Session;
use super::{ACCOUNT, Credential, EmbeddedAws};
use crate::lock::lock;

/// What every permission set allows here.
const ALLOWED: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
/// How long account access manager's sessions last, in seconds, whatever the role says.
const ACCESS_SECONDS: i64 = 3_600;

impl EmbeddedAws {
    /// Opens a permission set as somebody who may, by their address.
    pub async fn open_permission_set(
        &self,
        email: &str,
        account_id: &str,
        permission_set_arn: &str,
    ) -> Option<PortalSession> {
        let now = self.now();
        let key = key();
        let center = self.identity_center();
        let session = center.open_session(email, account_id, permission_set_arn, &key.access_key_id, now)?;
        let number: u64 = account_id.parse().unwrap_or_default();
        let name = format!("AWSReservedSSO_{}_{number:016x}", session.permission_set);
        let arn = format!("arn:aws:iam::{account_id}:role/aws-reserved/sso.amazonaws.com/{name}");
        if self.role(&arn).await.is_none() {
            self.add_role(&arn, Some(ALLOWED)).await;
        }
        let role = self.role(&arn).await?;
        let ends_at = Timestamp::from_second(session.ends_at).unwrap_or(now);
        self.hand_out(key, &role, account_id, email, ends_at);
        Some(session)
    }

    /// Opens a role as somebody to whom account access manager opens it; the id of the key.
    pub async fn open_entitled_role(&self, email: &str, name: &str, role_arn: &str) -> Option<String> {
        let now = self.now();
        let may = self.identity_center().entitled(email).iter().any(|arn| arn == role_arn);
        let role = self.role(role_arn).await.filter(|_| may)?;
        let ends_at = now.saturating_add(SignedDuration::from_secs(ACCESS_SECONDS)).unwrap_or(now);
        let key = key();
        let id = key.access_key_id.clone();
        self.hand_out(key, &role, ACCOUNT, name, ends_at);
        Some(id)
    }

    async fn role(&self, arn: &str) -> Option<RoleView> {
        self.services.iam.state().await.roles.into_values().find(|role| role.arn == arn)
    }

    fn hand_out(&self, key: Key, role: &RoleView, account_id: &str, name: &str, expires_at: Timestamp) {
        let arn = format!("arn:aws:sts::{account_id}:assumed-role/{}/{name}", role.name);
        let secrets = vec![key.secret.clone(), key.token.clone()];
        let session = Session {
            secret: key.secret,
            token: key.token,
            role_arn: role.arn.clone(),
            user_id: format!("{}:{name}", role.role_id),
            arn: arn.clone(),
            policy: None,
            issued_at: self.now(),
            expires_at,
        };
        self.services.sts.open(&key.access_key_id, session);
        lock(&self.credentials).push(Credential {
            principal: arn,
            access_key_id: key.access_key_id,
            secrets,
        });
    }
}

/// The key of one session.
struct Key {
    access_key_id: String,
    secret: String,
    token: String,
}

fn key() -> Key {
    let random = || uuid::Uuid::now_v7().simple().to_string();
    let id: String = random().chars().rev().take(16).collect();
    Key { access_key_id: format!("ASIA{}", id.to_uppercase()), secret: random(), token: random() }
}
