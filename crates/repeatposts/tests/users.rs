//! The commands about people, and the first start's sign-in link.

mod common;

use common::{Service, command, folder};
use serde_json::Value;

#[test]
fn each_command_prints_its_link_once_and_the_data_folder_never_has_it() {
    let (_keep, data) = folder();
    let service = Service::start(&data, &["--public-url", "https://img.example.com/"]);
    let owner = service.printed.lines().map(str::trim).find(|line| line.starts_with("https://img.example.com/welcome/")).unwrap();
    assert_eq!(owner.rsplit('/').next().unwrap().len(), 43, "{owner}");
    let user = |args: &[&str]| -> Value { service.json(&[&["user"], args, &["--public-url", "https://img.example.com"]].concat()) };
    let made = user(&["create", "--email", "Ada@example.com", "--name", "Ada", "--team", "demo", "--role", "admin"]);
    let reset = user(&["reset", "ada@example.com"]);
    let by_id = user(&["reset", made["id"].as_str().unwrap()]);
    let invited = user(&["invite", "--email", "bo@example.com", "--team", "demo"]);
    for (value, path) in [(&made, "welcome"), (&reset, "reset"), (&by_id, "reset"), (&invited, "invite")] {
        let link = value["link"].as_str().unwrap();
        assert!(link.starts_with(&format!("https://img.example.com/{path}/")), "{link}");
        assert!(!found(&data, link.rsplit('/').next().unwrap()));
    }
    assert!(!found(&data, owner.rsplit('/').next().unwrap()));
    assert!(!service.log().contains("/welcome/"));
    assert_eq!(
        (user(&["make-operator", "ada@example.com"])["operator"].as_bool(), reset["email"].as_str()),
        (Some(true), Some("Ada@example.com"))
    );
}

#[test]
fn what_can_not_be_done_is_said_and_fails() {
    let (_keep, data) = folder();
    let service = Service::start(&data, &[]);
    for (args, word) in [
        (["user", "reset", "nobody@example.com"].as_slice(), "nobody with the address"),
        (&["user", "reset", "nobody"], "not an e-mail address"),
        (&["user", "create", "--email", "owner@localhost", "--name", "X"], "is taken"),
        (&["user", "create", "--email", "x@example.com", "--name", "X", "--team", "nowhere"], "no team"),
        (&["user", "invite", "--email", "owner@localhost", "--team", "demo"], "member of this team already"),
    ] {
        let out = service.tool(args);
        let message = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!((out.status.code(), message.contains(word)), (Some(1), true), "{args:?}: {message}");
    }
}

#[test]
fn a_mail_server_that_is_none_is_refused_without_showing_its_password() {
    let (_keep, data) = folder();
    std::fs::create_dir_all(&data).unwrap();
    let out = command(&data)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env("REPEATPOSTS_SMTP_URL", "https://robot:hunter2@mail")
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(1));
    assert!(message.contains("smtp_url") && !message.contains("hunter2"), "{message}");
}

fn found(folder: &std::path::Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            found(&path, text)
        } else {
            std::fs::read(&path).unwrap().windows(text.len()).any(|part| part == text.as_bytes())
        }
    })
}
