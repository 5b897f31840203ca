//! A kit's colours on each other, as a part of the editor's page.

use app::library::{Cell, ContrastMatrix, Reading};
use askama::Template;

use crate::page::Safe;

#[derive(Template)]
#[template(path = "kits/matrix.html")]
pub(super) struct Matrix {
    pub matrix: ContrastMatrix,
    pub may_edit: bool,
}

impl Matrix {
    /// "Aa" in the pair's own colours.
    fn swatch(&self, cell: &Cell) -> Safe {
        Safe(format!(
            "<svg class=\"aa\" viewBox=\"0 0 44 32\" aria-hidden=\"true\"><rect width=\"44\" height=\"32\" rx=\"6\" fill=\"{}\"/><text x=\"22\" y=\"22\" text-anchor=\"middle\" fill=\"{}\">Aa</text></svg>",
            cell.ground_hex, cell.text_hex
        ))
    }

    fn words(&self, cell: &Cell) -> String {
        if cell.text == "on" { format!("The on-colour of {}", cell.ground) } else { format!("{} on {}", cell.text, cell.ground) }
    }

    /// What the button names: a role, or the ground whose on-colour changes.
    fn target(&self, cell: &Cell) -> String {
        if cell.text == "on" { format!("on.{}", cell.ground) } else { cell.text.clone() }
    }

    fn reading(&self, cell: &Cell) -> &'static str {
        match cell.reading {
            Reading::Text => "Text",
            Reading::Large => "Large only",
            Reading::Avoid => "Avoid",
        }
    }

    /// Cut, not rounded: 4.46 is no 4.5.
    fn ratio(&self, ratio: &f32) -> String {
        format!("{:.1}\u{a0}:\u{a0}1", (ratio * 10.0).floor() / 10.0)
    }

    fn whole(&self, lc: &f32) -> String {
        format!("{}", lc.floor())
    }

    fn dot(&self, hex: &str) -> Safe {
        dot(hex)
    }
}

/// A round spot of a colour; of what is no colour, an empty one.
pub(super) fn dot(hex: &str) -> Safe {
    let fill = template::bound::Color::parse(hex).map_or_else(|| "none".to_owned(), template::bound::Color::hex);
    Safe(format!(
        "<svg class=\"dot\" viewBox=\"0 0 20 20\" aria-hidden=\"true\"><circle cx=\"10\" cy=\"10\" r=\"9.5\" fill=\"{fill}\"/></svg>"
    ))
}
