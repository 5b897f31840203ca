//! The figures of this service that articles name.

use app::bulk::{MAX_ROWS, MAX_SHEET};
use app::library::{MAX_DOCUMENT, MAX_FONT, MAX_LOGO, UNDO};
use app::{App, MAX_ASSET};
use domain::{Billing, Pack, Packs, Plan, Plans, Scope};
use serde_json::Value;
use template::WarningCode;

use crate::{WebConfig, text};

/// What articles are made with.
pub(crate) struct Facts {
    pub api_url: String,
    pub plans: Plans,
    pub packs: Packs,
    pub trial: u32,
    pub billing: Billing,
    /// Method, path and what it does.
    pub endpoints: Vec<(String, String, String)>,
}

impl Facts {
    pub(crate) fn new(app: &App, config: &WebConfig) -> Self {
        Self {
            api_url: config.api_url.clone(),
            plans: config.plans.as_ref().clone(),
            packs: app.packs().clone(),
            trial: app.trial_credits(),
            billing: app.billing(),
            endpoints: endpoints(&config.openapi),
        }
    }

    /// Those of the plans that ship.
    pub(crate) fn sample() -> askama::Result<Self> {
        let wrong = |error: domain::PlanError| askama::Error::Custom(Box::new(error));
        Ok(Self {
            api_url: "https://posts.example.com".to_owned(),
            plans: Plans::built_in().map_err(wrong)?,
            packs: Packs::parse(Plans::DEFAULT_TEXT).map_err(wrong)?,
            trial: 50,
            billing: Billing::Request,
            endpoints: vec![("POST".to_owned(), "/v1/generate".to_owned(), "Make pictures".to_owned())],
        })
    }

    /// The plans with the API by name: `Agency and Enterprise`.
    pub fn api_plans(&self) -> String {
        listed(self.plans.iter().filter(|plan| plan.api).map(|plan| plan.name.as_str()))
    }

    /// `5,000 credits a month`.
    pub fn credits_of(plan: &Plan) -> String {
        plan.credits.map_or_else(|| "By agreement".to_owned(), |credits| format!("{} a month", text::count(credits, "credit")))
    }

    /// Calls a minute.
    pub fn rate_of(plan: &Plan) -> String {
        text::number(plan.rate_limit)
    }

    pub fn kits_of(plan: &Plan) -> String {
        plan.brand_kits.map_or_else(|| "Unlimited".to_owned(), text::number)
    }

    /// Credits and price.
    pub fn pack(pack: &Pack) -> (String, String) {
        (text::number(pack.credits), text::money(pack.price, &pack.currency))
    }

    /// `50 credits`; `None` where there are none.
    pub fn trial(&self) -> Option<String> {
        (self.trial > 0).then(|| text::count(self.trial, "credit"))
    }

    pub fn prices_of(plan: &Plan) -> String {
        plan.price.as_ref().map_or_else(
            || "By agreement".to_owned(),
            |price| format!("{} or {}", text::money(price.monthly, &price.currency), text::money(price.yearly, &price.currency)),
        )
    }

    pub fn retention_of(plan: &Plan) -> String {
        plan.retention_days.map_or_else(|| "As long as the team exists".to_owned(), |days| text::count(days, "day"))
    }

    pub fn scopes() -> [Scope; 6] {
        Scope::ALL
    }

    pub fn warnings() -> &'static [WarningCode] {
        WarningCode::ALL
    }

    /// `warning or info`.
    pub fn severities(code: &WarningCode) -> String {
        code.severities().iter().map(|severity| severity.as_str()).collect::<Vec<_>>().join(" or ")
    }

    /// The types of fields in words of the document format.
    pub fn field_types() -> String {
        listed(template::FieldType::ALL.iter().map(|kind| kind.name()))
    }

    pub fn asset() -> String {
        megabytes(MAX_ASSET)
    }

    pub fn logo() -> String {
        megabytes(MAX_LOGO)
    }

    pub fn font() -> String {
        megabytes(MAX_FONT)
    }

    pub fn document() -> String {
        megabytes(MAX_DOCUMENT)
    }

    /// The most rows of a sheet.
    pub fn rows() -> String {
        text::number(i64::try_from(MAX_ROWS).unwrap_or(i64::MAX))
    }

    pub fn sheet() -> String {
        megabytes(MAX_SHEET as u64)
    }

    /// How long what was deleted can be taken back.
    pub fn undo() -> String {
        text::count(i64::try_from(UNDO.as_secs() / 86_400).unwrap_or(i64::MAX), "day")
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{}\u{a0}MB", bytes >> 20)
}

/// `a, b and c`.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [some @ .., last] => format!("{} and {last}", some.join(", ")),
    }
}

fn endpoints(openapi: &Value) -> Vec<(String, String, String)> {
    let Some(paths) = openapi["paths"].as_object() else { return Vec::new() };
    let of_v1 = paths.iter().filter(|(path, _)| path.starts_with("/v1/"));
    let operations =
        of_v1.flat_map(|(path, methods)| methods.as_object().into_iter().flatten().map(move |(method, about)| (path, method, about)));
    operations
        .filter_map(|(path, method, about)| Some((method.to_uppercase(), path.clone(), about["summary"].as_str()?.to_owned())))
        .collect()
}
