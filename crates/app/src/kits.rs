//! Brand kits and credits as integrators see them.

use store::BrandKit as Stored;

use crate::generations::{MAX_PAGE, PAGE};
use crate::kit::{StoredLogo, theme};
use crate::view::{BrandKit, Credits, KitColor, KitFont, KitLogo, Page, Period};
use crate::{App, Error, Missing, Principal, Query, Result};

impl App {
    /// The team's kits: `limit`, `cursor`.
    ///
    /// # Errors
    /// Faults of the query; [`Error::InvalidCursor`].
    pub async fn brand_kits(&self, who: &Principal, query: &Query) -> Result<Page<BrandKit>> {
        let mut reader = query.reader();
        let limit = reader.number("limit", 1, MAX_PAGE, PAGE);
        let cursor = reader.text("cursor");
        reader.finish()?;
        let page = self.store.brand_kits(who.team, limit as u32, cursor).await?;
        let data = page.rows.iter().map(|kit| self.present_kit(kit)).collect::<Result<_>>()?;
        Ok(Page::new(data, page.next))
    }

    /// The kit's latest version.
    ///
    /// # Errors
    /// [`Missing::BrandKit`].
    pub async fn brand_kit(&self, who: &Principal, id: &str) -> Result<BrandKit> {
        let missing = || Error::missing(Missing::BrandKit);
        let id = id.parse().map_err(|_| missing())?;
        let stored = self.store.brand_kit(who.team, &id, None).await?.ok_or_else(missing)?;
        self.present_kit(&stored)
    }

    /// The team's live balance, whichever mode the key has.
    ///
    /// # Errors
    /// The store's.
    pub async fn credits(&self, who: &Principal) -> Result<Credits> {
        let now = self.clock.now();
        let credits = self.store.credits(who.team, now).await?.ok_or_else(|| Error::missing(Missing::Team))?;
        let counted = |figure: i64| (!credits.unlimited).then_some(figure);
        // The key's row may be some seconds old; the balance beside it is not, and so must the plan be.
        let team = self.store.team(who.team, now).await?.ok_or_else(|| Error::missing(Missing::Team))?;
        Ok(Credits {
            object: "credits",
            mode: who.mode,
            plan: team.plan,
            unlimited: credits.unlimited,
            period: Period { start: credits.period.start, end: credits.period.end },
            included: counted(credits.included),
            purchased: credits.purchased,
            adjusted: credits.adjusted,
            used: credits.used,
            reserved: credits.reserved,
            remaining: counted(credits.remaining()),
        })
    }

    fn present_kit(&self, stored: &Stored) -> Result<BrandKit> {
        let kit = self.open_kit(stored)?.kit;
        let colors = kit.file.colors.iter().map(|color| KitColor {
            role: color.color.role.clone(),
            name: color.name.clone(),
            hex: color.color.color.hex(),
            on_hex: color.color.on.hex(),
        });
        let fonts = kit.file.fonts.iter().map(|font| KitFont {
            role: font.role.clone(),
            family: font.font.family.clone(),
            weight: font.font.weight.round() as i64,
            style: if font.font.italic { "italic" } else { "normal" },
            source: if kit.fonts.iter().any(|own| own.family == font.font.family) { "uploaded" } else { "bundled" },
        });
        let logos = kit.file.logos.iter().zip(&kit.logos).map(|(logo, stored)| KitLogo {
            role: logo.role.clone(),
            theme: theme(logo.theme),
            url: self.logo_url(stored),
            width: stored.width,
            height: stored.height,
        });
        Ok(BrandKit {
            id: stored.id.to_string(),
            object: "brandKit",
            name: stored.name.clone(),
            is_default: stored.is_default,
            version: i64::from(stored.version),
            colors: colors.collect(),
            fonts: fonts.collect(),
            logos: logos.collect(),
            created_at: stored.created_at,
            updated_at: stored.updated_at,
        })
    }

    pub(crate) fn logo_url(&self, logo: &StoredLogo) -> String {
        let path = logo.png.strip_prefix("previews/").unwrap_or(&logo.png);
        format!("{}/m/logos/{path}.png", self.config.public_url)
    }
}
