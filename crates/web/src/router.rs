//! Every route of every face, in one table.
//!
//! Each has a [`Door`] before it, through which a request comes in and its answer goes out; nothing
//! of that is here, and no rule of the office.

use std::sync::Arc;

use axum::Router;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::any;
use legation_engine::Office;

use crate::door::{self, Door, Entrance};
use crate::face::Face;
use crate::problem::Problem;
use crate::route::Route;
use crate::settings::Settings;
use crate::{api, calendar, health, log, misp, taxii};

/// Where the API lies.
const API: &str = "/api/v1";

/// A route as a test or a document lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The path, its parameters in braces.
    pub path: String,
    /// The methods that are answered, HEAD beside GET left out.
    pub methods: Vec<Method>,
    /// Whether strangers may come in.
    pub open: bool,
}

fn table() -> Vec<Route> {
    let mut table = taxii::routes();
    table.extend(log::routes());
    table.extend(misp::routes());
    table.extend(calendar::routes());
    table.extend(health::routes());
    table.extend(api::routes().into_iter().map(|route| Route {
        path: format!("{API}{}", route.path),
        ..route
    }));
    table
}

/// Every route there is.
pub fn listing() -> Vec<Listed> {
    table()
        .into_iter()
        .map(|route| Listed {
            path: route.path,
            methods: route.methods,
            open: route.open,
        })
        .collect()
}

/// The faces of an office as one service.
pub fn router(office: Office, settings: Settings) -> Router {
    router_of(&Face::new(office, settings))
}

/// The faces of what that is a handle to.
pub(crate) fn router_of(face: &Face) -> Router {
    let door = |route, entrance| {
        let face = face.clone();
        let door = Door {
            face,
            route,
            entrance,
        };
        from_fn_with_state(Arc::new(door), door::pass)
    };
    let mut router = Router::new();
    let table = table();
    let none = table.len();
    for (number, route) in table.into_iter().enumerate() {
        let allow = route.allow();
        let entrance = match (route.free, route.guess, route.open) {
            (true, _, _) => Entrance::Free,
            (_, true, _) => Entrance::Guess,
            (_, _, true) => Entrance::Open,
            _ => Entrance::Known,
        };
        let handlers = route.handlers.fallback(move || {
            let allow = allow.clone();
            async move { wrong_method(allow) }
        });
        router = router.route(&route.path, handlers.layer(door(number, entrance)));
    }
    let unknown = any(async || Problem::not_found());
    router
        .fallback_service(unknown.layer(door(none, Entrance::None)).with_state(()))
        .with_state(face.clone())
}

fn wrong_method(allow: String) -> Problem {
    let text = format!("this path answers {allow} only");
    Problem {
        allow: Some(allow),
        ..Problem::new(StatusCode::METHOD_NOT_ALLOWED, "web.wrong-method", text)
    }
}

/// Whether a path lies under TAXII, where a stranger is not even told what does not exist.
pub(crate) fn is_taxii(path: &str) -> bool {
    path.strip_prefix("/taxii2")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The body of an error of the API.
pub(crate) fn describe(problem: &Problem) -> String {
    let mut body = serde_json::json!({
        "error": {"code": problem.code, "text": problem.text, "where": problem.place},
    });
    if let (false, Some(members)) = (problem.faults.is_empty(), body.as_object_mut()) {
        members.insert("faults".to_owned(), problem.faults.clone().into());
    }
    body.to_string()
}
