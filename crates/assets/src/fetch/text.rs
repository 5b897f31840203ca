//! What the text of a URL alone forbids.

use std::net::IpAddr;

use url::{Host, Url};

use super::{AllowList, address};

/// Longest URL, in bytes.
pub const MAX_URL_BYTES: usize = 2_048;

/// Ports that a stranger may name.
const PORTS: [u16; 3] = [80, 443, 8443];

/// Why the text of a URL is refused; the message is fit for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlFault {
    #[error("is longer than 2048 bytes")]
    TooLong,
    #[error("is not an absolute URL")]
    Malformed,
    #[error("must start with http:// or https://")]
    Scheme,
    #[error("must not hold a user name or password")]
    UserInfo,
    #[error("must use port 80, 443 or 8443")]
    Port,
    #[error("must not name a private or reserved address")]
    Address,
}

/// Parses a URL that a stranger gave and refuses what its text shows to be wrong, without looking anything up.
///
/// A literal address in the operator's allow list is fine, on every port. A name is fine; where an allow list is set,
/// a name that looks internal (no dot, or a reserved top-level domain such as `.internal`) may also name any port,
/// because its address may be an allowed one: that shows when it is resolved.
///
/// # Errors
/// The first thing that is wrong.
pub fn check_url_text(text: &str, allow: &AllowList) -> Result<Url, UrlFault> {
    if text.len() > MAX_URL_BYTES {
        return Err(UrlFault::TooLong);
    }
    // The parser drops tabs and line breaks and trims spaces: what is checked would not be what was written.
    if text.chars().any(|c| c.is_control() || c == ' ') {
        return Err(UrlFault::Malformed);
    }
    let url = Url::parse(text).map_err(|_| UrlFault::Malformed)?;
    check_url(&url, allow)?;
    Ok(url)
}

/// The same for a parsed URL, such as a redirect's target.
pub(super) fn check_url(url: &Url, allow: &AllowList) -> Result<(), UrlFault> {
    if url.as_str().len() > MAX_URL_BYTES {
        return Err(UrlFault::TooLong);
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(UrlFault::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UrlFault::UserInfo);
    }
    // An empty user name ("http://@host") leaves no trace in the parsed URL, but nobody writes that in good faith. It can't
    // be told apart after parsing, so a redirect may hold it; the address is checked all the same.
    let port = has_common_port(url);
    match url.host() {
        None => Err(UrlFault::Malformed),
        Some(Host::Domain(name)) if port || (!allow.is_empty() && looks_internal(name)) => Ok(()),
        Some(Host::Domain(_)) => Err(UrlFault::Port),
        Some(Host::Ipv4(address)) => check_literal(address.into(), port, allow),
        Some(Host::Ipv6(address)) => check_literal(address.into(), port, allow),
    }
}

pub(super) fn has_common_port(url: &Url) -> bool {
    url.port_or_known_default().is_some_and(|port| PORTS.contains(&port))
}

fn check_literal(address: IpAddr, port: bool, allow: &AllowList) -> Result<(), UrlFault> {
    match address::judge(address, port, allow) {
        address::Verdict::Fine => Ok(()),
        address::Verdict::Port => Err(UrlFault::Port),
        address::Verdict::Denied => Err(UrlFault::Address),
    }
}

/// Names that no public zone serves: single labels and the reserved top-level domains.
fn looks_internal(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    let last = name.rsplit('.').next().unwrap_or(name);
    !name.contains('.')
        || matches!(last, "localhost" | "local" | "internal" | "lan" | "home" | "corp" | "test")
        || name.ends_with(".home.arpa")
}
