//! The real binary on a folder of its own and a free port.

#![expect(dead_code, reason = "each test binary uses its part of this")]

use std::{
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver},
    },
    time::{Duration, Instant},
};

use serde_json::Value;

const BINARY: &str = env!("CARGO_BIN_EXE_repeatposts");
/// A debug build on a busy machine decodes its fonts in a few seconds.
const START: Duration = Duration::from_secs(60);

/// A running `serve`. Killed with its value.
pub struct Service {
    pub child: Child,
    pub address: String,
    pub data: PathBuf,
    lines: Receiver<String>,
    /// Everything on standard output so far.
    pub printed: String,
    log: Arc<Mutex<String>>,
}

impl Service {
    pub fn start(data: &Path, more: &[&str]) -> Self {
        Self::run(command(data), data, more)
    }

    /// With a command whose environment is prepared.
    pub fn run(command: Command, data: &Path, more: &[&str]) -> Self {
        Self::run_on("127.0.0.1:0", command, data, more)
    }

    pub fn run_on(listen: &str, mut command: Command, data: &Path, more: &[&str]) -> Self {
        let mut child =
            command.arg("serve").args(["--listen", listen]).args(more).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (send, lines) = mpsc::channel();
        let stdout = child.stdout.take().unwrap();
        std::thread::spawn(move || BufReader::new(stdout).lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        let log = Arc::new(Mutex::new(String::new()));
        let (kept, mut stderr) = (log.clone(), child.stderr.take().unwrap());
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = stderr.read(&mut buffer) {
                kept.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..count]));
            }
        });
        let mut service = Self { child, address: String::new(), data: data.to_owned(), lines, printed: String::new(), log };
        let line = service.wait_for("Listening on ");
        service.address = line["Listening on ".len()..].to_owned();
        service.wait_for_any(&["curl ", "Create a key"]);
        service
    }

    fn wait_for(&mut self, beginning: &str) -> String {
        self.wait_for_any(&[beginning])
    }

    fn wait_for_any(&mut self, beginnings: &[&str]) -> String {
        let until = Instant::now() + START;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    self.printed.push_str(&line);
                    self.printed.push('\n');
                    if beginnings.iter().any(|beginning| line.starts_with(beginning)) {
                        return line;
                    }
                }
                Err(_) => panic!("no line begins with {beginnings:?}; printed:\n{}\nlog:\n{}", self.printed, self.log()),
            }
        }
    }

    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// The first run's keys: live, test.
    pub fn keys(&self) -> (String, String) {
        let key = |mode: &str| {
            let line = self
                .printed
                .lines()
                .map(str::trim)
                .find(|line| line.starts_with(mode))
                .unwrap_or_else(|| panic!("no {mode} key in:\n{}", self.printed));
            line[mode.len()..].trim().to_owned()
        };
        (key("live"), key("test"))
    }

    pub fn tool(&self, args: &[&str]) -> Output {
        command(&self.data).args(args).output().unwrap()
    }

    /// A command's `--json` answer; the command must succeed.
    pub fn json(&self, args: &[&str]) -> Value {
        json(&self.data, args)
    }

    pub fn terminate(mut self) -> (String, bool) {
        assert!(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap().success());
        let status = self.child.wait().unwrap();
        std::thread::sleep(Duration::from_millis(50));
        (self.log(), status.success())
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Ended already where a test ended it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The binary with a data folder, apart from this process' settings.
pub fn command(data: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command.arg("--data-dir").arg(data).current_dir(data.parent().unwrap());
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("REPEATPOSTS_")) {
            command.env_remove(name);
        }
    }
    command
}

pub fn json(data: &Path, args: &[&str]) -> Value {
    let out = command(data).args(args).arg("--json").output().unwrap();
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{args:?}: {e}: {}", String::from_utf8_lossy(&out.stdout)))
}

pub fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    (folder, data)
}

pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.bytes)))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

pub fn client() -> reqwest::Client {
    // A second test of the same process finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

pub async fn send(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    Answer { status: response.status().as_u16(), headers: response.headers().clone(), bytes: response.bytes().await.unwrap().to_vec() }
}

pub async fn generate(client: &reqwest::Client, address: &str, key: &str, body: &Value) -> Answer {
    send(
        client
            .post(format!("{address}/v1/generate"))
            .header("X-API-Key", key)
            .header("Content-Type", "application/json")
            .body(body.to_string()),
    )
    .await
}

pub async fn get(client: &reqwest::Client, url: &str, key: Option<&str>) -> Answer {
    let request = client.get(url);
    send(if let Some(key) = key { request.header("X-API-Key", key) } else { request }).await
}
