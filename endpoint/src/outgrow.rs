//! Everything that a grantee may try in order to have more than was granted, or for longer.

use std::fmt::Debug;

use aws_config::SdkConfig;
use aws_sdk_iam::types::{StatusType, Tag};
use aws_sdk_sts::error::ProvideErrorMetadata;

use crate::furnish::{ADMINISTRATOR, EVERYTHING};
use crate::key::code;

/// The name of what the tries make.
const OUTGROWN: &str = "outgrown";

/// Trusts everybody.
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;

/// What the tries are aimed at.
#[derive(Debug, Clone)]
pub struct Target {
    /// The user that whoever tries is, or one that stands by.
    pub user: String,
    pub access_key_id: String,
    pub policy: String,
    /// A role that everybody in the account may assume and that may do everything.
    pub role: String,
    pub role_arn: String,
}

/// A call and what became of it: the other side's error code when it was refused.
pub type Tried = (&'static str, Result<(), String>);

/// Tries to make every kind of other identity.
pub async fn mints(config: &SdkConfig, target: &Target) -> Vec<Tried> {
    let iam = aws_sdk_iam::Client::new(config);
    let sts = aws_sdk_sts::Client::new(config);
    let user = target.user.as_str();
    let session = sts.assume_role().role_arn(&target.role_arn).role_session_name(OUTGROWN);
    let federated = sts.get_federation_token().name(OUTGROWN).policy(EVERYTHING);
    let web_identity =
        sts.get_web_identity_token().audience("https://example.com").signing_algorithm("RS256");
    let profile = iam.create_login_profile().user_name(user).password("long-Enough-1-for-any-policy");
    let role = iam.create_role().role_name(OUTGROWN);
    vec![
        ("iam:CreateAccessKey", outcome(iam.create_access_key().user_name(user).send().await)),
        ("iam:CreateUser", outcome(iam.create_user().user_name(OUTGROWN).send().await)),
        ("iam:CreateLoginProfile", outcome(profile.send().await)),
        ("iam:CreateRole", outcome(role.assume_role_policy_document(TRUST).send().await)),
        ("sts:AssumeRole", outcome(session.send().await)),
        ("sts:GetFederationToken", outcome(federated.send().await)),
        ("sts:GetWebIdentityToken", outcome(web_identity.send().await)),
    ]
}

/// Tries to change what the user and the role may do, and what they are called and tagged.
pub async fn changes(config: &SdkConfig, target: &Target) -> Vec<Tried> {
    let iam = aws_sdk_iam::Client::new(config);
    let user = target.user.as_str();
    let role = target.role.as_str();
    let later = Tag::builder().key("keylease:expires-at").value("2099-01-01T00:00:00Z").build();
    let later = later.expect("a tag");
    let put = iam.put_user_policy().user_name(user).policy_name(OUTGROWN).policy_document(EVERYTHING);
    let over = iam.put_user_policy().user_name(user).policy_name(&target.policy).policy_document(EVERYTHING);
    let boundary = iam.put_user_permissions_boundary().user_name(user).permissions_boundary(ADMINISTRATOR);
    let on_role = iam.put_role_policy().role_name(role).policy_name(OUTGROWN).policy_document(EVERYTHING);
    let trust = iam.update_assume_role_policy().role_name(role).policy_document(TRUST);
    let key = iam.update_access_key().user_name(user).access_key_id(&target.access_key_id);
    let policy = iam.create_policy().policy_name(OUTGROWN).policy_document(EVERYTHING);
    let attach = iam.attach_user_policy().user_name(user).policy_arn(ADMINISTRATOR);
    vec![
        ("iam:PutUserPolicy", outcome(put.send().await)),
        ("iam:PutUserPolicy over one that is there", outcome(over.send().await)),
        ("iam:AttachUserPolicy", outcome(attach.send().await)),
        ("iam:CreatePolicy", outcome(policy.send().await)),
        ("iam:TagUser", outcome(iam.tag_user().user_name(user).tags(later).send().await)),
        ("iam:UntagUser", outcome(iam.untag_user().user_name(user).tag_keys("other").send().await)),
        ("iam:PutUserPermissionsBoundary", outcome(boundary.send().await)),
        (
            "iam:DeleteUserPermissionsBoundary",
            outcome(iam.delete_user_permissions_boundary().user_name(user).send().await),
        ),
        ("iam:PutRolePolicy", outcome(on_role.send().await)),
        ("iam:UpdateAssumeRolePolicy", outcome(trust.send().await)),
        ("iam:UpdateAccessKey", outcome(key.status(StatusType::Active).send().await)),
        (
            "iam:DeleteUserPolicy",
            outcome(iam.delete_user_policy().user_name(user).policy_name(&target.policy).send().await),
        ),
    ]
}

fn outcome<T, E: ProvideErrorMetadata + Debug>(answer: Result<T, E>) -> Result<(), String> {
    answer.map(drop).map_err(|error| code(&error))
}
