//! Pictures that stand in the call itself, as `data:` URLs.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use template::PictureSource;

use crate::generate::order::Order;

/// The bytes of every `data:` URL by its picture's key; one that is not valid base64 is empty and so no picture.
pub(crate) fn data_urls(order: &Order) -> HashMap<String, Bytes> {
    let all = std::iter::once(&order.inputs).chain(order.overrides.iter().map(|(_, inputs)| inputs));
    let pictures = all.flat_map(|inputs| inputs.pictures(&order.group.document));
    let data = pictures.filter_map(|(_, picture)| match &picture.source {
        PictureSource::DataUrl(url) => Some((picture.source.key(), data_bytes(url))),
        PictureSource::Url(_) | PictureSource::Asset(_) => None,
    });
    data.collect()
}

/// The bytes of a `data:` URL whose form was checked.
pub fn data_bytes(url: &str) -> Bytes {
    let Some((head, body)) = url.split_once(',') else { return Bytes::new() };
    if head.to_ascii_lowercase().ends_with(";base64") {
        let compact: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        return STANDARD.decode(compact).map(Bytes::from).unwrap_or_default();
    }
    percent_decoded(body).into()
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let pair = tail.get(..2).filter(|_| *first == b'%').and_then(|pair| hex::decode(pair).ok());
        match pair.as_deref() {
            Some([byte]) => {
                bytes.push(*byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    bytes
}
