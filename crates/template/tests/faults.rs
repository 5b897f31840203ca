//! Faults in documents and kits: every one at once, each where it stands, with what to write instead.

use serde_json::{Value, json};
use template::{BrandFile, Document, DocumentFault};

fn small() -> Value {
    json!({
        "format": 1,
        "name": "Small",
        "fields": [
            {"name": "title", "type": "text", "required": true, "example": "Hi"},
            {"name": "photo", "type": "image"},
            {"name": "price", "type": "number"},
            {"name": "style", "type": "enum", "constraints": {"values": ["tick", "cross"]}},
            {"name": "features", "type": "list", "items": {"type": "text"}},
            {"name": "stats", "type": "list", "items": {"fields": [{"name": "value", "type": "text"}]}}
        ],
        "vars": {"gap": "0.1s"},
        "styles": {"headline": {"size": "0.1s"}},
        "layers": [
            {"id": "title", "type": "text", "text": "{{title}}", "style": "headline"},
            {"id": "box", "type": "stack", "children": [{"id": "photo", "type": "image", "source": "{{photo}}"}]}
        ],
        "templates": [
            {"key": "square", "name": "Square", "width": 1080, "height": 1080},
            {"key": "story", "name": "Story", "width": 1080, "height": 1920}
        ]
    })
}

/// The small document with one value replaced or added at a pointer.
fn with(pointer: &str, value: Value) -> Value {
    let mut document = small();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer}"));
    match parent {
        Value::Array(list) if key == "-" => list.push(value),
        Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
        other => other[key] = value,
    }
    document
}

fn faults(document: &Value) -> Vec<DocumentFault> {
    Document::parse(&document.to_string()).err().unwrap_or_default()
}

#[test]
fn marks_and_boxes_are_checked_with_the_text_that_names_them() {
    let text = |more: Value| {
        let mut layer = json!({"id": "title", "type": "text", "text": "{{title}}"});
        layer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        faults(&with("/layers/0", layer)).into_iter().map(|fault| (fault.pointer, fault.message)).collect::<Vec<_>>()
    };
    let marks = json!({"b": {"weight": 800}});
    for (more, pointer, message) in [
        (json!({"text": "[b]x", "marks": marks}), "/text", "[b] is not closed"),
        (json!({"text": "x[/b]", "marks": marks}), "/text", "[/b] closes nothing"),
        (json!({"text": "[b][b]x[/b]", "marks": marks}), "/text", "[b] stands inside [b]"),
        (json!({"marks": {"b": {"wieght": 1}}}), "/marks/b/wieght", "a mark has no property \"wieght\""),
        (json!({"marks": {"b": {"size": 9}}}), "/marks/b/size", "9 is out of range"),
        (json!({"marks": {"a b": {}}}), "/marks/a b", "\"a b\" can't be written in brackets"),
        (json!({"dropCap": {"lines": 1}}), "/dropCap/lines", "1 is out of range"),
        (json!({"dropCap": {"lines": 3}, "arc": {"radius": 90}}), "/dropCap", "a text along an arc has no drop cap"),
        (json!({"arc": {"at": 90}}), "/arc", "\"radius\" is missing"),
        (json!({"arc": {"radius": 90}, "underline": true}), "/underline", "a text along an arc has no underline"),
        (json!({"features": {"smallcaps": 1}}), "/features/smallcaps", "\"smallcaps\" is no feature"),
        (json!({"inline": {"pill": {}}}), "/inline/pill", "the box has nothing to show"),
        (json!({"inline": {"pill": {"source": "{{photo}}", "icon": "check"}}}), "/inline/pill", "a box has a picture or an icon"),
        (json!({"inline": {"pill": {"source": "{{title}}"}}}), "/inline/pill/source", "\"title\" is no image field"),
        (json!({"inline": {"pill": {"icon": "chekc"}}}), "/inline/pill/icon", "there is no icon \"chekc\""),
        (json!({"inline": {"pill": {"fill": "#fff", "padding": 1}}}), "/inline/pill/padding", "\"padding\" means nothing here"),
        (json!({"inline": {"pill": {"fill": "#fff", "width": 0}}}), "/inline/pill/width", "0 is out of range"),
    ] {
        assert_eq!(text(more), [(format!("/layers/0{pointer}"), message.to_owned())]);
    }
    assert_eq!(text(json!({"text": "[b]{{title}}[/b] [x] [/x]", "marks": marks})), []);
    assert_eq!(text(json!({"text": "[b]x"})), []);
}

#[test]
fn tables_point_at_the_column_that_is_wrong() {
    let table = |more: Value| {
        let mut layer = json!({"id": "t", "type": "table", "rows": "{{stats}}", "columns": [{"text": "{{item.value}}"}]});
        layer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        faults(&with("/layers/0", layer)).into_iter().map(|fault| (fault.pointer, fault.message)).collect::<Vec<_>>()
    };
    assert_eq!(table(json!({"cell": {"size": "0.03s"}, "header": {"weight": 700, "fill": "#eee"}})), []);
    for (more, pointer, message) in [
        (json!({"rows": "{{title}}"}), "/rows", "\"title\" is no list"),
        (json!({"rows": "stats"}), "/rows", "\"stats\" is not a list"),
        (json!({"columns": []}), "/columns", "a table has 1 to 12 columns"),
        (json!({"columns": [{"text": "{{item.valu}}"}]}), "/columns/0/text", "the item has no \"valu\""),
        (json!({"columns": [{"text": "a"}, {"header": "b"}]}), "/columns/1", "\"text\" is missing"),
        (json!({"columns": [{"text": "a", "wdith": 1}]}), "/columns/0/wdith", "a column has no property \"wdith\""),
        (json!({"columns": [{"text": "a", "weight": "bold"}]}), "/columns/0/weight", "a string where a number is needed"),
        (json!({"cell": {"weight": "bold"}}), "/cell/weight", "a string where a number is needed"),
        (json!({"cell": {"fill": "#fff"}}), "/cell/fill", "a table's cell has no property \"fill\""),
        (json!({"rule": {"width": 1}}), "/rule", "\"color\" is missing"),
    ] {
        assert_eq!(table(more), [(format!("/layers/0{pointer}"), message.to_owned())]);
    }
}

#[test]
fn the_small_document_is_valid() {
    assert_eq!(faults(&small()), []);
}

#[test]
fn each_fault_has_its_pointer_and_a_hint() {
    let rows = [
        ("/format", json!(2), "/format", "format 2 is not known", Some("this version reads format 1")),
        ("/titel", json!(1), "/titel", "a template group has no property \"titel\"", Some("known are")),
        ("/name", json!(""), "/name", "\"name\" takes 1 to 100 characters", None),
        ("/locale", json!("!!"), "/locale", "\"!!\" is no locale", Some("a BCP 47 tag, such as en, pt-BR or ar")),
        (
            "/templates/0/platform",
            json!("ig-storry"),
            "/templates/0/platform",
            "\"ig-storry\" is no platform's preset",
            Some("did you mean \"ig-story\"?"),
        ),
        ("/tags", json!("a"), "/tags", "a string where an array is needed", None),
        ("/fields/0/type", json!("txt"), "/fields/0/type", "\"txt\" is not known here", Some("did you mean \"text\"?")),
        ("/fields/0/reqired", json!(true), "/fields/0/reqired", "a field has no property \"reqired\"", Some("did you mean \"required\"?")),
        ("/fields/0/name", json!("item"), "/fields/0/name", "\"item\" is no name for a field", None),
        ("/fields/1/name", json!("title"), "/fields/1", "the field \"title\" stands twice", None),
        ("/fields/0/example", json!(5), "/fields/0/example", "This takes a string, not number.", None),
        ("/fields/2/default", json!("5"), "/fields/2/default", "This takes a number, not string.", None),
        (
            "/fields/2/constraints",
            json!({"maxLength": 3}),
            "/fields/2/constraints/maxLength",
            "a field of type number has no property \"maxLength\"",
            None,
        ),
        ("/fields/2/constraints", json!({"min": 3, "max": 1}), "/fields/2/constraints", "the least is more than the most", None),
        (
            "/fields/0/constraints",
            json!({"marks": ["b"]}),
            "/fields/0/constraints/marks",
            "a field of type text has no property \"marks\"",
            None,
        ),
        ("/fields/3/constraints", json!({}), "/fields/3", "an enum needs constraints.values", None),
        ("/fields/4/items", json!(null), "/fields/4", "a list needs \"items\"", None),
        ("/fields/2/required", json!(true), "/fields/2", "a required field needs an example", None),
        ("/vars/2x", json!(1), "/vars/2x", "\"2x\" is no name for a variable", None),
        (
            "/styles/headline/colr",
            json!("#fff"),
            "/styles/headline/colr",
            "a style has no property \"colr\"",
            Some("did you mean \"color\"?"),
        ),
        ("/styles/headline/size", json!("big"), "/styles/headline/size", "unknown unit \"big\"", None),
        ("/layers/0/lefft", json!(1), "/layers/0/lefft", "a text layer has no property \"lefft\"", Some("did you mean \"left\"?")),
        ("/layers/0/gap", json!(1), "/layers/0/gap", "a text layer has no property \"gap\"", None),
        ("/layers/0/type", json!("txt"), "/layers/0/type", "\"txt\" is not known here", Some("did you mean \"text\"?")),
        ("/layers/0/id", json!("box"), "/layers/1/id", "the id \"box\" is taken", None),
        ("/layers/0/style", json!("headlin"), "/layers/0/style", "unknown style \"headlin\"", Some("did you mean \"headline\"?")),
        ("/layers/0/left", json!("2 W W"), "/layers/0/left", "found W where the end is needed", None),
        ("/layers/0/left", json!("$gep"), "/layers/0/left", "unknown variable \"$gep\"", Some("did you mean \"gap\"?")),
        ("/layers/0/left", json!(true), "/layers/0/left", "a length is a number of pixels", None),
        ("/layers/0/width", json!(-5), "/layers/0/width", "\"width\" is less than 0", None),
        ("/layers/0/opacity", json!(2), "/layers/0/opacity", "2 is out of range", Some("from 0 to 1")),
        ("/layers/0/text", json!("{{titel}}"), "/layers/0/text", "unknown field \"titel\"", Some("did you mean \"title\"?")),
        ("/layers/0/text", json!("{{title"), "/layers/0/text", "\"}}\" is missing", None),
        ("/layers/0/text", json!("{{title | shout}}"), "/layers/0/text", "unknown formatter \"shout\"", None),
        ("/layers/0/text", json!("{{title | currency('EUR')}}"), "/layers/0/text", "currency takes a number", None),
        ("/layers/0/text", json!("{{price | currency('EURO')}}"), "/layers/0/text", "'EURO' is no currency code", None),
        ("/layers/0/text", json!("{{photo}}"), "/layers/0/text", "\"photo\" has no text: it is of type image", None),
        (
            "/layers/0/text",
            json!("{{item}}"),
            "/layers/0/text",
            "unknown field \"item\"",
            Some("item and index stand inside a layer with \"repeat\""),
        ),
        ("/layers/0/text", json!("{{stats}}"), "/layers/0/text", "\"stats\" is a list of objects", None),
        (
            "/layers/0/color",
            json!("brand.colors.primry"),
            "/layers/0/color",
            "unknown colour role \"primry\"",
            Some("did you mean \"primary\"?"),
        ),
        ("/layers/0/color", json!("#12"), "/layers/0/color", "#12 is no colour", None),
        ("/layers/0/color", json!("pik(#fff, #000)"), "/layers/0/color", "\"pik\" is no colour", Some("did you mean \"pick\"?")),
        ("/layers/0/color", json!("alpha(#fff, 2)"), "/layers/0/color", "2 is not from 0 to 1", None),
        ("/layers/0/color", json!("alpha(#fff .5)"), "/layers/0/color", "found 0.5 where \",\" is needed", None),
        ("/layers/0/color", json!("{{title}}"), "/layers/0/color", "\"title\" is no colour field", None),
        (
            "/layers/0/font",
            json!("brand.fonts.headng"),
            "/layers/0/font",
            "unknown font role \"headng\"",
            Some("did you mean \"heading\"?"),
        ),
        ("/layers/0/font", json!({"weight": 4}), "/layers/0/font", "\"family\" is missing", None),
        ("/layers/0/when", json!("foto"), "/layers/0/when", "unknown field \"foto\"", Some("did you mean \"photo\"?")),
        ("/layers/0/when", json!("style == 'tik'"), "/layers/0/when", "\"style\" never is 'tik'", Some("did you mean \"tick\"?")),
        ("/layers/0/when", json!("title > 3"), "/layers/0/when", "these two can't be compared", None),
        ("/layers/0/when", json!("photo &&"), "/layers/0/when", "the expression ends where", None),
        ("/layers/0/repeat", json!("title"), "/layers/0/repeat", "\"title\" is no list", None),
        ("/layers/0/max", json!(2), "/layers/0/max", "\"max\" goes with \"repeat\"", None),
        ("/layers/0/variants", json!([{"size": 10}]), "/layers/0/variants/0", "a variant needs \"when\"", None),
        ("/layers/0/variants", json!([{"when": "photo", "size": "x"}]), "/layers/0/variants/0/size", "unknown unit \"x\"", None),
        ("/layers/0/variants", json!([{"when": "photo", "id": "x"}]), "/layers/0/variants/0/id", "a variant can't change \"id\"", None),
        ("/layers/0/fill", json!({"type": "linear", "stops": ["#fff"]}), "/layers/0/fill/stops", "a gradient has 2 to 16 stops", None),
        (
            "/layers/0/fill",
            json!({"type": "linear", "stops": [{"at": 0.6, "color": "#fff"}, {"at": 0.5, "color": "#000"}]}),
            "/layers/0/fill/stops/1",
            "stops go from 0 to 1 and never back",
            None,
        ),
        ("/layers/0/fill", json!({"type": "cone", "stops": ["#fff", "#000"]}), "/layers/0/fill/type", "\"cone\" is not known here", None),
        ("/layers/0/blend", json!("softlight"), "/layers/0/blend", "\"softlight\" is not known here", Some("did you mean \"soft-light\"?")),
        ("/layers/0/filter", json!({"blur": -1}), "/layers/0/filter", "\"blur\" is less than 0", None),
        (
            "/layers/0/filter",
            json!({"saturation": 2}),
            "/layers/0/filter/saturation",
            "a filter has no property \"saturation\"",
            Some("did you mean \"saturate\"?"),
        ),
        ("/layers/0/filter", json!({"sepia": 2}), "/layers/0/filter/sepia", "2 is out of range", Some("from 0 to 1")),
        (
            "/layers/0/backdrop",
            json!({"dropShadow": {"color": "#000"}}),
            "/layers/0/backdrop/dropShadow",
            "a backdrop has no property \"dropShadow\"",
            None,
        ),
        (
            "/layers/1/mask",
            json!({"layer": "foto"}),
            "/layers/1/mask/layer",
            "this layer has no child \"foto\"",
            Some("did you mean \"photo\"?"),
        ),
        ("/layers/0/stroke", json!({"width": 2, "color": "#000", "dash": 4}), "/layers/0/stroke", "letters have no dashes", None),
        ("/layers/0/highlight", json!({"radius": 4}), "/layers/0/highlight", "\"color\" is missing", None),
        (
            "/layers/1/border",
            json!({"width": 2, "color": "#000", "dash": [4, 0]}),
            "/layers/1/border/dash",
            "a dash is one length, or two: of the dash and of the space after it",
            None,
        ),
        (
            "/layers/-",
            json!({"id": "icon", "type": "shape", "shape": "icon", "icon": "bathtap"}),
            "/layers/2/icon",
            "there is no icon \"bathtap\"",
            Some("did you mean \"bathtub\"?"),
        ),
        (
            "/layers/-",
            json!({"id": "star", "type": "shape", "sides": 5}),
            "/layers/2/sides",
            "\"sides\" means nothing to the shape \"rect\"",
            None,
        ),
        ("/layers/-", json!({"id": "stars", "type": "rating", "value": "{{title}}"}), "/layers/2/value", "\"title\" is no number", None),
        (
            "/layers/-",
            json!({"id": "stars", "type": "rating", "value": "price"}),
            "/layers/2/value",
            "\"price\" is not a number",
            Some("a field in braces, such as {{rating}}"),
        ),
        ("/layers/-", json!({"id": "bar", "type": "progress"}), "/layers/2", "\"value\" is missing", None),
        (
            "/layers/-",
            json!({"id": "chart", "type": "chart", "chart": "bar", "values": "{{features}}"}),
            "/layers/2/values",
            "\"features\" is no list of numbers",
            None,
        ),
        (
            "/layers/-",
            json!({"id": "chart", "type": "chart", "chart": "bar", "values": "{{stats.value}}"}),
            "/layers/2/values",
            "an item of \"stats\" has no number \"value\"",
            None,
        ),
        (
            "/layers/-",
            json!({"id": "chart", "type": "chart", "chart": "line", "values": [1, 2], "hole": 0.5}),
            "/layers/2/hole",
            "\"hole\" means nothing to this chart",
            None,
        ),
        (
            "/layers/-",
            json!({"id": "dots", "type": "pattern", "pattern": "dots", "count": 4}),
            "/layers/2/count",
            "\"count\" means nothing to dots",
            Some("pitch, thickness"),
        ),
        ("/layers/0/shadows", json!([{"x": 1}]), "/layers/0/shadows/0", "\"color\" is missing", None),
        ("/layers/0/margin", json!([1, 2, 3]), "/layers/0/margin", "\"margin\" takes one, two or four lengths", None),
        (
            "/layers/0/radius",
            json!("50%"),
            "/layers/0/radius",
            "a radius is 0 or more, and takes no %",
            Some("\"full\" is a circle or a pill"),
        ),
        ("/layers/0/align", json!("middle"), "/layers/0/align", "\"middle\" is not known here", None),
        ("/layers/1/children/0/source", json!("{{title}}"), "/layers/1/children/0/source", "\"title\" is no image field", None),
        (
            "/layers/1/children/0/source",
            json!("brand.logos.primry"),
            "/layers/1/children/0/source",
            "unknown logo role \"primry\"",
            Some("did you mean \"primary\"?"),
        ),
        (
            "/layers/1/children/0/source",
            json!("https://example.com/x.png"),
            "/layers/1/children/0/source",
            "\"https://example.com/x.png\" is no picture",
            None,
        ),
        ("/layers/1/order", json!(["foto"]), "/layers/1/order/0", "no layer \"foto\" stands here", Some("did you mean \"photo\"?")),
        ("/templates", json!([]), "/templates", "a group has 1 to 12 sizes", None),
        ("/templates/0/width", json!(8193), "/templates/0/width", "8193 is out of range", Some("from 1 to 8192")),
        ("/templates/0/width", json!(0), "/templates/0/width", "0 is out of range", None),
        ("/templates/0/width", json!("1080"), "/templates/0/width", "a string where a whole number is needed", None),
        ("/templates/1/key", json!("square"), "/templates/1", "the key \"square\" stands twice", None),
        ("/templates/0/key", json!("Square"), "/templates/0/key", "\"Square\" is no key", None),
        (
            "/templates/0/overrides",
            json!({"titel": {}}),
            "/templates/0/overrides/titel",
            "this size has no layer \"titel\"",
            Some("did you mean \"title\"?"),
        ),
        ("/templates/0/overrides", json!({"title": {"size": "x"}}), "/templates/0/overrides/title/size", "unknown unit \"x\"", None),
        (
            "/templates/0/overrides",
            json!({"title": {"type": "image"}}),
            "/templates/0/overrides/title/type",
            "an override can't change \"type\"",
            None,
        ),
        (
            "/templates/0/layers",
            json!([{"use": "titel"}]),
            "/templates/0/layers/0/use",
            "no shared layer has the id \"titel\"",
            Some("did you mean \"title\"?"),
        ),
        ("/templates/0/order", json!(["titel"]), "/templates/0/order/0", "no layer \"titel\" stands here", Some("did you mean \"title\"?")),
        ("/templates/0/margin", json!("10%"), "/templates/0/margin", "a margin is 0 or more, without r and %", None),
        ("/look", json!({"colors": {"primary": "blue"}}), "/look/colors/primary", "\"blue\" is no colour", None),
        ("/look", json!({"fonts": {"heading": {"weight": 700}}}), "/look/fonts/heading", "\"family\" is missing", None),
        (
            "/look",
            json!({"fonts": {"code": {"family": "JetBrains Mono"}}}),
            "/look/fonts/code",
            "\"code\" is no font role",
            Some("roles are heading, body and accent"),
        ),
        ("/altText", json!("{{titel}}"), "/altText", "unknown field \"titel\"", Some("did you mean \"title\"?")),
        ("/background", json!("blue"), "/background", "\"blue\" is no colour", None),
        ("/output", json!({"dpi": 0}), "/output/dpi", "0 is out of range", Some("from 1 to 2400")),
        ("/output", json!({"maxByte": 1}), "/output/maxByte", "output has no property \"maxByte\"", Some("did you mean \"maxBytes\"?")),
        ("/templates/0/maxBytes", json!("1 MB"), "/templates/0/maxBytes", "", None),
    ];
    for (pointer, value, place, message, hint) in rows {
        let found = faults(&with(pointer, value.clone()));
        let fault = found.iter().find(|fault| fault.pointer == place && fault.message.starts_with(message));
        let fault = fault.unwrap_or_else(|| panic!("{pointer} = {value}: {found:#?}"));
        if let Some(hint) = hint {
            assert!(fault.hint.as_deref().is_some_and(|found| found.starts_with(hint)), "{pointer} = {value}: {fault:?}");
        }
        assert!(found.len() <= 3, "one mistake, few faults: {pointer} = {value}: {found:#?}");
    }
}

#[test]
fn all_faults_come_at_once_and_a_shared_one_comes_once() {
    let mut document = with("/layers/0/left", json!("5 foo"));
    document["layers"][0]["color"] = json!("brand.colors.nope");
    document["layers"][1]["gap"] = json!([1]);
    document["templates"][1]["height"] = json!(100_000);
    document["fields"][2]["type"] = json!("money");
    let pointers: Vec<String> = faults(&document).into_iter().map(|fault| fault.pointer).collect();
    for pointer in ["/layers/0/left", "/layers/0/color", "/layers/1/gap", "/templates/1/height", "/fields/2/type"] {
        assert_eq!(pointers.iter().filter(|found| *found == pointer).count(), 1, "{pointer}: {pointers:?}");
    }
}

#[test]
fn limits_hold() {
    let layer = |i: usize| json!({"id": format!("l{i}"), "type": "shape"});
    let many = with("/layers", (0..501).map(layer).collect());
    assert!(faults(&many).iter().any(|fault| fault.message == "a size has at most 500 layers"));
    assert_eq!(faults(&with("/layers", (0..500).map(layer).collect())), []);
    let mut deep = json!({"id": "leaf", "type": "shape"});
    for i in 0..40 {
        deep = json!({"id": format!("g{i}"), "type": "group", "children": [deep]});
    }
    assert!(faults(&with("/layers", json!([deep]))).iter().any(|fault| fault.message == "layers nest at most 32 levels"));
    let sizes: Value = (0..13).map(|i| json!({"key": format!("k{i}"), "name": "K", "width": 10, "height": 10})).collect();
    assert!(faults(&with("/templates", sizes)).iter().any(|fault| fault.message == "a group has 1 to 12 sizes"));
    let big = json!([{"key": "k", "name": "K", "width": 8000, "height": 8000}]);
    assert!(faults(&with("/templates", big)).iter().any(|fault| fault.message.ends_with("more than 40 megapixels")));
    let copies = json!([{"id": "g", "type": "group", "repeat": 100, "children": (0..50).map(layer).collect::<Value>()}]);
    assert!(faults(&with("/layers", copies)).iter().any(|fault| fault.message.contains("more than 4000 layers")));
    let open = "(".repeat(1_999);
    assert!(faults(&with("/layers/0/left", json!(open)))[0].message.contains("at most 32 levels"));
    assert!(faults(&with("/layers/0/when", json!("!".repeat(1_999))))[0].message.contains("at most 32 levels"));
    let circle = with("/vars", json!({"gap": 1, "a": "$b", "b": "$a", "c": "mix($c, $c, .5)"}));
    for (key, value) in [("left", "$a"), ("left", "$a + 1"), ("color", "$c"), ("align", "$a")] {
        let mut document = circle.clone();
        document["layers"][0][key] = json!(value);
        assert!(!faults(&document).is_empty(), "{key} {value}");
    }
}

#[test]
fn what_is_no_document_is_refused_without_a_panic() {
    for text in
        ["", "null", "[]", "{}", "1", "\"x\"", "{\"format\": 1}", "{\"format\":1,\"name\":\"x\",\"templates\":{}}", "{\"format\": \"1\"}"]
    {
        assert!(Document::parse(text).is_err(), "{text}");
        assert!(BrandFile::parse(text).is_err(), "{text}");
    }
    // Every value replaced by one of another kind: a fault or not, never a panic.
    let mut pointers = Vec::new();
    walk(&serde_json::from_str(include_str!("full.json")).unwrap(), String::new(), &mut pointers);
    let others = [json!(null), json!(-1), json!("$nope"), json!([]), json!({}), json!([[]]), json!(true)];
    for (pointer, value) in pointers.iter().zip(others.iter().cycle()).skip(1).step_by(3) {
        let mut document: Value = serde_json::from_str(include_str!("full.json")).unwrap();
        *document.pointer_mut(pointer).unwrap() = value.clone();
        let _ = Document::parse(&document.to_string());
    }
}

fn walk(value: &Value, pointer: String, out: &mut Vec<String>) {
    out.push(pointer.clone());
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| walk(value, format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), out))
        }
        Value::Array(list) => list.iter().enumerate().for_each(|(i, value)| walk(value, format!("{pointer}/{i}"), out)),
        _ => {}
    }
}

#[test]
fn kits_say_what_is_wrong_with_them() {
    let kit = || json!({"format": 1, "name": "K", "colors": [{"role": "primary", "hex": "#3b5b39"}, {"role": "text", "hex": "#2b2116"}], "fonts": [{"role": "body", "family": "Inter"}], "logos": [{"role": "mark", "file": "a/b.svg"}]});
    let parsed = BrandFile::parse(&kit().to_string()).unwrap();
    assert_eq!(parsed.colors[0].name, "primary");
    assert_eq!(parsed.colors[0].color.on.hex(), "#ffffff");
    let brand = parsed.brand(|logo| format!("key:{}", logo.file));
    assert_eq!((brand.logos[0].picture.as_str(), brand.corner), ("key:a/b.svg", 0.02));
    for (pointer, value, place, message) in [
        ("/format", json!(3), "/format", "format 3 is not known"),
        ("/colour", json!(1), "/colour", "a brand kit has no property \"colour\""),
        ("/corner", json!(2), "/corner", "2 is out of range"),
        ("/colors/0/hex", json!("green"), "/colors/0/hex", "\"green\" is no colour"),
        ("/colors/0/hex", json!(null), "/colors/0", "\"hex\" is missing"),
        ("/colors/1/role", json!("primary"), "/colors/1", "this role stands twice"),
        ("/colors/1/role", json!("my role"), "/colors/1/role", "\"my role\" is no name for a role"),
        ("/fonts/0/role", json!("title"), "/fonts/0/role", "\"title\" is no font role"),
        ("/fonts/0/family", json!(""), "/fonts/0/family", "\"family\" takes 1 to 80 characters"),
        ("/fonts/0/style", json!("oblique"), "/fonts/0/style", "\"oblique\" is not known here"),
        ("/fonts/0/variations", json!({"optical": 1}), "/fonts/0/variations/optical", "\"optical\" is no axis"),
        ("/logos/0/theme", json!("black"), "/logos/0/theme", "\"black\" is not known here"),
        ("/logos/0/file", json!("../x.svg"), "/logos/0/file", "\"../x.svg\" is no file beside the kit"),
        ("/logos/0/file", json!("/etc/passwd"), "/logos/0/file", "\"/etc/passwd\" is no file beside the kit"),
        ("/logos/0/file", json!("a//b"), "/logos/0/file", "\"a//b\" is no file beside the kit"),
        ("/logos/0/file", json!("https://x/y"), "/logos/0/file", "\"https://x/y\" is no file beside the kit"),
    ] {
        let mut document = kit();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[key] = value;
        let faults = BrandFile::parse(&document.to_string()).unwrap_err();
        let found = faults.iter().any(|fault| fault.pointer == place && fault.message == message);
        assert!(found, "{pointer}: {faults:#?}");
    }
}
