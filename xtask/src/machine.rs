//! What the machine must have: Debian packages, installed where we may, named where we may not.

use std::process::Command;

use crate::run;

/// What the build needs: a C compiler for SQLite, libwebp, libdeflate and ring; nasm and cmake for libjpeg-turbo's SIMD.
pub const BUILD: &[&str] = &["gcc", "libc6-dev", "make", "nasm", "cmake", "pkg-config"];
/// Chinese, Japanese and Korean: too large for the repository, used only if the digest is the pinned one.
pub const FONTS: &[&str] = &["fonts-noto-cjk"];
/// The second engine, what stands before two nodes (the tests start both for themselves), what reads the unit, and what
/// reads our PDFs.
pub const CHECK: &[&str] = &["postgresql", "haproxy", "systemd", "poppler-utils"];
/// What the stories walk through the pages with.
pub const BROWSER: &[&str] = &["chromium"];
/// What the pages' scripts are checked with, and the stories are written for.
const NODE: &[&str] = &["nodejs", "npm"];

/// Installs what is missing of `packages`; a machine that has them is not touched.
///
/// # Errors
/// Something is missing and this user may not install it: the message holds the line to run.
pub fn ensure(packages: &[&str]) -> Result<(), String> {
    if !run::answers("dpkg-query", &["--version"]) {
        run::say(&format!("this is no Debian: make sure that the machine has {}", packages.join(", ")));
        return Ok(());
    }
    let missing: Vec<&str> = packages.iter().copied().filter(|package| !installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !root_user() {
        return Err(format!("packages are missing; run: sudo apt-get install --no-install-recommends {}", missing.join(" ")));
    }
    run::step("package lists", Command::new("apt-get").args(["update", "-qq"]))?;
    run::step(
        &format!("install {}", missing.join(" ")),
        Command::new("apt-get")
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(&missing)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

/// Node.js with npm, wherever they come from: from Debian only where no other one answers.
///
/// # Errors
/// They are missing and may not be installed, or still don't answer.
pub fn ensure_node() -> Result<(), String> {
    let answer = || run::answers("node", &["--version"]) && run::answers("npm", &["--version"]);
    if !answer() {
        ensure(NODE)?;
    }
    if answer() { Ok(()) } else { Err("the pages' scripts are checked by node and npm: install Node.js 18 or newer".to_owned()) }
}

fn installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f=${Status}", package])
        .output()
        .is_ok_and(|out| out.status.success() && out.stdout.ends_with(b"install ok installed"))
}

fn root_user() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}
