//! What each function's role must not be able to do, each tried with that role's own credentials.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_iam::Client;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use endpoint::deployed::{Deployed, LISTED_POLICY, MAIN, MEMBER};
use endpoint::furnish::{ADMINISTRATOR, EVERYTHING};
use service::config::SecretSource;

/// The boundary of a user whose grant is over.
const DENIED: &str = "arn:aws:iam::aws:policy/AWSDenyAll";
const USER: &str = "keylease-denied-0";
const ROLE: &str = "keylease-denied-role-0";
const ANYBODY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;

/// Whether a call was refused for want of permission, and not for another reason.
fn refused<T, E: ProvideErrorMetadata, R>(outcome: Result<T, SdkError<E, R>>) -> bool {
    let Err(error) = outcome else { return false };
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code).unwrap_or_default();
    matches!(code, "AccessDenied" | "AccessDeniedException" | "AccessDenied.Exception")
}

/// Whether a policy cannot be made the boundary of a user.
async fn boundary_refused(iam: &Client, user: &str, policy: &str) -> bool {
    refused(iam.put_user_permissions_boundary().user_name(user).permissions_boundary(policy).send().await)
}

/// Whether a secret cannot be read.
async fn unread(role: &SdkConfig, arn: &str) -> bool {
    let secret = SecretSource::SecretsManager(arn.to_owned());
    let read = aws::secrets::read(&secret, role).await;
    read.is_err_and(|error| error.to_string().contains("secretsmanager:GetSecretValue failed: AccessDenied"))
}

pub(crate) async fn each_by_its_own_credentials(stack: &Deployed) {
    let boundary = stack.made["policies"]["keylease-boundary"]["arn"].as_str().expect("the boundary");
    let make = aws_sdk_iam::Client::new(&stack.main).create_user().user_name(USER).path("/keylease/");
    make.permissions_boundary(boundary).send().await.expect("a user to try on");
    let outside = aws_sdk_iam::Client::new(&stack.main).create_user().user_name("outside").path("/");
    outside.send().await.expect("a user outside the path");

    let make = aws_sdk_iam::Client::new(&stack.main).create_role().role_name(ROLE).path("/keylease/");
    let make = make.permissions_boundary(boundary).assume_role_policy_document(ANYBODY);
    make.send().await.expect("a role to try on");

    let mut granted = Vec::new();
    for (role, tried) in [
        ("keylease-ingress", ingress(&stack.as_role("keylease-ingress").await, stack).await),
        ("keylease-notify", notify(&stack.as_role("keylease-notify").await, stack).await),
        ("keylease-provision", provision(&stack.as_role("keylease-provision").await, boundary).await),
        ("keylease-revoke", revoke(&stack.as_role("keylease-revoke").await, stack).await),
        ("keylease-revoke elsewhere", revoke_elsewhere(stack).await),
    ] {
        granted.extend(
            tried.into_iter().filter(|(_, refused)| !refused).map(|(what, _)| format!("{role}: {what}")),
        );
    }
    assert!(granted.is_empty(), "these were not refused: {granted:#?}");

    let iam = aws_sdk_iam::Client::new(&stack.main);
    for user in [USER, "outside"] {
        iam.delete_user().user_name(user).send().await.expect("nothing was attached to it");
    }
    iam.delete_role().role_name(ROLE).send().await.expect("nothing was attached to it");
}

type Tried = Vec<(&'static str, bool)>;

async fn ingress(role: &SdkConfig, stack: &Deployed) -> Tried {
    let dynamodb = aws_sdk_dynamodb::Client::new(role);
    let request = dynamodb.get_item().table_name("keylease-requests");
    let request = request.key("request_id", AttributeValue::S("any-0".to_owned()));
    let claim = dynamodb.put_item().table_name("keylease-claims");
    let claim = claim.item("claim_id", AttributeValue::S("mine".to_owned()));
    let sqs = aws_sdk_sqs::Client::new(role);
    let queue = |name: &str| stack.made["queues"][name]["url"].as_str().expect("a queue").to_owned();
    vec![
        ("scan the requests", refused(dynamodb.scan().table_name("keylease-requests").send().await)),
        ("scan the projects", refused(dynamodb.scan().table_name("keylease-projects").send().await)),
        ("scan the claims", refused(dynamodb.scan().table_name("keylease-claims").send().await)),
        ("write a claim", refused(claim.send().await)),
        ("read a request", refused(request.send().await)),
        ("receive jobs", refused(sqs.receive_message().queue_url(queue("keylease-revoke")).send().await)),
        ("purge a queue", refused(sqs.purge_queue().queue_url(queue("keylease-revoke")).send().await)),
        (
            "send to a DLQ",
            refused(
                sqs.send_message().queue_url(queue("keylease-revoke-dlq")).message_body("{}").send().await,
            ),
        ),
        ("list users", refused(aws_sdk_iam::Client::new(role).list_users().send().await)),
    ]
}

async fn notify(role: &SdkConfig, stack: &Deployed) -> Tried {
    let iam = aws_sdk_iam::Client::new(role);
    let dynamodb = aws_sdk_dynamodb::Client::new(role);
    let project = dynamodb.put_item().table_name("keylease-projects");
    let project = project.item("project", AttributeValue::S("mine".to_owned()));
    let delete = dynamodb.delete_item().table_name("keylease-requests");
    let delete = delete.key("request_id", AttributeValue::S("any-0".to_owned()));
    let secret = stack.secret_arn("workflow-token");
    vec![
        ("list users", refused(iam.list_users().path_prefix("/keylease/").send().await)),
        ("look at a user", refused(iam.get_user().user_name(USER).send().await)),
        ("make a key", refused(iam.create_access_key().user_name(USER).send().await)),
        ("delete a user", refused(iam.delete_user().user_name(USER).send().await)),
        ("write a project", refused(project.send().await)),
        ("delete a request", refused(delete.send().await)),
        ("read the workflow's token", unread(role, &secret).await),
    ]
}

async fn provision(role: &SdkConfig, boundary: &str) -> Tried {
    let iam = aws_sdk_iam::Client::new(role);
    let create = |name: &str, path: &str| iam.create_user().user_name(name).path(path);
    let policy = |user: &str, arn: &str| iam.attach_user_policy().user_name(user).policy_arn(arn);
    let inline = iam.put_user_policy().user_name("outside").policy_name("more").policy_document(EVERYTHING);
    let trust = iam.update_assume_role_policy().role_name("keylease-provision").policy_document(EVERYTHING);
    let own =
        iam.put_role_policy().role_name("keylease-provision").policy_name("more").policy_document(EVERYTHING);
    let role_policy = |role: &str, arn: &str| iam.attach_role_policy().role_name(role).policy_arn(arn);
    let new_role = |path: &str| {
        iam.create_role().role_name("keylease-x").path(path).assume_role_policy_document(ANYBODY)
    };
    let open = |role: &str| iam.update_assume_role_policy().role_name(role).policy_document(ANYBODY);
    let bounded = |name: &str, path: &str| create(name, path).permissions_boundary(boundary);
    vec![
        ("attach AdministratorAccess", refused(policy(USER, ADMINISTRATOR).send().await)),
        ("attach to a user outside", refused(policy("outside", LISTED_POLICY).send().await)),
        ("create a user outside the path", refused(bounded("keylease-x", "/").send().await)),
        ("create a user without the boundary", refused(create("keylease-x", "/keylease/").send().await)),
        (
            "create a user with another boundary",
            refused(create("keylease-x", "/keylease/").permissions_boundary(ADMINISTRATOR).send().await),
        ),
        (
            "take a boundary away",
            refused(iam.delete_user_permissions_boundary().user_name(USER).send().await),
        ),
        ("change a boundary", boundary_refused(&iam, USER, boundary).await),
        ("deny everything to a user outside", boundary_refused(&iam, "outside", DENIED).await),
        ("make a key for a user outside", refused(iam.create_access_key().user_name("outside").send().await)),
        ("write a policy of a user outside", refused(inline.send().await)),
        ("delete a user outside", refused(iam.delete_user().user_name("outside").send().await)),
        ("attach AdministratorAccess to a role", refused(role_policy(ROLE, ADMINISTRATOR).send().await)),
        ("attach to a role outside", refused(role_policy("payments-power", LISTED_POLICY).send().await)),
        (
            "create a role outside the path",
            refused(new_role("/").permissions_boundary(boundary).send().await),
        ),
        ("create a role without the boundary", refused(new_role("/keylease/").send().await)),
        (
            "create a role with another boundary",
            refused(new_role("/keylease/").permissions_boundary(ADMINISTRATOR).send().await),
        ),
        (
            "take a role's boundary away",
            refused(iam.delete_role_permissions_boundary().role_name(ROLE).send().await),
        ),
        (
            "change a role's boundary",
            refused(
                iam.put_role_permissions_boundary()
                    .role_name(ROLE)
                    .permissions_boundary(boundary)
                    .send()
                    .await,
            ),
        ),
        ("open a role outside", refused(open("payments-power").send().await)),
        ("delete a role outside", refused(iam.delete_role().role_name("payments-power").send().await)),
        ("change its own trust", refused(trust.send().await)),
        ("write its own policy", refused(own.send().await)),
        (
            "create a policy",
            refused(iam.create_policy().policy_name("x").policy_document(EVERYTHING).send().await),
        ),
        (
            "assume a role that is not listed",
            refused(
                aws_sdk_sts::Client::new(role)
                    .assume_role()
                    .role_arn(format!("arn:aws:iam::{MAIN}:role/keylease-revoke"))
                    .role_session_name("x")
                    .send()
                    .await,
            ),
        ),
        (
            "write a project",
            refused(
                aws_sdk_dynamodb::Client::new(role)
                    .put_item()
                    .table_name("keylease-projects")
                    .item("project", AttributeValue::S("mine".to_owned()))
                    .send()
                    .await,
            ),
        ),
        (
            "stop the sweep",
            refused(
                aws_sdk_scheduler::Client::new(role)
                    .delete_schedule()
                    .group_name("keylease")
                    .name("sweep")
                    .send()
                    .await,
            ),
        ),
    ]
}

/// Through the member account's role, which both workers have, revoke cannot make anything, nor pass for provision.
async fn revoke_elsewhere(stack: &Deployed) -> Tried {
    let sts = aws_sdk_sts::Client::new(&stack.as_role("keylease-revoke").await);
    let member = stack.made_in_member["roles"]["keylease-member"]["arn"].as_str().expect("the role");
    let assume = |name: &str| sts.assume_role().role_arn(member).role_session_name(name).send();
    let there = stack.with(assume("keylease-revoke").await.expect("its own session")).await;
    let iam = aws_sdk_iam::Client::new(&there);
    let boundary =
        stack.made_in_member["policies"]["keylease-boundary"]["arn"].as_str().expect("the boundary");
    let create = iam.create_user().user_name("keylease-x").path("/keylease/").permissions_boundary(boundary);
    vec![
        ("pass for provision", refused(assume("keylease-provision").await)),
        ("create a user", refused(create.send().await)),
        ("create a key", refused(iam.create_access_key().user_name("keylease-x").send().await)),
        ("change a boundary", boundary_refused(&iam, "keylease-x", boundary).await),
        (
            "hand a session out",
            refused(
                aws_sdk_sts::Client::new(&there)
                    .assume_role()
                    .role_arn(format!("arn:aws:iam::{MEMBER}:role/payments-power"))
                    .role_session_name("x")
                    .send()
                    .await,
            ),
        ),
    ]
}

async fn revoke(role: &SdkConfig, stack: &Deployed) -> Tried {
    let iam = aws_sdk_iam::Client::new(role);
    let create = iam.create_user().user_name("keylease-x").path("/keylease/");
    let create_role = iam.create_role().role_name("keylease-x").path("/keylease/");
    let create_role = create_role.assume_role_policy_document(ANYBODY);
    let scheduler = aws_sdk_scheduler::Client::new(role);
    let secret = stack.secret_arn("slack-signing-secret");
    vec![
        ("create a key", refused(iam.create_access_key().user_name(USER).send().await)),
        ("create a user", refused(create.send().await)),
        ("create a role", refused(create_role.send().await)),
        (
            "attach a policy to a role",
            refused(iam.attach_role_policy().role_name(ROLE).policy_arn(LISTED_POLICY).send().await),
        ),
        (
            "attach a policy",
            refused(iam.attach_user_policy().user_name(USER).policy_arn(LISTED_POLICY).send().await),
        ),
        ("delete a user outside", refused(iam.delete_user().user_name("outside").send().await)),
        ("change a boundary", boundary_refused(&iam, USER, ADMINISTRATOR).await),
        ("deny everything to a user outside", boundary_refused(&iam, "outside", DENIED).await),
        (
            "take a boundary away",
            refused(iam.delete_user_permissions_boundary().user_name(USER).send().await),
        ),
        (
            "make a password",
            refused(iam.create_login_profile().user_name(USER).password("long-Enough-1").send().await),
        ),
        (
            "stop the sweep",
            refused(scheduler.delete_schedule().group_name("keylease").name("sweep").send().await),
        ),
        ("read the signing secret", unread(role, &secret).await),
    ]
}
