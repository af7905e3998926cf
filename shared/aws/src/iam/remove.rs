//! What is attached to a user: each part can be taken away, whatever became of the others.

use super::{GUARD_POLICY, Iam, NOT_THERE};
use crate::error::{CallError, from_sdk, ignore_code};

impl Iam {
    /// Tries every part, and says which could not be removed. The guard goes last, and only from a user that can do
    /// nothing any more: a deleted key may still work for some seconds, and until then it stays denied.
    pub(super) async fn remove_parts(&self, user: &str) -> Vec<CallError> {
        let mut powers = vec![
            self.leave_groups(user).await,
            self.detach_policies(user).await,
            self.delete_inline_policies(user).await,
        ];
        if powers.iter().all(Result::is_ok) {
            powers.push(self.delete_user_policy(user, GUARD_POLICY).await);
        }
        let ways_in = [
            self.remove_login_profile(user).await,
            self.remove_mfa_devices(user).await,
            self.remove_ssh_keys(user).await,
            self.remove_signing_certificates(user).await,
            self.remove_service_credentials(user).await,
        ];
        powers.into_iter().chain(ways_in).filter_map(Result::err).collect()
    }

    async fn remove_login_profile(&self, user: &str) -> Result<(), CallError> {
        let outcome = self.client.delete_login_profile().user_name(user).send().await;
        ignore_code(outcome.map(|_| ()).map_err(|e| from_sdk("iam:DeleteLoginProfile", e)), NOT_THERE)
    }

    async fn remove_mfa_devices(&self, user: &str) -> Result<(), CallError> {
        let pages = self.client.list_mfa_devices().user_name(user).into_paginator().items().send();
        let devices = pages.try_collect().await.map_err(|e| from_sdk("iam:ListMFADevices", e));
        for device in ignore_code(devices, NOT_THERE)? {
            let serial = device.serial_number;
            let call = self.client.deactivate_mfa_device().user_name(user).serial_number(&serial);
            let outcome = call.send().await.map(|_| ());
            ignore_code(outcome.map_err(|e| from_sdk("iam:DeactivateMFADevice", e)), NOT_THERE)?;
            // Only a virtual device is a resource of its own; a hardware token has a plain serial number.
            if serial.starts_with("arn:") {
                let call = self.client.delete_virtual_mfa_device().serial_number(&serial);
                let outcome = call.send().await.map(|_| ());
                ignore_code(outcome.map_err(|e| from_sdk("iam:DeleteVirtualMFADevice", e)), NOT_THERE)?;
            }
        }
        Ok(())
    }

    async fn remove_ssh_keys(&self, user: &str) -> Result<(), CallError> {
        let pages = self.client.list_ssh_public_keys().user_name(user).into_paginator().items().send();
        let keys = pages.try_collect().await.map_err(|e| from_sdk("iam:ListSSHPublicKeys", e));
        for key in ignore_code(keys, NOT_THERE)? {
            let call =
                self.client.delete_ssh_public_key().user_name(user).ssh_public_key_id(key.ssh_public_key_id);
            let outcome = call.send().await.map(|_| ());
            ignore_code(outcome.map_err(|e| from_sdk("iam:DeleteSSHPublicKey", e)), NOT_THERE)?;
        }
        Ok(())
    }

    async fn remove_signing_certificates(&self, user: &str) -> Result<(), CallError> {
        let pages = self.client.list_signing_certificates().user_name(user).into_paginator().items().send();
        let found = pages.try_collect().await.map_err(|e| from_sdk("iam:ListSigningCertificates", e));
        for certificate in ignore_code(found, NOT_THERE)? {
            let call = self
                .client
                .delete_signing_certificate()
                .user_name(user)
                .certificate_id(certificate.certificate_id);
            let outcome = call.send().await.map(|_| ());
            ignore_code(outcome.map_err(|e| from_sdk("iam:DeleteSigningCertificate", e)), NOT_THERE)?;
        }
        Ok(())
    }

    async fn remove_service_credentials(&self, user: &str) -> Result<(), CallError> {
        let answer = self.client.list_service_specific_credentials().user_name(user).send().await;
        let answer = answer.map(|a| a.service_specific_credentials.unwrap_or_default());
        let found = answer.map_err(|e| from_sdk("iam:ListServiceSpecificCredentials", e));
        for credential in ignore_code(found, NOT_THERE)? {
            let call = self
                .client
                .delete_service_specific_credential()
                .user_name(user)
                .service_specific_credential_id(credential.service_specific_credential_id);
            let outcome = call.send().await.map(|_| ());
            ignore_code(outcome.map_err(|e| from_sdk("iam:DeleteServiceSpecificCredential", e)), NOT_THERE)?;
        }
        Ok(())
    }

    async fn leave_groups(&self, user: &str) -> Result<(), CallError> {
        let pages = self.client.list_groups_for_user().user_name(user).into_paginator().items().send();
        let groups = pages.try_collect().await.map_err(|e| from_sdk("iam:ListGroupsForUser", e));
        for group in ignore_code(groups, NOT_THERE)? {
            let call = self.client.remove_user_from_group().user_name(user).group_name(group.group_name);
            let outcome = call.send().await.map(|_| ());
            ignore_code(outcome.map_err(|e| from_sdk("iam:RemoveUserFromGroup", e)), NOT_THERE)?;
        }
        Ok(())
    }

    async fn detach_policies(&self, user: &str) -> Result<(), CallError> {
        let pages = self.client.list_attached_user_policies().user_name(user).into_paginator().items().send();
        let found = pages.try_collect().await.map_err(|e| from_sdk("iam:ListAttachedUserPolicies", e));
        for policy in ignore_code(found, NOT_THERE)? {
            self.detach(user, &policy.policy_arn.unwrap_or_default()).await?;
        }
        Ok(())
    }

    /// Detaches a managed policy; one that is not attached is detached already.
    pub(super) async fn detach(&self, user: &str, policy_arn: &str) -> Result<(), CallError> {
        let call = self.client.detach_user_policy().user_name(user).policy_arn(policy_arn);
        let outcome = call.send().await.map(|_| ()).map_err(|e| from_sdk("iam:DetachUserPolicy", e));
        ignore_code(outcome, NOT_THERE)
    }

    /// Every inline policy but the guard.
    async fn delete_inline_policies(&self, user: &str) -> Result<(), CallError> {
        let pages = self.client.list_user_policies().user_name(user).into_paginator().items().send();
        let names = pages.try_collect().await.map_err(|e| from_sdk("iam:ListUserPolicies", e));
        for name in ignore_code(names, NOT_THERE)? {
            if name != GUARD_POLICY {
                self.delete_user_policy(user, &name).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn delete_user_policy(&self, user: &str, name: &str) -> Result<(), CallError> {
        let call = self.client.delete_user_policy().user_name(user).policy_name(name);
        let outcome = call.send().await.map(|_| ()).map_err(|e| from_sdk("iam:DeleteUserPolicy", e));
        ignore_code(outcome, NOT_THERE)
    }
}
