//! Dry runs: what a call would do, without doing or keeping anything.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value, json};
use template::Warning;

use crate::generate::order::Order;
use crate::generate::request::Draft;
use crate::run::ms;
use crate::view::{DryRun, Estimate, Timings};
use crate::{App, Error, Principal, Result};

impl App {
    pub(crate) async fn dry_run(&self, who: &Principal, draft: &Draft, timings: &mut Timings) -> Result<DryRun> {
        let resolved = self.resolve(who, draft).await?;
        let images = resolved.order.as_ref().map_or(0, |order| i64::try_from(order.sizes.len()).unwrap_or(0));
        let mut answer = DryRun {
            valid: resolved.faults.is_empty(),
            errors: resolved.faults,
            warnings: Vec::new(),
            // What a live call costs, whichever key asks.
            estimate: Estimate { credits: images, images },
            fit: Map::new(),
        };
        if let Some(order) = resolved.order.filter(|_| answer.valid) {
            let start = Instant::now();
            self.measure(Arc::new(order), &mut answer).await?;
            timings.render = ms(start.elapsed());
        }
        Ok(answer)
    }

    async fn measure(&self, order: Arc<Order>, answer: &mut DryRun) -> Result<()> {
        let sizes = order.group.document.sizes();
        for (place, warning) in &order.warnings {
            let key = place.and_then(|place| sizes.get(place)).map(|size| size.key.clone());
            answer.warnings.push(with_template(warning, key.as_deref()));
        }
        let engine = self.engine_for(order.kit.as_ref().map(|kit| &*kit.kit)).await?;
        for place in &order.sizes {
            let Some(size) = sizes.get(*place) else { continue };
            let (engine, inner, place) = (Arc::clone(&engine), Arc::clone(&order), *place);
            let measured = self.pool.run(move |scratch| {
                let size = inner.group.document.sizes().get(place)?;
                let brand = inner.kit.as_ref().map(|kit| &kit.kit.brand);
                let (bound, mut warnings) =
                    template::bind(&inner.group.document, size, &inner.inputs(place), brand, inner.locale.as_deref());
                let (texts, more) = render::measure(&engine, scratch, &bound);
                warnings.extend(more);
                Some((texts, warnings))
            });
            let measured = measured.await.map_err(|lost| Error::Internal(format!("measuring {}: {lost:?}", size.key)))?;
            let Some((texts, warnings)) = measured else { continue };
            answer.warnings.extend(warnings.iter().map(|warning| with_template(warning, Some(&size.key))));
            for text in texts {
                let Some(field) = text.field else { continue };
                let by_size = answer.fit.entry(field).or_insert_with(|| Value::Object(Map::new()));
                let fit = json!({"fontSize": figure(text.font_size), "lines": text.lines, "overflow": text.overflow, "charactersLeft": text.characters_left});
                if let Value::Object(by_size) = by_size {
                    // A field that stands in several layers is shown by the tightest of them.
                    let tighter = |known: &Value| known["charactersLeft"].as_i64() <= Some(i64::from(text.characters_left));
                    if !by_size.get(&size.key).is_some_and(tighter) {
                        by_size.insert(size.key.clone(), fit);
                    }
                }
            }
        }
        Ok(())
    }
}

/// Two places, as warnings have them: what lies behind is the rest of a 32-bit float.
fn figure(size: f32) -> f64 {
    (f64::from(size) * 100.0).round() / 100.0
}

fn with_template(warning: &Warning, key: Option<&str>) -> Value {
    let mut value = serde_json::to_value(warning).unwrap_or_default();
    if let Value::Object(map) = &mut value {
        map.insert("template".to_owned(), key.into());
    }
    value
}
