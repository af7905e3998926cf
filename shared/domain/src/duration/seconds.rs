//! A duration as whole seconds, which is how a request's record has it.

use serde::{Deserialize, Deserializer, Serializer, de};

use super::GrantDuration;

/// Writes the seconds.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a field by reference")]
pub(crate) fn serialize<S: Serializer>(duration: &GrantDuration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u32(duration.seconds())
}

/// Reads the seconds; none, and more than a duration may have, are an error.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<GrantDuration, D::Error> {
    GrantDuration::from_seconds(u64::deserialize(from)?).map_err(de::Error::custom)
}
