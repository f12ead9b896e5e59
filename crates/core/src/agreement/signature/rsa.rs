//! Signs with RSA keys: PKCS #1 v1.5 with SHA-512 (RFC 8332, `rsa-sha2-512`).
//!
//! The key library would do it, but takes the first prime for both and so finds every key broken.
//! Without dice the secret exponent is not blinded, so this is for a person's own machine, not for
//! an oracle that signs on request; the office signs with Ed25519.

use ::rsa::pkcs1v15::SigningKey;
use ::rsa::signature::{SignatureEncoding as _, Signer as _};
use ::rsa::{BigUint, RsaPrivateKey};
use ssh_key::private::RsaKeypair;
use ssh_key::{Algorithm, Error, HashAlg, Signature, SshSig};

/// An SSH signature of `message` by that key.
pub(super) fn sign(pair: &RsaKeypair, namespace: &str, message: &[u8]) -> Result<SshSig, Error> {
    const HASH: HashAlg = HashAlg::Sha512;
    let key = RsaPrivateKey::from_components(
        BigUint::try_from(&pair.public.n)?,
        BigUint::try_from(&pair.public.e)?,
        BigUint::try_from(&pair.private.d)?,
        vec![
            BigUint::try_from(&pair.private.p)?,
            BigUint::try_from(&pair.private.q)?,
        ],
    )
    .map_err(|_| Error::Crypto)?;
    let signed = SshSig::signed_data(namespace, HASH, message)?;
    let bytes = SigningKey::<sha2::Sha512>::new(key)
        .try_sign(&signed)
        .map_err(|_| Error::Crypto)?
        .to_vec();
    let signature = Signature::new(Algorithm::Rsa { hash: Some(HASH) }, bytes)?;
    SshSig::new(pair.public.clone().into(), namespace, HASH, signature)
}
