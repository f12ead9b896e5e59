//! Acts about the liaison offices of the alliance. What follows from them is folded in
//! [`crate::affairs::liaison`].

use minicbor::{Decode, Encode};

use crate::affairs::liaison::{Ground, LiaisonStatus, Particulars};
use crate::id::{LiaisonId, PartyCode};
use crate::time::Day;

/// A liaison office of the alliance takes a step.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum LiaisonAct {
    /// An office is proposed.
    #[n(0)]
    Propose(#[n(0)] ProposeOffice),
    /// An office changes its status.
    #[n(1)]
    Move(#[n(0)] MoveOffice),
    /// What is said of an office changes, and its status does not.
    #[n(2)]
    Amend(#[n(0)] AmendOffice),
    /// Parties are told of an office that they would not see yet.
    #[n(3)]
    Tell(#[n(0)] TellOffice),
}

impl LiaisonAct {
    /// The office that it is about.
    pub fn id(&self) -> &LiaisonId {
        match self {
            Self::Propose(act) => &act.id,
            Self::Move(act) => &act.id,
            Self::Amend(act) => &act.id,
            Self::Tell(act) => &act.id,
        }
    }
}

/// An office is proposed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ProposeOffice {
    /// Its id, for good.
    #[n(0)]
    pub id: LiaisonId,
    /// In which city.
    #[n(1)]
    pub city: String,
    /// In whose country.
    #[n(2)]
    pub host: PartyCode,
    /// The rest of what is said of it.
    #[n(3)]
    pub particulars: Particulars,
    /// On which day.
    #[n(4)]
    pub on: Day,
    /// Why.
    #[n(5)]
    pub reason: String,
    /// What stands behind it.
    #[n(6)]
    pub ground: Option<Ground>,
}

/// An office changes its status.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MoveOffice {
    /// Which office.
    #[n(0)]
    pub id: LiaisonId,
    /// To which status.
    #[n(1)]
    pub to: LiaisonStatus,
    /// On which day.
    #[n(2)]
    pub on: Day,
    /// Why.
    #[n(3)]
    pub reason: String,
    /// What stands behind it.
    #[n(4)]
    pub ground: Ground,
}

/// What is said of an office changes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AmendOffice {
    /// Which office.
    #[n(0)]
    pub id: LiaisonId,
    /// All that is said of it from now on.
    #[n(1)]
    pub particulars: Particulars,
    /// On which day.
    #[n(2)]
    pub on: Day,
    /// Why.
    #[n(3)]
    pub reason: String,
    /// What stands behind it.
    #[n(4)]
    pub ground: Option<Ground>,
}

/// Parties are told of an office.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TellOffice {
    /// Which office.
    #[n(0)]
    pub id: LiaisonId,
    /// Who.
    #[n(1)]
    pub parties: Vec<PartyCode>,
    /// Why.
    #[n(2)]
    pub reason: String,
}
