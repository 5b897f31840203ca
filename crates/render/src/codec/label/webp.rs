//! WebP: words in an `XMP ` chunk, which needs the extended form of the file.

const RIFF: usize = 12;
const HAS_XMP: u8 = 0x04;

pub fn label(file: &[u8], (width, height): (u32, u32), packet: &str) -> Vec<u8> {
    let Some(chunks) = file.get(RIFF..) else { return file.to_vec() };
    let mut out = Vec::with_capacity(file.len() + packet.len() + 32);
    out.extend_from_slice(b"RIFF\0\0\0\0WEBP");
    if let Some(head) = chunks.strip_prefix(b"VP8X\x0a\0\0\0") {
        out.extend_from_slice(b"VP8X\x0a\0\0\0");
        out.push(head.first().copied().unwrap_or_default() | HAS_XMP);
        out.extend_from_slice(head.get(1..).unwrap_or_default());
    } else {
        out.extend_from_slice(b"VP8X\x0a\0\0\0");
        out.extend([HAS_XMP, 0, 0, 0]);
        for side in [width, height] {
            out.extend_from_slice(&side.saturating_sub(1).to_le_bytes()[..3]);
        }
        out.extend_from_slice(chunks);
    }
    out.extend_from_slice(b"XMP ");
    out.extend((packet.len() as u32).to_le_bytes());
    out.extend_from_slice(packet.as_bytes());
    out.extend(std::iter::repeat_n(0, packet.len() % 2));
    let size = (out.len() - 8) as u32;
    out[4..8].copy_from_slice(&size.to_le_bytes());
    out
}
