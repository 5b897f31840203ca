//! Every property that a layer can have: the reader refuses others, and the documentation's tables are made from it.

/// A layer property.
pub struct Property {
    pub name: &'static str,
    /// What may stand there.
    pub takes: &'static str,
    /// What counts where it is left out.
    pub default: &'static str,
    /// One line.
    pub about: &'static str,
}

/// The layer types, with what each is for.
pub const KINDS: [(&str, &str, &[Property]); 12] = [
    ("text", "Text that fits its box.", TEXT),
    ("image", "A picture from an image field, an asset or one of the kit's logos.", IMAGE),
    ("shape", "A rectangle, an ellipse, a line, a polygon, a star, an SVG path or one of the bundled icons; `fill` paints it.", SHAPE),
    ("qr", "A QR code.", QR),
    ("barcode", "A barcode: Code 128, EAN-13, EAN-8 or UPC-A.", BARCODE),
    ("rating", "Stars or other symbols, as many of them full as a number says.", RATING),
    ("progress", "A bar or a ring that is full to a share.", PROGRESS),
    ("chart", "Bars, a line, an area or a donut from a list of numbers.", CHART),
    ("pattern", "A pattern that fills the box; what chance decides comes from a text: the same text, the same pattern.", PATTERN),
    ("table", "Rows of text from a list field, in columns.", TABLE),
    ("group", "Children placed by pins in a box of their own.", GROUP),
    ("stack", "Children in a row or a column that move when one of them grows.", STACK),
];

/// The properties of one layer type, those of every layer left out.
pub fn of_kind(kind: &str) -> Option<&'static [Property]> {
    KINDS.iter().find(|(name, ..)| *name == kind).map(|(_, _, properties)| *properties)
}

const fn property(name: &'static str, takes: &'static str, default: &'static str, about: &'static str) -> Property {
    Property { name, takes, default, about }
}

/// Of every layer: what it is and when it is there.
pub const COMMON: &[Property] = &[
    property("id", "name", "needed", "Unique in its size; overrides and warnings name the layer by it."),
    property(
        "type",
        "text, image, shape, qr, barcode, rating, progress, chart, pattern, table, group, stack",
        "needed",
        "What the layer is.",
    ),
    property("note", "string", "", "For whoever reads the document; means nothing."),
    property("when", "condition", "always", "The layer is there only while the condition holds."),
    property("hidden", "boolean", "false", "Leaves the layer out; meant for overrides."),
    property("variants", "list of {when, properties…}", "none", "The first variant whose `when` holds is merged over the layer."),
    property(
        "repeat",
        "list field, or a count",
        "once",
        "Lays the layer once per item; inside it `{{item}}`, `{{item.member}}`, `{{index}}`. With a count, `$index` runs from 0.",
    ),
    property("max", "whole number", "all", "With `repeat`: at most so many items."),
];

/// Of every layer: where it stands.
pub const PLACE: &[Property] = &[
    property("left", "length", "0 without other pins", "Distance from the parent's left edge."),
    property("right", "length", "none", "Distance from the parent's right edge."),
    property("top", "length", "0 without other pins", "Distance from the parent's top edge."),
    property("bottom", "length", "none", "Distance from the parent's bottom edge."),
    property("centerX", "length", "none", "Offset of the layer's centre from the parent's centre, to the right."),
    property("centerY", "length", "none", "Offset of the layer's centre from the parent's centre, downwards."),
    property("width", "length", "by pins or content", "Width of the box."),
    property("height", "length", "by pins or content", "Height of the box."),
    property("minWidth", "length", "none", "Least width."),
    property("maxWidth", "length", "none", "Greatest width."),
    property("minHeight", "length", "none", "Least height."),
    property("maxHeight", "length", "none", "Greatest height."),
    property("aspect", "number, 0.001 to 1000", "none", "Width divided by height, where one of the two is missing."),
    property("grow", "number, 0 to 1000", "0", "In a stack: share of the space that is left over."),
    property("shrink", "number, 0 to 1000", "1 for text, else 0", "In a stack: how willingly it gives way where space is short."),
    property("alignSelf", "start, center, end, stretch, baseline", "the stack's align", "In a stack: place across its direction."),
    property(
        "margin",
        "length, or 2 or 4 of them",
        "0",
        "In a stack: space around the layer (all; vertical, horizontal; top, right, bottom, left).",
    ),
    property("absolute", "boolean", "false", "In a stack: taken out of the flow and placed by pins."),
    property("mirror", "boolean", "true", "Whether right-to-left pictures mirror it."),
    property(
        "bleed",
        "boolean",
        "false",
        "Decoration: with what it holds it may stand where the platform lays its own things, without `safe_zone_violation`.",
    ),
];

/// Of every layer: how its box looks.
pub const LOOK: &[Property] = &[
    property("opacity", "number, 0 to 1", "1", "Opacity of the layer with its children."),
    property("rotate", "number, -360 to 360", "0", "Degrees clockwise around the box' centre."),
    property(
        "radius",
        "length or \"full\", or 4 of them",
        "0",
        "Corner radii (top left, top right, bottom right, bottom left); `r` is the kit's.",
    ),
    property(
        "border",
        "{width, color, dash, cap}",
        "none",
        "A line inside the box' edge; `color` takes a paint, `dash` a length or two (dash and space), `cap` butt, round or square (round; butt with dashes).",
    ),
    property(
        "shadows",
        "list of {x, y, blur, spread, color, inset}",
        "none",
        "Shadows of the box as in CSS, the first one in front; with `inset` inside of it. Those of a star, a path or an icon follow its form.",
    ),
    property("clip", "boolean", "false", "Cuts content and children at the box and its radii."),
    property("fill", "paint", "none", "Fills the box; of a shape, the shape."),
    property(
        "blend",
        "normal, multiply, screen, overlay, darken, lighten, color-dodge, color-burn, hard-light, soft-light, difference, exclusion, hue, saturation, color, luminosity",
        "normal",
        "How the layer with its children is mixed with what lies behind, by the W3C's formulas.",
    ),
    property(
        "filter",
        "{blur, brightness, contrast, saturate, hueRotate, grayscale, sepia, invert, dropShadow}",
        "none",
        "CSS filters of the layer with its children, in this order; `blur` is a length (the standard deviation), `dropShadow` {x, y, blur, color} falls from what is drawn and makes an outer glow without x and y.",
    ),
    property(
        "backdrop",
        "{blur, brightness, contrast, saturate, hueRotate, grayscale, sepia, invert}",
        "none",
        "The same of what lies behind the box: glass.",
    ),
    property(
        "mask",
        "paint, or {layer}",
        "none",
        "The layer with its children shows where this is opaque: a gradient over the box, or a child by its id, which is not drawn itself.",
    ),
];

const TEXT: &[Property] = &[
    property("text", "text", "needed", "Static text and `{{values}}`; left out where it names values and none is given."),
    property("style", "name of a style", "none", "Takes the properties of `styles`; its own win."),
    property("font", "font role, or {family, weight, italic, width, variations}", "brand.fonts.body", "The face."),
    property("weight", "number, 1 to 1000", "the face's", "Weight."),
    property("italic", "boolean", "the face's", "Italic."),
    property("fontWidth", "number, 50 to 200", "the face's", "Per cent of normal width, for faces with that axis."),
    property("variations", "{axis: number}", "the face's", "Further axes of the face, such as `{\"SOFT\": 60}`."),
    property("size", "length", "0.05s", "Font size, and the greatest one where `minSize` is smaller."),
    property("minSize", "length", "size", "The least size that long text shrinks to."),
    property("maxLines", "whole number, 1 to 200", "no limit", "Lines; more text shrinks, then ends in an ellipsis."),
    property("shortGrow", "number, 1 to 4", "1", "Text of at most 14 characters may grow to this multiple of `size`, on one line."),
    property("color", "paint", "brand.colors.text", "Colour of the letters; a gradient spans the block of lines."),
    property(
        "picture",
        "{source, fit, focus, duotone, tint}",
        "none",
        "A picture in the letters, spread over the block of lines; `color` where it is not given.",
    ),
    property(
        "stroke",
        "{width, color}",
        "none",
        "A line around the letters, outside of them; contours that overlap count as one. With `color` transparent only the outline is left.",
    ),
    property(
        "highlight",
        "{color, padding, radius}",
        "none",
        "A block of colour behind the lines, joined from line to line; `padding` is [top, right, bottom, left] in em.",
    ),
    property("accent", "{color, font, weight, italic, underline, highlight}", "none", "How `*accent*` spans differ."),
    property(
        "marks",
        "{name: {color, font, weight, italic, fontWidth, size, raise, underline, strike}}",
        "none",
        "How `[name]…[/name]` spans differ; `size` is a multiple of the text's, `raise` em of it upwards.",
    ),
    property(
        "inline",
        "{name: {width, height, radius, shift, fill, source, fit, focus, duotone, tint, icon, color, padding}}",
        "none",
        "Boxes in the line, where the text says `[name/]`: a picture, an icon or a fill. Lengths are numbers of em.",
    ),
    property("align", "start, center, end, left, right", "start", "Across the box; start and end follow the text's direction."),
    property("verticalAlign", "top, middle, bottom", "top", "Place of the lines in a box that is higher."),
    property("lineHeight", "number, 0.5 to 4", "the kit's, else 1.2", "Multiple of the font size."),
    property("tracking", "number, -0.5 to 2", "the kit's, else 0", "Space between letters in em."),
    property(
        "case",
        "none, upper, lower, title, small",
        "none",
        "Changes the letters by the locale's rules; `small` draws small letters as small capitals.",
    ),
    property("fractions", "boolean", "false", "Digits around a slash become fractions, in faces that have them."),
    property("features", "{tag: boolean or number}", "none", "OpenType features of the face, such as `{\"ss01\": true, \"liga\": false}`."),
    property("ellipsis", "boolean", "true", "Text that does not fit at `minSize` ends in an ellipsis; without, it overflows."),
    property("balance", "boolean", "false", "Lines of about equal length."),
    property("hang", "boolean", "false", "Opening quotation marks hang outside the left edge."),
    property("scriptAdjust", "boolean", "true", "More line height for scripts that need air, and no tracking in Arabic."),
    property("tabular", "boolean", "false", "Figures of one width."),
    property("strike", "boolean", "false", "Struck through."),
    property("underline", "boolean", "false", "Underlined."),
    property(
        "dropCap",
        "{lines, gap, color, font, weight, italic, fontWidth}",
        "none",
        "The first letter is so many `lines` high (3), and as many lines begin beside it, `gap` em away (0.3); not in right-to-left text, nor where there are fewer lines.",
    ),
    property(
        "arc",
        "{radius, at, sweep, inside}",
        "none",
        "One line along a circle around the middle of the box: `radius` is a length, `at` where the text's middle stands (degrees clockwise from the top, 0), `sweep` how far around it may reach (180); with `inside` its feet point outwards, as at the bottom of a badge.",
    ),
];

const IMAGE: &[Property] = &[
    property(
        "source",
        "{{image field}}, brand.logos.role, or asset id",
        "needed",
        "The picture; the layer is left out where it is not given.",
    ),
    property("fit", "cover, contain, fill", "cover; contain for logos", "How the picture fills the box; the input's own `fit` wins."),
    property(
        "focus",
        "[x, y], each 0 to 1, or \"auto\"",
        "\"auto\"",
        "What stays in view; the input's own `focus` wins. `auto` keeps what stands out from the picture's edges; with `contain`, or where nothing does, the middle.",
    ),
    property("duotone", "\"brand\", or 3 colours", "none", "Maps dark, middle and light to three colours; `brand` suits the kit's ground."),
    property(
        "tint",
        "colour",
        "none",
        "Every pixel takes this colour and keeps its own opacity: for icons, logos and other pictures of one colour on transparent ground.",
    ),
];

const SHAPE: &[Property] = &[
    property(
        "shape",
        "rect, ellipse, line, polygon, star, path, icon",
        "rect",
        "The form; a line runs from the top left to the bottom right.",
    ),
    property("sides", "whole number, 3 to 60", "6; 5 for star", "Corners of a polygon, points of a star."),
    property("inner", "number, 0.05 to 1", "0.42", "Of a star: how far in its inner corners stand, as a share of the radius."),
    property("path", "SVG path data", "needed for path", "Drawn in the view box."),
    property("viewBox", "[x, y, width, height]", "[0, 0, 100, 100]", "The path's own box."),
    property("icon", "name of an icon", "needed for icon", "One of the bundled icons; names that end in `-fill` are solid."),
    property("fit", "cover, contain, fill", "contain", "How a path's view box, or an icon, is fitted to the layer's box."),
    property(
        "stroke",
        "{width, color, dash, cap}",
        "none",
        "A line along the outline; `color` takes a paint, `dash` a length or two (dash and space), `cap` butt, round or square (round; butt with dashes).",
    ),
    property("evenOdd", "boolean", "false", "Overlaps in the path are holes."),
];

const QR: &[Property] = &[
    property("data", "text", "needed", "What the code says; left out where it names values and none is given."),
    property("color", "colour", "#000000", "Colour of the modules."),
    property("background", "colour", "#ffffff", "Behind them."),
    property("quiet", "whole number, 0 to 16", "4", "Empty modules around the code, inside the box."),
];

const BARCODE: &[Property] = &[
    property(
        "data",
        "{{barcode field}}, or text",
        "needed",
        "What the code says; the field's `symbology` decides which code it is. Left out where the field is not given.",
    ),
    property("symbology", "code128, ean13, ean8, upca", "code128", "Of text that the template itself gives."),
    property("digits", "boolean", "false", "The digits beneath the bars, between longer guard bars; not for Code 128."),
    property("color", "colour", "#000000", "Colour of the bars."),
    property("background", "colour", "#ffffff", "Behind them."),
    property("quiet", "whole number, 0 to 40", "10, 11, 7 and 9 by the standards", "Empty modules at either side, inside the box."),
];

const RATING: &[Property] = &[
    property("value", "number or {{number field}}", "needed", "How many are full; the layer is left out where it is not given."),
    property("count", "whole number, 1 to 20", "5", "Symbols in all."),
    property("step", "number, 0.01 to 1", "0.5", "The value is rounded to this: 0.5 draws halves, 1 whole symbols only."),
    property("shape", "star, ellipse, icon", "star", "The symbol."),
    property("icon", "name of an icon", "needed for icon", "One of the bundled icons, such as `heart-fill`."),
    property("color", "paint", "brand.colors.accent", "Of what is full."),
    property("empty", "paint", "the text's at 16 %", "Of the rest."),
    property("gap", "length", "0", "Space between symbols."),
];

const PROGRESS: &[Property] = &[
    property("value", "number or {{number field}}", "needed", "How far it is; the layer is left out where it is not given."),
    property("to", "number", "1", "The value that is all of it."),
    property("shape", "bar, ring", "bar", "A bar fills from the start and takes the layer's `radius`; a ring goes clockwise from the top."),
    property("thickness", "length", "0.02s", "Of the ring."),
    property("color", "paint", "brand.colors.accent", "Of what is full."),
    property("track", "paint", "none", "Beneath it, all the way."),
];

const CHART: &[Property] = &[
    property("chart", "bar, line, area, donut", "needed", "The form."),
    property(
        "values",
        "{{list field}}, {{list.member}}, or numbers",
        "needed",
        "What it shows, up to 100 numbers; the layer is left out where there are none.",
    ),
    property("from", "number", "0 for bars, else near the least", "The value at the foot of the box."),
    property("to", "number", "near the greatest", "The value at the top of the box."),
    property("colors", "list of paints", "brand.colors.primary", "For bars and segments in turn; a line takes the first."),
    property("gap", "length", "0.012s", "Between bars or segments."),
    property("barRadius", "length", "0", "Corners at the far end of bars."),
    property("thickness", "length", "0.008s", "Of the line."),
    property("smooth", "boolean", "false", "The line bends through its points."),
    property("under", "paint", "none; for area primary at 25 %", "Between the line and the foot."),
    property("dot", "{at, size, color, stroke}", "none", "A mark on one point of a line: `at` counts from 0, or back from -1."),
    property("hole", "number, 0 to 0.98", "0.62", "Of a donut: share of the radius that stays empty."),
];

const PATTERN: &[Property] = &[
    property("pattern", "dots, grid, lines, checks, truchet, facade, wave, grain", "needed", "The pattern."),
    property("colors", "list of colours", "primary, secondary, accent, surface", "What it is painted with, in turn or by chance."),
    property("seed", "text", "empty", "What chance depends on in truchet, facade, wave and grain."),
    property("pitch", "length", "by pattern", "Distance from one to the next; tiles are fitted to the box in whole numbers."),
    property("thickness", "length", "by pattern", "Of dots, lines and grain."),
    property("angle", "number, -360 to 360", "45", "Of lines, clockwise from upright."),
    property("count", "whole number, 1 to 400", "64", "Bars of a wave."),
    property("gap", "length", "0.004s", "Between the bars of a wave."),
    property("value", "number or {{number field}}", "1", "Of a wave: the share in the first colour; the rest takes the second."),
];

const TABLE: &[Property] = &[
    property("rows", "{{list field}}", "needed", "A row for each item; the layer is left out where the list is not given."),
    property("maxRows", "whole number, 1 to 100", "100", "At most so many rows."),
    property(
        "columns",
        "list of {text, header, width, grow} and properties of text layers",
        "needed",
        "1 to 12 columns: `text` with `{{item}}`, `{{item.member}}`, `{{index}}`; the `header`'s text; a `width` (length), or a share of the rest by `grow` (1).",
    ),
    property("cell", "properties of text layers", "none", "What the texts of all columns share."),
    property(
        "header",
        "properties of text layers, and fill",
        "none",
        "How the header's texts look, and its ground; a column's `align` holds for its header too.",
    ),
    property("rule", "{width, color}", "none", "Lines between rows."),
    property("headerRule", "{width, color}", "the rule", "The line beneath the header."),
    property("zebra", "paint", "none", "Behind every second row."),
    property("gap", "length", "0", "Between columns."),
    property("padding", "length, or 2 or 4 of them", "0", "Space inside each row (all; vertical, horizontal; top, right, bottom, left)."),
    property("align", "start, center, end, stretch, baseline", "center", "Place of the cells in a row that is higher."),
];

const GROUP: &[Property] = &[
    property("children", "list of layers", "none", "Back to front."),
    property("order", "list of ids", "as written", "Children in another order; those not named come first."),
];

const STACK: &[Property] = &[
    property("children", "list of layers", "none", "In the order of the flow."),
    property("order", "list of ids", "as written", "Children in another order; those not named come first."),
    property("direction", "row, column", "column", "Which way the children follow each other."),
    property("gap", "length", "0", "Space between children."),
    property("padding", "length, or 2 or 4 of them", "0", "Space inside the box (all; vertical, horizontal; top, right, bottom, left)."),
    property("align", "start, center, end, stretch, baseline", "start", "Place of the children across the direction."),
    property("justify", "start, center, end, between, around, evenly", "start", "Place of the children along the direction."),
    property("wrap", "boolean", "false", "Children that do not fit go on to the next line."),
];
