//! A bucket of an S3 service: where it is, and who we are there.

use std::{fmt, time::Duration};

use object_store::{
    BackoffConfig, ClientOptions, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey as Key},
};
use url::Url;

use super::BlobError;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(2);
/// A 5xx or a lost connection is tried again within this; what hangs is ended by the store's own patience.
const RETRY: Duration = Duration::from_secs(3);
const RETRIES: usize = 3;

/// A secret access key. `Debug` hides it.
#[derive(Clone)]
pub struct SecretKey(String);

impl SecretKey {
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(hidden)")
    }
}

/// Who we are to the service.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// The standard `AWS_…` variables; on a machine of AWS also the role of its task, pod or instance.
    Environment,
    Fixed {
        id: String,
        secret: SecretKey,
    },
}

/// A bucket, or the part of one below a prefix.
#[derive(Clone, Debug)]
pub struct Bucket {
    pub name: String,
    /// Without slashes at its ends; empty for the whole bucket.
    pub prefix: String,
    /// `None`: AWS.
    pub endpoint: Option<Url>,
    /// `None`: `AWS_REGION`, else `us-east-1`, which other services take for any.
    pub region: Option<String>,
    /// The bucket's name stands in the path, not in the host.
    pub path_style: bool,
    pub credentials: Credentials,
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.name)?;
        if !self.prefix.is_empty() {
            write!(f, "/{}", self.prefix)?;
        }
        match &self.endpoint {
            Some(endpoint) => write!(f, " at {}", endpoint.as_str().trim_end_matches('/')),
            None => Ok(()),
        }
    }
}

impl Bucket {
    /// From `s3://bucket` or `s3://bucket/prefix`; the rest as it is at AWS.
    ///
    /// # Errors
    /// What is wrong with the text, in words that follow its setting's name.
    pub fn from_url(text: &str) -> Result<Self, String> {
        let fault = || format!("is {text:?}, and takes s3://bucket or s3://bucket/prefix");
        let rest = text.strip_prefix("s3://").ok_or_else(fault)?;
        if rest.contains(['@', '?', '#']) {
            return Err(
                "holds more than a bucket and a prefix; credentials belong in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY".to_owned()
            );
        }
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.trim_end_matches('/');
        let named = (3..=63).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-'))
            && !name.starts_with(['.', '-'])
            && !name.ends_with(['.', '-']);
        if !named {
            return Err(format!("names the bucket {name:?}, and a bucket has 3 to 63 of a-z, 0-9, . and -"));
        }
        let part = |part: &str| {
            !part.is_empty()
                && !matches!(part, "." | "..")
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        };
        if !prefix.is_empty() && !prefix.split('/').all(part) {
            return Err(format!("has the prefix {prefix:?}, and each of its parts takes A-Z, a-z, 0-9, ., _ and -"));
        }
        Ok(Self {
            name: name.to_owned(),
            prefix: prefix.to_owned(),
            endpoint: None,
            region: None,
            path_style: true,
            credentials: Credentials::Environment,
        })
    }

    pub(super) fn open(&self) -> Result<AmazonS3, BlobError> {
        let builder = match &self.credentials {
            Credentials::Environment => from_environment(self.endpoint.is_some())?,
            Credentials::Fixed { id, secret } => AmazonS3Builder::new().with_access_key_id(id).with_secret_access_key(&secret.0),
        };
        let http = self.endpoint.as_ref().is_some_and(|url| url.scheme() == "http");
        let options = ClientOptions::new().with_allow_http(http).with_connect_timeout(CONNECT).with_timeout_disabled();
        let backoff =
            BackoffConfig { init_backoff: Duration::from_millis(50), max_backoff: Duration::from_secs(1), ..BackoffConfig::default() };
        let mut builder = builder
            .with_bucket_name(&self.name)
            .with_virtual_hosted_style_request(!self.path_style)
            .with_retry(RetryConfig { backoff, max_retries: RETRIES, retry_timeout: RETRY })
            // Not every service has the request for many keys at once.
            .with_disable_bulk_delete(true)
            .with_client_options(options);
        if let Some(region) = &self.region {
            builder = builder.with_region(region);
        }
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(self.base(endpoint)?);
        }
        builder.build().map_err(|error| BlobError::new(format!("{self}: {error}")))
    }

    /// The client wants the bucket in the endpoint where it stands in the host.
    fn base(&self, endpoint: &Url) -> Result<String, BlobError> {
        let mut url = endpoint.clone();
        if !self.path_style {
            let host = endpoint.host_str().unwrap_or_default();
            url.set_host(Some(&format!("{}.{host}", self.name))).map_err(|error| BlobError::new(format!("{self}: {error}")))?;
        }
        Ok(url.as_str().trim_end_matches('/').to_owned())
    }
}

/// Credentials and region alone: everything else is ours to set.
fn from_environment(elsewhere: bool) -> Result<AmazonS3Builder, BlobError> {
    let found: Vec<(Key, String)> = std::env::vars()
        .filter(|(name, value)| name.starts_with("AWS_") && !value.is_empty())
        .filter_map(|(name, value)| Some((name.to_ascii_lowercase().parse::<Key>().ok()?, value)))
        .filter(|(key, _)| {
            matches!(
                key,
                Key::AccessKeyId
                    | Key::SecretAccessKey
                    | Key::Token
                    | Key::Region
                    | Key::DefaultRegion
                    | Key::WebIdentityTokenFile
                    | Key::RoleArn
                    | Key::RoleSessionName
                    | Key::StsEndpoint
                    | Key::ContainerCredentialsRelativeUri
                    | Key::ContainerCredentialsFullUri
                    | Key::ContainerAuthorizationTokenFile
                    | Key::MetadataEndpoint
            )
        })
        .collect();
    let has = |key: Key| found.iter().any(|(other, _)| *other == key);
    let roles = [Key::WebIdentityTokenFile, Key::ContainerCredentialsRelativeUri, Key::ContainerCredentialsFullUri];
    match (has(Key::AccessKeyId), has(Key::SecretAccessKey)) {
        (true, false) => Err(BlobError::new("AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not: set both".to_owned())),
        (false, true) => Err(BlobError::new("AWS_SECRET_ACCESS_KEY is set, and AWS_ACCESS_KEY_ID is not: set both".to_owned())),
        // Only a machine of AWS has a role to ask for; elsewhere the question would hang.
        (false, false) if elsewhere && !roles.into_iter().any(has) => Err(BlobError::new(
            "the bucket needs credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment".to_owned(),
        )),
        _ => Ok(found.into_iter().fold(AmazonS3Builder::new(), |builder, (key, value)| builder.with_config(key, value))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_read_from_its_url_with_or_without_a_prefix() {
        let read = |text: &str| Bucket::from_url(text).map(|bucket| (bucket.name, bucket.prefix));
        assert_eq!(read("s3://acme-pictures"), Ok(("acme-pictures".into(), String::new())));
        assert_eq!(read("s3://acme/prod/eu/"), Ok(("acme".into(), "prod/eu".into())));
        for wrong in
            ["", "acme", "gs://acme", "s3://", "s3://ab", "s3://Acme", "s3://acme_b", "s3://acme//x", "s3://acme/..", "s3://acme/ü"]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_url_with_credentials_is_refused_without_repeating_them() {
        let why = Bucket::from_url("s3://AKIA:hunter2@acme").expect_err("refused");
        assert!(why.contains("AWS_SECRET_ACCESS_KEY") && !why.contains("hunter2"), "{why}");
    }

    #[test]
    fn a_secret_is_never_shown() {
        let credentials = Credentials::Fixed { id: "id".into(), secret: SecretKey::new("hunter2") };
        let bucket = Bucket { credentials, ..Bucket::from_url("s3://acme").expect("a bucket") };
        assert!(!format!("{bucket:?} {bucket}").contains("hunter2"));
    }

    #[test]
    fn the_bucket_stands_in_the_path_or_in_the_host() {
        let endpoint: Url = "https://s3.example.com:9000".parse().expect("a url");
        let mut bucket = Bucket::from_url("s3://acme").expect("a bucket");
        assert_eq!(bucket.base(&endpoint).expect("a base"), "https://s3.example.com:9000");
        bucket.path_style = false;
        assert_eq!(bucket.base(&endpoint).expect("a base"), "https://acme.s3.example.com:9000");
    }
}
