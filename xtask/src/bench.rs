//! Programs of the workspace that measure and draw.

use crate::{machine, run};

/// `cargo xtask bench [arguments]`: the bench program, built for release, and the service that it measures.
///
/// # Errors
/// The build, or the program, failed.
pub fn bench(args: &[String]) -> Result<(), String> {
    machine::ensure(machine::BUILD)?;
    machine::ensure(machine::FONTS)?;
    run::step("build", &mut run::cargo(&["build", "--release", "--locked", "-p", "bench", "-p", "repeatposts"]))?;
    let mut command = std::process::Command::new(run::target_dir().join("release/bench"));
    command.args(args).current_dir(run::root()).env("REPEATPOSTS_BIN", run::target_dir().join("release/repeatposts"));
    run::step("bench", &mut command)
}

/// `cargo xtask generate [arguments]`: the gallery program.
///
/// # Errors
/// The build, or the program, failed.
pub fn generate(args: &[String]) -> Result<(), String> {
    machine::ensure(machine::BUILD)?;
    machine::ensure(machine::FONTS)?;
    let mut command = run::cargo(&["run", "--release", "--locked", "-p", "gallery", "--"]);
    run::step("gallery", command.args(args))
}
