//! The brand kit's own file.

use serde_json::json;

use crate::bound::{Color, Font};
use crate::brand::{BrandColor, BrandFont, BrandLogo, LogoTheme};
use crate::color::{WHITE, best_on};
use crate::expr::names::LOGO_ROLES;
use crate::read::{Faults, Node, Source};
use crate::{Brand, DocumentFault, json, layer, look};

/// A valid kit file. Logos name files relative to it; whoever imports it stores them and gets keys.
#[derive(Clone, Debug, PartialEq)]
pub struct BrandFile {
    pub name: String,
    /// Corner radius as a share of the canvas' short edge, 0 to 0.5.
    pub corner: f32,
    pub colors: Vec<FileColor>,
    pub fonts: Vec<BrandFont>,
    pub logos: Vec<FileLogo>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FileColor {
    /// For people, such as `Acme red`; the role where the file names none.
    pub name: String,
    pub color: BrandColor,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FileLogo {
    pub role: String,
    pub theme: LogoTheme,
    /// Relative to the kit's file, `/` between folders, never above it.
    pub file: String,
}

const FONT_ROLES: [&str; 3] = ["heading", "body", "accent"];
const CORNER: f32 = 0.02;
/// Entries of each list.
const MAX_ENTRIES: usize = 40;

impl BrandFile {
    /// Reads a kit's file, or says everything that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Vec<DocumentFault>> {
        let faults = Faults::default();
        let kit = json::parse(text, &faults).and_then(|value| {
            let sources = [Source { pointer: String::new(), value: &value }];
            kit(&Node::new(&value, &sources, &faults), &faults)
        });
        faults.into_result(kit)
    }

    /// The kit as templates see it; `picture` gives the engine's key of each logo.
    pub fn brand(&self, picture: impl Fn(&FileLogo) -> String) -> Brand {
        let logo = |logo: &FileLogo| BrandLogo { role: logo.role.clone(), theme: logo.theme, picture: picture(logo) };
        Brand {
            name: self.name.clone(),
            corner: self.corner,
            colors: self.colors.iter().map(|color| color.color.clone()).collect(),
            fonts: self.fonts.clone(),
            logos: self.logos.iter().map(logo).collect(),
        }
    }
}

fn kit(root: &Node<'_>, faults: &Faults) -> Option<BrandFile> {
    root.object()?;
    match root.value.get("format") {
        Some(format) if *format == json!(1) => {}
        Some(format) => {
            let hint = "this version reads format 1".to_owned();
            faults.add("/format".to_owned(), format!("format {format} is not known"), Some(hint));
            return None;
        }
        None => root.fault("\"format\" is missing", "write \"format\": 1".to_owned()),
    }
    root.only(["$schema", "format", "name", "note", "corner", "colors", "fonts", "logos"], "a brand kit");
    let name = root.text_of("name", 100);
    let corner = root.get("corner").and_then(|corner| corner.number(0.0, 0.5)).map_or(CORNER, |corner| corner as f32);
    let colors = colors(&entries(root, "colors"));
    let fonts: Vec<BrandFont> = entries(root, "fonts").iter().filter_map(font).collect();
    let logos: Vec<FileLogo> = entries(root, "logos").iter().filter_map(logo).collect();
    Some(BrandFile { name: name?, corner, colors, fonts, logos })
}

fn entries<'a>(root: &Node<'a>, key: &str) -> Vec<Node<'a>> {
    let Some(list) = root.get(key) else { return Vec::new() };
    let items = list.items();
    if items.len() > MAX_ENTRIES {
        list.fault(format!("there are at most {MAX_ENTRIES} {key}"), None);
        return Vec::new();
    }
    // One entry per role; logos have one per role and theme.
    for (i, item) in items.iter().enumerate() {
        let same = |other: &Node<'_>| {
            other.value.get("role").is_some()
                && other.value.get("role") == item.value.get("role")
                && other.value.get("theme") == item.value.get("theme")
        };
        if items[..i].iter().any(same) {
            item.fault("this role stands twice", None);
        }
    }
    items
}

fn role(node: &Node<'_>) -> Option<String> {
    let role = node.text_of("role", 40)?;
    look::role_name(&role, &node.get("role")?).map(|()| role)
}

fn colors(entries: &[Node<'_>]) -> Vec<FileColor> {
    let mut list: Vec<(String, String, Color, Option<Color>)> = Vec::new();
    for node in entries {
        if !node.only(["role", "name", "hex", "on", "note"], "a colour") {
            continue;
        }
        let hex = node.get("hex");
        if hex.is_none() {
            node.fault("\"hex\" is missing", None);
        }
        let (role, color) = (role(node), hex.and_then(|hex| look::hex(&hex)));
        let on = node.get("on").and_then(|on| look::hex(&on));
        let name = node.get("name").and_then(|name| name.string()).filter(|name| !name.is_empty()).map(str::to_owned);
        if let (Some(role), Some(color)) = (role, color) {
            list.push((name.unwrap_or_else(|| role.clone()), role, color, on));
        }
    }
    let find = |wanted: &str| list.iter().find(|(_, role, ..)| role == wanted).map_or(WHITE, |(_, _, color, _)| *color);
    let (background, text) = (find("background"), find("text"));
    let finished = |(name, role, color, on): &(String, String, Color, Option<Color>)| FileColor {
        name: name.clone(),
        color: BrandColor { role: role.clone(), color: *color, on: on.unwrap_or_else(|| best_on(*color, [WHITE, background, text])) },
    };
    list.iter().map(finished).collect()
}

fn font(node: &Node<'_>) -> Option<BrandFont> {
    let known = ["role", "family", "weight", "style", "width", "variations", "tracking", "lineHeight", "note"];
    node.only(known, "a font").then_some(())?;
    let number = |key: &str, min: f64, max: f64| node.get(key).and_then(|node| node.number(min, max)).map(|number| number as f32);
    let role = role(node);
    if let (Some(role), Some(node)) = (&role, node.get("role"))
        && !FONT_ROLES.contains(&role.as_str())
    {
        node.fault(format!("\"{role}\" is no font role"), "heading, body or accent".to_owned());
    }
    let family = node.text_of("family", 80);
    Some(BrandFont {
        font: Font {
            weight: number("weight", 1.0, 1000.0).unwrap_or(400.0),
            italic: node.get("style").and_then(|style| style.choice(&[("normal", false), ("italic", true)])).unwrap_or(false),
            width: number("width", 50.0, 200.0).unwrap_or(100.0),
            variations: node.get("variations").map_or_else(Vec::new, |axes| layer::variations(&axes)),
            family: family?,
        },
        tracking: number("tracking", -0.5, 2.0).unwrap_or(0.0),
        line_height: number("lineHeight", 0.5, 4.0),
        role: role?,
    })
}

fn logo(node: &Node<'_>) -> Option<FileLogo> {
    node.only(["role", "theme", "file", "note"], "a logo").then_some(())?;
    let role = node.text_of("role", 40);
    if let (Some(role), Some(node)) = (&role, node.get("role"))
        && !LOGO_ROLES.contains(&role.as_str())
    {
        node.fault(format!("\"{role}\" is no logo role"), "primary or mark".to_owned());
    }
    let themes = [("light", LogoTheme::Light), ("dark", LogoTheme::Dark), ("any", LogoTheme::Any)];
    let theme = node.get("theme").map_or(Some(LogoTheme::Any), |theme| theme.choice(&themes));
    let file = node.text_of("file", 200)?;
    let inside =
        !file.starts_with('/') && !file.contains(['\\', ':', '\0']) && file.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if !inside {
        node.get("file")?
            .fault(format!("\"{file}\" is no file beside the kit"), "a relative path with / between folders, without ..".to_owned());
        return None;
    }
    Some(FileLogo { role: role?, theme: theme?, file })
}
