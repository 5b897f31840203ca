//! Logos: decoded once in the sandbox, kept as what is drawn and as the PNG that is shown.

use std::time::Duration;

use assets::{BlobKey, BlobStore, Digest, Need, Sandbox};
use bytes::Bytes;
use domain::{Right, TeamId};
use render::codec::{self, Buffers, Kind, Pixels};
use render::{Format, Picture, PictureError};
use tokio::time::Instant;

use super::palette::{ProposedColor, propose};
use crate::kit::StoredLogo;
use crate::people::Member;
use crate::{App, Error, Missing, Result};

/// Bytes of a logo's file.
pub const MAX_LOGO: u64 = 20 * 1024 * 1024;
/// How long one logo may take to decode, a child's start included.
const DECODE: Duration = Duration::from_secs(10);
/// The longest edge of the PNG that is shown.
const SHOWN: u32 = 1024;
/// The longest edge of what a picture is drawn from; a logo stands on half a canvas at most.
const KEPT: u32 = 4096;
/// The longest edge of what colours are taken from.
const LOOKED_AT: u32 = 128;
/// Start of the file's name by which a kit's document knows an upload; its digest follows.
const UPLOADS: &str = "uploads/";

/// A logo that was uploaded, and is no kit's yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadedLogo {
    /// What a kit's document writes as the logo's `file`.
    pub file: String,
    /// Of its PNG.
    pub url: String,
    pub width: u32,
    pub height: u32,
}

/// Why a file is no logo of ours.
#[derive(Debug)]
pub(crate) enum LogoError {
    /// The file's own fault.
    File(PictureError),
    Ours(Error),
}

impl<E: Into<Error>> From<E> for LogoError {
    fn from(error: E) -> Self {
        Self::Ours(error.into())
    }
}

/// Keeps a logo and its PNG. An SVG stays as it came, and is only ever drawn in the sandbox; a picture is kept as a PNG of
/// ours, without whatever else its file held.
pub(crate) async fn keep_logo(blobs: &BlobStore, sandbox: &Sandbox, team: &str, bytes: Bytes) -> Result<(StoredLogo, Digest), LogoError> {
    let given = Digest::of(&bytes);
    let decode = async |edge| {
        let deadline = Instant::now() + DECODE;
        sandbox.decode(bytes.clone(), given, Need::contain(edge, edge), 0, deadline).await.map_err(LogoError::File)
    };
    let picture = decode(SHOWN).await?;
    let shown = png(&picture)?;
    let kept = match codec::sniff(&bytes) {
        Some(Kind::Svg) => bytes.clone(),
        _ => png(&decode(KEPT).await?)?,
    };
    let digest = Digest::of(&kept);
    let blob = BlobKey::logo(team, digest).map_err(Error::internal)?;
    let preview = BlobKey::preview(team, &digest.to_string()).map_err(Error::internal)?;
    blobs.put(&blob, kept).await?;
    blobs.put(&preview, shown).await?;
    let logo = StoredLogo { blob: blob.to_string(), png: preview.to_string(), width: picture.width, height: picture.height };
    Ok((logo, digest))
}

fn png(picture: &Picture) -> Result<Bytes, LogoError> {
    let pixels = Pixels { width: picture.width, height: picture.height, opaque: picture.opaque, rgba: (*picture.pixels).as_ref() };
    Ok(codec::encode(&mut Buffers::default(), pixels, Format::Png, 100).map_err(Error::internal)?.into())
}

impl App {
    /// Keeps a PNG or SVG as a logo that the team's kits can name.
    ///
    /// # Errors
    /// [`Error::PayloadTooLarge`] over 20 MB, [`Error::UnsupportedMedia`] for what is no PNG or SVG that can be drawn.
    pub async fn upload_logo(&self, member: &Member, bytes: Bytes) -> Result<UploadedLogo> {
        member.need(Right::Kits)?;
        let team = member.team;
        if bytes.len() as u64 > MAX_LOGO {
            return Err(Error::PayloadTooLarge { limit: MAX_LOGO });
        }
        if !matches!(codec::sniff(&bytes), Some(Kind::Png | Kind::Svg)) {
            return Err(Error::UnsupportedMedia("A logo is a PNG or an SVG file.".into()));
        }
        let kept = keep_logo(self.assets.blobs(), self.assets.sandbox(), &team.to_string(), bytes).await;
        let (logo, digest) = kept.map_err(|error| match error {
            LogoError::File(PictureError::TooLarge) => {
                Error::UnsupportedMedia("The logo has more than 50 megapixels or 8,192 px a side.".into())
            }
            LogoError::File(_) => Error::UnsupportedMedia("The file can't be drawn. Export it again as PNG or SVG.".into()),
            LogoError::Ours(error) => error,
        })?;
        Ok(UploadedLogo { file: format!("{UPLOADS}{digest}"), url: self.logo_url(&logo), width: logo.width, height: logo.height })
    }

    /// An upload of the team by the name that a kit's document has for it.
    ///
    /// # Errors
    /// The storage's.
    pub async fn find_logo(&self, member: &Member, file: &str) -> Result<Option<UploadedLogo>> {
        let view =
            |logo: StoredLogo| UploadedLogo { file: file.to_owned(), url: self.logo_url(&logo), width: logo.width, height: logo.height };
        Ok(self.uploaded_logo(member.team, file).await?.map(view))
    }

    /// Keeps a logo, and proposes the colours of a kit from it.
    ///
    /// # Errors
    /// As [`App::upload_logo`].
    pub async fn kit_from_logo(&self, member: &Member, bytes: Bytes) -> Result<(UploadedLogo, Vec<ProposedColor>)> {
        let logo = self.upload_logo(member, bytes.clone()).await?;
        Ok((logo, self.proposed(bytes).await?))
    }

    /// Proposes colours from a logo of the kit `id`, or from an upload that is no kit's yet; `file` is what a kit's document
    /// writes.
    ///
    /// # Errors
    /// [`Missing::BrandKit`]; [`Missing::Asset`] where there is no such logo.
    pub async fn logo_colors(&self, member: &Member, id: &str, file: &str) -> Result<Vec<ProposedColor>> {
        member.need(Right::Kits)?;
        let logo = match self.uploaded_logo(member.team, file).await? {
            Some(logo) => Some(logo),
            None => self.kept_logo(member.team, id, file).await?,
        };
        let png: BlobKey = logo.ok_or_else(|| Error::missing(Missing::Asset))?.png.parse().map_err(Error::internal)?;
        let bytes = self.assets.blobs().get(&png).await?.ok_or_else(|| Error::missing(Missing::Asset))?;
        self.proposed(bytes).await
    }

    async fn proposed(&self, bytes: Bytes) -> Result<Vec<ProposedColor>> {
        let digest = Digest::of(&bytes);
        let need = Need::contain(LOOKED_AT, LOOKED_AT);
        let picture = self.assets.sandbox().decode(bytes, digest, need, self.assets.lane(), Instant::now() + DECODE).await;
        Ok(propose((*picture.map_err(Error::internal)?.pixels).as_ref()))
    }

    /// The team's upload that a kit's document names; `None` where it is no upload of this team.
    pub(super) async fn uploaded_logo(&self, team: TeamId, file: &str) -> Result<Option<StoredLogo>> {
        let Some(digest) = file.strip_prefix(UPLOADS).and_then(|digest| digest.parse::<Digest>().ok()) else { return Ok(None) };
        let team = team.to_string();
        let blob = BlobKey::logo(&team, digest).map_err(Error::internal)?;
        let png = BlobKey::preview(&team, &digest.to_string()).map_err(Error::internal)?;
        let Some(bytes) = self.assets.blobs().get(&png).await? else { return Ok(None) };
        let header = codec::header(&bytes).map_err(Error::internal)?;
        Ok(Some(StoredLogo { blob: blob.to_string(), png: png.to_string(), width: header.width, height: header.height }))
    }
}
