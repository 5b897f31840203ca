//! `POST /look`: light, dark, or as the system has it.

use axum::Router;
use axum::response::Redirect;
use axum::routing::post;

use super::Group;
use crate::Web;
use crate::error::PageError;
use crate::form::Form;
use crate::theme::Theme;
use crate::visit::Visit;

pub(crate) const GROUP: Group = Group { routes, nav: &[], samples: Vec::new };

fn routes() -> Router<Web> {
    Router::new().route("/look", post(change))
}

/// Needs no token, so that pages for everybody need no cookie; that our own page asked was checked.
async fn change(visit: Visit, form: Unbound) -> Result<Redirect, PageError> {
    let Unbound(form) = form;
    let theme = Theme::parse(form.text("theme")).ok_or_else(|| PageError::BadRequest("There is no such look.".to_owned()))?;
    visit.set_theme(theme);
    Ok(Redirect::to(local(form.text("next"))))
}

/// A path of ours, or the start: never another site.
pub(crate) fn local(path: &str) -> &str {
    let is_local = path.starts_with('/') && !path.starts_with("//") && !path.contains(|c: char| c == '\\' || c.is_control());
    if is_local { path } else { "/" }
}

/// A form whose token doesn't matter.
struct Unbound(Form<4>);

impl axum::extract::FromRequest<Web> for Unbound {
    type Rejection = PageError;

    async fn from_request(request: axum::extract::Request, web: &Web) -> Result<Self, PageError> {
        if let Some(visit) = request.extensions().get::<Visit>() {
            visit.harmless();
        }
        Form::from_request(request, web).await.map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_gone_to() {
        assert_eq!(
            [local("/t/a?b=c"), local("//evil.test"), local("https://evil.test"), local("/\\evil.test"), local("/\t/evil.test")],
            ["/t/a?b=c", "/", "/", "/", "/"]
        );
    }
}
