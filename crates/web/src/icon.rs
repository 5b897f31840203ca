//! Line icons, 20 units square, drawn with a stroke of 1.5 in the text's colour.
//!
//! A template writes `{{ crate::icon::PLUS }}`. An icon never carries a meaning alone: it is hidden from screen readers.

use std::fmt;

/// The inner elements of one icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Icon(&'static str);

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<svg class=\"icon\" viewBox=\"0 0 20 20\" aria-hidden=\"true\" focusable=\"false\">{}</svg>", self.0)
    }
}

impl askama::filters::HtmlSafe for Icon {}

macro_rules! icons {
    ($($name:ident $shape:literal)*) => {
        $(pub(crate) const $name: Icon = Icon($shape);)*
        /// All of them by name, for the design page.
        pub(crate) const ALL: &[(&str, Icon)] = &[$((stringify!($name), $name)),*];
    };
}

icons! {
    ARROW_LEFT r#"<path d="M16 10H4m5-5-5 5 5 5"/>"#
    ARROW_RIGHT r#"<path d="M4 10h12m-5-5 5 5-5 5"/>"#
    ASSETS r#"<rect x="3" y="3.5" width="14" height="13" rx="2"/><circle cx="7.5" cy="8" r="1.3"/><path d="m3.5 14.5 4-3.5 2.8 2.3 3.2-3.3 3.3 3.2"/>"#
    BOOK r#"<path d="M10 5.5C8.6 4.4 6.6 4 3.5 4v11c3 0 5 .4 6.5 1.5 1.4-1.1 3.4-1.5 6.5-1.5V4c-3 0-5 .4-6.5 1.5Zm0 0v11"/>"#
    BRUSH r#"<path d="M11.5 12.5 8 9l6.2-5.7a1.5 1.5 0 0 1 2.2 2.2Z"/><path d="M8 9.5c-2.3 0-3 1.6-3.2 3.3-.2 1.3-.8 2-1.8 2.6 3.8 1.4 8 .6 8-2.7"/>"#
    BULK r#"<rect x="3" y="3.5" width="14" height="13" rx="2"/><path d="M3 8h14M3 12.3h14M8 8v8.5"/>"#
    CHART r#"<path d="M3.5 16.5h13M5.5 13.5V9.5M10 13.5v-9M14.5 13.5v-6"/>"#
    CHECK r#"<path d="m4.5 10.5 3.7 3.7 7.3-8"/>"#
    CHEVRON_DOWN r#"<path d="m5.5 8 4.5 4.5L14.5 8"/>"#
    CHEVRON_RIGHT r#"<path d="m8 5.5 4.5 4.5L8 14.5"/>"#
    CLOCK r#"<circle cx="10" cy="10" r="6.8"/><path d="M10 6.2V10l2.6 1.7"/>"#
    CODE r#"<path d="m7 6-4 4 4 4m6-8 4 4-4 4"/>"#
    COPY r#"<rect x="7" y="7" width="9.5" height="9.5" rx="2"/><path d="M13 7V5.5a2 2 0 0 0-2-2H5.5a2 2 0 0 0-2 2V11a2 2 0 0 0 2 2H7"/>"#
    CREATE r#"<path d="M10 3.5c.5 3.9 2.6 6 6.5 6.5-3.9.5-6 2.6-6.5 6.5-.5-3.9-2.6-6-6.5-6.5 3.9-.5 6-2.6 6.5-6.5Z"/>"#
    CROSS r#"<path d="m5.5 5.5 9 9m0-9-9 9"/>"#
    DOTS r#"<path d="M4.5 10h.01M10 10h.01M15.5 10h.01" stroke-width="2.5"/>"#
    DOWNLOAD r#"<path d="M10 3.5v9m-4-3.7 4 3.7 4-3.7M3.5 16.5h13"/>"#
    DUPLICATE r#"<rect x="3.5" y="3.5" width="10" height="10" rx="2"/><path d="M16.5 7.5v7a2 2 0 0 1-2 2h-7M8.5 6.3v4.4M6.3 8.5h4.4"/>"#
    EDIT r#"<path d="m12.2 4.8 3 3L7 16H4v-3Zm-1.7 1.7 3 3"/>"#
    EXTERNAL r#"<path d="M11.5 3.5h5v5m0-5-7 7M8 4.5H5.5a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h8a2 2 0 0 0 2-2V12"/>"#
    EYE r#"<path d="M2.5 10C4.2 6.7 6.8 5 10 5s5.8 1.7 7.5 5c-1.7 3.3-4.3 5-7.5 5s-5.8-1.7-7.5-5Z"/><circle cx="10" cy="10" r="2.3"/>"#
    FILTER r#"<path d="M3.5 5.5h13M6 10h8M8.5 14.5h3"/>"#
    HISTORY r#"<path d="M3.6 8A6.7 6.7 0 1 1 3.5 12.2M3.5 4.5V8H7M10 6.5V10l2.5 1.5"/>"#
    IMAGE_UP r#"<path d="M16.5 9.5v5a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2h5"/><path d="m3.5 14 3.5-3.3 5.5 5.3M15 7.5v-5m-2.2 2L15 2.5l2.2 2"/>"#
    INFO r#"<circle cx="10" cy="10" r="6.8"/><path d="M10 9.3v4M10 6.7v.01" />"#
    KEY r#"<circle cx="7" cy="13" r="3.5"/><path d="M9.5 10.5 16 4m-1 1 1.7 1.7M12.5 7.5l1.5 1.5"/>"#
    LINK r#"<path d="M8.3 11.7a3 3 0 0 0 4.3 0l2.7-2.7a3 3 0 0 0-4.3-4.3l-.8.8m1.5 2.8a3 3 0 0 0-4.3 0L4.7 11A3 3 0 0 0 9 15.3l.8-.8"/>"#
    LOG_OUT r#"<path d="M8 3.5H5.5a2 2 0 0 0-2 2v9a2 2 0 0 0 2 2H8m4.5-3L16 10l-3.5-3.5M16 10H8"/>"#
    MAIL r#"<rect x="3" y="4.5" width="14" height="11" rx="2"/><path d="m3.5 6 6.5 5 6.5-5"/>"#
    MENU r#"<path d="M3.5 6h13m-13 4h13m-13 4h13"/>"#
    MINUS r#"<path d="M4 10h12"/>"#
    MONITOR r#"<rect x="3" y="4" width="14" height="9.5" rx="1.5"/><path d="M7 16.5h6M10 13.5v3"/>"#
    MOON r#"<path d="M16 11.8A6.5 6.5 0 0 1 8.2 4a6.5 6.5 0 1 0 7.8 7.8Z"/>"#
    PLUS r#"<path d="M10 4v12M4 10h12"/>"#
    SEARCH r#"<circle cx="9" cy="9" r="5.3"/><path d="m13 13 3.7 3.7"/>"#
    SETTINGS r#"<path d="M3.5 6.5h7m4 0h2m-13 7h2m4 0h7"/><circle cx="12.5" cy="6.5" r="2"/><circle cx="7.5" cy="13.5" r="2"/>"#
    STAR r#"<path d="m10 3.2 2.1 4.3 4.7.7-3.4 3.3.8 4.7-4.2-2.2-4.2 2.2.8-4.7L3.2 8.2l4.7-.7Z"/>"#
    SUN r#"<circle cx="10" cy="10" r="3.2"/><path d="M10 2.5v1.8m0 11.4v1.8M2.5 10h1.8m11.4 0h1.8M4.7 4.7 6 6m8 8 1.3 1.3m0-10.6L14 6m-8 8-1.3 1.3"/>"#
    SWITCH r#"<path d="m6.5 7.5 3.5-4 3.5 4m-7 5 3.5 4 3.5-4"/>"#
    TEMPLATES r#"<rect x="3.5" y="3.5" width="5.5" height="13" rx="1.5"/><rect x="11.5" y="3.5" width="5" height="5" rx="1.5"/><rect x="11.5" y="11" width="5" height="5.5" rx="1.5"/>"#
    TRASH r#"<path d="M3.5 5.5h13M8 5.5v-2h4v2m-6.5 0 .7 10a1 1 0 0 0 1 1h5.6a1 1 0 0 0 1-1l.7-10M8.5 8.8v4.4m3-4.4v4.4"/>"#
    UNDO r#"<path d="M7 4 3.5 7.5 7 11M3.7 7.5h8.3a4.2 4.2 0 0 1 0 8.5H8"/>"#
    UPLOAD r#"<path d="M10 13V4M6 7.7 10 4l4 3.7M3.5 16.5h13"/>"#
    USER r#"<circle cx="10" cy="7" r="3.2"/><path d="M3.8 16.5c.8-3 3.2-4.5 6.2-4.5s5.4 1.5 6.2 4.5"/>"#
    USERS r#"<circle cx="7.7" cy="7.2" r="2.8"/><path d="M2.5 15.8c.6-2.6 2.6-4 5.2-4s4.6 1.4 5.2 4M12.8 4.6a2.8 2.8 0 0 1 0 5.2m1.9 2.5c1.5.5 2.5 1.7 2.9 3.5"/>"#
    WARNING r#"<path d="M10 3.5 17.2 16H2.8ZM10 8.3v3.5m0 2.2v.01"/>"#
}

/// The shape that goes with a notice's colour.
pub(crate) fn of_notice(kind: impl AsRef<str>) -> Icon {
    match kind.as_ref() {
        "success" => CHECK,
        "info" => INFO,
        _ => WARNING,
    }
}
