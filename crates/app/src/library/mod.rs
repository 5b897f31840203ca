//! What a team makes for itself: brand kits and template groups, edited in the web app.
//!
//! A kit or a document travels as the text of its own file format: the pages edit it, [`template`] checks all of it, and
//! what is saved is a new version that never changes.

mod changes;
mod contrast;
mod documents;
mod fonts;
mod groups;
mod kits;
mod lines;
mod logos;
mod palette;
mod preview;
mod text;

use std::time::Duration;

use domain::TeamId;

use crate::{App, Error, Missing, Result};

pub use contrast::{Cell, ContrastMatrix, Failing, Reading, Suggestion, contrast_matrix};
pub use documents::{CheckedText, DocumentText, DraftText, GroupVersion, MAX_DOCUMENT, Problem, check_text};
pub use fonts::{MAX_FONT, TeamFont};
pub use groups::{GroupCard, GroupCards};
pub use kits::{EditedKit, KitLogo};
pub use logos::{MAX_LOGO, UploadedLogo};
pub use palette::{ProposedColor, propose};
pub use preview::{KitChoice, KitPicture};

pub(crate) use documents::NewVersion;
pub(crate) use logos::{LogoError, keep_logo};

/// For how long what was deleted can be taken back.
pub const UNDO: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Something that was deleted and can be taken back.
#[derive(Clone, Debug)]
pub struct Deleted {
    pub id: String,
    pub name: String,
    pub deleted_at: domain::Timestamp,
}

impl App {
    /// Forgets what can't be taken back any more.
    pub(crate) async fn forget_deleted(&self) -> Result<()> {
        let before = self.clock.now().minus(UNDO);
        self.store.forget_brand_kits(before).await?;
        self.store.forget_template_groups(before).await?;
        Ok(())
    }

    /// Brand kits that the team's plan allows; `None` is any number.
    pub(crate) async fn kit_limit(&self, team: TeamId) -> Result<Option<u32>> {
        let team = self.store.team(team, self.clock.now()).await?.ok_or_else(|| Error::missing(Missing::Team))?;
        let plan = self.store.plans().get(&team.plan);
        Ok(plan.ok_or_else(|| Error::Internal(format!("there is no plan {}", team.plan)))?.brand_kits)
    }
}
