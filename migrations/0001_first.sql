-- The subset that both engines read the same way: text, bigint, double precision, boolean; times in microseconds.

create table teams (
    id text not null primary key,
    slug text not null unique,
    name text not null,
    plan text not null,
    next_plan text,
    anchor bigint not null,
    rate_limit bigint check (rate_limit > 0),
    default_brand_kit text,
    created_at bigint not null
);

create table api_keys (
    id text not null primary key,
    team_id text not null references teams (id),
    mode text not null check (mode in ('live', 'test')),
    name text not null,
    digest text not null unique,
    hint text not null,
    scopes text not null,
    networks text not null,
    expires_at bigint,
    created_by text not null,
    created_at bigint not null,
    last_used_at bigint,
    revoked_at bigint,
    replaced_by text
);
create index api_keys_by_team on api_keys (team_id, created_at);

-- Ledger. A team's balances sum to zero; `issued` is the contra account and the only one below zero.
create table accounts (
    team_id text not null references teams (id),
    kind text not null check (kind in ('available', 'reserved', 'consumed', 'issued', 'expired')),
    balance bigint not null,
    primary key (team_id, kind),
    check (balance >= 0 or kind = 'issued')
);

create table transfers (
    id text not null primary key,
    team_id text not null references teams (id),
    kind text not null check (kind in ('grant', 'reserve', 'settle', 'release', 'refund', 'expire', 'adjust')),
    from_account text not null,
    to_account text not null,
    amount bigint not null check (amount > 0),
    generation_id text,
    image_id text,
    reason text,
    created_at bigint not null,
    check (from_account <> to_account)
);
create index transfers_by_team on transfers (team_id, created_at);
create index transfers_by_generation on transfers (generation_id);
-- One hold for each generation, and one end for each image: a second charge can't be written.
create unique index transfers_one_reserve on transfers (generation_id) where kind = 'reserve';
create unique index transfers_one_end on transfers (image_id) where kind in ('settle', 'release');

-- The figures of each team's current period; the accounts hold the truth, and the auditor compares the two.
create table credits (
    team_id text not null primary key references teams (id),
    period_start bigint not null,
    period_end bigint not null,
    unlimited boolean not null,
    included bigint not null check (included >= 0),
    purchased bigint not null check (purchased >= 0),
    adjusted bigint not null,
    used bigint not null check (used >= 0),
    reserved bigint not null check (reserved >= 0),
    -- Of the credits held by generations of earlier periods: how many were bought, and come back where they are released.
    held_over bigint not null check (held_over >= 0)
);

create table template_groups (
    id text not null primary key,
    -- A team's id, or `built-in`.
    owner text not null,
    slug text not null,
    name text not null,
    description text not null,
    -- JSON list, as written; and for filters, in lower case: |tag|tag|, and all words that a search looks at.
    tags text not null,
    tag_filter text not null,
    search_text text not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    unique (owner, slug)
);
create index template_groups_by_owner on template_groups (owner, created_at, id);

create table template_revisions (
    group_id text not null references template_groups (id),
    version bigint not null,
    document text not null,
    digest text not null,
    created_at bigint not null,
    primary key (group_id, version)
);

create table brand_kits (
    id text not null primary key,
    team_id text not null references teams (id),
    slug text not null,
    name text not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    unique (team_id, slug)
);
create index brand_kits_by_team on brand_kits (team_id, created_at, id);

create table brand_kit_revisions (
    kit_id text not null references brand_kits (id),
    version bigint not null,
    document text not null,
    digest text not null,
    created_at bigint not null,
    primary key (kit_id, version)
);

create table assets (
    id text not null primary key,
    team_id text not null references teams (id),
    sha256 text not null,
    format text not null,
    width bigint not null,
    height bigint not null,
    bytes bigint not null,
    blob_key text not null,
    created_at bigint not null,
    unique (team_id, sha256)
);

create table generations (
    id text not null primary key,
    team_id text not null references teams (id),
    mode text not null check (mode in ('live', 'test')),
    -- Null where a person asked for it in the web app.
    key_id text references api_keys (id),
    status text not null check (status in ('queued', 'processing', 'completed', 'partial', 'failed')),
    template_group_id text not null,
    template_version bigint not null,
    brand_kit_id text,
    brand_kit_version bigint,
    locale text not null,
    input_data text not null,
    external_id text,
    metadata text not null,
    work text not null,
    engine text not null,
    warnings text not null,
    error text,
    reserved bigint not null check (reserved >= 0),
    charged bigint not null check (charged >= 0),
    -- The start of the period whose credits it holds; null in test mode.
    period_start bigint,
    -- Its credits were given for it alone, on an unlimited plan; what it does not use expires.
    unlimited boolean not null,
    created_at bigint not null,
    completed_at bigint,
    expires_at bigint,
    expired_at bigint,
    deleted_at bigint
);
create index generations_newest on generations (team_id, mode, created_at, id);
create index generations_by_external_id on generations (team_id, mode, external_id, created_at, id) where external_id is not null;
create index generations_to_expire on generations (expires_at) where expires_at is not null and expired_at is null;

create table images (
    id text not null primary key,
    generation_id text not null references generations (id),
    position bigint not null,
    template_id text not null,
    key text not null,
    name text not null,
    status text not null check (status in ('queued', 'completed', 'failed')),
    width bigint not null,
    height bigint not null,
    alt_text text,
    render_ms double precision,
    warnings text not null,
    error_code text,
    error_message text,
    error_field text,
    unique (generation_id, position)
);

create table files (
    blob_key text not null primary key,
    generation_id text not null references generations (id),
    image_id text not null references images (id),
    position bigint not null,
    format text not null,
    bytes bigint,
    sha256 text,
    unique (image_id, format)
);
create index files_by_generation on files (generation_id);

create table idempotency_keys (
    team_id text not null references teams (id),
    mode text not null,
    key text not null,
    body_digest text not null,
    generation_id text not null,
    expires_at bigint not null,
    primary key (team_id, mode, key)
);
create index idempotency_keys_to_forget on idempotency_keys (expires_at);

-- Unfinished generations only: the row goes with the generation's end.
create table jobs (
    generation_id text not null primary key references generations (id),
    team_id text not null,
    attempt bigint not null,
    -- Null: queued, anyone may claim it.
    lease_owner text,
    lease_until bigint,
    created_at bigint not null
);
create index jobs_queued on jobs (created_at, generation_id) where lease_owner is null;
create index jobs_leased on jobs (lease_until) where lease_owner is not null;
create index jobs_by_team on jobs (team_id);

create table doomed_blobs (
    blob_key text not null primary key,
    created_at bigint not null
);
