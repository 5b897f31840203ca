//! `cargo xtask`: sets up a machine, checks the tree, measures the engine.

mod bench;
mod check;
mod licences;
mod machine;
mod run;
mod up;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <command>

  up            install what is missing, build for release, make one call, serve in the foreground
  up --once     the same in a temporary data folder on a free port; leaves the pictures and ends
  check         install what the tests need, then run everything that must be green
  bench [..]    measure the engine and the HTTP service; arguments go to the bench program
  generate [..] draw what the repository holds as generated files (pictures, sheets, documentation)
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let rest = args.get(1..).unwrap_or_default();
    let outcome = match args.first().map(String::as_str) {
        Some("up") => up::up(rest),
        Some("check") => check::check(rest),
        Some("bench") => bench::bench(rest),
        Some("generate") => bench::generate(rest),
        Some("help" | "--help" | "-h") | None => {
            run::say(HELP);
            Ok(())
        }
        Some(other) => Err(format!("there is no command {other:?}\n\n{HELP}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            run::say(&format!("xtask: {why}"));
            ExitCode::FAILURE
        }
    }
}
