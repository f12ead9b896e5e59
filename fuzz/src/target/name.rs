//! Every name, instant, level and date that is read from a text: what is accepted is written as it
//! was read, or reads back as the same.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use legation_core::id::{AgreementId, AreaName, ClientName, Kind, PartyCode, PersonName, RecordId};
use legation_core::label::Level;
use legation_core::party::{Audience, Status, Zone};
use legation_core::programme::GoalId;
use legation_core::time::Instant;
use legation_stix::id::ObjectId;
use legation_stix::timestamp::Timestamp;

pub(super) fn run(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let exact = [
        is_exact::<AgreementId>(text),
        is_exact::<AreaName>(text),
        is_exact::<Audience>(text),
        is_exact::<ClientName>(text),
        is_exact::<GoalId>(text),
        is_exact::<Kind>(text),
        is_exact::<Level>(text),
        is_exact::<ObjectId>(text),
        is_exact::<PartyCode>(text),
        is_exact::<PersonName>(text),
        is_exact::<RecordId>(text),
        is_exact::<Status>(text),
    ];
    let zone = text.parse::<Zone>().is_ok_and(|zone| zone.as_str() == text);
    let read = [reads_back::<Instant>(text), reads_back::<Timestamp>(text)];
    exact.contains(&true) || zone || read.contains(&true)
}

fn is_exact<T: FromStr + Display>(text: &str) -> bool {
    let Ok(value) = text.parse::<T>() else {
        return false;
    };
    assert_eq!(value.to_string(), text);
    true
}

fn reads_back<T: FromStr<Err: Debug> + Display + PartialEq + Debug>(text: &str) -> bool {
    let Ok(value) = text.parse::<T>() else {
        return false;
    };
    let again: T = value
        .to_string()
        .parse()
        .expect("what is written reads back");
    assert_eq!(again, value);
    true
}
