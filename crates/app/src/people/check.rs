//! What people type: checked all at once, each fault with its field.

use domain::{Email, PasswordError, PlainPassword};

use crate::error::{Detail, detail};
use crate::{Error, Result};

/// Longest name of a person or a team, in characters.
pub(super) const NAME: usize = 100;

/// Collects every fault before any is reported.
#[derive(Default)]
pub(super) struct Check(Vec<Detail>);

impl Check {
    pub fn fault(&mut self, param: &str, code: &'static str, message: impl Into<String>) {
        self.0.push(detail(param, code, message, None, None));
    }

    /// A name in one line, without the white space around it.
    pub fn name(&mut self, param: &str, text: &str) -> String {
        let text = text.trim();
        let count = text.chars().count();
        if text.is_empty() {
            self.fault(param, "required", "Write a name.");
        } else if count > NAME {
            let message = format!("The name has {count} characters; {NAME} are possible. Shorten it by {}.", count - NAME);
            self.0.push(detail(param, "too_long", message, Some(NAME.into()), Some(count.into())));
        } else if text.chars().any(char::is_control) {
            self.fault(param, "invalid_value", "Write the name in one line, without control characters.");
        }
        text.to_owned()
    }

    pub fn email(&mut self, param: &str, text: &str) -> Option<Email> {
        let parsed = text.parse().ok();
        if parsed.is_none() {
            let (code, message) = if text.trim().is_empty() {
                ("required", "Write an e-mail address.")
            } else {
                ("invalid_email", "Write an e-mail address such as name@example.com.")
            };
            self.fault(param, code, message);
        }
        parsed
    }

    pub fn password(&mut self, param: &str, text: &str, email: &str) -> Option<PlainPassword> {
        match PlainPassword::choose(text, email) {
            Ok(password) => Some(password),
            Err(error) => {
                let code = match error {
                    PasswordError::TooShort => "too_short",
                    PasswordError::TooLong => "too_long",
                    PasswordError::Common | PasswordError::Address => "too_common",
                };
                self.fault(param, code, error.to_string());
                None
            }
        }
    }

    /// # Errors
    /// Every fault that was met.
    pub fn finish(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Validation(self.0)) }
    }
}
