//! From an access key to the one who holds it and to all policies that bear on it.

use serde_json::Value;
use winterbaume_iam::IamStateView;
use winterbaume_iam::views::{AttachedPolicyView, InlinePolicyView};
use winterbaume_iam_rule_eval::{Effect, PolicyDocument, Statement, StringOrVec};

use super::gate::Holder;
use super::sts::{Session, Sts};

/// The user or the session that the key belongs to.
pub(crate) fn find(access_key_id: &str, iam: &IamStateView, sts: &Sts) -> Option<Holder> {
    match sts.session(access_key_id) {
        Some(session) => session_holder(session, iam),
        None => user_holder(access_key_id, iam),
    }
}

fn user_holder(access_key_id: &str, iam: &IamStateView) -> Option<Holder> {
    let key = iam.access_keys.get(access_key_id).filter(|key| key.status == "Active")?;
    let user = iam.users.get(&key.user_name)?;
    let mut identity = documents(&user.inline_policies, &user.attached_policies, iam);
    for group in iam.groups.values().filter(|group| group.members.contains(&user.name)) {
        identity.extend(documents(&group.inline_policies, &group.attached_policies, iam));
    }
    Some(Holder {
        arn: user.arn.clone(),
        principal_arn: user.arn.clone(),
        user_id: user.user_id.clone(),
        user_name: Some(user.name.clone()),
        secret: key.secret_access_key.clone(),
        boundary: user.permissions_boundary.as_ref().map(|arn| managed(arn, iam)),
        identity,
        ..Holder::default()
    })
}

fn session_holder(session: Session, iam: &IamStateView) -> Option<Holder> {
    let role = iam.roles.values().find(|role| role.arn == session.role_arn)?;
    Some(Holder {
        arn: session.arn,
        principal_arn: session.role_arn,
        user_id: session.user_id,
        user_name: None,
        secret: session.secret,
        token: Some(session.token),
        issued_at: Some(session.issued_at),
        expires_at: Some(session.expires_at),
        identity: documents(&role.inline_policies, &role.attached_policies, iam),
        boundary: role.permissions_boundary.as_ref().map(|arn| managed(arn, iam)),
        session: session.policy.map(|policy| parse(&policy)),
    })
}

fn documents(
    inline: &[InlinePolicyView],
    attached: &[AttachedPolicyView],
    iam: &IamStateView,
) -> Vec<PolicyDocument> {
    let inline = inline.iter().map(|policy| parse(&policy.policy_document));
    inline.chain(attached.iter().map(|policy| managed(&policy.policy_arn, iam))).collect()
}

fn managed(arn: &str, iam: &IamStateView) -> PolicyDocument {
    iam.policies.get(arn).map_or_else(deny_all, |policy| parse(&policy.document))
}

/// A policy that cannot be read denies everything, so that a mistake in it shows.
fn parse(document: &str) -> PolicyDocument {
    let document: Result<Value, _> = serde_json::from_str(document);
    let document = document.map(|mut document| {
        // IAM takes a lone statement where the evaluator wants a list.
        if let Some(statement) = document.get_mut("Statement").filter(|statement| statement.is_object()) {
            *statement = Value::Array(vec![statement.take()]);
        }
        document
    });
    document.and_then(serde_json::from_value).unwrap_or_else(|error| {
        tracing::warn!(%error, "a policy document is malformed and counts as denying everything");
        deny_all()
    })
}

fn deny_all() -> PolicyDocument {
    let everything = StringOrVec(vec!["*".to_owned()]);
    let statement = Statement {
        sid: None,
        effect: Effect::Deny,
        principal: None,
        not_principal: None,
        action: Some(everything.clone()),
        not_action: None,
        resource: Some(everything),
        not_resource: None,
        condition: None,
    };
    PolicyDocument { version: None, statement: vec![statement] }
}
