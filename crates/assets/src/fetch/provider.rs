//! Calls to a service that the operator named, such as one for payments: the same checks of addresses as for pictures, no
//! redirects, a small answer.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use render::PictureError;
use reqwest::{Method, header};
use url::Url;

use super::{Fetcher, transfer::within};

/// Look-up, connection and answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of an answer.
const ANSWER: usize = 1024 * 1024;

/// What the service answered.
#[derive(Clone, Debug)]
pub struct Answered {
    pub status: u16,
    pub body: Bytes,
}

/// Blocked, absent, slow or too large; the log knows which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the service can't be reached")]
pub struct NotReached;

impl Fetcher {
    /// Sends a form (`a=b&c=d`), with the key as bearer token.
    ///
    /// # Errors
    /// Where there is no whole answer.
    pub async fn post_form(&self, url: &Url, key: &str, form: String) -> Result<Answered, NotReached> {
        self.send(Method::POST, url, key, Some(form)).await
    }

    /// # Errors
    /// Where there is no whole answer.
    pub async fn delete(&self, url: &Url, key: &str) -> Result<Answered, NotReached> {
        self.send(Method::DELETE, url, key, None).await
    }

    async fn send(&self, method: Method, url: &Url, key: &str, form: Option<String>) -> Result<Answered, NotReached> {
        let work = async {
            let addresses = self.transfer.addresses(url).await?;
            let client = self.transfer.client(addresses).map_err(|_| PictureError::FetchFailed)?;
            let mut request = client.request(method, url.clone()).bearer_auth(key);
            if let Some(form) = form {
                request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
            }
            let mut response = request.send().await.map_err(|_| PictureError::FetchFailed)?;
            let mut body = BytesMut::new();
            while let Some(chunk) = response.chunk().await.map_err(|_| PictureError::FetchFailed)? {
                if body.len() + chunk.len() > ANSWER {
                    return Err(PictureError::TooLarge);
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Answered { status: response.status().as_u16(), body: body.freeze() })
        };
        within(PATIENCE, work).await.map_err(|_| NotReached)
    }
}
