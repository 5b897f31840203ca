//! What the use cases are made of, and their settings.

use std::time::Duration;

use assets::{AllowList, Assets};
use domain::{Billing, Packs, Pepper};
use render::Engine;
use store::Store;

use crate::mail::MailConfig;
use crate::{Clock, Delivery, StripeConfig};

/// The parts that an [`crate::App`] works with, opened by whoever starts it.
pub struct Parts {
    pub store: Store,
    pub assets: Assets,
    pub engine: Engine,
    /// Networks that pictures may be fetched from although they are not public; the same as the fetcher's.
    pub allow: AllowList,
    pub pepper: Pepper,
    pub clock: Clock,
}

/// Settings of the use cases.
#[derive(Clone, Debug)]
pub struct AppConfig {
    /// What stands before the paths of pictures, without a slash at its end.
    pub public_url: String,
    /// What stands before `/v1`, without a slash at its end.
    pub api_url: String,
    /// How callers get the pictures that calls made.
    pub delivery: Delivery,
    /// Whether test pictures carry a watermark.
    pub test_watermark: bool,
    /// Threads that draw; 0 is one per core.
    pub render_threads: usize,
    /// Calls that may wait for a slot before one is refused.
    pub waiting_calls: usize,
    /// Calls that are worked on side by side (they fetch, mostly); 0 is eight per core and at least 16.
    pub running_calls: usize,
    /// Asynchronous calls of one team that may be unfinished at a time.
    pub unfinished_jobs_per_team: u32,
    /// Requests a minute from one address without a valid key.
    pub address_rate_limit: u32,
    /// Generations a minute that one person makes in the web app.
    pub create_rate_limit: u32,
    /// Previews a minute that one person's forms ask for.
    pub preview_rate_limit: u32,
    /// Previews a minute on the front page, per address.
    pub visitor_rate_limit: u32,
    /// Whether this process takes queued jobs.
    pub worker: bool,
    /// How long one process may work on a job before another may take it; prolonged while it lives.
    pub lease: Duration,
    /// Credits that a new team gets beside its plan's.
    pub trial_credits: u32,
    /// Who decides on a change of plan.
    pub billing: Billing,
    /// Used where `billing` is [`Billing::Stripe`].
    pub stripe: Option<StripeConfig>,
    /// Credits that can be bought.
    pub packs: Packs,
    /// Without it nothing is mailed, and addresses count as confirmed.
    pub mail: Option<MailConfig>,
}

impl Default for AppConfig {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8080".into(),
            api_url: "http://127.0.0.1:8080".into(),
            delivery: Delivery::Through,
            test_watermark: true,
            render_threads: 0,
            waiting_calls: 256,
            running_calls: 0,
            unfinished_jobs_per_team: 10_000,
            address_rate_limit: domain::rate::ADDRESS_LIMIT,
            create_rate_limit: 60,
            preview_rate_limit: 240,
            visitor_rate_limit: 120,
            worker: true,
            lease: Duration::from_secs(60),
            trial_credits: 50,
            billing: Billing::None,
            stripe: None,
            packs: Packs::default(),
            mail: None,
        }
    }
}

impl AppConfig {
    pub(crate) fn threads(&self) -> usize {
        if self.render_threads > 0 { self.render_threads } else { cores() }
    }

    pub(crate) fn running(&self) -> usize {
        if self.running_calls > 0 { self.running_calls } else { (8 * cores()).max(16) }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
