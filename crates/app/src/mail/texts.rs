//! The words of mails, as plain text and as simple HTML.

use super::Message;

/// A mail that is ready to go.
pub(super) struct Written {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Paragraphs before the button, the button, and what stands small below it.
struct Parts<'a> {
    subject: String,
    paragraphs: Vec<String>,
    button: &'a str,
    small: String,
}

/// `link` is where the button leads.
pub(super) fn write(message: &Message, link: &str) -> Written {
    let Parts { subject, paragraphs, button, small } = parts(message);
    let text = format!("{}\n\n{button}:\n{link}\n\n{small}\n", paragraphs.join("\n\n"));
    let paragraphs: String = paragraphs.iter().map(|text| format!("<p style=\"margin:0 0 16px\">{}</p>", escaped(text))).collect();
    let (address, small) = (escaped(link), escaped(&small));
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><body style=\"margin:0;background:#f7f7f7;padding:32px 16px;\
         font:16px/24px system-ui,-apple-system,'Segoe UI',sans-serif;color:#171717\">\
         <div style=\"max-width:480px;margin:0 auto;background:#ffffff;border-radius:12px;padding:32px\">\
         <p style=\"margin:0 0 24px;font-weight:600\">RepeatPosts</p>{paragraphs}\
         <p style=\"margin:24px 0\"><a href=\"{address}\" style=\"display:inline-block;background:#171717;color:#ffffff;\
         text-decoration:none;border-radius:8px;padding:10px 16px;font-weight:550\">{button}</a></p>\
         <p style=\"margin:0 0 16px;font-size:13px;line-height:18px;color:#525252;word-break:break-all\">{address}</p>\
         <p style=\"margin:0;font-size:13px;line-height:18px;color:#525252\">{small}</p></div></body></html>"
    );
    Written { subject, text, html }
}

fn parts(message: &Message) -> Parts<'static> {
    match message {
        Message::Confirm { name, email, .. } => Parts {
            subject: "Confirm your e-mail address".to_owned(),
            paragraphs: vec![format!("Hello {name},"), format!("Confirm that {email} is your address, and you are in.")],
            button: "Confirm address",
            small: "The link works once, for 3 days. If you did not ask for this, do nothing: without the link the address is not used."
                .to_owned(),
        },
        Message::Reset { name, .. } => Parts {
            subject: "Choose a new password".to_owned(),
            paragraphs: vec![format!("Hello {name},"), "Somebody, hopefully you, wants a new password for your account.".to_owned()],
            button: "Choose a password",
            small: "The link works once, for one hour. If it was not you, do nothing: your password stays as it is.".to_owned(),
        },
        Message::Known { name, .. } => Parts {
            subject: "You have an account already".to_owned(),
            paragraphs: vec![
                format!("Hello {name},"),
                "Somebody, hopefully you, wanted to use this address for an account. It has one already: log in with it.".to_owned(),
            ],
            button: "Log in",
            small: "If it was not you, do nothing. Your account is unchanged.".to_owned(),
        },
        Message::Moved { name } => Parts {
            subject: "Your account has another e-mail address".to_owned(),
            paragraphs: vec![
                format!("Hello {name},"),
                "The e-mail address of your account was changed. Mails go to the new address from now on; this one no longer lets anybody in."
                    .to_owned(),
            ],
            button: "Reset the password",
            small: "If it was you, there is nothing to do. If not, somebody knew your password: write at once to whoever runs this service."
                .to_owned(),
        },
        Message::Invite { team, by, .. } => Parts {
            subject: format!("{by} invites you to {team}"),
            paragraphs: vec![format!(
                "{by} invites you to the team {team} on RepeatPosts, which turns one design into every picture a brand needs."
            )],
            button: "See the invitation",
            small: "The link works once, for 14 days.".to_owned(),
        },
        Message::Credits { team, percent, .. } => {
            let (subject, text) = if *percent >= 100 {
                (
                    format!("{team} has used all its credits"),
                    "All credits of this period are used. Nothing was lost; new pictures wait until credits renew or are bought."
                        .to_owned(),
                )
            } else {
                (
                    format!("{team} has used {percent} % of its credits"),
                    format!("{percent} % of this period's credits are used. At 100 % new pictures stop until credits renew or are bought."),
                )
            };
            Parts { subject, paragraphs: vec![text], button: "See usage", small: format!("You get this as an owner or admin of {team}.") }
        }
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use domain::InviteId;

    use super::*;

    #[test]
    fn what_people_are_called_can_not_become_markup() {
        let message = Message::Invite { invite: InviteId::new(), team: "<script>alert(1)</script>".into(), by: "A & \"B\"".into() };
        let written = write(&message, "https://x.test/invite/t");
        assert!(!written.html.contains("<script>") && written.html.contains("A &amp; &quot;B&quot;"), "{}", written.html);
        assert!(written.text.contains("<script>alert(1)</script>") && written.text.contains("https://x.test/invite/t"));
        assert_eq!(written.subject, "A & \"B\" invites you to <script>alert(1)</script>");
    }
}
