//! The old container of observed data: the observables in its `objects` (sections 2.13 and 4.14).
//!
//! Not the observables that stand alone, though the same tables judge both.

use super::check::Check;
use super::finding::Code;
use super::object;
use super::rule::Fields;

/// Judges each observable of the container; references in it are keys of it.
pub(super) fn check<'n, 'a>(check: &mut Check<'n, 'a>, fields: &Fields<'n, 'a>) {
    let Some(node) = fields.get("objects") else {
        return;
    };
    check.step_name("objects");
    match node.members() {
        None => check.wrong(node, "a dictionary of observables", "2.13"),
        Some([]) => check.empty_object(node, "2.13"),
        Some(members) => {
            check.warn(node, Code::Deprecated, "4.14", || {
                "`objects` is deprecated; send the observables by themselves and name them in `object_refs`"
            });
            let outer = check.container.replace(members);
            for member in members {
                check.step_name(&member.name);
                if member.node.members().is_some() {
                    object::contained(check, &member.node);
                } else {
                    check.wrong(&member.node, "an observable", "2.13");
                }
                check.back();
            }
            check.container = outer;
        }
    }
    check.back();
}
