//! How a sheet's columns become a template's fields, and the guess that a person begins with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use template::{Document, Field};

use crate::BrandChoice;

/// What a person decided about a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// By field; one that is not here stays empty.
    pub fields: BTreeMap<String, Fill>,
    /// The column of the external ids.
    pub external_id: Option<usize>,
    pub brand: BrandChoice,
    /// Keys; empty is all.
    pub sizes: Vec<String>,
    /// An encoding's name; empty is `png`.
    pub format: String,
}

/// Where a field's value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fill {
    /// The column's place, from 0.
    Column(usize),
    /// The same text in every row.
    Text(String),
}

/// Words that people use for the same thing; the first of each line need not be a field's name.
const ALIASES: &[&[&str]] = &[
    &["title", "headline", "heading", "name", "productname", "quote", "text", "caption"],
    &["name", "author", "person", "speaker", "who", "guest"],
    &["role", "position", "jobtitle", "company", "organisation", "organization"],
    &["photo", "image", "picture", "img", "imageurl", "imagelink", "photourl", "pictureurl", "portrait", "cutoutphoto"],
    &["price", "amount", "saleprice", "newprice", "cost"],
    &["oldprice", "formerprice", "was", "listprice", "compareatprice", "regularprice", "rrp"],
    &["currency", "currencycode"],
    &["features", "facts", "points", "bullets", "highlights", "chips"],
    &["kicker", "eyebrow", "category", "kind", "type", "label"],
    &["figure", "discount", "percent", "off", "number"],
    &["ribbon", "banner"],
    &["code", "coupon", "promocode", "vouchercode", "voucher"],
    &["until", "validuntil", "ends", "enddate", "lastday", "expires"],
    &["terms", "smallprint", "conditions", "legal"],
    &["date", "day", "when", "startdate"],
    &["time", "hours", "starttime"],
    &["place", "venue", "location", "where", "address", "city"],
    &["link", "url", "website", "web", "page"],
];
const IDS: &[&str] = &["externalid", "id", "sku", "reference", "ref", "articlenumber", "itemid", "productid", "key"];

/// The fields and the external id, by heading: a field's own name first, then its label, then other words for it. No column
/// is guessed twice.
pub(super) fn guess(document: &Document, columns: &[String]) -> Setup {
    let words: Vec<String> = columns.iter().map(|column| plain(column)).collect();
    let mut taken = vec![false; columns.len()];
    let mut setup = Setup::default();
    let mut take = |test: &dyn Fn(&str) -> bool| {
        let place = words.iter().zip(&taken).position(|(word, taken)| !taken && test(word))?;
        taken[place] = true;
        Some(place)
    };
    for round in 0..3 {
        // A column that is called like an id is one, unless a field is called so too.
        if round == 2 {
            setup.external_id = IDS.iter().find_map(|id| take(&|word| word == *id));
        }
        for field in document.fields() {
            if !setup.fields.contains_key(&field.name)
                && let Some(place) = take(&|word| fits(field, word, round))
            {
                setup.fields.insert(field.name.clone(), Fill::Column(place));
            }
        }
    }
    setup
}

/// By the field's name, its label, or another word for it: round 0, 1, 2.
fn fits(field: &Field, word: &str, round: usize) -> bool {
    let name = plain(&field.name);
    match round {
        0 => word == name,
        1 => word == plain(&field.label),
        _ => ALIASES.iter().any(|line| line.contains(&name.as_str()) && line.contains(&word)),
    }
}

/// Letters and digits in lower case.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(headings: &[&str]) -> (Vec<(String, usize)>, Option<usize>) {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/templates/product.json")).unwrap();
        let document = Document::parse(&text).unwrap();
        let columns: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
        let setup = guess(&document, &columns);
        let column = |(name, fill): (String, Fill)| match fill {
            Fill::Column(place) => (name, place),
            Fill::Text(text) => panic!("{name} is {text:?}"),
        };
        (setup.fields.into_iter().map(column).collect(), setup.external_id)
    }

    #[test]
    fn a_field_is_known_by_its_name_its_label_and_other_words() {
        let (fields, id) = guessed(&["SKU", "Former price", "title", "Image URL", "PRICE", "Weight"]);
        let expected = [("oldPrice", 1), ("photo", 3), ("price", 4), ("title", 2)];
        assert_eq!(fields, expected.map(|(name, place)| (name.to_owned(), place)));
        assert_eq!(id, Some(0));
    }

    #[test]
    fn no_column_is_guessed_twice_and_the_better_name_wins() {
        let (fields, _) = guessed(&["Name", "Product name"]);
        assert_eq!(fields, [("title".to_owned(), 1)], "the label beats another word for it");
        assert_eq!(guessed(&["colour", "weight"]), (Vec::new(), None));
    }
}
