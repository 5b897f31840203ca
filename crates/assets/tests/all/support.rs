//! What the tests share.

use std::time::Duration;

use assets::{Digest, Need, Sandbox, Worker};
use bytes::Bytes;
use render::{Picture, PictureError};
use tokio::time::Instant;

/// A real child process.
pub fn worker() -> Worker {
    Worker { program: env!("CARGO_BIN_EXE_decode-worker").into(), arguments: Vec::new() }
}

pub fn sandbox(children: usize) -> Sandbox {
    Sandbox::start(children, &worker()).expect("children start")
}

pub fn soon() -> Instant {
    Instant::now() + Duration::from_secs(9)
}

pub async fn decode(sandbox: &Sandbox, bytes: &[u8], need: Need) -> Result<Picture, PictureError> {
    sandbox.decode(Bytes::copy_from_slice(bytes), Digest::of(bytes), need, 0, soon()).await
}

/// An 8-bit RGB PNG whose pixels `color` gives by place.
pub fn png(width: u32, height: u32, color: impl Fn(u32, u32) -> [u8; 3]) -> Vec<u8> {
    let pixels: Vec<u8> = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| color(x, y)).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&pixels).expect("pixels");
    writer.finish().expect("an end");
    file
}

/// Like a photograph: nothing in it compresses well.
pub fn noise(x: u32, y: u32) -> [u8; 3] {
    let mix = (x.wrapping_mul(0x9e37_79b9) ^ y.wrapping_mul(0x85eb_ca6b)).wrapping_mul(0xc2b2_ae35);
    [(mix >> 24) as u8, (mix >> 16) as u8, (x + y) as u8]
}

/// Resident memory of this process, in MB.
pub fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("status");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a line");
    line.split_whitespace().nth(1).expect("a figure").parse::<u64>().expect("a number") / 1024
}
