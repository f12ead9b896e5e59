//! `legation webhook`: addresses to which a party's notices are posted.

use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use legation_core::id::{PartyCode, WebhookName};
use serde_json::{Value, json};

use crate::answer::{Answer, list, shown};
use crate::client::{Client, Connection};
use crate::failure::Failure;
use crate::table::{Table, facts};

const EXAMPLES: &str = "\
Examples:
  legation webhook add JPN soc https://soc.example/hook --dir tokyo
  legation webhook test soc --dir tokyo
  legation webhook list --office https://office.example --token T

What is posted follows Standard Webhooks: the receiver verifies it with the secret, and knows by
`webhook-id` what comes twice. What is not taken is tried again, for five days.";

/// For how long to wait for a test to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// Addresses to which notices are posted
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Webhook {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Have a party's notices posted to an address; prints the secret that verifies them
    Add {
        /// Whose notices
        #[arg(value_name = "PARTY")]
        party: PartyCode,
        /// A name for it; one of that name is replaced, and gets a new secret
        #[arg(value_name = "NAME")]
        name: WebhookName,
        /// Where to: https, or plain http on the office's own machine
        #[arg(value_name = "URL")]
        url: String,
        /// The address may lie in a network that is not public
        #[arg(long)]
        private: bool,
        #[command(flatten)]
        connection: Connection,
    },
    /// List the webhooks: all for the office, a party's own for the party
    List {
        #[command(flatten)]
        connection: Connection,
    },
    /// Post nothing there any more
    Remove {
        #[command(flatten)]
        one: One,
    },
    /// Try one again that was stopped
    Resume {
        #[command(flatten)]
        one: One,
    },
    /// Post a notice without content, and wait until it was taken
    Test {
        #[command(flatten)]
        one: One,
    },
    /// Print the secret again
    Secret {
        #[command(flatten)]
        one: One,
    },
}

#[derive(Args, Debug)]
struct One {
    /// Its name
    #[arg(value_name = "NAME")]
    name: WebhookName,
    #[command(flatten)]
    connection: Connection,
}

impl One {
    fn ask(&self, verb: &str) -> Result<(Client, Value), Failure> {
        let office = self.connection.open()?;
        let answer = office.post(&format!("/webhooks/{}/{verb}", self.name), &json!({}))?;
        Ok((office, answer))
    }
}

impl Webhook {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match &self.verb {
            Verb::Add {
                party,
                name,
                url,
                private,
                connection,
            } => {
                let body = json!({"id": name, "party": party, "url": url, "private": private});
                let added = connection.open()?.post("/webhooks", &body)?;
                let secret = shown(&added, "secret");
                let text = facts(&[
                    ("webhook", name.as_str()),
                    ("party", party.as_str()),
                    ("url", url),
                    ("secret", &secret),
                ]);
                Ok(Answer::new(text, added))
            }
            Verb::List { connection } => {
                let answer = connection.open()?.get("/webhooks")?;
                let mut table = Table::new(["NAME", "PARTY", "URL", "WAITING", "TAKEN", "STANDS"]);
                for one in list(&answer, "webhooks") {
                    let [id, party, url, waiting, taken] =
                        ["id", "party", "url", "waiting", "taken"].map(|key| shown(one, key));
                    table.row([id, party, url, waiting, taken, standing(one)]);
                }
                Ok(Answer::new(table.or("no webhooks"), answer))
            }
            Verb::Remove { one } => {
                let (_, removed) = one.ask("remove")?;
                let text = format!("nothing is posted to {} any more", one.name);
                Ok(Answer::new(text, removed))
            }
            Verb::Resume { one } => {
                let (_, resumed) = one.ask("resume")?;
                let text = format!("{} is tried again", one.name);
                Ok(Answer::new(text, resumed))
            }
            Verb::Secret { one } => {
                let (_, answer) = one.ask("secret")?;
                Ok(Answer::new(shown(&answer, "secret"), answer))
            }
            Verb::Test { one } => test(one),
        }
    }
}

/// Asks for a test and waits until the other end has taken all that it is owed, or something not.
fn test(one: &One) -> Result<Answer, Failure> {
    let (office, mut answer) = one.ask("test")?;
    let begun = Instant::now();
    loop {
        let listed = office.get("/webhooks")?;
        let webhooks = list(&listed, "webhooks");
        let webhook = webhooks
            .iter()
            .find(|webhook| shown(webhook, "id") == one.name.as_str());
        let Some(webhook) = webhook else {
            let text = format!("webhook `{}` was removed meanwhile", one.name);
            return Err(Failure::new("notice.unknown-webhook", text));
        };
        let taken = webhook.get("waiting").and_then(Value::as_u64) == Some(0);
        let failing = webhook.get("failing").filter(|failing| !failing.is_null());
        let over = begun.elapsed() >= PATIENCE;
        if taken || failing.is_some() || over {
            crate::answer::put(&mut answer, "taken", taken);
            let text = match failing {
                _ if taken => format!("{} has taken it", one.name),
                Some(failing) => format!(
                    "{} has not taken it: {}; it is tried again",
                    one.name,
                    shown(failing, "reason")
                ),
                None => format!("{} has not taken it yet; it is tried again", one.name),
            };
            return Ok(Answer::new(text, answer).refused_if(!taken));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn standing(webhook: &Value) -> String {
    let stopped = shown(webhook, "stopped");
    match webhook.get("failing") {
        None | Some(Value::Null) => "well".to_owned(),
        Some(failing) => {
            let (since, reason) = (shown(failing, "since"), shown(failing, "reason"));
            if stopped == "-" {
                format!("takes nothing since {since} ({reason})")
            } else {
                format!("stopped at {stopped} ({reason})")
            }
        }
    }
}
