//! What platforms lay over a picture or cut off at its edges.

/// Key of the platform, its canvas in pixels, and what stays free of text and logo at top, right, bottom and left.
const FREE: &[(&str, (u32, u32), [u32; 4])] = &[
    ("ig-square", (1080, 1080), [64; 4]),
    ("ig-portrait", (1080, 1350), [64; 4]),
    ("ig-tall", (1080, 1440), [64; 4]),
    ("ig-story", (1080, 1920), [270, 65, 384, 65]),
    ("fb-story", (1080, 1920), [270, 65, 384, 65]),
    ("ig-reel", (1080, 1920), [270, 65, 672, 65]),
    ("fb-reel", (1080, 1920), [270, 65, 672, 65]),
    ("fb-feed", (1080, 1350), [64; 4]),
    ("fb-link", (1200, 630), [40; 4]),
    ("og", (1200, 630), [40; 4]),
    ("li-landscape", (1200, 627), [48; 4]),
    ("li-square", (1200, 1200), [48; 4]),
    ("li-portrait", (1080, 1350), [48; 4]),
    ("x-post", (1600, 900), [40; 4]),
    ("x-square", (1200, 1200), [40; 4]),
    ("x-card", (1200, 630), [40, 40, 100, 40]),
    ("pin", (1000, 1500), [40, 40, 90, 40]),
    ("yt-thumb", (1280, 720), [32; 4]),
    ("yt-short", (1080, 1920), [200, 190, 480, 60]),
    ("tiktok-photo", (1080, 1920), [250, 180, 440, 60]),
    ("email-header", (1200, 400), [40; 4]),
];

/// The free edges as shares of height and width: top, right, bottom, left. `None` for a platform that nothing is known of.
pub(super) fn free_edges(platform: &str) -> Option<[f64; 4]> {
    let (_, (width, height), edges) = FREE.iter().find(|(key, ..)| *key == platform)?;
    let [top, right, bottom, left] = edges.map(f64::from);
    let (width, height) = (f64::from(*width), f64::from(*height));
    Some([top / height, right / width, bottom / height, left / width])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_shares_of_the_canvas() {
        assert_eq!(free_edges("ig-story").map(|edges| edges.map(|share| (share * 1000.0).round())), Some([141.0, 60.0, 200.0, 60.0]));
        assert_eq!(free_edges("pinboard"), None);
        assert!(FREE.iter().filter_map(|(key, ..)| free_edges(key)).flatten().all(|share| share > 0.0 && share < 0.5));
    }
}
