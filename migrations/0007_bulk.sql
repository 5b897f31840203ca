-- Bulk runs: a sheet whose rows become one generation each.
create table bulk_runs (
    id text not null primary key,
    team_id text not null references teams (id),
    -- No reference: a run stays the team's when the person is gone.
    user_id text not null,
    user_name text not null,
    -- The file's name, or what stands for it.
    name text not null,
    state text not null check (state in ('draft', 'running', 'paused', 'out_of_credits', 'done')),
    template_group_id text not null,
    template_version bigint not null,
    template_name text not null,
    -- JSON: the sheet's headings.
    columns text not null,
    -- JSON: how columns become fields, and the look, sizes and format.
    setup text not null,
    -- It stops before the rows after this one; null: at its end.
    until_row bigint,
    -- Counts up with each claim: who held the run before can accept no more rows.
    attempt bigint not null,
    lease_owner text,
    lease_until bigint,
    created_at bigint not null,
    started_at bigint,
    ended_at bigint
);
create index bulk_runs_newest on bulk_runs (team_id, created_at, id);
create index bulk_runs_running on bulk_runs (started_at, id) where state = 'running';

create table bulk_rows (
    run_id text not null references bulk_runs (id),
    -- As spreadsheets count: the headings are row 1.
    number bigint not null,
    -- JSON: a text for each column.
    cells text not null,
    state text not null check (state in ('waiting', 'made', 'rejected', 'refused')),
    -- Set in the transaction that accepts the generation: a row can't have two.
    generation_id text,
    -- Why it was rejected or refused.
    problem text not null,
    primary key (run_id, number)
);
-- Holds all that counting and finding the next row look at.
create index bulk_rows_by_state on bulk_rows (run_id, state, number);
