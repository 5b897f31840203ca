//! What ships inside is valid, and its examples bind without a warning in every kit.

use std::path::{Path, PathBuf};

use template::{BrandFile, Document, Inputs, Severity, bind};

fn files(folder: &str, keep: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../assets").join(folder);
    let mut found = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if keep(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn kits() -> Vec<BrandFile> {
    let files = files("kits", |path| path.ends_with("kit.json"));
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let kit = BrandFile::parse(&text).unwrap_or_else(|faults| panic!("{}: {faults:#?}", path.display()));
        for logo in &kit.logos {
            assert!(path.with_file_name(&logo.file).is_file(), "{}: {} is missing", path.display(), logo.file);
        }
        kit
    };
    files.iter().map(read).collect()
}

#[test]
fn the_demo_kits_are_valid_and_their_logos_are_there() {
    let names: Vec<String> = kits().into_iter().map(|kit| kit.name).collect();
    assert_eq!(names, ["Halvmark", "Orthaven", "Pomblo", "Sorrelwick"]);
}

#[test]
fn the_built_in_groups_are_valid_and_bind_in_every_kit() {
    let kits = kits();
    for path in files("templates", |path| path.extension().is_some_and(|extension| extension == "json")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let document = Document::parse(&text).unwrap_or_else(|faults| panic!("{}: {faults:#?}", path.display()));
        let (inputs, warnings) = Inputs::check(&document, &document.example_inputs(), "inputData", true).unwrap();
        assert_eq!(warnings, [], "{}", path.display());
        for size in document.sizes() {
            for kit in kits.iter().map(Some).chain([None]) {
                let brand = kit.map(|kit| kit.brand(|logo| logo.file.clone()));
                let (bound, warnings) = bind(&document, size, &inputs, brand.as_ref(), None);
                assert!(!bound.nodes.is_empty());
                assert!(warnings.iter().all(|warning| warning.severity == Severity::Info), "{}: {warnings:?}", path.display());
            }
        }
    }
}
