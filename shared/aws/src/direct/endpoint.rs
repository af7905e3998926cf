//! Where a call goes.

use aws_config::SdkConfig;
use aws_sdk_sqs::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_types::service_config::ServiceConfigKey;

use super::signed::Signed;

/// As hosts of SQS begin.
const OF_SQS: &str = "//sqs";

/// Where the SDK would post to, by the SDK's own rules: partitions, FIPS, and what the environment or a profile names.
///
/// The rules are those of SQS, whose client is here in any case; for another service its name takes the place of SQS's, as
/// AWS names them alike.
pub(super) async fn of(aws: &SdkConfig, call: Signed) -> Option<http::Uri> {
    let key = ServiceConfigKey::builder().service_id(call.service_id);
    let key = key.env("AWS_ENDPOINT_URL").profile("endpoint_url").build().ok()?;
    let named = aws.service_config().and_then(|service| service.load_config(key));
    let named = named.or_else(|| aws.endpoint_url().map(str::to_owned));
    let asked = Params::builder()
        .set_region(aws.region().map(ToString::to_string))
        .set_use_fips(aws.use_fips())
        .set_use_dual_stack(aws.use_dual_stack())
        .set_endpoint(named.clone());
    let found = DefaultResolver::new().resolve_endpoint(&asked.build().ok()?).await.ok()?;
    let url = if named.is_some() {
        found.url().to_owned()
    } else {
        found.url().replacen(OF_SQS, &format!("//{}", call.service), 1)
    };
    url.parse().ok()
}
