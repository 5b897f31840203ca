//! `/t/{team}/settings`: name, address, language, time zone; and the team's end.

use app::people::TeamSettings;
use app::{Error, Right, Role};
use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use tokio::io::AsyncReadExt as _;

use super::sure::Sure;
use super::who_may;
use crate::Web;
use crate::error::{PageError, or_confirm};
use crate::field::Field;
use crate::form::{Form, Problems};
use crate::page::{Page, refuse, show};
use crate::who::InTeam;

/// Bytes of a download that are read at a time.
const CHUNK: usize = 64 * 1024;

pub(super) const PATH: &str = "/settings/general";

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/t/{team}/settings/general", get(form).post(change))
        .route("/t/{team}/settings/general/export", post(export))
        .route("/t/{team}/settings/general/delete", get(delete_form).post(delete))
}

#[derive(Template)]
#[template(path = "settings/general.html")]
struct General {
    page: Page,
    path: String,
    problems: Problems,
    fields: Vec<Field>,
    may_change: bool,
    may_export: bool,
    may_delete: bool,
    /// Who can change what this visitor can't.
    who: &'static str,
}

async fn form(who: InTeam, State(web): State<Web>) -> Result<Response, PageError> {
    let settings = web.app().team(&who.member).await?.settings;
    show(&General::new(&who, &settings, Problems::default()))
}

async fn change(who: InTeam, State(web): State<Web>, form: Form<8>) -> Result<Response, PageError> {
    let settings = TeamSettings {
        name: form.text("name").to_owned(),
        slug: form.text("slug").to_owned(),
        locale: form.text("locale").to_owned(),
        time_zone: form.text("timeZone").to_owned(),
    };
    match web.app().change_team(&who.member, settings.clone()).await {
        Ok(()) => {
            who.visit.toast("Settings saved.");
            Ok(Redirect::to(&format!("/t/{}{PATH}", settings.slug)).into_response())
        }
        Err(Error::Validation(faults)) => refuse(&General::new(&who, &settings, faults.into())),
        Err(error) => Err(error.into()),
    }
}

/// Everything that the team has, streamed as one ZIP.
async fn export(who: InTeam, State(web): State<Web>, _: Form<4>) -> Result<Response, PageError> {
    let file = web.app().export_team(&who.member).await.map_err(or_confirm(who.path(PATH)))?;
    let chunks = futures::stream::try_unfold(tokio::fs::File::from_std(file), |mut file| async move {
        let mut chunk = vec![0; CHUNK];
        let read = file.read(&mut chunk).await?;
        chunk.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then_some((chunk, file)))
    });
    let disposition = format!("attachment; filename=\"{}.zip\"", who.member.slug);
    let headers = [(header::CONTENT_TYPE, "application/zip".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, Body::from_stream(chunks)).into_response())
}

async fn delete_form(who: InTeam) -> Result<Response, PageError> {
    who.member.need_with_password(Right::DeleteTeam).map_err(or_confirm(who.visit.target()))?;
    show(&deletion(who.page(format!("Delete {}?", who.member.name), "general"), who.path(PATH), &who.member.name, Problems::default()))
}

async fn delete(who: InTeam, State(web): State<Web>, form: Form<8>) -> Result<Response, PageError> {
    match web.app().delete_team(&who.member, form.text("typed")).await {
        Ok(()) => {
            who.visit.toast(format!("{} is deleted.", who.member.name));
            Ok(Redirect::to("/").into_response())
        }
        Err(Error::Validation(faults)) => {
            let page = who.page(format!("Delete {}?", who.member.name), "general");
            refuse(&deletion(page, who.path(PATH), &who.member.name, faults.into()))
        }
        Err(error) => Err(or_confirm(who.path("/settings/general/delete"))(error)),
    }
}

fn deletion(page: Page, general: String, team: &str, problems: Problems) -> Sure {
    Sure {
        page,
        lines: vec![
            "Its keys stop at once, nobody can open it any more, and its pictures, brand kits and templates are removed.".to_owned(),
            "This can't be undone.".to_owned(),
        ],
        typed: Some(Field::text("typed", &format!("Type {team} to delete it")).required().checked_by(&problems)),
        act: "Delete the team".to_owned(),
        keep: "Keep",
        action: format!("{general}/delete"),
        back: general,
        problems,
    }
}

impl General {
    fn new(who: &InTeam, settings: &TeamSettings, problems: Problems) -> Self {
        let role = who.member.role;
        Self::with(who.page("General", "general"), who.path(PATH), settings, role, problems)
    }

    fn with(page: Page, path: String, settings: &TeamSettings, role: Role, problems: Problems) -> Self {
        let may_change = role.may(Right::Settings);
        let fields = [
            Field::text("name", "Name").value(&settings.name).autocomplete("organization").limit(100),
            Field::text("slug", "Address")
                .value(&settings.slug)
                .hint("The part behind /t/ in this team's addresses. Old links to pages stop working."),
            Field::text("locale", "Language")
                .value(&settings.locale)
                .hint("For numbers and dates in pictures, such as en, de-CH or pt-BR."),
            Field::text("timeZone", "Time zone").value(&settings.time_zone).hint("Such as Europe/Berlin or UTC."),
        ];
        let finished = |field: Field| {
            let field = field.required().checked_by(&problems);
            if may_change { field } else { field.disabled() }
        };
        Self {
            fields: fields.map(finished).into(),
            page,
            path,
            may_change,
            may_export: role.may(Right::Export),
            may_delete: role.may(Right::DeleteTeam),
            who: who_may(Right::Settings),
            problems,
        }
    }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let path = "/t/northbank/settings/general".to_owned();
    let general = |role, problems| {
        let settings = super::sample_team("agency", None).settings;
        General::with(Page::team_sample("General", "general"), path.clone(), &settings, role, problems).render()
    };
    let wrong = Problems::one("slug", "Another team has this address. Choose another one.");
    let delete = deletion(Page::team_sample("Delete Northbank?", "general"), path.clone(), "Northbank", Problems::default());
    vec![
        ("general", general(Role::Owner, Problems::default())),
        ("general, wrong", general(Role::Owner, wrong)),
        ("general, for a viewer", general(Role::Viewer, Problems::default())),
        ("delete team", delete.render()),
    ]
}
