//! Real files of every kind, whole, odd, mutilated and hostile.

use proptest::prelude::*;
use template::bound::ImageFit;

use super::*;
use crate::{Picture, PictureError};

const ALL: (u32, u32) = (u32::MAX, u32::MAX);

/// A picture with soft and hard parts, straight RGBA.
fn sample(width: u32, height: u32, alpha: bool) -> Vec<u8> {
    let pixel = |i: u32| {
        let (x, y) = (i % width, i / width);
        let edge = if (x / 8 + y / 8) % 2 == 0 { 90 } else { 0 };
        let alpha = if alpha { (x * 255 / width.max(1)) as u8 } else { 255 };
        [(x * 165 / width) as u8 + edge, (y * 165 / height) as u8 + edge, 60, alpha]
    };
    (0..width * height).flat_map(pixel).collect()
}

fn png_file(width: u32, height: u32, color: png::ColorType, depth: png::BitDepth, data: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if color == png::ColorType::Indexed {
        encoder.set_palette(vec![255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9]);
        encoder.set_trns(vec![255, 255, 128, 0]);
    }
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(data).expect("pixels");
    writer.finish().expect("an end");
    file
}

fn jpeg_file(width: u32, height: u32, format: turbojpeg::PixelFormat, progressive: bool) -> Vec<u8> {
    let pixels = sample(width, height, false);
    let mut compressor = turbojpeg::Compressor::new().expect("a compressor");
    compressor.set_quality(92).expect("quality");
    compressor.set_progressive(progressive).expect("mode");
    if format == turbojpeg::PixelFormat::CMYK {
        compressor.set_colorspace(turbojpeg::Colorspace::CMYK).expect("colours");
    }
    let (width, height) = (width as usize, height as usize);
    let image = turbojpeg::Image { pixels: &pixels[..], width, pitch: width * 4, height, format };
    compressor.compress_to_vec(image).expect("a file")
}

fn webp_file(width: u32, height: u32, alpha: bool, lossless: bool) -> Vec<u8> {
    let mut rgba = sample(width, height, alpha);
    if lossless {
        let mut file = Vec::new();
        image_webp::WebPEncoder::new(&mut file).encode(&rgba, width, height, image_webp::ColorType::Rgba8).expect("a file");
        return file;
    }
    pixels::premultiply(&mut rgba);
    let pixels = Pixels { width, height, opaque: !alpha, rgba: &rgba };
    encode(&mut Buffers::default(), pixels, Format::Webp, 90).expect("a file")
}

fn gif_file(frames: u8) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, 6, 4, &[0, 0, 0, 255, 255, 255, 200, 10, 20]).expect("an encoder");
    for i in 0..frames {
        let mut frame = gif::Frame::from_indexed_pixels(2, 2, vec![1, 2, 1, 0], Some(0));
        (frame.left, frame.top) = (u16::from(i % 2), 1);
        encoder.write_frame(&frame).expect("a frame");
    }
    drop(encoder);
    file
}

fn every_kind() -> Vec<Vec<u8>> {
    vec![
        png_file(24, 16, png::ColorType::Rgba, png::BitDepth::Eight, &sample(24, 16, true)),
        png_file(8, 4, png::ColorType::Indexed, png::BitDepth::Two, &[0b00_01_10_11; 8]),
        png_file(4, 3, png::ColorType::Grayscale, png::BitDepth::Sixteen, &[200; 24]),
        jpeg_file(40, 24, turbojpeg::PixelFormat::RGBA, false),
        jpeg_file(40, 24, turbojpeg::PixelFormat::RGBA, true),
        jpeg_file(24, 24, turbojpeg::PixelFormat::CMYK, false),
        webp_file(24, 16, true, true),
        webp_file(24, 16, true, false),
        webp_file(24, 16, false, false),
        gif_file(3),
    ]
}

/// Those, and files with profiles of light and of inks.
fn every_kind_and_profile() -> Vec<Vec<u8>> {
    let p3 = moxcms::ColorProfile::new_display_p3().encode().expect("a profile");
    let grey = moxcms::ColorProfile::new_gray_with_gamma(1.8).encode().expect("a profile");
    [every_kind(), with_profile(&p3, [200, 100, 50]), with_profile(&grey, [90; 3]), vec![ink_file([9, 200, 30, 4])]].concat()
}

fn pixels_of(picture: &Picture) -> &[u8] {
    (*picture.pixels).as_ref()
}

fn pixel(picture: &Picture, x: u32, y: u32) -> [u8; 4] {
    let at = (y * picture.width + x) as usize;
    pixels_of(picture).as_chunks::<4>().0[at]
}

fn near(a: [u8; 4], b: [u8; 4], by: u8) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= by)
}

#[test]
fn every_kind_is_decoded_at_the_size_that_its_header_claims() {
    for file in every_kind() {
        let head = header(&file).expect("a header");
        let picture = decode(&file, ALL).expect("a picture");
        assert_eq!((picture.width, picture.height), (head.width, head.height), "{head:?}");
        assert_eq!((picture.source_width, picture.source_height), (head.width, head.height));
        assert_eq!(pixels_of(&picture).len() as u32, head.width * head.height * 4);
        assert_eq!(picture.opaque, pixels::opaque(pixels_of(&picture)));
    }
}

#[test]
fn png_alpha_comes_out_premultiplied() {
    let file = png_file(2, 1, png::ColorType::Rgba, png::BitDepth::Eight, &[200, 100, 50, 128, 7, 8, 9, 255]);
    let picture = decode(&file, ALL).expect("a picture");
    assert_eq!(pixels_of(&picture), [100, 50, 25, 128, 7, 8, 9, 255]);
    assert!(!picture.opaque);
}

#[test]
fn palettes_greys_and_deep_colours_become_eight_bit_rgba() {
    let palette = decode(&png_file(4, 1, png::ColorType::Indexed, png::BitDepth::Two, &[0b00_01_10_11]), ALL).expect("palette");
    assert_eq!(pixels_of(&palette), [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 128, 128, 0, 0, 0, 0]);
    let one_bit = decode(&png_file(8, 1, png::ColorType::Grayscale, png::BitDepth::One, &[0b1000_0001]), ALL).expect("grey");
    assert_eq!(pixel(&one_bit, 0, 0), [255; 4]);
    assert_eq!(pixel(&one_bit, 1, 0), [0, 0, 0, 255]);
    let deep = [0xab, 0x12, 0x34, 0x56, 0xff, 0xff];
    let deep = decode(&png_file(1, 1, png::ColorType::Rgb, png::BitDepth::Sixteen, &deep), ALL).expect("deep");
    assert_eq!(pixel(&deep, 0, 0), [0xab, 0x34, 0xff, 255]);
}

#[test]
fn a_jpeg_is_scaled_down_while_decoding_but_never_below_the_need() {
    let file = jpeg_file(400, 320, turbojpeg::PixelFormat::RGBA, false);
    let size = |need| decode(&file, need).map(|p| (p.width, p.height, p.source_width, p.source_height));
    assert_eq!(size(ALL), Ok((400, 320, 400, 320)));
    assert_eq!(size((201, 10)), Ok((400, 320, 400, 320)));
    assert_eq!(size((200, 160)), Ok((200, 160, 400, 320)));
    assert_eq!(size((100, 80)), Ok((100, 80, 400, 320)));
    assert_eq!(size((100, 81)), Ok((200, 160, 400, 320)));
    assert_eq!(size((50, 40)), Ok((50, 40, 400, 320)));
    // Past an eighth it is halved on.
    assert_eq!(size((1, 1)), Ok((1, 1, 400, 320)));
}

#[test]
fn other_kinds_are_halved_after_decoding_by_averaging() {
    let mut rgba = sample(400, 320, false);
    rgba[..16].fill(255);
    rgba[4..8].copy_from_slice(&[1, 55, 155, 255]);
    let file = png_file(400, 320, png::ColorType::Rgba, png::BitDepth::Eight, &rgba);
    let size = |need| decode(&file, need).map(|p| (p.width, p.height, p.source_width, p.source_height));
    assert_eq!(size(ALL), Ok((400, 320, 400, 320)));
    assert_eq!(size((201, 10)), Ok((400, 320, 400, 320)));
    assert_eq!(size((100, 80)), Ok((100, 80, 400, 320)));
    assert_eq!(size((99, 80)), Ok((100, 80, 400, 320)));
    let (whole, half) = (decode(&file, ALL).expect("whole"), decode(&file, (200, 160)).expect("half"));
    assert_eq!((half.width, half.height), (200, 160));
    for (x, y) in [(0, 0), (77, 31), (199, 159)] {
        let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| pixel(&whole, 2 * x + dx, 2 * y + dy));
        let mean = std::array::from_fn(|c| ((four.iter().map(|p| u16::from(p[c])).sum::<u16>() + 2) / 4) as u8);
        assert_eq!(pixel(&half, x, y), mean);
    }
}

#[test]
fn a_turned_jpeg_stands_upright_and_its_need_is_turned_too() {
    let plain = jpeg_file(400, 200, turbojpeg::PixelFormat::RGBA, false);
    let exif = b"\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let file = [&plain[..2], &exif[..], &plain[2..]].concat();
    let (before, after) = (decode(&plain, ALL).expect("plain"), decode(&file, ALL).expect("turned"));
    assert_eq!((after.width, after.height), (200, 400));
    // The stored top left corner is shown at the top right.
    assert_eq!(pixel(&after, 199, 0), pixel(&before, 0, 0));
    assert_eq!(pixel(&after, 0, 0), pixel(&before, 0, 199));
    let half = decode(&file, (100, 200)).expect("half");
    assert_eq!((half.width, half.height), (100, 200));
}

#[test]
fn cmyk_jpegs_are_shown_in_their_colours() {
    // libjpeg stores what it is given; Adobe's files hold 255 for no ink.
    let pixels = [255, 128, 0, 255].repeat(256);
    let mut compressor = turbojpeg::Compressor::new().expect("a compressor");
    compressor.set_quality(100).expect("quality");
    let image = turbojpeg::Image { pixels: &pixels[..], width: 16, pitch: 64, height: 16, format: turbojpeg::PixelFormat::CMYK };
    let file = compressor.compress_to_vec(image).expect("a file");
    let picture = decode(&file, ALL).expect("a picture");
    assert!(near(pixel(&picture, 8, 8), [255, 128, 0, 255], 6), "{:?}", pixel(&picture, 8, 8));
}

#[test]
fn inks_without_adobes_mark_are_not_inverted() {
    let pixels = [0, 0, 255, 0].repeat(256);
    let mut compressor = turbojpeg::Compressor::new().expect("a compressor");
    compressor.set_quality(100).expect("quality");
    compressor.set_colorspace(turbojpeg::Colorspace::CMYK).expect("colours");
    let image = turbojpeg::Image { pixels: &pixels[..], width: 16, pitch: 64, height: 16, format: turbojpeg::PixelFormat::CMYK };
    let file = compressor.compress_to_vec(image).expect("a file");
    let mark = file.windows(5).position(|bytes| bytes == b"Adobe").expect("Adobe's segment") - 4;
    let plain = [&file[..mark], &file[mark + 16..]].concat();
    let shown = |file: &[u8]| pixel(&decode(file, ALL).expect("a picture"), 8, 8);
    assert!(near(shown(&plain), [255, 255, 0, 255], 6), "yellow ink alone: {:?}", shown(&plain));
    assert!(near(shown(&file), [0, 0, 0, 255], 6), "no light is left: {:?}", shown(&file));
}

/// What sRGB has where Display P3 has these values, by the two standards' own figures.
fn from_p3(rgb: [u8; 3]) -> [u8; 4] {
    let linear = rgb.map(|value| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { libm::pow((value + 0.055) / 1.055, 2.4) }
    });
    let rows = [[1.2249402, -0.2249402, 0.0], [-0.0420570, 1.0420570, 0.0], [-0.0196376, -0.0786361, 1.0982736]];
    let [r, g, b] = rows.map(|row: [f64; 3]| {
        let light = row.iter().zip(linear).map(|(a, b)| a * b).sum::<f64>().clamp(0.0, 1.0);
        let value = if light <= 0.0031308 { light * 12.92 } else { 1.055 * libm::pow(light, 1.0 / 2.4) - 0.055 };
        (value * 255.0).round() as u8
    });
    [r, g, b, 255]
}

const P3_COLORS: [[u8; 3]; 3] = [[200, 100, 50], [40, 180, 90], [120, 60, 200]];

/// Files of one P3 colour each kind can hold a profile in: PNG, JPEG with the profile in two parts, WebP.
fn with_profile(profile: &[u8], rgb: [u8; 3]) -> Vec<Vec<u8>> {
    let rgba = [rgb[0], rgb[1], rgb[2], 255].repeat(256);
    let whole = png_file(16, 16, png::ColorType::Rgba, png::BitDepth::Eight, &rgba);
    let mut packed = vec![0; profile.len() + 1000];
    let len = libdeflater::Compressor::default().zlib_compress(profile, &mut packed).expect("packed");
    let chunk = |tag: &[u8], data: &[u8]| [&(data.len() as u32).to_be_bytes()[..], tag, data, &[0; 4]].concat();
    let png = [&whole[..33], &chunk(b"iCCP", &[b"P3\0\0", &packed[..len]].concat()), &whole[33..]].concat();

    let mut compressor = turbojpeg::Compressor::new().expect("a compressor");
    compressor.set_quality(100).expect("quality");
    compressor.set_subsamp(turbojpeg::Subsamp::None).expect("samples");
    let image = turbojpeg::Image { pixels: &rgba[..], width: 16, pitch: 64, height: 16, format: turbojpeg::PixelFormat::RGBA };
    let whole = compressor.compress_to_vec(image).expect("a file");
    let (first, second) = profile.split_at(profile.len() / 2);
    let segment = |number: u8, part: &[u8]| {
        [&b"\xff\xe2"[..], &(part.len() as u16 + 16).to_be_bytes(), b"ICC_PROFILE\0", &[number, 2], part].concat()
    };
    let jpeg = [&whole[..2], &segment(2, second), &segment(1, first), &whole[2..]].concat();

    let mut webp = Vec::new();
    let mut encoder = image_webp::WebPEncoder::new(&mut webp);
    encoder.set_icc_profile(profile.to_vec());
    encoder.encode(&rgba, 16, 16, image_webp::ColorType::Rgba8).expect("a file");
    vec![png, jpeg, webp]
}

#[test]
fn wide_colours_are_brought_to_srgb_by_the_files_profile() {
    let profile = moxcms::ColorProfile::new_display_p3().encode().expect("a profile");
    for rgb in P3_COLORS {
        for file in with_profile(&profile, rgb) {
            let shown = pixel(&decode(&file, ALL).expect("a picture"), 8, 8);
            assert!(near(shown, from_p3(rgb), 3), "{:?}: {rgb:?} is {shown:?}, {:?} by the standards", sniff(&file), from_p3(rgb));
        }
    }
    let srgb = moxcms::ColorProfile::new_srgb().encode().expect("a profile");
    let png = with_profile(&srgb, [200, 100, 50]).swap_remove(0);
    assert_eq!(pixel(&decode(&png, ALL).expect("a picture"), 8, 8), [200, 100, 50, 255], "sRGB stays as it is");
}

#[test]
fn a_profile_applies_to_what_alpha_covers_before_it_is_multiplied() {
    let profile = moxcms::ColorProfile::new_display_p3().encode().expect("a profile");
    let rgba = [200, 100, 50, 128].repeat(256);
    let whole = png_file(16, 16, png::ColorType::Rgba, png::BitDepth::Eight, &rgba);
    let opaque = with_profile(&profile, [200, 100, 50]).swap_remove(0);
    let start = opaque.windows(4).position(|tag| tag == b"iCCP").expect("a chunk") - 4;
    let end = opaque.windows(4).position(|tag| tag == b"IDAT").expect("a chunk") - 4;
    let file = [&whole[..33], &opaque[start..end], &whole[33..]].concat();
    let [r, g, b, _] = from_p3([200, 100, 50]).map(|value| (f64::from(value) * 128.0 / 255.0).round() as u8);
    assert!(near(pixel(&decode(&file, ALL).expect("a picture"), 8, 8), [r, g, b, 128], 2));
}

/// A profile for four inks whose black alone is black, and whose cyan is a teal of its own: 16 corners in Lab.
fn ink_profile() -> Vec<u8> {
    let mut table = b"mft1\0\0\0\0\x04\x03\x02\0".to_vec();
    for i in 0..9 {
        table.extend(if i % 4 == 0 { 0x1_0000_u32 } else { 0 }.to_be_bytes());
    }
    table.extend((0..4).flat_map(|_| 0..=255));
    for corner in 0..16 {
        let (cyan, black) = (corner & 8 != 0, corner & 1 != 0);
        table.extend(if black {
            [0, 128, 128]
        } else if cyan {
            [140, 90, 110]
        } else {
            [255, 128, 128]
        });
    }
    table.extend((0..3).flat_map(|_| 0..=255));
    let mut profile = vec![0; 128];
    profile[8..12].copy_from_slice(&0x0240_0000_u32.to_be_bytes());
    for (at, tag) in [(12, b"prtr"), (16, b"CMYK"), (20, b"Lab "), (36, b"acsp")] {
        profile[at..at + 4].copy_from_slice(tag);
    }
    for (at, part) in [(68, 0xf6d6_u32), (72, 0x1_0000), (76, 0xd32d)] {
        profile[at..at + 4].copy_from_slice(&part.to_be_bytes());
    }
    profile.extend(1_u32.to_be_bytes());
    profile.extend([&b"A2B0"[..], &144_u32.to_be_bytes(), &(table.len() as u32).to_be_bytes()].concat());
    profile.extend(table);
    let len = profile.len() as u32;
    profile[..4].copy_from_slice(&len.to_be_bytes());
    profile
}

/// A JPEG of these inks with that profile.
fn ink_file(inks: [u8; 4]) -> Vec<u8> {
    let profile = ink_profile();
    // As Adobe stores them.
    let pixels = inks.map(|ink| 255 - ink).repeat(256);
    let mut compressor = turbojpeg::Compressor::new().expect("a compressor");
    compressor.set_quality(100).expect("quality");
    let image = turbojpeg::Image { pixels: &pixels[..], width: 16, pitch: 64, height: 16, format: turbojpeg::PixelFormat::CMYK };
    let whole = compressor.compress_to_vec(image).expect("a file");
    let segment = [&b"\xff\xe2"[..], &(profile.len() as u16 + 16).to_be_bytes(), b"ICC_PROFILE\0\x01\x01", &profile].concat();
    [&whole[..2], &segment, &whole[2..]].concat()
}

#[test]
fn inks_are_shown_as_their_profile_says() {
    let shown = |inks: [u8; 4]| pixel(&decode(&ink_file(inks), ALL).expect("a picture"), 8, 8);
    assert!(near(shown([0, 0, 0, 0]), [255; 4], 3), "paper: {:?}", shown([0, 0, 0, 0]));
    assert!(near(shown([0, 0, 0, 255]), [0, 0, 0, 255], 3), "black: {:?}", shown([0, 0, 0, 255]));
    assert!(near(shown([0, 255, 255, 0]), [255; 4], 3), "its magenta and yellow are as white as paper");
    // Lab 54.9, -38, -18 lies outside of sRGB; without the profile it would be 0, 255, 255.
    let [r, g, b, _] = shown([255, 0, 0, 0]);
    assert!(r < 40 && (120..170).contains(&g) && (140..190).contains(&b), "{:?}", [r, g, b]);
}

#[test]
fn an_animation_shows_its_first_frame_where_it_stands_on_the_screen() {
    let picture = decode(&gif_file(40), ALL).expect("a picture");
    assert_eq!((picture.width, picture.height), (6, 4));
    assert_eq!(pixel(&picture, 0, 0), [0; 4]);
    assert_eq!(pixel(&picture, 0, 1), [255; 4]);
    assert_eq!(pixel(&picture, 1, 1), [200, 10, 20, 255]);
    assert_eq!(pixel(&picture, 1, 2), [0; 4]);
}

#[test]
fn a_profile_that_claims_a_gigabyte_costs_nothing() {
    let whole = png_file(24, 16, png::ColorType::Rgba, png::BitDepth::Eight, &sample(24, 16, true));
    let mut bomb = whole[..33].to_vec();
    bomb.extend(b"\x40\0\0\0iCCPname\0\0");
    bomb.extend(&whole[33..]);
    assert!(matches!(decode(&bomb, ALL), Err(PictureError::DecodeFailed)));
}

#[test]
fn a_file_that_was_cut_off_fails_and_is_never_half_drawn() {
    let exif = b"\xff\xe1\0\x0cExif\0\0\xff\xd8\xff\xd9";
    let mut files = every_kind();
    // The first frame of an animation is whole long before its end.
    files.pop();
    files.push(gif_file(1));
    for file in files {
        for share in [4, 2] {
            let cut = &file[..file.len() / share];
            assert!(matches!(decode(cut, ALL), Err(PictureError::DecodeFailed)), "{:?} cut to 1/{share}", sniff(&file));
        }
    }
    // Large enough that most of it would be there, and with a thumbnail's end marker in front.
    for progressive in [false, true] {
        let whole = jpeg_file(400, 320, turbojpeg::PixelFormat::RGBA, progressive);
        let whole = [&whole[..2], &exif[..], &whole[2..]].concat();
        assert!(decode(&whole, ALL).is_ok());
        for percent in [25, 50, 75, 95] {
            let cut = &whole[..whole.len() * percent / 100];
            assert!(matches!(decode(cut, ALL), Err(PictureError::DecodeFailed)), "{percent} %, progressive: {progressive}");
        }
    }
}

#[test]
fn svg_and_unknown_bytes_are_refused() {
    for bytes in [&b"<svg/>"[..], b"", b"GIF89a", b"hello", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBPVP8X"] {
        assert!(matches!(decode(bytes, ALL), Err(PictureError::DecodeFailed)), "{bytes:?}");
    }
}

#[test]
fn cover_keeps_the_focus_in_view_and_cuts_the_rest() {
    let picture = decode(&jpeg_file(400, 200, turbojpeg::PixelFormat::RGBA, false), ALL).expect("a picture");
    let crop = |focus| place(&picture, 100, 100, ImageFit::Cover, focus).crop;
    assert_eq!(crop([0.5, 0.5]), [100.0, 0.0, 200.0, 200.0]);
    assert_eq!(crop([0.0, 0.9]), [0.0, 0.0, 200.0, 200.0]);
    assert_eq!(crop([0.6, 0.5])[0].round(), 140.0);
    assert_eq!(crop([1.0, 0.5]), [200.0, 0.0, 200.0, 200.0]);
    assert_eq!(crop([f32::NAN, 0.5]), [100.0, 0.0, 200.0, 200.0]);
}

#[test]
fn contain_stands_where_the_focus_says_and_fill_takes_all() {
    let picture = decode(&jpeg_file(400, 200, turbojpeg::PixelFormat::RGBA, false), ALL).expect("a picture");
    let contain = place(&picture, 100, 100, ImageFit::Contain, [0.5, 0.5]);
    assert_eq!((contain.x, contain.y, contain.width, contain.height), (0, 25, 100, 50));
    assert_eq!(place(&picture, 100, 100, ImageFit::Contain, [0.5, 1.0]).y, 50);
    let fill = place(&picture, 100, 100, ImageFit::Fill, [0.5, 0.5]);
    assert_eq!((fill.width, fill.height, fill.crop), (100, 100, [0.0, 0.0, 400.0, 200.0]));
    assert_eq!(fill.density, 2.0);
}

#[test]
fn density_counts_the_files_pixels_even_after_a_scaled_decode() {
    let file = jpeg_file(400, 320, turbojpeg::PixelFormat::RGBA, false);
    for need in [ALL, (100, 80)] {
        let picture = decode(&file, need).expect("a picture");
        assert_eq!(place(&picture, 100, 80, ImageFit::Cover, [0.5, 0.5]).density, 4.0);
        assert_eq!(place(&picture, 800, 640, ImageFit::Cover, [0.5, 0.5]).density, 0.5);
    }
}

#[test]
fn resizing_to_the_same_size_copies_and_reuses_memory() {
    let picture = decode(&jpeg_file(40, 24, turbojpeg::PixelFormat::RGBA, false), ALL).expect("a picture");
    let mut out = vec![7; 3];
    let mut buffers = Buffers::default();
    let placement = place(&picture, 40, 24, ImageFit::Cover, [0.5, 0.5]);
    resize(&mut buffers, &picture, &placement, &mut out).expect("pixels");
    assert_eq!(out, pixels_of(&picture));
    let placement = place(&picture, 20, 24, ImageFit::Cover, [0.5, 0.5]);
    resize(&mut buffers, &picture, &placement, &mut out).expect("pixels");
    assert_eq!(out.len(), 20 * 24 * 4);
    assert_eq!(out[..4], pixel(&picture, 10, 0));
}

#[test]
fn resized_colours_never_exceed_their_alpha() {
    let file = png_file(24, 16, png::ColorType::Rgba, png::BitDepth::Eight, &sample(24, 16, true));
    let picture = decode(&file, ALL).expect("a picture");
    for (width, height) in [(7, 5), (61, 40)] {
        let placement = place(&picture, width, height, ImageFit::Cover, [0.5, 0.5]);
        let mut out = Vec::new();
        resize(&mut Buffers::default(), &picture, &placement, &mut out).expect("pixels");
        assert!(out.chunks_exact(4).all(|p| p[..3].iter().all(|c| *c <= p[3])));
    }
}

fn premultiplied(width: u32, height: u32, alpha: bool) -> Vec<u8> {
    let mut rgba = sample(width, height, alpha);
    pixels::premultiply(&mut rgba);
    rgba
}

#[test]
fn lossy_files_come_back_near_and_jpeg_lies_on_white() {
    let (width, height) = (64, 48);
    let rgba = premultiplied(width, height, true);
    let pixels = Pixels { width, height, opaque: false, rgba: &rgba };
    let mut buffers = Buffers::default();
    let jpeg = encode(&mut buffers, pixels, Format::Jpeg, 95).expect("a file");
    let picture = decode(&jpeg, ALL).expect("a picture");
    let webp = encode(&mut buffers, pixels, Format::Webp, 90).expect("a file");
    assert!(near(pixel(&picture, 1, 20), [254, 254, 254, 255], 8), "{:?}", pixel(&picture, 1, 20));
    let picture = decode(&webp, ALL).expect("a picture");
    assert!(!picture.opaque);
    let alphas = pixels_of(&picture).chunks_exact(4).zip(rgba.chunks_exact(4));
    assert!(alphas.into_iter().all(|(a, b)| a[3] == b[3]), "alpha is kept exactly");
}

#[test]
fn the_same_pixels_give_the_same_bytes_whatever_came_before() {
    let mut used = Buffers::default();
    for format in [Format::Png, Format::Jpeg, Format::Webp] {
        for (width, height, alpha) in [(64, 48, false), (300, 200, true), (1, 1, false), (64, 48, false)] {
            let rgba = premultiplied(width, height, alpha);
            let pixels = Pixels { width, height, opaque: !alpha, rgba: &rgba };
            let fresh = encode(&mut Buffers::default(), pixels, format, 90).expect("a file");
            assert!(encode(&mut used, pixels, format, 90).expect("a file") == fresh, "{format:?} {width}");
        }
    }
}

#[test]
fn sizes_that_a_format_cannot_hold_are_named() {
    let rgba = vec![0; 16_384 * 4];
    let pixels = Pixels { width: 16_384, height: 1, opaque: true, rgba: &rgba };
    let mut buffers = Buffers::default();
    let wide = EncodeError::Size { format: Format::Webp, width: 16_384, height: 1 };
    assert_eq!(encode(&mut buffers, pixels, Format::Webp, 90), Err(wide));
    assert!(encode(&mut buffers, pixels, Format::Png, 90).is_ok());
    let short = Pixels { rgba: &rgba[..8], ..pixels };
    assert!(matches!(encode(&mut buffers, short, Format::Png, 90), Err(EncodeError::Size { .. })));
}

/// The content of a PNG written by `encode`, straight RGBA.
fn png_content(file: &[u8]) -> Vec<u8> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().expect("a header");
    let mut data = vec![0; reader.output_buffer_size().expect("a size")];
    reader.next_frame(&mut data).expect("pixels that pass both checksums");
    if reader.output_color_type().0 == png::ColorType::GrayscaleAlpha {
        data = data.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect();
    }
    data
}

/// Pictures that take every way through the PNG encoder: flat, few colours, many, noise, photo-like, clear.
fn art() -> impl Strategy<Value = (u32, u32, Vec<u8>)> {
    let noise = |seed: u32, i: u32| (seed ^ i.wrapping_mul(0x9e37_79b9)).wrapping_mul(0x85eb_ca6b) >> 24;
    (1u32..90, 1u32..70, 0u8..8, any::<u32>()).prop_map(move |(width, height, way, seed)| {
        let rgba = (0..width * height).flat_map(|i| {
            let (x, y) = (i % width, i / width);
            let value = match way {
                0 => 77,
                1 => noise(seed, x / 9 + y / 7 * 31) & 3,
                2 => noise(seed, i),
                3 => x * 2 + y,
                4 => (x * x + y * y) / 64 + (noise(seed, i) & 1),
                5 => x + y + (noise(seed, i) & 7),
                6 => noise(seed, x / 20),
                _ => noise(seed, y / 3) + noise(seed, x / 2) / 2,
            } as u8;
            let alpha = if seed & 1 == 0 { 255 } else { value | 1 };
            [pixels::scale(value, alpha), pixels::scale(value.wrapping_mul(3), alpha), pixels::scale(200, alpha), alpha]
        });
        (width, height, rgba.collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn png_keeps_every_pixel((width, height, rgba) in art()) {
        let opaque = pixels::opaque(&rgba);
        let pixels = Pixels { width, height, opaque, rgba: &rgba };
        let file = encode(&mut Buffers::default(), pixels, Format::Png, 90).expect("a file");
        prop_assert_eq!(sniff(&file), Some(Kind::Png));
        prop_assert!(png_content(&file) == pixels::straight(&rgba));
    }

    #[test]
    fn damaged_files_never_panic(
        which in 0usize..17,
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in prop::option::of(any::<prop::sample::Index>()),
        need in prop::sample::select(vec![ALL, (1, 1), (10, 10), (0, 0)]),
    ) {
        let mut file = every_kind_and_profile().swap_remove(which);
        for (at, value) in hits {
            let at = at.index(file.len());
            file[at] = value;
        }
        if let Some(cut) = cut {
            file.truncate(cut.index(file.len()));
        }
        if let Ok(picture) = decode(&file, need) {
            prop_assert_eq!(pixels_of(&picture).len() as u64, u64::from(picture.width) * u64::from(picture.height) * 4);
            let fits = pixels_of(&picture).chunks_exact(4).all(|p| p[..3].iter().all(|c| *c <= p[3]));
            prop_assert!(fits, "premultiplied");
        }
    }

    #[test]
    fn any_bytes_behind_a_known_beginning_never_panic(
        head in prop::sample::select(vec![
            &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x02"[..], b"\xff\xd8\xff\xe1", b"\xff\xd8\xff\xc0\0\x11\x08\0\x08\0\x08\x03",
            b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0", b"RIFF\0\0\0\0WEBPVP8L", b"GIF89a\x04\0\x04\0", b"<!DOCTYPE [",
        ]),
        tail in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let file = [head, &tail[..]].concat();
        let _ = decode(&file, (4, 4));
    }

    #[test]
    fn a_placement_always_lies_inside_picture_and_box(
        width in 1u32..5000, height in 1u32..5000, bw in 0u32..3000, bh in 0u32..3000,
        fit in prop::sample::select(vec![ImageFit::Cover, ImageFit::Contain, ImageFit::Fill]),
        focus in [-1f32..2.0, -1f32..2.0],
    ) {
        let pixels = std::sync::Arc::new(Vec::new());
        let picture = Picture { width, height, source_width: width, source_height: height, opaque: true, pixels, file: None };
        let placed = place(&picture, bw, bh, fit, focus);
        let [left, top, w, h] = placed.crop;
        prop_assert!(left >= 0.0 && top >= 0.0 && w > 0.0 && h > 0.0);
        prop_assert!(left + w <= f64::from(width) && top + h <= f64::from(height));
        prop_assert!(placed.width >= 1 && placed.x + placed.width <= bw.max(1));
        prop_assert!(placed.height >= 1 && placed.y + placed.height <= bh.max(1));
        prop_assert!(placed.density > 0.0);
    }
}
