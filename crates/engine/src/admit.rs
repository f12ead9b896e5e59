//! Admitting parties, keys, clients and persons; and knowing who asks.

use std::fmt;

use legation_core::act::{
    Act, Actor, AddClient, AddKey, AddParty, AddPerson, BindCertificate, RevokeClient, RevokeKey,
    Role, SetHouse, SignIn, UnbindCertificate,
};
use legation_core::agreement::signature::parse_public_key;
use legation_core::house::HouseRules;
use legation_core::id::{ClientName, Digest, PartyCode, PersonName};
use legation_core::party::{Key, Status, Zone};
use legation_core::state::{Account, Client, State};
use legation_core::view::Fold;
use zeroize::Zeroizing;

use crate::dice::{Dice, roll};
use crate::error::{EngineError, Fault};
use crate::office::Office;
use crate::writer::{Committed, Company, Plan};

/// Whoever asks: an account whose secret was right.
pub type Caller = Account;

/// What whoever asks has shown, without the secret itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credential {
    /// SHA-256 of the password or token.
    pub secret: Option<Digest>,
    /// SHA-256 of the TLS certificate of the connection.
    pub certificate: Option<Digest>,
}

/// 256 random bits as base64url, shown once and kept only as a digest.
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub(crate) fn roll(dice: &dyn Dice) -> Result<Self, EngineError> {
        let bytes = Zeroizing::new(roll::<32>(dice)?);
        const DIGITS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut text = Zeroizing::new(String::with_capacity(43));
        for chunk in bytes.chunks(3) {
            let group = chunk
                .iter()
                .enumerate()
                .fold(0_u32, |group, (place, byte)| {
                    group | u32::from(*byte) << (16 - 8 * place)
                });
            for place in 0..=chunk.len() {
                let digit = (group >> (18 - 6 * place)) & 63;
                text.extend(DIGITS.get(digit as usize).map(|digit| *digit as char));
            }
        }
        Ok(Self(text))
    }

    /// The secret itself, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A party to be admitted.
#[derive(Clone, Debug)]
pub struct NewParty {
    /// Its code.
    pub code: PartyCode,
    /// Its name.
    pub name: String,
    /// Its standing.
    pub status: Status,
    /// Its zone.
    pub zone: Zone,
    /// Its first public key, one OpenSSH line.
    pub key: Option<String>,
}

/// Refuses whoever does not work at the office.
pub(crate) fn staff(caller: &Caller) -> Result<(), EngineError> {
    match caller.role {
        Role::Chief | Role::Officer => Ok(()),
        Role::Delegate | Role::Client => Err(EngineError::forbidden(
            "only the office's chief and officers may do this",
        )),
    }
}

fn conflict(code: &'static str, text: String) -> EngineError {
    EngineError::new(Fault::Conflict, code, text)
}

pub(crate) fn known(state: &State, party: &PartyCode) -> Result<(), EngineError> {
    match state.find_party(party) {
        Some(_) => Ok(()),
        None => Err(EngineError::new(
            Fault::NotFound,
            "party.unknown",
            format!("no party `{party}` is known; see `legation party list`"),
        )),
    }
}

fn read_key(line: &str) -> Result<(String, String), EngineError> {
    let key = parse_public_key(line)?;
    Ok((key.line, key.fingerprint))
}

impl Office {
    /// The account that a secret belongs to, if it may come in by that alone.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn authenticate(&self, secret: &str) -> Result<Option<Caller>, EngineError> {
        self.authenticate_with(secret, None)
    }

    /// The account that a secret belongs to, if it may come in on a connection whose other end has
    /// that certificate. Most accounts may in any case.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn authenticate_with(
        &self,
        secret: &str,
        certificate: Option<&Digest>,
    ) -> Result<Option<Caller>, EngineError> {
        self.admits(&Credential {
            secret: Some(Digest::of(secret.as_bytes())),
            certificate: certificate.copied(),
        })
    }

    /// The account that may come in with that.
    pub(crate) fn admits(&self, credential: &Credential) -> Result<Option<Caller>, EngineError> {
        let certificate = credential.certificate.as_ref();
        let Some(digest) = &credential.secret else {
            return match certificate {
                Some(certificate) => self.authenticate_certificate(certificate),
                None => Ok(None),
            };
        };
        let fold = self.look()?;
        let state = fold.state();
        let account = state.account(digest);
        let may = |account: &&Caller| match &account.actor {
            Actor::Client(party, name) => state.client(party, name).is_some_and(|client| {
                !client.only_by_certificate
                    || certificate.is_some_and(|shown| client.certificates.contains(shown))
            }),
            Actor::Person(..) | Actor::Office => true,
        };
        Ok(account.filter(may).cloned())
    }

    /// The account that a TLS certificate is bound to, known by its SHA-256. That its bearer has
    /// the key was proved before.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn authenticate_certificate(
        &self,
        certificate: &Digest,
    ) -> Result<Option<Caller>, EngineError> {
        let fold = self.look()?;
        Ok(fold.state().account_by_certificate(certificate).cloned())
    }

    pub(crate) async fn act(
        &self,
        caller: &Caller,
        plan: impl FnOnce(&Fold) -> Result<Act, EngineError> + Send + 'static,
    ) -> Result<Committed, EngineError> {
        let acts = move |fold: &Fold| plan(fold).map(|act| vec![act]);
        self.acts(caller, acts).await
    }

    pub(crate) async fn acts(
        &self,
        caller: &Caller,
        plan: impl FnOnce(&Fold) -> Result<Vec<Act>, EngineError> + Send + 'static,
    ) -> Result<Committed, EngineError> {
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                Ok((
                    Plan {
                        acts: plan(fold)?,
                        ..Plan::default()
                    },
                    (),
                ))
            });
        Ok(job.await?.0)
    }

    /// Admits a party.
    ///
    /// # Errors
    /// When the caller may not, the code is taken, or the key cannot be read.
    pub async fn add_party(
        &self,
        caller: &Caller,
        new: NewParty,
    ) -> Result<Committed, EngineError> {
        staff(caller)?;
        if new.status == Status::Host {
            return Err(conflict(
                "party.one-host",
                "an office has one host only".into(),
            ));
        }
        let key = new.key.as_deref().map(read_key).transpose()?;
        self.acts(caller, move |fold| {
            if fold.state().find_party(&new.code).is_some() {
                let text = format!("a party `{}` is known already", new.code);
                return Err(conflict("party.exists", text));
            }
            let party = new.code.clone();
            let mut acts = vec![Act::AddParty(AddParty {
                code: new.code,
                name: new.name,
                status: new.status,
                zone: new.zone,
            })];
            if let Some((line, fingerprint)) = key {
                free_key(fold.state(), &fingerprint)?;
                acts.push(Act::AddKey(AddKey {
                    party,
                    line,
                    fingerprint,
                }));
            }
            Ok(acts)
        })
        .await
    }

    /// Registers a key of a party; answers with its fingerprint.
    ///
    /// # Errors
    /// When the caller may not, the party is unknown, or the key is unreadable or registered already.
    pub async fn add_key(
        &self,
        caller: &Caller,
        party: PartyCode,
        line: &str,
    ) -> Result<String, EngineError> {
        staff(caller)?;
        let (line, fingerprint) = read_key(line)?;
        let print = fingerprint.clone();
        self.act(caller, move |fold| {
            known(fold.state(), &party)?;
            free_key(fold.state(), &fingerprint)?;
            Ok(Act::AddKey(AddKey {
                party,
                line,
                fingerprint,
            }))
        })
        .await?;
        Ok(print)
    }

    /// Revokes a key of a party.
    ///
    /// # Errors
    /// When the caller may not, or no such key is live.
    pub async fn revoke_key(
        &self,
        caller: &Caller,
        party: PartyCode,
        fingerprint: String,
    ) -> Result<Committed, EngineError> {
        staff(caller)?;
        let now = self.now()?;
        self.act(caller, move |fold| {
            known(fold.state(), &party)?;
            let live = |key: &Key| key.fingerprint == fingerprint && key.is_live(now);
            if !fold
                .state()
                .find_party(&party)
                .is_some_and(|party| party.keys.iter().any(live))
            {
                let text = format!("`{party}` has no live key `{fingerprint}`");
                return Err(EngineError::new(Fault::NotFound, "party.unknown-key", text));
            }
            Ok(Act::RevokeKey(RevokeKey { party, fingerprint }))
        })
        .await
    }

    /// Makes a client account, or gives an existing one a new password.
    ///
    /// # Errors
    /// When the caller may not or the party is unknown.
    pub async fn add_client(
        &self,
        caller: &Caller,
        party: PartyCode,
        name: ClientName,
    ) -> Result<Secret, EngineError> {
        staff(caller)?;
        let password = Secret::roll(self.dice.as_ref())?;
        let secret = password.digest();
        self.act(caller, move |fold| {
            known(fold.state(), &party)?;
            Ok(Act::AddClient(AddClient {
                party,
                name,
                secret,
            }))
        })
        .await?;
        Ok(password)
    }

    /// Ends a client account.
    ///
    /// # Errors
    /// When the caller may not or there is no such account.
    pub async fn revoke_client(
        &self,
        caller: &Caller,
        party: PartyCode,
        name: ClientName,
    ) -> Result<Committed, EngineError> {
        staff(caller)?;
        self.act(caller, move |fold| {
            live(fold.state(), &party, &name)?;
            Ok(Act::RevokeClient(RevokeClient { party, name }))
        })
        .await
    }

    /// Binds a TLS certificate to a client account: whoever has its key comes in without a
    /// password, and with `only` nobody comes in as that client without it.
    ///
    /// # Errors
    /// When the caller may not, there is no such account, or the certificate is another's.
    pub async fn bind_certificate(
        &self,
        caller: &Caller,
        party: PartyCode,
        name: ClientName,
        fingerprint: Digest,
        only: bool,
    ) -> Result<Committed, EngineError> {
        staff(caller)?;
        self.act(caller, move |fold| {
            live(fold.state(), &party, &name)?;
            let actor = Actor::Client(party.clone(), name.clone());
            let holder = fold.state().account_by_certificate(&fingerprint);
            if let Some(holder) = holder.filter(|holder| holder.actor != actor) {
                let text = format!("that certificate is bound to `{}` already", holder.actor);
                return Err(conflict("party.certificate-bound", text));
            }
            Ok(Act::BindCertificate(BindCertificate {
                party,
                name,
                fingerprint,
                only,
            }))
        })
        .await
    }

    /// Takes a certificate away from a client account.
    ///
    /// # Errors
    /// When the caller may not, or there is no such account or no such certificate of it.
    pub async fn unbind_certificate(
        &self,
        caller: &Caller,
        party: PartyCode,
        name: ClientName,
        fingerprint: Digest,
    ) -> Result<Committed, EngineError> {
        staff(caller)?;
        self.act(caller, move |fold| {
            let client = live(fold.state(), &party, &name)?;
            if !client.certificates.contains(&fingerprint) {
                let text = format!("that certificate is not bound to `{party}/{name}`");
                let code = "party.unknown-certificate";
                return Err(EngineError::new(Fault::NotFound, code, text));
            }
            Ok(Act::UnbindCertificate(UnbindCertificate {
                party,
                name,
                fingerprint,
            }))
        })
        .await
    }

    /// Makes a person account; answers with the secret of a one-time sign-in link.
    ///
    /// # Errors
    /// When the caller may not, the party is unknown, or the role is not one of its own.
    pub async fn add_person(
        &self,
        caller: &Caller,
        party: PartyCode,
        name: PersonName,
        role: Role,
    ) -> Result<Secret, EngineError> {
        staff(caller)?;
        let link = Secret::roll(self.dice.as_ref())?;
        let digest = link.digest();
        self.act(caller, move |fold| {
            known(fold.state(), &party)?;
            let host = fold.state().host().code == party;
            if host != matches!(role, Role::Chief | Role::Officer) || role == Role::Client {
                let text = "chief and officer are roles of the host, delegate of any other party";
                return Err(EngineError::new(Fault::Invalid, "party.role", text));
            }
            let link = Some(digest);
            Ok(Act::AddPerson(AddPerson {
                party,
                name,
                role,
                link,
                token: None,
            }))
        })
        .await?;
        Ok(link)
    }

    /// Trades a one-time link for a token.
    ///
    /// # Errors
    /// When the link is not one, or was used.
    pub async fn sign_in(&self, link: &str) -> Result<(Caller, Secret), EngineError> {
        let link = Digest::of(link.as_bytes());
        let token = Secret::roll(self.dice.as_ref())?;
        let digest = token.digest();
        let job = self
            .desk
            .submit(&Actor::Office, Company::Alone, move |fold, _| {
                let Some((party, name)) = fold.state().link(&link).cloned() else {
                    return Err(EngineError::not_found());
                };
                let act = Act::SignIn(SignIn {
                    party,
                    name,
                    token: digest,
                });
                Ok((
                    Plan {
                        acts: vec![act],
                        ..Plan::default()
                    },
                    (),
                ))
            });
        job.await?;
        let caller = self.look()?.state().account(&digest).cloned();
        Ok((caller.ok_or_else(EngineError::not_found)?, token))
    }

    /// Sets the house rules.
    ///
    /// # Errors
    /// When the caller may not, or the rules are at fault.
    pub async fn set_house(&self, caller: &Caller, text: String) -> Result<Committed, EngineError> {
        staff(caller)?;
        let rules = HouseRules::parse(text.as_bytes())?;
        self.act(caller, move |fold| {
            rules.check(&|code| fold.state().find_party(code).map(|party| party.status))?;
            Ok(Act::SetHouse(SetHouse { text }))
        })
        .await
    }
}

/// The live account of that name.
fn live<'a>(
    state: &'a State,
    party: &PartyCode,
    name: &ClientName,
) -> Result<&'a Client, EngineError> {
    let client = state.client(party, name).filter(|client| client.live);
    client.ok_or_else(|| {
        let text = format!("`{party}` has no client `{name}`");
        EngineError::new(Fault::NotFound, "party.unknown-client", text)
    })
}

/// Refuses a key that somebody registered before: a signature must name one signer.
fn free_key(state: &State, fingerprint: &str) -> Result<(), EngineError> {
    let holder = state
        .parties()
        .find(|party| party.keys.iter().any(|key| key.fingerprint == fingerprint));
    match holder {
        None => Ok(()),
        Some(party) => {
            let text = format!(
                "the key {fingerprint} was registered for `{}` before",
                party.code
            );
            Err(conflict("party.key-exists", text))
        }
    }
}
