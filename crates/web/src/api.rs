//! The JSON API, under `/api/v1`: one file per resource, one table of all operations.
//!
//! The router and the OpenAPI document are made from the same table, so neither can have a path
//! that the other lacks. Handlers extract, call the engine and shape the answer; what is asked and
//! answered has types of its own here, so that the domain can change without the wire.

mod activity;
mod agreement;
mod audit;
mod calendar;
mod consultation;
mod decision;
mod feed;
mod find;
mod house;
mod identity;
mod liaison;
mod notice;
mod office;
mod openapi;
mod party;
mod programme;
mod recall;
mod record;
mod request;
mod sign_in;
mod statement;

pub use notice::notice_json;

use crate::api::openapi::{Operation, Path};
use crate::route::Route;

/// The routes of the API, their paths relative to `/api/v1`.
pub(crate) fn routes() -> Vec<Route> {
    table().into_iter().map(Path::into_route).collect()
}

/// Every path with its operations.
fn table() -> Vec<Path> {
    let areas = [
        decision::paths(),
        liaison::paths(),
        consultation::paths(),
        programme::paths(),
        activity::paths(),
        calendar::paths(),
        statement::paths(),
        notice::paths(),
    ];
    let mut table = exchange();
    table.extend(areas.into_iter().flatten());
    table
}

/// The paths of what the parties exchange, and of the office itself.
#[rustfmt::skip]
fn exchange() -> Vec<Path> {
    vec![
        Path::at("/office")
            .get(office::show, Operation::new("showOffice", "What the office says of itself")
                .gives("Office")),
        Path::at("/parties")
            .get(party::list, Operation::new("listParties", "All parties, the host first")
                .staff().gives("Parties"))
            .post(party::add, Operation::new("addParty", "Admits a party")
                .staff().takes("NewParty").creates("Party").refuses(&[409, 422])),
        Path::at("/parties/{code}/keys")
            .get(party::keys, Operation::new("listKeys", "The keys of a party, revoked ones too")
                .gives("Keys").refuses(&[403, 404]))
            .post(party::add_key, Operation::new("addKey", "Registers a public key of a party")
                .staff().takes("NewKey").creates("Key").refuses(&[404, 409, 422])),
        Path::at("/parties/{code}/keys/revoke")
            .post(party::revoke_key, Operation::new("revokeKey", "Revokes a key: it signs nothing from now on")
                .staff().takes("KeyRevocation").gives("RevokedKey").refuses(&[404, 422])),
        Path::at("/parties/{code}/identities")
            .get(identity::list, Operation::new("listIdentities", "The STIX identities for which a party speaks, or asks to")
                .gives("Identities").refuses(&[403, 404]))
            .post(identity::add, Operation::new("registerIdentity", "Grants a party that it speaks for an identity; asked for by the party itself, it waits for the office")
                .takes("WhichIdentity").creates("Identity").refuses(&[404, 409, 422])),
        Path::at("/parties/{code}/identities/remove")
            .post(identity::remove, Operation::new("removeIdentity", "Ends that a party speaks for an identity, or asks to")
                .takes("WhichIdentity").gives("RemovedIdentity").refuses(&[404, 422])),
        Path::at("/claims")
            .get(identity::claims, Operation::new("listClaims", "Records that are shown in no view because their objects are somebody else's: all for the office, else the caller's own")
                .gives("Claims")),
        Path::at("/parties/{code}/clients")
            .get(party::clients, Operation::new("listClients", "The machine accounts of a party")
                .gives("Clients").refuses(&[403, 404]))
            .post(party::add_client, Operation::new("addClient", "Makes a machine account, or gives one a new password; the password is shown this once")
                .staff().takes("NewClient").creates("Client").refuses(&[404, 422])),
        Path::at("/parties/{code}/clients/revoke")
            .post(party::revoke_client, Operation::new("revokeClient", "Ends a machine account")
                .staff().takes("ClientRevocation").gives("RevokedClient").refuses(&[404, 422])),
        Path::at("/parties/{code}/clients/bind")
            .post(party::bind_certificate, Operation::new("bindCertificate", "Lets a machine account in by a TLS certificate, without a password or, if wanted, in no other way")
                .staff().takes("NewCertificate").creates("Certificate").refuses(&[404, 409, 422])),
        Path::at("/parties/{code}/clients/unbind")
            .post(party::unbind_certificate, Operation::new("unbindCertificate", "Takes a TLS certificate away from a machine account")
                .staff().takes("CertificateRevocation").gives("UnboundCertificate").refuses(&[404, 422])),
        Path::at("/parties/{code}/persons")
            .post(party::add_person, Operation::new("addPerson", "Makes a human account, or gives one a new sign-in link; the link is shown this once")
                .staff().takes("NewPerson").creates("Person").refuses(&[404, 422])),
        Path::at("/parties/{code}/feed")
            .post(feed::export, Operation::new("exportFeed", "The files of a party's MISP feed of an area, as of now; a release to that party, with its receipt")
                .staff().takes("FeedOf").gives("Feed").refuses(&[404, 422])),
        Path::at("/sign-in").guess()
            .post(sign_in::sign_in, Operation::new("signIn", "Trades a one-time link for a token")
                .takes("Link").gives("SignedIn").refuses(&[404, 422])),
        Path::at("/house")
            .get(house::show, Operation::new("showHouse", "The house rules in force")
                .staff().gives_text("text/plain"))
            .put(house::set, Operation::new("setHouse", "Puts house rules in force")
                .staff().takes_text("text/plain").gives("HouseSet").refuses(&[422])),
        Path::at("/agreements")
            .get(agreement::list, Operation::new("listAgreements", "The agreements that the caller may know of")
                .gives("Agreements"))
            .post(agreement::table, Operation::new("tableAgreement", "Puts a version on the table")
                .staff().takes_text("text/markdown").creates("Tabled").refuses(&[409, 422])),
        Path::at("/agreements/check")
            .post(agreement::check, Operation::new("checkAgreement", "Checks a file as tabling it would")
                .staff().takes_text("text/markdown").gives("Checked").refuses(&[409, 422])),
        Path::at("/agreements/rehearse")
            .post(agreement::rehearse, Operation::new("rehearseAgreement", "What would change for whom if the file came into force")
                .staff().takes_text("text/markdown").gives("Rehearsed").refuses(&[409, 422])),
        Path::at("/agreements/{id}")
            .get(agreement::show, Operation::new("showAgreement", "One agreement; the version in force, or else the newest, when none is named")
                .query(&["version"]).gives("Agreement").refuses(&[404])),
        Path::at("/agreements/{id}/file")
            .get(agreement::file, Operation::new("showAgreementFile", "The file of a version, byte for byte as it is signed")
                .query(&["version"]).gives_text("text/markdown").refuses(&[404])),
        Path::at("/agreements/{id}/signatures")
            .post(agreement::sign, Operation::new("signAgreement", "Hands in a signature: the party's own, or any by the office")
                .takes("NewSignature").gives("Agreement").refuses(&[404, 409, 422])),
        Path::at("/agreements/{id}/suspend")
            .post(agreement::suspend, Operation::new("suspendAgreement", "Stops both directions, at once")
                .staff().takes("Reason").gives("Agreement").refuses(&[404, 409, 422])),
        Path::at("/agreements/{id}/resume")
            .post(agreement::resume, Operation::new("resumeAgreement", "Lifts a suspension")
                .staff().takes("Reason").gives("Agreement").refuses(&[404, 409, 422])),
        Path::at("/agreements/{id}/terminate")
            .post(agreement::terminate, Operation::new("terminateAgreement", "Gives notice, with effect from an instant or from now")
                .staff().takes("Notice").gives("Agreement").refuses(&[404, 409, 422])),
        Path::at("/areas/{area}/records")
            .post(record::file, Operation::new("fileRecords", "Files the objects of a STIX bundle or a TAXII envelope, or MISP events, for the caller's party")
                .takes("Filing").gives("Filed").refuses(&[404, 413, 422])),
        Path::at("/why")
            .get(audit::why, Operation::new("why", "The verdict on a record for a party, and its clause; for anybody but the office about itself only")
                .query(&["party", "record"]).gives("Why").refuses(&[404])),
        Path::at("/who")
            .get(audit::who, Operation::new("who", "Who has received a record, when and under what, and who could")
                .staff().query(&["record"]).gives("Who").refuses(&[404])),
        Path::at("/find")
            .get(find::find, Operation::new("findRecords", "The records that hold a value, in what the caller may read; naming them is a release")
                .query(&["value", "added_after", "limit"]).gives("Found").refuses(&[422])),
        Path::at("/records/{object}/related")
            .get(find::related, Operation::new("relatedRecords", "What shares a value with a record, and its sightings, in what the caller may read")
                .query(&["limit"]).gives("Related").refuses(&[404])),
        Path::at("/records/{object}/matches")
            .get(find::matches, Operation::new("matchRecords", "The observed-data that an indicator matches, or the indicators that match an observed-data, in what the caller may read")
                .query(&["limit"]).gives("Matches").refuses(&[404, 409])),
        Path::at("/values/suppressed")
            .get(find::suppressed, Operation::new("listSuppressedValues", "The values that relate no records, because too many hold them")
                .staff().gives("SuppressedValues")),
        Path::at("/withdraw")
            .post(record::withdraw, Operation::new("withdrawRecord", "Withdraws a version of a record, or all: the caller's own, or any by the office")
                .takes("Ending").gives("Withdrawn").refuses(&[404, 422])),
        Path::at("/erase")
            .post(record::erase, Operation::new("eraseRecord", "Erases the bytes of a record; its entries stay")
                .staff().takes("Ending").gives("Erased").refuses(&[404, 422])),
        Path::at("/recalls")
            .get(recall::list, Operation::new("listRecalls", "The recall notices of the caller's party, oldest first; those of all parties for the office")
                .query(&["overdue", "after", "limit"]).gives("Recalls").refuses(&[404])),
        Path::at("/recalls/{notice}")
            .get(recall::show, Operation::new("showRecall", "One recall notice of the caller's party; any for the office")
                .gives("RecallNotice").refuses(&[404])),
        Path::at("/recalls/{notice}/acknowledge")
            .post(recall::acknowledge, Operation::new("acknowledgeRecall", "Acknowledges a recall notice for the caller's party, once and for all")
                .gives("RecallNotice").refuses(&[403, 404])),
        Path::at("/entries")
            .get(audit::entries, Operation::new("listEntries", "The entries of the journal that concern the caller; all for the office")
                .query(&["from", "limit"]).gives("Entries")),
        Path::at("/entries/{n}/proof")
            .get(audit::proof, Operation::new("proveEntry", "An entry that concerns the caller, with the proof that the log holds it")
                .gives("Proof").refuses(&[404])),
        Path::at("/openapi.json").open()
            .get(openapi::show, Operation::new("showApi", "This document")
                .gives("Document")),
    ]
}
