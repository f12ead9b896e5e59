//! Aligned columns for people. Not for machines: they ask for JSON.

/// Lines of cells under a headline, each column as wide as its widest cell.
pub(crate) struct Table<const COLUMNS: usize> {
    rows: Vec<[String; COLUMNS]>,
}

impl<const COLUMNS: usize> Table<COLUMNS> {
    pub(crate) fn new(headline: [&str; COLUMNS]) -> Self {
        Self {
            rows: vec![headline.map(str::to_owned)],
        }
    }

    pub(crate) fn row(&mut self, row: [String; COLUMNS]) {
        self.rows.push(row);
    }

    /// The lines, or `nothing` when there are none under the headline.
    pub(crate) fn or(&self, nothing: &str) -> String {
        if self.rows.len() < 2 {
            return format!("{nothing}\n");
        }
        self.to_string()
    }
}

impl<const COLUMNS: usize> std::fmt::Display for Table<COLUMNS> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut widths = [0; COLUMNS];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        for row in &self.rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(widths) {
                line.push_str(&format!("{cell:width$}  "));
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Facts under one another: a name, then what it is.
pub(crate) fn facts(facts: &[(&str, &str)]) -> String {
    let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    facts
        .iter()
        .map(|(name, value)| format!("{name:width$}  {value}\n"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_they_must() {
        let mut table = Table::new(["CODE", "NAME"]);
        assert_eq!(table.or("no parties"), "no parties\n");
        table.row(["NATO".into(), "Alliance".into()]);
        table.row(["J".into(), "日本".into()]);
        assert_eq!(
            table.to_string(),
            "CODE  NAME\nNATO  Alliance\nJ     日本\n"
        );
    }

    #[test]
    fn facts_align() {
        assert_eq!(facts(&[("a", "1"), ("long", "2")]), "a     1\nlong  2\n");
    }
}
