//! The real pages on a real service, seen by a browser without script.

mod bulk;
mod docs;
mod enter;
mod front;
mod kits;
mod people;
mod pipeline;
mod settings;
mod studio;
mod support;
mod templates;
