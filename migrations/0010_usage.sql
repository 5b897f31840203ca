-- How many pictures of a generation were finished and how many failed, since it ended. Null before that, and where a
-- process of an earlier version ended it.
alter table generations add column completed bigint;
alter table generations add column failed bigint;
update generations set
    completed = (select count(*) from images i where i.generation_id = generations.id and i.status = 'completed'),
    failed = (select count(*) from images i where i.generation_id = generations.id and i.status = 'failed')
where completed_at is not null;
-- All that the figures of a team's use are made of.
create index generations_used on generations
    (team_id, created_at, charged, completed, failed, template_group_id, key_id, user_id, id);
