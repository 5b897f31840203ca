//! A team's name in addresses.

/// The longest slug, in bytes.
pub const LONGEST_SLUG: usize = 63;

/// Small letters, digits and hyphens, a letter or digit at both ends.
pub fn is_slug(text: &str) -> bool {
    (1..=LONGEST_SLUG).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// The slug that a name suggests: `Café & Söhne` gives `caf-s-hne`, a name without Latin letters `team`.
///
/// It leaves room for a number behind it.
pub fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for character in name.to_lowercase().chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(LONGEST_SLUG - 10);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "team".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_name_suggests_is_a_slug() {
        for (name, slug) in [("Café & Söhne", "caf-s-hne"), ("東京", "team"), ("  A  ", "a"), (&"x y".repeat(40), &"x y".repeat(40)[..0])]
        {
            let made = slug_of(name);
            assert!(is_slug(&made), "{made}");
            assert!(slug.is_empty() || made == slug, "{made}");
        }
        for bad in ["", "-a", "a-", "A", "a b", "ä", &"x".repeat(64)] {
            assert!(!is_slug(bad), "{bad}");
        }
    }
}
