//! A route with all that is to be known of it: its path, its methods, and whether strangers may
//! come in.
//!
//! The router and the test of unauthorised access read the same table of these, so that no route
//! can be without the test.

use std::convert::Infallible;

use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::face::Face;

/// One path and what answers there.
pub(crate) struct Route {
    pub(crate) path: String,
    pub(crate) methods: Vec<Method>,
    pub(crate) open: bool,
    /// Whether it costs so little that nobody is counted, limited or asked to wait.
    pub(crate) free: bool,
    /// Whether a refusal may be a wrong guess at a secret.
    pub(crate) guess: bool,
    pub(crate) handlers: MethodRouter<Face, Infallible>,
}

impl Route {
    /// A path at which nothing answers yet; the caller must say who it is.
    pub(crate) fn at(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            methods: Vec::new(),
            open: false,
            free: false,
            guess: false,
            handlers: MethodRouter::new(),
        }
    }

    /// Lets everybody in.
    pub(crate) fn open(mut self) -> Self {
        self.open = true;
        self
    }

    /// Lets everybody in at any time: for what says whether the office is up.
    pub(crate) fn free(self) -> Self {
        Self {
            free: true,
            ..self.open()
        }
    }

    /// Lets everybody in who has not guessed wrong too often.
    pub(crate) fn guess(self) -> Self {
        Self {
            guess: true,
            ..self.open()
        }
    }

    /// Answers GET, and HEAD.
    pub(crate) fn get<H: Handler<T, Face>, T: 'static>(self, handler: H) -> Self {
        self.answer(Method::GET, MethodFilter::GET, handler)
    }

    /// Answers POST.
    pub(crate) fn post<H: Handler<T, Face>, T: 'static>(self, handler: H) -> Self {
        self.answer(Method::POST, MethodFilter::POST, handler)
    }

    /// Answers PUT.
    pub(crate) fn put<H: Handler<T, Face>, T: 'static>(self, handler: H) -> Self {
        self.answer(Method::PUT, MethodFilter::PUT, handler)
    }

    /// Answers DELETE.
    pub(crate) fn delete<H: Handler<T, Face>, T: 'static>(self, handler: H) -> Self {
        self.answer(Method::DELETE, MethodFilter::DELETE, handler)
    }

    fn answer<H: Handler<T, Face>, T: 'static>(
        mut self,
        method: Method,
        filter: MethodFilter,
        handler: H,
    ) -> Self {
        self.methods.push(method);
        self.handlers = self.handlers.merge(on(filter, handler));
        self
    }

    /// The methods as an `Allow` header lists them (RFC 9110 section 10.2.1).
    pub(crate) fn allow(&self) -> String {
        let mut names: Vec<&str> = self.methods.iter().map(Method::as_str).collect();
        if self.methods.contains(&Method::GET) {
            names.insert(1, "HEAD");
        }
        names.join(", ")
    }
}
