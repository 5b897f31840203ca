-- Times that a process gave the job back unharmed because it ended. The attempt goes up with each claim and guards
-- the job's end; only those that were not handed back tell that its work may be what fails.
alter table jobs add column handed_back bigint not null default 0;
