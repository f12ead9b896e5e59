//! The tree of a calendar: components with their properties (RFC 5545 section 3.6).
//!
//! Not here: which property a component must have.

use crate::ical::DEPTH_MAX;
use crate::ical::error::{Fault, IcalError};
use crate::ical::line::{Property, properties};

/// A component: what stands between `BEGIN:` and `END:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    name: String,
    line: usize,
    properties: Vec<Property>,
    components: Vec<Component>,
}

impl Component {
    /// The name, in capitals.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The line of its `BEGIN:`, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Every property, in order.
    pub fn properties(&self) -> &[Property] {
        &self.properties
    }

    /// Every component within it, in order.
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// Every property of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Property> {
        self.properties.iter().filter(move |one| one.name() == name)
    }

    /// The property of a name that may stand once.
    ///
    /// # Errors
    /// When it stands twice.
    pub(super) fn one(&self, name: &'static str) -> Result<Option<&Property>, IcalError> {
        let mut all = self.all(name);
        let first = all.next();
        match all.next() {
            Some(second) => Err(Fault::Duplicate(name).on(second.line())),
            None => Ok(first),
        }
    }

    /// The property of a name that must stand once.
    ///
    /// # Errors
    /// When it stands twice or not at all.
    pub(super) fn only(&self, name: &'static str) -> Result<&Property, IcalError> {
        self.one(name)?
            .ok_or_else(|| Fault::Missing(name).on(self.line))
    }
}

/// What one body holds: a `VCALENDAR`, or several one after the other (section 3.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    calendars: Vec<Component>,
}

impl Calendar {
    /// Reads a body.
    ///
    /// # Errors
    /// When it is no iCalendar, with the line.
    pub fn read(bytes: &[u8]) -> Result<Self, IcalError> {
        let mut open: Vec<Component> = Vec::new();
        let mut calendars = Vec::new();
        for property in properties(bytes)? {
            let line = property.line();
            match property.name() {
                "BEGIN" => {
                    let name = property.value().trim().to_ascii_uppercase();
                    if open.is_empty() && name != "VCALENDAR" {
                        return Err(Fault::NotCalendar.on(line));
                    }
                    if open.len() >= DEPTH_MAX {
                        return Err(Fault::TooDeep.on(line));
                    }
                    open.push(Component {
                        name,
                        line,
                        properties: Vec::new(),
                        components: Vec::new(),
                    });
                }
                "END" => {
                    let name = property.value().trim().to_ascii_uppercase();
                    let done = open.pop().filter(|one| one.name == name);
                    let shown = || name.chars().take(80).collect();
                    let done = done.ok_or_else(|| Fault::Nesting(shown()).on(line))?;
                    match open.last_mut() {
                        Some(outer) => outer.components.push(done),
                        None => calendars.push(done),
                    }
                }
                _ => match open.last_mut() {
                    Some(one) => one.properties.push(property),
                    None => return Err(Fault::NotCalendar.on(line)),
                },
            }
        }
        if let Some(one) = open.pop() {
            let name = one.name.chars().take(80).collect();
            return Err(Fault::Open(name).on(one.line));
        }
        if calendars.is_empty() {
            return Err(Fault::NotCalendar.on(1));
        }
        Ok(Self { calendars })
    }

    /// Each `VCALENDAR`.
    pub fn calendars(&self) -> &[Component] {
        &self.calendars
    }

    /// Every event of every `VCALENDAR`.
    pub fn events(&self) -> impl Iterator<Item = &Component> {
        let within = self.calendars.iter().flat_map(Component::components);
        within.filter(|one| one.name == "VEVENT")
    }
}
