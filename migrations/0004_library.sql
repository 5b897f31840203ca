-- What a team keeps and edits for itself: kits and groups that can be taken back for a while, and drafts of documents.

alter table brand_kits add column deleted_at bigint;
alter table template_groups add column deleted_at bigint;

-- At most one for each group; what integrators see stays the published version.
create table template_drafts (
    group_id text not null primary key references template_groups (id),
    -- The version that it was begun from.
    base bigint not null,
    document text not null,
    saved_at bigint not null
);

-- Fonts that a team uploaded, as the sandbox wrote them; a kit's version pins the ones that it draws with.
create table fonts (
    id text not null primary key,
    team_id text not null references teams (id),
    sha256 text not null,
    family text not null,
    weight bigint not null,
    -- Of a variable font: the weights that it reaches.
    min_weight bigint,
    max_weight bigint,
    italic boolean not null,
    bytes bigint not null,
    created_at bigint not null,
    deleted_at bigint,
    unique (team_id, sha256)
);
