//! `key …`

use app::operate::{KeyView, NewKeyRequest};
use domain::{Mode, Scope, Scopes, Timestamp};
use serde_json::json;

use super::{Context, Failure};
use crate::{
    cli::{Key, KeyMode},
    output,
};

pub async fn run(context: &Context, command: Key) -> Result<(), Failure> {
    let operator = context.operator().await?;
    match command {
        Key::Create { team, name, mode, scopes, expires } => {
            let request = NewKeyRequest {
                name,
                mode: match mode {
                    KeyMode::Live => Mode::Live,
                    KeyMode::Test => Mode::Test,
                },
                scopes: parse_scopes(&scopes)?,
                expires_at: expires.as_deref().map(|text| expiry(text, Timestamp::now())).transpose()?,
            };
            let made = operator.create_key(&team, request).await?;
            let mut value = serde_json::to_value(&made.view)?;
            value["key"] = made.plain.reveal().into();
            context.output.result(&value, || {
                format!(
                    "{}\n\nSave this key now. It can't be shown again; if you lose it, create a new one. Its id is {}.",
                    made.plain.reveal(),
                    made.view.id
                )
            });
        }
        Key::List { team } => {
            let keys = operator.keys(&team).await?;
            let rows: Vec<Vec<String>> = keys.iter().map(row).collect();
            context.output.result(&keys, || output::table(&["id", "name", "mode", "hint", "last used", "expires", "revoked"], &rows));
        }
        Key::Revoke { id } => {
            operator.revoke_key(&id).await?;
            context
                .output
                .result(&json!({ "id": id, "revoked": true }), || format!("{id} is revoked; requests with it fail within 5 seconds."));
        }
    }
    operator.store.close().await;
    Ok(())
}

fn row(key: &KeyView) -> Vec<String> {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    vec![
        key.id.clone(),
        key.name.clone(),
        key.mode.to_owned(),
        key.hint.clone(),
        or_dash(&key.last_used_at),
        or_dash(&key.expires_at),
        or_dash(&key.revoked_at),
    ]
}

fn parse_scopes(names: &[String]) -> Result<Scopes, String> {
    if names.is_empty() {
        return Ok(Scopes::ALL);
    }
    let known = || Scope::ALL.map(Scope::as_str).join(", ");
    names.iter().map(|name| name.parse::<Scope>().map_err(|_| format!("there is no scope {name:?}; there are {}", known()))).collect()
}

/// A day (its end, UTC), a time, or a span of days from now.
fn expiry(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    const DAY: u64 = 24 * 60 * 60;
    let fault = || format!("{text:?} is no expiry: write 2027-01-31, 2027-01-31T12:00:00Z or 90d");
    if let Some(days) = text.strip_suffix('d').and_then(|days| days.parse::<u64>().ok()) {
        return days.checked_mul(DAY).map(|seconds| now.plus(std::time::Duration::from_secs(seconds))).ok_or_else(fault);
    }
    if let Ok(day) = text.parse::<jiff::civil::Date>() {
        let end = day.tomorrow().and_then(|next| next.to_zoned_datetime(jiff::tz::TimeZone::UTC)).map_err(|_| fault())?;
        return Ok(Timestamp::from_micros(end.timestamp().as_microsecond()));
    }
    text.parse::<jiff::Timestamp>().map(|at| Timestamp::from_micros(at.as_microsecond())).map_err(|_| fault())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_is_a_day_a_time_or_a_span() {
        let now = Timestamp::from_micros(1_000_000);
        assert_eq!(expiry("1d", now).unwrap().as_micros(), 86_401_000_000);
        assert_eq!(expiry("1970-01-02T00:00:00Z", now).unwrap().as_micros(), 86_400_000_000);
        assert_eq!(expiry("1970-01-01", now).unwrap().as_micros(), 86_400_000_000);
        for bad in ["", "soon", "-1d", "2027-02-30", "99999999999999999999d"] {
            assert!(expiry(bad, now).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_wrong_scope_is_answered_with_the_right_ones() {
        assert!(parse_scopes(&["generat".to_owned()]).unwrap_err().contains("generations:read"));
        assert!(parse_scopes(&[]).unwrap().is_all());
    }
}
