//! Two stores on one database, as two processes have them: what one decides, the other knows.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::support::*;
use domain::rate::BucketKey;
use domain::{Mode, TeamId};
use store::{Accept, NewTemplateGroup, Store};

on_both_engines!(
    twins_on_two_nodes_are_one_generation,
    a_balance_is_spent_exactly_by_two_nodes,
    a_job_is_claimed_by_one_of_two_nodes,
    nodes_that_start_together_publish_one_version,
    teams_of_one_name_get_slugs_of_their_own,
    a_rate_limit_is_one_for_all_nodes,
    a_generation_that_is_finished_and_deleted_at_once_adds_up,
);

/// Runs `count` tasks, every other one on another node.
async fn on_both<T, F>(fresh: &Fresh, count: usize, task: impl Fn(Store, usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let other = fresh.place.open().await;
    let nodes = [fresh.store.clone(), other];
    let tasks: Vec<_> = (0..count).map(|index| tokio::spawn(task(nodes[index % 2].clone(), index))).collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

async fn twins_on_two_nodes_are_one_generation(fresh: Fresh) {
    let (team, key) = team(&fresh.store, "agency").await;
    for round in 0..10 {
        let outcomes = on_both(&fresh, 20, |store, _| {
            let call = with_key(call(team, key, 2), &format!("order-{round}"), "body");
            async move { (call.id, store.accept(call, start()).await.unwrap()) }
        })
        .await;
        let winners: Vec<_> =
            outcomes.iter().filter(|(_, outcome)| matches!(outcome, Accept::Accepted { .. })).map(|(id, _)| *id).collect();
        assert_eq!(winners.len(), 1, "{outcomes:?}");
        let replay = Accept::Replay { generation: winners[0], deleted: false };
        assert_eq!(outcomes.iter().filter(|(_, outcome)| *outcome == replay).count(), 19);
    }
    assert_eq!(remaining(&fresh.store, team, start()).await, 4980);
    clean(&fresh.store, start()).await;
}

async fn a_balance_is_spent_exactly_by_two_nodes(fresh: Fresh) {
    let (team, key) = team(&fresh.store, "tiny").await;
    fresh.store.grant_credits(team, 87, "pack", None, start()).await.unwrap();
    let spent = on_both(&fresh, 40, |store, _| async move {
        let mut spent = 0;
        // Of 3 images each, and the last credits one by one.
        for images in [3, 1] {
            loop {
                let call = call(team, key, images);
                match store.accept(call.clone(), start()).await.unwrap() {
                    Accept::Accepted { .. } => finished(&store, &call, &[], start()).await,
                    Accept::Insufficient { .. } => break,
                    other => panic!("{other:?}"),
                }
                spent += images;
            }
        }
        spent
    })
    .await;
    assert_eq!(spent.iter().sum::<usize>(), 97);
    assert_eq!(remaining(&fresh.store, team, start()).await, 0);
    clean(&fresh.store, start()).await;
}

async fn a_job_is_claimed_by_one_of_two_nodes(fresh: Fresh) {
    let (team, key) = team(&fresh.store, "agency").await;
    for _ in 0..60 {
        let mut queued = call(team, key, 1);
        queued.lease = None;
        accepted(&fresh.store, &queued, start()).await;
    }
    let claims = on_both(&fresh, 20, |store, index| async move {
        let mut claimed = Vec::new();
        while let Some(job) = store.claim_job(lease(&format!("w{index}"), start().plus(days(1))), start()).await.unwrap() {
            assert_eq!(job.attempt, 1);
            claimed.push(job.generation);
        }
        claimed
    })
    .await;
    let all: Vec<_> = claims.into_iter().flatten().collect();
    assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (60, 60), "each once");
}

async fn nodes_that_start_together_publish_one_version(fresh: Fresh) {
    for version in 1..=3_u32 {
        let published = on_both(&fresh, 12, |store, _| async move {
            let group = NewTemplateGroup {
                id: Some("tg_quote".parse().unwrap()),
                team: None,
                slug: "quote".into(),
                name: "Quote".into(),
                description: String::new(),
                tags: Vec::new(),
                document: format!("{{{version}}}"),
                digest: format!("digest {version}"),
            };
            store.publish_template_group(group, start()).await.unwrap()
        })
        .await;
        assert!(published.iter().all(|published| published.version == version), "{published:?}");
        assert_eq!(published.iter().filter(|published| published.changed).count(), 1);
    }
}

async fn teams_of_one_name_get_slugs_of_their_own(fresh: Fresh) {
    let slugs = on_both(&fresh, 12, |store, _| async move {
        let team = team(&store, "tiny").await.0;
        store.team(team, start()).await.unwrap().unwrap().slug
    })
    .await;
    assert_eq!(slugs.iter().collect::<BTreeSet<_>>().len(), 12, "{slugs:?}");
}

async fn a_generation_that_is_finished_and_deleted_at_once_adds_up(fresh: Fresh) {
    let (team, key) = team(&fresh.store, "agency").await;
    for _ in 0..20 {
        let call = call(team, key, 2);
        accepted(&fresh.store, &call, start()).await;
        on_both(&fresh, 4, |store, index| {
            let call = call.clone();
            async move {
                if index < 2 {
                    store.finish(end(&call, 1, &[]), start()).await.unwrap();
                } else {
                    store.delete_generation(call.team, Mode::Live, call.id, start()).await.unwrap();
                }
            }
        })
        .await;
        assert!(fresh.store.generation(team, Mode::Live, call.id).await.unwrap().is_none());
    }
    assert_eq!(fresh.store.credits(team, start()).await.unwrap().unwrap().reserved, 0);
    clean(&fresh.store, start()).await;
}

async fn a_rate_limit_is_one_for_all_nodes(fresh: Fresh) {
    let bucket = BucketKey::Team(TeamId::new(), Mode::Live);
    let allowed = on_both(&fresh, 40, |store, index| async move {
        let mut allowed = 0;
        for count in 0..25 {
            // The nodes' clocks are a few seconds apart.
            let now = start().plus(Duration::from_secs(index as u64 % 4)).plus(Duration::from_millis(count));
            allowed += u32::from(store.take_rate(bucket, 300, now).await.unwrap().allowed);
        }
        allowed
    })
    .await;
    assert_eq!(allowed.iter().sum::<u32>(), 300);
}
