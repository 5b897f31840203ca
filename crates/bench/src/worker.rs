//! The line protocol by which renderers are compared: one JSON request per line, one JSON answer.

use std::{
    io::{BufRead, Write},
    time::Instant,
};

use render::{Format, Options, Scratch};
use serde_json::{Value, json};

use crate::{Outcome, scenes, stats, world::Studio};

/// Answers until standard input ends or a request says `quit`.
///
/// # Errors
/// The studio can't be opened, or standard output is closed.
pub fn run() -> Outcome<()> {
    let studio = Studio::open()?;
    let mut scratch = Scratch::default();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", json!({"ready": true}))?;
    out.flush()?;
    for line in std::io::stdin().lock().lines() {
        let request: Value = serde_json::from_str(&line?)?;
        if is_set(&request["quit"]) {
            break;
        }
        let answer = answer(&studio, &mut scratch, &request).unwrap_or_else(|why| json!({"error": why.to_string()}));
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn is_set(value: &Value) -> bool {
    value.as_bool().unwrap_or(value.as_u64().is_some_and(|v| v > 0))
}

fn answer(studio: &Studio, scratch: &mut Scratch, request: &Value) -> Outcome<Value> {
    let name = request["scene"].as_str().ok_or("no scene")?;
    let format = format(request["fmt"].as_str().unwrap_or("png")).ok_or("no such format")?;
    let world = studio.world(name, is_set(&request["cached"]));
    let salt = request["salt"].as_u64();
    let (count, seconds) = (request["n"].as_u64().unwrap_or(1), request["seconds"].as_f64());
    let begun = Instant::now();
    let (mut times, mut file) = (Vec::new(), Vec::new());
    let over = |done: u64| match seconds {
        Some(seconds) => done > 0 && begun.elapsed().as_secs_f64() >= seconds,
        None => done >= count,
    };
    while !over(times.len() as u64) {
        let start = Instant::now();
        let bound = scenes::scene(name, salt.map(|salt| salt + times.len() as u64)).ok_or("no such scene")?;
        let frame = render::render(&studio.engine, scratch, &bound, &world, &Options::default())?;
        file = render::encode(scratch, &frame, format, 90)?;
        scratch.recycle(frame);
        times.push(stats::milliseconds(start.elapsed()));
    }
    if let Some(path) = request["save"].as_str() {
        std::fs::write(path, &file)?;
    }
    Ok(json!({"times": times, "bytes": file.len(), "hwm": stats::peak_memory("self"), "pids": []}))
}

pub fn format(name: &str) -> Option<Format> {
    match name {
        "png" => Some(Format::Png),
        "jpeg" => Some(Format::Jpeg),
        "webp" => Some(Format::Webp),
        _ => None,
    }
}
