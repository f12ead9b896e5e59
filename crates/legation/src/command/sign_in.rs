//! `legation sign-in`: trades a one-time link for a token.

use clap::Args;
use serde_json::json;

use crate::answer::{Answer, shown};
use crate::client::Connection;
use crate::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  legation sign-in 'http://127.0.0.1:8440/sign-in?link=SECRET'
  legation sign-in SECRET --office http://127.0.0.1:8440";

/// Trade a one-time link for a token
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SignIn {
    /// The link that `person add` printed, or the secret in it
    #[arg(value_name = "LINK")]
    link: String,
    #[command(flatten)]
    connection: Connection,
}

impl SignIn {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let (office, secret) = split(&self.link);
        let client = self.connection.open_stranger(office)?;
        let account = client.post("/sign-in", &json!({"link": secret}))?;
        let text = format!(
            "{}\nThe token of {} of {} is shown this once; put it in LEGATION_TOKEN.",
            shown(&account, "token"),
            shown(&account, "person"),
            shown(&account, "party"),
        );
        Ok(Answer::new(text, account))
    }
}

/// The office and the secret of a link.
fn split(link: &str) -> (Option<&str>, &str) {
    let Some((url, query)) = link.split_once('?') else {
        return (None, link);
    };
    let mut pairs = query.split('&');
    let secret = pairs.find_map(|pair| pair.strip_prefix("link="));
    (url.strip_suffix("/sign-in"), secret.unwrap_or(link))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_its_office() {
        let link = "http://127.0.0.1:8440/sign-in?link=abc";
        assert_eq!(split(link), (Some("http://127.0.0.1:8440"), "abc"));
        assert_eq!(split("abc"), (None, "abc"));
    }
}
