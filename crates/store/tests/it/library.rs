//! What a team edits: kits within its plan, groups with drafts, and taking back what was deleted.

use domain::{BrandKitId, FontId, TeamId, TemplateGroupId};
use store::{Font, KitRemoval, KitText, NewTemplateGroup, Restoration, Store, TemplateFilter, TemplateOwner};

use crate::support::{self, days, start};

fn kit(text: &str) -> KitText {
    KitText { name: format!("Kit {text}"), document: text.into(), digest: text.into() }
}

pub async fn kits(store: &Store) {
    let (team, _) = support::team(store, "agency").await;
    let (other, _) = support::team(store, "agency").await;
    let make = |text: &'static str, limit| store.create_brand_kit(team, kit(text), limit, start());
    let first = make("1", Some(2)).await.unwrap().unwrap();
    let second = make("2", Some(2)).await.unwrap().unwrap();
    assert_eq!(make("3", Some(2)).await.unwrap(), None, "the plan's limit");
    assert!(store.create_brand_kit(TeamId::new(), kit("x"), None, start()).await.is_err());
    assert_eq!(store.default_brand_kit(team).await.unwrap().unwrap().id, first, "the first kit is the default");

    let later = start().plus(days(1));
    assert_eq!(store.save_brand_kit(team, &first, 1, kit("1b"), later).await.unwrap(), Some(2));
    assert_eq!(store.save_brand_kit(team, &first, 1, kit("1c"), later).await.unwrap(), None, "from a version that is not the latest");
    assert_eq!(store.save_brand_kit(other, &first, 2, kit("1c"), later).await.unwrap(), None, "another team's");
    let saved = store.brand_kit(team, &first, None).await.unwrap().unwrap();
    assert_eq!((saved.version, saved.document.as_str(), saved.name.as_str(), saved.updated_at), (2, "1b", "Kit 1b", later));
    assert_eq!(store.brand_kit(team, &first, Some(1)).await.unwrap().unwrap().document, "1");

    assert!(!store.set_default_brand_kit(other, &second).await.unwrap());
    assert!(!store.set_default_brand_kit(team, &BrandKitId::new()).await.unwrap());
    assert!(store.set_default_brand_kit(team, &second).await.unwrap());

    let delete = |id: &BrandKitId, next: Option<&BrandKitId>| {
        let (id, next) = (id.clone(), next.cloned());
        async move { store.delete_brand_kit(team, &id, next.as_ref(), later).await.unwrap() }
    };
    assert_eq!(store.delete_brand_kit(other, &first, None, later).await.unwrap(), KitRemoval::Missing);
    assert_eq!(delete(&second, None).await, KitRemoval::NeedsDefault);
    assert_eq!(delete(&second, Some(&second)).await, KitRemoval::NeedsDefault, "itself can't follow it");
    assert_eq!(store.default_brand_kit(team).await.unwrap().unwrap().id, second, "nothing happened");
    assert_eq!(delete(&second, Some(&first)).await, KitRemoval::Removed);
    assert_eq!(delete(&second, None).await, KitRemoval::Missing);
    assert_eq!(store.default_brand_kit(team).await.unwrap().unwrap().id, first);
    assert!(store.brand_kit(team, &second, None).await.unwrap().is_none());
    assert!(store.brand_kit(team, &second, Some(1)).await.unwrap().is_some(), "what was accepted before is still drawn");
    assert_eq!(store.brand_kits(team, 10, None).await.unwrap().rows.len(), 1);
    assert_eq!(store.save_brand_kit(team, &second, 1, kit("2b"), later).await.unwrap(), None);
    assert!(!store.set_default_brand_kit(team, &second).await.unwrap());

    let gone = store.deleted_brand_kits(team, start()).await.unwrap();
    assert_eq!((gone.len(), &gone[0].id, gone[0].name.as_str(), gone[0].deleted_at), (1, &second, "Kit 2", later));
    assert!(store.deleted_brand_kits(team, later.plus(days(1))).await.unwrap().is_empty());
    assert!(store.deleted_brand_kits(other, start()).await.unwrap().is_empty());
    assert_eq!(store.restore_brand_kit(team, &second, start(), Some(1)).await.unwrap(), Restoration::Full);
    assert_eq!(store.restore_brand_kit(team, &second, later.plus(days(1)), None).await.unwrap(), Restoration::Missing, "too late");
    assert_eq!(store.restore_brand_kit(other, &second, start(), None).await.unwrap(), Restoration::Missing);
    assert_eq!(store.restore_brand_kit(team, &second, start(), Some(2)).await.unwrap(), Restoration::Restored);
    assert_eq!(store.restore_brand_kit(team, &second, start(), Some(2)).await.unwrap(), Restoration::Missing, "it is there");

    // The last one may go without a successor; the next one to come is the default then.
    assert_eq!(delete(&second, None).await, KitRemoval::Removed);
    assert_eq!(delete(&first, None).await, KitRemoval::Removed);
    assert!(store.default_brand_kit(team).await.unwrap().is_none());
    assert_eq!(store.restore_brand_kit(team, &first, start(), None).await.unwrap(), Restoration::Restored);
    assert_eq!(store.default_brand_kit(team).await.unwrap().unwrap().id, first);

    store.forget_brand_kits(later).await.unwrap();
    assert_eq!(store.deleted_brand_kits(team, start()).await.unwrap().len(), 1);
    store.forget_brand_kits(later.plus(days(1))).await.unwrap();
    assert!(store.deleted_brand_kits(team, start()).await.unwrap().is_empty());
    assert!(store.brand_kit(team, &second, Some(1)).await.unwrap().is_none());
    assert!(store.brand_kit(team, &first, Some(1)).await.unwrap().is_some());
}

fn group(slug: &str, text: &str) -> NewTemplateGroup {
    NewTemplateGroup {
        id: None,
        team: None,
        slug: slug.into(),
        name: format!("Group {text}"),
        description: String::new(),
        tags: vec!["Own".into()],
        document: text.into(),
        digest: text.into(),
    }
}

pub async fn groups(store: &Store) {
    let (team, _) = support::team(store, "agency").await;
    let (other, _) = support::team(store, "agency").await;
    let id = store.create_template_group(team, group("card", "1"), start()).await.unwrap();
    let twin = store.create_template_group(team, group("card", "1"), start()).await.unwrap();
    let found = async |id: &TemplateGroupId, version| store.template_revision(team, id, version).await.unwrap();
    let slug = async |id| store.template_revision(team, id, None).await.unwrap().unwrap().group.slug;
    assert_eq!((slug(&id).await.as_str(), slug(&twin).await.as_str()), ("card", "card-2"));
    let own = TemplateFilter { owner: TemplateOwner::Team, ..TemplateFilter::default() };
    let built_in = TemplateFilter { owner: TemplateOwner::BuiltIn, ..TemplateFilter::default() };
    assert_eq!(store.template_groups(team, &own, 10, None).await.unwrap().rows.len(), 2);
    assert!(store.template_groups(team, &built_in, 10, None).await.unwrap().rows.iter().all(|row| row.group.team.is_none()));
    assert!(store.template_groups(other, &own, 10, None).await.unwrap().rows.is_empty());

    let later = start().plus(days(1));
    assert!(store.template_draft(team, &id).await.unwrap().is_none());
    assert!(store.save_template_draft(team, &id, 1, "{".into(), later).await.unwrap());
    assert!(store.save_template_draft(team, &id, 1, "{draft".into(), later).await.unwrap());
    assert!(!store.save_template_draft(other, &id, 1, "x".into(), later).await.unwrap());
    let draft = store.template_draft(team, &id).await.unwrap().unwrap();
    assert_eq!((draft.base, draft.document.as_str(), draft.saved_at), (1, "{draft", later));
    assert!(store.template_draft(other, &id).await.unwrap().is_none());
    assert_eq!(store.template_revision(team, &id, None).await.unwrap().unwrap().document, "1", "a draft is not published");
    store.drop_template_draft(other, &id).await.unwrap();
    assert!(store.template_draft(team, &id).await.unwrap().is_some());
    store.drop_template_draft(team, &id).await.unwrap();
    assert!(store.template_draft(team, &id).await.unwrap().is_none());

    assert!(store.save_template_draft(team, &id, 1, "2".into(), later).await.unwrap());
    let publish = |who, base, text| store.publish_template_version(who, &id, base, group("card", text), later);
    assert_eq!(publish(other, 1, "2").await.unwrap(), None);
    assert_eq!(publish(team, 1, "2").await.unwrap(), Some(2));
    assert_eq!(publish(team, 1, "3").await.unwrap(), None, "from a version that is not the latest");
    assert!(store.template_draft(team, &id).await.unwrap().is_none(), "publishing ends the draft");
    let latest = store.template_revision(team, &id, None).await.unwrap().unwrap();
    assert_eq!((latest.document.as_str(), latest.group.name.as_str(), latest.group.slug.as_str()), ("2", "Group 2", "card"));
    let versions = store.template_versions(team, &id).await.unwrap();
    assert_eq!(versions.iter().map(|version| (version.version, version.created_at)).collect::<Vec<_>>(), [(2, later), (1, start())]);
    assert!(store.template_versions(other, &id).await.unwrap().is_empty());

    assert!(!store.delete_template_group(other, &id, later).await.unwrap());
    assert!(store.delete_template_group(team, &id, later).await.unwrap());
    assert!(!store.delete_template_group(team, &id, later).await.unwrap());
    assert!(found(&id, None).await.is_none());
    assert!(found(&id, Some(1)).await.is_some(), "what was accepted before is still drawn");
    assert_eq!(store.template_groups(team, &own, 10, None).await.unwrap().rows.len(), 1);
    assert_eq!(publish(team, 2, "4").await.unwrap(), None);
    assert!(!store.save_template_draft(team, &id, 2, "x".into(), later).await.unwrap());
    let gone = store.deleted_template_groups(team, start()).await.unwrap();
    assert_eq!((gone.len(), &gone[0].id, gone[0].name.as_str()), (1, &id, "Group 2"));
    assert!(!store.restore_template_group(other, &id, start()).await.unwrap());
    assert!(!store.restore_template_group(team, &id, later.plus(days(1))).await.unwrap(), "too late");
    assert!(store.restore_template_group(team, &id, start()).await.unwrap());
    assert!(found(&id, None).await.is_some());

    assert!(store.delete_template_group(team, &twin, later).await.unwrap());
    store.forget_template_groups(later.plus(days(1))).await.unwrap();
    assert!(found(&twin, Some(1)).await.is_none());
    assert!(found(&id, Some(1)).await.is_some());
}

pub async fn fonts(store: &Store) {
    let (team, _) = support::team(store, "agency").await;
    let (other, _) = support::team(store, "agency").await;
    let font = |digest: &str| Font {
        id: FontId::new(),
        sha256: digest.into(),
        family: "Own".into(),
        weight: 400,
        weights: Some((100, 900)),
        italic: false,
        bytes: 1234,
        created_at: start(),
    };
    let (first, bold) = (font("1"), Font { weight: 700, weights: None, ..font("2") });
    assert!(store.put_font(team, bold.clone(), start()).await.unwrap());
    assert!(store.put_font(team, first.clone(), start()).await.unwrap());
    assert!(!store.put_font(team, font("1"), start()).await.unwrap(), "the same bytes");
    assert!(store.put_font(TeamId::new(), font("3"), start()).await.is_err());
    assert_eq!(store.fonts(team).await.unwrap(), [first.clone(), bold.clone()]);
    assert!(store.fonts(other).await.unwrap().is_empty());
    assert!(!store.delete_font(other, first.id, start()).await.unwrap());
    assert!(store.delete_font(team, first.id, start()).await.unwrap());
    assert!(!store.delete_font(team, first.id, start()).await.unwrap());
    assert_eq!(store.fonts(team).await.unwrap(), std::slice::from_ref(&bold));
    assert!(store.put_font(team, font("1"), start()).await.unwrap(), "uploaded again, it is there again");
    assert_eq!(store.fonts(team).await.unwrap(), [first, bold]);
}
