//! PNG with our own filters around libdeflate.

use libdeflater::{CompressionLvl, Compressor, crc32};

use super::Pixels;

#[derive(Default)]
pub struct Workspace {
    rows: Vec<u8>,
    compressor: Option<Compressor>,
}

pub fn encode(workspace: &mut Workspace, pixels: Pixels) -> Result<Vec<u8>, String> {
    let (w, h) = (pixels.width as usize, pixels.height as usize);
    let rows = &mut workspace.rows;
    rows.clear();
    let straight;
    let rgba = if pixels.opaque {
        pixels.rgba
    } else {
        straight = crate::codec::pixels::straight(pixels.rgba);
        &straight
    };
    for row in rgba.chunks_exact(w * 4) {
        rows.push(0);
        if pixels.opaque {
            rows.extend(row.as_chunks::<4>().0.iter().flat_map(|&[r, g, b, _]| [r, g, b]));
        } else {
            rows.extend_from_slice(row);
        }
    }
    let compressor = workspace.compressor.get_or_insert_with(|| Compressor::new(CompressionLvl::fastest()));
    let mut data = vec![0; compressor.zlib_compress_bound(rows.len())];
    let len = compressor.zlib_compress(rows, &mut data).map_err(|e| e.to_string())?;
    data.truncate(len);
    let mut out = Vec::with_capacity(len + 64);
    out.extend_from_slice(b"\x89PNG\r\n\x1a\n");
    let mut head = Vec::from((w as u32).to_be_bytes());
    head.extend((h as u32).to_be_bytes());
    head.extend([8, if pixels.opaque { 2 } else { 6 }, 0, 0, 0]);
    for (tag, data) in [(b"IHDR", &head[..]), (b"IDAT", &data), (b"IEND", &[])] {
        out.extend((data.len() as u32).to_be_bytes());
        let start = out.len();
        out.extend_from_slice(tag);
        out.extend_from_slice(data);
        let sum = crc32(&out[start..]);
        out.extend(sum.to_be_bytes());
    }
    Ok(out)
}
