//! What a setting can lie in: each type of field takes values of its kind and shows what it holds.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::value::{Kind, Value};
use crate::mail::MailTls;
use crate::observe::{LogFormat, LogLevel};
use crate::secure::Clients;

/// A thing that a setting can lie in.
pub(super) trait Field {
    /// Takes a value; false if it is of another kind, or does not fit.
    fn put(&mut self, value: Value) -> bool;
    /// What it holds.
    fn show(&self, kind: Kind) -> Option<Value>;
}

impl Field for SocketAddr {
    fn put(&mut self, value: Value) -> bool {
        let Value::Address(address) = value else {
            return false;
        };
        *self = address;
        true
    }

    fn show(&self, _: Kind) -> Option<Value> {
        Some(Value::Address(*self))
    }
}

impl Field for PathBuf {
    fn put(&mut self, value: Value) -> bool {
        let Value::Path(path) = value else {
            return false;
        };
        *self = path;
        true
    }

    fn show(&self, _: Kind) -> Option<Value> {
        Some(Value::Path(self.clone()))
    }
}

impl Field for String {
    fn put(&mut self, value: Value) -> bool {
        let Value::Text(text) = value else {
            return false;
        };
        *self = text;
        true
    }

    fn show(&self, _: Kind) -> Option<Value> {
        Some(Value::Text(self.clone()))
    }
}

impl Field for usize {
    fn put(&mut self, value: Value) -> bool {
        let (Value::Number(amount) | Value::Bytes(amount)) = value else {
            return false;
        };
        Self::try_from(amount).map(|amount| *self = amount).is_ok()
    }

    fn show(&self, kind: Kind) -> Option<Value> {
        Some(match kind {
            Kind::Bytes(..) => Value::Bytes(*self as u64),
            _ => Value::Number(*self as u64),
        })
    }
}

impl Field for u64 {
    fn put(&mut self, value: Value) -> bool {
        let (Value::Number(amount) | Value::Bytes(amount)) = value else {
            return false;
        };
        *self = amount;
        true
    }

    fn show(&self, kind: Kind) -> Option<Value> {
        Some(match kind {
            Kind::Bytes(..) => Value::Bytes(*self),
            _ => Value::Number(*self),
        })
    }
}

impl Field for bool {
    fn put(&mut self, value: Value) -> bool {
        let Value::Switch(switch) = value else {
            return false;
        };
        *self = switch;
        true
    }

    fn show(&self, _: Kind) -> Option<Value> {
        Some(Value::Switch(*self))
    }
}

impl Field for Vec<IpAddr> {
    fn put(&mut self, value: Value) -> bool {
        let Value::Hosts(hosts) = value else {
            return false;
        };
        *self = hosts;
        true
    }

    fn show(&self, _: Kind) -> Option<Value> {
        Some(Value::Hosts(self.clone()))
    }
}

impl Field for Vec<String> {
    fn put(&mut self, value: Value) -> bool {
        let Value::Names(names) = value else {
            return false;
        };
        *self = names;
        true
    }

    fn show(&self, _: Kind) -> Option<Value> {
        Some(Value::Names(self.clone()))
    }
}

/// A field that is one of a few words.
macro_rules! word {
    ($type:ty) => {
        impl Field for $type {
            fn put(&mut self, value: Value) -> bool {
                let Value::Text(word) = value else {
                    return false;
                };
                word.parse().map(|known| *self = known).is_ok()
            }

            fn show(&self, _: Kind) -> Option<Value> {
                let known = Self::ALL.iter().find(|(_, one)| one == self);
                known.map(|(word, _)| Value::Text((*word).to_owned()))
            }
        }
    };
}

word!(LogLevel);
word!(LogFormat);
word!(Clients);
word!(MailTls);

impl Field for u32 {
    fn put(&mut self, value: Value) -> bool {
        let Value::Number(amount) = value else {
            return false;
        };
        Self::try_from(amount).map(|amount| *self = amount).is_ok()
    }

    fn show(&self, _: Kind) -> Option<Value> {
        Some(Value::Number(u64::from(*self)))
    }
}

impl Field for Duration {
    fn put(&mut self, value: Value) -> bool {
        let Value::Time(time) = value else {
            return false;
        };
        *self = time;
        true
    }

    fn show(&self, _: Kind) -> Option<Value> {
        Some(Value::Time(*self))
    }
}

impl<T: Field + Blank> Field for Option<T> {
    fn put(&mut self, value: Value) -> bool {
        let mut inner = T::blank();
        let taken = inner.put(value);
        if taken {
            *self = Some(inner);
        }
        taken
    }

    fn show(&self, kind: Kind) -> Option<Value> {
        self.as_ref().and_then(|inner| inner.show(kind))
    }
}

/// A field that can be made before it has its value.
trait Blank {
    fn blank() -> Self;
}

impl Blank for SocketAddr {
    fn blank() -> Self {
        super::LISTEN
    }
}

impl Blank for PathBuf {
    fn blank() -> Self {
        Self::new()
    }
}

impl Blank for String {
    fn blank() -> Self {
        Self::new()
    }
}

impl Blank for u32 {
    fn blank() -> Self {
        0
    }
}

impl Blank for Duration {
    fn blank() -> Self {
        Self::ZERO
    }
}
