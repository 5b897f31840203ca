//! Files made to hurt, each by its name.

use std::fmt::Write as _;

use render::codec::{self, Buffers, Format, Pixels};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::support::{noise, png};

/// What must become of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    TooLarge,
    Failed,
    /// Whatever it is, within the limits.
    Bounded,
    /// Harmless once its trick is ignored: it is drawn.
    Drawn,
}

use Fate::{Bounded, Drawn, Failed, TooLarge};

pub struct Hostile {
    pub name: String,
    pub bytes: Vec<u8>,
    pub fate: Fate,
}

fn hostile(name: impl Into<String>, bytes: Vec<u8>, fate: Fate) -> Hostile {
    Hostile { name: name.into(), bytes, fate }
}

/// Every crafted file. None of them takes a child down but for those of [`killers`].
pub fn crafted() -> Vec<Hostile> {
    let mut all = pngs();
    all.extend(jpegs());
    all.extend(gifs());
    all.extend(webps());
    all.extend(svgs());
    all.push(hostile("empty file", Vec::new(), Failed));
    all.push(hostile("20 MB and a byte", vec![0; codec::MAX_BYTES + 1], TooLarge));
    all.push(hostile("html that says it is a picture", b"<!doctype html><html><svg></svg>".to_vec(), Failed));
    all.push(hostile("zip with a picture's name", b"PK\x03\x04photo.png".to_vec(), Failed));
    all.push(hostile("elf binary", b"\x7fELF\x02\x01\x01".to_vec(), Failed));
    all.push(hostile("pdf", b"%PDF-1.7".to_vec(), Failed));
    all
}

/// What no check foresees: only the CPU limit ends it.
pub fn killers() -> Vec<Hostile> {
    let mut patterns = String::new();
    for level in 0..30 {
        let (next, inner) = (level + 1, level);
        let fill = if level == 0 { "#f00".to_owned() } else { format!("url(#p{inner})") };
        let _ = write!(
            patterns,
            r#"<pattern id="p{next}" width="3" height="3" patternUnits="userSpaceOnUse"><rect width="2" height="2" fill="{fill}"/><rect x="1" width="2" height="3" fill="{fill}"/></pattern>"#
        );
    }
    vec![hostile("svg with 30 nested patterns", svg(&format!(r#"{patterns}<rect width="1000" height="1000" fill="url(#p30)"/>"#)), Failed)]
}

/// Valid files of every kind, to be cut and flipped.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let gradient = |x: u32, y: u32| [x as u8, y as u8, 128];
    vec![
        ("png", png(64, 48, gradient)),
        ("jpeg", encoded(64, 48, Format::Jpeg)),
        ("webp", encoded(64, 48, Format::Webp)),
        ("gif", gif(64, 48, 3)),
        (
            "svg",
            svg(
                r##"<defs><linearGradient id="a"><stop offset="0" stop-color="#fff"/><stop offset="1"/></linearGradient></defs><path d="M10 10h80v80z" fill="url(#a)" stroke="red"/>"##,
            ),
        ),
    ]
}

fn encoded(width: u32, height: u32, format: Format) -> Vec<u8> {
    let rgba: Vec<u8> = (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .flat_map(|(x, y)| {
            let [r, g, b] = noise(x, y);
            [r, g, b, 255]
        })
        .collect();
    codec::encode(&mut Buffers::default(), Pixels { width, height, opaque: true, rgba: &rgba }, format, 80).expect("encoded")
}

// PNG

fn chunk(tag: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [tag.as_slice(), data].concat();
    [&(data.len() as u32).to_be_bytes()[..], &body, &crc32fast::hash(&body).to_be_bytes()].concat()
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

fn header(width: u32, height: u32, depth: u8, color: u8, interlaced: u8) -> Vec<u8> {
    chunk(b"IHDR", &[&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, color, 0, 0, interlaced]].concat())
}

/// zlib with stored blocks: 65,535 bytes each.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 1];
    let blocks = data.chunks(65_535).count();
    for (index, block) in data.chunks(65_535).enumerate() {
        out.push(u8::from(index + 1 == blocks));
        out.extend((block.len() as u16).to_le_bytes());
        out.extend((!(block.len() as u16)).to_le_bytes());
        out.extend(block);
    }
    let (a, b) = data.iter().fold((1u32, 0u32), |(a, b), &byte| ((a + u32::from(byte)) % 65_521, (b + a + u32::from(byte)) % 65_521));
    out.extend((b << 16 | a).to_be_bytes());
    out
}

/// About a thousandth of `size` bytes that unpack to `size` zeros: what the PNG encoder makes of black rows.
fn zeros(size: u32) -> Vec<u8> {
    let file = png(size / 300, 100, |_, _| [0; 3]);
    let at = file.windows(4).position(|tag| tag == b"IDAT").expect("data");
    let len = u32::from_be_bytes(file[at - 4..at].try_into().expect("four bytes")) as usize;
    file[at + 4..at + 4 + len].to_vec()
}

fn pngs() -> Vec<Hostile> {
    let pixel = stored(&[0, 255, 0, 0]);
    let one = |extra: Vec<u8>| [PNG, &header(1, 1, 8, 2, 0), &extra, &chunk(b"IDAT", &pixel), &chunk(b"IEND", &[])].concat();
    let sized = |width, height| [PNG, &header(width, height, 8, 6, 0), &chunk(b"IDAT", &pixel), &chunk(b"IEND", &[])].concat();
    let bomb = zeros(30_000_000);
    let named = |tag: &[u8; 4]| chunk(tag, &[b"name\0\0", bomb.as_slice()].concat());
    let claim = |tag: &[u8; 4], len: u32| [PNG, &header(1, 1, 8, 2, 0), &len.to_be_bytes(), tag, &[0; 64]].concat();
    vec![
        hostile("png 50,000 x 50,000", sized(50_000, 50_000), TooLarge),
        hostile("png 2^31 - 1 squared", sized(0x7fff_ffff, 0x7fff_ffff), TooLarge),
        hostile("png 2^32 - 1 squared", sized(u32::MAX, u32::MAX), Bounded),
        hostile("png 8193 x 1", sized(8_193, 1), TooLarge),
        hostile("png 8192 x 8192", sized(8_192, 8_192), TooLarge),
        hostile("png 0 x 0", sized(0, 0), Failed),
        hostile("png 7000 x 7000 with four bytes of data", sized(7_000, 7_000), Failed),
        hostile("png with a 1 GiB iCCP claim", claim(b"iCCP", 0x4000_0000), Failed),
        hostile("png with a 2 GiB IDAT claim", claim(b"IDAT", 0x7fff_ffff), Failed),
        hostile("png with a 4 GiB chunk claim", claim(b"zTXt", u32::MAX), Failed),
        hostile("png with an iCCP bomb", one(named(b"iCCP")), Drawn),
        hostile("png with a zTXt bomb", one(named(b"zTXt")), Drawn),
        hostile("png with an iTXt bomb", one(chunk(b"iTXt", &[b"name\0\x01\0\0\0".as_slice(), &bomb].concat())), Drawn),
        hostile("png with a hundred zTXt bombs", one(named(b"zTXt").repeat(100)), Drawn),
        hostile(
            "png whose data unpacks to 30 MB for one pixel",
            [PNG, &header(1, 1, 8, 2, 0), &chunk(b"IDAT", &bomb), &chunk(b"IEND", &[])].concat(),
            Bounded,
        ),
        hostile("png that is animated without end", one(chunk(b"acTL", &[0xff; 8])), Drawn),
        hostile("png without data", [PNG, &header(4, 4, 8, 2, 0), &chunk(b"IEND", &[])].concat(), Failed),
        hostile("png with only a signature", PNG.to_vec(), Failed),
        hostile("png of depth 3", [PNG, &header(4, 4, 3, 2, 0), &chunk(b"IDAT", &pixel)].concat(), Failed),
        hostile(
            "png with a palette colour but no palette",
            [PNG, &header(4, 4, 8, 3, 0), &chunk(b"IDAT", &stored(&[0; 20]))].concat(),
            Failed,
        ),
        hostile("png with a million empty data chunks", one(chunk(b"IDAT", &[]).repeat(1_000_000)), Bounded),
        hostile("png with two headers", one(header(8_000, 6_000, 8, 6, 0)), Bounded),
        hostile("png interlaced and cut", [PNG, &header(4_000, 4_000, 16, 6, 1), &chunk(b"IDAT", &pixel)].concat(), Failed),
        hostile("png truncated in its data", png(400, 300, noise)[..2_000].to_vec(), Failed),
    ]
}

// JPEG

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    [&[0xff, marker][..], &((data.len() + 2) as u16).to_be_bytes(), data].concat()
}

/// A grey progressive JPEG with `scans` empty scans over every block.
fn scans(width: u16, height: u16, scans: usize) -> Vec<u8> {
    let mut file = vec![0xff, 0xd8];
    file.extend(segment(0xdb, &[&[0][..], &[1; 64]].concat()));
    file.extend(segment(0xc2, &[&[8][..], &height.to_be_bytes(), &width.to_be_bytes(), &[1, 1, 0x11, 0]].concat()));
    // One code of one bit, for DC and for AC.
    for class in [0x00, 0x10] {
        file.extend(segment(0xc4, &[&[class, 1][..], &[0; 15], &[0]].concat()));
    }
    file.extend(segment(0xda, &[1, 1, 0, 0, 0, 0]));
    file.extend([0; 16]);
    for _ in 0..scans {
        file.extend(segment(0xda, &[1, 1, 0, 1, 63, 0]));
        file.extend([0; 4]);
    }
    file.extend([0xff, 0xd9]);
    file
}

fn jpegs() -> Vec<Hostile> {
    let good = encoded(640, 480, Format::Jpeg);
    let sized = |width: u16, height: u16| {
        let mut file = good.clone();
        let at = file.windows(2).position(|marker| marker == [0xff, 0xc0]).expect("a frame");
        file[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
        file[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
        file
    };
    let with = |extra: Vec<u8>| [&good[..2], &extra, &good[2..]].concat();
    let exif = |body: &[u8]| segment(0xe1, &[b"Exif\0\0".as_slice(), body].concat());
    vec![
        hostile("jpeg 65,500 x 65,500", sized(65_500, 65_500), TooLarge),
        hostile("jpeg 0 x 480", sized(0, 480), Failed),
        hostile("jpeg of height 0", sized(640, 0), Failed),
        hostile("jpeg 8000 x 6000 with a small picture's data", sized(8_000, 6_000), Bounded),
        hostile("jpeg cut in the middle", good[..good.len() / 2].to_vec(), Bounded),
        hostile("jpeg cut in its header", good[..100].to_vec(), Failed),
        hostile("jpeg with 4,000 scans of 24 megapixels", scans(6_000, 4_000, 4_000), Failed),
        hostile("jpeg with 100,000 scans", scans(2_000, 2_000, 100_000), Failed),
        hostile("jpeg with an exif loop", with(exif(b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x08\0\0\0")), Bounded),
        hostile("jpeg with an exif offset of 4 GB", with(exif(b"MM\0*\xff\xff\xff\xff")), Drawn),
        hostile("jpeg with 65,535 exif entries", with(exif(b"II*\0\x08\0\0\0\xff\xff")), Drawn),
        hostile(
            "jpeg with 300 profile parts",
            with(segment(0xe2, &[b"ICC_PROFILE\0".as_slice(), &[9; 60_000]].concat()).repeat(300)),
            Bounded,
        ),
        hostile("jpeg that is all markers", [[0xff, 0xd8].as_slice(), &[0xff; 1_000_000]].concat(), Failed),
        hostile("jpeg with a million restart markers", [good[..good.len() - 2].to_vec(), [0xff, 0xd0].repeat(1_000_000)].concat(), Bounded),
    ]
}

// GIF

fn gif(width: u16, height: u16, frames: usize) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, width, height, &[0, 0, 0, 255, 255, 255]).expect("a header");
    for frame in 0..frames {
        let buffer = vec![(frame % 2) as u8; usize::from(width) * usize::from(height)];
        encoder.write_frame(&gif::Frame { width, height, buffer: buffer.into(), ..gif::Frame::default() }).expect("a frame");
    }
    drop(encoder);
    file
}

fn gifs() -> Vec<Hostile> {
    let good = gif(64, 48, 1);
    let screen = |width: u16, height: u16| [&good[..6], &width.to_le_bytes(), &height.to_le_bytes(), &good[10..]].concat();
    // The last byte ends the file: without it the frames never do.
    let body = &good[19..good.len() - 1];
    let endless = [&good[..good.len() - 1], &body.repeat(19_000_000 / body.len())].concat();
    let comments = [&good[..19], &[&[0x21, 0xfe][..], &[255; 256].repeat(60_000), &[0]].concat(), &good[19..]].concat();
    vec![
        hostile("gif 65,535 x 65,535", screen(65_535, 65_535), TooLarge),
        hostile("gif 0 x 0", screen(0, 0), Failed),
        hostile("gif without end, 19 MB of frames", endless, Drawn),
        hostile("gif with 15 MB of comments", comments, Bounded),
        hostile("gif whose frame is larger than its screen", screen(8, 8), Bounded),
        hostile("gif without a frame", good[..19].to_vec(), Failed),
        hostile("gif cut in its frame", good[..good.len() - 6].to_vec(), Bounded),
        hostile("gif with one colour over 48 megapixels", gif(8_000, 6_000, 1), Bounded),
    ]
}

// WebP

fn riff(chunks: &[u8]) -> Vec<u8> {
    [b"RIFF", &(chunks.len() as u32 + 4).to_le_bytes()[..], b"WEBP", chunks].concat()
}

fn part(tag: &[u8; 4], data: &[u8]) -> Vec<u8> {
    [tag.as_slice(), &(data.len() as u32).to_le_bytes(), data, &vec![0; data.len() % 2]].concat()
}

fn u24(value: u32) -> [u8; 3] {
    let [a, b, c, _] = value.to_le_bytes();
    [a, b, c]
}

fn webps() -> Vec<Hostile> {
    let good = encoded(64, 48, Format::Webp);
    let data = &good[12..];
    let extended = |flags: u8, width: u32, height: u32| part(b"VP8X", &[&[flags, 0, 0, 0][..], &u24(width - 1), &u24(height - 1)].concat());
    let frame = part(b"ANMF", &[&[0; 6][..], &u24(63), &u24(47), &u24(10), &[0], data].concat());
    let animated = |frames: usize| riff(&[extended(2, 64, 48), part(b"ANIM", &[0; 6]), frame.repeat(frames)].concat());
    let mut wide = good.clone();
    if let Some(at) = wide.windows(3).position(|start| start == [0x9d, 1, 0x2a]) {
        wide[at + 3..at + 7].copy_from_slice(&[0xff, 0x3f, 0xff, 0x3f]);
    }
    // Lossless, 16,384 × 16,384, nothing behind the header.
    let lossless = riff(&part(b"VP8L", &[0x2f, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0]));
    vec![
        hostile("webp 16,383 x 16,383", wide, TooLarge),
        hostile("webp lossless 16,384 x 16,384", lossless, TooLarge),
        hostile("webp animated with 2,000 frames", animated(2_000), Bounded),
        hostile("webp whose canvas is 16 million squared", riff(&[extended(0, 1 << 24, 1 << 24), data.to_vec()].concat()), TooLarge),
        hostile("webp whose canvas lies about its picture", riff(&[extended(0, 4_000, 4_000), data.to_vec()].concat()), Bounded),
        hostile("webp with a 4 GB chunk claim", [b"RIFF\xff\xff\xff\xffWEBPVP8 \xff\xff\xff\xff".as_slice(), &[0; 64]].concat(), Failed),
        hostile(
            "webp with a 15 MB profile",
            riff(&[extended(0x20, 64, 48), part(b"ICCP", &vec![7; 15_000_000]), data.to_vec()].concat()),
            Bounded,
        ),
        hostile("webp without a picture", riff(&extended(0, 64, 48)), Failed),
        hostile("webp cut in the middle", good[..good.len() / 2].to_vec(), Bounded),
        hostile(
            "webp with a lossless huffman bomb",
            riff(&part(b"VP8L", &[&[0x2f, 0xff, 0xdf, 0xf7, 0x01][..], &[0xff; 4_000]].concat())),
            Failed,
        ),
    ]
}

// SVG

fn svg(body: &str) -> Vec<u8> {
    format!(r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="1000" height="1000">{body}</svg>"#)
        .into_bytes()
}

/// Groups that each use the one before twice.
fn doubling(levels: usize) -> String {
    let mut body = String::from(r#"<defs><g id="u0"><rect width="9" height="9"/></g>"#);
    for level in 1..=levels {
        let before = level - 1;
        let _ = write!(
            body,
            r##"<g id="u{level}"><use href="#u{before}" xlink:href="#u{before}"/><use href="#u{before}" xlink:href="#u{before}" x="1"/></g>"##
        );
    }
    let _ = write!(body, r##"</defs><use href="#u{levels}" xlink:href="#u{levels}"/>"##);
    body
}

fn svgs() -> Vec<Hostile> {
    let nest = |tag: &str, depth: usize| format!("{}{}", format!("<{tag}>").repeat(depth), format!("</{tag}>").repeat(depth));
    let image = |href: &str| svg(&format!(r#"<image width="1000" height="1000" href="{href}" xlink:href="{href}"/>"#));
    let entities = {
        let mut text = String::from("<!DOCTYPE svg [<!ENTITY e0 \"<rect width='9' height='9'/>\">");
        for level in 1..12 {
            let _ = write!(text, "<!ENTITY e{level} \"{}\">", format!("&e{};", level - 1).repeat(10));
        }
        text + r#"]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">&e11;</svg>"#
    };
    let external = r#"<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&x;</text></svg>"#;
    let sized = |width: &str, height: &str| {
        format!(r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"><rect width="9" height="9"/></svg>"#)
            .into_bytes()
    };
    let data = |mime: &str, bytes: &[u8]| format!("data:{mime};base64,{}", STANDARD.encode(bytes));
    let inner = svg(r#"<rect width="9" height="9"/>"#);
    let large = png(4_000, 4_000, |_, _| [1, 2, 3]);
    vec![
        hostile("svg with 200,000 nested groups", svg(&nest("g", 200_000)), Failed),
        hostile("svg with 257 nested groups", svg(&nest("g", 257)), Failed),
        hostile("svg with 200 nested groups", svg(&nest("g", 200)), Drawn),
        hostile("svg with 200,000 nested texts", svg(&nest("text", 200_000)), Failed),
        hostile("svg with a million elements", svg(&"<a/>".repeat(1_000_000)), Failed),
        hostile("svg with a million laughs", entities.into_bytes(), Failed),
        hostile("svg with an external entity", external.as_bytes().to_vec(), Bounded),
        hostile("svg with a file link", image("file:///etc/passwd"), Drawn),
        hostile("svg with a path", image("/etc/passwd"), Drawn),
        hostile("svg with a web link", image("http://127.0.0.1:9/x.png"), Drawn),
        hostile(
            "svg with an imported style sheet",
            svg("<style>@import url(http://127.0.0.1:9/x.css); rect{fill:red}</style><rect width='9' height='9'/>"),
            Bounded,
        ),
        hostile("svg with a script", svg("<script>while(1){}</script><rect width='9' height='9'/>"), Drawn),
        hostile("svg with svg as data", image(&data("image/svg+xml", &inner)), Drawn),
        hostile(
            "svg with ten times 16 megapixels as data",
            svg(&format!(r#"<image width="9" height="9" href="{}"/>"#, data("image/png", &large)).repeat(10)),
            Drawn,
        ),
        hostile(
            "svg with a pattern of itself",
            svg(
                r##"<pattern id="p" width="3" height="3"><rect width="9" height="9" fill="url(#p)"/></pattern><rect width="99" height="99" fill="url(#p)"/>"##,
            ),
            Bounded,
        ),
        hostile(
            "svg with a mask of itself",
            svg(r##"<mask id="m"><rect width="9" height="9" mask="url(#m)"/></mask><rect width="99" height="99" mask="url(#m)"/>"##),
            Bounded,
        ),
        hostile("svg that uses itself", svg(r##"<g id="u"><use href="#u" xlink:href="#u"/></g>"##), Bounded),
        hostile(
            "svg with a filter of ten thousand steps",
            svg(&format!(
                r#"<filter id="f">{}</filter><rect width="99" height="99" filter="url(#f)"/>"#,
                "<feGaussianBlur stdDeviation='900'/>".repeat(10_000)
            )),
            Bounded,
        ),
        hostile("svg with a million dashes", svg(r#"<path d="M0 0H1e9" stroke="red" stroke-dasharray="1e-3"/>"#), Bounded),
        hostile("svg with a stroke of 1e38", svg(r#"<path d="M-1e38 0L1e38 1e38" stroke="red" stroke-width="1e38"/>"#), Bounded),
        hostile("svg of 1e30 pixels", sized("1e30", "1e30"), Bounded),
        hostile("svg of no width", sized("0", "10"), Failed),
        hostile("svg of not-a-number", sized("NaN", "-1"), Bounded),
        hostile("svg of 1e-30 pixels", sized("1e-30", "1e-30"), Bounded),
        hostile(
            "svg with a path of a million points",
            svg(&format!(r#"<path d="M0 0{}" stroke="red"/>"#, " 900 1 0 900".repeat(500_000))),
            Bounded,
        ),
        hostile(
            "svg with turbulence of 5000 octaves",
            svg(
                r#"<filter id="f" x="0" y="0" width="1" height="1"><feTurbulence baseFrequency="0.9" numOctaves="5000"/></filter><rect width="1000" height="1000" filter="url(#f)"/>"#,
            ),
            Bounded,
        ),
        hostile("svg whose uses double 40 times", svg(&doubling(40)), Bounded),
        hostile("svg with 60,000 full layers", svg(&r#"<g opacity="0.5"><rect width="1000" height="1000"/></g>"#.repeat(60_000)), Bounded),
        hostile(
            "svg in latin-1",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><title>\xe9</title></svg>".to_vec(),
            Failed,
        ),
        hostile("svg never closed", b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><g>".to_vec(), Failed),
        hostile("svg squeezed with gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\0".to_vec(), Failed),
    ]
}
