//! nginx, serving files as it does best: what every read is measured against.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::child::{Server, free_port};
use super::place::Place;
use super::result::write;

/// nginx on a folder of files.
pub(crate) struct Nginx {
    pub(crate) server: Server,
    files: PathBuf,
}

impl Nginx {
    /// Starts it with nothing to serve.
    pub(crate) fn start(place: &Place) -> Result<Self> {
        let dir = place.fresh("nginx")?;
        let files = place.fresh("nginx/files")?;
        let port = free_port()?;
        let conf = dir.join("nginx.conf");
        write(&conf, settings(&dir, port).as_bytes())?;
        let mut nginx = Command::new(program());
        nginx.arg("-c").arg(&conf).arg("-p").arg(&dir);
        let mut server = Server::start("nginx", nginx, port, &dir.join("out.log"))?;
        server.wait()?;
        Ok(Self { server, files })
    }

    /// Puts a file there; the path at which it is served.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> Result<String> {
        write(&self.files.join(name), bytes)?;
        Ok(format!("/{name}"))
    }

    /// The folder of what it serves.
    pub(crate) fn files(&self) -> &Path {
        &self.files
    }
}

/// Debian puts it where only root looks.
pub(crate) fn program() -> PathBuf {
    let debian = PathBuf::from("/usr/sbin/nginx");
    if debian.is_file() {
        debian
    } else {
        "nginx".into()
    }
}

/// Two workers, no log, files by sendfile, connections kept for good.
fn settings(dir: &Path, port: u16) -> String {
    let dir = dir.display();
    // Started by root, its workers would be somebody else, who may not read the folder.
    let user = if nix_root() { "user root;\n" } else { "" };
    format!(
        "daemon off;\n{user}worker_processes 2;\npid {dir}/nginx.pid;\nerror_log {dir}/error.log;\n\
         events {{ worker_connections 1024; }}\n\
         http {{\n  access_log off;\n  sendfile on;\n  tcp_nopush on;\n  tcp_nodelay on;\n\
         \x20 keepalive_timeout 600s;\n  keepalive_requests 1000000000;\n\
         \x20 open_file_cache max=1000 inactive=600s;\n  open_file_cache_valid 600s;\n\
         \x20 client_body_temp_path {dir}/t1;\n  proxy_temp_path {dir}/t2;\n\
         \x20 fastcgi_temp_path {dir}/t3;\n  uwsgi_temp_path {dir}/t4;\n  scgi_temp_path {dir}/t5;\n\
         \x20 types {{ }}\n  default_type \"{}\";\n\
         \x20 server {{ listen 127.0.0.1:{port}; root {dir}/files; }}\n}}\n",
        super::http::TAXII
    )
}

fn nix_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Its version.
pub(crate) fn version() -> Result<String> {
    let output = Command::new(program())
        .arg("-v")
        .output()
        .context("cannot start nginx")?;
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Ok(said.rsplit('/').next().unwrap_or(&said).to_owned())
}
