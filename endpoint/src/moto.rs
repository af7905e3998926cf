//! IAM Identity Center as moto plays it, which does what AWS does where nothing goes wrong: a second opinion beside the testkit's.

use std::path::PathBuf;
use std::sync::OnceLock;

use aws_config::SdkConfig;
use aws_sdk_identitystore::types::{Email, MemberId, Name};
use aws_sdk_ssoadmin::types::InstanceMetadata;

use crate::cloud::{REGION, ROOT_SECRET, config_at, credentials};
use crate::emulator::Emulator;
use crate::settings;

/// The account whose Identity Center it is; moto goes by none.
const OWNER: &str = "123456789012";

/// The one instance that moto has in the region, for all tests of a run.
pub struct Moto {
    config: SdkConfig,
    instance: InstanceMetadata,
}

/// moto, started by whoever asks first.
fn server() -> &'static Emulator {
    static SERVER: OnceLock<Emulator> = OnceLock::new();
    SERVER.get_or_init(|| {
        let program: PathBuf = settings::emulator_program().with_file_name("moto_server");
        Emulator::run("moto", &[program], &[])
    })
}

impl Moto {
    pub async fn open() -> Self {
        let config = config_at(server().url(), REGION, credentials(OWNER, ROOT_SECRET, None)).await;
        let list = aws_sdk_ssoadmin::Client::new(&config).list_instances().send().await;
        let instance = list.expect("the instances").instances.unwrap_or_default().remove(0);
        Self { config, instance }
    }

    /// What the programs are told of it.
    pub fn variables(&self) -> [(&'static str, &str); 4] {
        [
            ("IDENTITY_CENTER_INSTANCE_ARN", self.instance_arn()),
            ("IDENTITY_STORE_ID", self.store()),
            ("AWS_ENDPOINT_URL_SSO_ADMIN", server().url()),
            ("AWS_ENDPOINT_URL_IDENTITYSTORE", server().url()),
        ]
    }

    fn instance_arn(&self) -> &str {
        self.instance.instance_arn().unwrap_or_default()
    }

    fn store(&self) -> &str {
        self.instance.identity_store_id().unwrap_or_default()
    }

    fn admin(&self) -> aws_sdk_ssoadmin::Client {
        aws_sdk_ssoadmin::Client::new(&self.config)
    }

    fn people(&self) -> aws_sdk_identitystore::Client {
        aws_sdk_identitystore::Client::new(&self.config)
    }

    /// Adds a user; the id.
    pub async fn add_user(&self, name: &str, address: &str) -> String {
        let called = Name::builder().given_name(name).family_name("Example").build();
        let email = Email::builder().value(address).r#type("work").primary(true).build();
        let create = self.people().create_user().identity_store_id(self.store()).user_name(name);
        let create = create.display_name(name).name(called).emails(email);
        create.send().await.expect("a user").user_id
    }

    /// Adds a group; the id.
    pub async fn add_group(&self, name: &str) -> String {
        let create = self.people().create_group().identity_store_id(self.store()).display_name(name);
        create.send().await.expect("a group").group_id
    }

    /// Adds a permission set; the ARN.
    pub async fn add_permission_set(&self, name: &str) -> String {
        // Left out, moto answers with a number where AWS has a text.
        let create = self.admin().create_permission_set().instance_arn(self.instance_arn()).name(name);
        let made = create.session_duration("PT1H").send().await.expect("a permission set");
        made.permission_set.and_then(|set| set.permission_set_arn).expect("its ARN")
    }

    /// The users that a permission set is assigned to in an account.
    pub async fn assigned(&self, account: &str, permission_set_arn: &str) -> Vec<String> {
        let list = self.admin().list_account_assignments().instance_arn(self.instance_arn());
        let list = list.account_id(account).permission_set_arn(permission_set_arn);
        let found = list.send().await.expect("the assignments").account_assignments.unwrap_or_default();
        found.into_iter().filter_map(|one| one.principal_id).collect()
    }

    /// The users in a group.
    pub async fn members(&self, group_id: &str) -> Vec<String> {
        let list = self.people().list_group_memberships().identity_store_id(self.store()).group_id(group_id);
        let found = list.send().await.expect("the memberships").group_memberships;
        let user = |member: MemberId| member.as_user_id().ok().cloned();
        found.into_iter().filter_map(|one| one.member_id.and_then(user)).collect()
    }
}
