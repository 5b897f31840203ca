//! What storage says when it fails, and what to do about it.

use std::error::Error as _;

use super::Bucket;

/// The storage failed; the text is for the log and for operators. An absent blob is `None`, not an error.
#[derive(Clone, Debug, thiserror::Error)]
#[error("blob storage: {0}")]
pub struct BlobError(String);

/// Of a service's own words; some answer with a page.
const SHOWN: usize = 200;

impl BlobError {
    pub(super) fn new(text: String) -> Self {
        Self(text)
    }

    /// A folder's fault. The chain holds the system's reason ("No space left on device"), which the outermost text omits.
    pub(super) fn of_folder(error: &object_store::Error) -> Self {
        Self(chain(error).join(": "))
    }

    /// A bucket's fault: its code, and what to do. The service's answer itself is left out, because some repeat the
    /// request's headers in it, a session token among them.
    pub(super) fn of_bucket(bucket: &Bucket, error: &object_store::Error) -> Self {
        let chain = chain(error);
        if let Some(code) = code(&chain) {
            return Self(match advice(&code, bucket) {
                Some(advice) => format!("{bucket}: {code}: {advice}"),
                None => format!("{bucket}: {code}"),
            });
        }
        let last = chain.last().map(String::as_str).unwrap_or_default();
        let brief: String = last.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
        Self(match error {
            object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
                format!("{bucket}: {}", advice("AccessDenied", bucket).unwrap_or_default())
            }
            _ => format!("{bucket}: {brief}: is the service up, and storage_endpoint right?"),
        })
    }

    pub(super) fn late(bucket: &Bucket) -> Self {
        Self(format!("{bucket}: no answer in time: is the service up, and storage_endpoint right?"))
    }

    /// The same error, with what was tried before it.
    pub(super) fn during(self, what: &str) -> Self {
        Self(format!("{what} failed: {}", self.0))
    }
}

/// Whether the thing that was not found is the bucket itself.
pub(super) fn no_bucket(error: &object_store::Error) -> bool {
    code(&chain(error)).as_deref() == Some("NoSuchBucket")
}

fn chain(error: &object_store::Error) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        texts.push(cause.to_string());
        source = cause.source();
    }
    texts
}

/// The code of S3's error document.
fn code(chain: &[String]) -> Option<String> {
    let text = chain.iter().find(|text| text.contains("<Code>"))?;
    let (_, rest) = text.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    code.bytes().all(|byte| byte.is_ascii_alphanumeric()).then(|| code.to_owned())
}

fn advice(code: &str, bucket: &Bucket) -> Option<String> {
    let Bucket { name, prefix, .. } = bucket;
    let keys = if prefix.is_empty() { format!("{name}/*") } else { format!("{name}/{prefix}/*") };
    Some(match code {
        "NoSuchBucket" => format!("there is no bucket {name:?}: make it, or name another in storage_url"),
        "AccessDenied" | "AllAccessDisabled" | "MethodNotAllowed" => format!(
            "the bucket is read-only or the credentials lack a right: allow s3:GetObject, s3:PutObject and s3:DeleteObject on {keys}, and s3:ListBucket on {name}"
        ),
        "InvalidAccessKeyId" | "NotSignedUp" => {
            "the service does not know the access key: check AWS_ACCESS_KEY_ID and storage_endpoint".to_owned()
        }
        "SignatureDoesNotMatch" => "the secret does not belong to the access key: check AWS_SECRET_ACCESS_KEY".to_owned(),
        "ExpiredToken" | "InvalidToken" => "the session token is over or wrong: renew AWS_SESSION_TOKEN, or unset it".to_owned(),
        "RequestTimeTooSkewed" => "this machine's clock and the service's differ too much: set the clock, and let NTP keep it".to_owned(),
        "PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException" => {
            "the bucket is in another region: name that in storage_region".to_owned()
        }
        "SlowDown" | "ServiceUnavailable" | "InternalError" => {
            "the service is overloaded or has a fault of its own; it is asked again".to_owned()
        }
        _ => return None,
    })
}
