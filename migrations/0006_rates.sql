-- The windows of rate limits that several processes share. Nothing here is worth a log: after a crash they start anew.
create table rates (
    bucket text not null primary key,
    started bigint not null,
    used bigint not null,
    -- Whether the last request was let through: the decision, for the statement that made it.
    allowed boolean not null
);
create index rates_to_forget on rates (started);
