//! Who types: the operator, by the name that their AWS credentials say. Records name them so.

use aws::inspect::identity;
use domain::OperatorName;

use crate::env::Env;
use crate::failure::Failure;

/// What a record says where AWS does not say who it is.
const UNKNOWN: &str = "unknown";

/// The operator. Ending access must not wait for STS, so that one who cannot be told is `unknown`, and a note says so.
pub(crate) async fn operator(env: &Env) -> Result<OperatorName, Failure> {
    let aws = env.aws().await?;
    let why = match identity(aws).await {
        Ok(identity) => match OperatorName::from_arn(&identity.arn) {
            Some(name) => return Ok(name),
            None => format!("{} is no name for a record", identity.arn),
        },
        Err(error) => error.to_string(),
    };
    env.terminal.note(&format!("It is not known who you are, so the record will say `{UNKNOWN}`: {why}"));
    OperatorName::parse(UNKNOWN).map_err(|fault| Failure::new(fault.to_string()))
}
