//! The contract, sentence by sentence, through real HTTP against the whole service in one process.

mod assets;
mod brandkits;
mod caching;
mod credits;
mod dry_run;
mod errors;
mod gate;
mod generate;
mod generations;
mod hostile;
mod idempotency;
mod openapi;
mod pictures;
mod probes;
mod rates;
mod storage;
mod storage_faults;
mod support;
mod templates;
mod validation;
