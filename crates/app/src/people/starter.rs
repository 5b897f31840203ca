//! The kit that a new team starts with, so that Create works at once.

use assets::Digest;
use store::{NewBrandKit, Team};

use crate::App;
use crate::kit::StoredKit;

/// A quiet kit in the forms of every template: no logo, its name is the team's.
const KIT: &str = include_str!("starter_kit.json");

impl App {
    /// A team without it works too: a failure goes to the log.
    pub(super) async fn give_starter_kit(&self, team: &Team) {
        let Ok(mut file) = serde_json::from_str::<serde_json::Value>(KIT) else { return };
        file["name"] = team.name.clone().into();
        let document = StoredKit { file: file.to_string(), logos: Vec::new(), fonts: Vec::new() }.to_text();
        let kit = NewBrandKit {
            team: team.id,
            slug: "brand".to_owned(),
            name: team.name.clone(),
            digest: Digest::of(document.as_bytes()).to_string(),
            document,
            default: true,
        };
        if let Err(error) = self.store.publish_brand_kit(kit, self.clock.now()).await {
            tracing::error!(team = %team.id, %error, "a new team has no brand kit");
        }
    }
}

#[cfg(test)]
mod tests {
    use template::BrandFile;

    #[test]
    fn the_starter_kit_is_a_kit() {
        let file = BrandFile::parse(super::KIT).unwrap();
        assert!(file.logos.is_empty());
    }
}
