//! A kit as a form: rows of colours, fonts and logos, to the kit's own file and back.

use app::library::{EditedKit, ProposedColor};
use serde_json::{Map, Value, json};
use template::brand::LogoTheme;
use template::{BrandFile, DocumentFault};

use crate::form::Problems;

/// Roles that every kit's form shows.
pub(super) const COLOR_ROLES: [&str; 7] = ["primary", "secondary", "accent", "background", "surface", "text", "muted"];
pub(super) const FONT_ROLES: [&str; 3] = ["heading", "body", "accent"];

/// What the form holds, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct KitForm {
    pub name: String,
    /// A share of the short edge.
    pub corner: String,
    pub colors: Vec<ColorRow>,
    pub fonts: Vec<FontRow>,
    pub logos: Vec<LogoRow>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ColorRow {
    pub role: String,
    pub name: String,
    pub hex: String,
    /// Empty: the best of white, background and text.
    pub on: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FontRow {
    pub role: String,
    /// Empty: the template's own.
    pub family: String,
    pub weight: String,
    pub style: String,
    pub width: String,
    pub tracking: String,
    pub line_height: String,
    /// JSON; no control shows it.
    pub variations: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LogoRow {
    pub role: String,
    pub theme: String,
    pub file: String,
}

impl KitForm {
    /// An empty kit in black and white.
    pub(super) fn empty(name: &str) -> Self {
        let hexes = ["#1f3a5f", "#4a6fa5", "#d97706", "#ffffff", "#f3f4f6", "#171717", "#5f6368"];
        let color = |(role, hex): (&str, &str)| ColorRow { role: role.to_owned(), hex: hex.to_owned(), ..ColorRow::default() };
        let font = |(role, weight): (&str, &str)| FontRow { family: "Inter".to_owned(), weight: weight.to_owned(), ..FontRow::empty(role) };
        Self {
            name: name.to_owned(),
            corner: "0.02".to_owned(),
            colors: COLOR_ROLES.into_iter().zip(hexes).map(color).collect(),
            fonts: [("heading", "700"), ("body", "400")].into_iter().map(font).chain([FontRow::empty("accent")]).collect(),
            logos: Vec::new(),
        }
    }

    pub(super) fn of(kit: &EditedKit) -> Self {
        Self::of_file(&kit.file)
    }

    pub(super) fn of_file(file: &BrandFile) -> Self {
        let color = |color: &template::kit::FileColor| ColorRow {
            role: color.color.role.clone(),
            name: if color.name == color.color.role { String::new() } else { color.name.clone() },
            hex: color.color.color.hex(),
            on: color.color.on.hex(),
        };
        let font = |role: &str| {
            let Some(font) = file.fonts.iter().find(|font| font.role == role) else { return FontRow::empty(role) };
            let axes: Map<String, Value> = font.font.variations.iter().map(|(axis, value)| (axis.clone(), number(*value))).collect();
            FontRow {
                role: role.to_owned(),
                family: font.font.family.clone(),
                weight: font.font.weight.to_string(),
                style: if font.font.italic { "italic" } else { "normal" }.to_owned(),
                width: font.font.width.to_string(),
                tracking: font.tracking.to_string(),
                line_height: font.line_height.map(|height| height.to_string()).unwrap_or_default(),
                variations: if axes.is_empty() { String::new() } else { Value::Object(axes).to_string() },
            }
        };
        let logo = |logo: &template::kit::FileLogo| LogoRow {
            role: logo.role.clone(),
            theme: theme(logo.theme).to_owned(),
            file: logo.file.clone(),
        };
        let mut colors: Vec<ColorRow> = file.colors.iter().map(color).collect();
        for role in COLOR_ROLES {
            if colors.iter().all(|color| color.role != role) {
                colors.push(ColorRow { role: role.to_owned(), ..ColorRow::default() });
            }
        }
        colors.sort_by_key(|color| COLOR_ROLES.iter().position(|role| *role == color.role).unwrap_or(COLOR_ROLES.len()));
        Self {
            name: file.name.clone(),
            corner: file.corner.to_string(),
            colors,
            fonts: FONT_ROLES.into_iter().map(font).collect(),
            logos: file.logos.iter().map(logo).collect(),
        }
    }

    /// From the form's pairs; rows are told apart by the number in their names.
    pub(super) fn read(pairs: &[(String, String)]) -> Self {
        let mut form = Self::default();
        for (key, value) in pairs {
            let value = value.trim().to_owned();
            let parts: Vec<&str> = key.splitn(3, '-').collect();
            match parts.as_slice() {
                ["name"] => form.name = value,
                ["corner"] => form.corner = value,
                ["colors", index, part] => {
                    let Some(row) = row(&mut form.colors, index) else { continue };
                    match *part {
                        "role" => row.role = value,
                        "name" => row.name = value,
                        "hex" => row.hex = value,
                        "on" => row.on = value,
                        _ => {}
                    }
                }
                ["fonts", index, part] => {
                    let Some(row) = row(&mut form.fonts, index) else { continue };
                    match *part {
                        "role" => row.role = value,
                        "family" => row.family = value,
                        "weight" => row.weight = value,
                        "style" => row.style = value,
                        "width" => row.width = value,
                        "tracking" => row.tracking = value,
                        "lineHeight" => row.line_height = value,
                        "variations" => row.variations = value,
                        _ => {}
                    }
                }
                ["logos", index, part] => {
                    let Some(row) = row(&mut form.logos, index) else { continue };
                    match *part {
                        "role" => row.role = value,
                        "theme" => row.theme = value,
                        "file" => row.file = value,
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        form.logos.retain(|logo| !logo.file.is_empty());
        form
    }

    /// What a button of a row, or "Add", does to the rows.
    pub(super) fn act(&mut self, action: &str) {
        let index = |text: &str| text.parse::<usize>().ok();
        if action == "add-color" {
            self.colors.push(ColorRow { hex: "#808080".to_owned(), ..ColorRow::default() });
        } else if let Some(place) = action.strip_prefix("remove-color-").and_then(index).filter(|place| *place < self.colors.len()) {
            self.colors.remove(place);
        } else if let Some(place) = action.strip_prefix("remove-logo-").and_then(index).filter(|place| *place < self.logos.len()) {
            self.logos.remove(place);
        } else if let Some((role, hex)) = action.strip_prefix("use-").and_then(|rest| rest.split_once('-')) {
            // "Nearest passing colour": for an on-colour, `on.` and its ground.
            match role.strip_prefix("on.") {
                Some(ground) => self.colors.iter_mut().filter(|color| color.role == ground).for_each(|color| color.on = hex.to_owned()),
                None => self.colors.iter_mut().filter(|color| color.role == role).for_each(|color| color.hex = hex.to_owned()),
            }
        }
    }

    /// Colours that a logo proposes take the place of those of their roles.
    pub(super) fn take(&mut self, colors: Vec<ProposedColor>) {
        for color in colors {
            let place = self.colors.iter().position(|row| row.role == color.role).unwrap_or_else(|| {
                self.colors.push(ColorRow { role: color.role.to_owned(), ..ColorRow::default() });
                self.colors.len() - 1
            });
            if let Some(row) = self.colors.get_mut(place) {
                (row.hex, row.on) = (color.hex, color.on);
            }
        }
    }

    /// The kit's file. A role without a value is left out.
    pub(super) fn text(&self) -> String {
        let colors: Vec<Value> = self.colors.iter().filter(|row| row.is_given()).map(ColorRow::json).collect();
        let fonts: Vec<Value> = self.fonts.iter().filter(|row| !row.family.is_empty()).map(FontRow::json).collect();
        let logos: Vec<Value> = self.logos.iter().map(|row| json!({"role": row.role, "theme": row.theme, "file": row.file})).collect();
        let file = json!({"format": 1, "name": self.name, "corner": typed(&self.corner, Some(0.02)), "colors": colors, "fonts": fonts, "logos": logos});
        format!("{file:#}\n")
    }

    /// Faults of [`KitForm::text`] at the form's own fields.
    pub(super) fn problems(&self, faults: &[DocumentFault]) -> Problems {
        let mut problems = Problems::default();
        for fault in faults {
            let text = match &fault.hint {
                Some(hint) => format!("{}: {hint}.", sentence(&fault.message)),
                None => format!("{}.", sentence(&fault.message)),
            };
            problems.add(self.field(&fault.pointer), text);
        }
        problems
    }

    fn field(&self, pointer: &str) -> String {
        let parts: Vec<&str> = pointer.split('/').skip(1).collect();
        let nth = |given: &mut dyn Iterator<Item = usize>, index: &str| given.nth(index.parse().ok()?);
        match parts.as_slice() {
            ["colors", index, rest @ ..] => {
                let mut given = self.colors.iter().enumerate().filter(|(_, row)| row.is_given()).map(|(place, _)| place);
                let part = rest.first().copied().unwrap_or("role");
                nth(&mut given, index).map_or_else(String::new, |place| format!("colors-{place}-{part}"))
            }
            ["fonts", index, rest @ ..] => {
                let mut given = self.fonts.iter().enumerate().filter(|(_, row)| !row.family.is_empty()).map(|(place, _)| place);
                let part = rest.first().copied().unwrap_or("family");
                nth(&mut given, index).map_or_else(String::new, |place| format!("fonts-{place}-{part}"))
            }
            ["logos", index, ..] => format!("logos-{index}-theme"),
            [one] => (*one).to_owned(),
            _ => String::new(),
        }
    }
}

impl ColorRow {
    pub(super) fn is_own(&self) -> bool {
        !COLOR_ROLES.contains(&self.role.as_str())
    }

    fn is_given(&self) -> bool {
        !self.hex.is_empty() || (self.is_own() && !self.role.is_empty())
    }

    fn json(&self) -> Value {
        let mut value = json!({"role": self.role, "hex": self.hex});
        for (key, text) in [("name", &self.name), ("on", &self.on)] {
            if !text.is_empty() {
                value[key] = json!(text);
            }
        }
        value
    }
}

impl FontRow {
    fn empty(role: &str) -> Self {
        let text = str::to_owned;
        Self { role: text(role), weight: text("400"), style: text("normal"), width: text("100"), tracking: text("0"), ..Self::default() }
    }

    fn json(&self) -> Value {
        let mut value = json!({"role": self.role, "family": self.family, "weight": typed(&self.weight, Some(400.0)), "style": self.style});
        for (key, text) in [("width", &self.width), ("tracking", &self.tracking), ("lineHeight", &self.line_height)] {
            if !text.is_empty() {
                value[key] = typed(text, None);
            }
        }
        if let Ok(axes @ Value::Object(_)) = serde_json::from_str(&self.variations) {
            value["variations"] = axes;
        }
        value
    }
}

/// A number as a number; what is none stays text, and the file's reader says what is wrong with it.
fn typed(text: &str, empty: Option<f64>) -> Value {
    match (text.replace(',', ".").parse::<f64>(), empty) {
        (Ok(number), _) if number.is_finite() => json!(number),
        (Err(_), Some(number)) if text.is_empty() => json!(number),
        _ => json!(text),
    }
}

fn number(value: f32) -> Value {
    // By its shortest text: 0.3 stays 0.3.
    typed(&value.to_string(), None)
}

pub(super) fn theme(theme: LogoTheme) -> &'static str {
    match theme {
        LogoTheme::Light => "light",
        LogoTheme::Dark => "dark",
        LogoTheme::Any => "any",
    }
}

fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// The row of a number as the form wrote it; no form of ours has more than 60.
fn row<'a, T: Default>(rows: &'a mut Vec<T>, index: &str) -> Option<&'a mut T> {
    let index: usize = index.parse().ok().filter(|index| *index < 60)?;
    while rows.len() <= index {
        rows.push(T::default());
    }
    rows.get_mut(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIT: &str = r##"{"format": 1, "name": "Halvmark", "corner": 0.022,
        "colors": [{"role": "sun", "hex": "#ffcc00"}, {"role": "primary", "name": "Signal blue", "hex": "#4f5ef7", "on": "#ffffff"}],
        "fonts": [{"role": "body", "family": "Inter", "weight": 450, "variations": {"opsz": 20}, "tracking": -0.03}],
        "logos": [{"role": "mark", "theme": "dark", "file": "logos/mark.svg"}]}"##;

    fn pairs(form: &KitForm) -> Vec<(String, String)> {
        let mut pairs = vec![("name".to_owned(), form.name.clone()), ("corner".to_owned(), form.corner.clone())];
        for (i, row) in form.colors.iter().enumerate() {
            let parts = [("role", &row.role), ("name", &row.name), ("hex", &row.hex), ("on", &row.on)];
            pairs.extend(parts.map(|(part, value)| (format!("colors-{i}-{part}"), value.clone())));
        }
        for (i, row) in form.fonts.iter().enumerate() {
            let parts = [
                ("role", &row.role),
                ("family", &row.family),
                ("weight", &row.weight),
                ("style", &row.style),
                ("width", &row.width),
                ("tracking", &row.tracking),
                ("lineHeight", &row.line_height),
                ("variations", &row.variations),
            ];
            pairs.extend(parts.map(|(part, value)| (format!("fonts-{i}-{part}"), value.clone())));
        }
        for (i, row) in form.logos.iter().enumerate() {
            let parts = [("role", &row.role), ("theme", &row.theme), ("file", &row.file)];
            pairs.extend(parts.map(|(part, value)| (format!("logos-{i}-{part}"), value.clone())));
        }
        pairs
    }

    #[test]
    fn a_kit_goes_through_the_form_and_stays_what_it_was() {
        let file = BrandFile::parse(KIT).unwrap();
        let form = KitForm::of_file(&file);
        assert_eq!(form.colors.iter().map(|row| row.role.as_str()).collect::<Vec<_>>()[..2], ["primary", "secondary"]);
        let read = KitForm::read(&pairs(&form));
        assert_eq!(read, form);
        let again = BrandFile::parse(&read.text()).unwrap();
        assert_eq!((again.name, again.corner, again.fonts, again.logos), (file.name, file.corner, file.fonts, file.logos));
        let color = |role: &str| again.colors.iter().find(|color| color.color.role == role).cloned();
        assert_eq!(color("primary"), file.colors.get(1).cloned());
        assert_eq!(color("sun"), file.colors.first().cloned());
        assert_eq!(color("secondary"), None, "a role without a value is left out");
    }

    #[test]
    fn faults_stand_at_the_rows_that_were_typed() {
        let mut form = KitForm::of_file(&BrandFile::parse(KIT).unwrap());
        form.name = String::new();
        form.fonts[1].weight = "heavy".to_owned();
        form.colors.last_mut().unwrap().hex = "yellow".to_owned();
        let faults = BrandFile::parse(&form.text()).unwrap_err();
        let problems = form.problems(&faults);
        let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
        for field in ["name", "fonts-1-weight", "colors-7-hex"] {
            assert!(fields.contains(&field), "{fields:?}");
        }
    }

    #[test]
    fn rows_come_and_go_and_take_a_colour_that_passes() {
        let mut form = KitForm::empty("New");
        form.act("add-color");
        assert_eq!(form.colors.len(), 8);
        form.act("remove-color-7");
        form.act("remove-color-99");
        form.act("use-accent-#8a4b00");
        form.act("use-on.primary-#fefefe");
        assert_eq!((form.colors.len(), form.colors[2].hex.as_str(), form.colors[0].on.as_str()), (7, "#8a4b00", "#fefefe"));
        assert!(BrandFile::parse(&form.text()).is_ok());
    }
}
