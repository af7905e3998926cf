//! What keeps IAM from deleting a user, beyond the keys and policies that the emulator looks at.

use winterbaume_iam::IamStateView;

/// What is still on a user, in the words of the console; nothing where the user can be deleted.
pub(super) fn left_on(user: &str, state: &IamStateView) -> Option<&'static str> {
    let is_theirs = |owner: &String| owner == user;
    let has = [
        (state.login_profiles.contains_key(user), "login profile"),
        (state.groups.values().any(|group| group.members.iter().any(is_theirs)), "group"),
        (state.mfa_associations.iter().any(|device| is_theirs(&device.user_name)), "MFA device"),
        (state.ssh_public_keys.values().any(|key| is_theirs(&key.user_name)), "SSH public key"),
        (state.signing_certificates.values().any(|one| is_theirs(&one.user_name)), "signing certificate"),
        (
            state.service_specific_credentials.values().any(|one| is_theirs(&one.user_name)),
            "service-specific credential",
        ),
    ];
    has.into_iter().find_map(|(is_there, what)| is_there.then_some(what))
}
