//! PDF and SVG: independent readers find every word, and see what the picture shows.

use std::{path::Path, process::Command, sync::Arc};

use render::{About, Engine, FontBytes, FontKind, Fonts, Frame, Options, Picture, PictureError, Scratch, World, Writing, pdf, render, svg};
use template::{Bound, Document, Inputs};

/// A picture with a slope in every channel.
struct Slope;

impl World for Slope {
    fn picture(&self, _: &str) -> Result<Picture, PictureError> {
        let pixels: Vec<u8> = (0..64u8).flat_map(|y| (0..64u8).flat_map(move |x| [x * 4, y * 4, 255 - x * 4, 255])).collect();
        Ok(Picture { width: 64, height: 64, source_width: 64, source_height: 64, opaque: true, pixels: Arc::new(pixels) })
    }
}

fn engine() -> Engine {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/fonts");
    let mut fonts = Fonts::default();
    for (family, kind, file) in [
        ("Inter", FontKind::Text, "inter/inter-latin-standard-normal.woff2"),
        ("Inter", FontKind::Text, "inter/inter-latin-ext-standard-normal.woff2"),
        ("Noto Sans Arabic", FontKind::Fallback, "noto-sans-arabic/noto-sans-arabic-arabic-wght-normal.woff2"),
        ("Noto Sans Devanagari", FontKind::Fallback, "noto-sans-devanagari/noto-sans-devanagari-devanagari-wght-normal.woff2"),
        ("Noto Color Emoji", FontKind::Emoji, "noto-color-emoji/noto-color-emoji-colrv1.woff2"),
    ] {
        let bytes: FontBytes = Arc::new(std::fs::read(root.join(file)).unwrap());
        fonts.add(family, kind, bytes, 0).unwrap();
    }
    Engine::new(fonts)
}

/// Something of every way into a file.
fn bound() -> Bound {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vector_files.json")).unwrap();
    let document = Document::parse(&text).unwrap_or_else(|faults| panic!("{faults:?}"));
    let (inputs, _) = Inputs::check(&document, &serde_json::json!({}), "", true).unwrap();
    template::bind(&document, &document.sizes()[0], &inputs, None, None).0
}

fn writing() -> Writing {
    let about = About {
        title: "All <of> it".to_owned(),
        description: "Words & pictures".to_owned(),
        language: "en".to_owned(),
        brand_kit: "Tea & co".to_owned(),
        group: "quote".to_owned(),
        size: "wide".to_owned(),
    };
    Writing { about: Some(about), ..Writing::default() }
}

fn page(engine: &Engine, bounds: &[&Bound]) -> Vec<u8> {
    pdf(engine, &mut Scratch::default(), bounds, &Slope, &Options::default(), &writing()).unwrap()
}

fn picture(engine: &Engine, bound: &Bound) -> Frame {
    render(engine, &mut Scratch::default(), bound, &Slope, &Options::default()).unwrap()
}

/// What a program of poppler-utils says about a file.
fn poppler(program: &str, options: &[&str], to: &[&str], file: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.pdf");
    std::fs::write(&path, file).unwrap();
    let out = Command::new(program).args(options).arg(&path).args(to).output();
    let out = out.unwrap_or_else(|error| panic!("{program} of the package poppler-utils is needed: {error}"));
    assert!(out.status.success() && out.stderr.is_empty(), "{}", String::from_utf8_lossy(&out.stderr));
    out.stdout
}

/// The mean difference of channels, and the share of pixels that are off by more than a fifth.
fn difference(frame: &Frame, rgba: &[u8]) -> (f64, f64) {
    assert_eq!(frame.pixels.len(), rgba.len());
    let off: Vec<u8> = frame.pixels.iter().zip(rgba).map(|(a, b)| a.abs_diff(*b)).collect();
    let far = off.chunks_exact(4).filter(|pixel| pixel.iter().any(|channel| *channel > 51)).count();
    (off.iter().map(|off| f64::from(*off)).sum::<f64>() / off.len() as f64, far as f64 * 4.0 / off.len() as f64)
}

#[test]
fn every_word_of_a_page_is_found_in_every_script() {
    let text = String::from_utf8(poppler("pdftotext", &[], &["-"], &page(&engine(), &[&bound()]))).unwrap();
    // Readers may mark the direction of what they hand out, and break lines where a font ends.
    let marks = ['\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}'];
    let plain = text.replace(marks, "").split_whitespace().collect::<Vec<_>>().join(" ");
    for words in ["Difficult offices à la carte", "مرحبا بالعالم", "नमस्ते दुनिया", "Cheers 🎉", "Softened"]
    {
        assert!(plain.contains(words), "{words:?} is not in {plain:?}");
    }
}

#[test]
fn a_page_shows_what_the_picture_shows() {
    let (engine, bound) = (engine(), bound());
    let ppm = poppler("pdftoppm", &["-r", "96"], &[], &page(&engine, &[&bound]));
    let head = b"P6\n600 420\n255\n";
    assert!(ppm.starts_with(head), "{:?}", String::from_utf8_lossy(&ppm[..20]));
    let rgba: Vec<u8> = ppm[head.len()..].chunks_exact(3).flat_map(|c| [c[0], c[1], c[2], 255]).collect();
    let (mean, far) = difference(&picture(&engine, &bound), &rgba);
    assert!(mean < 2.5 && far < 0.02, "mean {mean}, far {far}");
}

#[test]
fn a_drawing_shows_what_the_picture_shows_and_tells_it() {
    let (engine, bound) = (engine(), bound());
    let drawing = svg(&engine, &mut Scratch::default(), &bound, &Slope, &Options::default(), &writing()).unwrap();
    assert!(drawing.contains("<title id=\"title\">All &lt;of&gt; it</title>") && drawing.contains(">Words &amp; pictures</desc>"));
    assert!(!drawing.contains("<text"), "letters are outlines");
    let tree = resvg::usvg::Tree::from_str(&drawing, &resvg::usvg::Options::default()).unwrap();
    let mut pixmap = resvg::tiny_skia::Pixmap::new(600, 420).unwrap();
    resvg::render(&tree, resvg::tiny_skia::Transform::default(), &mut pixmap.as_mut());
    let (mean, far) = difference(&picture(&engine, &bound), pixmap.data());
    assert!(mean < 2.5 && far < 0.02, "mean {mean}, far {far}");
}

#[test]
fn files_are_the_same_bytes_on_any_number_of_threads() {
    let (engine, bound) = (engine(), bound());
    let once = || {
        let drawing = svg(&engine, &mut Scratch::default(), &bound, &Slope, &Options::default(), &writing()).unwrap();
        (page(&engine, &[&bound, &bound]), drawing)
    };
    let alone = once();
    let others: Vec<_> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..3).map(|_| scope.spawn(once)).collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).collect()
    });
    assert!(others.iter().all(|other| *other == alone));
}

#[test]
fn sizes_are_pages_of_one_file_and_say_what_they_are() {
    let bound = bound();
    let told = String::from_utf8(poppler("pdfinfo", &[], &[], &page(&engine(), &[&bound, &bound, &bound]))).unwrap();
    for line in [
        "Title:           All <of> it",
        "Keywords:        template:quote, size:wide, kit:Tea & co",
        "Pages:           3",
        "Page size:       450 x 315 pts",
    ] {
        assert!(told.contains(line), "{line:?} is not in {told}");
    }
    assert!(!told.contains("CreationDate"), "no clock");
}

#[test]
fn a_page_without_a_background_is_clear() {
    let clear = Bound { background: None, nodes: Vec::new(), ..bound() };
    let file = page(&engine(), &[&clear]);
    let drawing = svg(&engine(), &mut Scratch::default(), &clear, &Slope, &Options::default(), &Writing::default()).unwrap();
    assert!(file.len() < 3_000 && !drawing.contains("<path"), "{} bytes", file.len());
}

#[test]
fn a_page_is_as_large_as_its_pixels_of_an_inch_say_and_keeps_to_its_bytes() {
    let (engine, bound) = (engine(), bound());
    let draw = |writing: &Writing| pdf(&engine, &mut Scratch::default(), &[&bound], &Slope, &Options::default(), writing).unwrap();
    let print = draw(&Writing { dpi: Some(300), ..Writing::default() });
    assert!(String::from_utf8(poppler("pdfinfo", &[], &[], &print)).unwrap().contains("Page size:       144 x 100.8 pts"));
    let (free, least) = (draw(&Writing::default()).len(), draw(&Writing { quality: 1, ..Writing::default() }).len());
    let most = (free + least) as u64 / 2;
    let kept = draw(&Writing { max_bytes: Some(most), ..Writing::default() }).len() as u64;
    assert!(kept <= most && kept >= least as u64, "{kept} of {most}, least {least}, free {free}");
}
    assert!(drawing.contains("rp:TemplateGroup=\"quote\" rp:Size=\"wide\" rp:BrandKit=\"Tea &amp; co\""));
