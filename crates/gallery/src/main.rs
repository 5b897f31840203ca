//! Draws what ships with the program and its documentation: demo photographs, logos, contact sheets, single pictures.

mod crops;
mod handbook;
mod logos;
mod paint;
mod photos;
#[cfg(test)]
mod references;
mod sheet;
mod showcase;
mod studio;

use std::error::Error;
use std::fs;
use std::path::Path;

use render::{Format, Scratch, encode};
use studio::{GROUPS, KITS, Studio};

const USAGE: &str = "\
gallery photos [--out FOLDER] [--only NAME] [--unit 2]
gallery logos  [--out FOLDER]
gallery sheet  [--group NAME] [--kit NAME|own] [--out FOLDER] [--warnings all]
gallery docs   [--out FOLDER]
gallery crops  [--seed 1] [--trials 100]
gallery render --group NAME [--kit NAME|own] [--case usual] [--size KEY] [--data JSON] [--scale 1] [--out FOLDER]
run from the repository's root";

struct Arguments(Vec<String>);

impl Arguments {
    fn option(&self, name: &str) -> Option<&str> {
        self.0.iter().position(|argument| argument == name).and_then(|i| self.0.get(i + 1)).map(String::as_str)
    }

    fn folder(&self, standard: &'static str) -> &Path {
        Path::new(self.option("--out").unwrap_or(standard))
    }

    fn number(&self, name: &str, standard: f32) -> Result<f32, Box<dyn Error>> {
        Ok(self.option(name).map_or(Ok(standard), str::parse)?)
    }

    /// `own` is no kit.
    fn kit(&self) -> Option<Option<&str>> {
        self.option("--kit").map(|name| if name == "own" { None } else { Some(name) })
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments(std::env::args().skip(1).collect());
    let assets = Path::new("assets");
    match arguments.0.first().map(String::as_str) {
        Some("photos") => {
            photos::paint_all(arguments.folder("assets/pictures"), arguments.option("--only"), arguments.number("--unit", 2.0)?)
        }
        Some("logos") => logos::draw_all(&assets.join("fonts"), arguments.folder("assets/kits")),
        Some("sheet") => {
            let groups = arguments.option("--group").map_or(GROUPS.to_vec(), |name| vec![name]);
            let kits = arguments.kit().map_or_else(|| KITS.map(Some).to_vec(), |kit| vec![kit]);
            let all = arguments.option("--warnings") == Some("all");
            sheet::draw_all(&Studio::open(assets)?, &groups, &kits, arguments.folder("docs/sheets"), all)
        }
        Some("docs") => {
            let (studio, out) = (Studio::open(assets)?, arguments.folder("docs/pictures"));
            handbook::draw_all(&studio, out)?;
            showcase::draw_all(&studio, out)
        }
        Some("crops") => {
            crops::measure(&assets.join("pictures"), arguments.number("--seed", 1.0)? as u64, arguments.number("--trials", 100.0)? as u32)
        }
        Some("render") => render_one(&Studio::open(assets)?, &arguments),
        _ => Err(USAGE.into()),
    }
}

fn render_one(studio: &Studio, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let group = arguments.option("--group").ok_or(USAGE)?;
    let case = arguments.option("--case").unwrap_or("usual");
    let kit = arguments.kit().flatten();
    let document = studio.group(group)?;
    let (mut data, locale) = studio.sample(&document, group, case);
    if let (Some(data), Some(over)) = (data.as_object_mut(), arguments.option("--data")) {
        studio::merge(data, &serde_json::from_str(over)?);
    }
    let out = arguments.folder("target/gallery");
    fs::create_dir_all(out)?;
    let mut scratch = Scratch::default();
    for size in document.sizes().iter().filter(|size| arguments.option("--size").is_none_or(|key| key == size.key)) {
        let (frame, warnings) =
            studio.draw(&mut scratch, &document, size, (&data, locale.as_deref()), kit, arguments.number("--scale", 1.0)?)?;
        let name = format!("{group}-{}-{}-{}.png", kit.unwrap_or("own"), case.replace(' ', "-"), size.key);
        sheet::tell(&name, &warnings, true);
        fs::write(out.join(name), encode(&mut scratch, &frame, Format::Png, 90)?)?;
    }
    Ok(())
}
