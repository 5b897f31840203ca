-- What teams ask their operator for; one open request of each kind.
create table requests (
    id text not null primary key,
    team_id text not null references teams (id),
    -- No reference: what somebody asked for stays when they go.
    user_name text not null,
    kind text not null check (kind in ('plan', 'pack', 'rate_limit')),
    -- A plan's slug; empty for the other kinds.
    plan text not null,
    -- Credits of a pack, or calls a minute.
    amount bigint not null check (amount >= 0),
    note text not null,
    state text not null check (state in ('open', 'approved', 'declined', 'withdrawn')),
    decided_by text,
    reason text,
    created_at bigint not null,
    decided_at bigint
);
create unique index requests_one_open on requests (team_id, kind) where state = 'open';
create index requests_open on requests (created_at, id) where state = 'open';
