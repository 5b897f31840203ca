//! The decoding processes: what they give back, what they may do, and what becomes of them.

use std::time::{Duration, Instant};

use assets::{Confinement, Digest, Need, Sandbox, Worker};
use bytes::Bytes;
use render::{PictureError, codec::Kind};

use crate::support::{self, decode, noise, png, sandbox, soon};

#[tokio::test]
async fn a_picture_comes_back_as_it_was_decoded_in_process() {
    let file = png(300, 200, noise);
    let need = Need::cover(300, 200);
    let outside = decode(&sandbox(1), &file, need).await.expect("decoded");
    let inside = decode(&Sandbox::in_process(), &file, need).await.expect("decoded");
    assert_eq!((outside.width, outside.height, outside.opaque), (300, 200, true));
    assert_eq!((outside.source_width, outside.source_height), (300, 200));
    assert_eq!((*outside.pixels).as_ref(), (*inside.pixels).as_ref());
    assert_eq!((*outside.pixels).as_ref()[..4], [noise(0, 0).as_slice(), &[255]].concat());
}

#[tokio::test]
async fn an_svg_is_drawn_in_the_child() {
    let file = br##"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="10"><rect width="20" height="10" fill="#00f"/></svg>"##;
    let picture = decode(&sandbox(1), file, Need::contain(400, 400)).await.expect("drawn");
    assert_eq!((picture.width, picture.height, picture.source_width), (400, 100, 0));
    let pixels = (*picture.pixels).as_ref();
    assert_eq!(pixels[..4], [0, 0, 255, 255]);
    assert_eq!(pixels[399 * 4..400 * 4], [0; 4]);
}

#[tokio::test]
async fn a_check_says_what_a_file_is() {
    let sandbox = sandbox(1);
    let facts = sandbox.check(png(31, 17, noise).into(), 0, soon()).await.expect("a picture");
    assert_eq!((facts.kind, facts.width, facts.height), (Kind::Png, 31, 17));
    let svg = Bytes::from_static(br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 12.5 7"/>"#);
    let facts = sandbox.check(svg, 0, soon()).await.expect("a picture");
    assert_eq!((facts.kind, facts.width, facts.height), (Kind::Svg, 13, 7));
    assert_eq!(sandbox.check(Bytes::from_static(b"no picture"), 0, soon()).await, Err(PictureError::DecodeFailed));
}

#[tokio::test]
async fn a_child_can_open_no_file_make_no_socket_and_start_no_process() {
    let confinement = sandbox(2).confinement();
    // Landlock is the only one that a kernel of our platforms may lack; then seccomp alone keeps files away.
    let expected = Confinement { landlock: confinement.landlock, ..full() };
    assert_eq!(confinement, expected);
}

fn full() -> Confinement {
    Confinement {
        limits: true,
        no_new_privileges: true,
        no_capabilities: true,
        landlock: true,
        seccomp: true,
        files_refused: true,
        sockets_refused: true,
        processes_refused: true,
    }
}

#[tokio::test]
async fn one_job_at_a_time_runs_in_each_child_and_all_are_answered() {
    let sandbox = sandbox(2);
    let files: Vec<_> = (0..40).map(|size| png(50 + size, 40, noise)).collect();
    let need = Need::cover(10, 10);
    let pictures = futures::future::join_all(files.iter().map(|file| decode(&sandbox, file, need))).await;
    for (size, picture) in pictures.into_iter().enumerate() {
        assert_eq!(picture.expect("decoded").source_width, 50 + size as u32);
    }
    assert_eq!(sandbox.counts(), (2, 0));
}

#[tokio::test]
async fn a_deadline_in_the_past_decodes_nothing() {
    let file = png(20, 20, noise);
    let digest = Digest::of(&file);
    let late = tokio::time::Instant::now();
    let outcome = sandbox(1).decode(file.into(), digest, Need::cover(20, 20), 0, late).await;
    assert_eq!(outcome.err(), Some(PictureError::DecodeFailed));
}

#[tokio::test]
async fn a_worker_that_is_none_is_found_at_the_start() {
    let start = |program: &str| Sandbox::start(2, &Worker { program: program.into(), arguments: Vec::new() });
    assert!(start("/bin/true").is_err());
    assert!(start("/does/not/exist").is_err());
}

#[tokio::test]
async fn a_child_killed_by_the_system_is_renewed_without_failing_a_job() {
    let sandbox = sandbox(1);
    let child = only_child();
    rustix::process::kill_process(child, rustix::process::Signal::KILL).expect("killed");
    // Dead for certain before the next job comes.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let picture = decode(&sandbox, &png(20, 20, noise), Need::cover(20, 20)).await;
    assert!(picture.is_ok());
    assert_eq!(sandbox.counts(), (2, 0));
}

#[tokio::test]
async fn children_end_with_the_sandbox() {
    let sandbox = sandbox(1);
    let child = only_child();
    drop(sandbox);
    let end = Instant::now() + Duration::from_secs(2);
    while rustix::process::test_kill_process(child).is_ok() {
        assert!(Instant::now() < end, "the child is still there");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn nothing_of_the_parent_reaches_the_child() {
    // A descriptor that is inherited on purpose, as a careless library's would be.
    let secret = tempfile::tempfile().expect("a file");
    rustix::io::fcntl_setfd(&secret, rustix::io::FdFlags::empty()).expect("inherited");
    let _sandbox = support::sandbox(1);
    let child = only_child().as_raw_nonzero();
    // The child is not dumpable, so only root may look; anyone else is refused, which is as good an answer.
    match std::fs::read_dir(format!("/proc/{child}/fd")) {
        Ok(open) => {
            // Standard input, output and errors, and the socket's second name.
            assert_eq!(open.count(), 4);
            let environment = std::fs::read(format!("/proc/{child}/environ")).expect("read");
            assert!(environment.is_empty(), "{}", String::from_utf8_lossy(&environment));
        }
        Err(error) => assert!(error.kind() == std::io::ErrorKind::PermissionDenied && !rustix::process::geteuid().is_root()),
    }
}

fn only_child() -> rustix::process::Pid {
    let path = format!("/proc/self/task/{}/children", rustix::thread::gettid().as_raw_nonzero());
    let of_thread = std::fs::read_to_string(path).expect("children");
    let all: Vec<i32> = std::fs::read_dir("/proc/self/task")
        .expect("threads")
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("children")).ok())
        .chain([of_thread])
        .flat_map(|text| text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .collect();
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "one child: {all:?}");
    rustix::process::Pid::from_raw(*all.first().expect("a child")).expect("a process id")
}
