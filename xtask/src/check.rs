//! `cargo xtask check`: everything that must be green, in the order that fails soonest.

use std::{num::NonZero, process::Command, time::Instant};

use crate::{licences, machine, run, up};

/// # Errors
/// The first step that is not green. Nothing is skipped.
pub fn check(args: &[String]) -> Result<(), String> {
    if let Some(arg) = args.first() {
        return Err(format!("check takes no arguments, not {arg:?}"));
    }
    let begun = Instant::now();
    machine::ensure(machine::BUILD)?;
    machine::ensure(machine::FONTS)?;
    machine::ensure(machine::CHECK)?;
    machine::ensure(machine::BROWSER)?;
    machine::ensure_node()?;
    run::step("format", &mut run::cargo(&["fmt", "--all", "--check"]))?;
    licences::check()?;
    run::step("lints", &mut run::cargo(&["clippy", "--locked", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]))?;
    run::step("documentation", run::cargo(&["doc", "--locked", "--workspace", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "-D warnings"))?;
    scripts()?;
    run::step("build", &mut run::cargo(&["build", "--locked", "--workspace", "--all-targets", "--quiet"]))?;
    let cluster = testdb::Cluster::start()?;
    run::step("tests", &mut tests(&cluster, &[]))?;
    let mut remote = tests(&cluster, &["api", "app"]);
    run::step(
        "the API's tests on PostgreSQL and S3",
        remote.env("REPEATPOSTS_TEST_DATABASE", "postgres").env("REPEATPOSTS_TEST_STORAGE", "s3"),
    )?;
    drop(cluster);
    // As it was built for the tests: once more for release would take a quarter of the whole time, and `up` does that.
    run::say("── the main job");
    up::main_job(&run::target_dir().join("debug/repeatposts"))?;
    stories()?;
    run::say(&format!("all green in {:.0} s", begun.elapsed().as_secs_f64()));
    Ok(())
}

/// The pages' scripts: their types, and what they work out.
fn scripts() -> Result<(), String> {
    run::step("script tools", &mut npm("crates/web", &["ci"]))?;
    run::step("scripts", &mut npm("crates/web", &["run", "check"]))
}

/// The pages as people meet them: the binary just built, in Chromium.
fn stories() -> Result<(), String> {
    run::step("browser tools", &mut npm("browser", &["ci"]))?;
    run::step("browser stories", npm("browser", &["test"]).env("REPEATPOSTS_BIN", run::target_dir().join("debug/repeatposts")))
}

/// npm in a project of the tree.
fn npm(project: &str, args: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(["--prefix", project, "--silent"]).args(args).current_dir(run::root());
    command
}

/// The tests of these packages, or all. Every test that needs a PostgreSQL server makes databases of its own on `cluster`.
fn tests(cluster: &testdb::Cluster, packages: &[&str]) -> Command {
    // Generated files and reference pictures are compared, never blessed, here.
    let mut command = if run::answers("cargo", &["nextest", "--version"]) {
        // Chosen by a filter: packages named to cargo would be built once more, with other features of what they share.
        let filter: Vec<String> = packages.iter().map(|package| format!("package({package})")).collect();
        let mut command = run::cargo(&["nextest", "run", "--locked", "--workspace", "--no-fail-fast"]);
        // Most tests wait a third of their time for a disk, a clock or another process.
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        command.args(["--test-threads", &(cores + 1).to_string()]);
        if !filter.is_empty() {
            command.args(["-E", &filter.join(" or ")]);
        }
        command
    } else {
        let mut command = run::cargo(&["test", "--locked", "--no-fail-fast"]);
        if packages.is_empty() {
            command.arg("--workspace");
        }
        command.args(packages.iter().flat_map(|package| ["-p", package]));
        command
    };
    command.env("CI", "true").env_remove("BLESS").env(testdb::SERVER_VARIABLE, cluster.url());
    command
}
