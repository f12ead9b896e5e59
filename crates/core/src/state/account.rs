//! Who may speak for a party: clients and persons, and the secrets by which they are known.
//!
//! Only digests are kept. What an account may do is decided where it asks.

use std::collections::{BTreeMap, HashMap};

use crate::act::{Actor, AddClient, AddPerson, Role, SignIn};
use crate::id::{ClientName, Digest, PartyCode, PersonName};

/// A machine account.
#[derive(Clone, Debug)]
pub struct Client {
    /// SHA-256 of its password.
    pub secret: Digest,
    /// Whether it may still come in.
    pub live: bool,
}

/// A human account.
#[derive(Clone, Debug)]
pub struct Person {
    /// What it may do.
    pub role: Role,
    /// SHA-256 of the one-time secret that has not been used yet.
    pub link: Option<Digest>,
    /// SHA-256 of the token it holds.
    pub token: Option<Digest>,
}

/// Whoever a secret belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The party it speaks for.
    pub party: PartyCode,
    /// Client or person.
    pub actor: Actor,
    /// What it may do.
    pub role: Role,
}

/// All accounts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Accounts {
    pub(crate) clients: BTreeMap<(PartyCode, ClientName), Client>,
    pub(crate) persons: BTreeMap<(PartyCode, PersonName), Person>,
    by_secret: HashMap<Digest, Account>,
    by_link: HashMap<Digest, (PartyCode, PersonName)>,
}

impl Accounts {
    /// Those accounts, each known by the secrets that it holds.
    pub(crate) fn of(
        clients: impl Iterator<Item = ((PartyCode, ClientName), Client)>,
        persons: impl Iterator<Item = ((PartyCode, PersonName), Person)>,
    ) -> Self {
        let mut accounts = Self::default();
        for (key, client) in clients {
            if client.live {
                accounts.know_client(&key, client.secret);
            }
            accounts.clients.insert(key, client);
        }
        for (key, person) in persons {
            if let Some(link) = person.link {
                accounts.by_link.insert(link, key.clone());
            }
            if let Some(token) = person.token {
                accounts.know_person(&key, person.role, token);
            }
            accounts.persons.insert(key, person);
        }
        accounts
    }

    fn know_client(&mut self, (party, name): &(PartyCode, ClientName), secret: Digest) {
        let account = Account {
            party: party.clone(),
            actor: Actor::Client(party.clone(), name.clone()),
            role: Role::Client,
        };
        self.by_secret.insert(secret, account);
    }

    fn know_person(&mut self, (party, name): &(PartyCode, PersonName), role: Role, token: Digest) {
        let account = Account {
            party: party.clone(),
            actor: Actor::Person(party.clone(), name.clone()),
            role,
        };
        self.by_secret.insert(token, account);
    }

    pub(super) fn add_client(&mut self, act: &AddClient) {
        self.revoke_client(&act.party, &act.name);
        let key = (act.party.clone(), act.name.clone());
        self.know_client(&key, act.secret);
        let client = Client {
            secret: act.secret,
            live: true,
        };
        self.clients.insert(key, client);
    }

    pub(super) fn revoke_client(&mut self, party: &PartyCode, name: &ClientName) {
        if let Some(client) = self.clients.get_mut(&(party.clone(), name.clone())) {
            client.live = false;
            self.by_secret.remove(&client.secret);
        }
    }

    pub(super) fn add_person(&mut self, act: &AddPerson) {
        let key = (act.party.clone(), act.name.clone());
        if let Some(old) = self.persons.remove(&key) {
            old.token.and_then(|token| self.by_secret.remove(&token));
            old.link.and_then(|link| self.by_link.remove(&link));
        }
        if let Some(link) = act.link {
            self.by_link.insert(link, key.clone());
        }
        self.persons.insert(
            key.clone(),
            Person {
                role: act.role,
                link: act.link,
                token: None,
            },
        );
        if let Some(token) = act.token {
            self.give_token(&key, token);
        }
    }

    pub(super) fn sign_in(&mut self, act: &SignIn) {
        self.give_token(&(act.party.clone(), act.name.clone()), act.token);
    }

    fn give_token(&mut self, key: &(PartyCode, PersonName), token: Digest) {
        let Some(person) = self.persons.get_mut(key) else {
            return;
        };
        if let Some(link) = person.link.take() {
            self.by_link.remove(&link);
        }
        if let Some(old) = person.token.replace(token) {
            self.by_secret.remove(&old);
        }
        let role = person.role;
        self.know_person(key, role, token);
    }

    pub(super) fn by_secret(&self, secret: &Digest) -> Option<&Account> {
        self.by_secret.get(secret)
    }

    pub(super) fn by_link(&self, link: &Digest) -> Option<&(PartyCode, PersonName)> {
        self.by_link.get(link)
    }
}
