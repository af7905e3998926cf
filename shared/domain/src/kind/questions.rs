//! What others ask of a kind, and what follows from what a grant of it is in AWS and how people get in: no kind is named here.

use super::{Door, InAws, RoleKind};
use crate::principal::{Pattern, Placeholder, Requester, ValueFault};

impl RoleKind {
    /// The role of which it is a session, where it is one.
    #[must_use]
    pub fn session_role_arn(&self) -> Option<&str> {
        match self.in_aws() {
            InAws::SessionOf(role_arn) => Some(role_arn),
            InAws::User | InAws::Role | InAws::AssignmentOf { .. } | InAws::MemberOf(_) => None,
        }
    }

    /// Whether what is made is a secret, which has to be delivered.
    #[must_use]
    pub fn has_secret(&self) -> bool {
        match self.in_aws() {
            InAws::User | InAws::SessionOf(_) => true,
            InAws::Role => self.is_claimed_only(),
            InAws::AssignmentOf { .. } | InAws::MemberOf(_) => false,
        }
    }

    /// Whether its secret can be claimed only, and is never emailed.
    #[must_use]
    pub fn is_claimed_only(&self) -> bool {
        self.door() == Some(&Door::Claim)
    }

    /// Whether it can be made for this requester alone, as it says.
    pub fn check_requester(&self, requester: &Requester<'_>) -> Result<(), ValueFault> {
        match self.door() {
            Some(Door::AssumeRole { principals }) => {
                let mut patterns = principals.iter().filter_map(|text| Pattern::parse(text).ok());
                patterns.try_for_each(|pattern| pattern.admits(requester).map(drop))
            }
            // Their user is looked for in Identity Center; and what is claimed goes to a machine.
            Some(Door::AccountAccess | Door::Claim) | None => Ok(()),
        }
    }

    /// Whether it is opened to the requester by their address, or by what is found by that.
    #[must_use]
    pub fn is_opened_by_address(&self) -> bool {
        self.door().is_some_and(|door| Placeholder::ALL.into_iter().any(|one| door.asks_for(one)))
    }

    /// Whether it is given to the requester's user of Identity Center.
    #[must_use]
    pub fn is_of_identity_center(&self) -> bool {
        match self.in_aws() {
            InAws::User | InAws::Role | InAws::SessionOf(_) => false,
            InAws::AssignmentOf { .. } | InAws::MemberOf(_) => true,
        }
    }

    /// Whether the requester needs a user of Identity Center to have it.
    #[must_use]
    pub fn needs_identity_center(&self) -> bool {
        self.is_of_identity_center() || self.door() == Some(&Door::AccountAccess)
    }

    /// Whether the credential is a role session.
    #[must_use]
    pub fn is_session(&self) -> bool {
        self.session_role_arn().is_some()
    }
}
