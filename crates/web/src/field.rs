//! A form's field: label, control, hint, fault, caution and counter, the same everywhere.

use std::fmt;

use askama::Template;

use crate::form::Problems;

/// How a value is entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    /// `<input>` of this type: text, email, url, number, date, search, color.
    Input(&'static str),
    /// With a button that shows it, where there is script.
    Password,
    Area {
        rows: u8,
    },
    Select(Vec<Choice>),
    /// Cards of which one is chosen.
    Cards(Vec<Choice>),
    /// A box to check; `value` is what it sends.
    Check,
    /// The same, looking like a switch.
    Switch,
    /// Takes files of these media types; dropping works with script, choosing without.
    File {
        accept: &'static str,
    },
}

/// One of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub value: String,
    pub label: String,
    /// A line under the label, of cards.
    pub note: String,
}

impl Choice {
    pub(crate) fn new(value: &str, label: &str) -> Self {
        Self { value: value.to_owned(), label: label.to_owned(), note: String::new() }
    }

    pub(crate) fn note(mut self, note: &str) -> Self {
        note.clone_into(&mut self.note);
        self
    }
}

/// One field; a template writes `{{ field }}`.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/field.html")]
pub(crate) struct Field {
    pub name: String,
    pub label: String,
    pub control: Control,
    pub value: String,
    /// Of a box.
    pub checked: bool,
    pub required: bool,
    pub disabled: bool,
    pub hint: String,
    pub problem: Option<String>,
    pub caution: Option<String>,
    /// The most characters, shown as a counter; the control lets one type on, so that the text can be shortened.
    pub limit: Option<usize>,
    pub placeholder: String,
    pub autocomplete: &'static str,
    pub autofocus: bool,
}

impl Field {
    fn new(name: &str, label: &str, control: Control) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            control,
            value: String::new(),
            checked: false,
            required: false,
            disabled: false,
            hint: String::new(),
            problem: None,
            caution: None,
            limit: None,
            placeholder: String::new(),
            autocomplete: "",
            autofocus: false,
        }
    }

    pub(crate) fn input(kind: &'static str, name: &str, label: &str) -> Self {
        Self::new(name, label, Control::Input(kind))
    }

    pub(crate) fn text(name: &str, label: &str) -> Self {
        Self::input("text", name, label)
    }

    pub(crate) fn email(name: &str, label: &str) -> Self {
        Self { autocomplete: "email", ..Self::input("email", name, label) }
    }

    /// `autocomplete` is `current-password` or `new-password`, so that managers know.
    pub(crate) fn password(name: &str, label: &str, autocomplete: &'static str) -> Self {
        Self { autocomplete, required: true, ..Self::new(name, label, Control::Password) }
    }

    pub(crate) fn area(name: &str, label: &str, rows: u8) -> Self {
        Self::new(name, label, Control::Area { rows })
    }

    pub(crate) fn select(name: &str, label: &str, choices: Vec<Choice>) -> Self {
        Self::new(name, label, Control::Select(choices))
    }

    pub(crate) fn cards(name: &str, label: &str, choices: Vec<Choice>) -> Self {
        Self::new(name, label, Control::Cards(choices))
    }

    pub(crate) fn check(name: &str, label: &str) -> Self {
        Self { value: "on".to_owned(), ..Self::new(name, label, Control::Check) }
    }

    pub(crate) fn switch(name: &str, label: &str) -> Self {
        Self { value: "on".to_owned(), ..Self::new(name, label, Control::Switch) }
    }

    pub(crate) fn file(name: &str, label: &str, accept: &'static str) -> Self {
        Self::new(name, label, Control::File { accept })
    }

    pub(crate) fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    pub(crate) fn checked(mut self, checked: bool) -> Self {
        self.checked = checked;
        self
    }

    pub(crate) fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(crate) fn disabled(mut self) -> Self {
        self.disabled = true;
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The faults that `problems` has for this field.
    pub(crate) fn checked_by(mut self, problems: &Problems) -> Self {
        self.problem = problems.of(&self.name);
        self
    }

    pub(crate) fn caution(mut self, caution: impl Into<String>) -> Self {
        self.caution = Some(caution.into());
        self
    }

    pub(crate) fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    pub(crate) fn placeholder(mut self, placeholder: impl Into<String>) -> Self {
        self.placeholder = placeholder.into();
        self
    }

    pub(crate) fn autocomplete(mut self, word: &'static str) -> Self {
        self.autocomplete = word;
        self
    }

    /// The first field of a page that has nothing else.
    pub(crate) fn autofocus(mut self) -> Self {
        self.autofocus = true;
        self
    }

    /// The control's id; a summary of faults links to it.
    fn id(&self) -> String {
        format!("field-{}", self.name)
    }

    fn length(&self) -> usize {
        self.value.chars().count()
    }

    fn is_over(&self) -> bool {
        self.limit.is_some_and(|limit| self.length() > limit)
    }

    /// Whether the label says that it may stay empty: where people would ask themselves.
    fn says_optional(&self) -> bool {
        let plain = !matches!(self.control, Control::File { .. } | Control::Input("search" | "color"));
        plain && !self.required && !self.disabled
    }

    fn is_box(&self) -> bool {
        matches!(self.control, Control::Check | Control::Switch)
    }

    fn is_switch(&self) -> bool {
        self.control == Control::Switch
    }

    fn is_cards(&self) -> bool {
        matches!(self.control, Control::Cards(_))
    }

    /// Ids of the texts that explain the control.
    fn described_by(&self) -> String {
        let parts = [
            (!self.hint.is_empty()).then_some("hint"),
            self.problem.is_some().then_some("problem"),
            self.caution.is_some().then_some("caution"),
        ];
        parts.into_iter().flatten().map(|part| format!("{}-{part}", self.id())).collect::<Vec<_>>().join(" ")
    }

    /// The attributes that all controls share.
    fn attributes(&self) -> Attributes<'_> {
        Attributes(self)
    }
}

impl askama::filters::HtmlSafe for Field {}

struct Attributes<'a>(&'a Field);

impl askama::filters::HtmlSafe for Attributes<'_> {}

impl fmt::Display for Attributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = self.0;
        let named = [("id", field.id()), ("name", field.name.clone()), ("aria-describedby", field.described_by())];
        for (name, value) in
            named.into_iter().chain([("autocomplete", field.autocomplete.to_owned()), ("placeholder", field.placeholder.clone())])
        {
            if !value.is_empty() {
                write!(f, " {name}=\"{}\"", askama::filters::escape(value, askama::filters::Html).map_err(|_| fmt::Error)?)?;
            }
        }
        if let Some(limit) = field.limit {
            write!(f, " data-limit=\"{limit}\"")?;
        }
        let flags = [
            (field.problem.is_some(), " aria-invalid=\"true\""),
            (field.required, " aria-required=\"true\""),
            (field.disabled, " disabled"),
            (field.autofocus, " autofocus"),
        ];
        flags.into_iter().filter(|(is_set, _)| *is_set).try_for_each(|(_, text)| f.write_str(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fields_texts_are_tied_to_its_control_and_escaped() {
        let field = Field::text("title", "Headline")
            .value("<b>\"x\"")
            .hint("Short.")
            .checked_by(&Problems::one("title", "Too <long>"))
            .limit(5)
            .required();
        let html = field.to_string();
        for part in [
            "<label for=\"field-title\">",
            "id=\"field-title\"",
            "aria-describedby=\"field-title-hint field-title-problem\"",
            "aria-invalid=\"true\"",
            "id=\"field-title-problem\"",
            "data-limit=\"5\"",
        ] {
            assert!(html.contains(part), "{part}\n{html}");
        }
        assert!(!html.contains("<b>") && !html.contains("<long>"), "{html}");
    }
}
