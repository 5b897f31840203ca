-- People, their teams, and what they get in with. Secrets are kept as digests; mails are made when they are sent.

alter table teams add column locale text not null default 'en';
alter table teams add column time_zone text not null default 'UTC';
-- Every change of a team's members begins with this number: it is the limit's decision, and a lock on the row.
alter table teams add column members bigint not null default 0 check (members >= 0);
-- Deleted for good. The books stay; everything else is removed bit by bit.
alter table teams add column deleted_at bigint;
alter table teams add column purged_at bigint;

create table users (
    id text not null primary key,
    email text not null,
    -- The address in lower case.
    email_key text not null unique,
    email_confirmed_at bigint,
    name text not null,
    -- PHC string of argon2id; null where none was chosen yet.
    password text,
    operator boolean not null,
    created_at bigint not null,
    seen_at bigint
);

create table sessions (
    digest text not null primary key,
    id text not null unique,
    user_id text not null references users (id),
    created_at bigint not null,
    seen_at bigint not null,
    -- When the password was last given.
    password_at bigint,
    device text not null,
    address text not null
);
create index sessions_by_user on sessions (user_id, seen_at);

create table memberships (
    team_id text not null references teams (id),
    user_id text not null references users (id),
    role text not null check (role in ('viewer', 'member', 'admin', 'owner')),
    created_at bigint not null,
    primary key (team_id, user_id)
);
create index memberships_by_user on memberships (user_id);

create table invitations (
    id text not null primary key,
    team_id text not null references teams (id),
    email text not null,
    email_key text not null,
    role text not null check (role in ('viewer', 'member', 'admin', 'owner')),
    -- Null: the operator.
    invited_by text references users (id),
    created_at bigint not null,
    expires_at bigint not null,
    unique (team_id, email_key)
);

-- One-time links; a used one is gone.
create table links (
    digest text not null primary key,
    purpose text not null check (purpose in ('confirm', 'reset', 'sign_in', 'invite')),
    user_id text references users (id),
    invite_id text references invitations (id),
    -- The address that a `confirm` link proves.
    email text,
    created_at bigint not null,
    expires_at bigint not null
);
create index links_by_user on links (user_id) where user_id is not null;
create index links_by_invite on links (invite_id) where invite_id is not null;

-- Windows of 15 minutes, by what is counted.
create table tries (
    scope text not null primary key,
    started_at bigint not null,
    used bigint not null
);

create table audit_log (
    id text not null primary key,
    team_id text references teams (id),
    -- No reference: what somebody did stays when they go.
    user_id text,
    user_name text not null,
    action text not null,
    subject text not null,
    detail text not null,
    address text not null,
    created_at bigint not null
);
create index audit_log_by_team on audit_log (team_id, created_at, id);

-- What is to be mailed. No secret stands here: a link is made when its mail goes out.
create table mails (
    id text not null primary key,
    recipient text not null,
    message text not null,
    attempts bigint not null,
    due_at bigint not null,
    created_at bigint not null
);
create index mails_due on mails (due_at);
