//! Pictures of saved kits.

use app::library::KitChoice;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::Web;
use crate::error::PageError;
use crate::who::InTeam;

/// What a kit is shown on: a light ground, a dark one, a photograph.
pub(super) const CHOICES: [KitChoice; 3] = [
    KitChoice { group: "tg_quote", size: "square", name: "Quote" },
    KitChoice { group: "tg_sale", size: "square", name: "Sale" },
    KitChoice { group: "tg_event", size: "square", name: "Event" },
];

/// One of them in the kit's latest version.
pub(super) async fn saved(
    State(web): State<Web>,
    who: InTeam,
    Path((_, id, place)): Path<(String, String, usize)>,
) -> Result<Response, PageError> {
    let choice = CHOICES.get(place).ok_or(PageError::NotFound)?;
    let drawn = web.app().preview_kit(&who.member, &id, None, std::slice::from_ref(choice)).await?;
    let picture = drawn.into_iter().next().ok_or(PageError::NotFound)?;
    let mut response = picture.bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(picture.media_type));
    Ok(response)
}
