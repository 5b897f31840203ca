//! Running other programs, and speaking to the person who waits.

use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
    time::Instant,
};

/// The workspace's root, wherever cargo was called.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().map(PathBuf::from).unwrap_or_default()
}

/// Where cargo puts what it builds.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// A line on standard error: standard output belongs to the programs that are run.
pub fn say(line: &str) {
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// `cargo` with arguments, in the workspace's root.
pub fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(root());
    command
}

/// Runs a step to its end, with its output passed through and its time told.
///
/// # Errors
/// The step could not be started, or ended with anything but success.
pub fn step(name: &str, command: &mut Command) -> Result<(), String> {
    say(&format!("── {name}"));
    let begun = Instant::now();
    let status = command.status().map_err(|e| format!("{name}: {:?} did not start: {e}", command.get_program()))?;
    if !status.success() {
        return Err(format!("{name} failed ({status})"));
    }
    say(&format!("── {name}: {:.0} s", begun.elapsed().as_secs_f64()));
    Ok(())
}

/// Whether a program is there and answers.
pub fn answers(program: &str, args: &[&str]) -> bool {
    Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
