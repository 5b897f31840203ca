//! Plan: changed at once or asked for, and the operator's page.

use app::{Role, Scopes};
use domain::{Billing, Packs, Plans};
use testkit::Server;

use super::{Person, joined, owner};

async fn selling(billing: Billing) -> Server {
    Server::start_with(|setup| {
        setup.app.billing = billing;
        setup.app.packs = Packs::parse(Plans::DEFAULT_TEXT).unwrap();
    })
    .await
}

async fn operator(server: &Server) -> Person {
    let person = owner(server, "root@example.com", "Root", "essentials").await;
    server.operator.make_operator("root@example.com").await.unwrap();
    person
}

#[tokio::test]
async fn without_billing_a_larger_plan_and_a_pack_act_at_once() {
    let server = selling(Billing::None).await;
    let ada = owner(&server, "ada@example.com", "Northbank", "growth").await;
    let page = ada.fill("/plan", "/plan/choose", &[("plan", "agency"), ("cycle", "month")]).await.expect(200);
    assert!(page.has("Your plan is Agency, paid by the month now.") && page.has("More API calls a minute"));
    let before = server.app.team_credits(&ada.member).await.unwrap().remaining();
    ada.fill("/plan", "/plan/pack", &[("pack", "small")]).await.expect(200);
    assert_eq!(server.app.team_credits(&ada.member).await.unwrap().remaining(), before + 500);
    ada.fill("/plan", "/plan/pack", &[("pack", "huge")]).await.expect(422);
    ada.fill("/plan", "/plan/choose", &[("plan", "gold"), ("cycle", "month")]).await.expect(422);
    server.shut_down().await;
}

#[tokio::test]
async fn a_smaller_plan_waits_says_what_stops_and_can_be_taken_back() {
    let server = selling(Billing::Request).await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    server.key(&ada.member.team.to_string(), app::Mode::Live, Scopes::ALL).await;
    assert!(ada.open("/plan").await.has("1\u{a0}API key will be paused"));
    let page = ada.fill("/plan", "/plan/choose", &[("plan", "growth"), ("cycle", "month")]).await.expect(200);
    assert!(page.has("Changes to Growth, paid by the month, on") && page.has("Keep Agency"));
    let page = ada.fill("/plan", "/plan/choose", &[("plan", "agency"), ("cycle", "month")]).await.expect(200);
    assert!(page.has("Renews on") && !page.has("Keep Agency"));
    server.shut_down().await;
}

#[tokio::test]
async fn a_request_acts_when_the_operator_approves_and_once() {
    let server = selling(Billing::Request).await;
    let ada = owner(&server, "ada@example.com", "Northbank", "growth").await;
    let root = operator(&server).await;
    let page = ada.fill("/plan", "/plan/choose", &[("plan", "enterprise"), ("cycle", "month")]).await.expect(200);
    assert!(page.has("You asked for the plan Enterprise, by the month"));
    let page = ada.fill("/plan", "/plan/choose", &[("plan", "agency"), ("cycle", "month")]).await.expect(200);
    assert!(page.has("You asked for the plan Agency") && !page.has("the plan Enterprise"), "the last one counts");
    ada.fill("/plan", "/plan/pack", &[("pack", "small")]).await.expect(200);
    assert_eq!(server.app.team(&ada.member).await.unwrap().plan, "growth");

    let page = root.browser.open("/operator").await.expect(200);
    let html = page.html();
    let actions: Vec<String> = html
        .split("action=\"/operator/requests/")
        .skip(1)
        .map(|rest| format!("/operator/requests/{}", rest.split('"').next().unwrap()))
        .collect();
    assert_eq!(actions.len(), 2);
    let after = root.browser.submit(&page, &actions[0], &[("decision", "approve"), ("reason", "paid")]).await.expect(200);
    assert!(after.has("Approved: the plan Agency, by the month for Northbank."));
    root.browser.submit(&page, &actions[0], &[("decision", "approve")]).await.expect(422);
    root.browser.submit(&page, &actions[1], &[("decision", "decline"), ("reason", "not paid")]).await.expect(200);
    assert_eq!(server.app.team(&ada.member).await.unwrap().plan, "agency");
    assert!(!ada.open("/plan").await.has("You asked for"));
    assert!(ada.open("/audit?action=plan.").await.has("not paid"));
    server.shut_down().await;
}

#[tokio::test]
async fn a_higher_limit_is_asked_for_and_taken_back() {
    let server = selling(Billing::None).await;
    let ada = owner(&server, "ada@example.com", "Northbank", "agency").await;
    let root = operator(&server).await;
    ada.fill("/plan", "/plan/limit", &[("limit", "many"), ("note", "")]).await.expect(422);
    let page = ada.fill("/plan", "/plan/limit", &[("limit", "240"), ("note", "Spring <b>sale</b>")]).await.expect(200);
    assert!(page.has("You asked for 240\u{a0}calls a minute"));
    let page = root.browser.open("/operator").await.expect(200);
    assert!(page.has("240\u{a0}calls a minute") && page.has("Spring &#60;b&#62;sale"));
    ada.fill("/plan", "/plan/withdraw", &[]).await.expect(200);
    assert!(root.browser.open("/operator").await.has("No team asks for anything."));
    server.shut_down().await;
}

#[tokio::test]
async fn an_operator_changes_a_team_with_a_reason_and_nobody_else_sees_the_page() {
    let server = selling(Billing::None).await;
    let ada = owner(&server, "ada@example.com", "Northbank", "growth").await;
    let root = operator(&server).await;
    ada.browser.open("/operator").await.expect(404);
    let page = root.browser.open("/operator").await.expect(200);
    let action = format!("/operator/teams/{}", ada.member.slug);
    let pairs = [("plan", "agency"), ("rate_limit", "x"), ("credits", "0"), ("reason", "")];
    let refused = root.browser.submit(&page, &action, &pairs).await.expect(422);
    assert!(refused.has("3 things to mend"));
    let own = ada.open("/plan").await;
    assert_eq!(ada.browser.send(&own, &action, &[("plan", "agency"), ("reason", "me")]).await.answer.status, 404);
    let before = server.app.team_credits(&ada.member).await.unwrap().remaining();
    let pairs = [("plan", "agency"), ("rate_limit", "120"), ("credits", "-10"), ("reason", "a trial")];
    root.browser.submit(&page, &action, &pairs).await.expect(200);
    let team = server.app.team(&ada.member).await.unwrap();
    assert_eq!((team.plan.as_str(), team.rate_limit), ("agency", Some(120)));
    assert_eq!(server.app.team_credits(&ada.member).await.unwrap().remaining(), before - 10 + 4000);
    assert!(ada.open("/audit").await.has("a trial"));
    server.shut_down().await;
}

#[tokio::test]
async fn members_see_the_plan_and_change_nothing() {
    let server = selling(Billing::None).await;
    let ada = owner(&server, "ada@example.com", "Northbank", "growth").await;
    let bo = joined(&server, &ada, "bo@example.com", Role::Member).await;
    let eve = owner(&server, "eve@example.com", "Elsewhere", "growth").await;
    let page = bo.open("/plan").await.expect(200);
    assert!(page.has("Ask an owner or admin") && !page.has("/plan/choose"));
    let choose = [("plan", "agency"), ("cycle", "month")];
    for (path, pairs) in [("/plan/choose", choose.as_slice()), ("/plan/pack", &[("pack", "small")]), ("/plan/limit", &[("limit", "99")])] {
        assert_eq!(bo.browser.send(&page, &bo.path(path), pairs).await.answer.status, 403, "{path}");
        let form = eve.open("/plan").await;
        assert_eq!(eve.browser.send(&form, &ada.path(path), pairs).await.answer.status, 404, "{path}");
    }
    assert_eq!(server.app.team(&ada.member).await.unwrap().plan, "growth");
    server.shut_down().await;
}

#[tokio::test]
async fn a_year_is_paid_at_once_keeps_its_plan_and_goes_back_to_months_at_its_end() {
    let (server, clock) = super::still().await;
    let ada = owner(&server, "ada@example.com", "Northbank", "growth").await;
    let page = ada.open("/plan?by=year").await.expect(200);
    assert!(page.has("$490<") && page.has("Save $98 a year") && page.has("Pay by the year"), "{}", page.html());
    let choose = async |plan: &str, cycle: &str| ada.fill("/plan", "/plan/choose", &[("plan", plan), ("cycle", cycle)]).await;
    let page = choose("growth", "year").await.expect(200);
    let words = "Paid by the year. Renews on 1\u{a0}Mar\u{a0}2027. Credits renew each month, next on 1\u{a0}Apr\u{a0}2026.";
    assert!(page.has(words), "{}", page.html());
    choose("growth", "decade").await.expect(400);
    let page = choose("essentials", "month").await.expect(200);
    assert!(page.has("Changes to Essentials, paid by the month, on 1\u{a0}Mar\u{a0}2027."), "{}", page.html());
    assert!(page.has("200\u{a0}credits a month, now 1,000"));
    let days = |count: u64| std::time::Duration::from_secs(count * 86_400);
    let credits = async || server.app.team_credits(&ada.member).await.unwrap();
    clock.advance(days(200));
    assert_eq!((server.app.team(&ada.member).await.unwrap().plan.as_str(), credits().await.included), ("growth", 1_000));
    clock.advance(days(170));
    let team = server.app.team(&ada.member).await.unwrap();
    assert_eq!((team.plan.as_str(), team.cycle, credits().await.included), ("essentials", domain::Cycle::Month, 200));
    server.shut_down().await;
}
