//! An office in memory that a test runs by hand, act by act: for small histories that one can read.
//!
//! Only the fold stands behind it: no journal, no keys, no engine.

use legation_core::act::{
    Act, ResumeAgreement, SuspendAgreement, TableAgreement, TerminateAgreement, Withdraw,
};
use legation_core::agreement::document::Document;
use legation_core::id::{AreaName, RecordNumber};
use legation_core::party::Status;
use legation_core::record::Head;
use legation_core::time::Instant;
use legation_core::view::{Fold, Page, Query, Versions};

use crate::history::{History, add_party, code};
use crate::oracle::Oracle;
use crate::poller::receipt;
use crate::world::{Draft, filing, house, sign, signers};

/// An office run by hand. Its clock stands still until it is moved.
#[derive(Clone, Debug)]
pub struct Stage {
    /// What happened.
    pub history: History,
    /// What holds.
    pub fold: Fold,
    /// What time it is.
    pub now: Instant,
}

impl Stage {
    /// An office with those parties, whose house rules let the agreements decide.
    pub fn open(parties: &[(&str, Status)]) -> Self {
        let now = Instant::from_micros(1_700_000_000_000_000);
        let history = History::open(now, house::OPEN);
        let mut stage = Self {
            fold: history.fold(),
            history,
            now,
        };
        for (party, status) in parties {
            stage.act(add_party(party, *status));
        }
        stage
    }

    /// Something happens now.
    pub fn act(&mut self, act: Act) {
        let entry = self.history.push(self.now, act);
        self.fold.apply(entry).unwrap();
    }

    /// Time passes.
    pub fn wait(&mut self, micros: i64) {
        self.now = self.now.plus_micros(micros);
        self.fold.advance(self.now);
    }

    /// An agreement is tabled, and signed by all its sides.
    pub fn agree(&mut self, draft: &Draft) {
        let document = Document::parse(draft.render().as_bytes()).unwrap();
        let signers: Vec<String> = signers(self.fold.state(), &document)
            .iter()
            .map(|party| party.code.to_string())
            .collect();
        let signers: Vec<&str> = signers.iter().map(String::as_str).collect();
        self.agree_with(draft, &signers);
    }

    /// An agreement is tabled, and signed by those.
    pub fn agree_with(&mut self, draft: &Draft, signers: &[&str]) {
        let file = draft.render().into_bytes();
        let document = Document::parse(&file).unwrap();
        self.act(Act::TableAgreement(TableAgreement { file }));
        for party in signers {
            self.act(sign(document.id.clone(), document.version, code(party)));
        }
    }

    /// An agreement is suspended.
    pub fn suspend(&mut self, id: &str) {
        self.act(Act::SuspendAgreement(SuspendAgreement {
            id: id.parse().unwrap(),
            reason: "talks".into(),
        }));
    }

    /// A suspension is lifted.
    pub fn resume(&mut self, id: &str) {
        self.act(Act::ResumeAgreement(ResumeAgreement {
            id: id.parse().unwrap(),
            reason: "talks went well".into(),
        }));
    }

    /// An agreement is given notice, so many microseconds from now.
    pub fn terminate(&mut self, id: &str, notice: i64) {
        self.act(Act::TerminateAgreement(TerminateAgreement {
            id: id.parse().unwrap(),
            effective: self.now.plus_micros(notice),
            reason: "notice".into(),
        }));
    }

    /// A party files; the numbers of the records.
    pub fn file(&mut self, originator: &str, area: &str, heads: Vec<Head>) -> Vec<RecordNumber> {
        let first = self.fold.state().record_count();
        let number = self.fold.state().next().0;
        self.act(filing::file(number, area, originator, heads));
        (first..self.fold.state().record_count())
            .map(RecordNumber)
            .collect()
    }

    /// Records are withdrawn.
    pub fn withdraw(&mut self, records: &[RecordNumber]) {
        self.act(Act::Withdraw(Withdraw {
            records: records.to_vec(),
            reason: "wrong".into(),
        }));
    }

    /// A page of a party's view.
    pub fn page(&self, party: &str, area: &str, query: &Query) -> Page {
        self.fold.page(&code(party), &self::area(area), query)
    }

    /// Somebody reads that page: its receipt is written.
    pub fn receive(&mut self, party: &str, area: &str, page: &Page) {
        if let Some(act) = receipt(&self.fold, &code(party), &self::area(area), page) {
            self.act(act);
        }
    }

    /// What is shown to a party, by number.
    pub fn shown(&self, party: &str, area: &str) -> Vec<u32> {
        let shown = self.fold.shown(&code(party), &self::area(area));
        shown.iter().map(|record| record.0).collect()
    }

    /// What the oracle says is shown.
    pub fn expected(&self, party: &str, area: &str) -> Vec<u32> {
        let judgement = Oracle::of(self.history.entries()).judge(self.now);
        let index = judgement
            .parties()
            .iter()
            .position(|one| one.as_str() == party);
        let shown = judgement.shown(index.unwrap(), &self::area(area));
        shown.iter().map(|record| record.0).collect()
    }
}

/// An area by its name.
pub fn area(name: &str) -> AreaName {
    name.parse().unwrap()
}

/// The numbers of the records of a page, in its order.
pub fn numbers(page: &Page) -> Vec<u32> {
    page.items.iter().map(|item| item.record.get().0).collect()
}

/// A query for the newest versions, so many at a time.
pub fn newest(limit: usize) -> Query {
    Query {
        after: None,
        until: None,
        ids: None,
        kinds: None,
        versions: Versions::default(),
        limit,
    }
}
