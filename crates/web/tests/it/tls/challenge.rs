//! What a CA sees that comes to look (TLS-ALPN-01, RFC 8737), and what everybody else sees meanwhile.

use std::io::Read as _;
use std::sync::Arc;

use legation_core::id::Digest;
use legation_web::{Certificates, Challenges};
use rustls::ClientConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::paper::Desk;
use super::{Line, venue_with};
use crate::taxii::venue::Venue;

/// The certificate that is shown to whoever offers these protocols, and whether the connection is
/// over then; none where the handshake comes to nothing.
fn seen(venue: &Venue, desk: &Desk, protocols: &[&[u8]]) -> Option<(Digest, bool)> {
    let mut config = ClientConfig::clone(&desk.client(None));
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    let mut line = Line::open(venue, &Arc::new(config));
    while line.0.conn.is_handshaking() {
        line.0.conn.complete_io(&mut line.0.sock).ok()?;
    }
    let agreed = line.0.conn.alpn_protocol().map(<[u8]>::to_vec);
    let shown = line.certificate();
    let is_over =
        agreed.as_deref() == Some(b"acme-tls/1") && { matches!(line.0.read(&mut [0; 1]), Ok(0)) };
    Some((shown, is_over))
}

#[test]
fn a_ca_is_shown_its_proof_and_everybody_else_the_certificate() {
    let Some(desk) = Desk::set() else { return };
    desk.issue("proof");
    let der = |name: &str| CertificateDer::from_pem_file(desk.path(name)).unwrap();
    let key = PrivateKeyDer::from_pem_file(desk.path("proof.key")).unwrap();
    let (office, proof) = (der("office.pem"), der("proof.pem"));
    let (certificate, shown) = (Digest::of(&office), Digest::of(&proof));
    let challenges = Challenges::default();
    // Whoever has no certificate is shut out; a CA has none.
    let (venue, _) = venue_with(&desk, Certificates::Required, false, challenges.clone());
    let (acme, http): (&[u8], &[u8]) = (b"acme-tls/1", b"http/1.1");
    assert_eq!(seen(&venue, &desk, &[acme]), None);
    let hold = |name: &str| {
        let held = challenges.hold(name, proof.to_vec(), key.secret_der().to_vec());
        held.unwrap();
    };
    // For another name it is not shown.
    hold("office.example");
    assert_eq!(seen(&venue, &desk, &[acme]), None);
    hold("LocalHost");
    assert_eq!(seen(&venue, &desk, &[acme]), Some((shown, true)));
    assert_eq!(seen(&venue, &desk, &[http]), Some((certificate, false)));
    // A question is asked with one protocol, not beside others (RFC 8737 section 3).
    assert_eq!(
        seen(&venue, &desk, &[acme, http]),
        Some((certificate, false))
    );
    challenges.forget();
    assert_eq!(seen(&venue, &desk, &[acme]), None);
    assert_eq!(seen(&venue, &desk, &[http]), Some((certificate, false)));
    assert!(
        challenges
            .hold("localhost", Vec::new(), Vec::new())
            .is_err()
    );
}
