//! SVG to pixels. Only ever in the child: some files overflow the stack or never end.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use render::{
    Picture, PictureError,
    codec::{self, Kind},
};
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{ImageHrefResolver, ImageKind, Options, Tree},
};

use super::job::Need;

/// Deepest nesting of elements; drawing programs stay below 40.
const MAX_DEPTH: usize = 256;
/// Most elements as written.
const MAX_ELEMENTS: usize = 200_000;

pub(super) struct Svg(Tree);

impl Svg {
    /// Nothing outside the file is ever read: links to files and to the network draw nothing, and so does text, because a
    /// picture must look the same whatever fonts a machine has.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, PictureError> {
        scan(bytes)?;
        let pixels = AtomicU64::new(0);
        let options = Options {
            image_href_resolver: ImageHrefResolver {
                resolve_data: Box::new(move |_, data, _| nested(data, &pixels)),
                resolve_string: Box::new(|_, _| None),
            },
            ..Options::default()
        };
        Tree::from_data(bytes, &options).map(Self).map_err(|_| PictureError::DecodeFailed)
    }

    /// The file's own size in CSS pixels, rounded up.
    pub(super) fn size(&self) -> (u32, u32) {
        let size = self.0.size();
        let side = |length: f32| (length.ceil() as u32).max(1);
        (side(size.width()), side(size.height()))
    }

    /// Draws at the size that the box needs. Vector pictures have no size of their own, so `source_width` is 0.
    pub(super) fn draw(&self, need: Need) -> Result<Picture, PictureError> {
        let size = self.0.size();
        let (across, down) = (need.width.max(1) as f32 / size.width(), need.height.max(1) as f32 / size.height());
        let wanted = if need.contain { across.min(down) } else { across.max(down) };
        // A thin line of a picture can't cover a box within the limits; then it is as large as they let it be.
        let most = codec::MAX_SIDE as f32 / size.width().max(size.height());
        let area = (codec::MAX_PIXELS as f32 / (size.width() * size.height())).sqrt();
        let scale = wanted.min(most).min(area);
        let side = |length: f32| ((length * scale).round() as u32).clamp(1, codec::MAX_SIDE);
        let (width, height) = (side(size.width()), side(size.height()));
        let mut pixmap = Pixmap::new(width, height).ok_or(PictureError::TooLarge)?;
        let transform = Transform::from_scale(width as f32 / size.width(), height as f32 / size.height());
        resvg::render(&self.0, transform, &mut pixmap.as_mut());
        let pixels = pixmap.take();
        let opaque = pixels.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255);
        Ok(Picture { width, height, source_width: 0, source_height: 0, opaque, pixels: Arc::new(pixels), file: None })
    }
}

/// Pictures inside, as data URLs: raster only, and together no larger than one picture may be.
fn nested(data: Arc<Vec<u8>>, pixels: &AtomicU64) -> Option<ImageKind> {
    let header = codec::header(&data).ok()?;
    let size = u64::from(header.width) * u64::from(header.height);
    if pixels.fetch_add(size, Ordering::Relaxed) + size > codec::MAX_PIXELS {
        return None;
    }
    match header.kind {
        Kind::Png => Some(ImageKind::PNG(data)),
        Kind::Jpeg => Some(ImageKind::JPEG(data)),
        Kind::Webp => Some(ImageKind::WEBP(data)),
        Kind::Gif => Some(ImageKind::GIF(data)),
        Kind::Svg => None,
    }
}

/// Counts elements and their depth as the text shows them, before a parser sees it. Entities can hide more; what they
/// hide meets the process' own limits.
fn scan(bytes: &[u8]) -> Result<(), PictureError> {
    let (mut depth, mut elements) = (0usize, 0usize);
    let mut rest = bytes;
    while let Some(open) = rest.iter().position(|&byte| byte == b'<') {
        rest = &rest[open..];
        let end = if rest.starts_with(b"<!--") {
            after(rest, b"-->")
        } else if rest.starts_with(b"<![CDATA[") {
            after(rest, b"]]>")
        } else if rest.starts_with(b"<!") || rest.starts_with(b"<?") {
            Some(2)
        } else if rest.starts_with(b"</") {
            depth = depth.saturating_sub(1);
            Some(2)
        } else {
            elements += 1;
            let end = tag_end(rest);
            if end.is_some_and(|end| rest[end - 2] != b'/') {
                depth += 1;
            }
            end
        };
        if depth > MAX_DEPTH || elements > MAX_ELEMENTS {
            return Err(PictureError::DecodeFailed);
        }
        rest = &rest[end.ok_or(PictureError::DecodeFailed)?..];
    }
    Ok(())
}

fn after(text: &[u8], mark: &[u8]) -> Option<usize> {
    text.windows(mark.len()).position(|window| window == mark).map(|at| at + mark.len())
}

/// Behind the `>` that ends the tag; one inside quotes does not.
fn tag_end(text: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (at, &byte) in text.iter().enumerate() {
        match quote {
            Some(mark) if byte == mark => quote = None,
            Some(_) => {}
            None if byte == b'"' || byte == b'\'' => quote = Some(byte),
            None if byte == b'>' => return Some(at + 1),
            None => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(text: &str, need: Need) -> Picture {
        Svg::parse(text.as_bytes()).and_then(|svg| svg.draw(need)).expect("drawn")
    }

    fn pixel(picture: &Picture, x: u32, y: u32) -> [u8; 4] {
        let at = (y * picture.width + x) as usize * 4;
        let bytes: &[u8] = (*picture.pixels).as_ref();
        bytes[at..at + 4].try_into().expect("four bytes")
    }

    const WIDE: &str =
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="10"><rect width="40" height="10" fill="#f00"/></svg>"##;

    #[test]
    fn a_picture_is_drawn_at_the_size_that_its_box_needs() {
        let inside = draw(WIDE, Need::contain(200, 200));
        assert_eq!((inside.width, inside.height), (200, 50));
        let covering = draw(WIDE, Need::cover(200, 200));
        assert_eq!((covering.width, covering.height), (800, 200));
        assert_eq!((covering.source_width, covering.source_height), (0, 0));
        assert!(covering.opaque);
        assert_eq!(pixel(&covering, 799, 199), [255, 0, 0, 255]);
    }

    #[test]
    fn a_thin_picture_stays_within_the_limits() {
        let thin = draw(r#"<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="1"/>"#, Need::cover(1080, 1080));
        assert_eq!((thin.width, thin.height), (codec::MAX_SIDE, 1));
        assert!(!thin.opaque);
    }

    #[test]
    fn links_to_files_and_to_the_network_draw_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("secret.svg");
        std::fs::write(&file, WIDE).expect("written");
        for href in [file.display().to_string(), format!("file://{}", file.display()), "http://127.0.0.1:1/a.png".into()] {
            let text = format!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="10"><image width="40" height="10" href="{href}" xlink:href="{href}"/></svg>"#
            );
            let picture = draw(&text, Need::contain(40, 10));
            assert_eq!(pixel(&picture, 5, 5), [0; 4], "{href}");
        }
    }

    #[test]
    fn depth_is_counted_whatever_stands_in_quotes_and_comments() {
        let nest = |depth: usize| format!("{}{}", "<g a='>/'>".repeat(depth), "</g>".repeat(depth));
        assert!(scan(nest(MAX_DEPTH).as_bytes()).is_ok());
        assert!(scan(nest(MAX_DEPTH + 1).as_bytes()).is_err());
        assert!(scan("<g/>".repeat(1000).as_bytes()).is_ok());
        assert!(scan(format!("<!-- {} --><![CDATA[{}]]>", "<g>".repeat(1000), "<g>".repeat(1000)).as_bytes()).is_ok());
        assert!(scan("<g/>".repeat(MAX_ELEMENTS + 1).as_bytes()).is_err());
        assert!(scan(b"<g").is_err());
        assert!(scan(b"<!-- never closed").is_err());
    }
}
