//! What holds of every list of faults in a file that people wrote.

use legation_core::agreement::fault::Faults;

/// Each fault has a code of that family and stands within the file, in the order of the file.
pub(super) fn judge(faults: &Faults, family: &str, file: &[u8]) {
    assert!(faults.count() > 0, "refused without a fault");
    let text = String::from_utf8_lossy(file);
    let lines: Vec<&str> = text.split('\n').collect();
    let mut before = (0, 0);
    for fault in faults {
        assert!(
            fault.code.starts_with(family),
            "code of another family: {fault}"
        );
        assert!(!fault.text.is_empty());
        let line = (fault.line as usize)
            .checked_sub(1)
            .and_then(|at| lines.get(at));
        let line = line.unwrap_or_else(|| panic!("a line that is not there: {fault}"));
        // One past the end is where something is missing.
        let columns = line.chars().count() + 1;
        assert!(
            (1..=columns).contains(&(fault.column as usize)),
            "a column that is not there: {fault}"
        );
        assert!(before <= (fault.line, fault.column), "out of order");
        before = (fault.line, fault.column);
    }
}
