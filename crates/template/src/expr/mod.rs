//! The small languages inside a document's strings, compiled when the document is read.

pub(crate) mod color;
pub(crate) mod condition;
pub(crate) mod length;
mod lex;
pub(crate) mod names;
pub(crate) mod rich;
#[cfg(test)]
mod tests;
pub(crate) mod text;

pub(crate) use color::ColorExpr;
pub(crate) use condition::Condition;
pub(crate) use length::Len;
pub(crate) use names::{Names, Ref};
pub(crate) use text::TextExpr;
