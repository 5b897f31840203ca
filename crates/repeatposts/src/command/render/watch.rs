//! `render --watch`: draws again whenever a file that it was drawn from is saved.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use super::{once, subject};
use crate::{
    cli,
    command::{Context, Failure, easel::Easel},
    output,
};

/// Between two looks at the files. Polled, because editors replace files and network folders tell nothing.
const LOOK: Duration = Duration::from_millis(200);

/// Runs until the process is told to end.
pub async fn run(context: &Context, command: &cli::Render) -> Result<(), Failure> {
    let easel = Easel::open(context)?;
    loop {
        // Looked at before drawing, so that a save meanwhile is not missed.
        let seen = stamps(command);
        if let Err(failure) = draw(context, &easel, command).await {
            output::complain(&failure.message);
        }
        output::complain("watching for changes; end with Ctrl-C");
        while stamps(command) == seen {
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                ended = tokio::signal::ctrl_c() => return Ok(ended?),
            }
        }
    }
}

async fn draw(context: &Context, easel: &Arc<Easel>, command: &cli::Render) -> Result<(), Failure> {
    let subject = subject(command)?;
    once(context, easel, command, &subject).await
}

/// When each file was last written; `None` for one that is not there, as between the two steps of a save.
fn stamps(command: &cli::Render) -> Vec<Option<(SystemTime, u64)>> {
    let data = command.data.as_deref().and_then(|data| data.strip_prefix('@')).map(PathBuf::from);
    let files = [Some(command.group_file.clone()), data, command.brand_kit.clone(), command.csv.clone()];
    files.into_iter().flatten().map(|file| stamp(&file)).collect()
}

fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let facts = std::fs::metadata(file).ok()?;
    Some((facts.modified().ok()?, facts.len()))
}
