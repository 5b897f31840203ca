//! The command line. Every setting is a flag too, of every command.

use std::path::PathBuf;

use clap::{Arg, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::settings::KNOBS;

/// Turns one design into every picture a brand needs.
///
/// Without a command it serves. Exit codes: 0 done; 1 it could not be done, standard error says why; 2 the command line or a setting is wrong.
#[derive(Debug, Parser)]
#[command(name = "repeatposts", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Settings file; without it, repeatposts.toml is read where it is there
    #[arg(long, global = true, value_name = "FILE", env = "REPEATPOSTS_CONFIG", help_heading = "Settings")]
    pub config: Option<PathBuf>,
    /// One JSON document on standard output
    #[arg(long, global = true)]
    pub json: bool,
    /// Leave the team `demo` out when the data folder is empty
    #[arg(long)]
    pub no_demo: bool,
    /// Leave asynchronous jobs to other processes
    #[arg(long)]
    pub no_worker: bool,
    /// Bring a server's database to this version's schema first
    #[arg(long)]
    pub migrate: bool,
    /// Make the team `demo` on a server's database
    #[arg(long)]
    pub demo: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API and the pictures (the default)
    Serve {
        /// Leave the team `demo` out when the data folder is empty
        #[arg(long)]
        no_demo: bool,
        /// Leave asynchronous jobs to other processes
        #[arg(long)]
        no_worker: bool,
        /// Bring a server's database to this version's schema first
        #[arg(long)]
        migrate: bool,
        /// Make the team `demo` on a server's database
        #[arg(long)]
        demo: bool,
    },
    /// Work off queued jobs of a server's database, and take no calls
    Worker {
        /// Bring the database to this version's schema first
        #[arg(long)]
        migrate: bool,
    },
    /// Draw a group file without server or database; the same bytes as the API's
    Render(Render),
    /// Template documents
    #[command(subcommand)]
    Template(Template),
    /// Brand kits
    #[command(subcommand)]
    Brandkit(Brandkit),
    /// Teams, their plans and credits
    #[command(subcommand)]
    Team(Team),
    /// API keys
    #[command(subcommand)]
    Key(Key),
    /// People, and links that let them in
    #[command(subcommand)]
    User(User),
    /// Bring the database to this version's schema
    Migrate,
    /// Carry a data folder over to a database server and a bucket; a second run goes on where one broke off
    Move {
        /// The data folder; nothing may serve from it
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
        /// postgres://…, empty; default: database_url, which other users can't see
        #[arg(long, value_name = "URL")]
        to_database: Option<String>,
        /// s3://bucket or s3://bucket/prefix, empty; default: storage_url
        #[arg(long, value_name = "URL")]
        to_storage: Option<String>,
    },
    /// The credits' books
    #[command(subcommand)]
    Ledger(Ledger),
    /// Check the machine, the settings and the data folder, and say what to do
    Doctor,
    /// Write a consistent copy of the database and the pictures; the secret key is not in it
    Backup {
        /// The file to write; default: repeatposts-TIME.zip
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Fill an empty data folder from a backup
    Restore { file: PathBuf },
    /// Decodes untrusted pictures for a parent process
    #[command(hide = true)]
    DecodeWorker,
}

#[derive(Debug, clap::Args)]
pub struct Render {
    /// The template group's document
    pub group_file: PathBuf,
    /// Input data: JSON text, or @FILE; default: the group's example
    #[arg(long, value_name = "JSON")]
    pub data: Option<String>,
    /// A sheet whose headings are fields; each row makes a set of pictures, named `<group>-<row>-<size>.<format>`
    #[arg(long, value_name = "FILE", conflicts_with = "data")]
    pub csv: Option<PathBuf>,
    /// Draw again whenever one of the files is saved
    #[arg(long)]
    pub watch: bool,
    /// A brand kit's file; default: the template's own look
    #[arg(long, value_name = "FILE")]
    pub brand_kit: Option<PathBuf>,
    /// Folder that takes the pictures, named `<group>-<size>.<format>`
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Only these sizes; repeat or separate by commas
    #[arg(long, value_name = "KEY", value_delimiter = ',')]
    pub templates: Vec<String>,
    /// png, jpeg, webp, avif, pdf or svg; repeat or separate by commas
    #[arg(long, value_name = "FORMAT", value_delimiter = ',', default_value = "png")]
    pub format: Vec<String>,
    /// Make one PDF, `<group>.pdf`, with a page for each size
    #[arg(long, conflicts_with = "csv")]
    pub one_file: bool,
    /// 1 to 100, for JPEG, WebP, AVIF, and the photos in a PDF
    #[arg(long, default_value_t = 90)]
    pub quality: u8,
    /// 0.1 to 4
    #[arg(long, default_value_t = 1.0)]
    pub scale: f32,
    /// The most bytes of a file: quality is lowered until it fits; default: the template's
    #[arg(long, value_name = "BYTES")]
    pub max_bytes: Option<u64>,
    /// Pixels of an inch, for printing; default: the template's
    #[arg(long)]
    pub dpi: Option<u16>,
    /// Fewer bytes for more time: PNG in at most 256 colours, JPEG progressive
    #[arg(long)]
    pub small: bool,
    /// Leave title, alternative text and origin out of the files
    #[arg(long)]
    pub no_metadata: bool,
    /// BCP 47, for numbers and dates; default: the template's
    #[arg(long)]
    pub locale: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Template {
    /// Report every fault of group files
    Check {
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Propose a layout for a new size from the nearest one, draw it, and tell what it could not keep
    AddSize(AddSize),
    /// Draw two group files with the same data and tell how far each size is apart; exit code 1 where one differs
    Diff(Diff),
    /// Draw a folder's saved inputs and compare them with its accepted pictures; exit code 1 where one differs
    Test(TemplateTest),
    /// Publish a group file as the team's newest version
    Import {
        file: PathBuf,
        /// Id or slug
        #[arg(long)]
        team: String,
    },
}

#[derive(Debug, clap::Args)]
pub struct AddSize {
    /// The template group's document
    pub group_file: PathBuf,
    /// Pixels, such as 1600x900
    #[arg(value_name = "WIDTHxHEIGHT", required_unless_present = "platform")]
    pub size: Option<String>,
    /// A platform's preset (docs/platforms.md): its canvas, its name, what stays free there
    #[arg(long, value_name = "KEY")]
    pub platform: Option<String>,
    /// Default: the platform's, else such as 1600x900
    #[arg(long)]
    pub key: Option<String>,
    /// For people; default: the platform's, else such as 1600 × 900
    #[arg(long)]
    pub name: Option<String>,
    /// The size to begin from; default: the nearest by aspect
    #[arg(long, value_name = "KEY")]
    pub from: Option<String>,
    /// Write the size into the document; without it, it is printed
    #[arg(long)]
    pub write: bool,
    /// Folder that takes a picture of it, named `<group>-<size>.png`
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Input data: JSON text, or @FILE; default: the group's example
    #[arg(long, value_name = "JSON")]
    pub data: Option<String>,
    /// A brand kit's file; default: the template's own look
    #[arg(long, value_name = "FILE")]
    pub brand_kit: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct Diff {
    pub before: PathBuf,
    pub after: PathBuf,
    /// Input data for both: JSON text, or @FILE; default: each group's own example
    #[arg(long, value_name = "JSON")]
    pub data: Option<String>,
    /// A brand kit's file for both; default: each template's own look
    #[arg(long, value_name = "FILE")]
    pub brand_kit: Option<PathBuf>,
    /// Folder that takes a picture of each difference: before, after, and what changed
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Only these sizes; repeat or separate by commas
    #[arg(long, value_name = "KEY", value_delimiter = ',')]
    pub templates: Vec<String>,
    /// BCP 47, for numbers and dates; default: the templates'
    #[arg(long)]
    pub locale: Option<String>,
    /// 0.1 to 4
    #[arg(long, default_value_t = 1.0)]
    pub scale: f32,
    /// Channels that are at most this far apart count as equal; processors round curves differently by up to 3
    #[arg(long, value_name = "0-255", default_value_t = 0)]
    pub allow: u8,
}

#[derive(Debug, clap::Args)]
pub struct TemplateTest {
    /// Its JSON files are the cases; `accepted` in it has the pictures, `differences` takes what differs
    pub folder: PathBuf,
    /// Accept what is drawn now
    #[arg(long)]
    pub accept: bool,
    /// Channels that are at most this far apart count as equal; processors round curves differently by up to 3
    #[arg(long, value_name = "0-255", default_value_t = 0)]
    pub allow: u8,
}

#[derive(Debug, Subcommand)]
pub enum Brandkit {
    /// Import a kit file with the logos beside it
    Import {
        file: PathBuf,
        /// Id or slug
        #[arg(long)]
        team: String,
        /// Make it the team's default kit
        #[arg(long)]
        default: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum Team {
    Create {
        #[arg(long)]
        name: String,
        /// A plan of the settings file
        #[arg(long)]
        plan: String,
    },
    List,
    /// Takes effect within 5 seconds
    SetPlan {
        team: String,
        plan: String,
    },
    /// Credits that don't expire
    GrantCredits {
        team: String,
        credits: u32,
    },
    /// A correction, kept in the ledger with its reason
    AdjustCredits {
        team: String,
        #[arg(long, allow_hyphen_values = true)]
        by: i64,
        #[arg(long)]
        reason: String,
    },
    /// Requests a minute for this team alone
    SetRateLimit {
        team: String,
        limit: u32,
    },
}

#[derive(Debug, Subcommand)]
pub enum Key {
    /// Prints the key once; it is kept only as a digest
    Create {
        /// Id or slug
        #[arg(long)]
        team: String,
        /// What the key is for, at most 50 characters
        #[arg(long)]
        name: String,
        #[arg(long)]
        mode: KeyMode,
        /// Default: all
        #[arg(long, value_delimiter = ',')]
        scopes: Vec<String>,
        /// A day (2027-01-31), a time (RFC 3339) or a span (90d)
        #[arg(long)]
        expires: Option<String>,
    },
    List {
        /// Id or slug
        #[arg(long)]
        team: String,
    },
    /// Takes effect within 5 seconds
    Revoke { id: String },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum KeyMode {
    Live,
    Test,
}

#[derive(Debug, Subcommand)]
pub enum User {
    /// Makes an account without a password and prints a link that signs in, once
    Create {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        /// Id or slug of a team to join, whatever its plan's limit
        #[arg(long)]
        team: Option<String>,
        #[arg(long, default_value = "member", requires = "team")]
        role: UserRole,
    },
    /// Prints a link that lets somebody join a team
    Invite {
        #[arg(long)]
        email: String,
        /// Id or slug
        #[arg(long)]
        team: String,
        #[arg(long, default_value = "member")]
        role: UserRole,
    },
    /// Prints a fresh link for a new password
    Reset {
        /// E-mail address or id
        email: String,
    },
    /// Lets somebody see and change every team's plan and limits in the web app
    MakeOperator {
        /// E-mail address or id
        email: String,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum UserRole {
    Owner,
    Admin,
    Member,
    Viewer,
}

#[derive(Debug, Subcommand)]
pub enum Ledger {
    /// Check every balance against its transfers; exit code 1 on any mismatch
    Audit,
}

impl Cli {
    /// Parses the process' arguments, and ends the process with help or a fault in the command line.
    pub fn read() -> (Self, Vec<(&'static str, String)>) {
        let matches = with_settings(Self::command()).get_matches();
        let cli = Self::from_arg_matches(&matches).unwrap_or_else(|e| e.exit());
        // A setting may stand before or after the command's name.
        let mut innermost = &matches;
        let mut flags = Vec::new();
        loop {
            for knob in KNOBS {
                if let Some(value) = innermost.try_get_one::<String>(knob.name).ok().flatten() {
                    flags.push((knob.name, value.clone()));
                }
            }
            match innermost.subcommand() {
                Some((_, inner)) => innermost = inner,
                None => break,
            }
        }
        // A move runs with the settings of where it goes.
        if let Some(Command::Move { to_database, to_storage, .. }) = &cli.command {
            let named = [("database_url", to_database), ("storage_url", to_storage)];
            flags.extend(named.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))));
        }
        (cli, flags)
    }
}

/// The command line with every setting as a flag.
pub fn with_settings(mut command: clap::Command) -> clap::Command {
    for knob in KNOBS {
        let flag = knob.name.replace('_', "-");
        command = command.arg(
            Arg::new(knob.name)
                .long(flag)
                .global(true)
                .value_name("VALUE")
                .help(knob.about)
                .hide(!matches!(knob.name, "data_dir" | "listen" | "public_url"))
                .help_heading("Settings"),
        );
    }
    command.after_help("Every setting is a flag: docs/settings.md lists them all.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        with_settings(Cli::command()).debug_assert();
    }
}
