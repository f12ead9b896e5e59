//! The verbs, each in a file of its own.
//!
//! Here is only which there are: what a verb takes and does is said once, in its file.

mod activity;
mod agreement;
mod alias;
mod backup;
mod calendar;
mod claim;
mod client;
mod completions;
mod config;
mod consultation;
mod decision;
mod demo;
mod digest;
mod entry;
mod export;
mod file;
mod find;
mod holiday;
mod house;
mod identity;
mod init;
mod journal;
mod man;
mod matches;
mod notice;
mod office;
mod party;
mod person;
mod press;
mod programme;
mod recall;
mod related;
mod restore;
mod serve;
mod sign_in;
mod statement;
mod stix;
mod value;
mod webhook;
mod who;
mod why;
mod withdraw;

use clap::Subcommand;

use crate::answer::Answer;
use crate::failure::Failure;

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::Init),
    Serve(serve::Serve),
    Demo(demo::Demo),
    Party(party::Party),
    Client(client::Client),
    Person(person::Person),
    SignIn(sign_in::SignIn),
    Agreement(agreement::Agreement),
    Decision(decision::Decision),
    Activity(activity::Activity),
    House(house::House),
    Office(office::Office),
    Consultation(consultation::Consultation),
    Holidays(holiday::Holidays),
    Programme(programme::Programme),
    File(file::File),
    Find(find::Find),
    Related(related::Related),
    Matches(matches::Matches),
    Values(value::Values),
    Why(why::Why),
    Who(who::Who),
    Claim(claim::Claim),
    Withdraw(withdraw::Withdraw),
    Erase(withdraw::Erase),
    Recall(recall::Recall),
    Calendar(calendar::Calendar),
    Statement(statement::Statement),
    Press(press::Press),
    Alias(alias::Alias),
    Notices(notice::Notices),
    Webhook(webhook::Webhook),
    Digest(digest::Digest),
    Entry(entry::Entry),
    Journal(journal::Journal),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Export(export::Export),
    Stix(stix::Stix),
    Config(config::Config),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Command {
    /// Does it. `json` matters only to what is told while it still goes on.
    pub(crate) fn run(&self, json: bool) -> Result<Answer, Failure> {
        match self {
            Self::Init(verb) => verb.run(),
            Self::Serve(verb) => verb.run(json),
            Self::Demo(verb) => verb.run(),
            Self::Party(verb) => verb.run(),
            Self::Client(verb) => verb.run(),
            Self::Person(verb) => verb.run(),
            Self::SignIn(verb) => verb.run(),
            Self::Agreement(verb) => verb.run(),
            Self::Decision(verb) => verb.run(),
            Self::Activity(verb) => verb.run(),
            Self::House(verb) => verb.run(),
            Self::Office(verb) => verb.run(),
            Self::Consultation(verb) => verb.run(),
            Self::Holidays(verb) => verb.run(),
            Self::Programme(verb) => verb.run(),
            Self::File(verb) => verb.run(),
            Self::Find(verb) => verb.run(),
            Self::Related(verb) => verb.run(),
            Self::Matches(verb) => verb.run(),
            Self::Values(verb) => verb.run(),
            Self::Why(verb) => verb.run(),
            Self::Who(verb) => verb.run(),
            Self::Claim(verb) => verb.run(),
            Self::Withdraw(verb) => verb.run(),
            Self::Erase(verb) => verb.run(),
            Self::Recall(verb) => verb.run(),
            Self::Calendar(verb) => verb.run(),
            Self::Statement(verb) => verb.run(),
            Self::Press(verb) => verb.run(),
            Self::Alias(verb) => verb.run(),
            Self::Notices(verb) => verb.run(json),
            Self::Webhook(verb) => verb.run(),
            Self::Digest(verb) => verb.run(),
            Self::Entry(verb) => verb.run(),
            Self::Journal(verb) => verb.run(),
            Self::Backup(verb) => verb.run(),
            Self::Restore(verb) => verb.run(),
            Self::Export(verb) => verb.run(),
            Self::Stix(verb) => verb.run(),
            Self::Config(verb) => verb.run(),
            Self::Completions(verb) => verb.run(),
            Self::Man(verb) => verb.run(),
        }
    }
}
