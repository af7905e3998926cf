//! What stands in the way of a request before anybody is asked: nobody could decide it, or nothing could be delivered.

use crate::address::AddressFault;
use crate::principal::ValueFault;

/// Why a request could not lead to access, whoever agreed to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ContactFault {
    /// Slack does not know the requester, or does not show them to the app.
    RequesterUnknown,
    /// The requester's account is deactivated, or a bot's.
    RequesterInactive,
    /// The requester's profile has no email address, which is where the credential goes.
    NoAddress,
    /// The requester's profile has an email address that SES cannot send to.
    UnusableAddress {
        /// Why not.
        fault: AddressFault,
    },
    /// A role is opened to the requester by something of theirs that is not known, or that no principal is called.
    NoPrincipal(ValueFault),
    /// Too few of those who may approve it have an active account of a person.
    TooFewActiveApprovers {
        /// How many must agree.
        required: u32,
        active: u32,
    },
}
