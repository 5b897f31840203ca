//! Drawing without a server: sheets, watching, comparing.

mod common;

use std::{
    path::{Path, PathBuf},
    process::{Child, Output, Stdio},
    time::{Duration, Instant},
};

use common::{command, folder, json};
use serde_json::{Value, json};

const NOTE: &str = r##"{
  "format": 1, "name": "Note", "look": {"colors": {"background": "#FFFFFF", "text": "#111111"}},
  "fields": [
    {"name": "title", "type": "text", "label": "Title", "required": true, "example": "Hello", "constraints": {"maxLength": 40}},
    {"name": "price", "type": "number", "label": "Price"},
    {"name": "points", "type": "list", "label": "Points", "items": {"type": "text"}}
  ],
  "layers": [
    {"id": "ground", "type": "shape", "shape": "rect", "left": 0, "top": 0, "width": "W", "height": "H", "fill": "brand.colors.background"},
    {"id": "title", "type": "text", "text": "{{title}}", "left": 20, "top": 20, "width": 160, "height": 60, "size": 40, "minSize": 20, "maxLines": 1, "color": "brand.colors.text"},
    {"id": "points", "type": "text", "text": "{{price}}", "left": 20, "top": 100, "width": 160, "height": 40, "size": 20, "color": "brand.colors.text"}
  ],
  "templates": [
    {"key": "square", "name": "Square", "width": 200, "height": 200},
    {"key": "wide", "name": "Wide", "width": 300, "height": 200}
  ]
}"##;

struct Desk {
    keep: tempfile::TempDir,
    data: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let (keep, data) = folder();
        std::fs::create_dir_all(&data).unwrap();
        let desk = Self { keep, data };
        desk.write("note.json", NOTE);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.keep.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    fn run(&self, args: &[&str]) -> Output {
        command(&self.data).args(args).output().unwrap()
    }

    /// The `--json` answer with the exit code.
    fn told(&self, args: &[&str]) -> (Value, Option<i32>) {
        let out = command(&self.data).args(args).arg("--json").output().unwrap();
        (serde_json::from_slice(&out.stdout).unwrap_or_default(), out.status.code())
    }
}

fn stderr(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned()
}

fn side(file: &Path) -> (u32, u32) {
    let header = render::codec::header(&std::fs::read(file).unwrap()).unwrap();
    (header.width, header.height)
}

#[test]
fn each_row_of_a_sheet_makes_a_set_of_pictures() {
    let desk = Desk::new();
    desk.write("rows.csv", "SKU;Title;Price;Points;Weight\nA-1;First;1,50;a | b;3\n\nA-2;Shrunk title;2;;\n");
    let (told, code) = desk.told(&["render", "note.json", "--csv", "rows.csv", "--out", "out"]);
    assert_eq!(code, Some(0), "{told}");
    let rows = told["rows"].as_array().unwrap();
    let named: Vec<_> = rows.iter().map(|row| (row["row"].as_u64().unwrap(), row["externalId"].as_str().unwrap())).collect();
    assert_eq!(named, [(2, "A-1"), (4, "A-2")]);
    assert_eq!(side(&desk.path("out/note-0002-wide.png")), (300, 200));
    assert_eq!(rows[1]["images"].as_array().unwrap().len(), 2);
    assert!(told["warnings"]["text_shrunk"].as_u64() >= Some(1), "{told}");
    // The same bytes as one call with the row's data.
    let data = json!({"title": "First", "price": 1.5, "points": ["a", "b"]}).to_string();
    let one = json(&desk.data, &["render", "note.json", "--data", &data, "--out", "one"]);
    let digests = |images: &Value| images.as_array().unwrap().iter().map(|image| image["sha256"].clone()).collect::<Vec<_>>();
    assert_eq!(digests(&one["images"]), digests(&rows[0]["images"]));
}

#[test]
fn rows_that_cannot_be_made_are_told_and_the_others_made() {
    let desk = Desk::new();
    let long = "x".repeat(41);
    desk.write("rows.csv", &format!("title,price\nGood,1\n{long},1\nPoor,12O\n,3\n"));
    let out = desk.run(&["render", "note.json", "--csv", "rows.csv", "--out", "out", "--templates", "square"]);
    assert_eq!(out.status.code(), Some(1));
    let told = stderr(&out);
    for part in ["row 3: Title:", "row 4: Price: found \"12O\"", "row 5: Title: the cell is empty", "4 of 4 rows", "3 of 4 rows failed"] {
        assert!(told.contains(part), "{part} is not in:\n{told}");
    }
    assert!(desk.path("out/note-0002-square.png").exists() && !desk.path("out/note-0003-square.png").exists());
    assert!(String::from_utf8_lossy(&out.stdout).starts_with("1 pictures of 1 rows"));
}

#[test]
fn a_sheet_that_fits_nothing_is_refused_with_the_fields() {
    let desk = Desk::new();
    desk.write("rows.csv", "colour,weight\nred,1\n");
    let out = desk.run(&["render", "note.json", "--csv", "rows.csv", "--out", "out"]);
    assert_eq!(out.status.code(), Some(1));
    assert!(stderr(&out).contains("The fields are title, price, points."), "{}", stderr(&out));
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn a_watched_document_is_drawn_again_when_it_is_saved_even_after_a_fault() {
    let desk = Desk::new();
    let args = ["render", "note.json", "--out", "out", "--watch", "--templates", "square"];
    let _killed = Killed(command(&desk.data).args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let picture = desk.path("out/note-square.png");
    let until = Instant::now() + Duration::from_secs(60);
    let wait_for = |size: (u32, u32)| {
        while !picture.exists()
            || std::fs::read(&picture).is_ok_and(|bytes| render::codec::header(&bytes).map(|h| (h.width, h.height)) != Ok(size))
        {
            assert!(Instant::now() < until, "no picture of {size:?} was drawn");
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    wait_for((200, 200));
    desk.write("note.json", "{ half a document");
    std::thread::sleep(Duration::from_millis(500));
    desk.write("note.json", &NOTE.replace(r#""Square", "width": 200, "height": 200"#, r#""Square", "width": 240, "height": 200"#));
    wait_for((240, 200));
}

#[test]
fn two_documents_are_compared_size_by_size() {
    let desk = Desk::new();
    let other = NOTE.replace("#111111", "#AA1111").replace(
        r#"{"key": "wide", "name": "Wide", "width": 300, "height": 200}"#,
        r#"{"key": "tall", "name": "Tall", "width": 200, "height": 300}"#,
    );
    desk.write("other.json", &other);
    let (same, code) = desk.told(&["template", "diff", "note.json", "note.json"]);
    assert_eq!((same["changed"].as_u64(), code), (Some(0), Some(0)), "{same}");
    let (told, code) = desk.told(&["template", "diff", "note.json", "other.json", "--out", "diff"]);
    assert_eq!(code, Some(1), "{told}");
    let states: Vec<_> =
        told["sizes"].as_array().unwrap().iter().map(|size| (size["key"].as_str().unwrap(), size["state"].as_str().unwrap())).collect();
    assert_eq!(states, [("square", "changed"), ("tall", "added"), ("wide", "removed")]);
    let square = &told["sizes"][0];
    let share = square["changedShare"].as_f64().unwrap();
    assert!((0.001..0.2).contains(&share) && square["largestDifference"] == 0xaa - 0x11, "{square}");
    assert_eq!(side(&desk.path("diff/other-square.png")), (600, 200));
    let (_, code) = desk.told(&["template", "diff", "note.json", "other.json", "--templates", "square", "--allow", "255"]);
    assert_eq!(code, Some(0));
    desk.write("broken.json", "{}");
    let broken = desk.run(&["template", "diff", "note.json", "broken.json"]);
    assert_eq!(broken.status.code(), Some(2), "{}", stderr(&broken));
}

#[test]
fn saved_inputs_are_held_against_the_accepted_pictures() {
    let desk = Desk::new();
    desk.write("cases/short.json", r#"{"template": "../note.json", "inputData": {"title": "Short"}, "templates": ["square"]}"#);
    desk.write("cases/usual.json", r#"{"template": "../note.json", "templates": ["wide"], "failOn": ["text_truncated"]}"#);
    let states = |told: &Value| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        told["pictures"].as_array().unwrap().iter().map(|picture| (text(&picture["name"]), text(&picture["state"]))).collect()
    };
    let all = |state: &str| ["short-square", "usual-wide"].map(|name| (name.to_owned(), state.to_owned())).to_vec();
    let (new, code) = desk.told(&["template", "test", "cases"]);
    assert_eq!((states(&new), code), (all("new"), Some(1)));
    let (accepted, code) = desk.told(&["template", "test", "cases", "--accept"]);
    assert_eq!((states(&accepted), code), (all("accepted"), Some(0)));
    let (same, code) = desk.told(&["template", "test", "cases"]);
    assert_eq!((states(&same), code), (all("same"), Some(0)));
    assert!(!desk.path("cases/differences/short-square.png").exists(), "what was shown is gone once it is accepted");

    desk.write("note.json", &NOTE.replace("#111111", "#AA1111"));
    desk.write("cases/accepted/gone-square.png", "old");
    let (changed, code) = desk.told(&["template", "test", "cases"]);
    let mut expected = all("changed");
    expected.push(("gone-square".to_owned(), "dead".to_owned()));
    assert_eq!((states(&changed), code), (expected, Some(1)));
    assert_eq!(side(&desk.path("cases/differences/usual-wide.png")), (900, 200));

    desk.write("cases/usual.json", r#"{"template": "../note.json", "tempaltes": ["wide"]}"#);
    desk.write("cases/short.json", r#"{"template": "../none.json"}"#);
    let out = desk.run(&["template", "test", "cases"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(stderr(&out).contains("tempaltes") && stderr(&out).contains("none.json"), "every fault at once: {}", stderr(&out));
}

#[test]
fn every_built_in_group_takes_every_common_size() {
    let desk = Desk::new();
    let groups = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/templates");
    let mut seen = 0;
    for entry in std::fs::read_dir(groups).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let before = serde_json::from_str::<Value>(&text).unwrap();
        for (platform, size) in [("x-post", (1600, 900)), ("yt-short", (1080, 1920)), ("ad-300x250", (300, 250))] {
            if before["templates"].as_array().unwrap().iter().any(|size| size["key"] == platform) {
                continue;
            }
            let file = desk.write(name, &text);
            let told = json(&desk.data, &["template", "add-size", name, "--platform", platform, "--write", "--out", "out"]);
            assert_eq!((&told["size"]["key"], &told["written"]), (&json!(platform), &json!(true)));
            let picture = desk.path(&format!("out/{}-{platform}.png", name.trim_end_matches(".json")));
            assert_eq!(side(&picture), size, "{name} {platform}");
            let written = std::fs::read_to_string(&file).unwrap();
            assert!(written.starts_with(text.rsplit_once("\n  ]").unwrap().0), "{name}: the rest stays as it is");
            let bad: Vec<&Value> = told["lost"].as_array().unwrap().iter().filter(|lost| lost["severity"] == "critical").collect();
            assert!(bad.is_empty() || platform.starts_with("ad-"), "{name} {platform}: {bad:?}");
            seen += 1;
        }
    }
    assert!(seen >= 12);
}

#[test]
fn a_size_is_printed_and_nothing_written_unless_that_is_asked_for() {
    let desk = Desk::new();
    let out = desk.run(&["template", "add-size", "note.json", "400x200", "--key", "banner"]);
    let printed = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(
        out.status.success() && printed.starts_with("banner (400×200), from wide") && printed.contains("nothing was written"),
        "{printed}"
    );
    assert_eq!(std::fs::read_to_string(desk.path("note.json")).unwrap(), NOTE);
    for (args, said) in [
        (vec!["400"], "write 1600x900"),
        (vec!["--platform", "myspace"], "is no preset"),
        (vec!["300x300", "--key", "wide"], "already"),
        (vec!["300x300", "--from", "tall"], "it has square, wide"),
    ] {
        let out = desk.run(&[vec!["template", "add-size", "note.json"], args].concat());
        assert!(out.status.code() == Some(1) && stderr(&out).contains(said), "{said}: {}", stderr(&out));
    }
}
