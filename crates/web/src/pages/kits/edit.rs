//! The editor: colours, logos, fonts and defaults on the left, live templates on the right.

use app::Error;
use app::library::{EditedKit, KitLogo, KitPicture, TeamFont};
use askama::Template;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::Right;
use serde_json::json;
use template::bound::Color;

use super::form::{FontRow, KitForm, LogoRow};
use super::matrix::{Matrix, dot};
use super::{KEY, picture};
use crate::Web;
use crate::error::PageError;
use crate::field::Field;
use crate::form::Problems;

use crate::page::{Page, Safe, refuse, show as show_page};
use crate::upload::Upload;
use crate::who::InTeam;

#[derive(Template)]
#[template(path = "kits/edit.html")]
struct Edit {
    page: Page,
    base: String,
    id: String,
    may_edit: bool,
    is_default: bool,
    /// The version that the form was begun from.
    version: u32,
    problems: Problems,
    form: KitForm,
    /// Of saved and of just uploaded logos, by their file.
    logos: Vec<KitLogo>,
    /// Names and colours of the grounds that logos are shown on.
    grounds: Vec<(&'static str, String)>,
    families: Vec<String>,
    fonts: Vec<TeamFont>,
    matrix: Safe,
    pictures: Vec<Shown>,
    name: Field,
    corner: Field,
    logo_file: Field,
    font_file: Field,
}

/// A live picture.
struct Shown {
    name: String,
    /// An address, or a `data:` URL where nothing is saved yet.
    src: String,
}

impl Edit {
    fn invalid(&self, rows: &str, index: &usize, part: &str) -> Safe {
        let wrong = self.problems.of(&format!("{rows}-{index}-{part}")).is_some();
        Safe(if wrong { format!(" aria-invalid=\"true\" aria-describedby=\"fault-{rows}-{index}\"") } else { String::new() })
    }

    /// What is wrong in a row, under it.
    fn fault(&self, rows: &str, index: &usize) -> Safe {
        let start = format!("{rows}-{index}-");
        let texts: Vec<String> =
            self.problems.iter().filter(|problem| problem.field.starts_with(&start)).map(|problem| problem.text.clone()).collect();
        if texts.is_empty() {
            return Safe(String::new());
        }
        let text = askama::filters::escape(texts.join(" "), askama::filters::Html).map(|text| text.to_string()).unwrap_or_default();
        Safe(format!("<p class=\"problem\" id=\"fault-{rows}-{index}\">{}{text}</p>", crate::icon::WARNING))
    }

    fn option(&self, value: &str, label: &str, chosen: &str) -> Safe {
        let text = |text: &str| askama::filters::escape(text, askama::filters::Html).map(|text| text.to_string()).unwrap_or_default();
        let selected = if value == chosen { " selected" } else { "" };
        Safe(format!("<option value=\"{}\"{selected}>{}</option>", text(value), text(label)))
    }

    fn dot(&self, hex: &str) -> Safe {
        dot(hex)
    }

    /// What a colour input takes: six digits.
    fn solid(&self, hex: &str) -> String {
        Color::parse(hex).map_or_else(|| "#808080".to_owned(), |color| Color { a: 255, ..color }.hex())
    }

    fn logo_of(&self, row: &LogoRow) -> Option<&KitLogo> {
        self.logos.iter().find(|logo| logo.file == row.file)
    }

    /// The families to choose from; the row's own also where it is gone.
    fn families_with(&self, row: &FontRow) -> Vec<String> {
        let mut list = self.families.clone();
        if !row.family.is_empty() && !list.contains(&row.family) {
            list.push(row.family.clone());
        }
        list
    }

    fn font_words(&self, font: &TeamFont) -> String {
        let weight = match font.weights {
            Some((min, max)) => format!("weights {min} to {max}"),
            None => format!("weight {}", font.weight),
        };
        if font.italic { format!("{weight}, italic") } else { weight }
    }
}

/// How the page came about.
struct Look {
    form: KitForm,
    version: u32,
    problems: Problems,
    /// Pictures of the form where it is not what is saved.
    drawn: Option<Vec<KitPicture>>,
    uploaded: Vec<KitLogo>,
}

pub(super) async fn show(State(web): State<Web>, who: InTeam, Path((_, id)): Path<(String, String)>) -> Result<Response, PageError> {
    let kit = web.app().edited_kit(&who.member, &id).await?;
    let look = Look { form: KitForm::of(&kit), version: kit.version, problems: Problems::default(), drawn: None, uploaded: Vec::new() };
    show_page(&page(&web, &who, &kit, look).await?)
}

/// Saves, or does what a button of the form asks and shows the form again.
pub(super) async fn act(
    State(web): State<Web>,
    who: InTeam,
    Path((_, id)): Path<(String, String)>,
    sent: Upload<36>,
) -> Result<Response, PageError> {
    let (app, member) = (web.app(), &who.member);
    member.need(Right::Kits)?;
    let kit = app.edited_kit(member, &id).await?;
    let mut form = KitForm::read(sent.pairs());
    let mut problems = Problems::default();
    let mut uploaded = Vec::new();
    if let Some(file) = sent.file("logo") {
        match app.upload_logo(member, file.bytes.clone().into()).await {
            Ok(logo) => {
                let theme = if form.logos.iter().any(|row| row.theme == "any") { "light" } else { "any" };
                form.logos.push(LogoRow { role: "primary".to_owned(), theme: theme.to_owned(), file: logo.file.clone() });
                uploaded.push(KitLogo {
                    role: String::new(),
                    theme: "any",
                    file: logo.file,
                    url: logo.url,
                    width: logo.width,
                    height: logo.height,
                });
            }
            Err(error) => problems.add("logo", said(error)?),
        }
    }
    if let Some(file) = sent.file("font") {
        match app.upload_font(member, file.bytes.clone().into()).await {
            Ok(font) => {
                if let Some(row) = form.fonts.iter_mut().find(|row| row.role == "heading" && row.family.is_empty()) {
                    row.family = font.family;
                }
            }
            Err(error) => problems.add("font", said(error)?),
        }
    }
    let action = sent.text("action");
    if let Some(font) = action.strip_prefix("delete-font-") {
        app.delete_font(member, font).await?;
    }
    let asked = action.strip_prefix("colors-of-").and_then(|place| form.logos.get(place.parse::<usize>().ok()?));
    if let Some(file) = asked.map(|logo| logo.file.clone()) {
        form.take(app.logo_colors(member, &id, &file).await?);
    }
    form.act(action);
    let version = sent.text("version").parse().unwrap_or(kit.version);
    let text = form.text();
    if action == "save" && problems.is_empty() {
        match app.save_kit(member, &id, version, &text).await {
            Ok(_) => {
                who.visit.toast("Brand kit saved.");
                return Ok(Redirect::to(&who.path(&format!("/kits/{id}"))).into_response());
            }
            Err(Error::Document(faults)) => problems = form.problems(&faults),
            Err(Error::Conflict(text)) => problems.add("", text),
            Err(error) => return Err(error.into()),
        }
    }
    let drawn = match app.preview_kit(member, &id, Some(&text), &picture::CHOICES).await {
        Ok(drawn) => Some(drawn),
        Err(Error::Document(faults)) => {
            // A row that was only just added is not a fault yet.
            if problems.is_empty() && !action.starts_with("add-") {
                problems = form.problems(&faults);
            }
            None
        }
        Err(error) => return Err(error.into()),
    };
    let refused = !problems.is_empty();
    let page = page(&web, &who, &kit, Look { form, version, problems, drawn, uploaded }).await?;
    if refused { refuse(&page) } else { show_page(&page) }
}

/// The form's pictures and matrix, for the script that shows them while it is filled.
pub(super) async fn preview(
    State(web): State<Web>,
    who: InTeam,
    Path((_, id)): Path<(String, String)>,
    sent: Upload<1>,
) -> Result<Response, PageError> {
    who.member.need(Right::Kits)?;
    let form = KitForm::read(sent.pairs());
    let text = form.text();
    match web.app().preview_kit(&who.member, &id, Some(&text), &picture::CHOICES).await {
        Ok(pictures) => {
            let sources: Vec<String> = pictures.iter().map(source).collect();
            let matrix = matrix(&web, &who, &text).await?;
            Ok(Json(json!({"pictures": sources, "matrix": matrix.0, "problems": []})).into_response())
        }
        Err(Error::Document(faults)) => {
            let problems: Vec<_> =
                form.problems(&faults).iter().map(|problem| json!({"field": problem.field, "text": problem.text})).collect();
            Ok(Json(json!({"pictures": [], "problems": problems})).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// A refusal that stands at its field; anything else is the page's.
fn said(error: Error) -> Result<String, PageError> {
    match error {
        Error::UnsupportedMedia(text) | Error::Conflict(text) => Ok(text),
        Error::PayloadTooLarge { limit } => Ok(format!("The file is larger than {}\u{a0}MB.", limit >> 20)),
        error => Err(error.into()),
    }
}

fn source(picture: &KitPicture) -> String {
    format!("data:{};base64,{}", picture.media_type, STANDARD.encode(&picture.bytes))
}

async fn matrix(web: &Web, who: &InTeam, text: &str) -> Result<Safe, PageError> {
    let Ok(file) = template::BrandFile::parse(text) else { return Ok(Safe(String::new())) };
    let colors: Vec<_> = file.colors.into_iter().map(|color| color.color).collect();
    let matrix = web.app().kit_contrast(&who.member, &colors).await?;
    let part = Matrix { matrix, may_edit: who.member.role.may(Right::Kits) };
    Ok(Safe(part.render().map_err(PageError::internal)?))
}

async fn page(web: &Web, who: &InTeam, kit: &EditedKit, look: Look) -> Result<Edit, PageError> {
    let (app, member) = (web.app(), &who.member);
    let Look { form, version, problems, drawn, uploaded } = look;
    let text = form.text();
    // What can't be drawn keeps the saved kit's pictures.
    let pictures = match drawn {
        Some(drawn) => drawn.iter().map(|picture| Shown { name: picture.name.clone(), src: source(picture) }).collect(),
        None => picture::CHOICES
            .iter()
            .enumerate()
            .map(|(place, choice)| Shown {
                name: choice.name.to_owned(),
                src: who.path(&format!("/kits/{}/preview/{place}?v={}", kit.id, kit.version)),
            })
            .collect(),
    };
    let fonts = app.team_fonts(member).await?;
    let mut families = app.bundled_families();
    families.extend(fonts.iter().map(|font| font.family.clone()));
    families.sort();
    families.dedup();
    let ground = |role: &str| {
        form.colors.iter().find(|color| color.role == role && Color::parse(&color.hex).is_some()).map(|color| color.hex.clone())
    };
    let grounds = [
        ("white", Some("#ffffff".to_owned())),
        ("black", Some("#111111".to_owned())),
        ("primary", ground("primary")),
        ("background", ground("background")),
    ];
    Ok(Edit {
        base: who.path("/kits"),
        id: kit.id.clone(),
        may_edit: member.role.may(Right::Kits),
        is_default: kit.is_default,
        version,
        logos: kit.logos.iter().cloned().chain(uploaded).chain(known(web, who, &form).await?).collect(),
        grounds: grounds.into_iter().filter_map(|(name, hex)| Some((name, hex?))).collect(),
        families,
        fonts,
        matrix: matrix(web, who, &text).await?,
        pictures,
        name: Field::text("name", "Name").value(&form.name).limit(100).required().checked_by(&problems),
        corner: Field::text("corner", "Corner radius")
            .value(&form.corner)
            .hint("A share of the picture's short edge, 0 to 0.5: 0.02 is 22 px on a square post.")
            .checked_by(&problems),
        logo_file: Field::file("logo", "Another logo", "image/png,image/svg+xml").hint("PNG or SVG, at most 20 MB.").checked_by(&problems),
        font_file: Field::file("font", "A font of your own", ".ttf,.otf,.woff2,font/ttf,font/otf,font/woff2")
            .hint("TTF, OTF or WOFF2, at most 10 MB. You need the right to use it in pictures.")
            .checked_by(&problems),
        page: who.page(kit.name.clone(), KEY),
        problems,
        form,
    })
}

/// Logos of the form that were uploaded earlier and that no saved version has yet.
async fn known(web: &Web, who: &InTeam, form: &KitForm) -> Result<Vec<KitLogo>, PageError> {
    let mut found = Vec::new();
    for row in &form.logos {
        if let Some(logo) = web.app().find_logo(&who.member, &row.file).await? {
            found.push(KitLogo {
                role: String::new(),
                theme: "any",
                file: logo.file,
                url: logo.url,
                width: logo.width,
                height: logo.height,
            });
        }
    }
    Ok(found)
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let edit = |may_edit, problems: Problems, logos: Vec<KitLogo>| {
        let mut form = KitForm::empty("Northbank");
        form.act("add-color");
        form.logos =
            logos.iter().map(|logo| LogoRow { role: logo.role.clone(), theme: logo.theme.to_owned(), file: logo.file.clone() }).collect();
        let file = template::BrandFile::parse(&KitForm::empty("Northbank").text()).ok();
        let colors: Vec<_> = file.into_iter().flat_map(|file| file.colors).map(|color| color.color).collect();
        let groups = [("Quote".to_owned(), json!({"layers": [{"type": "text", "color": "brand.colors.accent"}]}))];
        let matrix = Matrix { matrix: app::library::contrast_matrix(&colors, &groups), may_edit };
        Edit {
            page: Page::team_sample("Northbank", KEY),
            base: "/t/northbank/kits".to_owned(),
            id: "bk_1".to_owned(),
            may_edit,
            is_default: true,
            version: 3,
            logos,
            grounds: vec![("white", "#ffffff".to_owned())],
            families: vec!["Inter".to_owned(), "Sora".to_owned()],
            fonts: vec![TeamFont {
                id: "font_1".to_owned(),
                family: "Own".to_owned(),
                weight: 400,
                weights: Some((100, 900)),
                italic: true,
                bytes: 90_000,
            }],
            matrix: Safe(matrix.render().unwrap_or_default()),
            pictures: vec![Shown { name: "Quote".to_owned(), src: "/t/northbank/kits/bk_1/preview/0?v=3".to_owned() }],
            name: Field::text("name", "Name").value(&form.name),
            corner: Field::text("corner", "Corner radius").value(&form.corner),
            logo_file: Field::file("logo", "Another logo", "image/png"),
            font_file: Field::file("font", "A font of your own", ".woff2"),
            problems,
            form,
        }
    };
    let logo = KitLogo {
        role: "primary".to_owned(),
        theme: "any",
        file: "uploads/1".to_owned(),
        url: "/m/logos/1.png".to_owned(),
        width: 400,
        height: 100,
    };
    let mut problems = Problems::one("colors-7-role", "Write a role: a letter, then letters and digits.");
    problems.add("fonts-0-weight", "Weight is 1 to 1000.");
    vec![
        ("kit, editor", edit(true, Problems::default(), vec![logo]).render()),
        ("kit, editor with faults", edit(true, problems, Vec::new()).render()),
        ("kit, for a viewer", edit(false, Problems::default(), Vec::new()).render()),
    ]
}
