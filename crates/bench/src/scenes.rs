//! The three scenes that all renderers are compared on: S1 a quote card, S2 a product photo, S3 a story in four scripts.

use template::bound::{
    Accent, Bound, Color, Direction, Fit, Font, Form, Image, ImageFit, Kind, Length, Look, Node, Paint, Place, Shadow, Source, Span, Stop,
    Text, TextAlign, VerticalAlign,
};

pub const PHOTO: &str = "photo";
pub const LOGO: &str = "logo";

/// The scene with `salt` written behind its last text, so that no two pictures are the same; `None` for an unknown name.
pub fn scene(name: &str, salt: Option<u64>) -> Option<Bound> {
    let mut bound = match name {
        "S1" => quote(),
        "S2" => product(),
        "S3" => story(),
        _ => return None,
    };
    let last = bound.nodes.iter_mut().rev().find_map(|node| match &mut node.kind {
        Kind::Text(text) => text.spans.last_mut(),
        _ => None,
    });
    if let (Some(salt), Some(span)) = (salt, last) {
        span.text += &format!(" {salt}");
    }
    Some(bound)
}

/// The box in which a scene draws the photo, in pixels.
pub fn photo_box(name: &str) -> (u32, u32) {
    if name == "S2" { (1080, 1350) } else { (920, 900) }
}

fn quote() -> Bound {
    let card = Node {
        look: Look {
            radius: [40.0; 4],
            shadows: vec![shadow(24.0, 60.0, 0.45)],
            fill: Some(Paint::Solid(hex(0xffffff))),
            ..Look::default()
        },
        ..rect("card", [80.0, 80.0, 920.0, 920.0])
    };
    let headline =
        "We replaced three agencies with one template library and now ship every campaign in minutes, not in two very long weeks.";
    canvas(
        "S1",
        1080,
        linear(135.0, [(hex(0x0f172a), 0.0), (hex(0x6d28d9), 1.0)]),
        vec![
            card,
            picture(LOGO, [140.0, 130.0, 200.0, 200.0]),
            text([372.0, 208.0, 560.0], 36.0, 700.0, 0x6d28d9, 1.2, TextAlign::Left, "CUSTOMER STORY"),
            text([140.0, 372.0, 800.0], 64.0, 700.0, 0x0f172a, 1.2, TextAlign::Left, headline),
            text([140.0, 916.0, 800.0], 36.0, 400.0, 0x475569, 1.2, TextAlign::Left, "Maria Keller, Head of Growth at Nordlicht"),
        ],
    )
}

fn product() -> Bound {
    let shade = linear(180.0, [(black(0.0), 0.3), (black(0.85), 1.0)]);
    let veil = Node { look: Look { fill: Some(shade), ..Look::default() }, ..rect("veil", [0.0, 0.0, 1080.0, 1350.0]) };
    let pill = Node {
        look: Look { radius: [60.0; 4], fill: Some(Paint::Solid(hex(0xe11d48))), ..Look::default() },
        ..rect("pill", [700.0, 110.0, 300.0, 120.0])
    };
    canvas(
        "S2",
        1350,
        linear(180.0, [(black(1.0), 0.0), (black(1.0), 1.0)]),
        vec![
            picture(PHOTO, [0.0, 0.0, 1080.0, 1350.0]),
            veil,
            picture(LOGO, [80.0, 80.0, 200.0, 200.0]),
            pill,
            text([700.0, 139.0, 300.0], 52.0, 700.0, 0xffffff, 1.2, TextAlign::Center, "€ 149.90"),
            text([80.0, 930.0, 920.0], 84.0, 700.0, 0xffffff, 1.15, TextAlign::Left, "Handmade ceramic lamp, fired twice in Lisbon"),
            text([80.0, 1256.0, 920.0], 36.0, 400.0, 0xe2e8f0, 1.2, TextAlign::Left, "Free shipping until Sunday"),
        ],
    )
}

fn story() -> Bound {
    let mut photo = picture(PHOTO, [80.0, 300.0, 920.0, 900.0]);
    photo.look = Look { radius: [56.0; 4], shadows: vec![shadow(30.0, 80.0, 0.55)], clip: true, ..Look::default() };
    canvas(
        "S3",
        1920,
        linear(160.0, [(hex(0x0b1020), 0.0), (hex(0x1d4ed8), 1.0)]),
        vec![
            photo,
            text([80.0, 96.0, 920.0], 40.0, 700.0, 0x93c5fd, 1.2, TextAlign::Left, "NEW IN STORE"),
            text([80.0, 160.0, 920.0], 72.0, 700.0, 0xffffff, 1.2, TextAlign::Left, "Lights for slow evenings"),
            text([80.0, 1270.0, 920.0], 56.0, 700.0, 0xffffff, 1.4, TextAlign::Right, "إضاءة هادئة لأمسيات طويلة ودافئة"),
            text([80.0, 1390.0, 920.0], 60.0, 700.0, 0xffffff, 1.4, TextAlign::Left, "長い夜のための、やさしい灯り。"),
            text([80.0, 1510.0, 920.0], 48.0, 700.0, 0xffffff, 1.4, TextAlign::Left, "Rated 4.9 ⭐ by 2,300 homes 🏡✨👩🏽\u{200d}🍳"),
            text([80.0, 1790.0, 920.0], 36.0, 400.0, 0xbfdbfe, 1.2, TextAlign::Left, "nordlicht.example · Lisbon"),
        ],
    )
}

fn canvas(key: &str, height: u32, background: Paint, nodes: Vec<Node>) -> Bound {
    Bound {
        key: key.to_owned(),
        width: 1080,
        height,
        locale: "en".to_owned(),
        direction: Direction::Ltr,
        safe_zone: None,
        background: Some(background),
        nodes,
    }
}

fn place([x, y, width, height]: [f32; 4]) -> Place {
    let px = |px| Some(Length { px, percent: 0.0 });
    Place { left: px(x), top: px(y), width: px(width), height: px(height), ..Place::default() }
}

fn rect(id: &str, at: [f32; 4]) -> Node {
    Node { id: id.to_owned(), place: place(at), look: Look::default(), kind: Kind::Shape(Form::Rect.into()) }
}

fn picture(key: &str, at: [f32; 4]) -> Node {
    let source = Source::Picture(key.to_owned());
    let image = Image { field: None, source, fallback: None, fit: ImageFit::Cover, focus: Some([0.5, 0.5]), duotone: None, tint: None };
    Node { id: key.to_owned(), place: place(at), look: Look::default(), kind: Kind::Image(image) }
}

fn text([x, y, width]: [f32; 3], size: f32, weight: f32, color: u32, line_height: f32, align: TextAlign, text: &str) -> Node {
    let kind = Kind::Text(Box::new(Text {
        field: None,
        spans: vec![Span::plain(text)],
        font: Font { family: "Inter".to_owned(), weight, italic: false, width: 100.0, variations: Vec::new() },
        fit: Fit { max: size, min: size, max_lines: 20, grow: 1.0 },
        color: Paint::Solid(hex(color)),
        picture: None,
        stroke: None,
        highlight: None,
        accent: Accent::default(),
        marks: Vec::new(),
        inline: Vec::new(),
        align,
        vertical_align: VerticalAlign::Top,
        line_height,
        tracking: 0.0,
        ellipsis: false,
        balance: false,
        hang: false,
        script_adjust: false,
        tabular: false,
        features: Vec::new(),
        strike: false,
        underline: false,
        arc: None,
        drop_cap: None,
    }));
    Node { id: format!("text-{y}"), place: Place { height: None, ..place([x, y, width, 0.0]) }, look: Look::default(), kind }
}

fn shadow(y: f32, blur: f32, alpha: f32) -> Shadow {
    Shadow { x: 0.0, y, blur, spread: 0.0, color: black(alpha), inset: false }
}

fn linear(angle: f32, stops: [(Color, f32); 2]) -> Paint {
    Paint::Linear { angle, stops: stops.map(|(color, offset)| Stop { offset, color }).to_vec() }
}

fn hex(rgb: u32) -> Color {
    let [_, r, g, b] = rgb.to_be_bytes();
    Color { r, g, b, a: 255 }
}

fn black(alpha: f32) -> Color {
    Color { r: 0, g: 0, b: 0, a: (alpha * 255.0).round() as u8 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salt_changes_the_last_text_and_nothing_else() {
        for name in ["S1", "S2", "S3"] {
            let (plain, salted) = (scene(name, None).expect("a scene"), scene(name, Some(7)).expect("a scene"));
            let differing: Vec<_> = plain.nodes.iter().zip(&salted.nodes).filter(|(a, b)| a != b).collect();
            assert_eq!(differing.len(), 1);
            assert!(matches!(&differing[0].1.kind, Kind::Text(text) if text.spans[0].text.ends_with(" 7")));
        }
        assert_eq!(scene("S4", None), None);
    }
}
