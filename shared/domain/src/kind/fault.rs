//! Why a role of the catalogue is of no kind.

use super::KindName;

/// Why a role of the catalogue is of no kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KindFault {
    /// A field that the kind needs is not there.
    #[error("a role of kind `{}` needs {}", .0.as_str(), .0.needs())]
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
    /// The fields that it needs, as a sentence has them.
    fn needs(self) -> String {
        let row = self.row();
        let fields: Vec<String> = row.needs_one_of.iter().map(|field| format!("`{field}`")).collect();
        let besides = row.also_needs.map(|field| format!(" and `{field}`"));
        fields.join(" or ") + &besides.unwrap_or_default()
    }
}
