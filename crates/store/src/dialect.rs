//! The few texts that SQLite has for itself.

/// The first SQLite whose WAL mode can't lose pages between two connections.
pub(crate) const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// Takes the write lock at once: a transaction that reads first and writes later could fail in the middle.
pub(crate) const BEGIN_WRITE: &str = "begin immediate";

/// The same, with the savepoint of the first operation; then what stands between two, and after the last.
pub(crate) const BEGIN_OPERATION: &str = "begin immediate; savepoint operation";
pub(crate) const NEXT_OPERATION: &str = "release operation; savepoint operation";
pub(crate) const END_WRITE: &str = "release operation; commit";

pub(crate) const VERSION: &str = "select sqlite_version()";

pub(crate) const COPY_TO: &str = "vacuum into $1";

/// The extended result codes of a failed fsync: of a file, of a folder.
pub(crate) const FSYNC_FAILED: [&str; 2] = ["1034", "1290"];

/// Primary result codes that mean "not now": busy, locked, read-only, I/O error, full, can't open.
pub(crate) const UNAVAILABLE: [u32; 6] = [5, 6, 8, 10, 13, 14];
