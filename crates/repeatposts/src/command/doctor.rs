//! `doctor`: what is wrong with the machine, the settings or the data folder, and what to do.

use std::{net::TcpListener, time::Instant};

use assets::{
    blob::Health,
    sandbox::{Sandbox, Worker},
};
use render::{
    Format,
    codec::{self, Buffers, Pixels},
};
use serde::Serialize;

use super::{
    Context, Failure,
    clock::{self, Clock},
    node,
};

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    verdict: Verdict,
    detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Good,
    /// Works, but not as well as it could.
    Note,
    Bad,
}

/// A JPEG of a megapixel takes 3 ms with SIMD and 15 without; slower machines exist, so the line is drawn wide.
const SLOW_JPEG_MS: f64 = 30.0;

pub async fn run(context: &Context) -> Result<(), Failure> {
    let mut findings = vec![listen(context), data_folder(context), secret_key(context)];
    findings.extend(database(context).await);
    findings.push(blobs(context).await);
    findings.extend(fonts());
    findings.push(sandbox());
    findings.push(encoder());
    findings.push(match node::allow_list(&context.settings) {
        Ok(list) if list.is_empty() => good("fetching", "public addresses only"),
        Ok(_) => note("fetching", format!("pictures may also come from {}", context.settings.fetch_allow.join(", "))),
        Err(failure) => bad("fetching", failure.message),
    });
    let broken = findings.iter().filter(|finding| finding.verdict == Verdict::Bad).count();
    context.output.result(&findings, || findings.iter().map(line).collect());
    if broken == 0 { Ok(()) } else { Err(Failure { message: format!("{broken} things need mending"), code: 1 }) }
}

fn line(finding: &Finding) -> String {
    let sign = match finding.verdict {
        Verdict::Good => "good",
        Verdict::Note => "note",
        Verdict::Bad => "BAD ",
    };
    format!("{sign}  {}: {}\n", finding.what, finding.detail)
}

fn good(what: &'static str, detail: impl Into<String>) -> Finding {
    Finding { what, verdict: Verdict::Good, detail: detail.into() }
}

fn note(what: &'static str, detail: impl Into<String>) -> Finding {
    Finding { what, verdict: Verdict::Note, detail: detail.into() }
}

fn bad(what: &'static str, detail: impl Into<String>) -> Finding {
    Finding { what, verdict: Verdict::Bad, detail: detail.into() }
}

fn listen(context: &Context) -> Finding {
    match TcpListener::bind(context.settings.listen) {
        Ok(_) => good("address", format!("{} is free", context.settings.listen)),
        Err(e) => note("address", format!("{}: {e}; another process, perhaps our own `serve`, has it", context.settings.listen)),
    }
}

fn data_folder(context: &Context) -> Finding {
    let folder = &context.settings.data_dir;
    let probe = folder.join("doctor.tmp");
    match std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&probe, b"probe")).and_then(|()| std::fs::remove_file(&probe)) {
        Ok(()) => good("data folder", format!("{} can be written", folder.display())),
        Err(e) => bad("data folder", format!("{}: {e}; name another with --data-dir, or mend its rights", folder.display())),
    }
}

fn secret_key(context: &Context) -> Finding {
    match context.pepper() {
        Ok(_) => good("secret", "readable, by us alone"),
        Err(failure) => bad("secret", failure.message),
    }
}

async fn database(context: &Context) -> Vec<Finding> {
    let store = match context.store(false).await {
        Ok(store) => store,
        Err(failure) => return vec![bad("database", failure.message)],
    };
    let (answer, clock) = (store.ping_write().await, clock::compare(&store).await);
    store.close().await;
    let mut findings = vec![match answer {
        Ok(()) => good("database", "answers and takes writes"),
        Err(e) => bad("database", e.to_string()),
    }];
    findings.extend(match clock {
        Ok(Clock::Alone) => None,
        Ok(Clock::Good(how)) => Some(good("clock", how)),
        Ok(Clock::Drifting(how)) => Some(note("clock", how)),
        Ok(Clock::Off(how)) => Some(bad("clock", how)),
        Err(e) => Some(bad("clock", e.to_string())),
    });
    findings
}

async fn blobs(context: &Context) -> Finding {
    match context.blobs() {
        Ok(blobs) => match blobs.check().await {
            Ok(Health { place, free: Some(free) }) => {
                good("pictures", format!("{place} can be written and read, {} MB are free", free >> 20))
            }
            Ok(Health { place, free: None }) => good("pictures", format!("{place} can be written, read, listed and cleared")),
            Err(e) => bad("pictures", e.to_string()),
        },
        Err(failure) => bad("pictures", failure.message),
    }
}

fn fonts() -> Vec<Finding> {
    match assets::fonts::load() {
        Ok(loaded) if loaded.absent.is_empty() => vec![good("fonts", format!("{} families, nothing absent", loaded.families.len()))],
        Ok(loaded) => loaded.absent.iter().map(|absent| note("fonts", absent.to_string())).collect(),
        Err(e) => vec![bad("fonts", e.to_string())],
    }
}

fn sandbox() -> Finding {
    match Worker::this_binary().and_then(|worker| Sandbox::start(1, &worker)) {
        Ok(sandbox) if sandbox.confinement().is_full() => good("sandbox", "every part is in force"),
        Ok(sandbox) => note("sandbox", format!("this kernel lacks parts: {:?}", sandbox.confinement())),
        Err(e) => bad("sandbox", format!("a decoding process does not start: {e}")),
    }
}

/// A build without SIMD works and is slow; only a measurement shows it.
fn encoder() -> Finding {
    const EDGE: u32 = 1024;
    let rgba: Vec<u8> = (0..EDGE * EDGE).flat_map(|i| [(i % 251) as u8, (i / EDGE % 256) as u8, (i % 83) as u8, 255]).collect();
    let pixels = Pixels { width: EDGE, height: EDGE, opaque: true, rgba: &rgba };
    let mut buffers = Buffers::default();
    let mut best = f64::MAX;
    for _ in 0..5 {
        let begun = Instant::now();
        if let Err(e) = codec::encode(&mut buffers, pixels, Format::Jpeg, 90) {
            return bad("encoder", e.to_string());
        }
        best = best.min(begun.elapsed().as_secs_f64() * 1e3);
    }
    let detail = format!("a JPEG of one megapixel in {best:.1} ms");
    if best > SLOW_JPEG_MS {
        note("encoder", format!("{detail}: a slow machine, or a build without nasm"))
    } else {
        good("encoder", detail)
    }
}
