//! How long parsing and binding take. `cargo test --release -p template --test speed -- --ignored --nocapture` shows it.

use std::io::Write;
use std::time::Instant;

use template::{Document, Inputs, bind};

#[test]
#[ignore = "measures; run it by hand on an idle machine"]
fn binding_takes_tens_of_microseconds() {
    let text = include_str!("full.json");
    let mut times = Vec::new();
    for _ in 0..50 {
        let start = Instant::now();
        std::hint::black_box(Document::parse(text).is_ok());
        times.push(start.elapsed().as_secs_f64() * 1e6);
    }
    let document = Document::parse(text).unwrap();
    let example = document.example_inputs();
    let mut checks = Vec::new();
    let mut binds = Vec::new();
    for _ in 0..500 {
        let start = Instant::now();
        let (inputs, _) = Inputs::check(&document, &example, "inputData", true).unwrap();
        checks.push(start.elapsed().as_secs_f64() * 1e6);
        let start = Instant::now();
        std::hint::black_box(bind(&document, &document.sizes()[1], &inputs, None, None));
        binds.push(start.elapsed().as_secs_f64() * 1e6);
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let line = format!("parse {:.0} µs, check {:.1} µs, bind {:.1} µs\n", median(&mut times), median(&mut checks), median(&mut binds));
    std::io::stderr().write_all(line.as_bytes()).unwrap();
    assert!(median(&mut binds) < 1_000.0);
}
