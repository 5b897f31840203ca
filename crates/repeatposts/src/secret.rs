//! The pepper of the keys' digests: in the environment, or in `secret.key` beside the database. Never in a backup.

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use domain::Pepper;

const FILE: &str = "secret.key";

/// The environment's secret, else the data folder's; a new folder gets one, readable by its owner alone. Without a folder,
/// where several nodes share a database, only the environment can hold what they must share too.
///
/// # Errors
/// A secret that is too short or unreadable, in words that say what to do.
pub fn pepper(data_dir: Option<&Path>) -> Result<Pepper, String> {
    if let Ok(secret) = std::env::var("REPEATPOSTS_SECRET") {
        return of_text(&secret).map_err(|e| format!("REPEATPOSTS_SECRET: {e}"));
    }
    let data_dir = data_dir.ok_or("with database_url, REPEATPOSTS_SECRET must be set, to the same 32 characters or more on every node")?;
    let path = data_dir.join(FILE);
    let named = |e: std::io::Error| format!("{}: {e}", path.display());
    let secret = match std::fs::read(&path) {
        Ok(secret) => {
            let mode = std::fs::metadata(&path).map_err(named)?.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                return Err(format!("{} can be read by others (mode {mode:o}): chmod 600 it", path.display()));
            }
            secret
        }
        Err(e) if e.kind() == ErrorKind::NotFound => create(&path).map_err(named)?,
        Err(e) => return Err(named(e)),
    };
    Pepper::new(1, &secret).map_err(|e| format!("{}: {e}", path.display()))
}

/// A text as it stands, or after `hex:` the bytes of a `secret.key`.
fn of_text(secret: &str) -> Result<Pepper, String> {
    let bytes = match secret.strip_prefix("hex:") {
        Some(digits) => hex::decode(digits.trim()).map_err(|_| "after hex: stand hexadecimal digits, two for each byte".to_owned())?,
        None => secret.as_bytes().to_vec(),
    };
    Pepper::new(1, &bytes).map_err(|e| e.to_string())
}

/// Written aside and linked into place: of two processes that start at once, one makes the file and both read it.
fn create(path: &Path) -> std::io::Result<Vec<u8>> {
    let secret = Pepper::generate_secret().map_err(std::io::Error::other)?;
    let aside = path.with_extension(format!("{}.tmp", std::process::id()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
    file.write_all(&secret)?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&aside, path);
    std::fs::remove_file(&aside)?;
    match linked {
        Err(e) if e.kind() != ErrorKind::AlreadyExists => Err(e),
        _ => std::fs::read(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_a_file_can_be_given_as_text() {
        let key = domain::PlainKey::generate(domain::Mode::Test).unwrap();
        let bytes = [0xf7; 32];
        let given = of_text(&format!("hex:{}", "f7".repeat(32))).unwrap();
        assert_eq!(given.digest(&key), Pepper::new(1, &bytes).unwrap().digest(&key));
        assert!(of_text("hex:f7f").unwrap_err().contains("two for each byte"));
        assert!(of_text(&"hex:f7".repeat(2)).is_err());
        assert!(of_text("hex:f7").unwrap_err().contains("at least 32 bytes"));
        assert!(of_text("thirty-two characters, or more..").is_ok());
    }

    #[test]
    fn a_folder_keeps_its_secret_and_shows_it_to_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let key = domain::PlainKey::generate(domain::Mode::Test).unwrap();
        let first = pepper(Some(folder.path())).unwrap().digest(&key);
        let second = pepper(Some(folder.path())).unwrap().digest(&key);
        assert_eq!(first, second);
        let path = folder.path().join(FILE);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(pepper(Some(folder.path())).unwrap_err().contains("chmod 600"));
    }
}
