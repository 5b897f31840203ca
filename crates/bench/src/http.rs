//! The service as its clients meet it: the release binary on a free port, a live key, `POST /v1/generate`.

use std::{path::Path, time::Instant};

use serde_json::{Value, json};

use crate::{
    Outcome,
    service::{Answer, Caller, Service},
    stats::{self, Times},
};

const STAGES: [&str; 6] = ["fetch", "queue", "render", "store", "commit", "total"];

/// Measures the start, the first call, and each built-in group with its example, one caller and then two, where the row's
/// name contains `only`.
///
/// # Errors
/// The binary does not start, or a call does not complete.
pub fn run(binary: &Path, seconds: f64, only: Option<&str>) -> Outcome<()> {
    let folder = std::env::temp_dir().join(format!("repeatposts-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = measure(binary, &folder, seconds, only);
    std::fs::remove_dir_all(&folder)?;
    measured
}

fn measure(binary: &Path, folder: &Path, seconds: f64, only: Option<&str>) -> Outcome<()> {
    let data = folder.join("data");
    let first = first_call(binary, &data)?;
    let service = Service::start(binary, &data)?;
    let key = service.live_key(binary, &data)?;
    let mut rows = Vec::new();
    for (group, inputs) in examples()? {
        for format in ["png", "jpeg", "webp"] {
            let name = format!("{group} {format}");
            if only.is_some_and(|only| !name.contains(only)) {
                continue;
            }
            let body =
                |i: u64| json!({"templateGroupId": group, "inputData": salted(&inputs, i), "output": {"format": format}}).to_string();
            rows.push(row(&service, &key, &name, &body, seconds)?);
        }
    }
    let mut head = vec!["call", "pictures", "p50 ms", "p95 ms", "1 caller: pictures/s", "2 callers", "kB", "peak MB"];
    head.extend(STAGES);
    print!("{}", stats::table(&head, &rows));
    println!("\nStages are the medians of Server-Timing in milliseconds; peak MB is the service's own process.");
    println!("{first}; the second start took {:.0} ms.", stats::milliseconds(service.start));
    Ok(())
}

/// The first start in an empty folder, and the call that it prints.
fn first_call(binary: &Path, data: &Path) -> Outcome<String> {
    let service = Service::start(binary, data)?;
    let (key, body) = service.printed_call()?;
    let answer = Caller::new(&service.address)?.generate(&key, &body)?;
    let (pictures, _) = count(&answer)?;
    let total = answer.stage("total").ok_or("no Server-Timing")?;
    let start = stats::milliseconds(service.start);
    Ok(format!("The first start took {start:.0} ms, and its printed call {total:.0} ms for {pictures} pictures"))
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

fn row(service: &Service, key: &str, name: &str, body: &(dyn Fn(u64) -> String + Sync), seconds: f64) -> Outcome<Vec<String>> {
    let mut stages = vec![Vec::new(); STAGES.len()];
    let (mut pictures, mut bytes) = (0, 0);
    let mut caller = Caller::new(&service.address)?;
    let times = stats::sample(seconds, |i| {
        let answer = caller.generate(key, &body(i))?;
        for (stage, times) in STAGES.iter().zip(&mut stages) {
            times.extend(answer.stage(stage));
        }
        (pictures, bytes) = count(&answer)?;
        Outcome::Ok(())
    })?;
    let rate = two_callers(&service.address, key, body, seconds)? * pictures as f64;
    let figure = |value: f64| format!("{value:.1}");
    let mut row = vec![
        name.to_owned(),
        pictures.to_string(),
        figure(times.quantile(0.5)),
        figure(times.quantile(0.95)),
        figure(1e3 * pictures as f64 / times.quantile(0.5)),
        figure(rate),
        figure(bytes as f64 / 1e3),
        (service.peak_memory() / 1024).to_string(),
    ];
    row.extend(stages.into_iter().map(|times| figure(Times::new(times).quantile(0.5))));
    Ok(row)
}

/// Calls a second of two callers at once.
fn two_callers(address: &str, key: &str, body: &(dyn Fn(u64) -> String + Sync), seconds: f64) -> Outcome<f64> {
    let call = |offset: u64| -> Result<f64, String> {
        let mut caller = Caller::new(address).map_err(|error| error.to_string())?;
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
