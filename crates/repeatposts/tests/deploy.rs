//! What `deploy/` holds, read by the programs that it is for.

use std::path::{Path, PathBuf};
use std::process::Command;

fn deploy(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy").join(file)
}

/// Runs a checker, which must be there, and gives what it said where it did not agree.
fn agrees(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let out = command.output().map_err(|e| format!("{name} did not start ({e}): apt-get install haproxy systemd"))?;
    if out.status.success() {
        return Ok(());
    }
    Err(format!("{name}: {}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr)))
}

#[test]
fn haproxy_takes_its_configuration() {
    let nodes = [("BIND", "127.0.0.1:8080"), ("NODE_1", "127.0.0.1:8081"), ("NODE_2", "127.0.0.1:8082")];
    agrees(Command::new("haproxy").arg("-c").arg("-f").arg(deploy("haproxy.cfg")).envs(nodes)).unwrap();
}

#[test]
fn systemd_takes_the_unit() {
    let unit = std::fs::read_to_string(deploy("repeatposts.service")).unwrap();
    let installed = "ExecStart=/usr/local/bin/repeatposts ";
    assert!(unit.contains(installed));
    // It looks whether the program is there, which it is on no machine that only tests.
    let here = unit.replace(installed, &format!("ExecStart={} ", env!("CARGO_BIN_EXE_repeatposts")));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("repeatposts.service");
    std::fs::write(&path, &here).unwrap();
    let verify = |path: &Path| agrees(Command::new("systemd-analyze").args(["verify", "--man=no", "--recursive-errors=no"]).arg(path));
    verify(&path).unwrap();
    std::fs::write(&path, here.replace("ExecStart=", "ExecBegin=")).unwrap();
    assert!(verify(&path).is_err(), "a unit without a command passed");
}
