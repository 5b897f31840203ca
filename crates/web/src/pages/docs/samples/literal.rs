//! JSON as a literal of a language that has one for it.

use serde_json::Value;

/// How a language writes values.
pub(super) struct Style {
    pub null: &'static str,
    pub yes: &'static str,
    pub no: &'static str,
    pub text: fn(&str) -> String,
    /// Around members, and between a name and its value.
    pub map: (&'static str, &'static str, &'static str),
    /// A map without members.
    pub no_members: &'static str,
    pub indent: &'static str,
}

impl Style {
    /// The value; its first line stands in the text, those after it are `depth` steps further in.
    pub(super) fn write(&self, value: &Value, depth: usize) -> String {
        match value {
            Value::Null => self.null.to_owned(),
            Value::Bool(true) => self.yes.to_owned(),
            Value::Bool(false) => self.no.to_owned(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => (self.text)(text),
            Value::Array(items) => self.list(items, depth),
            Value::Object(members) if members.is_empty() => self.no_members.to_owned(),
            Value::Object(members) => {
                let (open, close, between) = self.map;
                let lines = members.iter().map(|(name, value)| format!("{}{between}{}", (self.text)(name), self.write(value, depth + 1)));
                self.lines(open, close, lines, depth)
            }
        }
    }

    fn list(&self, items: &[Value], depth: usize) -> String {
        let is_flat = items.iter().all(|item| !item.is_array() && !item.is_object());
        if is_flat {
            let items: Vec<String> = items.iter().map(|item| self.write(item, depth)).collect();
            return format!("[{}]", items.join(", "));
        }
        self.lines("[", "]", items.iter().map(|item| self.write(item, depth + 1)), depth)
    }

    fn lines(&self, open: &str, close: &str, lines: impl Iterator<Item = String>, depth: usize) -> String {
        let inner = self.indent.repeat(depth + 1);
        let lines: Vec<String> = lines.map(|line| format!("{inner}{line},\n")).collect();
        format!("{open}\n{}{}{close}", lines.concat(), self.indent.repeat(depth))
    }
}
