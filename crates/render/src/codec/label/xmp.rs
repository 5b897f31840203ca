//! XMP packets: title, alternative text, and what a picture was made of.

use std::fmt::Write as _;

/// Characters of a text in a packet: a JPEG's must fit into 64 KiB.
const LONGEST: usize = 1_000;

/// What a file says about itself. Texts may hold any characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Of the template.
    pub title: String,
    /// Alternative text of what is seen.
    pub description: String,
    /// BCP 47, of the description.
    pub language: String,
    /// The kit's name, or empty.
    pub brand_kit: String,
    /// The template group's id, or empty.
    pub group: String,
    /// The size's key, or empty; those of all pages with commas between.
    pub size: String,
}

/// The packet as files hold it, in UTF-8; the same for the same words.
pub fn packet(about: &About) -> String {
    let mut out = String::from(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" \
         xmlns:Iptc4xmpCore=\"http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/\" xmlns:rp=\"urn:repeatposts:xmp:1#\"",
    );
    let made_by = format!("RepeatPosts {}", env!("CARGO_PKG_VERSION"));
    let origin = [("rp:TemplateGroup", &about.group), ("rp:Size", &about.size), ("rp:BrandKit", &about.brand_kit)];
    for (name, value) in [("xmp:CreatorTool", &made_by)].into_iter().chain(origin) {
        if !value.is_empty() {
            // Writing to a string can't fail.
            let _ = write!(out, " {name}=\"{}\"", escaped(value));
        }
    }
    out.push('>');
    let language = if about.language.is_empty() { "x-default" } else { &about.language };
    for (name, value) in
        [("dc:title", &about.title), ("dc:description", &about.description), ("Iptc4xmpCore:AltTextAccessibility", &about.description)]
    {
        if value.is_empty() {
            continue;
        }
        let text = escaped(value);
        let _ = write!(out, "<{name}><rdf:Alt><rdf:li xml:lang=\"x-default\">{text}</rdf:li>");
        if language != "x-default" {
            let _ = write!(out, "<rdf:li xml:lang=\"{}\">{text}</rdf:li>", escaped(language));
        }
        let _ = write!(out, "</rdf:Alt></{name}>");
    }
    out.push_str("</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>");
    out
}

/// XML without what XML forbids, cut to length.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().take(LONGEST) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\r' | '\t' => out.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_escaped_and_what_is_empty_is_left_out() {
        let about = About {
            title: "Tea & <\"more\">\u{1}".to_owned(),
            brand_kit: "A & B".to_owned(),
            size: "story".to_owned(),
            ..About::default()
        };
        let packet = packet(&about);
        assert!(packet.contains("<rdf:li xml:lang=\"x-default\">Tea &amp; &lt;&quot;more&quot;&gt;</rdf:li>"), "{packet}");
        assert!(packet.contains("rp:Size=\"story\" rp:BrandKit=\"A &amp; B\""), "{packet}");
        assert!(!packet.contains("dc:description>") && !packet.contains("rp:TemplateGroup"), "{packet}");
    }

    #[test]
    fn the_longest_words_fit_into_a_segment_of_a_jpeg() {
        let long = "\"".repeat(5_000);
        let about = About { title: long.clone(), description: long, language: "en".to_owned(), ..About::default() };
        assert!(packet(&about).len() < 60_000);
    }
}
