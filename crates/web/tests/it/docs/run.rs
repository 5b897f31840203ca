//! The examples as people run them: pasted into a file, with a key in the placeholder's place.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use testkit::{CARD, Server};

use super::code;
use crate::people::owner;

const PLACEHOLDER: &str = "rp_test_YOUR_KEY";

struct Runner {
    language: &'static str,
    file: &'static str,
    command: &'static [&'static str],
    /// On every machine that runs these tests; the others run where there is such a command.
    always: bool,
}

const fn runner(language: &'static str, file: &'static str, command: &'static [&'static str], always: bool) -> Runner {
    Runner { language, file, command, always }
}

const RUNNERS: [Runner; 7] = [
    runner("curl", "call.sh", &["sh"], true),
    runner("javascript", "call.mjs", &["node"], true),
    runner("python", "call.py", &["python3"], true),
    runner("php", "call.php", &["php"], false),
    runner("ruby", "call.rb", &["ruby"], false),
    runner("go", "call.go", &["go", "run"], false),
    runner("java", "Call.java", &["java"], false),
];

impl Runner {
    fn exists(&self) -> bool {
        let found = |folder: PathBuf| folder.join(self.command[0]).is_file();
        std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(found))
    }

    /// Runs the code in a folder of its own.
    fn run(&self, folder: &Path, code: &str) -> Output {
        std::fs::write(folder.join(self.file), code).unwrap();
        let mut command = Command::new(self.command[0]);
        command.args(&self.command[1..]).arg(self.file).current_dir(folder);
        for proxy in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "JAVA_TOOL_OPTIONS"] {
            command.env_remove(proxy);
        }
        command.output().unwrap_or_else(|error| panic!("{} is needed for the examples in {}: {error}", self.command[0], self.language))
    }
}

/// The body that an example printed, behind whatever it printed before.
fn printed(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    let from = text.find('{').unwrap_or_else(|| panic!("{text}\n{}", String::from_utf8_lossy(&output.stderr)));
    serde_json::from_str(&text[from..]).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_each_language_run_as_they_are_pasted() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank").await;
    let team = ada.member.team.to_string();
    server.operator.import_template(&team, "card", CARD).await.unwrap();
    let kit = server.kit(&team, "halvmark", true).await;
    let key = server.key(&team, app::Mode::Test, app::Scopes::ALL).await;
    let mut ran = Vec::new();
    for runner in RUNNERS.iter().filter(|runner| runner.always || runner.exists()) {
        let folder = tempfile::tempdir().unwrap();
        let example = async |chapter: &str, id: &str| {
            let page = ada.browser.open(&ada.path(&format!("/settings/docs/{chapter}?lang={}", runner.language))).await.expect(200);
            code(&page, &format!("code-{id}")).replace(PLACEHOLDER, &key)
        };
        let made = printed(&runner.run(folder.path(), &example("generate", "generate").await));
        assert_eq!((&made["status"], &made["brandKitId"]), (&json!("completed"), &json!(kit)), "{}: {made}", runner.language);
        let history = ada.browser.open(&ada.path(&format!("/generations/{}", made["id"].as_str().unwrap()))).await.expect(200);
        assert!(history.has("API key"), "{}: it stands in the history", runner.language);
        let credits = printed(&runner.run(folder.path(), &example("credits", "getCredits").await));
        assert_eq!(credits["object"], "credits", "{}", runner.language);
        std::fs::write(folder.path().join("photo.jpg"), testkit::picture("hills.jpg")).unwrap();
        let asset = printed(&runner.run(folder.path(), &example("assets", "createAsset").await));
        assert_eq!(asset["format"], "jpeg", "{}: {asset}", runner.language);
        let gone = example("generations", "deleteGeneration").await.replace("gen_01JD3W5M5Q6X7Y8Z9A0B1C2D3E", made["id"].as_str().unwrap());
        runner.run(folder.path(), &gone);
        server.client(&key).get(&format!("/v1/generate/{}", made["id"].as_str().unwrap())).await.expect(404);
        ran.push(runner.language);
    }
    assert!(["curl", "javascript", "python"].iter().all(|needed| ran.contains(needed)), "{ran:?}");
    server.shut_down().await;
}

/// What a person types and what a shell, a format or a literal could stumble over.
const HARD: &str = "It's \"$HOME\" `id` #{1} \\n\n{é} 😀 #\"\"\"";

#[tokio::test(flavor = "multi_thread")]
async fn what_people_type_comes_out_of_each_language_as_it_was() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank").await;
    let key = server.key(&ada.member.team.to_string(), app::Mode::Test, app::Scopes::ALL).await;
    let action = ada.path("/create/tg_quote");
    let form = ada.browser.open(&action).await.expect(200);
    let shown = ada.browser.submit(&form, &action, &[("size", "square"), ("in.title", HARD)]).await.expect(200);
    for runner in RUNNERS.iter().filter(|runner| runner.always || runner.exists()) {
        let folder = tempfile::tempdir().unwrap();
        let page = ada.browser.open(&format!("{}?lang={}", shown.path, runner.language)).await.expect(200);
        let text = code(&page, "use-in-api").replace(PLACEHOLDER, &key);
        let made = printed(&runner.run(folder.path(), &text));
        assert_eq!(made["inputData"]["title"], HARD, "{}: {text}", runner.language);
        assert_eq!(made["images"].as_array().unwrap().len(), 1, "{}", runner.language);
    }
    server.shut_down().await;
}

#[tokio::test]
async fn the_form_shows_the_request_of_what_was_typed() {
    let server = Server::start().await;
    let ada = owner(&server, "ada@example.com", "Northbank").await;
    let action = ada.path("/create/tg_quote");
    let form = ada.browser.open(&format!("{action}?lang=python")).await.expect(200);
    assert!(code(&form, "use-in-api").contains("urllib"));
    let pairs = [("size", "story"), ("in.title", "Typed <here>"), ("lang", "go"), ("kit", "none")];
    let block = ada.browser.send(&form, &format!("{action}/call"), &pairs).await.expect(200);
    let text = code(&block, "use-in-api");
    assert!(text.contains("package main") && text.contains("Typed <here>") && text.contains("\"brandKitId\": null"), "{text}");
    assert_eq!(ada.browser.cookie("rp_lang").as_deref(), Some("go"));
    assert!(block.has(&format!("href=\"{action}?lang=rust#use-in-api\"")), "{}", block.html());
    let seen = ada.browser.submit(&form, &action, &[("preview", "1"), ("size", "story"), ("in.title", "Without script")]).await.expect(200);
    assert!(code(&seen, "use-in-api").contains("Without script"));
    server.shut_down().await;
}
