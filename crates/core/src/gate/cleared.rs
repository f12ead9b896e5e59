//! The proof, as a type, that the gate said yes.

/// Something that the gate has cleared for one party at one instant.
///
/// Only the gate makes one, out of a record number; all that one can do with it is load what the
/// number names. A face that accepts nothing but `Cleared` values can therefore send nothing that
/// was not cleared:
///
/// ```compile_fail
/// use legation_core::gate::Cleared;
/// // There is no way in but the gate: the field is private and there is no constructor.
/// let forged = Cleared(42);
/// ```
///
/// ```compile_fail
/// use legation_core::{gate::Cleared, id::RecordNumber};
/// fn send(_: Cleared<RecordNumber>) {}
/// send(RecordNumber(42));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cleared<T>(T);

impl<T> Cleared<T> {
    /// Mints a proof; for the gate alone.
    pub(super) fn mint(what: T) -> Self {
        Self(what)
    }

    /// What was cleared.
    pub fn get(&self) -> &T {
        &self.0
    }

    /// What was cleared, its proof spent.
    pub fn into_inner(self) -> T {
        self.0
    }

    /// Loads what the cleared number names: the proof passes on to it.
    pub fn load<U>(self, load: impl FnOnce(T) -> U) -> Cleared<U> {
        Cleared(load(self.0))
    }
}

impl<T> Cleared<T> {
    /// The proof of several things that were each cleared.
    pub fn all(cleared: impl IntoIterator<Item = Self>) -> Cleared<Vec<T>> {
        Cleared(cleared.into_iter().map(Self::into_inner).collect())
    }
}

impl<T> Cleared<Option<T>> {
    /// The proof of what is there, if it is.
    pub fn transpose(self) -> Option<Cleared<T>> {
        self.0.map(Cleared)
    }
}
