//! Binding the full document: what is there, where, and in which colours.

use serde_json::{Value, json};
use template::bound::{Bound, Color, Direction, Kind, Node, Paint, Source, Text};
use template::brand::{Brand, BrandColor, BrandFont, BrandLogo, LogoTheme};
use template::{Document, Inputs, Warning, WarningCode, bind};

fn document() -> Document {
    Document::parse(include_str!("full.json")).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

fn color(hex: &str) -> Color {
    Color::parse(hex).unwrap()
}

fn kit() -> Brand {
    let role = |role: &str, hex: &str, on: &str| BrandColor { role: role.to_owned(), color: color(hex), on: color(on) };
    let font = |role: &str, family: &str| BrandFont {
        role: role.to_owned(),
        font: template::bound::Font { family: family.to_owned(), weight: 600.0, italic: false, width: 100.0, variations: Vec::new() },
        tracking: -0.03,
        line_height: Some(1.1),
    };
    Brand {
        name: "Halvmark *Inc*".to_owned(),
        corner: 0.02,
        colors: vec![
            role("primary", "#4f5ef7", "#ffffff"),
            role("secondary", "#1f2b4d", "#e8ecff"),
            role("accent", "#3ee6ae", "#05261b"),
            role("background", "#0b0f1a", "#f3f5fa"),
            role("surface", "#161d2e", "#f3f5fa"),
            role("text", "#f3f5fa", "#0b0f1a"),
            role("muted", "#aeb8cc", "#0b0f1a"),
        ],
        fonts: vec![font("heading", "Sora"), font("body", "Inter"), font("accent", "JetBrains Mono")],
        logos: vec![
            BrandLogo { role: "primary".to_owned(), theme: LogoTheme::Light, picture: "sha256:light".to_owned() },
            BrandLogo { role: "primary".to_owned(), theme: LogoTheme::Dark, picture: "sha256:dark".to_owned() },
        ],
    }
}

fn bound(size: &str, data: Value, brand: Option<&Brand>, locale: Option<&str>) -> (Bound, Vec<Warning>) {
    let document = document();
    let (inputs, _) = Inputs::check(&document, &data, "inputData", true).unwrap_or_else(|faults| panic!("{faults:#?}"));
    bind(&document, document.size(size).unwrap(), &inputs, brand, locale)
}

fn find<'a>(nodes: &'a [Node], id: &str) -> Option<&'a Node> {
    nodes.iter().find_map(|node| {
        if node.id == id {
            return Some(node);
        }
        match &node.kind {
            Kind::Group(children) => find(children, id),
            Kind::Stack(stack) => find(&stack.children, id),
            _ => None,
        }
    })
}

fn node<'a>(bound: &'a Bound, id: &str) -> &'a Node {
    find(&bound.nodes, id).unwrap_or_else(|| panic!("no {id}"))
}

fn text<'a>(bound: &'a Bound, id: &str) -> &'a Text {
    match &node(bound, id).kind {
        Kind::Text(text) => text,
        other => panic!("{id} is {other:?}"),
    }
}

fn words(bound: &Bound, id: &str) -> String {
    text(bound, id).spans.iter().map(|span| span.text.as_str()).collect()
}

#[test]
fn the_example_inputs_bind_in_every_size_without_a_warning() {
    let document = document();
    let (inputs, warnings) = Inputs::check(&document, &document.example_inputs(), "inputData", true).unwrap();
    assert!(warnings.is_empty());
    for size in document.sizes() {
        let (bound, warnings) = bind(&document, size, &inputs, None, None);
        assert_eq!(warnings, [], "{}", size.key);
        assert!(!bound.nodes.is_empty());
    }
    assert_eq!(document.alt_text(&inputs, None), "A good chair for €1,299.50");
}

#[test]
fn sizes_share_layers_and_override_what_differs() {
    let data = json!({"title": "Chair", "features": ["Oak", "Wool", "Brass"], "link": "https://example.com"});
    let (square, _) = bound("square", data.clone(), None, None);
    let (story, _) = bound("story", data.clone(), None, None);
    let (landscape, _) = bound("landscape", data, None, None);
    // An override of `max`, one of `hidden`, and a variable.
    assert!(find(&square.nodes, "chip.1").is_some() && find(&square.nodes, "chip.2").is_none());
    assert!(find(&story.nodes, "chip.2").is_some() && find(&story.nodes, "qr").is_some() && find(&square.nodes, "qr").is_none());
    assert_eq!((text(&square, "title").fit.max_lines, text(&story, "title").fit.max_lines), (3, 5));
    assert_eq!(node(&square, "stage").place.height.unwrap().px, 0.57 * 1080.0);
    assert_eq!(node(&story, "stage").place.height.unwrap().px, 0.6 * 1920.0);
    // `order`: named ones come last.
    let ids: Vec<&str> = story.nodes.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(ids, ["words", "qr", "glow", "logo", "stage"].into_iter().filter(|id| *id != "logo").collect::<Vec<_>>());
    // Own layers take shared ones, and `null` takes a property away.
    let ids: Vec<&str> = landscape.nodes.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(ids, ["stage", "title"]);
    let stage = node(&landscape, "stage");
    assert_eq!((stage.place.right, stage.place.width.unwrap().percent, stage.place.left.is_some()), (None, 46.0, true));
    assert_eq!(landscape.background, None);
    assert_eq!(text(&landscape, "title").fit.max, 0.12 * 630.0);
    let Kind::Group(children) = &stage.kind else { panic!() };
    let ids: Vec<&str> = children.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(ids, ["arch", "dots.0", "dots.1", "dots.2", "disc"]);
}

#[test]
fn the_kit_gives_colours_fonts_corner_and_logos() {
    let data = json!({"title": "Chair", "price": 20, "until": "2026-05-14", "photo": "https://example.com/a.jpg"});
    let (bound, warnings) = bound("square", data, Some(&kit()), None);
    let title = text(&bound, "title");
    assert_eq!((title.font.family.as_str(), title.font.weight, title.tracking, title.line_height), ("Sora", 600.0, -0.03, 1.1));
    assert_eq!(title.color, Paint::Solid(color("#f3f5fa")));
    assert_eq!(title.accent.color, Some(color("#3ee6ae")));
    let accent = title.accent.font.as_ref().unwrap();
    assert_eq!((accent.family.as_str(), accent.weight, accent.italic), ("JetBrains Mono", 500.0, true));
    assert_eq!(node(&bound, "stage").look.fill, Some(Paint::Solid(color("#4f5ef7"))));
    assert_eq!(text(&bound, "price").color, Paint::Solid(color("#05261b")));
    assert_eq!(node(&bound, "photo").look.radius, [216.0, 216.0, 21.6, 21.6]);
    let Kind::Image(logo) = &node(&bound, "logo").kind else { panic!() };
    let wanted = Source::Logo { role: "primary".into(), light: Some("sha256:light".into()), dark: Some("sha256:dark".into()), any: None };
    assert_eq!(logo.source, wanted);
    // On a dark stage the variant holds.
    assert_eq!(node(&bound, "disc").look.fill, Some(Paint::Solid(color("#3ee6ae29"))));
    let roles: Vec<&Value> = warnings.iter().map(|warning| &warning.limit["role"]).collect();
    assert_eq!(roles, ["brand.colors.pop"]);
    assert!(warnings.iter().all(|warning| warning.code == WarningCode::BrandRoleMissing));
}

#[test]
fn a_kit_without_a_font_role_takes_the_templates_face() {
    let mut kit = kit();
    kit.fonts.retain(|font| font.role != "heading");
    let (bound, warnings) = bound("square", json!({"title": "Chair"}), Some(&kit), None);
    assert_eq!(text(&bound, "title").font.family, "Bricolage Grotesque");
    assert!(warnings.iter().any(|warning| warning.limit["role"] == "brand.fonts.heading"));
}

#[test]
fn documents_and_inputs_cross_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Document>();
    shared::<Inputs>();
    shared::<Bound>();
}

#[test]
fn without_a_kit_the_look_counts_and_logos_are_left_out_silently() {
    let (bound, warnings) = bound("square", json!({"title": "Chair", "photo": "https://example.com/a.jpg"}), None, None);
    assert_eq!(warnings, []);
    assert!(find(&bound.nodes, "logo").is_none());
    let title = text(&bound, "title");
    assert_eq!(
        (title.font.family.as_str(), title.font.weight, title.tracking, title.line_height),
        ("Bricolage Grotesque", 700.0, -0.02, 1.06)
    );
    assert_eq!(title.font.variations, [("opsz".to_owned(), 96.0)]);
    // #b53a0b on white reads.
    assert_eq!(title.accent.color, Some(color("#b53a0b")));
    assert_eq!(node(&bound, "photo").look.radius[2], 0.03 * 1080.0);
    assert_eq!(node(&bound, "stage").look.fill, Some(Paint::Solid(color("#c7d2ba"))));
}

#[test]
fn a_kit_without_logos_is_told_once() {
    let mut kit = kit();
    kit.logos.clear();
    let (bound, warnings) = bound("square", json!({"title": "Chair"}), Some(&kit), None);
    assert!(find(&bound.nodes, "logo").is_none());
    assert_eq!(warnings.iter().filter(|warning| warning.limit["role"] == "brand.logos.primary").count(), 1);
    assert!(!warnings.iter().any(|warning| warning.limit["role"] == "brand.logos.mark"), "asking whether a logo is there is no use of it");
}

#[test]
fn what_is_not_given_is_not_there() {
    let (bound, _) = bound("square", json!({"title": "Chair", "features": [], "price": null, "body": ""}), None, None);
    for id in ["photo", "sticker", "chips", "stat.0", "body", "stars", "kicker"] {
        let there = find(&bound.nodes, id);
        assert!(there.is_none(), "{id}: {there:?}");
    }
    assert!(find(&bound.nodes, "stats").is_some());
}

#[test]
fn conditions_follow_the_input() {
    let mark = |data: Value, locale: Option<&str>| find(&bound("square", data, None, locale).0.nodes, "mark").is_some();
    let long = "A chair for the long evenings";
    assert!(!mark(json!({"title": long}), None));
    assert!(mark(json!({"title": long, "stars": 4}), None));
    assert!(mark(json!({"title": "Chair"}), None));
    assert!(mark(json!({"title": long}), Some("ja-JP")));
    assert!(mark(json!({"title": long}), Some("ar")));
    assert!(!mark(json!({"title": long, "stars": 4, "style": "cross"}), None));
    let badge = |value: bool| bound("square", json!({"title": long, "price": 0, "badge": value}), None, None).0;
    assert!(find(&badge(true).nodes, "sticker").is_some(), "a price of 0 is given");
    assert!(find(&badge(false).nodes, "sticker").is_none());
}

#[test]
fn values_are_formatted_by_locale() {
    let data = json!({"title": "x", "price": 1299, "oldPrice": 1500.5, "until": "2026-05-14", "stars": 4.25, "features": ["straße"], "stats": [{"value": "1", "label": "jahr"}]});
    let (en, _) = bound("square", data.clone(), None, Some("en"));
    assert_eq!(words(&en, "price"), "€1,299");
    assert_eq!(words(&en, "oldPrice"), "€1,500.50");
    assert!(text(&en, "oldPrice").strike && text(&en, "price").tabular);
    assert_eq!(words(&en, "kicker"), "New · May 14");
    assert_eq!(words(&en, "stars"), "4.3 of 5");
    assert_eq!(words(&en, "chipText.0"), "1 STRASSE");
    assert_eq!(words(&en, "statLabel.0"), "JAHR");
    let (de, _) = bound("square", data.clone(), None, Some("de"));
    assert_eq!(words(&de, "price"), "1.299\u{a0}€");
    assert_eq!(words(&de, "oldPrice"), "1.500,50\u{a0}€");
    assert_eq!(words(&de, "kicker"), "New · 14. Mai");
    let (ja, _) = bound("square", data, None, Some("ja"));
    assert_eq!(words(&ja, "kicker"), "New · 5月14日");
}

#[test]
fn direction_follows_the_locale_or_else_the_title() {
    let direction = |title: &str, locale: Option<&str>| bound("square", json!({"title": title}), None, locale).0.direction;
    assert_eq!(direction("Chair", None), Direction::Ltr);
    assert_eq!(direction("«1» كرسي جيد", None), Direction::Rtl);
    assert_eq!(direction("123", None), Direction::Ltr);
    assert_eq!(direction("كرسي", Some("en")), Direction::Ltr);
    assert_eq!(direction("Chair", Some("ar")), Direction::Rtl);
    assert_eq!(direction("Chair", Some("he-IL")), Direction::Rtl);
    assert_eq!(direction("Chair", Some("az-Arab")), Direction::Rtl);
}

#[test]
fn without_a_locale_the_text_says_which_language_it_is_in() {
    let language = |title: &str, locale: Option<&str>| bound("square", json!({"title": title}), None, locale).0.locale;
    for (title, expected) in [
        ("Chair", "en"),
        ("よいデザイン", "ja"),
        ("Pomblo のアプリ", "ja"),
        ("好设计", "zh"),
        ("좋은 의자", "ko"),
        ("अच्छी कुर्सी", "hi"),
        ("เก้าอี้ดี", "th"),
        ("كرسي", "ar"),
        ("כיסא", "he"),
        ("42", "en"),
    ] {
        assert_eq!(language(title, None), expected, "{title}");
    }
    assert_eq!(language("好设计", Some("zh-TW")), "zh-TW");
    assert_eq!(language("好设计", Some("de")), "de");
}

#[test]
fn texts_have_accents_and_other_strings_have_none() {
    let data = json!({"title": "One *two*\r\nthree", "link": "https://example.com/a*b*c"});
    let (story, _) = bound("story", data, Some(&kit()), None);
    let spans = &text(&story, "title").spans;
    let shown: Vec<(&str, bool)> = spans.iter().map(|span| (span.text.as_str(), span.style.accent)).collect();
    assert_eq!(shown, [("One ", false), ("two", true), ("\nthree", false)]);
    let Kind::Qr(qr) = &node(&story, "qr").kind else { panic!() };
    assert_eq!((qr.data.as_str(), qr.field.as_deref(), qr.quiet), ("https://example.com/a*b*c", Some("link"), 4));
    assert_eq!(text(&story, "title").field.as_deref(), Some("title"));
}

#[test]
fn pictures_take_their_key_focus_fit_and_fallback() {
    let data = json!({"title": "x", "photo": {"url": "https://example.com/a.jpg", "focus": {"x": 0.2, "y": 0.4}, "fit": "fill"}, "stats": [{"value": "1", "icon": "data:image/png;base64,AAAA"}]});
    let (bound, _) = bound("square", data, None, None);
    let Kind::Image(photo) = &node(&bound, "photo").kind else { panic!() };
    assert_eq!(photo.source, Source::Picture("https://example.com/a.jpg".into()));
    assert_eq!((photo.focus, photo.fit), (Some([0.2, 0.4]), template::bound::ImageFit::Fill));
    assert_eq!((photo.field.as_deref(), photo.fallback.as_deref()), (Some("photo"), Some("asset_demo_blank")));
    assert_eq!(photo.duotone, Some([color("#20241c"), color("#b53a0b"), color("#ffffff")]));
    let Kind::Image(icon) = &node(&bound, "statIcon.0").kind else { panic!() };
    let Source::Picture(key) = &icon.source else { panic!() };
    assert!(key.starts_with("sha256:") && key.len() == 71, "{key}");
    assert_eq!((icon.field.as_deref(), icon.focus), (Some("stats"), None), "a point that nobody named");
}

#[test]
fn counted_repeats_know_their_index_and_items_their_colour() {
    let (bound, _) = bound("square", json!({"title": "x", "stats": [{"value": "1", "tone": "#ff0000"}, {"value": "2"}]}), None, None);
    let lefts: Vec<f32> = (0..3).map(|i| node(&bound, &format!("dots.{i}")).place.left.unwrap().px).collect();
    assert!((lefts[1] - lefts[0] - 21.6).abs() < 0.01 && (lefts[2] - lefts[1] - 21.6).abs() < 0.01, "{lefts:?}");
    assert_eq!(node(&bound, "stat.0").look.fill, Some(Paint::Solid(color("#ff0000"))));
    assert_eq!(node(&bound, "stat.1").look.fill, Some(Paint::Solid(color("#00000000"))));
    assert_eq!(words(&bound, "statValue.1"), "2");
}

#[test]
fn gradients_are_mixed_in_oklab_and_eased() {
    let (bound, _) = bound("square", json!({"title": "x"}), None, None);
    let Some(Paint::Linear { angle, stops }) = &bound.background else { panic!() };
    assert_eq!((*angle, stops.len(), stops[0].color), (160.0, 5, color("#ffffff")));
    let Some(Paint::Radial { stops, .. }) = &node(&bound, "glow").look.fill else { panic!() };
    let alphas: Vec<u8> = stops.iter().map(|stop| stop.color.a).collect();
    assert_eq!(alphas, [51, 49, 43, 35, 26, 16, 8, 2, 0]);
    assert!(stops.windows(2).all(|pair| pair[0].offset < pair[1].offset));
    assert!(
        stops.iter().all(|stop| (stop.color.r, stop.color.g, stop.color.b) == (0xb5, 0x3a, 0x0b)),
        "a fading colour keeps its hue: {stops:?}"
    );
}

#[test]
fn fields_say_where_they_are_used() {
    let document = document();
    assert_eq!(document.used_in("title"), ["square", "story", "landscape"]);
    assert_eq!(document.used_in("link"), ["story"]);
    assert_eq!(document.used_in("features"), ["square", "story"]);
    assert_eq!(document.used_in("ean"), [] as [&str; 0]);
}

#[test]
fn overrides_of_one_size_win_over_the_shared_inputs() {
    let document = document();
    let (shared, _) = Inputs::check(&document, &json!({"title": "Long", "price": 5}), "inputData", true).unwrap();
    let (over, _) = Inputs::check(&document, &json!({"title": "Short", "price": null}), "overrides.story.inputData", false).unwrap();
    let merged = shared.merged(&over);
    let (bound, _) = bind(&document, document.size("story").unwrap(), &merged, None, None);
    assert_eq!(words(&bound, "title"), "Short");
    assert!(find(&bound.nodes, "price").is_some());
    assert_eq!(document.alt_text(&merged, Some("de")), "Short for 5,00 €");
}

/// One text layer over a rich headline and a photo.
fn rich(layer: Value, data: Value) -> Option<Text> {
    let document = json!({
        "format": 1, "name": "Rich",
        "fields": [
            {"name": "title", "type": "richText", "constraints": {"marks": ["b", "i"]}},
            {"name": "photo", "type": "image"}
        ],
        "layers": [layer],
        "templates": [{"key": "square", "name": "Square", "width": 400, "height": 400}]
    });
    let document = Document::parse(&document.to_string()).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let (inputs, _) = Inputs::check(&document, &data, "inputData", true).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let (bound, _) = bind(&document, document.size("square").unwrap(), &inputs, None, None);
    bound.nodes.into_iter().find_map(|node| if let Kind::Text(text) = node.kind { Some(*text) } else { None })
}

#[test]
fn marks_change_the_face_that_is_around_them_and_nest() {
    let marks = json!({"b": {"weight": 800, "size": 2}, "red": {"color": "#c00", "size": 0.5, "underline": true}});
    let layer =
        json!({"id": "title", "type": "text", "text": "[red]{{title}}[/red]!", "weight": 400, "accent": {"italic": true}, "marks": marks});
    let text = rich(layer, json!({"title": "a [b]b[/b] [i]c[/i] *[b]d[/b]* [red]"})).unwrap();
    let shown: Vec<_> = text
        .spans
        .iter()
        .map(|span| {
            let mark = text.mark(span.style);
            let font = mark.and_then(|mark| mark.font.as_ref()).map(|font| (font.weight, font.italic));
            (span.text.as_str(), font, mark.map(|mark| (mark.size, mark.color.is_some(), mark.underline)))
        })
        .collect();
    let red = Some((0.5, true, true));
    let both = Some((1.0, true, true));
    assert_eq!(
        shown,
        [
            ("a ", None, red),
            ("b", Some((800.0, false)), both),
            // The layer has no look for [i]; the field doesn't allow [red].
            (" c ", None, red),
            ("d", Some((800.0, true)), both),
            (" [red]", None, red),
            ("!", None, None),
        ]
    );
}

#[test]
fn a_box_holds_the_picture_or_its_fill_and_is_left_out_without_both() {
    let layer = |pill: Value| json!({"id": "lead", "type": "text", "text": "hiring a\u{a0}[pill/] {{title}}", "inline": {"pill": pill}});
    let photo = json!({"title": "baker", "photo": "https://a.test/b.jpg"});
    let spans = |text: &Text| text.spans.iter().map(|span| (span.text.clone(), span.style.inline)).collect::<Vec<_>>();
    let with_box = [("hiring a\u{a0}", None), ("\u{a0}", Some(0)), (" baker", None)].map(|(text, inline)| (text.to_owned(), inline));

    let text = rich(layer(json!({"source": "{{photo}}", "width": 1.55, "height": 0.8, "radius": "full"})), photo.clone()).unwrap();
    assert_eq!(spans(&text), with_box);
    assert_eq!((text.inline[0].width, text.inline[0].height), (1.55, 0.8));
    let source = &text.inline[0].image.as_ref().unwrap().source;
    assert_eq!(*source, Source::Picture("https://a.test/b.jpg".to_owned()));

    let text = rich(layer(json!({"source": "{{photo}}", "fill": "#fff"})), json!({"title": "baker"})).unwrap();
    assert_eq!(spans(&text), with_box);
    assert!(text.inline[0].image.is_none() && text.inline[0].fill.is_some());

    let text = rich(layer(json!({"source": "{{photo}}"})), json!({"title": "baker"})).unwrap();
    assert_eq!(spans(&text).iter().map(|(text, _)| text.as_str()).collect::<String>(), "hiring a baker");
    assert!(text.inline.is_empty());
    assert!(rich(layer(json!({"source": "{{photo}}", "fill": "#fff"})), json!({})).is_none(), "the text names a value that is not given");
}

#[test]
fn a_table_is_a_row_for_each_item_with_cells_of_shared_widths() {
    let document = json!({
        "format": 1, "name": "Table",
        "fields": [{"name": "menu", "type": "list", "items": {"fields": [{"name": "dish", "type": "text"}, {"name": "price", "type": "number"}]}}],
        "layers": [{
            "id": "menu", "type": "table", "rows": "{{menu}}", "maxRows": 2, "zebra": "#eee", "rule": {"width": 1, "color": "#000"},
            "cell": {"size": 20}, "header": {"size": 10},
            "columns": [{"text": "{{item.dish}}", "header": "Dish"}, {"text": "{{item.price | number(2)}}", "width": 80, "align": "end", "size": 24}]
        }],
        "templates": [{"key": "square", "name": "Square", "width": 400, "height": 400}]
    });
    let document = Document::parse(&document.to_string()).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let nodes = |data: Value| {
        let (inputs, _) = Inputs::check(&document, &data, "inputData", true).unwrap();
        bind(&document, document.size("square").unwrap(), &inputs, None, None).0.nodes
    };
    assert!(nodes(json!({})).is_empty());
    let nodes = nodes(json!({"menu": [{"dish": "Rye", "price": 5.8}, {"dish": "Rolls"}, {"dish": "Cake", "price": 4}]}));
    let Kind::Stack(table) = &nodes[0].kind else { panic!() };
    let ids: Vec<&str> = table.children.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(ids, ["menu.header", "menu.rule.0", "menu.0", "menu.rule.1", "menu.1"]);
    assert!(table.children[2].look.fill.is_none() && table.children[4].look.fill.is_some());
    let cells = |row: usize| {
        let Kind::Stack(row) = &table.children[row].kind else { panic!() };
        let text = |node: &Node| match &node.kind {
            Kind::Text(text) => Some((text.spans[0].text.clone(), text.fit.max)),
            _ => None,
        };
        assert_eq!(
            row.children.iter().map(|cell| (cell.place.width.unwrap().px, cell.place.grow)).collect::<Vec<_>>(),
            [(0.0, 1.0), (80.0, 0.0)]
        );
        row.children.iter().map(text).collect::<Vec<_>>()
    };
    assert_eq!(cells(0), [Some(("Dish".to_owned(), 10.0)), None]);
    assert_eq!(cells(2), [Some(("Rye".to_owned(), 20.0)), Some(("5.80".to_owned(), 24.0))]);
    assert_eq!(cells(4), [Some(("Rolls".to_owned(), 20.0)), None]);
}

#[test]
fn a_sizes_most_bytes_win_over_the_groups_and_the_rest_is_shared() {
    let group = |output: Value, size: Value| {
        let mut group: Value = serde_json::from_str(include_str!("full.json")).unwrap();
        group["output"] = output;
        group["templates"][0]["maxBytes"] = size;
        Document::parse(&group.to_string()).unwrap_or_else(|faults| panic!("{faults:#?}"))
    };
    let document = group(json!({"maxBytes": "platform", "dpi": 300, "small": true, "metadata": false}), json!(90_000));
    let [first, second] = [0, 1].map(|at| document.output(&document.sizes()[at]));
    assert_eq!((first.max_bytes, second.max_bytes), (Some(template::Most::Bytes(90_000)), Some(template::Most::Platform)));
    assert_eq!((first.dpi, first.small, first.metadata), (Some(300), true, false));
    let plain = group(json!({}), json!(null));
    assert_eq!(plain.output(&plain.sizes()[0]), template::Output::default());
}
