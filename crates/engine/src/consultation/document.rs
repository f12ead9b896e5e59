//! The documents of a consultation: records that are put before its participants, and taken away.
//!
//! Who is shown which of them is decided when they are read.

use legation_core::act::{AddDocument, ConsultationAct, RemoveDocument};
use legation_core::affairs::consultation::{ConsultationError, Document};
use legation_core::id::{ConsultationId, RecordId};
use legation_core::time::Instant;

use crate::admit::{Caller, staff};
use crate::error::{EngineError, Fault};
use crate::find::glance::Eyes;
use crate::office::Office;

impl Office {
    /// Puts a record before the participants: the newest version that the caller is shown, or the one
    /// that it names. Each of them sees it only as long as it is released to it.
    ///
    /// # Errors
    /// When the caller may not know of the consultation or of the record, or it is not open.
    pub async fn add_document(
        &self,
        caller: &Caller,
        id: ConsultationId,
        record: String,
        version: Option<Instant>,
        note: Option<String>,
    ) -> Result<(), EngineError> {
        let (record, version) = self.shown_record(caller, &record, version)?;
        let party = caller.party.clone();
        self.consult(caller, &id.clone(), move |_, one| {
            let there = |held: &Document| held.record == record && held.version == version;
            if one.documents.iter().any(there) {
                // It may be there already from somebody whose documents the caller is not shown;
                // for the caller, who is shown the record, it is.
                let text = "that document is there already";
                return Err(EngineError::new(
                    Fault::Conflict,
                    "consultation.document-there",
                    text,
                ));
            }
            let add = AddDocument {
                id,
                party,
                record,
                version,
                note,
            };
            Ok((ConsultationAct::AddDocument(add), ()))
        })
        .await
    }

    /// Takes a document away: by whoever put it there, or by the office.
    ///
    /// # Errors
    /// When the caller may not know of the consultation or of the record, or did not put it there.
    pub async fn remove_document(
        &self,
        caller: &Caller,
        id: ConsultationId,
        record: String,
        version: Option<Instant>,
    ) -> Result<(), EngineError> {
        let (record, version) = self.shown_record(caller, &record, version)?;
        let (party, is_staff) = (caller.party.clone(), staff(caller).is_ok());
        self.consult(caller, &id.clone(), move |_, one| {
            let mut documents = one.documents.iter();
            let found = documents.find(|one| one.record == record && one.version == version);
            let found = found.ok_or(ConsultationError::NoDocument)?;
            if !is_staff && found.party != party {
                let text = "whoever put a document there takes it away, or the office";
                return Err(EngineError::forbidden(text));
            }
            let remove = RemoveDocument {
                id,
                record,
                version,
            };
            Ok((ConsultationAct::RemoveDocument(remove), ()))
        })
        .await
    }

    /// The record that the caller is shown under an id, as it was filed: of that version, or else
    /// the newest one.
    fn shown_record(
        &self,
        caller: &Caller,
        id: &str,
        version: Option<Instant>,
    ) -> Result<(RecordId, Option<Instant>), EngineError> {
        let eyes = Eyes::of(self, caller)?;
        let fold = self.look()?;
        let state = fold.state();
        let known = fold.known_records(&caller.party, id).into_iter();
        let shown = known.filter(|&record| {
            let same = version.is_none() || state.record_version(record) == version;
            same && eyes.glimpse(&fold, record).is_some()
        });
        let newest = shown.max_by_key(|&record| state.record_version(record));
        let newest = newest.ok_or_else(EngineError::not_found)?;
        let id = state.record_id(newest).to_string().parse();
        let id = id.map_err(|error| EngineError::internal("engine.broken", error))?;
        Ok((id, state.record_version(newest)))
    }
}
