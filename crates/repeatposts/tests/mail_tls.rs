//! Mail over TLS, from the real binary to a small server with a certificate of its own: encrypted from the start, and by
//! STARTTLS; a certificate that nobody vouches for gets no mail.

mod common;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{Service, folder};
use testkit::Browser;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

type Mails = Arc<Mutex<Vec<String>>>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Encrypted from the first byte.
    Implicit,
    /// In the clear until STARTTLS; mails before it are kept as `in the clear`.
    StartTls,
}

struct Server {
    port: u16,
    mails: Mails,
    certificate: PathBuf,
}

impl Server {
    async fn start(way: Way, folder: &Path) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let certificate = folder.join("mail.pem");
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config =
            tokio_rustls::rustls::ServerConfig::builder_with_provider(Arc::new(tokio_rustls::rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(vec![made.cert.der().clone()], key)
                .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mails = Mails::default();
        let kept = Arc::clone(&mails);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(way, stream, acceptor.clone(), Arc::clone(&kept)));
            }
        });
        Self { port, mails, certificate }
    }
}

async fn serve(way: Way, mut stream: TcpStream, acceptor: TlsAcceptor, mails: Mails) {
    if way == Way::StartTls {
        stream.write_all(b"220 here\r\n").await.unwrap();
        if !talk(&mut stream, true, &mails, "in the clear\r\n").await {
            return;
        }
    }
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    if way == Way::Implicit {
        stream.write_all(b"220 here\r\n").await.unwrap();
    }
    talk(&mut stream, false, &mails, "").await;
}

/// Until the end, or until STARTTLS was agreed on: then true. Byte by byte, so that nothing of what follows is swallowed.
async fn talk(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), offers_tls: bool, mails: &Mails, mark: &str) -> bool {
    let mut stream = BufReader::with_capacity(1, stream);
    let mut line = String::new();
    let mut mail: Option<String> = None;
    loop {
        line.clear();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return false;
        }
        let verb = line.trim_end().split([' ', ':']).next().unwrap_or_default().to_uppercase();
        let answer = match (&mut mail, verb.as_str()) {
            (Some(text), _) if line == ".\r\n" => {
                mails.lock().unwrap().push(std::mem::take(text));
                mail = None;
                "250 kept"
            }
            (Some(text), _) => {
                text.push_str(&line);
                continue;
            }
            (None, "DATA") => {
                mail = Some(mark.to_owned());
                "354 go on"
            }
            (None, "EHLO") if offers_tls => "250-here\r\n250 STARTTLS",
            (None, "STARTTLS") if offers_tls => {
                stream.get_mut().write_all(b"220 go on\r\n").await.unwrap();
                return true;
            }
            (None, _) => "250 fine",
        };
        stream.get_mut().write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
    }
}

/// Asks for a new password for the demo team's owner.
async fn ask_reset(service: &Service) {
    let browser = Browser::new(&service.address);
    let page = browser.open("/reset").await.expect(200);
    browser.submit(&page, "/reset", &[("email", "owner@localhost")]).await.expect(200);
}

async fn arrived(server: &Server, within: Duration) -> Option<String> {
    let end = Instant::now() + within;
    while Instant::now() < end {
        if let Some(mail) = server.mails.lock().unwrap().pop() {
            return Some(mail);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    None
}

/// The service with this mail server, which it believes where `vouched` names its certificate.
fn service(data: &Path, url: &str, vouched: Option<&Path>) -> Service {
    let mut command = common::command(data);
    command.env("REPEATPOSTS_SMTP_URL", url);
    if let Some(certificate) = vouched {
        command.env("SSL_CERT_FILE", certificate);
    }
    Service::run(command, data, &[])
}

fn url(way: Way, port: u16) -> String {
    match way {
        Way::Implicit => format!("smtps://localhost:{port}"),
        Way::StartTls => format!("smtp://localhost:{port}?tls=required"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_goes_out_encrypted_to_a_server_that_is_vouched_for() {
    for way in [Way::Implicit, Way::StartTls] {
        let (keep, data) = folder();
        let server = Server::start(way, keep.path()).await;
        let service = service(&data, &url(way, server.port), Some(&server.certificate));
        ask_reset(&service).await;
        let mail = arrived(&server, Duration::from_secs(30)).await.unwrap_or_else(|| panic!("no mail; log:\n{}", service.log()));
        assert!(mail.contains("Subject: Choose a new password") && !mail.contains("in the clear"), "{mail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_nobody_vouches_for_gets_no_mail() {
    for way in [Way::Implicit, Way::StartTls] {
        let (keep, data) = folder();
        let server = Server::start(way, keep.path()).await;
        let service = service(&data, &url(way, server.port), None);
        ask_reset(&service).await;
        let end = Instant::now() + Duration::from_secs(30);
        while !service.log().contains("a mail could not be sent") {
            assert!(Instant::now() < end, "{}", service.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(server.mails.lock().unwrap().is_empty());
    }
}
