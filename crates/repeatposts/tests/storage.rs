//! The real binary with its pictures in a bucket.

mod common;

use std::{path::Path, process::Output};

use common::{Service, client, command, folder, generate, get};
use serde_json::json;
use testkit::{Mood, S3};

/// The settings that lead to the bucket.
fn flags(s3: &S3) -> [String; 2] {
    ["--storage-url=s3://pictures/prod".into(), format!("--storage-endpoint=http://{}", s3.address())]
}

fn run(data: &Path, s3: &S3, args: &[&str]) -> Output {
    command(data).args(args).args(["--listen", "127.0.0.1:0"]).args(flags(s3)).envs(S3::environment()).output().unwrap()
}

fn said(out: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_keeps_its_pictures_in_the_bucket_and_its_backup_holds_them() {
    let s3 = S3::start().await;
    let (_folder, data) = folder();
    let more = flags(&s3);
    let more: Vec<&str> = more.iter().map(String::as_str).chain(["--picture-delivery", "presigned"]).collect();
    let mut serve = command(&data);
    serve.envs(S3::environment());
    let service = Service::run(serve, &data, &more);
    let (live, _) = service.keys();
    let body =
        json!({ "templateGroupId": "tg_quote", "inputData": { "title": "Kept elsewhere." }, "templates": ["square"], "waitMs": 30000 });
    let made = generate(&client(), &service.address, &live, &body).await.json();
    assert_eq!(made["status"], "completed", "{made}");
    let picture = get(&client(), made["images"][0]["url"].as_str().unwrap(), None).await;
    assert_eq!((picture.status, picture.header("content-type")), (200, "image/png"));
    assert_eq!(made["images"][0]["bytes"], picture.bytes.len());
    assert!(!data.join("blobs").exists(), "nothing is left in the data folder");
    let page = get(&client(), &format!("{}/", service.address), None).await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains(&format!("img-src 'self' data: blob: http://{};", s3.address())), "{policy}");

    let doctor = said(&run(&data, &s3, &["doctor"]));
    assert!(doctor.contains("good  pictures: s3://pictures/prod at http://"), "{doctor}");
    let backup = run(&data, &s3, &["backup", "--out", "backup.zip"]);
    assert!(backup.status.success(), "{}", said(&backup));
    let (log, clean) = service.terminate();
    assert!(clean, "{log}");
    assert!(!log.contains(S3::environment()[1].1), "{log}");

    // A backup of a bucket fills a data folder.
    let restored = data.with_file_name("restored");
    let file = data.with_file_name("backup.zip");
    let out = command(&restored).args(["restore", file.to_str().unwrap()]).output().unwrap();
    assert!(out.status.success(), "{}", said(&out));
    let token = made["images"][0]["url"].as_str().unwrap().rsplit('/').next().unwrap();
    let copy = restored.join("blobs/pictures").join(&token[..2]).join(token);
    assert_eq!(std::fs::read(copy).unwrap(), picture.bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_cannot_be_used_is_told_at_start_and_by_the_doctor() {
    let s3 = S3::start().await;
    let (_folder, data) = folder();
    s3.mood(Mood::ReadOnly);
    for command in ["serve", "doctor"] {
        let out = run(&data, &s3, &[command]);
        assert_eq!(out.status.code(), Some(1), "{}", said(&out));
        assert!(said(&out).contains("s3:PutObject"), "{}", said(&out));
    }
    s3.remove_bucket();
    s3.mood(Mood::Good);
    let out = run(&data, &s3, &["doctor"]);
    assert!(said(&out).contains("BAD   pictures:") && said(&out).contains("NoSuchBucket"), "{}", said(&out));

    let doctor = |credentials: &[(&str, &str)]| {
        let mut doctor = command(&data);
        doctor.arg("doctor").args(flags(&s3)).env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
        said(&doctor.envs(credentials.iter().copied()).output().unwrap())
    };
    let none = doctor(&[]);
    assert!(none.contains("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"), "{none}");
    let half = doctor(&[("AWS_ACCESS_KEY_ID", "x")]);
    assert!(half.contains("AWS_SECRET_ACCESS_KEY is not: set both"), "{half}");
}
