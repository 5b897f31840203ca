//! Markdown of the OpenAPI document as HTML. Headings get an anchor; raw HTML is text.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use crate::page::Safe;

/// A heading of a text: its anchor and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    pub id: String,
    pub words: String,
}

/// Blocks: paragraphs, lists, tables and headings.
pub(super) fn blocks(text: &str) -> Safe {
    let mut html = String::new();
    let mut events: Vec<Event<'_>> = Vec::new();
    let mut heading: Option<String> = None;
    for event in parsed(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                heading = Some(String::new());
                events.push(event);
            }
            Event::End(TagEnd::Heading(_)) => {
                let words = heading.take().unwrap_or_default();
                let id = anchor(&words);
                if let Some(Event::Start(Tag::Heading { id: place, .. })) =
                    events.iter_mut().rev().find(|event| matches!(event, Event::Start(Tag::Heading { .. })))
                {
                    *place = Some(CowStr::from(id.clone()));
                }
                events.push(Event::InlineHtml(format!(" <a class=\"anchor\" href=\"#{id}\" aria-label=\"Link to {words}\">#</a>").into()));
                events.push(event);
            }
            Event::Start(Tag::Table(_)) => {
                events.push(Event::Html("<div class=\"table-wrap\" tabindex=\"0\">".into()));
                events.push(event);
            }
            Event::End(TagEnd::Table) => {
                events.push(event);
                events.push(Event::Html("</div>".into()));
            }
            Event::Text(ref words) | Event::Code(ref words) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(words);
                }
                events.push(event);
            }
            other => events.push(other),
        }
    }
    html::push_html(&mut html, events.into_iter());
    Safe(html.replace("<table>", "<table class=\"table\">"))
}

/// One line without a block around it.
pub(super) fn line(text: &str) -> Safe {
    let mut html = String::new();
    html::push_html(&mut html, parsed(text));
    let html = html.trim_end();
    Safe(html.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>")).unwrap_or(html).to_owned())
}

/// All headings in order.
pub(super) fn headings(text: &str) -> Vec<Heading> {
    let mut found: Vec<Heading> = Vec::new();
    let mut words: Option<String> = None;
    for event in parsed(text) {
        match (event, &mut words) {
            (Event::Start(Tag::Heading { .. }), _) => words = Some(String::new()),
            (Event::End(TagEnd::Heading(_)), _) => {
                let words = words.take().unwrap_or_default();
                found.push(Heading { id: anchor(&words), words });
            }
            (Event::Text(more) | Event::Code(more), Some(words)) => words.push_str(&more),
            _ => {}
        }
    }
    found
}

fn parsed(text: &str) -> impl Iterator<Item = Event<'_>> {
    Parser::new_ext(text, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        other => other,
    })
}

/// `Keeping a key safe` → `keeping-a-key-safe`.
fn anchor(words: &str) -> String {
    let plain: String = words.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_get_anchors_and_html_stays_text() {
        let text = "## Keeping a `key` safe\n\nA <b>bold</b> **word**.";
        let html = blocks(text).0;
        assert!(html.contains("<h2 id=\"keeping-a-key-safe\">") && html.contains("href=\"#keeping-a-key-safe\""), "{html}");
        assert!(html.contains("&lt;b&gt;bold") && html.contains("<strong>word</strong>"), "{html}");
        assert_eq!(headings(text), [Heading { id: "keeping-a-key-safe".into(), words: "Keeping a key safe".into() }]);
        assert_eq!(line("A `word`.").0, "A <code>word</code>.");
    }
}
