//! The store from outside, on a fresh database for each test.

mod audit;
mod bulk;
mod carry;
mod concurrency;
mod contract;
mod crash;
mod credits;
mod ledger;
mod library;
mod nodes;
mod notices;
mod people;
mod requests;
mod server;
mod support;
mod usage;
