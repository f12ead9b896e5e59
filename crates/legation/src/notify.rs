//! Tells the service manager how it stands with the office: `sd_notify` (sd_notify(3)), which is a
//! datagram of `NAME=VALUE` lines to the socket that `NOTIFY_SOCKET` names.
//!
//! Where there is no such variable nobody wants to know, and nothing is sent. A manager that cannot
//! be told must not keep an office from running, so that errors are passed over.

use std::ffi::{OsStr, OsString};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// The office can be reached at that address.
pub(crate) fn ready(url: &str) {
    tell(&format!("READY=1\nSTATUS=serving at {url}\n"));
}

/// The office was told to stop and finishes what is under way.
pub(crate) fn stopping() {
    tell("STOPPING=1\nSTATUS=finishing the requests under way\n");
}

fn tell(lines: &str) {
    let socket = std::env::var_os("NOTIFY_SOCKET");
    let _ = socket.and_then(|socket| send(&socket, lines));
}

fn send(socket: &OsString, lines: &str) -> Option<usize> {
    let address = address_of(socket)?;
    let sender = UnixDatagram::unbound().ok()?;
    sender.send_to_addr(lines.as_bytes(), &address).ok()
}

/// A path, or after an `@` a name without a file (unix(7), abstract).
fn address_of(socket: &OsStr) -> Option<SocketAddr> {
    match socket.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name).ok(),
        [b'/', ..] => SocketAddr::from_pathname(socket).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_socket_are_reached() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("notify");
        let name = format!("legation-notify-{}", std::process::id());
        let by_path = UnixDatagram::bind(&path).unwrap();
        let address = SocketAddr::from_abstract_name(name.as_bytes()).unwrap();
        let by_name = UnixDatagram::bind_addr(&address).unwrap();
        for (socket, receiver) in [
            (path.into_os_string(), by_path),
            (format!("@{name}").into(), by_name),
        ] {
            assert_eq!(send(&socket, "READY=1\n"), Some(8));
            let mut buffer = [0; 64];
            let length = receiver.recv(&mut buffer).unwrap();
            assert_eq!(&buffer[..length], b"READY=1\n");
        }
    }

    #[test]
    fn a_socket_that_is_none_is_passed_over() {
        for socket in ["", "relative", "vsock:1:2", "/nowhere/at/all"] {
            assert_eq!(send(&socket.into(), "READY=1\n"), None, "{socket}");
        }
    }
}
