//! Compiling QR codes and barcodes.

use super::read::Compiler;
use super::{BarcodeData, BarcodeLayer, QrLayer};
use crate::barcode::{SYMBOLOGIES, Symbology};
use crate::bound::Color;
use crate::color::{BLACK, WHITE};
use crate::expr::ColorExpr;
use crate::field::FieldType;
use crate::read::Node;

impl Compiler<'_> {
    pub(super) fn qr(&self, node: &Node<'_>) -> Option<QrLayer> {
        let fixed = |color: Color| ColorExpr::Fixed(color);
        Some(QrLayer {
            data: self.text(node, "data")?,
            color: self.color(node, "color").unwrap_or(fixed(BLACK)),
            background: self.color(node, "background").unwrap_or(fixed(WHITE)),
            quiet: node.get("quiet").and_then(|quiet| quiet.whole(0, 16)).unwrap_or(4) as u32,
        })
    }

    pub(super) fn barcode(&self, node: &Node<'_>) -> Option<BarcodeLayer> {
        let Some(written) = node.raw("data") else {
            node.fault("\"data\" is missing", None);
            return None;
        };
        let own = node.get("symbology").and_then(|symbology| symbology.choice(&SYMBOLOGIES));
        let (data, symbology) = match written.string()?.strip_prefix("{{").and_then(|text| text.strip_suffix("}}")) {
            Some(name) => {
                let value = written.take(self.names.find(name.trim()))?;
                let field = self.names.field(value).filter(|field| field.kind == FieldType::Barcode);
                let Some(field) = field else {
                    written.fault(
                        format!("\"{}\" is no barcode field", name.trim()),
                        "its values are checked by the field's symbology".to_owned(),
                    );
                    return None;
                };
                if let Some(symbology) = node.get("symbology") {
                    symbology.fault("the field says which symbology it is", "leave it out here".to_owned());
                }
                (BarcodeData::Field(value), field.constraints.symbology.unwrap_or_default())
            }
            None => {
                let symbology = own.unwrap_or_default();
                match symbology.encode(written.string()?) {
                    Ok(encoded) => (BarcodeData::Fixed(encoded), symbology),
                    Err(flaw) => {
                        written.fault(format!("the data {}", flaw.message.trim_end_matches('.')), "or {{a barcode field}}".to_owned());
                        return None;
                    }
                }
            }
        };
        let digits = node.get("digits").and_then(|digits| digits.bool()).unwrap_or(false);
        if digits && symbology == Symbology::Code128 {
            node.get("digits")?.fault("a Code 128 has no digits of its own", "put a text layer beneath it".to_owned());
        }
        Some(BarcodeLayer {
            data,
            symbology,
            digits,
            color: self.color(node, "color").unwrap_or(ColorExpr::Fixed(BLACK)),
            background: self.color(node, "background").unwrap_or(ColorExpr::Fixed(WHITE)),
            quiet: node.get("quiet").and_then(|quiet| quiet.whole(0, 40)).map_or(symbology.quiet(), |quiet| quiet as u32),
        })
    }
}
