-- By which door a generation came in, and whose it is where no key asked for it.
alter table generations add column source text not null default 'api' check (source in ('api', 'app', 'bulk'));
-- No reference: what a person made stays the team's when the person is gone.
alter table generations add column user_id text;
alter table generations add column request_id text;
-- `external_id` in lower case, for the history's search.
alter table generations add column external_search text;

create index generations_of_team on generations (team_id, created_at, id);
create index generations_by_status on generations (team_id, status, created_at, id);
create index generations_by_group on generations (team_id, template_group_id, created_at, id);
create index generations_by_external_text on generations (team_id, external_search, created_at, id) where external_search is not null;

-- The name that the file had, and the same in lower case for searching.
alter table assets add column name text not null default '';
alter table assets add column name_search text not null default '';
create index assets_newest on assets (team_id, created_at, id);
