//! What the one who runs an office may set about its faces.

use legation_formats::taxii::PageSize;

/// The settings of the faces.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address under which others reach the office, `https://office.example`; none where it
    /// is known by its listening address only.
    pub public_url: Option<String>,
    /// The longest request body, in bytes.
    pub max_body: usize,
    /// The longest body of a filing through the API, in bytes: whole bundles come that way.
    pub max_filing: usize,
    /// The most objects that one filing may hold.
    pub max_objects: usize,
    /// The most objects that one page may hold, whatever its reader asks for.
    pub max_page: usize,
    /// How many objects a page holds when its reader asks for no number.
    pub default_page: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: None,
            // A filing of 10,000 objects of a kilobyte each.
            max_body: 10 * 1024 * 1024,
            // ATT&CK Enterprise as one bundle has 34 MB; room for it to grow threefold.
            max_filing: 128 * 1024 * 1024,
            max_objects: 100_000,
            max_page: 10_000,
            default_page: 1000,
        }
    }
}

impl Settings {
    pub(crate) fn page_size(&self) -> PageSize {
        PageSize {
            default: self.default_page,
            max: self.max_page,
        }
    }
}
