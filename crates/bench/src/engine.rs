//! The engine alone: the scenes, and the groups that ship inside, from bound data to encoded bytes.

use std::{collections::HashMap, sync::Arc, thread, time::Instant};

use render::{Engine, Format, Options, Picture, PictureError, Scratch, World, codec};
use template::{Bound, Document, Inputs};

use crate::{Outcome, scenes, stats, world::Studio};

const FORMATS: [(&str, Format); 4] = [("png", Format::Png), ("jpeg", Format::Jpeg), ("webp", Format::Webp), ("avif", Format::Avif)];

/// One thing to measure: its `i`-th picture, and the world that it is drawn in.
struct Case<'a> {
    name: String,
    engine: &'a Engine,
    bound: Box<dyn Fn(u64) -> Bound + Sync + 'a>,
    world: Box<dyn World + 'a>,
}

/// Prints a table of everything whose name contains `only`, each measured for `seconds` on one core and on two.
///
/// # Errors
/// Fonts or templates inside the binary can't be read, or a picture fails.
pub fn run(seconds: f64, only: Option<&str>) -> Outcome<()> {
    // One set after the other, so that the peak of the first is its own.
    let studio = Studio::open()?;
    let mut rows = measure_all(scene_cases(&studio), seconds, only)?;
    let about = studio.about.clone();
    drop(studio);
    let groups = Groups::open()?;
    rows.extend(measure_all(groups.cases()?, seconds, only)?);
    let head = ["picture", "format", "p50 ms", "p95 ms", "1 core /s", "2 cores /s", "ratio", "kB", "peak MB"];
    print!("{}", stats::table(&head, &rows));
    println!("\nS1 to S3 with {about}. Peak MB is this process' so far, with fonts and every kept picture.");
    let info = groups.engine.info();
    println!("Engine {} for {}, fonts {}.", info.version, info.target, &info.fonts);
    Ok(())
}

fn measure_all(cases: Vec<Case>, seconds: f64, only: Option<&str>) -> Outcome<Vec<Vec<String>>> {
    let mut rows = Vec::new();
    for case in cases.iter().filter(|case| only.is_none_or(|only| case.name.contains(only))) {
        for (name, format) in FORMATS {
            rows.push(measure(case, name, format, seconds)?);
        }
    }
    Ok(rows)
}

fn measure(case: &Case, name: &str, format: Format, seconds: f64) -> Outcome<Vec<String>> {
    let mut scratch = Scratch::default();
    let mut bytes = 0;
    let times = stats::sample(seconds, |i| {
        bytes = draw(case, &mut scratch, format, i)?;
        Outcome::Ok(())
    })?;
    let both = throughput(case, format, seconds)?;
    let one = 1e3 / times.quantile(0.5);
    let figure = |value: f64| format!("{value:.1}");
    Ok(vec![
        case.name.clone(),
        name.to_owned(),
        figure(times.quantile(0.5)),
        figure(times.quantile(0.95)),
        figure(one),
        figure(both),
        format!("{:.2}", both / one),
        figure(bytes as f64 / 1e3),
        (stats::peak_memory("self") / 1024).to_string(),
    ])
}

/// Pictures a second of two threads that share nothing but the engine.
fn throughput(case: &Case, format: Format, seconds: f64) -> Outcome<f64> {
    let work = |thread: u64| -> Result<f64, String> {
        let mut scratch = Scratch::default();
        let start = Instant::now();
        let mut done = 0;
        while done < 5 || start.elapsed().as_secs_f64() < seconds {
            draw(case, &mut scratch, format, thread * 1_000_000 + done).map_err(|error| error.to_string())?;
            done += 1;
        }
        Ok(done as f64 / start.elapsed().as_secs_f64())
    };
    let rates = thread::scope(|scope| {
        let threads = [1, 2].map(|i| scope.spawn(move || work(i)));
        threads.map(|thread| thread.join().unwrap_or_else(|_| Err("a thread panicked".to_owned())))
    });
    Ok(rates.into_iter().sum::<Result<f64, String>>()?)
}

fn draw(case: &Case, scratch: &mut Scratch, format: Format, i: u64) -> Outcome<usize> {
    let bound = (case.bound)(i);
    let frame = render::render(case.engine, scratch, &bound, &*case.world, &Options::default())?;
    let file = render::encode(scratch, &frame, format, 90)?;
    scratch.recycle(frame);
    Ok(file.len())
}

fn scene_cases(studio: &Studio) -> Vec<Case<'_>> {
    let plans = [("S1", true), ("S2", false), ("S2", true), ("S3", false), ("S3", true)];
    let case = |(name, cached): (&'static str, bool)| Case {
        name: match (name, cached) {
            ("S1", _) => name.to_owned(),
            (_, true) => format!("{name} warm"),
            (_, false) => format!("{name} new"),
        },
        engine: &studio.engine,
        bound: Box::new(move |i| scenes::scene(name, Some(i)).unwrap_or_else(|| unreachable!("{name} is a scene"))),
        world: Box::new(studio.world(name, cached)),
    };
    plans.map(case).into()
}

/// The groups inside the binary with the inputs of their examples, in their own look; pictures are kept decoded.
struct Groups {
    engine: Engine,
    documents: Vec<(String, Document)>,
    pictures: Shelf,
}

#[derive(Clone, Default)]
struct Shelf(Arc<HashMap<String, Picture>>);

impl World for Shelf {
    fn picture(&self, key: &str) -> Result<Picture, PictureError> {
        self.0.get(key).cloned().ok_or(PictureError::FetchFailed)
    }
}

impl Groups {
    fn open() -> Outcome<Self> {
        let engine = Engine::new(assets::fonts::load()?.fonts);
        let mut documents = Vec::new();
        let mut pictures = HashMap::new();
        for file in assets::builtin::templates() {
            let text = std::str::from_utf8(&file.bytes)?;
            let document = Document::parse(text).map_err(|faults| format!("{}: {faults:?}", file.path))?;
            documents.push((file.stem().to_owned(), document));
        }
        for file in assets::builtin::pictures() {
            if let Ok(picture) = codec::decode(&file.bytes, (1080, 1920)) {
                for stem in [file.stem().to_owned(), file.stem().replace('-', "_")] {
                    pictures.insert(format!("{}{stem}", assets::builtin::ASSET_PREFIX), picture.clone());
                }
            }
        }
        Ok(Self { engine, documents, pictures: Shelf(Arc::new(pictures)) })
    }

    fn cases(&self) -> Outcome<Vec<Case<'_>>> {
        let mut cases = Vec::new();
        for (name, document) in &self.documents {
            let (inputs, _) =
                Inputs::check(document, &document.example_inputs(), "inputData", true).map_err(|faults| format!("{name}: {faults:?}"))?;
            for size in document.sizes() {
                let inputs = inputs.clone();
                cases.push(Case {
                    name: format!("{name} {} {}×{}", size.key, size.width, size.height),
                    engine: &self.engine,
                    bound: Box::new(move |_| template::bind(document, size, &inputs, None, None).0),
                    world: Box::new(self.pictures.clone()),
                });
            }
        }
        Ok(cases)
    }
}
