//! What the documentation leads to is there.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

/// What stands in the brackets of a page's links and pictures, without what follows `#`.
fn targets(page: &str) -> impl Iterator<Item = &str> {
    page.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()).filter(|target| !target.contains("://") && !target.is_empty())
}

#[test]
fn every_link_and_picture_of_the_documentation_exists() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let own = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(|name| root.join(name));
    let docs = fs::read_dir(root.join("docs"))?.flatten().map(|entry| entry.path());
    let pages = docs.filter(|path| path.extension().is_some_and(|ending| ending == "md")).chain(own).collect::<Vec<PathBuf>>();
    let mut missing = Vec::new();
    for page in &pages {
        let text = fs::read_to_string(page)?;
        let folder = page.parent().ok_or("a page stands in a folder")?;
        missing.extend(targets(&text).filter(|target| !folder.join(target).exists()).map(|target| format!("{}: {target}", page.display())));
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(pages.len() > 8, "{pages:?}");
    Ok(())
}

#[test]
fn every_feature_names_a_picture_or_the_page_that_shows_it() -> Result<(), Box<dyn Error>> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/features.md"))?;
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| feature")).collect();
    let bare: Vec<_> = rows.iter().filter(|row| targets(row).next().is_none()).collect();
    assert!(bare.is_empty(), "{bare:#?}");
    assert!(rows.len() > 50, "{} rows", rows.len());
    Ok(())
}
