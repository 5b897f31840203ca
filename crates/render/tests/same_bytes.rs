//! Same input, same bytes: from run to run, in fresh and used scratch, on any number of threads; and what a render notices.

mod support;

use std::collections::BTreeSet;

use render::{Engine, Frame, Options, PictureError, RenderError, Scratch, measure, render};
use support::{Slope, engine};
use template::{
    Bound, Severity, WarningCode,
    bound::{
        Accent, Align, Blend, Border, Cap, Chart, ChartForm, Color, Direction, DropCap, Filter, Fit, Font, Form, Image, ImageFit, Inline,
        Justify, Kind, Length, Look, Mark, Mask, Node, Paint, Pattern, PatternForm, Place, Shadow, Shape, Source, Span, SpanStyle, Stack,
        Stop, Text, TextAlign, VerticalAlign,
    },
};

const INK: Color = Color { r: 20, g: 30, b: 60, a: 255 };
const PAPER: Color = Color { r: 250, g: 248, b: 240, a: 255 };

fn place(x: f32, y: f32, width: f32, height: f32) -> Place {
    let px = |px: f32| Some(Length { px, percent: 0.0 });
    Place { left: px(x), top: px(y), width: px(width), height: px(height), mirror: true, ..Place::default() }
}

fn text(content: &str, max: f32, min: f32, max_lines: u32) -> Text {
    Text {
        field: Some("title".to_owned()),
        spans: vec![Span::plain(content)],
        font: Font { family: "Inter".to_owned(), weight: 700.0, italic: false, width: 100.0, variations: Vec::new() },
        fit: Fit { max, min, max_lines, grow: 1.0 },
        color: Paint::Solid(INK),
        picture: None,
        stroke: None,
        highlight: None,
        accent: Accent::default(),
        marks: Vec::new(),
        inline: Vec::new(),
        align: TextAlign::Start,
        vertical_align: VerticalAlign::Top,
        line_height: 1.1,
        tracking: -0.01,
        ellipsis: true,
        balance: true,
        hang: true,
        script_adjust: true,
        tabular: false,
        features: Vec::new(),
        strike: false,
        underline: false,
        arc: None,
        drop_cap: None,
    }
}

fn node(place: Place, look: Look, kind: Kind) -> Node {
    Node { id: "node".to_owned(), place, look, kind }
}

fn bound(nodes: Vec<Node>) -> Bound {
    Bound {
        key: "square".to_owned(),
        width: 320,
        height: 320,
        locale: "en".to_owned(),
        direction: Direction::Ltr,
        safe_zone: None,
        background: Some(Paint::Solid(PAPER)),
        nodes,
    }
}

fn image(key: &str) -> Image {
    let source = Source::Picture(key.to_owned());
    Image {
        field: Some("photo".to_owned()),
        source,
        fallback: None,
        fit: ImageFit::Cover,
        focus: Some([0.5; 2]),
        duotone: None,
        tint: None,
    }
}

fn one_text(text: Text) -> Bound {
    bound(vec![node(place(20.0, 20.0, 280.0, 120.0), Look::default(), Kind::Text(Box::new(text)))])
}

/// Something of every kind of drawing.
fn rich() -> Bound {
    let stops = vec![Stop { offset: 0.0, color: INK }, Stop { offset: 1.0, color: Color { a: 40, ..INK } }];
    let shadow = Shadow { x: 2.0, y: 6.0, blur: 18.0, spread: 1.0, color: Color { a: 120, ..INK }, inset: false };
    let gradient = Paint::Linear { angle: 125.0, stops: stops.clone() };
    let radial = Paint::Radial { center: [0.3, 0.4], radius: [1.0, 1.2], stops };
    let path = Form::Path {
        data: "M8 8h20v84H8z M36 40h28a28 28 0 0 1 28 28v24H72z".to_owned(),
        view_box: [0.0, 0.0, 100.0, 100.0],
        fit: ImageFit::Contain,
        even_odd: false,
    };
    let blurred = Filter { blur: 4.0, saturate: 1.4, ..Filter::default() };
    let glass = Look { radius: [12.0; 4], backdrop: Some(blurred), ..Look::default() };
    let stroke = Border { width: 3.0, paint: Paint::Solid(PAPER), dash: Some([6.0, 4.0]), cap: Cap::Round };
    let dashed = Shape { form: Form::Polygon { sides: 5, inner: 0.5 }, stroke: Some(stroke) };
    let grainy = Look { opacity: 0.4, blend: Blend::SoftLight, ..Look::default() };
    let faded = Look { mask: Some(Mask::Paint(gradient.clone())), rotate: 5.0, ..Look::default() };
    let chart = Chart {
        form: ChartForm::Line { width: 3.0, smooth: true, under: Some(Paint::Solid(PAPER)) },
        values: vec![1.0, 4.0, 2.0, 5.0],
        from: 0.0,
        to: 5.0,
        colors: vec![Paint::Solid(INK)],
        gap: 0.0,
        dot: None,
    };
    let stack = Stack {
        row: false,
        gap: 6.0,
        padding: [8.0; 4],
        align: Align::Start,
        justify: Justify::Start,
        wrap: false,
        children: vec![node(
            Place::default(),
            Look::default(),
            Kind::Text(Box::new(text("مرحبا and 👩🏽\u{200d}🍳 “hello”", 30.0, 12.0, 3))),
        )],
    };
    bound(vec![
        node(place(0.0, 0.0, 320.0, 320.0), Look { fill: Some(gradient), ..Look::default() }, Kind::Shape(Form::Rect.into())),
        node(
            place(30.0, 30.0, 120.0, 100.0),
            Look { radius: [20.0; 4], shadows: vec![shadow], ..Look::default() },
            Kind::Image(image("slope")),
        ),
        node(place(180.0, 30.0, 100.0, 100.0), Look { rotate: 17.0, opacity: 0.7, ..Look::default() }, Kind::Image(image("slope"))),
        node(place(30.0, 150.0, 80.0, 60.0), Look { fill: Some(radial), ..Look::default() }, Kind::Shape(Form::Ellipse.into())),
        node(
            place(200.0, 150.0, 80.0, 80.0),
            Look { fill: Some(Paint::Solid(INK)), rotate: 8.0, ..Look::default() },
            Kind::Shape(path.into()),
        ),
        node(place(20.0, 220.0, 280.0, 90.0), Look { fill: Some(Paint::Solid(PAPER)), clip: true, ..Look::default() }, Kind::Stack(stack)),
        node(place(120.0, 120.0, 90.0, 90.0), glass, Kind::Shape(dashed)),
        node(
            place(0.0, 0.0, 320.0, 320.0),
            grainy,
            Kind::Pattern(Pattern { form: PatternForm::Grain { size: 1.0 }, colors: vec![INK], seed: 5 }),
        ),
        node(place(210.0, 240.0, 100.0, 60.0), faded, Kind::Chart(chart)),
    ])
}

fn draw(engine: &Engine, scratch: &mut Scratch, bound: &Bound) -> Frame {
    render(engine, scratch, bound, &Slope, &Options { watermark: true, ..Options::default() }).unwrap()
}

#[test]
fn twenty_renders_on_one_two_and_four_threads_are_the_same_bytes() {
    let (engine, bound) = (engine(), rich());
    let mut seen = BTreeSet::new();
    for threads in [1, 2, 4] {
        let results: Vec<Vec<u8>> = std::thread::scope(|scope| {
            let worker = || {
                let mut scratch = Scratch::default();
                (0..20).map(|_| draw(&engine, &mut scratch, &bound).pixels).collect::<BTreeSet<_>>()
            };
            let handles: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
            handles.into_iter().flat_map(|handle| handle.join().unwrap()).collect()
        });
        seen.extend(results);
    }
    assert_eq!(seen.len(), 1);
    assert!(seen.first().is_some_and(|pixels| pixels.iter().any(|byte| *byte != pixels[0])));
}

#[test]
fn what_was_drawn_before_leaves_no_trace() {
    let (engine, mut scratch) = (engine(), Scratch::default());
    let alone = draw(&engine, &mut Scratch::default(), &rich()).pixels;
    let other = draw(&engine, &mut scratch, &one_text(text("Something else", 60.0, 20.0, 2)));
    scratch.recycle(other);
    assert!(draw(&engine, &mut scratch, &rich()).pixels == alone);
}

#[test]
fn a_new_engine_of_the_same_fonts_has_the_same_digest_and_draws_the_same() {
    let (first, second) = (engine(), engine());
    assert_eq!(first.info(), second.info());
    assert_eq!(first.info().fonts.len(), 64);
    let pixels = |engine: &Engine| draw(engine, &mut Scratch::default(), &rich()).pixels;
    assert!(pixels(&first) == pixels(&second));
}

#[test]
fn measuring_finds_what_rendering_finds() {
    let (engine, mut scratch, bound) = (engine(), Scratch::default(), rich());
    let (texts, _) = measure(&engine, &mut scratch, &bound);
    assert_eq!(texts, draw(&engine, &mut scratch, &bound).texts);
    assert_eq!(texts.len(), 1);
}

fn codes(frame: &Frame) -> Vec<(WarningCode, Severity)> {
    frame.warnings.iter().map(|w| (w.code, w.severity)).collect()
}

fn plain(bound: &Bound) -> Frame {
    render(&engine(), &mut Scratch::default(), bound, &Slope, &Options::default()).unwrap()
}

#[test]
fn a_long_text_shrinks_and_says_by_how_much() {
    let frame = plain(&one_text(text("A headline that is rather too long for such a small box", 60.0, 10.0, 3)));
    assert_eq!(codes(&frame), [(WarningCode::TextShrunk, Severity::Info)]);
    let size = frame.warnings[0].measured["fontSize"].as_f64().unwrap();
    assert!((10.0..60.0).contains(&size) && frame.texts[0].lines <= 3, "{size}");
}

#[test]
fn a_text_that_fits_at_no_size_ends_with_an_ellipsis_or_overflows() {
    let long = "word ".repeat(120);
    let cut = plain(&one_text(text(long.trim(), 40.0, 30.0, 2)));
    assert_eq!(codes(&cut), [(WarningCode::TextTruncated, Severity::Warning)]);
    assert!(cut.texts[0].overflow && cut.texts[0].characters_left < 0 && cut.texts[0].lines == 2);
    let over = plain(&one_text(Text { ellipsis: false, ..text(long.trim(), 40.0, 30.0, 2) }));
    assert_eq!(codes(&over), [(WarningCode::TextOverflow, Severity::Critical)]);
}

#[test]
fn a_word_wider_than_its_line_is_broken_and_loses_nothing() {
    let frame = plain(&one_text(text("Donaudampfschifffahrtsgesellschaft", 40.0, 30.0, 3)));
    assert_eq!(codes(&frame), [(WarningCode::TextShrunk, Severity::Info)]);
    assert!(frame.texts[0].lines >= 2 && !frame.texts[0].overflow);
}

/// Columns between the first and the last with ink, for each line of text.
fn line_widths(frame: &Frame, lines: u32, line_height: f32) -> Vec<u32> {
    let ground = &frame.pixels[..4];
    let inked = |x: u32, y: u32| frame.pixels[((y * frame.width + x) * 4) as usize..][..4] != *ground;
    (0..lines)
        .map(|line| {
            let rows = (20.0 + line as f32 * line_height) as u32..(20.0 + (line + 1) as f32 * line_height) as u32;
            let columns: Vec<u32> = (0..frame.width).filter(|x| rows.clone().any(|y| inked(*x, y))).collect();
            columns.last().zip(columns.first()).map_or(0, |(last, first)| last - first + 1)
        })
        .collect()
}

/// At one width for all lines, some of these leave "hour" alone however narrow that width is made.
#[test]
fn no_word_is_left_alone_on_the_last_line() {
    for balance in [true, false] {
        for width in (150..280).step_by(5) {
            let mut spec = text("Why small teams should price by outcome, not by hour", 20.0, 20.0, 9);
            spec.balance = balance;
            let title = node(place(20.0, 20.0, width as f32, 300.0), Look::default(), Kind::Text(Box::new(spec)));
            let frame = plain(&bound(vec![title]));
            let widths = line_widths(&frame, frame.texts[0].lines, 22.0);
            let (last, longest) = (widths[widths.len() - 1], widths.iter().copied().max().unwrap());
            assert!(last * 3 >= longest, "{width}: {widths:?}");
            assert!(longest <= width, "{width}: {widths:?}");
        }
    }
}

#[test]
fn characters_without_a_font_are_left_out_and_named() {
    let frame = plain(&one_text(text("\u{10330}\u{10331}", 40.0, 30.0, 1)));
    assert_eq!(codes(&frame), [(WarningCode::MissingGlyphs, Severity::Critical)]);
    let paper = [PAPER.r, PAPER.g, PAPER.b, 255];
    assert!(frame.pixels.chunks_exact(4).all(|pixel| pixel == paper));
}

#[test]
fn pale_text_is_warned_of_with_both_measures() {
    let pale = Color { r: 225, g: 225, b: 225, a: 255 };
    let frame = plain(&one_text(Text { color: Paint::Solid(pale), ..text("Pale", 12.0, 12.0, 1) }));
    assert_eq!(codes(&frame), [(WarningCode::LowContrast, Severity::Warning)]);
    let warning = &frame.warnings[0];
    assert!(warning.measured["wcag"].as_f64().unwrap() < 2.0 && warning.limit["wcag"] == 4.5);
}

#[test]
fn a_small_picture_in_a_large_box_is_warned_of() {
    let frame = plain(&bound(vec![node(place(0.0, 0.0, 320.0, 320.0), Look::default(), Kind::Image(image("slope")))]));
    assert_eq!(codes(&frame), [(WarningCode::ImageLowResolution, Severity::Warning)]);
}

#[test]
fn an_absent_picture_fails_by_name_unless_a_fallback_stands_in() {
    let of = |image| bound(vec![node(place(0.0, 0.0, 64.0, 64.0), Look::default(), Kind::Image(image))]);
    let draw = |bound: &Bound| render(&engine(), &mut Scratch::default(), bound, &Slope, &Options::default());
    let failed = draw(&of(image("gone"))).unwrap_err();
    let error = PictureError::FetchFailed;
    assert_eq!(failed, RenderError::Picture { error, field: Some("photo".to_owned()), key: "gone".to_owned() });
    let frame = draw(&of(Image { fallback: Some("slope".to_owned()), ..image("gone") })).unwrap();
    assert_eq!(codes(&frame), [(WarningCode::ImageUnavailable, Severity::Critical)]);
}

#[test]
fn the_logo_suits_the_ground_behind_it() {
    let logo = |light: Option<&str>, dark: Option<&str>, ground: Color| {
        let name = |key: Option<&str>| key.map(str::to_owned);
        let source = Source::Logo { role: "primary".to_owned(), light: name(light), dark: name(dark), any: None };
        let node = node(place(20.0, 20.0, 64.0, 64.0), Look::default(), Kind::Image(Image { source, ..image("") }));
        let bound = Bound { background: Some(Paint::Solid(ground)), ..bound(vec![node]) };
        render(&engine(), &mut Scratch::default(), &bound, &Slope, &Options::default())
    };
    // Only the variant that must be chosen exists in the world.
    assert!(codes(&logo(Some("slope"), Some("gone"), PAPER).unwrap()).is_empty());
    assert!(codes(&logo(Some("gone"), Some("slope"), INK).unwrap()).is_empty());
    let frame = logo(Some("slope"), None, INK).unwrap();
    assert_eq!(codes(&frame), [(WarningCode::LogoVariantFallback, Severity::Info)]);
}

#[test]
fn deadlines_and_sizes_end_a_render() {
    let late = Options { deadline: &|| true, ..Options::default() };
    let draw = |bound: &Bound, options: &Options| render(&engine(), &mut Scratch::default(), bound, &Slope, options);
    assert_eq!(draw(&rich(), &late).unwrap_err(), RenderError::Timeout);
    let large = Bound { width: 8193, ..rich() };
    assert_eq!(draw(&large, &Options::default()).unwrap_err(), RenderError::TooLarge { width: 8193, height: 320 });
    let half = draw(&rich(), &Options { scale: 0.5, ..Options::default() }).unwrap();
    assert_eq!((half.width, half.height, half.pixels.len()), (160, 160, 160 * 160 * 4));
}

#[test]
fn right_to_left_is_the_mirror_of_left_to_right() {
    let fill = Look { fill: Some(Paint::Solid(INK)), radius: [16.0, 0.0, 0.0, 0.0], ..Look::default() };
    let ltr = bound(vec![node(place(10.0, 20.0, 100.0, 50.0), fill, Kind::Shape(Form::Rect.into()))]);
    let rtl = Bound { direction: Direction::Rtl, ..ltr.clone() };
    let (ltr, rtl) = (plain(&ltr), plain(&rtl));
    let rows = |frame: &Frame| {
        frame.pixels.chunks_exact(320 * 4).map(|row| row.chunks_exact(4).map(<[u8]>::to_vec).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    let mirrored: Vec<Vec<Vec<u8>>> = rows(&ltr).into_iter().map(|row| row.into_iter().rev().collect()).collect();
    assert!(mirrored == rows(&rtl));
}

/// Pixels of a colour as columns and rows, where the frame has any.
fn extent(frame: &Frame, color: Color) -> Option<[u32; 4]> {
    let inked = |(i, pixel): (usize, &[u8])| {
        (pixel == [color.r, color.g, color.b, 255]).then_some((i as u32 % frame.width, i as u32 / frame.width))
    };
    let points: Vec<(u32, u32)> = frame.pixels.chunks_exact(4).enumerate().filter_map(inked).collect();
    let (xs, ys) = (points.iter().map(|(x, _)| *x), points.iter().map(|(_, y)| *y));
    Some([xs.clone().min()?, ys.clone().min()?, xs.max()?, ys.max()?])
}

const RED: Color = Color { r: 200, g: 0, b: 0, a: 255 };

#[test]
fn a_box_in_a_line_has_its_size_and_goes_with_the_word_that_it_is_glued_to() {
    let red = Inline { width: 4.0, height: 0.8, radius: 0.0, shift: 0.0, fill: Some(Paint::Solid(RED)), image: None, icon: None };
    let glued = |before: &str| {
        let box_of_it = Span { text: "\u{a0}".to_owned(), style: SpanStyle { inline: Some(0), ..SpanStyle::default() } };
        let mut text = Text { inline: vec![red.clone()], balance: false, ..text("", 40.0, 40.0, 3) };
        text.spans = vec![Span::plain(before), box_of_it];
        let (engine, mut scratch) = (engine(), Scratch::default());
        let (fits, _) = measure(&engine, &mut scratch, &one_text(text.clone()));
        let frame = render(&engine, &mut scratch, &one_text(text), &Slope, &Options::default()).unwrap();
        (fits[0].lines, extent(&frame, RED).unwrap())
    };
    // "there" alone would stay on the first line.
    let (lines, [x0, y0, x1, y1]) = glued("Hi there\u{a0}");
    assert_eq!(lines, 2);
    assert!(y0 > 64, "the box stands on the second line, {y0}");
    assert!(x0 > 100, "behind its word, {x0}");
    assert!((159..=161).contains(&(x1 - x0 + 1)) && (31..=33).contains(&(y1 - y0 + 1)), "{x0} {y0} {x1} {y1}");
    // At a space the line breaks before the box.
    let (lines, [x0, ..]) = glued("Hi there ");
    assert_eq!((lines, x0), (2, 20));
}

#[test]
fn text_along_an_arc_stands_on_its_circle_and_shrinks_to_its_sweep() {
    let along = |sweep: f32| {
        let arc = Some(template::bound::Arc { radius: 80.0, at: 0.0, sweep, inside: false });
        let text = Text { arc, color: Paint::Solid(RED), ..text("HHHHHHHH", 20.0, 8.0, 1) };
        bound(vec![node(place(60.0, 60.0, 200.0, 200.0), Look::default(), Kind::Text(Box::new(text)))])
    };
    let (engine, mut scratch) = (engine(), Scratch::default());
    let (fits, _) = measure(&engine, &mut scratch, &along(180.0));
    assert_eq!((fits[0].lines, fits[0].font_size), (1, 20.0));
    let (fits, _) = measure(&engine, &mut scratch, &along(45.0));
    assert!(fits[0].font_size < 12.0, "{}", fits[0].font_size);
    let frame = render(&engine, &mut scratch, &along(180.0), &Slope, &Options::default()).unwrap();
    let mut seen = 0;
    for (i, pixel) in frame.pixels.chunks_exact(4).enumerate().filter(|(_, pixel)| *pixel == [RED.r, RED.g, RED.b, 255]) {
        let (x, y) = ((i as u32 % frame.width) as f32 - 160.0, (i as u32 / frame.width) as f32 - 160.0);
        let far = (x * x + y * y).sqrt();
        assert!((79.0..97.0).contains(&far), "{x} {y} is {far} away: {pixel:?}");
        seen += 1;
    }
    assert!(seen > 200, "{seen}");
}

#[test]
fn a_drop_cap_is_as_high_as_its_lines_and_they_begin_beside_it() {
    let red = Mark { color: Some(RED), font: None, size: 1.0, raise: 0.0, underline: false, strike: false };
    let written = |content: &str| {
        let drop_cap = Some(DropCap { lines: 2, gap: 0.3, mark: 0 });
        let spec = Text { drop_cap, marks: vec![red.clone()], hang: false, ..text(content, 20.0, 10.0, 6) };
        let (engine, mut scratch) = (engine(), Scratch::default());
        let (fits, _) = measure(&engine, &mut scratch, &one_text(spec.clone()));
        let frame = render(&engine, &mut scratch, &one_text(spec), &Slope, &Options::default()).unwrap();
        (fits[0].clone(), extent(&frame, RED), extent(&frame, INK).unwrap())
    };
    let (fit, letter, _) = written("Hot rye from the oven at six, rolls at seven, cake at noon until it is gone.");
    assert!((3..=6).contains(&fit.lines) && fit.font_size == 20.0, "{fit:?}");
    let [x0, y0, x1, y1] = letter.unwrap();
    // From the capitals of the first line to the baseline of the second: 22 + .727 · 20.
    assert!((35..=38).contains(&(y1 - y0 + 1)), "{y0} {y1}");
    assert!(x0 <= 24 && x1 < 70, "{x0} {x1}");
    // One line is no ground for a letter of two.
    let (fit, letter, [x0, ..]) = written("Hot rye");
    assert_eq!((fit.lines, letter), (1, None));
    assert!(x0 < 24);
}
