//! The one table of settings: the example file, the documentation and the checks are made from it.

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Text,
    Flag,
    Count,
    /// In the environment: separated by commas.
    List,
}

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Knob {
    /// In the file; the environment's name is `REPEATPOSTS_` and this in capitals.
    pub name: &'static str,
    pub shape: Shape,
    /// As TOML; empty is "not set".
    pub default: &'static str,
    /// What it does and why one would turn it.
    pub about: &'static str,
}

const fn knob(name: &'static str, shape: Shape, default: &'static str, about: &'static str) -> Knob {
    Knob { name, shape, default, about }
}

pub const KNOBS: &[Knob] = &[
    knob("data_dir", Shape::Text, "\"data\"", "Folder of the database, the pictures and `secret.key`. One `serve` at a time holds it."),
    knob(
        "database_url",
        Shape::Text,
        "",
        "PostgreSQL server (15 or newer) in place of the data folder's database, for several nodes: `postgres://user:password@host:5432/name`. Better in the environment than on a command line, which other users can see.",
    ),
    knob(
        "database_connections",
        Shape::Count,
        "8",
        "Connections to the database that read at a time; on a server, as many write. All nodes' together must fit the server's `max_connections`.",
    ),
    knob(
        "storage_url",
        Shape::Text,
        "",
        "Where pictures are kept: `s3://bucket` or `s3://bucket/prefix`. Not set: in `data_dir`. Credentials come from the standard `AWS_` variables; see docs/storage.md.",
    ),
    knob("storage_endpoint", Shape::Text, "", "The S3 service, such as `https://s3.example.com:9000`. Not set: AWS."),
    knob("storage_region", Shape::Text, "", "The bucket's region. Not set: `AWS_REGION`, else `us-east-1`."),
    knob(
        "storage_path_style",
        Shape::Flag,
        "true",
        "Whether the bucket's name stands in the path of requests, which every service takes; else in the host.",
    ),
    knob(
        "picture_delivery",
        Shape::Text,
        "\"through\"",
        "How picture URLs are answered: `through` us, by `redirect` to `storage_public_url`, or by redirect to a `presigned` URL of the bucket.",
    ),
    knob(
        "storage_public_url",
        Shape::Text,
        "",
        "For `redirect`: what stands before `/pictures/…` where anybody may read them, such as `https://cdn.example.com`.",
    ),
    knob("presigned_seconds", Shape::Count, "3600", "For `presigned`: how long such a URL is valid; 60 to 604800."),
    knob("listen", Shape::Text, "\"127.0.0.1:8080\"", "Address and port of the API and the pictures; port 0 takes a free one."),
    knob(
        "public_url",
        Shape::Text,
        "",
        "What stands before picture paths in answers, such as `https://img.example.com`. Default: the listen address.",
    ),
    knob("api_url", Shape::Text, "", "What stands before `/v1` in answers and documentation. Default: `public_url`."),
    knob(
        "metrics_listen",
        Shape::Text,
        "",
        "Address of `/metrics` and verbose probes. Not set: they answer on `listen`, to loopback callers only.",
    ),
    knob(
        "stop_notice_ms",
        Shape::Count,
        "200",
        "How long a process that was told to stop goes on taking calls while `/readyz` says no. Behind a load balancer: longer than its probes need to notice.",
    ),
    knob("trusted_proxies", Shape::List, "[]", "Networks whose `X-Forwarded-For` counts, such as `[\"10.0.0.0/8\"]`."),
    knob(
        "fetch_allow",
        Shape::List,
        "[]",
        "Networks that pictures may be fetched from although they are not public. Logged loudly at start.",
    ),
    knob("test_watermark", Shape::Flag, "true", "Whether pictures made with test keys carry a watermark."),
    knob("render_threads", Shape::Count, "0", "Threads that draw; 0 is one per core."),
    knob("decode_processes", Shape::Count, "0", "Warm processes that decode untrusted pictures; 0 is one per core."),
    knob("waiting_calls", Shape::Count, "256", "Calls that may wait for a slot before one is answered 503; at least 64."),
    knob("picture_cache_mb", Shape::Count, "256", "Decoded pictures kept in memory, in megabytes of pixels."),
    knob("connections", Shape::Count, "10000", "Open connections at most."),
    knob("connections_per_address", Shape::Count, "256", "Open connections at most from one address; trusted proxies are exempt."),
    knob("unfinished_jobs_per_team", Shape::Count, "10000", "Asynchronous calls of one team that may be unfinished at a time."),
    knob("address_rate_limit", Shape::Count, "60", "Requests a minute from one address without a valid key."),
    knob("trial_credits", Shape::Count, "50", "Credits that somebody's first team gets beside its plan's; they don't expire."),
    knob(
        "billing",
        Shape::Text,
        "\"none\"",
        "`none`: a team's change of plan and its credit packs take effect at once, as on a server of one's own. `request`: the team asks, and an operator approves on `/operator`. `stripe`: the team pays on a page of Stripe, whose webhook tells us; never tried against Stripe itself, see docs/operations.md.",
    ),
    knob(
        "stripe_secret_key",
        Shape::Text,
        "",
        "Secret key of your Stripe account, for `billing = \"stripe\"`; give it by the environment.",
    ),
    knob(
        "stripe_webhook_secret",
        Shape::Text,
        "",
        "Signing secret of the webhook endpoint `/stripe/webhook` at Stripe, for `billing = \"stripe\"`; give it by the environment.",
    ),
    knob(
        "smtp_url",
        Shape::Text,
        "",
        "Mail server, such as `smtps://user:password@mail.example.com` or `smtp://host:587?tls=required`; a secret, so give it by the environment. Not set: nothing is mailed, and addresses count as confirmed.",
    ),
    knob("mail_from", Shape::Text, "\"RepeatPosts <repeatposts@localhost>\"", "Sender of mails."),
    knob(
        "contact",
        Shape::Text,
        "",
        "Where people write to, as an e-mail address or a URL; shown on the pages where limits and prices are. Not set: no contact is shown.",
    ),
    knob("create_rate_limit", Shape::Count, "60", "Generations a minute that one person makes in the web app."),
    knob("preview_rate_limit", Shape::Count, "240", "Previews a minute that one person's forms ask for; they are free and never stored."),
    knob("visitor_rate_limit", Shape::Count, "120", "Previews a minute on the front page, per address."),
    knob("log", Shape::Text, "\"info\"", "What is logged: `error`, `warn`, `info`, `debug`, or a filter such as `info,app=debug`."),
    knob("log_format", Shape::Text, "\"json\"", "`json` or `text`, on standard error."),
];

impl Knob {
    /// The variable that sets it.
    pub fn variable(&self) -> String {
        format!("REPEATPOSTS_{}", self.name.to_uppercase())
    }
}

#[cfg(test)]
mod tests {
    use std::{fmt::Write, path::Path};

    use super::*;

    /// The plans as they ship, to be changed in the settings file.
    const PLANS: &str = domain::Plans::DEFAULT_TEXT;

    fn table() -> String {
        let mut text = String::from(
            "# Settings\n\n\
             From a settings file (`repeatposts.toml` in the working folder, or `--config FILE`), the environment and flags; a later one wins, unknown names are refused. \
             The flag of `public_url` is `--public-url`. `REPEATPOSTS_SECRET` (the pepper of the keys' digests, 32 characters or more, or `hex:` and 64 hexadecimal digits or more; in its place `secret.key` in the data folder) is read from the environment alone, and required with `database_url`.\n\n\
             | setting | environment | default | what it does |\n|---|---|---|---|\n",
        );
        for knob in KNOBS {
            let default = if knob.default.is_empty() { "–".to_owned() } else { format!("`{}`", knob.default) };
            writeln!(text, "| `{}` | `{}` | {default} | {} |", knob.name, knob.variable(), knob.about).unwrap();
        }
        write!(text, "\n## Plans\n\nPlans are data, under `[plans.*]`; a settings file that names one plan must name them all. These ship:\n\n```toml\n{}\n```\n", PLANS.trim()).unwrap();
        text
    }

    fn example() -> String {
        let mut text = String::from("# Every setting with its default. Made from the code; see docs/settings.md.\n");
        for knob in KNOBS {
            let value = if knob.default.is_empty() { "\"\"" } else { knob.default };
            write!(text, "\n# {}\n# {} = {value}\n", knob.about, knob.name).unwrap();
        }
        write!(
            text,
            "\n{}",
            PLANS.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("# {line}\n") }).collect::<String>()
        )
        .unwrap();
        text
    }

    #[test]
    fn documentation_and_example_file_are_current() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for (path, text) in [("docs/settings.md", table()), ("repeatposts.example.toml", example())] {
            let path = root.join(path);
            if std::env::var_os("BLESS").is_some() && std::env::var_os("CI").is_none() {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(&path, &text).unwrap();
            }
            let kept = std::fs::read_to_string(&path).unwrap_or_default();
            assert_eq!(kept, text, "{} is out of date: run the test with BLESS=1", path.display());
        }
    }
}
