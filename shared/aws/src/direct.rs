//! Single calls in AWS's JSON protocol without a client of the SDK's: signed by the SDK's own signer, posted by hyper.
//!
//! For a call that is made for every click, and for one that would bring a whole client of the SDK into a program.

mod answer;
mod credentials;
mod endpoint;
mod failed;
mod post;
mod signed;

use std::time::{Duration, UNIX_EPOCH};

use aws_config::SdkConfig;
use bytes::Bytes;
use http::Response;

use credentials::Cached;
use signed::Signer;

pub(crate) use answer::refusal;
pub(crate) use failed::Failed;
pub use post::{Post, Posted};
pub(crate) use signed::Signed;

/// What one kind of call is signed and posted with.
#[derive(Debug)]
pub(crate) struct Direct {
    signer: Signer,
    credentials: Cached,
    post: Post,
}

impl Direct {
    /// Calls where the SDK would, with the SDK's credentials. Requests go to `post`, or over the network.
    pub(crate) async fn new(
        aws: &SdkConfig,
        call: Signed,
        post: Option<Post>,
        connect_timeout: Duration,
    ) -> Result<Self, Failed> {
        let endpoint = endpoint::of(aws, call).await.ok_or("no endpoint is configured")?;
        let region = aws.region().ok_or("no region is configured")?;
        let provider = aws.credentials_provider().ok_or("no provider of credentials is configured")?;
        let post = match post {
            Some(post) => post,
            None => Post::over_network(endpoint.scheme().ok_or("the endpoint is no URL")?, connect_timeout)?,
        };
        Ok(Self { signer: Signer::new(&endpoint, region, call), credentials: Cached::new(provider), post })
    }

    /// Makes the call with this body, once.
    pub(crate) async fn call(&self, body: Vec<u8>) -> Result<Response<Bytes>, Failed> {
        let now = UNIX_EPOCH + Duration::from_millis(service::clock::now_ms().cast_unsigned());
        let credentials = self.credentials.at(now).await?;
        self.post.send(self.signer.sign(body, credentials, now)?).await
    }
}

#[cfg(test)]
mod tests;
