//! The web app's pages as a browser asks for them, in a team with a long history, and the live previews of a form.

use std::path::Path;

use serde_json::json;

use crate::{
    Outcome,
    service::{Answer, Caller, Service, fast_key},
    stats,
};

/// Generations in the team.
const HISTORY: u64 = 10_000;
const PAGES: [&str; 16] = [
    "create",
    "create/tg_quote",
    "generations",
    "generations?status=failed",
    "generations?mode=test&template=tg_quote",
    "assets",
    "kits",
    "templates",
    "settings/general",
    "settings/members",
    "settings/keys",
    "settings/usage",
    "settings/plan",
    "settings/audit",
    "generations/{id}",
    "kits/{kit}",
];

/// Fills the team `demo` by calls with a test key, then times each page, and the previews of `tg_quote` in four sizes,
/// where the row's name contains `only`.
///
/// # Errors
/// The binary does not start, a call does not complete, or a page is not shown.
pub fn run(binary: &Path, seconds: f64, only: Option<&str>) -> Outcome<()> {
    let folder = std::env::temp_dir().join(format!("repeatposts-pages-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = measure(binary, &folder.join("data"), seconds, only);
    std::fs::remove_dir_all(&folder)?;
    measured
}

fn measure(binary: &Path, data: &Path, seconds: f64, only: Option<&str>) -> Outcome<()> {
    let service = Service::start(binary, data)?;
    let link = service.printed_link()?;
    let key = fast_key(binary, data, "demo", "test")?;
    let id = fill(&service.address, &key)?;
    let mut visitor = Visitor::enter(&service.address, &link)?;
    let kits = visitor.open("/t/demo/kits")?;
    let kit = between(&kits, "/t/demo/kits/bk_", "\"").map(|rest| format!("bk_{rest}")).ok_or("the team has no kit")?;
    let mut rows = Vec::new();
    for page in PAGES.iter().filter(|page| only.is_none_or(|only| page.contains(only))) {
        let path = format!("/t/demo/{}", page.replace("{id}", &id).replace("{kit}", &kit));
        let mut bytes = 0;
        let times = stats::sample(seconds, |_| {
            bytes = visitor.open(&path)?.len();
            Outcome::Ok(())
        })?;
        rows.push(row(page, &times, bytes));
    }
    if only.is_none_or(|only| "previews".contains(only)) {
        let form = visitor.open("/t/demo/create/tg_quote")?;
        let mut bytes = 0;
        let times = stats::sample(seconds, |i| {
            bytes = visitor.preview(&form, i)?.len();
            Outcome::Ok(())
        })?;
        rows.push(row("previews of four sizes", &times, bytes));
    }
    print!("{}", stats::table(&["page", "p50 ms", "p95 ms", "kB"], &rows));
    println!("\nThe team has {HISTORY} generations. A time runs from the request to the whole page, over loopback.");
    Ok(())
}

fn row(name: &str, times: &stats::Times, bytes: usize) -> Vec<String> {
    let figure = |value: f64| format!("{value:.1}");
    vec![name.to_owned(), figure(times.quantile(0.5)), figure(times.quantile(0.95)), figure(bytes as f64 / 1e3)]
}

/// Makes the history by two callers at once; the id of one generation.
fn fill(address: &str, key: &str) -> Outcome<String> {
    let half = |offset: u64| -> Result<String, String> {
        let mut caller = Caller::new(address).map_err(|error| error.to_string())?;
        let mut last = Vec::new();
        for i in 0..HISTORY / 2 {
            let body = json!({
                "templateGroupId": "tg_quote",
                "inputData": {"title": format!("Picture {} of many", offset + i)},
                "templates": ["square"],
                "output": {"format": "jpeg", "scale": 0.1},
            });
            last = caller.generate(key, &body.to_string()).map_err(|error| error.to_string())?.body;
        }
        let answer = String::from_utf8_lossy(&last);
        between(&answer, "\"id\":\"", "\"").ok_or_else(|| format!("an answer without an id: {answer}"))
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(move || half(HISTORY / 2));
        let id = half(0)?;
        other.join().map_err(|_| "a caller panicked")??;
        Ok(id)
    })
}

/// Somebody who is signed in.
struct Visitor {
    caller: Caller,
    cookies: Vec<(String, String)>,
}

impl Visitor {
    /// Presses the button behind a one-time link.
    fn enter(address: &str, link: &str) -> Outcome<Self> {
        let mut visitor = Self { caller: Caller::new(address)?, cookies: Vec::new() };
        let form = visitor.open(link)?;
        let answer = visitor.send(link, &format!("csrf={}", token(&form)?))?;
        if answer.status == 303 { Ok(visitor) } else { Err(format!("the link was answered with {}", answer.status).into()) }
    }

    fn open(&mut self, path: &str) -> Outcome<String> {
        let cookies = self.cookie_line();
        let answer = self.caller.ask("GET", path, &[("Cookie", &cookies)], "")?;
        self.keep(&answer);
        if answer.status != 200 {
            return Err(format!("{path}: {}", answer.status).into());
        }
        Ok(String::from_utf8(answer.body)?)
    }

    /// The answer to the script of `form` after a key.
    fn preview(&mut self, form: &str, salt: u64) -> Outcome<String> {
        let version = between(form, "name=\"version\" value=\"", "\"").unwrap_or_default();
        let sizes = "size=square&size=portrait&size=story&size=landscape";
        let body = format!("csrf={}&version={version}&field-title=A+line+of+{salt}+words&edge=360&{sizes}", token(form)?);
        let answer = self.send("/t/demo/create/tg_quote/preview", &body)?;
        let text = String::from_utf8(answer.body)?;
        if answer.status != 200 || text.matches("data:image/").count() != 4 {
            return Err(format!("no four previews: {}", text.chars().take(400).collect::<String>()).into());
        }
        Ok(text)
    }

    fn send(&mut self, path: &str, body: &str) -> Outcome<Answer> {
        let cookies = self.cookie_line();
        let headers = [
            ("Cookie", cookies.as_str()),
            ("Sec-Fetch-Site", "same-origin"),
            ("Accept", "application/json"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        let answer = self.caller.ask("POST", path, &headers, body)?;
        self.keep(&answer);
        Ok(answer)
    }

    fn keep(&mut self, answer: &Answer) {
        for line in answer.headers("set-cookie") {
            let Some((name, value)) = line.split(';').next().and_then(|pair| pair.split_once('=')) else { continue };
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    fn cookie_line(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }
}

fn token(form: &str) -> Outcome<String> {
    between(form, "name=\"csrf\" value=\"", "\"").ok_or_else(|| "a form without its token".into())
}

fn between(text: &str, from: &str, to: &str) -> Option<String> {
    Some(text.split_once(from)?.1.split_once(to)?.0.to_owned())
}
