//! `cargo xtask check`: everything that must be green, in the order that fails soonest.

use std::{process::Command, time::Instant};

use crate::{licences, machine, run};

/// # Errors
/// The first step that is not green. Nothing is skipped.
pub fn check(args: &[String]) -> Result<(), String> {
    if let Some(arg) = args.first() {
        return Err(format!("check takes no arguments, not {arg:?}"));
    }
    let begun = Instant::now();
    machine::ensure(machine::BUILD)?;
    machine::ensure(machine::FONTS)?;
    run::step("format", &mut run::cargo(&["fmt", "--all", "--check"]))?;
    licences::check()?;
    run::step("lints", &mut run::cargo(&["clippy", "--locked", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]))?;
    run::step("documentation", run::cargo(&["doc", "--locked", "--workspace", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "-D warnings"))?;
    scripts()?;
    run::step("build", &mut run::cargo(&["build", "--locked", "--workspace", "--all-targets", "--quiet"]))?;
    run::step("tests", &mut tests())?;
    run::step("the main job", &mut run::cargo(&["xtask", "up", "--once"]))?;
    run::say(&format!("all green in {:.0} s", begun.elapsed().as_secs_f64()));
    Ok(())
}

/// The pages' scripts: their types, and what they work out.
fn scripts() -> Result<(), String> {
    if !run::answers("npm", &["--version"]) {
        return Err("the pages' scripts are checked by npm and node: install nodejs and npm".to_owned());
    }
    let npm = |args: &[&str]| {
        let mut command = Command::new("npm");
        command.args(["--prefix", "crates/web", "--silent"]).args(args).current_dir(run::root());
        command
    };
    run::step("script tools", &mut npm(&["ci"]))?;
    run::step("scripts", &mut npm(&["run", "check"]))
}

fn tests() -> Command {
    // Generated files and reference pictures are compared, never blessed, here.
    let mut command = if run::answers("cargo", &["nextest", "--version"]) {
        run::cargo(&["nextest", "run", "--locked", "--workspace", "--no-fail-fast"])
    } else {
        run::cargo(&["test", "--locked", "--workspace", "--no-fail-fast"])
    };
    command.env("CI", "true").env_remove("BLESS");
    command
}
