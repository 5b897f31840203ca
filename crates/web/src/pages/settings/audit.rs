//! `/t/{team}/settings/audit`: who did what, when and from where.

use app::people::{EventView, HistoryPage, MemberView};
use app::{Query, Timestamp};
use askama::Template;
use axum::Router;
use axum::extract::{Query as Pairs, State};
use axum::response::Response;
use axum::routing::get;

use super::when;
use crate::Web;
use crate::csv::Csv;
use crate::error::PageError;
use crate::field::{Choice, Field};
use crate::page::{Page, Safe, show};
use crate::text;
use crate::who::InTeam;

/// Entries of one download.
const MOST: usize = 10_000;

/// What the filter offers: the value, and its name.
const KINDS: [(&str, &str); 9] = [
    ("", "Everything"),
    ("key.", "API keys"),
    ("member.", "Members"),
    ("team.", "Team"),
    ("plan.", "Plan"),
    ("kit.", "Brand kits"),
    ("template.", "Templates"),
    ("font.", "Fonts"),
    ("bulk.", "Bulk"),
];

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/t/{team}/settings/audit", get(list)).route("/t/{team}/settings/audit.csv", get(file))
}

#[derive(Template)]
#[template(path = "settings/audit.html")]
struct Audit {
    page: Page,
    path: String,
    /// The same filter as a file.
    csv: String,
    action: Field,
    user: Field,
    is_filtered: bool,
    rows: Vec<Row>,
    newer: String,
    older: String,
}

struct Row {
    at: Safe,
    who: String,
    what: String,
    subject: String,
    detail: String,
    address: String,
}

type Asked = Pairs<Vec<(String, String)>>;

async fn list(who: InTeam, State(web): State<Web>, Pairs(asked): Asked) -> Result<Response, PageError> {
    let page = web.app().history(&who.member, &query(&asked, None)).await?;
    let members = web.app().members(&who.member).await?;
    show(&Audit::new(who.page("Audit log", "audit"), who.path("/settings/audit"), &asked, &members, page, web.app().now()))
}

async fn file(who: InTeam, State(web): State<Web>, Pairs(asked): Asked) -> Result<Response, PageError> {
    let mut csv = Csv::new(&["time", "who", "action", "subject", "detail", "address"]);
    let (mut cursor, mut count) = (None, 0);
    loop {
        let page = web.app().history(&who.member, &query(&asked, Some(cursor.as_deref().unwrap_or_default()))).await?;
        for event in &page.events {
            csv.row(&[&event.at.to_string(), &event.user_name, &event.action, &event.subject, &event.detail, &event.address]);
        }
        count += page.events.len();
        cursor = page.next;
        if cursor.is_none() || count >= MOST {
            return Ok(csv.answer("audit-log.csv"));
        }
    }
}

/// What was asked; `cursor` in place of the address's own, with full pages.
fn query(asked: &[(String, String)], cursor: Option<&str>) -> Query {
    let keep = |name: &str| ["action", "user"].contains(&name) || (cursor.is_none() && name == "cursor");
    let mut pairs: Vec<(String, String)> = asked.iter().filter(|(name, _)| keep(name)).cloned().collect();
    pairs.push(("limit".to_owned(), if cursor.is_some() { "100" } else { "50" }.to_owned()));
    pairs.extend(cursor.map(|cursor| ("cursor".to_owned(), cursor.to_owned())));
    Query(pairs)
}

fn last<'a>(asked: &'a [(String, String)], name: &str) -> &'a str {
    asked.iter().rev().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
}

/// What a word of the log means.
fn words(action: &str) -> String {
    let known = match action {
        "key.created" => "Created an API key",
        "key.renamed" => "Renamed an API key",
        "key.revoked" => "Revoked an API key",
        "key.rotated" => "Rotated an API key",
        "member.invited" => "Invited somebody",
        "member.invited_again" => "Sent an invitation again",
        "member.invitation_revoked" => "Took an invitation back",
        "member.joined" => "Joined the team",
        "member.left" => "Left the team",
        "member.removed" => "Removed a member",
        "member.role_changed" => "Changed a role",
        "team.created" => "Created the team",
        "team.changed" => "Changed the team's settings",
        "team.exported" => "Exported the team",
        "plan.changed" => "Chose a plan",
        "plan.pack_added" => "Added a credit pack",
        "plan.requested" => "Asked the operator",
        "plan.request_withdrawn" => "Took a request back",
        "plan.request_approved" => "Approved a request",
        "plan.request_declined" => "Declined a request",
        "plan.credits_adjusted" => "Adjusted the credits",
        "plan.set" => "Set the plan",
        "plan.rate_limit_set" => "Set the calls a minute",
        "team.handed_over" => "Handed the team over",
        "kit.created" => "Created a brand kit",
        "kit.changed" => "Changed a brand kit",
        "kit.default" => "Made a brand kit the default",
        "kit.deleted" => "Deleted a brand kit",
        "kit.restored" => "Took a brand kit back",
        "font.added" => "Added a font",
        "font.removed" => "Removed a font",
        "template.created" => "Created a template",
        "template.published" => "Published a template",
        "template.deleted" => "Deleted a template",
        "template.restored" => "Took a template back",
        "bulk.started" => "Started a bulk run",
        "bulk.deleted" => "Deleted a bulk run",
        other => return other.replace(['.', '_'], " "),
    };
    known.to_owned()
}

impl Audit {
    fn new(page: Page, path: String, asked: &[(String, String)], members: &[MemberView], log: HistoryPage, now: Timestamp) -> Self {
        let (action, user, cursor) = (last(asked, "action"), last(asked, "user"), last(asked, "cursor"));
        let address = |base: String, cursor: &str| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            let pairs = [("action", action), ("user", user), ("cursor", cursor)];
            query.extend_pairs(pairs.into_iter().filter(|(_, value)| !value.is_empty()));
            let query = query.finish();
            if query.is_empty() { base } else { format!("{base}?{query}") }
        };
        let kinds = KINDS.iter().map(|(value, name)| Choice::new(value, name)).collect();
        let mut people = vec![Choice::new("", "Everybody")];
        people.extend(members.iter().map(|member| Choice::new(&member.user.to_string(), &member.name)));
        Self {
            csv: address(format!("{path}.csv"), ""),
            newer: if cursor.is_empty() { String::new() } else { address(path.clone(), "") },
            older: log.next.map_or_else(String::new, |next| address(path.clone(), &next)),
            action: Field::select("action", "What", kinds).value(action).required(),
            user: Field::select("user", "Who", people).value(user).required(),
            is_filtered: !action.is_empty() || !user.is_empty(),
            rows: log.events.into_iter().map(|event| Row::new(event, now)).collect(),
            page,
            path,
        }
    }

    fn count(&self) -> String {
        text::number(i64::try_from(self.rows.len()).unwrap_or(i64::MAX)) + if self.rows.len() == 1 { " entry" } else { " entries" }
    }
}

impl Row {
    fn new(event: EventView, now: Timestamp) -> Self {
        Self {
            at: when(event.at, now),
            who: event.user_name,
            what: words(&event.action),
            subject: event.subject,
            detail: event.detail,
            address: event.address,
        }
    }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let now = super::sample_now();
    let audit = |asked: &[(&str, &str)], count: usize| {
        let event = EventView {
            id: "aud_1".to_owned(),
            user: None,
            user_name: "Ada <Bell>".to_owned(),
            action: "key.created".to_owned(),
            subject: "Storefront".to_owned(),
            detail: "rp_live_7Kq2…x9Fd".to_owned(),
            address: "192.0.2.7".to_owned(),
            at: now,
        };
        let log = HistoryPage { events: vec![event; count], next: (count > 1).then(|| "c".to_owned()) };
        let asked: Vec<(String, String)> = asked.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let page = Page::team_sample("Audit log", "audit");
        Audit::new(page, "/t/northbank/settings/audit".to_owned(), &asked, &[], log, now).render()
    };
    vec![("audit log", audit(&[], 2)), ("audit log, nothing found", audit(&[("action", "key.")], 0)), ("audit log, empty", audit(&[], 0))]
}
