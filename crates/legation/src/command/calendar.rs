//! `legation calendar`: what is in it, the secret addresses at which it is read, mail addresses,
//! invitations and the replies to them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use legation_core::id::{FeedId, MailAddress, PartyCode, PersonName};
use serde_json::{Value, json};

use crate::answer::{Answer, list, shown};
use crate::client::Connection;
use crate::disk;
use crate::failure::Failure;
use crate::table::Table;

const EXAMPLES: &str = "\
Examples:
  legation calendar list --dir tokyo
  legation calendar feed add JPN --name 'NATO Tokyo' --dir tokyo
  legation calendar address set JPN sato sato@mofa.example --dir tokyo
  legation calendar reply answer.eml --dir tokyo";

/// Meetings, deadlines, invitations
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Calendar {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// What is in my calendar
    List {
        #[command(flatten)]
        connection: Connection,
    },
    /// The secret addresses at which calendars are read
    #[command(subcommand)]
    Feed(Feed),
    /// Where invitations and digests go
    #[command(subcommand)]
    Address(Address),
    /// Invitations that were sent, and what was answered
    Invitations {
        #[command(flatten)]
        connection: Connection,
    },
    /// Hand in the mail with which somebody answered an invitation
    ///
    /// A file with the whole mail (.eml) or with the calendar in it alone (.ics); `-` reads it from
    /// the standard input, for a mail server that pipes what comes to the office's address. The
    /// office itself reads no mailbox.
    Reply {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        connection: Connection,
    },
}

#[derive(Debug, Subcommand)]
enum Feed {
    /// Make a secret address; it is shown this once
    Add {
        /// The party
        #[arg(value_name = "CODE")]
        code: PartyCode,
        /// Whose calendar of that party; the party's own when left out
        #[arg(long)]
        person: Option<PersonName>,
        /// What clients call it
        #[arg(long)]
        name: String,
        #[command(flatten)]
        connection: Connection,
    },
    /// Have nothing read there any more, at once
    Revoke {
        /// The id of the feed
        #[arg(value_name = "FEED-ID")]
        id: FeedId,
        #[command(flatten)]
        connection: Connection,
    },
    /// List them
    List {
        #[command(flatten)]
        connection: Connection,
    },
}

#[derive(Debug, Subcommand)]
enum Address {
    /// Say where mail to a person goes
    Set {
        /// The party
        #[arg(value_name = "CODE")]
        code: PartyCode,
        /// The person
        #[arg(value_name = "PERSON")]
        person: PersonName,
        /// The address
        #[arg(value_name = "ADDRESS")]
        address: MailAddress,
        #[command(flatten)]
        connection: Connection,
    },
    /// Send a person nothing any more
    Remove {
        /// The party
        #[arg(value_name = "CODE")]
        code: PartyCode,
        /// The person
        #[arg(value_name = "PERSON")]
        person: PersonName,
        #[command(flatten)]
        connection: Connection,
    },
    /// List them
    List {
        #[command(flatten)]
        connection: Connection,
    },
}

impl Calendar {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match &self.what {
            What::List { connection } => {
                let answer = connection.open()?.get("/calendar/events")?;
                let mut table = Table::new(["WHEN", "WHAT", "SUMMARY", "PLACE"]);
                for event in list(&answer, "events") {
                    let is_off = event.get("cancelled").and_then(Value::as_bool) == Some(true);
                    let off = if is_off { "cancelled: " } else { "" };
                    table.row([
                        when(event),
                        shown(event, "what"),
                        format!("{off}{}", shown(event, "summary")),
                        shown(event, "place"),
                    ]);
                }
                Ok(Answer::new(table.or("nothing is in the calendar"), answer))
            }
            What::Feed(feed) => feed.run(),
            What::Address(address) => address.run(),
            What::Invitations { connection } => {
                let answer = connection.open()?.get("/calendar/invitations")?;
                let mut table = Table::new(["PARTY", "PERSON", "ADDRESS", "SUMMARY", "ANSWER"]);
                for one in list(&answer, "invitations") {
                    let is_off = one.get("cancelled").and_then(Value::as_bool) == Some(true);
                    let answered = match is_off {
                        true => "cancelled".to_owned(),
                        false => shown(one, "answer"),
                    };
                    table.row([
                        shown(one, "party"),
                        shown(one, "person"),
                        shown(one, "address"),
                        shown(one, "summary"),
                        answered,
                    ]);
                }
                Ok(Answer::new(table.or("nobody was invited"), answer))
            }
            What::Reply { file, connection } => {
                let mail = match file.as_os_str() == "-" {
                    true => {
                        let mut mail = Vec::new();
                        let read =
                            std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut mail);
                        read.map_err(|error| Failure::disk("read", file, &error))?;
                        mail
                    }
                    false => disk::read(file)?,
                };
                let path = "/calendar/replies";
                let answer = connection.open()?.send(path, "message/rfc822", &mail)?;
                let mut table = Table::new(["ADDRESS", "ANSWER", "OUTCOME"]);
                let replies = list(&answer, "replies");
                for one in replies {
                    let said = shown(one, "partstat").to_lowercase();
                    table.row([shown(one, "address"), said, shown(one, "outcome")]);
                }
                let recorded = |one: &Value| shown(one, "outcome") == "recorded";
                let is_refused = !replies.iter().any(recorded);
                Ok(Answer::new(table.or("no reply"), answer).refused_if(is_refused))
            }
        }
    }
}

impl Feed {
    fn run(&self) -> Result<Answer, Failure> {
        match self {
            Self::Add {
                code,
                person,
                name,
                connection,
            } => {
                let mut body = json!({"name": name, "party": code});
                if let (Some(person), Some(members)) = (person, body.as_object_mut()) {
                    members.insert("person".to_owned(), json!(person));
                }
                let made = connection.open()?.post("/calendar/feeds", &body)?;
                let text = format!(
                    "{}  {}\nwhoever has this address reads the calendar; it is shown this once",
                    shown(&made, "id"),
                    shown(&made, "url")
                );
                Ok(Answer::new(text, made))
            }
            Self::Revoke { id, connection } => {
                let path = format!("/calendar/feeds/{id}/revoke");
                let revoked = connection.open()?.post(&path, &json!({}))?;
                Ok(Answer::new(format!("{id} is read no more"), revoked))
            }
            Self::List { connection } => {
                let answer = connection.open()?.get("/calendar/feeds")?;
                let mut table = Table::new(["FEED", "PARTY", "PERSON", "NAME", "STANDS"]);
                for feed in list(&answer, "feeds") {
                    let is_live = feed.get("revoked").is_none_or(Value::is_null);
                    let stands = if is_live { "read" } else { "revoked" };
                    table.row([
                        shown(feed, "id"),
                        shown(feed, "party"),
                        shown(feed, "person"),
                        shown(feed, "name"),
                        stands.to_owned(),
                    ]);
                }
                Ok(Answer::new(table.or("no calendar is read"), answer))
            }
        }
    }
}

impl Address {
    fn run(&self) -> Result<Answer, Failure> {
        match self {
            Self::Set {
                code,
                person,
                address,
                connection,
            } => {
                let body = json!({"party": code, "person": person, "address": address});
                let set = put(connection, &body)?;
                let text = format!("mail to {person} of {code} goes to {address}");
                Ok(Answer::new(text, set))
            }
            Self::Remove {
                code,
                person,
                connection,
            } => {
                let set = put(connection, &json!({"party": code, "person": person}))?;
                Ok(Answer::new(
                    format!("{person} of {code} is sent nothing"),
                    set,
                ))
            }
            Self::List { connection } => {
                let answer = connection.open()?.get("/calendar/addresses")?;
                let mut table = Table::new(["PARTY", "PERSON", "ADDRESS"]);
                for one in list(&answer, "addresses") {
                    table.row([
                        shown(one, "party"),
                        shown(one, "person"),
                        shown(one, "address"),
                    ]);
                }
                Ok(Answer::new(table.or("mail goes to nobody"), answer))
            }
        }
    }
}

fn put(connection: &Connection, body: &Value) -> Result<Value, Failure> {
    let body = body.to_string();
    let office = connection.open()?;
    office.put("/calendar/addresses", "application/json", body.as_bytes())
}

/// The days, or the minute at which it begins.
fn when(event: &Value) -> String {
    let start = shown(event, "start");
    match start.get(..16) {
        Some(minute) => minute.replace('T', " "),
        None => shown(event, "first"),
    }
}
