//! The binary: settings, wiring, commands.

mod cli;
mod command;
#[cfg(test)]
mod deploy;
mod output;
mod secret;
mod settings;

use std::process::ExitCode;

use clap::CommandFactory as _;
use domain::Plans;
use tracing_subscriber::EnvFilter;

use cli::{Cli, Command};
use command::{Context, Failure, serve::Wishes};
use output::Output;
use settings::{Layers, LogFormat, Settings};

/// A wrong command line or setting; clap uses the same.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    // Before anything else: a decoding child must not read settings, open files or start threads.
    if std::env::args_os().nth(1).is_some_and(|arg| arg == "decode-worker") {
        return assets::sandbox::child::run();
    }
    let (cli, flags) = Cli::read();
    match start(cli, flags) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&failure.message);
            ExitCode::from(failure.code)
        }
    }
}

fn start(cli: Cli, flags: Vec<(&'static str, String)>) -> Result<(), Failure> {
    let usage = |message: String| Failure { message, code: USAGE };
    let layers = Layers { file: cli.config.clone(), environment: std::env::vars_os().collect(), flags };
    let settings = settings::load(&layers).map_err(usage)?;
    let plans = plans(&settings).map_err(usage)?;
    log(&settings).map_err(usage)?;
    rustls::crypto::ring::default_provider().install_default().map_err(|_| "a TLS provider was there before ours".to_owned())?;
    let context = Context { settings, plans, output: Output { json: cli.json } };
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(&context, cli))
}

async fn run(context: &Context, cli: Cli) -> Result<(), Failure> {
    let outer = Wishes { no_demo: cli.no_demo, no_worker: cli.no_worker, migrate: cli.migrate, demo: cli.demo };
    match cli.command {
        None => command::serve::run(context, outer).await,
        Some(Command::Serve { no_demo, no_worker, migrate, demo }) => {
            let wishes = Wishes {
                no_demo: no_demo || outer.no_demo,
                no_worker: no_worker || outer.no_worker,
                migrate: migrate || outer.migrate,
                demo: demo || outer.demo,
            };
            command::serve::run(context, wishes).await
        }
        Some(Command::Worker { migrate }) => command::worker::run(context, migrate || outer.migrate).await,
        Some(Command::Render(render)) => command::render::run(context, render).await,
        Some(Command::Template(command)) => command::template::run(context, command).await,
        Some(Command::Brandkit(command)) => command::brandkit::run(context, command).await,
        Some(Command::Team(command)) => command::team::run(context, command).await,
        Some(Command::Key(command)) => command::key::run(context, command).await,
        Some(Command::User(command)) => command::user::run(context, command).await,
        Some(Command::Migrate) => command::migrate::run(context).await,
        Some(Command::Move { from, .. }) => command::moving::run(context, &from).await,
        Some(Command::Ledger(command)) => command::ledger::run(context, command).await,
        Some(Command::Doctor) => command::doctor::run(context).await,
        Some(Command::Backup { out }) => command::backup::backup(context, out).await,
        Some(Command::Restore { file }) => command::backup::restore(context, &file),
        Some(Command::DecodeWorker) => Err(Failure { message: Cli::command().render_usage().to_string(), code: USAGE }),
    }
}

fn plans(settings: &Settings) -> Result<Plans, String> {
    if settings.plans.is_empty() {
        return Plans::built_in().map_err(|e| e.to_string());
    }
    let mut table = toml::Table::new();
    table.insert("plans".to_owned(), settings.plans.clone().into());
    Plans::parse(&table.to_string()).map_err(|e| e.to_string())
}

fn log(settings: &Settings) -> Result<(), String> {
    let filter = EnvFilter::try_new(&settings.log).map_err(|e| format!("log: {:?} is no filter: {e}", settings.log))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.log_format {
        LogFormat::Json => builder.json().flatten_event(true).init(),
        LogFormat::Text => builder.init(),
    }
    Ok(())
}
