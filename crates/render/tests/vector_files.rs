//! PDF and SVG: independent readers find every word, and see what the picture shows.

mod support;

use std::{path::Path, process::Command, sync::Arc};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use render::{About, Engine, Frame, Options, Picture, PictureError, Scratch, World, Writing, codec, pdf, render, svg};
use support::{Slope, engine};
use template::{
    Bound, Document, Inputs,
    bound::{Color, Kind},
};
use turbojpeg::PixelFormat;

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

/// A world with one picture, known with its file.
struct Photo(Picture);

impl World for Photo {
    fn picture(&self, _: &str) -> Result<Picture, PictureError> {
        Ok(self.0.clone())
    }
}

impl Photo {
    fn of(file: &[u8]) -> Self {
        let picture = codec::decode(file, (u32::MAX, u32::MAX)).unwrap();
        Self(Picture { file: Some(Arc::new(file.to_vec())), ..picture })
    }
}

/// A JPEG with waves and a little noise.
fn jpeg(width: u32, height: u32, format: PixelFormat) -> Vec<u8> {
    let pixel = |i: u32| {
        let (x, y) = (i % width, i / width);
        let wave = |of: u32, by: f32| (libm::sinf(of as f32 / by) * 90.0 + 120.0) as u8 + (i.wrapping_mul(0x9e37_79b9) >> 28) as u8;
        [wave(x, 31.0), wave(y, 23.0), wave(x + y, 47.0), 255]
    };
    let pixels: Vec<u8> = (0..width * height).flat_map(pixel).collect();
    let (width, height) = (width as usize, height as usize);
    let mut compressor = turbojpeg::Compressor::new().unwrap();
    compressor.set_quality(85).unwrap();
    if format == PixelFormat::CMYK {
        compressor.set_colorspace(turbojpeg::Colorspace::CMYK).unwrap();
    }
    compressor.compress_to_vec(turbojpeg::Image { pixels: &pixels[..], width, pitch: width * 4, height, format }).unwrap()
}

/// The file with a segment behind its start.
fn with_segment(file: &[u8], marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&file[..2], &[0xff, marker], &length, data, &file[2..]].concat()
}

/// What a camera says, with an orientation and words behind it.
fn exif(orientation: u8) -> Vec<u8> {
    [&b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"[..], &[orientation], b"\0\0\0\0\0\0Kreuzberg"].concat()
}

/// A page of nothing but the picture, turned and with round corners.
fn album(change: impl Fn(&mut template::bound::Image)) -> Bound {
    let mut bound = bound();
    bound.nodes.retain(|node| node.id == "photo");
    for node in &mut bound.nodes {
        match &mut node.kind {
            Kind::Image(image) => change(image),
            _ => panic!("the photo is an image"),
        }
    }
    bound
}

fn shown(bound: &Bound, world: &Photo, writing: &Writing) -> Vec<u8> {
    pdf(&engine(), &mut Scratch::default(), &[bound], world, &Options::default(), writing).unwrap()
}

fn holds(file: &[u8], part: &[u8]) -> bool {
    file.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_photo_stays_as_it_came_without_what_its_camera_said() {
    let plain = jpeg(240, 200, PixelFormat::RGBA);
    let world = Photo::of(&with_segment(&with_segment(&plain, 0xfe, b"Kreuzberg"), 0xe1, &exif(1)));
    let bound = album(|_| ());
    let page = shown(&bound, &world, &Writing::default());
    assert!(holds(&page, &plain) && !holds(&page, b"Kreuzberg"));
    let frame = render(&engine(), &mut Scratch::default(), &bound, &world, &Options::default()).unwrap();
    let (mean, far) = difference(&frame, &pixels(&page));
    assert!(mean < 1.0 && far < 0.01, "mean {mean}, far {far}");
    let drawing = svg(&engine(), &mut Scratch::default(), &bound, &world, &Options::default(), &Writing::default()).unwrap();
    assert!(drawing.contains(&BASE64_STANDARD.encode(&plain)));
}

#[test]
fn a_photo_is_written_anew_where_its_own_bytes_would_not_do() {
    let plain = jpeg(240, 200, PixelFormat::RGBA);
    let p3 = [b"ICC_PROFILE\0\x01\x01".to_vec(), moxcms::ColorProfile::new_display_p3().encode().unwrap()].concat();
    let (usual, as_it_is) = (Writing::default(), album(|_| ()));
    let tinted = album(|image| image.tint = Some(Color { r: 200, g: 0, b: 0, a: 255 }));
    let cases = [
        ("turned", with_segment(&plain, 0xe1, &exif(6)), &as_it_is, usual.clone()),
        ("with a profile", with_segment(&plain, 0xe2, &p3), &as_it_is, usual.clone()),
        ("of inks", jpeg(240, 200, PixelFormat::CMYK), &as_it_is, usual.clone()),
        ("too large", jpeg(480, 400, PixelFormat::RGBA), &as_it_is, usual.clone()),
        ("hardly seen", jpeg(480, 160, PixelFormat::RGBA), &as_it_is, usual.clone()),
        ("tinted", plain.clone(), &tinted, usual.clone()),
        ("in fewer bytes", plain.clone(), &as_it_is, Writing { quality: 70, ..usual.clone() }),
    ];
    for (name, file, bound, writing) in cases {
        let world = Photo::of(&file);
        let page = shown(bound, &world, &writing);
        assert!(!holds(&page, &file[file.len() - 400..]), "{name}");
        let frame = render(&engine(), &mut Scratch::default(), bound, &world, &Options::default()).unwrap();
        let (mean, far) = difference(&frame, &pixels(&page));
        assert!(mean < 2.5 && far < 0.02, "{name}: mean {mean}, far {far}");
    }
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

/// A page as another program shows it.
fn pixels(page: &[u8]) -> Vec<u8> {
    let ppm = poppler("pdftoppm", &["-r", "96"], &[], page);
    let head = b"P6\n600 420\n255\n";
    assert!(ppm.starts_with(head), "{:?}", String::from_utf8_lossy(&ppm[..20]));
    ppm[head.len()..].chunks_exact(3).flat_map(|c| [c[0], c[1], c[2], 255]).collect()
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
    let (mean, far) = difference(&picture(&engine, &bound), &pixels(&page(&engine, &[&bound])));
    assert!(mean < 2.5 && far < 0.02, "mean {mean}, far {far}");
}

#[test]
fn a_drawing_shows_what_the_picture_shows_and_tells_it() {
    let (engine, bound) = (engine(), bound());
    let drawing = svg(&engine, &mut Scratch::default(), &bound, &Slope, &Options::default(), &writing()).unwrap();
    assert!(drawing.contains("<title id=\"title\">All &lt;of&gt; it</title>") && drawing.contains(">Words &amp; pictures</desc>"));
    assert!(drawing.contains("rp:TemplateGroup=\"quote\" rp:Size=\"wide\" rp:BrandKit=\"Tea &amp; co\""));
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
