//! The calls of which no refusal is final.

/// Calls that do nothing but take access away. An ending is never given up, whatever IAM answers that has no row here.
pub(crate) const TAKES_AWAY: [&str; 19] = [
    "iam:DeactivateMFADevice",
    "iam:DeleteAccessKey",
    "iam:DeleteLoginProfile",
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:DeleteSSHPublicKey",
    "iam:DeleteServiceSpecificCredential",
    "iam:DeleteSigningCertificate",
    "iam:DeleteUser",
    "iam:DeleteUserPolicy",
    "iam:DeleteVirtualMFADevice",
    "iam:DetachRolePolicy",
    "iam:DetachUserPolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutUserPermissionsBoundary",
    "iam:RemoveRoleFromInstanceProfile",
    "iam:RemoveUserFromGroup",
    "identitystore:DeleteGroupMembership",
    "sso:DeleteAccountAssignment",
];
