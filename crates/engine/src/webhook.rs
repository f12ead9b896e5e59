//! Addresses to which notices are posted: who may add them, where they may lie, and the key with
//! which what is posted is signed.
//!
//! Whoever names an address has the office call it from inside its own network. So only the office's
//! people add one; it is `https`, or plain `http` on the office's own machine; and it may lead to
//! public addresses only, unless it was said that it lies in a network that is not. Names are looked
//! up and checked again by whoever posts, right before it connects.
//!
//! The key is made from the office's own key and random bytes in the journal, which holds no secret.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use legation_core::act::{Act, Actor, AddWebhook, NoticeAct, TestWebhook};
use legation_core::affairs::notice::Webhook;
use legation_core::id::{NoticeId, PartyCode, WebhookName};
use legation_core::state::State;
use zeroize::Zeroizing;

use crate::admit::{Caller, known, staff};
use crate::dice::roll;
use crate::error::{EngineError, Fault};
use crate::notice::no_webhook;
use crate::office::Office;
use crate::writer::{Company, Plan};

/// The longest address, which is more than any that people use.
const URL_MAX: usize = 2048;

/// An address to which something is to be posted, with what signs it.
#[derive(Clone)]
pub struct Target {
    /// The webhook.
    pub id: WebhookName,
    /// Where to.
    pub url: String,
    /// Whether it may lie in a network that is not public.
    pub private: bool,
    /// The key that signs what is posted.
    pub key: Zeroizing<[u8; 32]>,
    pub(crate) nonce: [u8; 16],
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A webhook to be added.
#[derive(Clone, Debug)]
pub struct NewWebhook {
    /// Its name; one of that name is replaced.
    pub id: WebhookName,
    /// Whose notices.
    pub party: PartyCode,
    /// Where to.
    pub url: String,
    /// Whether it may lie in a network that is not public.
    pub private: bool,
}

/// Whether an address is one of the public Internet (RFC 6890 and the registries that it founded):
/// not of a private or local network, a machine's own, shared, reserved, for documents or for many.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || address.is_broadcast()
        || a == 0
        || a >= 240
        // Shared by the customers of a carrier (RFC 6598), protocol assignments, benchmarks.
        || (a == 100 && (64..128).contains(&b))
        || (a, b, c) == (192, 0, 0)
        || (a, b, c) == (192, 88, 99)
        || (a == 198 && (b == 18 || b == 19));
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // An address of IPv4 in another dress is judged as what it is: mapped, and by NAT64 or 6to4.
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let parts = address.segments();
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inner(high, low),
        [0x2002, high, low, ..] => inner(high, low),
        // Only 2000::/3 is given out; of that, what is for protocols (2001::/23) and documents.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Whether a host is this machine, written as such: what a name leads to may change.
fn is_own_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The host of an address, if one may post there at all.
fn check(url: &str, private: bool) -> Result<(), EngineError> {
    let wrong = |text: &str| {
        let text = format!("nothing can be posted to that address: {text}");
        EngineError::new(Fault::Invalid, "notice.webhook-address", text).at("url")
    };
    let plain = url.bytes().all(|byte| byte.is_ascii_graphic()) && url.len() <= URL_MAX;
    if !plain || url.contains(['#', '\\', '"', '<', '>']) {
        return Err(wrong("write it in ASCII, without blanks and without `#`"));
    }
    let (scheme, rest) = url
        .split_once("://")
        .ok_or_else(|| wrong("write it like `https://soc.example/hook`"))?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(wrong("it may hold no user and no password"));
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if port.is_some_and(|port| !port.parse::<u16>().is_ok_and(|port| port > 0)) {
        return Err(wrong("its port is none"));
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let literal = bare.parse::<IpAddr>().ok();
    let named = |host: &str| {
        let part = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        host.split('.').all(part)
            // A last part of digits is an address in some spelling that resolvers read.
            && !host.rsplit('.').next().is_some_and(|last| {
                last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x")
            })
    };
    if literal.is_none() && !named(host) {
        return Err(wrong("its host is none"));
    }
    if is_own_machine(host) && matches!(scheme, "http" | "https") {
        return Ok(());
    }
    if scheme != "https" {
        return Err(wrong(
            "it must begin with `https://`; plain `http` is for this machine alone",
        ));
    }
    if literal.is_some_and(|address| !is_public(address)) && !private {
        return Err(wrong(
            "it lies in a network that is not public; say `--private` if that is meant",
        ));
    }
    Ok(())
}

/// Whether whoever posts may connect there, given what the name of the host was looked up as.
///
/// A public name that leads to this machine or into a private network is refused, whoever serves
/// that name now.
pub fn may_connect(target: &Target, address: IpAddr) -> bool {
    let rest = target.url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => host,
        _ => authority,
    };
    if is_own_machine(host) {
        return address.is_loopback();
    }
    is_public(address) || (target.private && !address.is_loopback() && !is_wide(address))
}

/// Whether an address is nobody's or everybody's.
fn is_wide(address: IpAddr) -> bool {
    let inner = match address {
        IpAddr::V6(six) => six.to_ipv4_mapped().map(IpAddr::V4),
        IpAddr::V4(_) => None,
    };
    let wide = |one: IpAddr| {
        one.is_unspecified()
            || one.is_multicast()
            || one.is_loopback()
            // Where clouds keep the secrets of their machines.
            || matches!(one, IpAddr::V4(four) if four.is_link_local() || four.is_broadcast())
    };
    wide(address) || inner.is_some_and(wide)
}

impl Office {
    /// Where a webhook posts to, with its key.
    pub(crate) fn target(&self, webhook: &Webhook) -> Target {
        let act = &webhook.act;
        Target {
            id: act.id.clone(),
            url: act.url.clone(),
            private: act.private,
            key: self.webhook_key(act),
            nonce: act.nonce,
        }
    }

    fn webhook_key(&self, act: &AddWebhook) -> Zeroizing<[u8; 32]> {
        let nonce: String = act.nonce.iter().map(|byte| format!("{byte:02x}")).collect();
        Zeroizing::new(self.derive(&format!("webhook {} {nonce}", act.id)))
    }

    /// Adds a webhook, or replaces the one of that name; answers with the key that signs what is
    /// posted.
    ///
    /// # Errors
    /// When the caller may not, the party is unknown, or nothing can be posted to that address.
    pub async fn add_webhook(
        &self,
        caller: &Caller,
        new: NewWebhook,
    ) -> Result<Zeroizing<[u8; 32]>, EngineError> {
        staff(caller)?;
        check(&new.url, new.private)?;
        let act = AddWebhook {
            id: new.id,
            party: new.party,
            url: new.url,
            nonce: roll::<16>(self.dice.as_ref())?,
            private: new.private,
        };
        let key = self.webhook_key(&act);
        self.act(caller, move |fold| {
            known(fold.state(), &act.party)?;
            Ok(Act::Notice(NoticeAct::AddWebhook(act)))
        })
        .await?;
        Ok(key)
    }

    /// The key that signs what a webhook is posted, for whoever has lost it.
    ///
    /// # Errors
    /// When the caller may not, or there is no such webhook.
    pub fn webhook_secret(
        &self,
        caller: &Caller,
        id: &WebhookName,
    ) -> Result<Zeroizing<[u8; 32]>, EngineError> {
        staff(caller)?;
        let fold = self.look()?;
        let webhook = fold.state().affairs().notices.webhook(id);
        let webhook = webhook.ok_or_else(|| no_webhook(id))?;
        Ok(self.webhook_key(&webhook.act))
    }

    /// Posts nothing to a webhook any more: the office's people, or the party whose it is.
    ///
    /// # Errors
    /// When there is none of that name that is the caller's.
    pub async fn remove_webhook(
        &self,
        caller: &Caller,
        id: WebhookName,
    ) -> Result<(), EngineError> {
        let (all, party) = (staff(caller).is_ok(), caller.party.clone());
        self.act(caller, move |fold| {
            let webhook = fold.state().affairs().notices.webhook(&id);
            match webhook {
                Some(one) if all || one.act.party == party => {
                    Ok(Act::Notice(NoticeAct::RemoveWebhook(id)))
                }
                _ if all => Err(no_webhook(&id)),
                _ => Err(EngineError::not_found()),
            }
        })
        .await?;
        Ok(())
    }

    /// Tries a webhook again that was stopped.
    ///
    /// # Errors
    /// When the caller may not, or there is no such webhook.
    pub async fn resume_webhook(
        &self,
        caller: &Caller,
        id: WebhookName,
    ) -> Result<(), EngineError> {
        staff(caller)?;
        self.act(caller, move |fold| {
            let webhook = fold.state().affairs().notices.webhook(&id);
            webhook.ok_or_else(|| no_webhook(&id))?;
            Ok(Act::Notice(NoticeAct::ResumeWebhook(id)))
        })
        .await?;
        Ok(())
    }

    /// Has a notice without content posted to a webhook; answers with its id.
    ///
    /// # Errors
    /// When the caller may not, or there is no such webhook.
    pub async fn test_webhook(
        &self,
        caller: &Caller,
        id: WebhookName,
    ) -> Result<NoticeId, EngineError> {
        staff(caller)?;
        let notice = NoticeId::from_bytes(roll::<16>(self.dice.as_ref())?);
        self.act(caller, move |fold| {
            let webhook = fold.state().affairs().notices.webhook(&id);
            webhook.ok_or_else(|| no_webhook(&id))?;
            Ok(Act::Notice(NoticeAct::TestWebhook(TestWebhook {
                id,
                notice,
            })))
        })
        .await?;
        Ok(notice)
    }

    /// Has the office itself write an act, if there is one to write.
    pub(crate) async fn duty(
        &self,
        plan: impl FnOnce(&State) -> Option<Act> + Send + 'static,
    ) -> Result<(), EngineError> {
        let job = self
            .desk
            .submit(&Actor::Office, Company::Alone, move |fold, _| {
                let plan = Plan {
                    acts: plan(fold.state()).into_iter().collect(),
                    ..Plan::default()
                };
                Ok((plan, ()))
            });
        job.await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_called_is_taken() {
        for url in [
            "https://soc.example/hook",
            "https://soc.example:8443/hook?x=1",
            "https://8.8.8.8/",
            "https://[2606:4700::1111]/x",
            "http://127.0.0.1:9000/x",
            "http://[::1]:9000/x",
            "http://localhost:9000/",
        ] {
            assert_eq!(check(url, false), Ok(()), "{url}");
        }
        for url in [
            "http://soc.example/hook",
            "ftp://127.0.0.1/",
            "https://",
            "https:///x",
            "https://user:pass@soc.example/",
            "https://soc.example:0/",
            "https://soc.example:x/",
            "https://soc example/",
            "https://soc.example/#x",
            "https://soc..example/",
            "https://10.0.0.1/",
            "https://192.168.1.1:8443/",
            "https://169.254.169.254/latest/meta-data",
            "https://[fd00::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::a00:1]/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://127.1/",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "soc.example",
        ] {
            assert_eq!(
                check(url, false).unwrap_err().code,
                "notice.webhook-address",
                "{url}"
            );
        }
        assert_eq!(check("https://10.0.0.1/", true), Ok(()));
    }

    #[test]
    fn a_name_that_leads_inside_is_not_connected_to() {
        let target = |url: &str, private| Target {
            id: "soc".parse().unwrap(),
            url: url.to_owned(),
            private,
            key: Zeroizing::new([0; 32]),
            nonce: [0; 16],
        };
        let at = |text: &str| text.parse::<IpAddr>().unwrap();
        let name = target("https://soc.example/hook", false);
        assert!(may_connect(&name, at("93.184.215.14")));
        for inside in [
            "127.0.0.1",
            "::1",
            "10.1.2.3",
            "169.254.169.254",
            "fe80::1",
            "::ffff:127.0.0.1",
        ] {
            assert!(!may_connect(&name, at(inside)), "{inside}");
        }
        let inner = target("https://soc.internal/hook", true);
        assert!(may_connect(&inner, at("10.1.2.3")) && may_connect(&inner, at("fd00::1")));
        for never in [
            "127.0.0.1",
            "::1",
            "169.254.169.254",
            "0.0.0.0",
            "224.0.0.1",
            "::ffff:127.0.0.1",
        ] {
            assert!(!may_connect(&inner, at(never)), "{never}");
        }
        let own = target("http://127.0.0.1:9000/hook", false);
        assert!(may_connect(&own, at("127.0.0.1")) && !may_connect(&own, at("10.0.0.1")));
    }
}
