//! A `SendMessage`, signed for AWS.

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

const MEDIA_TYPE: &str = "application/x-amz-json-1.0";
const TARGET_HEADER: &str = "x-amz-target";
const TARGET: &str = "AmazonSQS.SendMessage";

/// Signs for one endpoint.
#[derive(Debug)]
pub(super) struct Signer {
    uri: Uri,
    text: String,
    region: Region,
}

impl Signer {
    pub(super) fn new(endpoint: &Uri, region: &Region) -> Self {
        // With its path: an endpoint without one is signed, and asked, as `/`.
        Self { text: endpoint.to_string(), uri: endpoint.clone(), region: region.clone() }
    }

    pub(super) fn sign(
        &self,
        body: Vec<u8>,
        credentials: Credentials,
        now: SystemTime,
    ) -> Result<Request<Full<Bytes>>, Failed> {
        let headers = [(CONTENT_TYPE.as_str(), MEDIA_TYPE), (TARGET_HEADER, TARGET)].into_iter();
        let unsigned = SignableRequest::new("POST", &*self.text, headers, SignableBody::Bytes(&body))?;
        let identity = credentials.into();
        let parameters: SigningParams<'_> = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region.as_ref())
            .name("sqs")
            .time(now)
            .settings(SigningSettings::default())
            .build()?
            .into();
        let (signature, _) = sign(unsigned, &parameters)?.into_parts();
        let mut request = Request::post(self.uri.clone())
            .header(CONTENT_TYPE, MEDIA_TYPE)
            .header(TARGET_HEADER, TARGET)
            .body(Full::from(body))?;
        signature.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}
