//! `cargo xtask up`: from a bare machine to finished pictures.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{machine, run};

/// A cold start decodes fonts and draws nothing; half a minute is a machine in trouble.
const START: Duration = Duration::from_secs(30);

/// # Errors
/// A package is missing and may not be installed, the build failed, or the service did not answer with pictures.
pub fn up(args: &[String]) -> Result<(), String> {
    let once = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--once"] => true,
        _ => return Err(format!("up takes nothing or --once, not {}", args.join(" "))),
    };
    machine::ensure(machine::BUILD)?;
    machine::ensure(machine::FONTS)?;
    run::step("build for release", &mut run::cargo(&["build", "--release", "--locked", "-p", "repeatposts"]))?;
    let binary = run::target_dir().join("release/repeatposts");
    if once { main_job(&binary) } else { in_the_foreground(&binary) }
}

/// One real call of the binary at `binary`, in a temporary folder where only its pictures stay.
///
/// # Errors
/// The service did not start, or did not answer with pictures.
pub fn main_job(binary: &Path) -> Result<(), String> {
    let folder = std::env::temp_dir().join(format!("repeatposts-up-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let data = folder.join("data");
    let mut service = Service::start(binary, &data, &["--listen", "127.0.0.1:0"], false)?;
    let outcome = first_call(binary, &data, &service.address).and_then(|pictures| {
        let out = folder.join("pictures");
        fs::create_dir_all(&out).map_err(|e| format!("{}: {e}", out.display()))?;
        for (name, bytes) in pictures {
            let path = out.join(name);
            fs::write(&path, bytes).map_err(|e| format!("{}: {e}", path.display()))?;
            run::say(&path.display().to_string());
        }
        Ok(())
    });
    service.stop();
    // Only the pictures are meant to stay.
    let _ = fs::remove_dir_all(&data);
    outcome
}

fn in_the_foreground(binary: &Path) -> Result<(), String> {
    let data = run::root().join("data");
    let mut service = Service::start(binary, &data, &[], true)?;
    first_call(binary, &data, &service.address)?;
    run::say(&format!("serving at {}; stop with Ctrl-C", service.address));
    let status = service.child.wait().map_err(|e| e.to_string())?;
    if status.success() { Ok(()) } else { Err(format!("the service ended: {status}")) }
}

struct Service {
    child: Child,
    /// Such as `http://127.0.0.1:8080`.
    address: String,
}

impl Service {
    /// Starts `serve` and waits for the line that names its address; the rest of its output is passed on where `loud`.
    fn start(binary: &Path, data: &Path, more: &[&str], loud: bool) -> Result<Self, String> {
        let mut child = Command::new(binary)
            .args(["serve", "--data-dir"])
            .arg(data)
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("{}: {e}", binary.display()))?;
        let stdout = child.stdout.take().ok_or("the service has no output")?;
        let (found, address) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Some(address) = line.strip_prefix("Listening on ") {
                    // The other end is gone only when the wait below has given up.
                    let _ = found.send(address.trim().to_owned());
                }
                if loud {
                    let _ = writeln!(std::io::stdout(), "{line}");
                }
            }
        });
        match address.recv_timeout(START) {
            Ok(address) => Ok(Self { child, address }),
            Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                Err("the service did not start; its log above says why".to_owned())
            }
        }
    }

    fn stop(&mut self) {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().is_ok_and(|status| status.success());
        let until = Instant::now() + Duration::from_secs(10);
        while asked && Instant::now() < until {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One real call with a key made for it and revoked after: the pictures by name.
fn first_call(binary: &Path, data: &Path, address: &str) -> Result<Vec<(String, Vec<u8>)>, String> {
    let made = tool(binary, data, &["key", "create", "--team", "demo", "--name", "first call", "--mode", "live", "--json"])?;
    let (Some(id), Some(key)) = (made["id"].as_str(), made["key"].as_str()) else {
        return Err("key create answered without id and key".to_owned());
    };
    let outcome = call(address, key);
    tool(binary, data, &["key", "revoke", id, "--json"])?;
    outcome
}

fn call(address: &str, key: &str) -> Result<Vec<(String, Vec<u8>)>, String> {
    let body = json!({
        "templateGroupId": "tg_quote",
        "inputData": { "title": "Good design is a promise you can *keep* at every size.", "name": "Head baker", "role": "Sorrelwick Kitchen", "photo": { "assetId": "asset_demo_portrait_1" } },
    });
    let answer =
        http(address, "POST", "/v1/generate", &[("X-API-Key", key), ("Content-Type", "application/json")], body.to_string().as_bytes())?;
    let text = String::from_utf8_lossy(&answer.body);
    let generation: Value = serde_json::from_str(&text).map_err(|e| format!("the answer is no JSON ({e}): {text}"))?;
    if generation["status"] != "completed" {
        return Err(format!("the first call did not complete: {text}"));
    }
    run::say(&format!(
        "first call: {} pictures, {}",
        generation["images"].as_array().map_or(0, Vec::len),
        answer.header("server-timing").unwrap_or("no timing")
    ));
    let mut pictures = Vec::new();
    for image in generation["images"].as_array().into_iter().flatten() {
        let (Some(url), Some(name), Some(format)) = (image["url"].as_str(), image["key"].as_str(), image["format"].as_str()) else {
            return Err(format!("a picture has no URL: {image}"));
        };
        let path = url.strip_prefix(address).ok_or_else(|| format!("{url} is not under {address}"))?;
        let picture = http(address, "GET", path, &[], &[])?;
        pictures.push((format!("{name}.{format}"), picture.body));
    }
    Ok(pictures)
}

fn tool(binary: &Path, data: &Path, args: &[&str]) -> Result<Value, String> {
    let out = Command::new(binary).args(args).arg("--data-dir").arg(data).output().map_err(|e| format!("{}: {e}", binary.display()))?;
    if !out.status.success() {
        return Err(format!("repeatposts {} failed: {}", args.join(" "), String::from_utf8_lossy(&out.stderr)));
    }
    serde_json::from_slice(&out.stdout).map_err(|e| format!("repeatposts {} answered no JSON: {e}", args.join(" ")))
}

struct Answer {
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .find_map(|line| line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name)))
            .map(|(_, value)| value.trim())
    }
}

/// Enough of HTTP/1.1 for a service on this machine; a client library would have to be built before anything else.
fn http(address: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer, String> {
    let host = address.trim_start_matches("http://");
    let speak = || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(START))?;
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{head}\r\n").as_bytes())?;
        stream.write_all(body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    };
    let answer = speak().map_err(|e| format!("{method} {path}: {e}"))?;
    let split = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or_else(|| format!("{method} {path}: no head in the answer"))?;
    let head = String::from_utf8_lossy(&answer[..split]).into_owned();
    let answer = Answer { head, body: answer[split + 4..].to_vec() };
    if answer.head.split(' ').nth(1) == Some("200") {
        Ok(answer)
    } else {
        Err(format!("{method} {path}: {}\n{}", answer.head.lines().next().unwrap_or_default(), String::from_utf8_lossy(&answer.body)))
    }
}
