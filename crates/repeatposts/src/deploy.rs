//! The files below `deploy/`, and what the documentation says of settings, held against the binary.

use std::{collections::BTreeSet, fs, path::PathBuf};

use saphyr::{LoadableYamlNode as _, Yaml};

use crate::{cli, settings::is_variable};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The arguments are a command line of ours, with flags that exist.
fn check_command(arguments: &[&str]) {
    let all = std::iter::once("repeatposts").chain(arguments.iter().copied());
    if let Err(e) = cli::with_settings(<cli::Cli as clap::CommandFactory>::command()).try_get_matches_from(all) {
        panic!("{arguments:?}: {e}");
    }
}

#[test]
fn every_variable_in_deploy_and_docs_is_a_setting() {
    let mut files: Vec<PathBuf> = vec![root().join("README.md")];
    for folder in ["deploy", "docs"] {
        files.extend(fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()));
    }
    let mut seen = BTreeSet::new();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        for (at, _) in text.match_indices("REPEATPOSTS_") {
            let name: String = text[at..].chars().take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '_').collect();
            // `REPEATPOSTS_` alone stands for all of them.
            assert!(name == "REPEATPOSTS_" || is_variable(&name), "{}: {name} is no setting", path.display());
            seen.insert(name);
        }
    }
    assert!(seen.contains("REPEATPOSTS_STOP_NOTICE_MS") && seen.contains("REPEATPOSTS_SECRET"), "{seen:?}");
}

#[test]
fn the_compose_file_is_yaml_whose_commands_are_ours() {
    let text = text("deploy/compose.yaml");
    let documents = Yaml::load_from_str(&text).unwrap();
    let services = documents[0].as_mapping_get("services").unwrap().as_mapping().unwrap();
    let mut ours = 0;
    for (name, service) in services {
        if service.as_mapping_get("<<").is_none() {
            continue;
        }
        let command = service.as_mapping_get("command").unwrap_or_else(|| panic!("{name:?} has no command"));
        let arguments: Vec<&str> = command.as_sequence().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        check_command(&arguments);
        ours += 1;
    }
    assert_eq!(ours, 4);
    // What must end before the process is killed: the notice, the calls, the jobs.
    assert!(text.contains("stop_grace_period: 70s") && text.contains("REPEATPOSTS_STOP_NOTICE_MS: \"2000\""));
}

#[test]
fn the_container_and_the_unit_start_the_binary_with_flags_that_exist() {
    let container = text("deploy/Containerfile");
    assert!(container.contains("ENTRYPOINT [\"repeatposts\"]") && container.contains("USER 10001"));
    check_command(&["serve"]);
    let unit = text("deploy/repeatposts.service");
    let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/repeatposts ")).unwrap();
    check_command(&start.split(' ').collect::<Vec<_>>());
}
