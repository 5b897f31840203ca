//! The seam to Stripe: Checkout for plans and packs, and what its signed webhook tells. Off unless the settings turn it on.

mod checkout;
mod event;
mod signature;

use std::fmt;

use url::Url;

pub(crate) use checkout::Order;
pub use event::Heard;

/// Where Stripe is and what we are known by there. `Debug` shows no secret.
#[derive(Clone)]
pub struct StripeConfig {
    api: Url,
    key: String,
    webhook_secret: String,
}

impl StripeConfig {
    /// Stripe's own address; tests play it on another one.
    pub const API: &'static str = "https://api.stripe.com";

    /// # Errors
    /// What is missing or can't be used, in words without the secrets.
    pub fn new(api: &str, key: &str, webhook_secret: &str) -> Result<Self, String> {
        let api = Url::parse(api).map_err(|error| format!("the address of Stripe: {error}"))?;
        if key.trim().is_empty() {
            return Err("stripe_secret_key is empty: billing = \"stripe\" needs the secret key of your account".to_owned());
        }
        if webhook_secret.trim().is_empty() {
            return Err("stripe_webhook_secret is empty: billing = \"stripe\" needs the signing secret of its webhook endpoint".to_owned());
        }
        Ok(Self { api, key: key.trim().to_owned(), webhook_secret: webhook_secret.trim().to_owned() })
    }
}

impl fmt::Debug for StripeConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StripeConfig").field("api", &self.api.as_str()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_never_shown_and_both_are_needed() {
        let config = StripeConfig::new(StripeConfig::API, "sk_test_hunter2", "whsec_hunter3").unwrap();
        let shown = format!("{config:?}");
        assert!(shown.contains("api.stripe.com") && !shown.contains("hunter"), "{shown}");
        assert!(StripeConfig::new(StripeConfig::API, " ", "whsec_hunter3").unwrap_err().contains("stripe_secret_key"));
        assert!(StripeConfig::new(StripeConfig::API, "sk_test_hunter2", "").unwrap_err().contains("stripe_webhook_secret"));
    }
}
