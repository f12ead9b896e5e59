//! The office at work: every use case, one file per verb, on one writer, one gate and one fold.
//!
//! [`Office`] is the door. Acts go through its single writer to the journal and are acknowledged
//! when they are durable; reads see the fold. Faces (TAXII, the API, the command line) call what is
//! here with typed values and send nothing but what the gate cleared. No HTTP is known here.

mod activity;
mod admit;
mod agree;
mod audit;
mod backup;
mod calendar;
mod clock;
mod collection;
mod consultation;
mod decision;
mod derive;
mod dice;
mod error;
mod export;
mod file;
mod find;
mod found;
mod gauge;
mod identity;
mod imprint;
mod index;
mod key;
mod liaison;
mod log;
mod misp;
mod notice;
mod office;
mod press;
mod programme;
mod proof;
mod pulse;
mod read;
mod recall;
mod rehearse;
mod roster;
mod sheaf;
mod snapshot;
mod statement;
mod sweep;
mod verify;
mod webhook;
mod window;
mod withdraw;
mod writer;

pub use activity::{ActivityChange, ActivityDeadline, ActivityDraft, Nominating};
pub use admit::{Caller, Credential, NewParty, Secret};
pub use agree::{Standing, Tabled, check_redactions};
pub use audit::{EntryProof, Received, Who, Why};
pub use backup::{BackedUp, backup, restore};
pub use calendar::{
    FEED_NAME_MAX, FEEDS_MAX, Invited, NewFeed, ReplyOutcome, written as write_event,
};
pub use clock::SystemClock;
pub use collection::Collection;
pub use consultation::{
    AskedFor, ConsultationView, DocumentView, HolidayRow, HolidaySource, MeetingPlan, MeetingTime,
    MeetingView, MeetingWarning, SpeechDraft, Task,
};
pub use decision::{
    AdoptionProof, AmendedDecision, DecisionInside, DecisionPosition, DecisionRow, DecisionView,
    NewDecision, NewPermit, NewPosition, ProvenAdoption, verify_adoption,
};
pub use dice::{Dice, SystemDice};
pub use error::{EngineError, Fault};
pub use export::{Exported, export};
pub use file::{Envelope, Filed, Shape, Submission, Warning};
pub use find::{
    FOUND_MAX, Found, FoundRecord, Matched, Matches, Related, Relation, Released, Sighted,
    Suppressed, SuppressedFor, SuppressedValue,
};
pub use found::{Created, Founding};
pub use gauge::{APPEND_BOUNDS_MICROS, Gauges};
pub use identity::{CLAIMS_MAX, Claimed, Identity};
pub use legation_stix::validate;
pub use legation_stix::value::{Held, Value};
pub use liaison::{Amendments, Because, LiaisonStep, LiaisonView, NewLiaison};
pub use log::LogTile;
pub use misp::{FEED_RECORDS, FeedDraft, FeedFile, FeedRelease};
pub use notice::{Looked, Owed, OwedDigest, Round};
pub use office::{Office, OfficeSettings, Parts};
pub use press::{
    ArticleView, FiledArticle, NewArticle, Settling, SharedText, StoryArticle, StoryView,
    WhichProposals,
};
pub use programme::{GoalReport, Shown};
pub use proof::{Proven, verify_proof};
pub use read::{Guard, Object, Reading};
pub use recall::{RecallNotice, RecallPage, RecallQuery, RecalledRecord};
pub use rehearse::Rehearsed;
pub use roster::{About, Inside, ListedClient};
pub use sheaf::Sheaf;
pub use snapshot::write as write_snapshot;
pub use statement::{
    NewStatement, PointView, StatementChanges, StatementInside, StatementPage, StatementQuery,
    StatementView, SubjectRow, SubjectView,
};
pub use verify::{Findings, verify};
pub use webhook::{NewWebhook, Target, is_public, may_connect};
pub use window::WindowSettings;
pub use withdraw::Withdrawn;
pub use writer::Committed;
