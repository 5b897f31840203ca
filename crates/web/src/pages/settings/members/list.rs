//! `/t/{team}/settings/members`: the rows, the open invitations, and what each role may do.

use app::people::{Invite, MemberView, TeamView};
use app::{Right, Role, Timestamp};
use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::super::{day, role_name, when};
use super::MEMBERS;
use crate::Web;
use crate::error::PageError;
use crate::field::{Choice, Field};
use crate::form::Problems;
use crate::page::{Page, Safe, refuse, show};
use crate::text;
use crate::who::InTeam;

#[derive(Template)]
#[template(path = "settings/members.html")]
struct List {
    page: Page,
    members: String,
    /// `3 of 5 members`.
    places: String,
    may_change: bool,
    problems: Problems,
    rows: Vec<Row>,
    invites: Vec<Asked>,
    /// For an owner with somebody to hand over to.
    heir: Option<Field>,
    rights: Vec<Line>,
}

struct Row {
    id: String,
    name: String,
    email: String,
    initials: String,
    you: bool,
    role: &'static str,
    meaning: &'static str,
    /// The roles to choose from, where this visitor may change it: value, name, chosen.
    roles: Vec<(&'static str, &'static str, bool)>,
    active: Safe,
}

struct Asked {
    id: String,
    email: String,
    role: &'static str,
    sent: Safe,
    ends: Safe,
    expired: bool,
}

/// One right, and whether each role has it.
struct Line {
    words: String,
    roles: Vec<bool>,
}

/// The page with what went wrong on top.
pub(super) async fn with(who: &InTeam, web: &Web, problems: Problems) -> Result<Response, PageError> {
    let (app, member) = (web.app(), &who.member);
    let invites = if member.role.may(Right::Members) { app.invites(member).await? } else { Vec::new() };
    let bad = !problems.is_empty();
    let page = who.page("Members", "members");
    let (team, members) = (app.team(member).await?, app.members(member).await?);
    let list = List::new(page, who.path(MEMBERS), member.role, &team, members, invites, problems, app.now());
    if bad { refuse(&list) } else { show(&list) }
}

pub(super) async fn list(who: InTeam, State(web): State<Web>) -> Result<Response, PageError> {
    with(&who, &web, Problems::default()).await
}

/// The roles that somebody of `own` may give, as choices with their meaning.
pub(super) fn choices(own: Role) -> Vec<Choice> {
    let roles = Role::ALL.iter().copied().filter(|role| own.may_assign(*role));
    roles.map(|role| Choice::new(role.as_str(), role_name(role)).note(role.meaning())).collect()
}

impl List {
    #[expect(clippy::too_many_arguments, reason = "each is a different thing that the page shows")]
    fn new(
        page: Page,
        members: String,
        own: Role,
        team: &TeamView,
        rows: Vec<MemberView>,
        invites: Vec<Invite>,
        problems: Problems,
        now: Timestamp,
    ) -> Self {
        let others: Vec<Choice> = rows
            .iter()
            .filter(|row| !row.you)
            .map(|row| Choice::new(&row.user.to_string(), &format!("{} ({})", row.name, row.email)))
            .collect();
        let heir = (own.may(Right::HandOver) && !others.is_empty()).then(|| Field::select("user", "New owner", others).required());
        let places = match team.member_limit {
            Some(limit) => format!("{} of {}", text::number(team.members), text::count(limit, "member")),
            None => text::count(team.members, "member"),
        };
        let asked = |invite: Invite| Asked {
            id: invite.id.to_string(),
            email: invite.email,
            role: role_name(invite.role),
            sent: when(invite.created_at, now),
            ends: day(invite.expires_at),
            expired: invite.expired,
        };
        let line = |right: Right| Line { words: capital(right.words()), roles: Role::ALL.iter().map(|role| role.may(right)).collect() };
        Self {
            page,
            members,
            places,
            may_change: own.may(Right::Members),
            problems,
            rows: rows.into_iter().map(|row| Row::new(row, own, now)).collect(),
            invites: invites.into_iter().map(asked).collect(),
            heir,
            rights: Right::ALL.into_iter().map(line).collect(),
        }
    }

    fn role_names(&self) -> impl Iterator<Item = &'static str> {
        Role::ALL.iter().map(|role| role_name(*role))
    }
}

impl Row {
    fn new(row: MemberView, own: Role, now: Timestamp) -> Self {
        let may_change = own.may_assign(row.role) && !row.you;
        let roles = Role::ALL.iter().copied().filter(|role| may_change && own.may_assign(*role));
        Self {
            roles: roles.map(|role| (role.as_str(), role_name(role), role == row.role)).collect(),
            initials: text::initials(&row.name),
            id: row.user.to_string(),
            you: row.you,
            role: role_name(row.role),
            meaning: row.role.meaning(),
            active: row.seen_at.map_or_else(|| Safe("Not yet".to_owned()), |at| when(at, now)),
            name: row.name,
            email: row.email,
        }
    }
}

fn capital(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let now = super::super::sample_now();
    let list = |own: Role, problems: Problems| {
        let row = |name: &str, role, you: bool| MemberView {
            user: domain::UserId::new(),
            name: name.to_owned(),
            email: "somebody@northbank.example".to_owned(),
            role,
            joined_at: now,
            seen_at: you.then_some(now),
            you,
        };
        let rows = vec![row("Ada Bell", own, true), row("Bo <b>Berg</b>", Role::Member, false)];
        let invite = |expired| Invite {
            id: domain::InviteId::new(),
            email: "cy@northbank.example".to_owned(),
            role: Role::Viewer,
            created_at: now,
            expires_at: now,
            expired,
        };
        let team = super::super::sample_team("growth", None);
        let page = Page::team_sample("Members", "members");
        let members = "/t/northbank/settings/members".to_owned();
        List::new(page, members, own, &team, rows, vec![invite(false), invite(true)], problems, now).render()
    };
    vec![
        ("members, for an owner", list(Role::Owner, Problems::default())),
        ("members, for a viewer", list(Role::Viewer, Problems::default())),
        ("members, refused", list(Role::Admin, Problems::one("", "The team would be without an owner."))),
    ]
}
