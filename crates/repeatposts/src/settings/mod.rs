//! Settings: from a file, the environment and flags, in that order; the last one wins, and unknown ones are refused.

mod knobs;
mod layers;
mod storage;

use std::{net::SocketAddr, path::PathBuf};

use serde::Deserialize;

pub use knobs::{KNOBS, Knob, Shape};
#[cfg(test)]
pub use layers::is_variable;
pub use layers::{Layers, load};
pub use storage::Storage;

/// Every knob of `KNOBS`, checked for type; `plans` and `packs` are handed to the domain as they stand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub data_dir: PathBuf,
    pub database_url: Option<Hidden>,
    pub database_connections: u32,
    pub storage_url: Option<String>,
    pub storage_endpoint: Option<String>,
    pub storage_region: Option<String>,
    pub storage_path_style: bool,
    pub picture_delivery: String,
    pub storage_public_url: Option<String>,
    pub presigned_seconds: u64,
    pub listen: SocketAddr,
    pub public_url: Option<String>,
    pub api_url: Option<String>,
    pub metrics_listen: Option<SocketAddr>,
    pub stop_notice_ms: u64,
    pub trusted_proxies: Vec<String>,
    pub fetch_allow: Vec<String>,
    pub test_watermark: bool,
    pub render_threads: usize,
    pub decode_processes: usize,
    pub waiting_calls: usize,
    pub picture_cache_mb: usize,
    pub connections: usize,
    pub connections_per_address: usize,
    pub unfinished_jobs_per_team: usize,
    pub address_rate_limit: u32,
    pub trial_credits: u32,
    pub billing: domain::Billing,
    pub stripe_secret_key: Option<Hidden>,
    pub stripe_webhook_secret: Option<Hidden>,
    pub smtp_url: Option<Hidden>,
    pub mail_from: String,
    pub contact: Option<String>,
    pub create_rate_limit: u32,
    pub preview_rate_limit: u32,
    pub visitor_rate_limit: u32,
    pub log: String,
    pub log_format: LogFormat,
    #[serde(default)]
    pub plans: toml::Table,
    #[serde(default)]
    pub packs: toml::Table,
}

/// A setting that `Debug` does not show.
#[derive(Clone, Deserialize)]
pub struct Hidden(pub String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl Settings {
    /// What stands before every path of ours, as far as the settings alone say it.
    pub fn public_base(&self) -> String {
        let set = self.public_url.as_deref().filter(|url| !url.is_empty());
        set.map_or_else(|| format!("http://{}", self.listen), |url| url.trim_end_matches('/').to_owned())
    }
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Json,
    Text,
}
