//! Mail, against a small SMTP server on a real port.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::people::{Accept, SignedUp};
use app::{AppConfig, Background, Clock, Error, MailConfig, Role};
use domain::{Plans, Timestamp};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{PASSWORD, browser, form, minutes, stands_somewhere, visit};
use crate::house::{House, config, eventually};

/// A server that keeps what it is sent; the first `refuse` mails are turned away for now.
struct Server {
    url: String,
    mails: Arc<Mutex<Vec<String>>>,
    /// Mails that will still be turned away.
    refusals: Arc<Mutex<usize>>,
}

impl Server {
    async fn start(refuse: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let mails = Arc::new(Mutex::new(Vec::new()));
        let refusals = Arc::new(Mutex::new(refuse));
        let (kept, left) = (Arc::clone(&mails), Arc::clone(&refusals));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, Arc::clone(&kept), Arc::clone(&left)));
            }
        });
        Self { url, mails, refusals }
    }

    /// The mail to an address, once it is there; its soft line ends are taken out.
    async fn mail_to(&self, address: &str) -> String {
        let find = || {
            let mut mails = self.mails.lock().unwrap();
            let index = mails.iter().position(|mail| mail.contains(&format!("To: {address}")))?;
            Some(mails.remove(index).replace("=\r\n", ""))
        };
        let mut found = None;
        eventually(Duration::from_secs(20), async || {
            found = find();
            found.is_some()
        })
        .await;
        found.unwrap()
    }
}

async fn talk(stream: TcpStream, kept: Arc<Mutex<Vec<String>>>, left: Arc<Mutex<usize>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 here\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-here\r\n250 8BITMIME",
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.unwrap();
                let mut mail = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    mail.push_str(&line);
                    mail.push_str("\r\n");
                }
                take(mail, &kept, &left)
            }
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
    }
}

fn take(mail: String, kept: &Mutex<Vec<String>>, left: &Mutex<usize>) -> &'static str {
    let mut left = left.lock().unwrap();
    if *left > 0 {
        *left -= 1;
        return "451 later";
    }
    kept.lock().unwrap().push(mail);
    "250 kept"
}

async fn house(server: &Server) -> (House, Background) {
    let mail = MailConfig::new(&server.url, "RepeatPosts <robot@example.com>").unwrap();
    let clock = Clock::manual("2026-03-01T09:00:00Z".parse::<Timestamp>().unwrap());
    let house = House::built(AppConfig { mail: Some(mail), ..config() }, &[], Plans::DEFAULT_TEXT, clock).await;
    let background = house.app.start(true).await.unwrap();
    (house, background)
}

/// The token of the link `…/{path}/{token}` in a mail.
fn token<'m>(mail: &'m str, path: &str) -> &'m str {
    let start = mail.find(&format!("http://pictures.test/{path}/")).unwrap_or_else(|| panic!("no {path} link in:\n{mail}"));
    let rest = &mail[start + format!("http://pictures.test/{path}/").len()..];
    &rest[..43]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_is_confirmed_by_mail_and_a_known_address_gets_another_mail_with_the_same_answer() {
    let server = Server::start(0).await;
    let (house, _background) = house(&server).await;
    assert!(matches!(house.app.sign_up(form("ada@example.com", "One"), &browser()).await.unwrap(), SignedUp::Confirm));
    let mail = server.mail_to("ada@example.com").await;
    assert!(mail.contains("From: RepeatPosts <robot@example.com>") && mail.contains("Subject: Confirm your e-mail address"), "{mail}");
    assert!(mail.contains("text/plain") && mail.contains("text/html"), "{mail}");
    assert!(matches!(house.app.log_in("ada@example.com", PASSWORD, &browser()).await, Err(Error::Unconfirmed)));
    server.mail_to("ada@example.com").await;
    let session = house.app.confirm_email(token(&mail, "confirm"), &browser()).await.unwrap();
    assert!(visit(&house, &session).await.user.confirmed);
    assert!(matches!(house.app.confirm_email(token(&mail, "confirm"), &browser()).await, Err(Error::LinkInvalid)));
    assert!(matches!(house.app.sign_up(form("ADA@example.com", "Two"), &browser()).await.unwrap(), SignedUp::Confirm));
    let known = server.mail_to("ada@example.com").await;
    assert!(known.contains("Subject: You have an account already") && known.contains("http://pictures.test/log-in"), "{known}");
    assert!(house.store.find_team("two", house.clock.now()).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_is_mailed_to_known_addresses_and_answered_alike_for_all() {
    let server = Server::start(0).await;
    let (house, _background) = house(&server).await;
    house.operator.create_user("ada@example.com", "Ada", None).await.unwrap();
    house.app.request_reset("nobody@example.com", &browser()).await.unwrap();
    house.app.request_reset("ADA@example.com", &browser()).await.unwrap();
    let mail = server.mail_to("ada@example.com").await;
    house.app.reset_password(token(&mail, "reset"), PASSWORD, &browser()).await.unwrap();
    house.app.log_in("ada@example.com", PASSWORD, &browser()).await.unwrap();
    assert!(server.mails.lock().unwrap().is_empty(), "nothing went to the unknown address");
    for _ in 0..10 {
        house.app.request_reset("ada@example.com", &browser()).await.unwrap();
    }
    eventually(Duration::from_secs(20), async || server.mails.lock().unwrap().len() == 4).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(server.mails.lock().unwrap().len(), 4, "one address gets five mails in a quarter of an hour");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_mailed_and_its_link_is_shown_to_nobody_else() {
    let server = Server::start(0).await;
    let (house, _background) = house(&server).await;
    let boss = house.operator.create_user("ada@example.com", "Ada <Boss>", Some(("demo", Role::Owner))).await.unwrap();
    let visitor = visit(&house, &house.app.enter_with_link(boss.token.reveal(), &browser()).await.unwrap()).await;
    let member = house.app.member(&visitor, "demo").await.unwrap();
    let invited = house.app.invite(&member, &["bo@example.com".into()], Role::Member).await.unwrap();
    assert!(invited[0].link.is_none());
    let mail = server.mail_to("bo@example.com").await;
    assert!(!mail.contains("<Boss></p>") && mail.contains("&lt;Boss&gt;"), "{mail}");
    let who = Accept::New { name: "Bo", password: PASSWORD };
    let (session, slug) = house.app.accept_invite(token(&mail, "invite"), who, &browser()).await.unwrap();
    assert_eq!((slug.as_str(), visit(&house, &session).await.user.confirmed), ("demo", true));
}

#[tokio::test(flavor = "multi_thread")]
async fn used_credits_are_told_of_once_a_period_to_those_who_handle_the_plan() {
    let server = Server::start(0).await;
    let (house, _background) = house(&server).await;
    for (email, role) in [("ada@example.com", Role::Admin), ("bo@example.com", Role::Member)] {
        house.operator.create_user(email, "A person", Some(("demo", role))).await.unwrap();
    }
    let tell = async || house.app.give_notices().await.unwrap();
    let spend_to = async |left: i64| {
        let team = house.store.find_team("demo", house.clock.now()).await.unwrap().unwrap();
        let credits = house.store.credits(team.id, house.clock.now()).await.unwrap().unwrap();
        // All but what is still to be spent is taken back.
        house.store.adjust_credits(team.id, left - credits.remaining(), "test", house.clock.now()).await.unwrap();
    };
    assert_eq!(tell().await, 0);
    house.made(&house.live, json!({"templateGroupId": "tg_quote", "inputData": {"title": "One"}})).await;
    spend_to(1).await;
    assert_eq!((tell().await, tell().await), (1, 0), "4 of 5 are 80 per cent");
    for address in ["ada@example.com", "owner@localhost"] {
        let mail = server.mail_to(address).await;
        assert!(mail.contains("demo has used 80 % of its credits") && mail.contains("/t/demo/settings/usage"), "{mail}");
    }
    let one = json!({"templateGroupId": "tg_quote", "inputData": {"title": "One"}, "templates": ["square"]});
    house.made(&house.live, one.clone()).await;
    assert_eq!((tell().await, tell().await), (1, 0));
    assert!(server.mail_to("ada@example.com").await.contains("demo has used all its credits"));
    assert!(server.mail_to("owner@localhost").await.contains("demo has used all its credits"));
    spend_to(3).await;
    for _ in 0..3 {
        house.made(&house.live, one.clone()).await;
    }
    assert_eq!(tell().await, 0, "both were told of in this period");
    assert!(server.mails.lock().unwrap().is_empty(), "a member who may not change the plan hears nothing");
    house.clock.advance(Duration::from_secs(40 * 86_400));
    assert_eq!(tell().await, 0, "the next period has its credits");
    house.made(&house.live, one).await;
    spend_to(0).await;
    assert_eq!(tell().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_the_server_turns_away_waits_holds_no_secret_and_goes_out_later() {
    let server = Server::start(1).await;
    let (house, _background) = house(&server).await;
    house.app.sign_up(form("ada@example.com", "One"), &browser()).await.unwrap();
    eventually(Duration::from_secs(20), async || *server.refusals.lock().unwrap() == 0).await;
    assert_eq!(house.store.mails_waiting().await.unwrap(), 1);
    assert!(server.mails.lock().unwrap().is_empty());
    // Its next try is due in a while; the outbox looks every few seconds.
    eventually(Duration::from_secs(20), async || {
        house.clock.advance(minutes(1));
        !server.mails.lock().unwrap().is_empty()
    })
    .await;
    let mail = server.mail_to("ada@example.com").await;
    house.app.confirm_email(token(&mail, "confirm"), &browser()).await.unwrap();
    assert!(!stands_somewhere(&house, token(&mail, "confirm")));
    eventually(Duration::from_secs(5), async || house.store.mails_waiting().await.unwrap() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_address_is_told_to_the_old_one() {
    let server = Server::start(0).await;
    let (house, _background) = house(&server).await;
    house.app.sign_up(form("ada@example.com", "One"), &browser()).await.unwrap();
    let mail = server.mail_to("ada@example.com").await;
    let session = house.app.confirm_email(token(&mail, "confirm"), &browser()).await.unwrap();
    assert!(!house.app.change_email(&visit(&house, &session).await, "ada@new.example.com").await.unwrap());
    let mail = server.mail_to("ada@new.example.com").await;
    assert!(server.mails.lock().unwrap().is_empty(), "the old address hears nothing before the new one is proven");
    house.app.confirm_email(token(&mail, "confirm"), &browser()).await.unwrap();
    let told = server.mail_to("ada@example.com").await;
    assert!(told.contains("Subject: Your account has another e-mail address") && !told.contains("new.example.com"), "{told}");
}
