//! What every plan of an activity must be, whatever else holds at the office.

use crate::act::{PlanActivity, Prerequisite};
use crate::affairs::activity::ActivityError;

/// The longest title or place, in characters.
pub const TITLE_MAX: usize = 200;

/// The longest text, 1 MiB: more belongs into a record.
pub const TEXT_MAX: usize = 1024 * 1024;

/// The longest list.
pub const LIST_MAX: usize = 1000;

/// Whether a text is one line that people can read; `what` names it, "the title".
///
/// # Errors
/// When it is empty, longer than [`TITLE_MAX`], or holds control characters.
pub fn check_line(what: &'static str, line: &str) -> Result<(), ActivityError> {
    if line.trim().is_empty() {
        return Err(ActivityError::EmptyText(what));
    }
    match line.chars().count() <= TITLE_MAX && !line.chars().any(char::is_control) {
        true => Ok(()),
        false => Err(ActivityError::Text(what)),
    }
}

/// Whether a text of several lines is one that people can read.
///
/// # Errors
/// When it is empty, longer than [`TEXT_MAX`], or holds control characters other than line ends
/// and tabs.
pub fn check_text(what: &'static str, text: &str) -> Result<(), ActivityError> {
    if text.trim().is_empty() {
        return Err(ActivityError::EmptyText(what));
    }
    let strange = |c: char| c.is_control() && c != '\n' && c != '\t';
    match text.len() <= TEXT_MAX && !text.chars().any(strange) {
        true => Ok(()),
        false => Err(ActivityError::Text(what)),
    }
}

/// Whether a plan is one.
///
/// # Errors
/// With the first thing that is wrong with it.
pub fn check_plan(plan: &PlanActivity) -> Result<(), ActivityError> {
    check_line("the title", &plan.title)?;
    check_line("the place", &plan.place)?;
    if let Some(text) = &plan.text {
        check_text("the text", text)?;
    }
    if plan.end <= plan.start {
        return Err(ActivityError::EndsBeforeStart);
    }
    let lengths = [plan.invited.len(), plan.needs.len(), plan.goals.len()];
    if lengths.into_iter().any(|length| length > LIST_MAX) {
        return Err(ActivityError::TooMany);
    }
    if !plan
        .invited
        .is_sorted_by(|one, next| one.party < next.party)
    {
        return Err(ActivityError::Duplicate("parties"));
    }
    for (place, need) in plan.needs.iter().enumerate() {
        if let Prerequisite::Text(text) = need {
            check_line("a prerequisite", text)?;
        }
        if plan.needs.iter().skip(place + 1).any(|other| other == need) {
            return Err(ActivityError::Duplicate("prerequisites"));
        }
    }
    match plan.goals.is_sorted_by(|one, next| one < next) {
        true => Ok(()),
        false => Err(ActivityError::Duplicate("goals")),
    }
}
