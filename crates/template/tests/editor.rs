//! The JSON Schema for editors: current, and of one mind with the reader about what ships inside.
//!
//! `BLESS=1 cargo nextest run -p template editor` writes docs/template-group.schema.json anew, but never with `CI` set.

use std::path::PathBuf;

use serde_json::{Value, json};
use template::{Document, editor};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The schema, compiled once.
struct Editor {
    schemas: boon::Schemas,
    schema: boon::SchemaIndex,
}

impl Editor {
    fn new() -> Self {
        let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
        compiler.add_resource("group.json", editor::schema()).unwrap();
        let schema = compiler.compile("group.json", &mut schemas).unwrap();
        Self { schemas, schema }
    }

    /// Empty where there are none.
    fn faults(&self, document: &Value) -> String {
        self.schemas.validate(document, self.schema).err().map_or_else(String::new, |error| format!("{error:#}"))
    }
}

#[test]
fn the_editor_schema_is_current() {
    let path = root().join("docs/template-group.schema.json");
    let wanted = serde_json::to_string_pretty(&editor::schema()).unwrap() + "\n";
    if std::env::var_os("BLESS").is_some() && std::env::var_os("CI").is_none() {
        std::fs::write(&path, &wanted).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), wanted, "run with BLESS=1");
}

#[test]
fn every_built_in_group_and_the_full_document_are_valid_by_the_editor_schema() {
    let editor = Editor::new();
    let mut seen = 0;
    for entry in std::fs::read_dir(root().join("assets/templates")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let document: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            assert_eq!(editor.faults(&document), "", "{}", path.display());
            seen += 1;
        }
    }
    assert!(seen >= 4, "only {seen} groups were found");
    assert_eq!(editor.faults(&serde_json::from_str(include_str!("full.json")).unwrap()), "");
}

#[test]
fn what_the_editor_schema_refuses_the_reader_refuses_too() {
    let editor = Editor::new();
    let small = json!({
        "$schema": "template-group.schema.json", "format": 1, "name": "Small",
        "fields": [{"name": "title", "type": "text", "required": true, "example": "Hi", "constraints": {"maxLength": 40}}],
        "layers": [
            {"id": "title", "type": "text", "text": "{{title}}", "size": "0.1s", "align": "center", "opacity": 0.5},
            {"id": "box", "type": "stack", "children": [{"id": "star", "type": "shape", "shape": "star", "fill": "#fff"}]}
        ],
        "templates": [{"key": "square", "name": "Square", "width": 1080, "height": 1080, "layers": [{"use": "title", "maxLines": 2}, {"use": "box"}]}]
    });
    assert_eq!(editor.faults(&small), "");
    assert!(Document::parse(&small.to_string()).is_ok());
    for (pointer, value) in [
        ("/format", json!(2)),
        ("/titel", json!("x")),
        ("/fields/0/type", json!("txt")),
        ("/fields/0/constraints/maxLen", json!(3)),
        ("/layers/0/type", json!("txt")),
        ("/layers/0/colr", json!("#fff")),
        ("/layers/0/align", json!("middle")),
        ("/layers/0/opacity", json!(2)),
        ("/layers/1/children/0/shape", json!("sta")),
        ("/layers/1/children/0/maxLines", json!(2)),
        ("/templates/0/width", json!(9000)),
        ("/templates/0/key", json!("A B")),
    ] {
        let mut wrong = small.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        wrong.pointer_mut(parent).unwrap()[key] = value;
        assert_ne!(editor.faults(&wrong), "", "{pointer}");
        assert!(Document::parse(&wrong.to_string()).is_err(), "{pointer}");
    }
}
