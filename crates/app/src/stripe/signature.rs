//! `Stripe-Signature`: `t=` and the time, `v1=` and an HMAC-SHA256 over time, dot and body; several `v1` while a secret is
//! exchanged, and other schemes that say nothing.

use domain::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// How far the signature's time may be from ours, in seconds: an old one was recorded and is sent again.
const TOLERANCE: i64 = 300;

/// Whether the header proves that the owner of the secret wrote this body just now. Takes as long whatever differs.
pub(super) fn is_genuine(header: &str, payload: &[u8], secret: &str, now: Timestamp) -> bool {
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let mut times = parts().filter(|(name, _)| *name == "t").map(|(_, value)| value);
    let (Some(time), None) = (times.next(), times.next()) else { return false };
    let Ok(seconds) = time.parse::<i64>() else { return false };
    if now.as_micros().div_euclid(1_000_000).abs_diff(seconds) > TOLERANCE.unsigned_abs() {
        return false;
    }
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(payload);
    let signatures = parts().filter(|(name, _)| *name == "v1").filter_map(|(_, value)| hex::decode(value).ok());
    // Each is compared to its end, also after one that was right.
    signatures.fold(false, |right, signature| mac.clone().verify_slice(&signature).is_ok() | right)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_test_5c1f0e";
    const BODY: &str = r#"{"id":"evt_1","type":"invoice.paid","note":"café"}"#;
    const TIME: i64 = 1_772_355_600;
    // Made by two implementations that are not ours, which agree:
    //   python3: hmac.new(b"whsec_test_5c1f0e", b"1772355600." + body, hashlib.sha256).hexdigest()
    //   printf '1772355600.%s' "$body" | openssl dgst -sha256 -hmac whsec_test_5c1f0e
    const RIGHT: &str = "7409ed5f4f0814da03b11ddde5c798c686ec7c7a32748aab2d27933600a681f0";
    // The same with the secret `whsec_old`, and with the right secret over an empty body.
    const OLD: &str = "7e37f1893c005f4a395210142e9fb6181776af16c56b2cb49dad2672384ae08c";
    const EMPTY: &str = "e0840bd027907fa2c54876e2ce93786d6e5de7837adc30ec41f0baf8d91787d3";

    fn judged(header: &str, body: &str, late: i64) -> bool {
        is_genuine(header, body.as_bytes(), SECRET, Timestamp::from_micros((TIME + late) * 1_000_000))
    }

    #[test]
    fn signatures_of_other_implementations_are_told_apart() {
        assert!(judged(&format!("t={TIME},v1={RIGHT}"), BODY, 0));
        assert!(judged(&format!("t={TIME},v1={EMPTY}"), "", 0));
        assert!(judged(&format!("t={TIME}, v1={OLD}, v1={RIGHT}, v0=00"), BODY, 0), "while a secret is exchanged");
        assert!(judged(&format!("t={TIME},v1={RIGHT},v1={OLD}"), BODY, 0));
        assert!(!judged(&format!("t={TIME},v1={OLD}"), BODY, 0));
        assert!(!judged(&format!("t={TIME},v1={RIGHT}"), "{}", 0), "another body");
        assert!(!judged(&format!("t={},v1={RIGHT}", TIME + 1), BODY, 0), "another time");
        assert!(!judged(&format!("t={TIME},v0={RIGHT}"), BODY, 0), "another scheme");
    }

    #[test]
    fn an_old_or_broken_header_proves_nothing() {
        let header = format!("t={TIME},v1={RIGHT}");
        assert!(judged(&header, BODY, 300) && judged(&header, BODY, -300));
        assert!(!judged(&header, BODY, 301) && !judged(&header, BODY, -301));
        let cut = &RIGHT[..62];
        for header in [
            "",
            "t=",
            "v1=",
            "t=x,v1=y",
            &format!("v1={RIGHT}"),
            &format!("t={TIME}"),
            &format!("t={TIME},t={TIME},v1={RIGHT}"),
            &format!("t={TIME},v1={cut}"),
            &format!("t={TIME},v1={RIGHT}00"),
            &format!("t=99999999999999999999,v1={RIGHT}"),
        ] {
            assert!(!judged(header, BODY, 0), "{header}");
        }
    }
}
