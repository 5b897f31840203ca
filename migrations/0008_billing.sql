-- Notices about used credits, plans by the year, and what a payment provider told.

-- The greatest share of the period's credits that was told of, in per cent; 0 where none was.
alter table credits add column noticed bigint not null default 0;

-- How long a payment lasts, now and from the renewal on where that changes.
alter table teams add column cycle text not null default 'month' check (cycle in ('month', 'year'));
alter table teams add column next_cycle text check (next_cycle in ('month', 'year'));
-- The end of a paid year; null where the plan renews with each period of its credits.
alter table teams add column paid_until bigint;
-- The provider's subscription that the plan is paid by.
alter table teams add column subscription text;
create unique index teams_by_subscription on teams (subscription) where subscription is not null;

alter table requests add column cycle text not null default 'month' check (cycle in ('month', 'year'));

-- Events of a payment provider that were acted on: each once, however often it is told.
create table payments (
    event_id text not null primary key,
    team_id text references teams (id),
    kind text not null,
    created_at bigint not null
);
