//! The use cases over real parts: SQLite in a temporary folder, blobs, the engine with its fonts.

mod accounts;
mod calls;
mod corners;
mod editing;
mod gate;
mod house;
mod library;
mod lifecycle;
mod people;
mod studio;
