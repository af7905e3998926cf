//! Why a role of the catalogue is of no kind.

use super::KindName;

/// Why a role of the catalogue is of no kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KindFault {
    /// None of the fields is there of which the kind needs one.
    #[error("a role of kind `{}` needs {}", .0.as_str(), .0.any_of())]
    Lacks(KindName),
    /// The policy document is none.
    #[error("`inline_policy` is not a JSON object")]
    PolicyNotJson,
    /// Nobody could get in.
    #[error("a role of kind `role` needs `door`")]
    LacksDoor,
    /// Nobody could get in.
    #[error("a role with `door: assume_role` needs `principals`")]
    LacksPrincipals,
}

impl KindName {
    fn any_of(self) -> String {
        if self == Self::PermissionSet {
            return "`permission_set_arn` and `account_id`".to_owned();
        }
        let fields: Vec<String> = self.needs_one_of().iter().map(|field| format!("`{field}`")).collect();
        fields.join(" or ")
    }
}
