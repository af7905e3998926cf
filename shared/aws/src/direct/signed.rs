//! A call in AWS's JSON protocol, signed.

use std::time::SystemTime;

use aws_config::Region;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningParams, SigningSettings, sign};
use aws_sigv4::sign::v4;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, Uri};
use http_body_util::Full;

use super::failed::Failed;

const TARGET_HEADER: &str = "x-amz-target";

/// Which call is signed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signed {
    /// What the SDK calls the service, where a variable or a profile names its endpoint.
    pub(crate) service_id: &'static str,
    /// The service, as signatures name it and hosts begin.
    pub(crate) service: &'static str,
    /// The operation, with its API's name.
    pub(crate) target: &'static str,
    /// The version of the protocol, as the API declares it.
    pub(crate) media_type: &'static str,
}

/// Signs for one endpoint.
#[derive(Debug)]
pub(super) struct Signer {
    uri: Uri,
    text: String,
    region: Region,
    call: Signed,
}

impl Signer {
    pub(super) fn new(endpoint: &Uri, region: &Region, call: Signed) -> Self {
        // With its path: an endpoint without one is signed, and asked, as `/`.
        Self { text: endpoint.to_string(), uri: endpoint.clone(), region: region.clone(), call }
    }

    pub(super) fn sign(
        &self,
        body: Vec<u8>,
        credentials: Credentials,
        now: SystemTime,
    ) -> Result<Request<Full<Bytes>>, Failed> {
        let headers =
            [(CONTENT_TYPE.as_str(), self.call.media_type), (TARGET_HEADER, self.call.target)].into_iter();
        let unsigned = SignableRequest::new("POST", &*self.text, headers, SignableBody::Bytes(&body))?;
        let identity = credentials.into();
        let parameters: SigningParams<'_> = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region.as_ref())
            .name(self.call.service)
            .time(now)
            .settings(SigningSettings::default())
            .build()?
            .into();
        let (signature, _) = sign(unsigned, &parameters)?.into_parts();
        let mut request = Request::post(self.uri.clone())
            .header(CONTENT_TYPE, self.call.media_type)
            .header(TARGET_HEADER, self.call.target)
            .body(Full::from(body))?;
        signature.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}
