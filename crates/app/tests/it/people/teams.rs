//! A team's settings, further teams, and a team's end.

use std::time::Duration;

use app::people::TeamSettings;
use app::{Error, RateClass, Right, Role, Scope};

use super::{PASSWORD, browser, codes, joined, owner, visit};
use crate::house::{HOME, House, eventually, small};

fn settings(name: &str, slug: &str) -> TeamSettings {
    TeamSettings { name: name.into(), slug: slug.into(), locale: "de-CH".into(), time_zone: "Europe/Zurich".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_change_together_or_every_fault_is_named() {
    let house = House::new().await;
    let (_, one) = owner(&house, "ada@example.com", "One").await;
    owner(&house, "bo@example.com", "Two").await;
    let wrong = TeamSettings { name: String::new(), slug: "No Slug".into(), locale: "x".into(), time_zone: "Europe/Atlantis".into() };
    let faults = codes(house.app.change_team(&one, wrong).await.unwrap_err());
    let fields: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["name", "slug", "locale", "timeZone"]);
    let taken = house.app.change_team(&one, settings("One", "two")).await.unwrap_err();
    assert_eq!(codes(taken), [("slug".to_owned(), "taken")]);
    house.app.change_team(&one, settings("Uno", "uno")).await.unwrap();
    let view = house.app.team(&one).await.unwrap();
    assert_eq!((view.settings, view.members, view.member_limit), (settings("Uno", "uno"), 1, Some(2)));
    let (_, viewer) = joined(&house, &one, "cy@example.com", Role::Viewer).await;
    assert!(matches!(house.app.change_team(&viewer, settings("X", "x")).await, Err(Error::Forbidden(Right::Settings))));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_team_starts_without_trial_credits() {
    let house = House::new().await;
    let (visitor, _) = owner(&house, "ada@example.com", "One").await;
    let second = house.app.create_team(&visitor, "Second").await.unwrap();
    let credits = house.store.credits(second.team, house.clock.now()).await.unwrap().unwrap();
    assert_eq!((second.role, credits.purchased), (Role::Owner, 0));
    assert!(house.store.default_brand_kit(second.team).await.unwrap().is_some());
    let log = house.store.events(second.team, &store::EventFilter::default(), 10, None).await.unwrap();
    assert_eq!(log.rows[0].action, "team.created");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_team_is_gone_at_once_its_keys_stop_its_pictures_go_and_its_books_balance() {
    let house = House::new().await;
    let made = house.made(&house.live, small()).await.generation;
    let link = house.operator.reset_user("owner@localhost").await.unwrap();
    let session = house.app.reset_password(link.token.reveal(), PASSWORD, &browser()).await.unwrap();
    let visitor = visit(&house, &session).await;
    let member = house.app.member(&visitor, "demo").await.unwrap();
    let wrong = house.app.delete_team(&member, "Demo team").await.unwrap_err();
    assert_eq!(codes(wrong), [("typed".to_owned(), "wrong")]);
    house.app.delete_team(&member, "demo").await.unwrap();
    assert!(visit(&house, &session).await.teams.is_empty());
    assert!(house.store.find_team("demo", house.clock.now()).await.unwrap().is_none(), "the slug is free");
    eventually(Duration::from_secs(5), async || {
        house.app.admit(Some(&house.live_key), HOME, Scope::CreditsRead, RateClass::Poll).await.principal.is_err()
    })
    .await;
    house.app.tidy_once().await.unwrap();
    assert!(house.store.teams_to_purge().await.unwrap().is_empty());
    let doomed = house.store.doomed_blobs(1000).await.unwrap();
    let url = made.images[0].url.as_deref().unwrap();
    let token = url.rsplit("/p/").next().and_then(|path| path.split(['/', '.']).next()).unwrap();
    assert!(doomed.iter().any(|blob| blob.starts_with("pictures/") && blob.contains(token)), "{url} is not in {doomed:?}");
    assert!(doomed.iter().any(|blob| blob.starts_with("logos/")), "{doomed:?}");
    assert!(house.store.brand_kits(member.team, 10, None).await.unwrap().rows.is_empty());
    house.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_holds_what_the_team_has_and_nothing_of_another_one() {
    let house = House::new().await;
    let made = house.made(&house.live, small()).await.generation;
    owner(&house, "bo@example.com", "Elsewhere").await;
    let link = house.operator.reset_user("owner@localhost").await.unwrap();
    let session = house.app.reset_password(link.token.reveal(), PASSWORD, &browser()).await.unwrap();
    let member = house.app.member(&visit(&house, &session).await, "demo").await.unwrap();
    let file = house.app.export_team(&member).await.unwrap();
    let mut zip = zip::ZipArchive::new(file).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut text = |name: &str| std::io::read_to_string(zip.by_name(name).unwrap()).unwrap();
    let generations = text("generations-live.jsonl");
    assert!(generations.contains(&made.id.to_string()) && generations.contains("Hello *world*"), "{generations}");
    assert!(generations.contains(made.images[0].url.as_deref().unwrap()), "{generations}");
    assert_eq!(text("generations-test.jsonl"), "");
    assert!(text("members.json").contains("owner@localhost") && text("ledger.json").contains("settle"));
    for name in &names {
        let text = text(name);
        assert!(!text.contains("bo@example.com") && !text.contains("Elsewhere") && !text.contains(&house.live_key), "{name}");
    }
    assert!(names.iter().any(|name| name.starts_with("brand-kits/")), "{names:?}");
    let log = house.app.history(&member, &app::Query::default()).await.unwrap();
    assert_eq!(log.events[0].action, "team.exported");
}
