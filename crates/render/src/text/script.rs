//! What a text is written in, as far as drawing must know.

/// How Chinese characters are drawn: the same code point differs from place to place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Han {
    Japanese,
    Korean,
    Simplified,
    Traditional,
    HongKong,
}

/// Scripts whose texts need other spacing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    Arabic,
    Hebrew,
    Cjk,
    Devanagari,
    Thai,
    Other,
}

impl Script {
    pub fn of(c: char) -> Self {
        match c as u32 {
            0x0590..=0x05FF | 0xFB1D..=0xFB4F => Self::Hebrew,
            0x0600..=0x06FF | 0x0750..=0x077F | 0x0870..=0x08FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFC => Self::Arabic,
            0x0900..=0x097F | 0xA8E0..=0xA8FF => Self::Devanagari,
            0x0E00..=0x0E7F => Self::Thai,
            0x1100..=0x11FF
            | 0x2E80..=0x312F
            | 0x3130..=0x318F
            | 0x31A0..=0x9FFF
            | 0xA960..=0xA97F
            | 0xAC00..=0xD7FF
            | 0xF900..=0xFAFF
            | 0xFE30..=0xFE4F
            | 0xFF00..=0xFFEF
            | 0x20000..=0x3FFFF => Self::Cjk,
            _ => Self::Other,
        }
    }

    /// The script of most letters that need care, if they are at least a fifth of all letters.
    pub fn dominant(text: &str) -> Self {
        let (mut counts, mut letters) = ([0usize; 5], 0usize);
        for c in text.chars() {
            let script = Self::of(c);
            if script != Self::Other {
                counts[script as usize] += 1;
            }
            letters += usize::from(c.is_alphanumeric());
        }
        let all = [Self::Arabic, Self::Hebrew, Self::Cjk, Self::Devanagari, Self::Thai];
        // The last of equals would win; reversed, the first does.
        let most = all.into_iter().rev().max_by_key(|s| counts[*s as usize]);
        most.filter(|s| counts[*s as usize] * 5 >= letters.max(1)).unwrap_or(Self::Other)
    }

    /// Multiple of the font size for the distance of lines.
    pub fn line_height(self, wanted: f32) -> f32 {
        match self {
            Self::Arabic => wanted + 0.28,
            Self::Devanagari | Self::Thai => wanted + 0.2,
            Self::Cjk => wanted.max(if wanted >= 1.2 { 1.5 } else { 1.25 }),
            Self::Hebrew | Self::Other => wanted,
        }
    }

    /// Size beside Latin letters.
    pub fn scale(self) -> f32 {
        if self == Self::Cjk { 0.94 } else { 1.0 }
    }
}

/// By kana and hangul in the text, else by locale, else Japanese forms.
pub fn han(text: &str, locale: &str) -> Option<Han> {
    let mut found = false;
    for c in text.chars() {
        match c as u32 {
            0x3040..=0x30FF | 0x31F0..=0x31FF | 0xFF66..=0xFF9D => return Some(Han::Japanese),
            0x1100..=0x11FF | 0x3130..=0x318F | 0xAC00..=0xD7FF => return Some(Han::Korean),
            _ => found |= Script::of(c) == Script::Cjk,
        }
    }
    if !found {
        return None;
    }
    let lower = locale.to_ascii_lowercase();
    let part = |p: &str| lower.split(['-', '_']).any(|x| x == p);
    Some(if part("ko") {
        Han::Korean
    } else if part("hk") || part("mo") {
        Han::HongKong
    } else if part("tw") || part("hant") {
        Han::Traditional
    } else if part("zh") {
        Han::Simplified
    } else {
        Han::Japanese
    })
}

/// Order of fallback families: those for other Han forms come after the wanted one, all else keeps its place.
pub fn han_rank(family: &str, han: Option<Han>) -> u8 {
    let Some((_, region)) = family.rsplit_once(" CJK ") else { return 0 };
    let wanted = match han {
        Some(Han::Korean) => "KR",
        Some(Han::Simplified) => "SC",
        Some(Han::Traditional) => "TC",
        Some(Han::HongKong) => "HK",
        Some(Han::Japanese) | None => "JP",
    };
    if region == wanted { 1 } else { 2 }
}

/// Whether a character belongs to the cluster before it and must be drawn by the same face.
pub fn continues(c: char) -> bool {
    matches!(c as u32,
        0x0300..=0x036F | 0x0591..=0x05BD | 0x05BF | 0x05C1..=0x05C7 | 0x0610..=0x061A | 0x064B..=0x065F | 0x0670
        | 0x06D6..=0x06ED | 0x0900..=0x0903 | 0x093A..=0x094F | 0x0951..=0x0957 | 0x0962..=0x0963 | 0x0E31
        | 0x0E34..=0x0E3A | 0x0E47..=0x0E4E | 0x200C..=0x200D | 0x20D0..=0x20FF | 0x3099..=0x309A | 0xFE00..=0xFE0F
        | 0xFE20..=0xFE2F | 0x1F3FB..=0x1F3FF | 0xE0020..=0xE007F | 0xE0100..=0xE01EF)
}

/// Characters that nothing needs to be drawn for: breaks, joiners, direction marks.
pub fn invisible(c: char) -> bool {
    c.is_control()
        || matches!(c as u32, 0x00AD | 0x034F | 0x061C | 0x115F..=0x1160 | 0x180B..=0x180E | 0x200B..=0x200F
            | 0x2028..=0x202E | 0x2060..=0x206F | 0xFE00..=0xFE0F | 0xFEFF | 0xE0000..=0xE01EF)
}

/// Emoji by default, without a variation selector.
pub fn emoji(c: char) -> bool {
    matches!(c as u32,
        0x231A..=0x231B | 0x23E9..=0x23EC | 0x23F0 | 0x23F3 | 0x25FD..=0x25FE | 0x2614..=0x2615 | 0x2648..=0x2653
        | 0x267F | 0x2693 | 0x26A1 | 0x26AA..=0x26AB | 0x26BD..=0x26BE | 0x26C4..=0x26C5 | 0x26CE | 0x26D4 | 0x26EA
        | 0x26F2..=0x26F3 | 0x26F5 | 0x26FA | 0x26FD | 0x2705 | 0x270A..=0x270B | 0x2728 | 0x274C | 0x274E
        | 0x2753..=0x2755 | 0x2757 | 0x2795..=0x2797 | 0x27B0 | 0x27BF | 0x2B1B..=0x2B1C | 0x2B50 | 0x2B55
        | 0x1F004 | 0x1F0CF | 0x1F18E | 0x1F191..=0x1F19A | 0x1F1E6..=0x1F1FF | 0x1F201 | 0x1F21A | 0x1F22F
        | 0x1F232..=0x1F236 | 0x1F238..=0x1F23A | 0x1F250..=0x1F251 | 0x1F300..=0x1F320 | 0x1F32D..=0x1F335
        | 0x1F337..=0x1F37C | 0x1F37E..=0x1F393 | 0x1F3A0..=0x1F3CA | 0x1F3CF..=0x1F3D3 | 0x1F3E0..=0x1F3F0 | 0x1F3F4
        | 0x1F3F8..=0x1F43E | 0x1F440 | 0x1F442..=0x1F4FC | 0x1F4FF..=0x1F53D | 0x1F54B..=0x1F54E | 0x1F550..=0x1F567
        | 0x1F57A | 0x1F595..=0x1F596 | 0x1F5A4 | 0x1F5FB..=0x1F64F | 0x1F680..=0x1F6C5 | 0x1F6CC | 0x1F6D0..=0x1F6D2
        | 0x1F6D5..=0x1F6D7 | 0x1F6DC..=0x1F6DF | 0x1F6EB..=0x1F6EC | 0x1F6F4..=0x1F6FC | 0x1F7E0..=0x1F7EB | 0x1F7F0
        | 0x1F90C..=0x1F93A | 0x1F93C..=0x1F945 | 0x1F947..=0x1F9FF | 0x1FA70..=0x1FAFF)
}
