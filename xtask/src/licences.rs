//! Every dependency's licence is one that we accept.

use serde_json::Value;

use crate::run;

/// Without copyleft; see CONTRIBUTING.md.
const ACCEPTED: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "0BSD",
    "Unicode-3.0",
    "IJG",
    "Unlicense",
    "CC0-1.0",
    "BSL-1.0",
    "MIT-0",
    "CDLA-Permissive-2.0",
];
/// A second TLS provider, or one copied into the graph by an upgrade, is a decision and no accident.
const BANNED: &[&str] = &["openssl-sys", "native-tls", "aws-lc-sys", "mozjpeg-sys"];

/// # Errors
/// Names every package with another licence, and every banned one.
pub fn check() -> Result<(), String> {
    run::say("── licences");
    let out = run::cargo(&["metadata", "--locked", "--format-version", "1", "--filter-platform", "x86_64-unknown-linux-gnu"])
        .output()
        .map_err(|e| format!("cargo metadata: {e}"))?;
    if !out.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&out.stderr)));
    }
    let metadata: Value = serde_json::from_slice(&out.stdout).map_err(|e| format!("cargo metadata: {e}"))?;
    let used: Vec<&str> = metadata["resolve"]["nodes"].as_array().into_iter().flatten().filter_map(|node| node["id"].as_str()).collect();
    let mut faults = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        if !package["id"].as_str().is_some_and(|id| used.contains(&id)) {
            continue;
        }
        let name = package["name"].as_str().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or_default();
        if BANNED.contains(&name) {
            faults.push(format!("{name} is banned"));
        }
        if !acceptable(licence) {
            faults.push(format!("{name}: licence {licence:?} is not on the list"));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// SPDX expressions as they occur: `A OR B`, `A AND B`, one level of brackets, and the old `A/B`.
fn acceptable(expression: &str) -> bool {
    let flat = expression.replace(['(', ')'], "").replace('/', " OR ");
    !flat.is_empty() && flat.split(" AND ").all(|all| all.split(" OR ").any(|one| ACCEPTED.contains(&one.trim())))
}

#[cfg(test)]
mod tests {
    use super::acceptable;

    #[test]
    fn a_choice_needs_one_accepted_licence_and_a_sum_needs_all() {
        assert!(acceptable("MIT OR GPL-3.0"));
        assert!(acceptable("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(acceptable("MIT/Apache-2.0"));
        assert!(!acceptable("MIT AND GPL-3.0"));
        assert!(!acceptable("AGPL-3.0"));
        assert!(!acceptable(""));
    }
}
