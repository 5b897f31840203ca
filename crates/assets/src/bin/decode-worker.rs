//! The decoding process on its own, for tests; the product's binary has it as a hidden subcommand.

use std::process::ExitCode;

fn main() -> ExitCode {
    assets::sandbox::child::run()
}
