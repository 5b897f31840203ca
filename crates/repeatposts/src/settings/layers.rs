//! File, environment and flags, laid over the defaults.

use std::{ffi::OsString, path::PathBuf};

use toml::{Table, Value};

use super::{KNOBS, Knob, Settings, Shape, Storage};

/// Variables of ours that are no settings: a secret has no place in a file, and the file's own name comes before it is read.
const OTHER_VARIABLES: &[&str] = &["REPEATPOSTS_SECRET", "REPEATPOSTS_CONFIG", "REPEATPOSTS_BIN"];

/// Where settings come from.
#[derive(Debug, Default)]
pub struct Layers {
    /// `--config` or `REPEATPOSTS_CONFIG`; a named file must be there. Without a name `repeatposts.toml` is read if it is there.
    pub file: Option<PathBuf>,
    pub environment: Vec<(OsString, OsString)>,
    /// Settings by name, as written on the command line.
    pub flags: Vec<(&'static str, String)>,
}

/// Whether this is a variable that we read.
#[cfg(test)]
pub fn is_variable(name: &str) -> bool {
    OTHER_VARIABLES.contains(&name) || KNOBS.iter().any(|knob| knob.variable() == name)
}

/// # Errors
/// Every fault of every layer, a line each, with the layer that holds it.
pub fn load(layers: &Layers) -> Result<Settings, String> {
    let mut faults = Vec::new();
    let mut table = defaults()?;
    match read(layers.file.as_ref()) {
        Ok(file) => table.extend(known(file, &mut faults)),
        Err(why) => faults.push(why),
    }
    for (name, value) in &layers.environment {
        let Some(name) = name.to_str().filter(|name| name.starts_with("REPEATPOSTS_") && !OTHER_VARIABLES.contains(name)) else { continue };
        let Some(knob) = KNOBS.iter().find(|knob| knob.variable() == name) else {
            faults.push(format!("environment: {name} is no setting{}", nearest(&name["REPEATPOSTS_".len()..].to_lowercase())));
            continue;
        };
        match value.to_str().ok_or("is not UTF-8".to_owned()).and_then(|value| written(knob, value)) {
            Ok(value) => drop(table.insert(knob.name.to_owned(), value)),
            Err(why) => faults.push(format!("environment: {name} {why}")),
        }
    }
    for (name, value) in &layers.flags {
        let Some(knob) = KNOBS.iter().find(|knob| knob.name == *name) else { continue };
        match written(knob, value) {
            Ok(value) => drop(table.insert(knob.name.to_owned(), value)),
            Err(why) => faults.push(format!("--{}: {why}", name.replace('_', "-"))),
        }
    }
    if !faults.is_empty() {
        return Err(faults.join("\n"));
    }
    let settings: Settings = Value::Table(table).try_into().map_err(|e: toml::de::Error| format!("settings: {}", e.message()))?;
    let mut faults = Storage::read(&settings).err().unwrap_or_default();
    if settings.waiting_calls < 64 {
        faults.push(format!("waiting_calls is {}, and must be at least 64", settings.waiting_calls));
    }
    if faults.is_empty() {
        Ok(settings)
    } else {
        Err(faults.iter().map(|fault| format!("settings: {fault}")).collect::<Vec<_>>().join("\n"))
    }
}

fn defaults() -> Result<Table, String> {
    let text: String =
        KNOBS.iter().filter(|knob| !knob.default.is_empty()).map(|knob| format!("{} = {}\n", knob.name, knob.default)).collect();
    text.parse().map_err(|e| format!("default settings: {e}"))
}

fn read(named: Option<&PathBuf>) -> Result<Table, String> {
    let path = named.cloned().unwrap_or_else(|| PathBuf::from("repeatposts.toml"));
    match std::fs::read_to_string(&path) {
        Ok(text) => text.parse().map_err(|e| format!("{}: {e}", path.display())),
        Err(e) if named.is_none() && e.kind() == std::io::ErrorKind::NotFound => Ok(Table::new()),
        Err(e) => Err(format!("{}: {e}", path.display())),
    }
}

fn known(file: Table, faults: &mut Vec<String>) -> Table {
    let (known, unknown): (Table, Table) =
        file.into_iter().partition(|(name, _)| ["plans", "packs"].contains(&name.as_str()) || KNOBS.iter().any(|knob| knob.name == name));
    faults.extend(unknown.keys().map(|name| format!("settings file: {name} is no setting{}", nearest(name))));
    known
}

fn written(knob: &Knob, value: &str) -> Result<Value, String> {
    Ok(match knob.shape {
        Shape::Text => Value::String(value.to_owned()),
        Shape::Flag => Value::Boolean(value.parse().map_err(|_| format!("is {value:?}, and takes true or false"))?),
        Shape::Count => Value::Integer(value.parse().map_err(|_| format!("is {value:?}, and takes a whole number"))?),
        Shape::List => Value::Array(
            value.split(',').map(str::trim).filter(|item| !item.is_empty()).map(|item| Value::String(item.to_owned())).collect(),
        ),
    })
}

/// The setting that was probably meant: the one that shares the longest beginning.
fn nearest(name: &str) -> String {
    let shared = |knob: &Knob| knob.name.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count();
    KNOBS
        .iter()
        .max_by_key(|knob| shared(knob))
        .filter(|knob| shared(knob) >= 3)
        .map(|knob| format!("; did you mean {}?", knob.name))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Layers {
        Layers { environment: pairs.iter().map(|(name, value)| (name.into(), value.into())).collect(), ..Layers::default() }
    }

    #[test]
    fn the_defaults_are_settings() {
        let settings = load(&Layers::default()).unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
        assert!(settings.test_watermark);
    }

    #[test]
    fn flags_win_over_the_environment_which_wins_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        std::fs::write(&file, "waiting_calls = 100\nlog = \"warn\"\nrender_threads = 3\n").unwrap();
        let mut layers = environment(&[("REPEATPOSTS_WAITING_CALLS", "200"), ("REPEATPOSTS_LOG", "error"), ("PATH", "/bin")]);
        layers.file = Some(file);
        layers.flags = vec![("waiting_calls", "300".to_owned())];
        let settings = load(&layers).unwrap();
        assert_eq!((settings.waiting_calls, settings.log.as_str(), settings.render_threads), (300, "error", 3));
    }

    #[test]
    fn every_unknown_or_mistyped_setting_is_named_at_once() {
        let faults =
            load(&environment(&[("REPEATPOSTS_LISTENER", "x"), ("REPEATPOSTS_TEST_WATERMARK", "yes"), ("REPEATPOSTS_SECRET", "s")]))
                .unwrap_err();
        assert!(faults.contains("REPEATPOSTS_LISTENER is no setting; did you mean listen?"), "{faults}");
        assert!(faults.contains("REPEATPOSTS_TEST_WATERMARK is \"yes\", and takes true or false"), "{faults}");
        assert!(!faults.contains("SECRET"), "{faults}");
    }

    #[test]
    fn lists_in_the_environment_are_separated_by_commas() {
        let settings = load(&environment(&[("REPEATPOSTS_FETCH_ALLOW", "127.0.0.0/8, ::1/128")])).unwrap();
        assert_eq!(settings.fetch_allow, ["127.0.0.0/8", "::1/128"]);
    }
}
