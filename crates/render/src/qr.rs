//! QR codes as rectangles on whole pixels.

use fast_qr::QRBuilder;
use template::bound::Qr;
use vello_cpu::kurbo::Rect;

/// Dark modules of a code inside `rect`, neighbours of a row merged. Modules are whole pixels wide; what is left over
/// widens the quiet zone. Empty if the text is too long for any code or the box too small.
pub fn modules(qr: &Qr, rect: Rect) -> Vec<Rect> {
    let Ok(code) = QRBuilder::new(qr.data.as_bytes()).build() else { return Vec::new() };
    let count = code.size + 2 * qr.quiet.min(32) as usize;
    let side = rect.width().min(rect.height());
    let module = (side / count as f64).floor();
    // A code too small for whole pixels is still drawn, if not as sharply.
    let module = if module >= 1.0 { module } else { side / count as f64 };
    let used = module * code.size as f64;
    let left = (rect.x0 + (rect.width() - used) / 2.0).round();
    let top = (rect.y0 + (rect.height() - used) / 2.0).round();
    let mut rects = Vec::new();
    for row in 0..code.size {
        let mut column = 0;
        while column < code.size {
            if !code[row][column].value() {
                column += 1;
                continue;
            }
            let start = column;
            while column < code.size && code[row][column].value() {
                column += 1;
            }
            let at = |n: usize| n as f64 * module;
            rects.push(Rect::new(left + at(start), top + at(row), left + at(column), top + at(row + 1)));
        }
    }
    rects
}
