//! The OpenAPI document as the documentation reads it: chapters with their operations, objects and tables.
//!
//! Made once; nothing is written here that doesn't stand in the document.

mod operation;
mod schema;

use serde_json::Value;

pub(crate) use operation::{Answer, Operation, Parameter};
pub(crate) use schema::{Member, Object};

use schema::Schemas;

pub(crate) struct Reference {
    /// Base of the API's address, without a slash at its end.
    pub api_url: String,
    pub title: String,
    pub summary: String,
    pub about: String,
    pub chapters: Vec<Chapter>,
    pub errors: Vec<Code>,
    pub details: Vec<Code>,
    pub failures: Vec<Code>,
    pub warnings: Vec<Code>,
    /// Of answers: name and what it says.
    pub headers: Vec<(String, String)>,
}

pub(crate) struct Chapter {
    /// Its place in addresses.
    pub name: String,
    pub title: String,
    /// Markdown.
    pub about: String,
    /// Ids of operations whose examples stand here too.
    pub shows: Vec<String>,
    pub tables: Vec<String>,
    pub operations: Vec<Operation>,
    /// Schemas that are described here; other chapters link to them.
    pub objects: Vec<Object>,
}

/// A line of a table of codes.
pub(crate) struct Code {
    pub code: String,
    /// Of an error.
    pub status: Option<u64>,
    /// Of a warning.
    pub severity: String,
    pub meaning: String,
    pub remedy: String,
}

impl Reference {
    pub(crate) fn of(document: &Value) -> Self {
        let schemas = Schemas::of(document);
        let mut chapters: Vec<Chapter> = array(&document["tags"]).map(|tag| chapter(tag, document, &schemas)).collect();
        let mut taken: Vec<String> = Vec::new();
        for chapter in &mut chapters {
            let roots = chapter.operations.iter().flat_map(Operation::links).chain(extra(chapter));
            let names = schemas.reachable(roots, &taken);
            chapter.objects = names.iter().map(|name| schemas.object(name)).collect();
            taken.extend(names);
        }
        let codes = |kind: &str| array(&document["x-codes"][kind]).map(Code::of).collect();
        let headers = document["components"]["headers"].as_object().into_iter().flatten();
        Self {
            api_url: text(&document["servers"][0]["url"]),
            title: text(&document["info"]["title"]),
            summary: text(&document["info"]["summary"]),
            about: text(&document["info"]["description"]),
            errors: codes("errors"),
            details: codes("details"),
            failures: codes("failures"),
            warnings: codes("warnings"),
            headers: headers.map(|(name, header)| (name.clone(), text(&header["description"]))).collect(),
            chapters,
        }
    }

    pub(crate) fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.chapters.iter().flat_map(|chapter| &chapter.operations)
    }

    pub(crate) fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations().find(|operation| operation.id == id)
    }

    /// The chapter that describes a schema.
    pub(crate) fn home(&self, schema: &str) -> Option<&Chapter> {
        self.chapters.iter().find(|chapter| chapter.objects.iter().any(|object| object.name == schema))
    }
}

impl Code {
    fn of(value: &Value) -> Self {
        Self {
            code: text(&value["code"]),
            status: value["status"].as_u64(),
            severity: text(&value["severity"]),
            meaning: text(&value["meaning"]),
            remedy: text(&value["remedy"]),
        }
    }
}

fn chapter(tag: &Value, document: &Value, schemas: &Schemas<'_>) -> Chapter {
    let name = text(&tag["name"]);
    let paths = document["paths"].as_object().into_iter().flatten();
    let all = paths.flat_map(|(path, methods)| methods.as_object().into_iter().flatten().map(move |(method, value)| (path, method, value)));
    let own = all.filter(|(_, _, value)| value["tags"][0] == name.as_str());
    Chapter {
        title: text(&tag["x-displayName"]),
        about: text(&tag["description"]),
        shows: array(&tag["x-shows"]).map(text).collect(),
        tables: array(&tag["x-tables"]).map(text).collect(),
        operations: own.map(|(path, method, value)| Operation::of(path, method, value, schemas)).collect(),
        objects: Vec::new(),
        name,
    }
}

/// Schemas of a chapter that none of its operations names: the envelope of errors beside their table.
fn extra(chapter: &Chapter) -> Option<String> {
    chapter.tables.iter().any(|table| table == "errors").then(|| "Error".to_owned())
}

/// The text of a value; empty where it is none.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn array(value: &Value) -> std::slice::Iter<'_, Value> {
    value.as_array().map(Vec::as_slice).unwrap_or_default().iter()
}
