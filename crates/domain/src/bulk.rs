//! Bulk runs: one sheet, one template, a generation for each row.

use crate::word::words;

words! {
    /// Where a run stands.
    BulkState ("bulk state") {
        /// The sheet is there; its columns are being matched.
        Draft = "draft",
        Running = "running",
        /// Somebody stopped it.
        Paused = "paused",
        /// The next row can't be paid.
        OutOfCredits = "out_of_credits",
        /// Every row was dealt with.
        Done = "done",
    }
}

impl BulkState {
    /// Stopped with rows left.
    pub fn can_go_on(self) -> bool {
        matches!(self, Self::Paused | Self::OutOfCredits)
    }
}

words! {
    /// What became of a row.
    BulkRowState ("bulk row state") {
        Waiting = "waiting",
        /// It has its generation, which says the rest.
        Made = "made",
        /// The check before the start left it out.
        Rejected = "rejected",
        /// Its call was refused; nothing was charged.
        Refused = "refused",
    }
}
