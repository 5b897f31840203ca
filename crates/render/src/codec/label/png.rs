//! PNG: an `iTXt` chunk for words, `pHYs` for density, right behind the header.

use libdeflater::crc32;

/// Signature and `IHDR`.
const HEAD: usize = 33;

pub fn label(mut file: Vec<u8>, packet: Option<&str>, dpi: Option<u16>) -> Vec<u8> {
    let mut chunks = Vec::new();
    if let Some(dpi) = dpi {
        // Pixels per metre.
        let density = ((f64::from(dpi) / 0.0254).round() as u32).to_be_bytes();
        chunk(&mut chunks, b"pHYs", &[&density[..], &density, &[1]].concat());
    }
    if let Some(packet) = packet {
        // Not compressed, no language, no translated keyword.
        chunk(&mut chunks, b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", packet.as_bytes()].concat());
    }
    if file.len() > HEAD && !chunks.is_empty() {
        file.splice(HEAD..HEAD, chunks);
    }
    file
}

fn chunk(out: &mut Vec<u8>, tag: &[u8; 4], data: &[u8]) {
    out.extend((data.len() as u32).to_be_bytes());
    let start = out.len();
    out.extend_from_slice(tag);
    out.extend_from_slice(data);
    let sum = crc32(&out[start..]);
    out.extend(sum.to_be_bytes());
}
