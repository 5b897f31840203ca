//! A real S3 service in this process, strict about signatures, behind a network that can be spoilt.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use assets::{Bucket, Credentials, SecretKey};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::SimpleAuth;
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{S3Error, S3ErrorCode, S3Result};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::{Proxy, Weather};

/// The one bucket that is there.
const BUCKET: &str = "pictures";
const ID: &str = "AKIATESTKIT";
const SECRET: &str = "a secret of the tests";

/// What the service answers in place of doing its work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    #[default]
    Good,
    /// Anybody may read below `pictures/`, as a bucket's policy can say.
    Public,
    /// 403 to all that would change something.
    ReadOnly,
    /// 503 to everything.
    Unavailable,
}

/// A service with one bucket. Dropping it ends it and removes its folder.
pub struct S3 {
    proxy: Proxy,
    mood: Arc<Mutex<Mood>>,
    serving: JoinHandle<()>,
    folder: TempDir,
}

impl S3 {
    /// # Panics
    /// Where it does not start.
    pub async fn start() -> Self {
        Self::start_with(S3Config::default()).await
    }

    /// Takes no request whose time is not its own, so that every clock is off.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn with_strict_clock() -> Self {
        let mut config = S3Config::default();
        config.presigned_url_max_skew_time_secs = 0;
        Self::start_with(config).await
    }

    async fn start_with(config: S3Config) -> Self {
        // Who opens the bucket needs a TLS provider, although this speaks plain HTTP.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join(BUCKET)).expect("a bucket");
        let mood = Arc::new(Mutex::new(Mood::Good));
        let mut builder = S3ServiceBuilder::new(FileSystem::new(folder.path()).expect("a file system"));
        builder.set_auth(SimpleAuth::from_single(ID, SECRET));
        builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
        builder.set_access(Gate { mood: mood.clone(), folder: folder.path().to_owned() });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let serving = tokio::spawn(serve(listener, builder.build()));
        Self { proxy: Proxy::start(address).await, mood, serving, folder }
    }

    /// The bucket as settings would name it.
    ///
    /// # Panics
    /// Never: the text is a bucket's.
    #[must_use]
    pub fn bucket(&self) -> Bucket {
        let endpoint = format!("http://{}", self.address()).parse().expect("a url");
        let credentials = Credentials::Fixed { id: ID.to_owned(), secret: SecretKey::new(SECRET) };
        Bucket { endpoint: Some(endpoint), credentials, ..Bucket::from_url(&format!("s3://{BUCKET}")).expect("a bucket") }
    }

    /// The variables that give the binary its credentials.
    #[must_use]
    pub fn environment() -> [(&'static str, &'static str); 2] {
        [("AWS_ACCESS_KEY_ID", ID), ("AWS_SECRET_ACCESS_KEY", SECRET)]
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.proxy.address
    }

    pub fn network(&self, weather: Weather) {
        self.proxy.set(weather);
    }

    pub fn mood(&self, mood: Mood) {
        *self.mood.lock().unwrap_or_else(PoisonError::into_inner) = mood;
    }

    /// Removes the bucket with everything in it.
    ///
    /// # Panics
    /// Where it is gone already.
    pub fn remove_bucket(&self) {
        std::fs::remove_dir_all(self.folder.path().join(BUCKET)).expect("a bucket");
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, service: S3Service) {
    while let Ok((stream, _)) = listener.accept().await {
        let service = service.clone();
        // A connection that the proxy cuts is no news.
        tokio::spawn(async move { drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await) });
    }
}

struct Gate {
    mood: Arc<Mutex<Mood>>,
    folder: PathBuf,
}

#[async_trait::async_trait]
impl S3Access for Gate {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let mood = *self.mood.lock().unwrap_or_else(PoisonError::into_inner);
        let public = mood == Mood::Public && cx.s3_path().as_object().is_some_and(|(_, key)| key.starts_with("pictures/"));
        let reads = ["Get", "Head", "List"].iter().any(|verb| cx.s3_op().name().starts_with(verb));
        match mood {
            Mood::Unavailable => Err(S3Error::new(S3ErrorCode::ServiceUnavailable)),
            Mood::ReadOnly if !reads => Err(S3Error::new(S3ErrorCode::AccessDenied)),
            Mood::Public if public && reads => Ok(()),
            // What the service does without a gate of its own: no signature, no access.
            _ if cx.credentials().is_none() => Err(S3Error::new(S3ErrorCode::AccessDenied)),
            // The service would make it with the first object.
            _ if cx.s3_path().get_bucket_name().is_some_and(|bucket| !self.folder.join(bucket).is_dir()) => {
                Err(S3Error::new(S3ErrorCode::NoSuchBucket))
            }
            _ => Ok(()),
        }
    }
}
