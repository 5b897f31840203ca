//! "Did you mean": the nearest known name to a mistyped one.

/// `did you mean "left"?`, or the list of names where none is near and the list is short.
pub(crate) fn hint<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    let lower = word.to_lowercase();
    let near = known
        .iter()
        .map(|name| (distance(&lower, &name.to_lowercase()), *name))
        .filter(|(far, name)| *far <= 1 + name.chars().count() / 4)
        .min_by_key(|(far, _)| *far);
    match near {
        Some((_, name)) => Some(format!("did you mean \"{name}\"?")),
        None if known.is_empty() || known.len() > 16 => None,
        None => Some(format!("known are {}", known.join(", "))),
    }
}

/// Levenshtein distance; words longer than 40 characters are far from everything.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    if a.len() > 40 || b.len() > 40 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let change = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::hint;

    #[test]
    fn a_near_name_is_offered_and_a_far_one_is_not() {
        let known = ["left", "right", "centerX"];
        assert_eq!(hint("lefft", known).as_deref(), Some("did you mean \"left\"?"));
        assert_eq!(hint("centerx", known).as_deref(), Some("did you mean \"centerX\"?"));
        assert_eq!(hint("banana", known).as_deref(), Some("known are left, right, centerX"));
        assert_eq!(hint("banana", []), None);
    }
}
