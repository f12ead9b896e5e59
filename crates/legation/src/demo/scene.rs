//! The scenes: what each party sees and why, an amendment, a suspension, a proof.
//!
//! Every figure printed here is asked of the running office.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use legation_core::gate::Verdict;
use legation_core::id::{AreaName, PartyCode, RecordNumber};
use legation_core::party::Status;
use legation_core::view::Fold;

use crate::demo::cast::AMENDMENT;
use crate::demo::paging::{Fetched, Pager};
use crate::demo::stage::Stage;

pub(super) fn heading(text: &str) {
    println!("\n== {text}");
}

/// Who is there.
pub(super) fn introduce(stage: &Stage) {
    println!(
        "A sample office: NATO in Tokyo, its members and four partners. Names are sample data from\n\
         public reporting; nobody named here has anything to do with this program."
    );
    heading("Filed");
    let line: Vec<String> = stage
        .filed
        .iter()
        .map(|(party, count)| format!("{party} {count}"))
        .collect();
    println!(
        "{} records: {}",
        stage.filed.values().sum::<usize>(),
        line.join(", ")
    );
}

/// What each party sees, and why they differ.
pub(super) fn compare(stage: &Stage) -> Result<()> {
    heading("What each party sees now, of the records of others");
    let areas: [AreaName; 2] = ["cyber".parse()?, "space".parse()?];
    stage.office.with(|fold| {
        for area in &areas {
            println!(
                "{:<6} {:>6} {:>9}   most frequent reasons for withholding",
                area, "sees", "withheld"
            );
            for party in fold
                .state()
                .parties()
                .filter(|party| party.status != Status::Host)
            {
                let (sees, reasons) = tally(fold, &party.code, area);
                let withheld: usize = reasons.values().sum();
                println!(
                    "{:<6} {sees:>6} {withheld:>9}   {}",
                    party.code,
                    top(&reasons)
                );
            }
        }
    })?;
    heading("The same records through different agreements");
    stage.office.with(|fold| {
        for record in telling(fold) {
            let state = fold.state();
            let label = state.record_label(record);
            let from = label.map_or("", |label| label.originator.as_str());
            println!("{} of {from}", state.record_id(record));
            for party in state
                .parties()
                .filter(|party| party.status == Status::Partner)
            {
                if let Some(verdict) = fold.explain(&party.code, record) {
                    let sign = if verdict.is_release() {
                        "released"
                    } else {
                        "withheld"
                    };
                    println!("  {:<4} {sign}: {verdict}", party.code);
                }
            }
        }
    })?;
    Ok(())
}

/// What a party sees of the living records of others in an area, and why it does not see the rest.
fn tally(
    fold: &Fold,
    party: &PartyCode,
    area: &AreaName,
) -> (usize, BTreeMap<&'static str, usize>) {
    let state = fold.state();
    let mut sees = 0;
    let mut reasons = BTreeMap::new();
    for record in (0..state.record_count()).map(RecordNumber) {
        let foreign = state
            .record_label(record)
            .is_some_and(|label| label.area == *area && label.originator != *party);
        if !foreign {
            continue;
        }
        match fold.explain(party, record) {
            Some(Verdict::Release(_)) => sees += 1,
            Some(Verdict::Withhold(reason)) => *reasons.entry(reason.code).or_default() += 1,
            None => {}
        }
    }
    (sees, reasons)
}

fn top(reasons: &BTreeMap<&'static str, usize>) -> String {
    let mut sorted: Vec<_> = reasons.iter().collect();
    sorted.sort_by_key(|(code, count)| (std::cmp::Reverse(**count), **code));
    let top: Vec<String> = sorted
        .iter()
        .take(3)
        .map(|(code, count)| format!("{code} {count}"))
        .collect();
    top.join(", ")
}

/// The kinds whose fate says most to a reader.
const TELLING: [&str; 4] = ["indicator", "intrusion-set", "malware", "report"];

/// A few records that the partners do not all get, for as many different reasons as there are.
fn telling(fold: &Fold) -> Vec<RecordNumber> {
    let state = fold.state();
    let mut met = std::collections::BTreeSet::new();
    let mut telling = Vec::new();
    for record in (0..state.record_count()).map(RecordNumber) {
        let verdicts: Vec<Verdict> = state
            .parties()
            .filter(|party| party.status == Status::Partner)
            .filter_map(|party| fold.explain(&party.code, record))
            .collect();
        let kind = state
            .record_label(record)
            .map(|label| label.kind.to_string());
        if !kind.is_some_and(|kind| TELLING.contains(&kind.as_str())) {
            continue;
        }
        let released = verdicts
            .iter()
            .filter(|verdict| verdict.is_release())
            .count();
        if released == 0 || released == verdicts.len() {
            continue;
        }
        let fresh = verdicts.iter().any(|verdict| match verdict {
            Verdict::Withhold(reason) => met.insert(reason.code),
            Verdict::Release(_) => false,
        });
        if fresh {
            telling.push(record);
        }
    }
    telling.truncate(5);
    telling
}

/// The amendment: rehearsed, signed, in force.
pub(super) async fn amend(stage: &mut Stage) -> Result<()> {
    heading("An amendment, rehearsed: nato-jpn version 2");
    let rehearsed = stage.office.rehearse(&stage.chief, AMENDMENT.as_bytes())?;
    for change in &rehearsed.changes {
        println!(
            "{:<4} {:<6} gains {:>4}, loses {:>4}",
            change.party, change.area, change.gains, change.loses
        );
        for sample in change.samples.iter().take(2) {
            let sign = if sample.gain { '+' } else { '-' };
            println!("       {sign} {}: {}", sample.id, sample.because);
        }
    }
    let before = counts(stage)?;
    let tabled = stage.amend().await?;
    println!(
        "... and in force: both sides signed {} version {}.",
        tabled.id, tabled.version
    );
    let after = counts(stage)?;
    let mut moved = 0;
    for (key, now) in &after {
        let then = before.get(key).copied().unwrap_or_default();
        if *now != then {
            println!("{:<4} {:<6} sees {then} -> {now}", key.0, key.1);
            moved += 1;
        }
        let foretold = rehearsed
            .changes
            .iter()
            .find(|change| (&change.party, &change.area) == (&key.0, &key.1))
            .map_or(0, |change| {
                i128::from(change.gains) - i128::from(change.loses)
            });
        if i128::from(*now) - i128::from(then) != foretold {
            bail!(
                "the rehearsal foretold {foretold} for {} in {}",
                key.0,
                key.1
            );
        }
    }
    println!("{moved} views moved, each by what the rehearsal had said.");
    let filed = stage.file_after_amendment().await?;
    println!("JPN now gives on space: {filed} records filed.");
    Ok(())
}

fn counts(stage: &Stage) -> Result<BTreeMap<(PartyCode, AreaName), u64>> {
    Ok(stage.office.with(|fold| {
        let state = fold.state();
        let mut counts = BTreeMap::new();
        for party in state.parties().filter(|party| party.status != Status::Host) {
            for area in state.areas() {
                let count = fold.count(&party.code, &area);
                counts.insert((party.code.clone(), area), count);
            }
        }
        counts
    })?)
}

/// A suspension that bites in the middle of a partner's paging.
pub(super) async fn suspend(stage: &Stage, url: &str) -> Result<()> {
    heading("A suspension in the middle of AUS's paging (TAXII 2.1, over HTTP)");
    let player = stage.player("AUS")?;
    let own = stage.filed.get("AUS").copied().unwrap_or_default();
    let id = "nato-aus".parse::<legation_core::id::AgreementId>()?;
    let first = fetch(stage, url, None).await?;
    tell("page 1", &first);
    let next = first.next.context("the first page is the only one")?;
    stage
        .office
        .suspend(&stage.chief, id.clone(), "sample".into())
        .await?;
    println!("        the host suspends nato-aus");
    let rest = fetch(stage, url, Some(next.clone())).await?;
    tell("page 2", &rest);
    println!(
        "        (AUS still reads back what it filed itself: {own} records, every version counted)"
    );
    let left = stage.office.with(|fold| {
        let areas = fold.state().areas();
        areas
            .iter()
            .map(|area| tally(fold, &player.code, area).0)
            .sum::<usize>()
    })?;
    println!("        of others AUS now sees {left}");
    stage
        .office
        .resume(&stage.chief, id, "sample".into())
        .await?;
    println!("        the host lifts the suspension");
    tell("page 2", &fetch(stage, url, Some(next)).await?);
    Ok(())
}

async fn fetch(stage: &Stage, url: &str, next: Option<String>) -> Result<Fetched> {
    let url = url.to_owned();
    let player = stage.player("AUS")?;
    // The client blocks, and the server needs its thread.
    tokio::task::block_in_place(|| {
        Pager {
            url: &url,
            player,
            area: "cyber",
            limit: 40,
        }
        .fetch(next.as_deref())
    })
}

fn tell(page: &str, fetched: &Fetched) {
    let more = if fetched.next.is_some() {
        ", more follows"
    } else {
        ""
    };
    println!(
        "{page}: {} with {} objects{more}",
        fetched.status, fetched.objects
    );
}

/// The receipts of what just went out, and the log's proof of one.
pub(super) fn prove(stage: &Stage) -> Result<()> {
    heading("The receipts");
    let aus = &stage.player("AUS")?.code;
    let record = stage.office.with(|fold| {
        let state = fold.state();
        let last = fold.releases(aus).pop()?;
        let mut released = fold.released_under(aus, &last).into_iter();
        let foreign = released.find(|&record| {
            let label = state.record_label(record);
            label.is_some_and(|label| label.originator != *aus)
        })?;
        Some(state.record_id(foreign).to_string())
    })?;
    let record = record.context("AUS received nothing")?;
    let who = stage.office.who(&stage.chief, &record)?;
    println!("{record} was received by");
    for one in &who.received {
        let under = one.agreement.as_ref().map_or_else(
            || "as its own".to_owned(),
            |(agreement, version)| format!("under {agreement} v{version}"),
        );
        println!(
            "  {} at {} {under}, receipt {}",
            one.party, one.at, one.receipt
        );
    }
    let receipt = who.received.last().context("no receipt")?.receipt;
    let proof = stage.office.proof(&stage.player("AUS")?.caller, receipt)?;
    let log_key = stage.office.log_key()?;
    let size = legation_engine::verify_proof(&proof, &log_key)?.size;
    println!(
        "Receipt {receipt} is in the log of {size} entries: inclusion and signature verify with"
    );
    println!("  {log_key}");
    Ok(())
}

/// How to connect.
pub(super) fn invite(stage: &Stage, url: &str, dir: &Path) {
    heading("Serving; end with Ctrl-C");
    println!("office {url}, data in {}", dir.display());
    for player in stage
        .players
        .iter()
        .filter(|player| is_partner(stage, player.code.as_str()))
    {
        println!(
            "  {:<4} user {}/desk  password {}",
            player.code, player.code, player.password
        );
    }
    let Ok(jpn) = stage.player("JPN") else { return };
    println!(
        "\ncurl -u JPN/desk:{} -H 'Accept: application/taxii+json;version=2.1' {url}/taxii2/",
        jpn.password
    );
    println!("\npython: from taxii2client.v21 import Server");
    println!(
        "        Server('{url}/taxii2/', user='JPN/desk', password='{}').default.collections",
        jpn.password
    );
    println!("\nlegation why KOR RECORD-ID --dir {}", dir.display());
}

fn is_partner(stage: &Stage, code: &str) -> bool {
    let status = stage.office.with(|fold| {
        fold.state()
            .parties()
            .find(|party| party.code.as_str() == code)
            .map(|party| party.status)
    });
    matches!(status, Ok(Some(Status::Partner)))
}
