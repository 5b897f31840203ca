//! Measures the engine and the service.
#![expect(clippy::print_stdout, reason = "a program whose results are read from its output")]

mod engine;
mod http;
mod scenes;
mod stats;
mod worker;
mod world;

use std::process::ExitCode;

const HELP: &str = "\
bench [engine] [--seconds S] [--only NAME]   the three scenes and the built-in groups, through the engine
bench http [--bin PATH] [--seconds S]        the release binary, through POST /v1/generate
bench worker                                 answers requests on standard input, for a comparison with other renderers

The scenes are drawn with photo.jpg, logo.png and fonts/ of $PEERS_ROOT, or without it with what ships inside.
";

pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Value of `--name value` among the arguments.
fn flag<'a>(arguments: &'a [String], name: &str) -> Option<&'a str> {
    let at = arguments.iter().position(|argument| argument == name)?;
    arguments.get(at + 1).map(String::as_str)
}

fn run() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seconds = flag(&arguments, "--seconds").map_or(Ok(2.0), str::parse)?;
    match arguments.first().map(String::as_str) {
        Some("worker") => worker::run(),
        Some("http") => http::run(flag(&arguments, "--bin"), seconds),
        Some("help" | "--help" | "-h") => {
            print!("{HELP}");
            Ok(())
        }
        None | Some("engine") => engine::run(seconds, flag(&arguments, "--only")),
        Some(other) if other.starts_with("--") => engine::run(seconds, flag(&arguments, "--only")),
        Some(other) => Err(format!("there is no measurement {other:?}\n\n{HELP}").into()),
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("bench: {why}");
            ExitCode::FAILURE
        }
    }
}
