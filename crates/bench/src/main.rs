//! Measures the engine and the service.
#![expect(clippy::print_stdout, reason = "a program whose results are read from its output")]

mod engine;
mod http;
mod pages;
mod scenes;
mod service;
mod stats;
mod worker;
mod world;

use std::process::ExitCode;

const HELP: &str = "\
bench          the three scenes and the built-in groups through the engine, then the groups through HTTP
bench engine   only the former
bench http     only the latter: the release binary, through POST /v1/generate
bench pages    the web app's pages in a team with 10,000 generations, and live previews
bench worker   answers requests on standard input, for a comparison with other renderers

--seconds S    how long each row is measured, 2 unless given
--only NAME    only rows with this in their name
--bin PATH     the binary, for http and pages; else $REPEATPOSTS_BIN

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
    let (only, binary) = (flag(&arguments, "--only"), flag(&arguments, "--bin"));
    match arguments.first().map(String::as_str).filter(|first| !first.starts_with("--") || *first == "--help") {
        Some("worker") => worker::run(),
        Some("engine") => engine::run(seconds, only),
        Some("http") => http::run(&service::binary(binary)?, seconds, only),
        Some("pages") => pages::run(&service::binary(binary)?, seconds, only),
        Some("help" | "--help") => {
            print!("{HELP}");
            Ok(())
        }
        Some(other) => Err(format!("there is no measurement {other:?}\n\n{HELP}").into()),
        None => {
            engine::run(seconds, only)?;
            println!();
            http::run(&service::binary(binary)?, seconds, only)
        }
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
