//! Acts about texts put to the members, and what became of them. What follows from them is folded in [`crate::affairs::decision`].

use minicbor::{Decode, Encode};

use crate::affairs::decision::{Expiry, Permit};
use crate::id::{DecisionId, Digest, EntryNumber, PartyCode};
use crate::time::Instant;

/// A text is put to the members, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum DecisionAct {
    /// A text is put on the table.
    #[n(0)]
    Table(#[n(0)] TableDecision),
    /// A party says where it stands.
    #[n(1)]
    Say(#[n(0)] SayPosition),
    /// A party wanted to say something when it was too late: kept, without effect.
    #[n(2)]
    Late(#[n(0)] SayPosition),
    /// The chair records what the meeting came to.
    #[n(3)]
    Conclude(#[n(0)] ConcludeDecision),
    /// The chair takes the text off the table.
    #[n(4)]
    Withdraw(#[n(0)] WithdrawDecision),
    /// The chair gives more time.
    #[n(5)]
    Extend(#[n(0)] ExtendDecision),
    /// The office certifies that the text has been adopted.
    #[n(6)]
    Certify(#[n(0)] CertifyDecision),
}

impl DecisionAct {
    /// Which decision it is about.
    pub fn id(&self) -> &DecisionId {
        match self {
            Self::Table(act) => &act.id,
            Self::Say(act) | Self::Late(act) => &act.id,
            Self::Conclude(act) => &act.id,
            Self::Withdraw(act) => &act.id,
            Self::Extend(act) => &act.id,
            Self::Certify(act) => &act.id,
        }
    }
}

/// How consensus is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
#[expect(
    clippy::exhaustive_enums,
    reason = "each procedure has an outcome of its own"
)]
pub enum Procedure {
    /// Whoever is asked and says nothing by the expiry agrees.
    #[n(0)]
    Silence,
    /// Whoever is asked has to assent in writing by the expiry.
    #[n(1)]
    Written,
    /// The chair records the consensus of a meeting, by the expiry.
    #[n(2)]
    Meeting,
}

impl Procedure {
    /// The procedure as written in commands.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Silence => "silence",
            Self::Written => "written",
            Self::Meeting => "meeting",
        }
    }
}

/// What a party says of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
#[expect(
    clippy::exhaustive_enums,
    reason = "each voice has an effect of its own"
)]
pub enum Voice {
    /// It agrees.
    #[n(0)]
    Assent,
    /// It objects: there is no consensus.
    #[n(1)]
    Objection,
    /// It wants another text, which it hands in: there is no consensus on this one.
    #[n(2)]
    Amendment,
    /// It does not stand in the way and is not bound by a part; attached to the text for good.
    #[n(3)]
    Reservation,
    /// It says how it understands the text; attached to the text for good.
    #[n(4)]
    Interpretation,
}

impl Voice {
    /// Every voice.
    pub const ALL: [Self; 5] = [
        Self::Assent,
        Self::Objection,
        Self::Amendment,
        Self::Reservation,
        Self::Interpretation,
    ];

    /// The voice as written in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assent => "assent",
            Self::Objection => "objection",
            Self::Amendment => "amendment",
            Self::Reservation => "reservation",
            Self::Interpretation => "interpretation",
        }
    }

    /// Whether there is no consensus once a party has said this.
    pub fn breaks(self) -> bool {
        matches!(self, Self::Objection | Self::Amendment)
    }
}

/// A text is put on the table.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TableDecision {
    /// Its id.
    #[n(0)]
    pub id: DecisionId,
    /// What it is about.
    #[n(1)]
    pub title: String,
    /// The text, byte for byte; UTF-8.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub text: Vec<u8>,
    /// How consensus is found.
    #[n(3)]
    pub procedure: Procedure,
    /// By when.
    #[n(4)]
    pub expiry: Expiry,
    /// Who is asked, in the order of the codes.
    #[n(5)]
    pub asked: Vec<PartyCode>,
    /// Who else learns of the text once it is adopted, in the order of the codes.
    #[n(6)]
    pub told: Vec<PartyCode>,
    /// What the adoption permits.
    #[n(7)]
    pub permits: Permit,
    /// Why there is less time than the house rules ask for.
    #[n(8)]
    pub urgent: Option<String>,
    /// The decision on whose text this is an amended one.
    #[n(9)]
    pub predecessor: Option<DecisionId>,
}

/// A party says where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SayPosition {
    /// On which decision.
    #[n(0)]
    pub id: DecisionId,
    /// Which party; the actor is another when the office enters what it received in writing.
    #[n(1)]
    pub party: PartyCode,
    /// What it says.
    #[n(2)]
    pub voice: Voice,
    /// In its words; for an amendment, the text that it wants.
    #[n(3)]
    pub text: Option<String>,
}

/// The chair records what the meeting came to.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ConcludeDecision {
    /// On which decision.
    #[n(0)]
    pub id: DecisionId,
    /// Whether there was consensus.
    #[n(1)]
    pub adopted: bool,
    /// What the chair notes about it.
    #[n(2)]
    pub note: Option<String>,
}

/// The chair takes the text off the table.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct WithdrawDecision {
    /// Which decision.
    #[n(0)]
    pub id: DecisionId,
    /// Why.
    #[n(1)]
    pub reason: String,
}

/// The chair gives more time.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ExtendDecision {
    /// Which decision.
    #[n(0)]
    pub id: DecisionId,
    /// Until when.
    #[n(1)]
    pub expiry: Expiry,
    /// Why.
    #[n(2)]
    pub reason: String,
}

/// The office certifies that a text has been adopted.
///
/// It changes nothing: the text was adopted by then. It holds no position and nobody but the office,
/// so that whoever may know of the adoption may be handed the entry and the proof that the log
/// holds it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CertifyDecision {
    /// Which decision.
    #[n(0)]
    pub id: DecisionId,
    /// What it is about.
    #[n(1)]
    pub title: String,
    /// SHA-256 of the text.
    #[n(2)]
    pub digest: Digest,
    /// How consensus was found.
    #[n(3)]
    pub procedure: Procedure,
    /// The entry that put the text on the table.
    #[n(4)]
    pub entry: EntryNumber,
    /// When that was.
    #[n(5)]
    pub tabled: Instant,
    /// By when it was to be decided in the end, after any extension.
    #[n(6)]
    pub expiry: Expiry,
    /// Since when the text is adopted.
    #[n(7)]
    pub adopted: Instant,
}
