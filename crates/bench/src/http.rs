//! The service as its clients meet it: the release binary on a free port, a live key, `POST /v1/generate`.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    Outcome,
    stats::{self, Times},
};

/// A start that takes longer is a failure.
const START: Duration = Duration::from_secs(30);
/// Requests a minute: more than any engine draws.
const RATE: &str = "100000";
const STAGES: [&str; 6] = ["fetch", "queue", "render", "store", "commit", "total"];

/// Measures each built-in group with its example, one caller and then two. The binary is `path`, else `$REPEATPOSTS_BIN`.
///
/// # Errors
/// There is no binary, it does not start, or a call does not complete.
pub fn run(path: Option<&str>, seconds: f64) -> Outcome<()> {
    let binary = path.map(PathBuf::from).or_else(|| std::env::var_os("REPEATPOSTS_BIN").map(PathBuf::from));
    let binary = binary.ok_or("no binary: name it with --bin or REPEATPOSTS_BIN")?;
    let folder = std::env::temp_dir().join(format!("repeatposts-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = measure(&binary, &folder, seconds);
    std::fs::remove_dir_all(&folder)?;
    measured
}

fn measure(binary: &Path, folder: &Path, seconds: f64) -> Outcome<()> {
    let data = folder.join("data");
    let service = Service::start(binary, &data)?;
    let key = service.live_key(binary, &data)?;
    let mut rows = Vec::new();
    for (group, inputs) in examples()? {
        for format in ["png", "jpeg", "webp"] {
            let body = |i: u64| json!({"templateGroupId": group, "inputData": salted(&inputs, i), "output": {"format": format}});
            rows.push(service.row(&key, &format!("{group} {format}"), &body, seconds)?);
        }
    }
    let mut head = vec!["call", "pictures", "p50 ms", "p95 ms", "1 caller: pictures/s", "2 callers", "kB", "peak MB"];
    head.extend(STAGES);
    print!("{}", stats::table(&head, &rows));
    println!("\nStages are the medians of Server-Timing in milliseconds; peak MB is the service's own process.");
    Ok(())
}

/// Group ids and the inputs of their examples.
fn examples() -> Outcome<Vec<(String, Value)>> {
    let read = |file: &assets::builtin::Builtin| {
        let document = template::Document::parse(std::str::from_utf8(&file.bytes)?).map_err(|faults| format!("{faults:?}"))?;
        Ok((format!("tg_{}", file.stem()), document.example_inputs()))
    };
    assets::builtin::templates().iter().map(read).collect()
}

/// The inputs with a number behind their title, so that no two calls are alike.
fn salted(inputs: &Value, salt: u64) -> Value {
    let mut inputs = inputs.clone();
    if let Some(title) = inputs["title"].as_str() {
        inputs["title"] = format!("{title} {salt}").into();
    }
    inputs
}

struct Service {
    child: Child,
    /// Host and port.
    address: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        // Ended either way; a failure here leaves nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    /// Milliseconds of a stage of `Server-Timing`.
    fn stage(&self, stage: &str) -> Option<f64> {
        let mut parts = self.header("server-timing")?.split(',').map(str::trim);
        parts.find_map(|part| part.strip_prefix(stage)?.strip_prefix(";dur=")?.parse().ok())
    }
}

impl Service {
    fn start(binary: &Path, data: &Path) -> Outcome<Self> {
        let mut command = Command::new(binary);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| format!("{}: {error}", binary.display()))?;
        let lines = BufReader::new(child.stdout.take().ok_or("the service has no output")?).lines();
        let mut service = Self { child, address: String::new() };
        let (found, address) = mpsc::channel();
        // Reads on to the end, else the service would one day wait for a reader.
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some(address) = line.strip_prefix("Listening on http://") {
                    // The other side may have given up.
                    let _ = found.send(address.trim().trim_end_matches('/').to_owned());
                }
            }
        });
        service.address = address.recv_timeout(START).map_err(|_| "the service did not start")?;
        Ok(service)
    }

    /// A key of a team of its own, whose limits don't meet the measurement: unlimited credits and the highest rate.
    fn live_key(&self, binary: &Path, data: &Path) -> Outcome<String> {
        let tool = |arguments: &[&str]| -> Outcome<Value> {
            let output = Command::new(binary).args(arguments).args(["--json", "--data-dir"]).arg(data).output()?;
            let text = String::from_utf8_lossy(&output.stderr);
            serde_json::from_slice(&output.stdout).map_err(|error| format!("{}: {error}: {text}", arguments.join(" ")).into())
        };
        let team = tool(&["team", "create", "--name", "Bench", "--plan", "enterprise"])?;
        let id = team["id"].as_str().ok_or("team create printed no id")?;
        tool(&["team", "set-rate-limit", id, RATE])?;
        let made = tool(&["key", "create", "--team", id, "--name", "bench", "--mode", "live"])?;
        Ok(made["key"].as_str().ok_or("key create printed no key")?.to_owned())
    }

    fn row(&self, key: &str, name: &str, body: &(dyn Fn(u64) -> Value + Sync), seconds: f64) -> Outcome<Vec<String>> {
        let mut stages = vec![Vec::new(); STAGES.len()];
        let (mut pictures, mut bytes) = (0, 0);
        let mut caller = Caller::new(&self.address)?;
        let times = stats::sample(seconds, |i| {
            let answer = caller.generate(key, &body(i))?;
            for (stage, times) in STAGES.iter().zip(&mut stages) {
                times.extend(answer.stage(stage));
            }
            (pictures, bytes) = count(&answer)?;
            Outcome::Ok(())
        })?;
        let rate = self.two_callers(key, body, seconds)? * pictures as f64;
        let figure = |value: f64| format!("{value:.1}");
        let mut row = vec![
            name.to_owned(),
            pictures.to_string(),
            figure(times.quantile(0.5)),
            figure(times.quantile(0.95)),
            figure(1e3 * pictures as f64 / times.quantile(0.5)),
            figure(rate),
            figure(bytes as f64 / 1e3),
            (stats::peak_memory(&self.child.id().to_string()) / 1024).to_string(),
        ];
        row.extend(stages.into_iter().map(|times| figure(Times::new(times).quantile(0.5))));
        Ok(row)
    }

    /// Calls a second of two callers at once.
    fn two_callers(&self, key: &str, body: &(dyn Fn(u64) -> Value + Sync), seconds: f64) -> Outcome<f64> {
        let call = |offset: u64| -> Result<f64, String> {
            let mut caller = Caller::new(&self.address).map_err(|error| error.to_string())?;
            let start = Instant::now();
            let mut done = 0;
            while done < 3 || start.elapsed().as_secs_f64() < seconds {
                caller.generate(key, &body(offset + done)).map_err(|error| error.to_string())?;
                done += 1;
            }
            Ok(done as f64 / start.elapsed().as_secs_f64())
        };
        let rates = std::thread::scope(|scope| {
            let threads = [1_000_000, 2_000_000].map(|offset| scope.spawn(move || call(offset)));
            threads.map(|thread| thread.join().unwrap_or_else(|_| Err("a caller panicked".to_owned())))
        });
        Ok(rates.into_iter().sum::<Result<f64, String>>()?)
    }
}

/// Pictures of a generation and the bytes of their files.
fn count(answer: &Answer) -> Outcome<(usize, u64)> {
    let generation: Value = serde_json::from_slice(&answer.body)?;
    if generation["status"] != "completed" {
        return Err(format!("a call did not complete: {generation}").into());
    }
    let images = generation["images"].as_array().ok_or("no images")?;
    let files = images.iter().flat_map(|image| image["files"].as_array().into_iter().flatten());
    Ok((images.len(), files.filter_map(|file| file["bytes"].as_u64()).sum()))
}

/// One connection, kept open.
struct Caller(BufReader<TcpStream>, String);

impl Caller {
    fn new(address: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(START))?;
        Ok(Self(BufReader::new(stream), address.to_owned()))
    }

    /// One call; anything but 200 is an error.
    fn generate(&mut self, key: &str, body: &Value) -> Outcome<Answer> {
        let body = body.to_string();
        let request = format!(
            "POST /v1/generate HTTP/1.1\r\nHost: {}\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.1,
            body.len()
        );
        self.0.get_mut().write_all(request.as_bytes())?;
        let answer = self.answer()?;
        match answer.status {
            200 => Ok(answer),
            429 => Err("the team's rate limit was met: raise it for the measurement".into()),
            status => Err(format!("{status}: {}", String::from_utf8_lossy(&answer.body)).into()),
        }
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
