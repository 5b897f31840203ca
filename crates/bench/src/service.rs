//! The release binary as a child on a free port, and a client for it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::Outcome;

/// A start that takes longer is a failure.
const START: Duration = Duration::from_secs(30);
/// Requests a minute: more than any engine draws.
const RATE: &str = "100000";

pub struct Service {
    child: Child,
    /// Host and port.
    pub address: String,
    /// From the process' start until it listened.
    pub start: Duration,
    /// What it prints after that.
    lines: mpsc::Receiver<String>,
}

/// The binary to measure: `path`, else `$REPEATPOSTS_BIN`.
///
/// # Errors
/// Neither names one.
pub fn binary(path: Option<&str>) -> Outcome<PathBuf> {
    let binary = path.map(PathBuf::from).or_else(|| std::env::var_os("REPEATPOSTS_BIN").map(PathBuf::from));
    Ok(binary.ok_or("no binary: name it with --bin or REPEATPOSTS_BIN")?)
}

impl Drop for Service {
    fn drop(&mut self) {
        // Ended either way; a failure here leaves nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Service {
    pub fn start(binary: &Path, data: &Path) -> Outcome<Self> {
        let begun = Instant::now();
        let mut command = Command::new(binary);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data);
        command.env("REPEATPOSTS_PREVIEW_RATE_LIMIT", RATE).stdout(Stdio::piped()).stderr(Stdio::null());
        // On a server nothing is made without being asked for.
        if std::env::var_os("REPEATPOSTS_DATABASE_URL").is_some() {
            command.args(["--migrate", "--demo"]);
        }
        let mut child = command.spawn().map_err(|error| format!("{}: {error}", binary.display()))?;
        let output = BufReader::new(child.stdout.take().ok_or("the service has no output")?).lines();
        let (read, lines) = mpsc::channel();
        let mut service = Self { child, address: String::new(), start: Duration::ZERO, lines };
        // Reads on to the end, else the service would one day wait for a reader.
        std::thread::spawn(move || {
            for line in output.map_while(Result::ok) {
                // The other side may have given up.
                let _ = read.send(line);
            }
        });
        service.address = service.line("Listening on http://").map_err(|_| "the service did not start")?.trim().to_owned();
        service.start = begun.elapsed();
        Ok(service)
    }

    /// What follows `beginning` on the next line that begins so.
    fn line(&self, beginning: &str) -> Outcome<String> {
        loop {
            if let Some(rest) = self.lines.recv_timeout(START)?.strip_prefix(beginning) {
                return Ok(rest.to_owned());
            }
        }
    }

    /// Key and body of the curl line that a first start prints.
    pub fn printed_call(&self) -> Outcome<(String, String)> {
        let line = self.line("curl -s ").map_err(|_| "the first start printed no curl line")?;
        let part = |from: &str, to: &str| -> Option<String> { Some(line.split_once(from)?.1.split_once(to)?.0.to_owned()) };
        match (part("X-API-Key: ", "'"), part("-d '", "'")) {
            (Some(key), Some(body)) => Ok((key, body)),
            _ => Err("the printed curl line has no key or no body".into()),
        }
    }

    /// Path of the link that a first start prints for the owner of `demo`.
    pub fn printed_link(&self) -> Outcome<String> {
        loop {
            let line = self.lines.recv_timeout(START).map_err(|_| "the first start printed no link")?;
            if let Some(at) = line.find("/welcome/") {
                return Ok(line[at..].trim().to_owned());
            }
        }
    }

    /// A key of a team of its own, whose limits don't meet the measurement: unlimited credits and the highest rate.
    pub fn live_key(&self, binary: &Path, data: &Path) -> Outcome<String> {
        let team = tool(binary, data, &["team", "create", "--name", "Bench", "--plan", "enterprise"])?;
        let id = team["id"].as_str().ok_or("team create printed no id")?;
        fast_key(binary, data, id, "live")
    }

    /// The largest memory that the service has held, in KiB, without its decoding children.
    pub fn peak_memory(&self) -> u64 {
        crate::stats::peak_memory(&self.child.id().to_string())
    }
}

/// A command of the binary beside the running service; what it prints.
fn tool(binary: &Path, data: &Path, arguments: &[&str]) -> Outcome<Value> {
    let output = Command::new(binary).args(arguments).args(["--json", "--data-dir"]).arg(data).output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).map_err(|error| format!("{}: {error}: {text}", arguments.join(" ")).into())
}

/// A key of `team`, whose rate limit meets no measurement from now on.
pub fn fast_key(binary: &Path, data: &Path, team: &str, mode: &str) -> Outcome<String> {
    tool(binary, data, &["team", "set-rate-limit", team, RATE])?;
    let made = tool(binary, data, &["key", "create", "--team", team, "--name", "bench", "--mode", mode])?;
    Ok(made["key"].as_str().ok_or("key create printed no key")?.to_owned())
}

pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    fn header<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.headers(name).next()
    }

    /// Every value of a header.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// Milliseconds of a stage of `Server-Timing`.
    pub fn stage(&self, stage: &str) -> Option<f64> {
        let mut parts = self.header("server-timing")?.split(',').map(str::trim);
        parts.find_map(|part| part.strip_prefix(stage)?.strip_prefix(";dur=")?.parse().ok())
    }
}

/// One connection, kept open.
pub struct Caller(BufReader<TcpStream>, String);

impl Caller {
    pub fn new(address: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(START))?;
        Ok(Self(BufReader::new(stream), address.to_owned()))
    }

    /// One call; anything but 200 is an error.
    pub fn generate(&mut self, key: &str, body: &str) -> Outcome<Answer> {
        let answer = self.ask("POST", "/v1/generate", &[("X-API-Key", key), ("Content-Type", "application/json")], body)?;
        match answer.status {
            200 => Ok(answer),
            429 => Err("the team's rate limit was met: raise it for the measurement".into()),
            status => Err(format!("{status}: {}", String::from_utf8_lossy(&answer.body)).into()),
        }
    }

    /// Any request, and its answer whatever its status.
    pub fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Outcome<Answer> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n", self.1, body.len());
        headers.iter().for_each(|(name, value)| request += &format!("{name}: {value}\r\n"));
        self.0.get_mut().write_all((request + "\r\n" + body).as_bytes())?;
        self.answer()
    }

    fn answer(&mut self) -> Outcome<Answer> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.0.read_line(&mut head)? == 0 {
                return Err("the service closed the connection".into());
            }
        }
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or("no status")?;
        let mut answer = Answer { status, head, body: Vec::new() };
        let len = answer.header("content-length").and_then(|len| len.parse().ok()).ok_or("no content length")?;
        answer.body.resize(len, 0);
        self.0.read_exact(&mut answer.body)?;
        Ok(answer)
    }
}
