//! The crate from outside: real child processes, a real server on this machine, and files made to hurt.

mod blobs;
mod corpus;
mod fetch;
mod hostile;
mod prepare;
mod sandbox;
mod server;
mod support;
