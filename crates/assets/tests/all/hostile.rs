//! A corpus of files made to hurt: each is refused, failed or drawn within the limits, and the parent never notices.

use std::time::{Duration, Instant};

use assets::{Digest, Need, Sandbox};
use render::PictureError;

use crate::{
    corpus::{self, Fate, Hostile},
    support::{self, decode, noise, png, resident, sandbox},
};

const NEED: Need = Need { width: 400, height: 400, contain: false };
/// Kill, restart, and a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(6);

async fn fate(sandbox: &Sandbox, bytes: &[u8]) -> Fate {
    fate_and_growth(sandbox, bytes).await.0
}

/// And how many MB this process grew by, the picture included.
async fn fate_and_growth(sandbox: &Sandbox, bytes: &[u8]) -> (Fate, u64) {
    let before = resident();
    let outcome = decode(sandbox, bytes, NEED).await;
    let grown = resident().saturating_sub(before);
    let fate = match outcome {
        Ok(_) => Fate::Drawn,
        Err(PictureError::TooLarge) => Fate::TooLarge,
        Err(_) => Fate::Failed,
    };
    (fate, grown)
}

#[tokio::test]
async fn every_crafted_file_meets_its_fate_within_the_limits() {
    let sandbox = sandbox(2);
    let mut wrong = Vec::new();
    for Hostile { name, bytes, fate: wanted } in corpus::crafted() {
        let start = Instant::now();
        let (met, grown) = fate_and_growth(&sandbox, &bytes).await;
        let took = start.elapsed();
        if took > PATIENCE || grown > 32 || (wanted != Fate::Bounded && met != wanted) {
            wrong.push(format!("{name}: {met:?} where {wanted:?}, {took:?}, +{grown} MB"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // The children still work.
    assert!(decode(&sandbox, &png(9, 9, noise), NEED).await.is_ok());
}

#[tokio::test]
async fn cut_and_flipped_files_never_reach_the_parent() {
    let sandbox = sandbox(2);
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    for (kind, good) in corpus::seeds() {
        assert_eq!(fate(&sandbox, &good).await, Fate::Drawn, "{kind}");
        for round in 0..100 {
            let mut bytes = good.clone();
            match round % 3 {
                0 => bytes.truncate(random(good.len())),
                1 => (0..1 + random(8)).for_each(|_| bytes[random(good.len())] ^= 1 << random(8)),
                _ => (0..4).for_each(|_| bytes[random(good.len())] = 0xff),
            }
            let start = Instant::now();
            fate(&sandbox, &bytes).await;
            assert!(start.elapsed() < PATIENCE, "{kind} {round}");
        }
        assert_eq!(fate(&sandbox, &good).await, Fate::Drawn, "{kind}");
    }
}

#[tokio::test]
async fn what_killed_two_children_is_refused_unseen() {
    for Hostile { name, bytes, .. } in corpus::killers() {
        let sandbox = sandbox(1);
        for kill in 1..=2 {
            let start = Instant::now();
            assert_eq!(fate(&sandbox, &bytes).await, Fate::Failed, "{name}");
            assert!(start.elapsed() < PATIENCE, "{name}: {:?}", start.elapsed());
            assert_eq!(sandbox.counts().1, kill, "{name}");
        }
        let start = Instant::now();
        assert_eq!(fate(&sandbox, &bytes).await, Fate::Failed, "{name}");
        assert!(start.elapsed() < Duration::from_millis(200), "{name} was looked at again");
        assert_eq!(sandbox.counts().1, 2, "{name}");
        assert!(decode(&sandbox, &png(9, 9, noise), NEED).await.is_ok(), "{name}: the next child works");
    }
}

#[tokio::test]
async fn others_are_served_while_a_bomb_burns() {
    let sandbox = sandbox(2);
    let bomb = corpus::killers().swap_remove(0).bytes;
    let burning = tokio::spawn({
        let sandbox = sandbox.clone();
        async move { fate(&sandbox, &bomb).await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    for size in 1..=50 {
        let start = Instant::now();
        let file = png(size, 20, noise);
        let outcome = sandbox.decode(file.clone().into(), Digest::of(&file), NEED, u64::from(size), support::soon()).await;
        assert!(outcome.is_ok());
        assert!(start.elapsed() < Duration::from_secs(1), "{size}: {:?}", start.elapsed());
    }
    assert!(!burning.is_finished(), "the bomb burned out before the others were served");
    assert_eq!(burning.await.expect("no panic"), Fate::Failed);
}
