//! `legation serve`: runs an office until it is told to stop.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::failure::Failure;
use crate::observe;
use crate::secure;
use crate::serve;

const EXAMPLES: &str = "\
Examples:
  legation serve tokyo
  legation serve tokyo --listen 0.0.0.0:443 --tls-certificate tokyo.pem --tls-key tokyo.key
  legation serve tokyo --listen 127.0.0.1:0 --public-url https://tokyo.example.org

Prints `listening on URL` once it can be reached, and writes the address into DIR/office.url, where \
commands with --dir find it. Settings are in DIR/legation.toml; `legation config check` tells them.

With a certificate and its key it speaks TLS, and reads them anew when they change or with SIGHUP. \
Plain HTTP is for this machine only, unless --insecure-http says otherwise. SIGINT or SIGTERM ends \
it after the requests under way.";

/// Run an office
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Serve {
    /// The office's directory
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Where to listen; port 0 takes a free one [default: `listen` of legation.toml, 127.0.0.1:8440]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Where others find the office, for the links that they are sent
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    #[command(flatten)]
    secure: secure::Flags,
    #[command(flatten)]
    observe: observe::Flags,
}

impl Serve {
    pub(crate) fn run(&self, json: bool) -> Result<Answer, Failure> {
        let public_url = self.public_url.clone();
        let (listen, secure, observe) = (self.listen, &self.secure, self.observe);
        serve::run(&self.dir, listen, public_url, secure, observe, |url| {
            let line = match json {
                true => json!({"url": url}).to_string(),
                false => format!("listening on {url}"),
            };
            // An office runs on even when nobody reads what it says.
            let mut out = std::io::stdout().lock();
            let _ = writeln!(out, "{line}").and_then(|()| out.flush());
        })?;
        Ok(Answer::new("", Value::Null))
    }
}
