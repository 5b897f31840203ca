//! Our clock beside the database's: leases, rate windows and expiry are times that all nodes share.

use std::time::Duration;

use store::Store;

/// Half a lease is far away, but windows of a minute begin to differ.
const DRIFT: Duration = Duration::from_secs(1);
/// A sixth of a lease: beyond it a node would take jobs from others who still work on them.
const OFF: Duration = Duration::from_secs(10);

#[derive(Debug, PartialEq, Eq)]
pub enum Clock {
    /// The data folder's database goes by our clock.
    Alone,
    Good(String),
    Drifting(String),
    Off(String),
}

/// # Errors
/// The store's.
pub async fn compare(store: &Store) -> store::Result<Clock> {
    Ok(store.clock_ahead().await?.map_or(Clock::Alone, judge))
}

/// Of microseconds that ours is ahead.
fn judge(ahead: i64) -> Clock {
    let by = Duration::from_micros(ahead.unsigned_abs());
    let words = format!("our clock is {:.1} s {} the database's", by.as_secs_f64(), if ahead < 0 { "behind" } else { "ahead of" });
    let advice = "let an NTP client (chrony, systemd-timesyncd) set the clocks of all nodes and of the database";
    if by <= DRIFT {
        Clock::Good(words)
    } else if by <= OFF {
        Clock::Drifting(format!("{words}: {advice}"))
    } else {
        Clock::Off(format!("{words}, and jobs and limits go by it: {advice}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_off_is_told_with_the_direction() {
        assert!(matches!(judge(-300_000), Clock::Good(_)));
        let Clock::Drifting(text) = judge(4_200_000) else { panic!("not drifting") };
        assert!(text.contains("4.2 s ahead of"), "{text}");
        let Clock::Off(text) = judge(-7_200_000_000) else { panic!("not off") };
        assert!(text.contains("7200.0 s behind") && text.contains("NTP"), "{text}");
        assert!(matches!(judge(i64::MIN), Clock::Off(_)));
    }
}
