//! Draws what ships with the program and its documentation: demo photographs, logos, contact sheets.

mod logos;
mod paint;
mod photos;

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        arguments.iter().position(|a| a == name).and_then(|i| arguments.get(i + 1)).map(String::as_str)
    };
    match arguments.first().map(String::as_str) {
        Some("photos") => photos::paint_all(
            Path::new(option("--out").unwrap_or("assets/pictures")),
            option("--only"),
            option("--unit").map_or(Ok(2.0), str::parse)?,
        ),
        Some("logos") => logos::draw_all(Path::new("assets/fonts"), Path::new(option("--out").unwrap_or("assets/kits"))),
        _ => Err("usage: gallery photos [--out FOLDER] [--only NAME] [--unit 2] | gallery logos [--out FOLDER]".into()),
    }
}
