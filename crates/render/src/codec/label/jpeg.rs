//! JPEG: an `APP1` segment for words, the density in the `JFIF` header.

/// Start of image and `JFIF` segment, as libjpeg writes them.
const HEAD: usize = 20;
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

pub fn label(mut file: Vec<u8>, packet: Option<&str>, dpi: Option<u16>) -> Vec<u8> {
    if file.get(6..11) != Some(b"JFIF\0") {
        return file;
    }
    if let Some(dpi) = dpi {
        let [high, low] = dpi.to_be_bytes();
        file[13..18].copy_from_slice(&[1, high, low, high, low]);
    }
    let segment = packet.and_then(|packet| Some((u16::try_from(packet.len() + XMP.len() + 2).ok()?, packet)));
    if let Some((length, packet)) = segment {
        file.splice(HEAD..HEAD, [&[0xff, 0xe1][..], &length.to_be_bytes(), XMP, packet.as_bytes()].concat());
    }
    file
}
