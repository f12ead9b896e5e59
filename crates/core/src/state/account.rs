//! Who may speak for a party: clients and persons, and the secrets by which they are known.
//!
//! Only digests are kept. What an account may do is decided where it asks.

use std::collections::{BTreeMap, HashMap};

use crate::act::{Actor, AddClient, AddPerson, BindCertificate, Role, SignIn, UnbindCertificate};
use crate::id::{ClientName, Digest, PartyCode, PersonName};

/// A machine account.
#[derive(Clone, Debug)]
pub struct Client {
    /// SHA-256 of its password.
    pub secret: Digest,
    /// Whether it may still come in.
    pub live: bool,
    /// SHA-256 of the TLS certificates by which it may come in.
    pub certificates: Vec<Digest>,
    /// Whether it may come in by one of them only.
    pub only_by_certificate: bool,
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
    by_certificate: HashMap<Digest, Account>,
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
                let account = account_of(&key);
                for certificate in &client.certificates {
                    let account = account.clone();
                    accounts.by_certificate.insert(*certificate, account);
                }
                accounts.by_secret.insert(client.secret, account);
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

    fn know_person(&mut self, (party, name): &(PartyCode, PersonName), role: Role, token: Digest) {
        let account = Account {
            party: party.clone(),
            actor: Actor::Person(party.clone(), name.clone()),
            role,
        };
        self.by_secret.insert(token, account);
    }

    pub(super) fn add_client(&mut self, act: &AddClient) {
        let key = (act.party.clone(), act.name.clone());
        // A new password does not part a live account from its certificates.
        let old = self.clients.get(&key).filter(|client| client.live);
        let (certificates, only_by_certificate) = match old {
            Some(old) => {
                self.by_secret.remove(&old.secret);
                (old.certificates.clone(), old.only_by_certificate)
            }
            None => (Vec::new(), false),
        };
        self.by_secret.insert(act.secret, account_of(&key));
        let client = Client {
            secret: act.secret,
            live: true,
            certificates,
            only_by_certificate,
        };
        self.clients.insert(key, client);
    }

    pub(super) fn revoke_client(&mut self, party: &PartyCode, name: &ClientName) {
        if let Some(client) = self.clients.get_mut(&(party.clone(), name.clone())) {
            client.live = false;
            self.by_secret.remove(&client.secret);
            for certificate in client.certificates.drain(..) {
                self.by_certificate.remove(&certificate);
            }
        }
    }

    pub(super) fn bind(&mut self, act: &BindCertificate) {
        let key = (act.party.clone(), act.name.clone());
        let Some(client) = self.clients.get_mut(&key).filter(|client| client.live) else {
            return;
        };
        client.only_by_certificate = act.only;
        if !client.certificates.contains(&act.fingerprint) {
            client.certificates.push(act.fingerprint);
        }
        self.by_certificate
            .insert(act.fingerprint, account_of(&key));
    }

    pub(super) fn unbind(&mut self, act: &UnbindCertificate) {
        let key = (act.party.clone(), act.name.clone());
        let Some(client) = self.clients.get_mut(&key) else {
            return;
        };
        let before = client.certificates.len();
        client
            .certificates
            .retain(|bound| *bound != act.fingerprint);
        if client.certificates.len() < before {
            self.by_certificate.remove(&act.fingerprint);
        }
    }

    pub(super) fn by_certificate(&self, certificate: &Digest) -> Option<&Account> {
        self.by_certificate.get(certificate)
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

/// The client of that key, as whoever asks.
fn account_of((party, name): &(PartyCode, ClientName)) -> Account {
    Account {
        party: party.clone(),
        actor: Actor::Client(party.clone(), name.clone()),
        role: Role::Client,
    }
}
