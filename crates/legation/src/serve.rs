//! Running an office: opens it, binds its address, serves its faces until a signal ends it.
//!
//! What the faces answer is `legation-web`'s; here is only the wiring.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use legation_engine::Office;
use legation_web::Settings as Faces;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::acme::Keeper;
use crate::config::{self, Settings, url_of};
use crate::courier::Courier;
use crate::courier::digest::Digests;
use crate::courier::post::Postman;
use crate::failure::Failure;
use crate::mail::{Mailer, Outbox};
use crate::{client, notify, observe, secure};

/// Serves the office in `dir` until SIGINT or SIGTERM. `ready` is told the address.
pub(crate) fn run(
    dir: &Path,
    listen: Option<SocketAddr>,
    public_url: Option<String>,
    secure: &secure::Flags,
    flags: observe::Flags,
    ready: impl FnOnce(&str),
) -> Result<(), Failure> {
    let mut settings = Settings::read(dir)?;
    let listen = listen.unwrap_or(settings.listen);
    let public_url = public_url.or(settings.faces.public_url.take());
    let secure = secure.over(settings.secure, dir);
    let keeper = secure.keeper(settings.acme, public_url.as_deref(), dir)?;
    let tls = secure.open(listen)?;
    // Written to its end when everything else is over.
    let observe = flags.over(settings.observe);
    let _log = observe::begin(&observe)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| failed("start the server", &error))?;
    // Whoever watches sees it start.
    let monitor = runtime.block_on(observe::listen(&observe, dir))?;
    let office = Office::open_set(dir, settings.office)?;
    if let Some(text) = config::take_over(dir)? {
        // Whoever serves an office of 0.1 should know; where stderr is gone nobody is there to.
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }
    config::keep_log_key(dir, &office.log_key()?)?;
    let mut faces = settings.faces;
    faces.public_url = public_url;
    faces.watch = Arc::new(monitor.clone());
    faces.monitor = monitor;
    faces.tls = tls;
    let mailer = Mailer::of(settings.mail, &office.title()?);
    let mailer = mailer.map_err(|error| Failure::new(error.code(), error.to_string()))?;
    let served = runtime.block_on(serve(dir, office, listen, (faces, mailer), keeper, ready));
    // Only what outlived its grace is still there.
    runtime.shutdown_background();
    served
}

async fn serve(
    dir: &Path,
    office: Office,
    listen: SocketAddr,
    (mut faces, mailer): (Faces, Option<Mailer>),
    keeper: Option<Keeper>,
    ready: impl FnOnce(&str),
) -> Result<(), Failure> {
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        let text = format!("cannot listen on {listen}: {error}; another --listen may be free");
        Failure::new("cli.listen", text)
    })?;
    let bound = listener
        .local_addr()
        .map_err(|error| failed("tell the address", &error))?;
    let keeper = match keeper {
        Some(keeper) => {
            let tls = keeper.open(&listener, &*faces.watch).await?;
            faces.tls = Some(tls.clone());
            Some((keeper, tls))
        }
        None => None,
    };
    let url = url_of(bound, faces.tls.is_some());
    config::set_url(dir, &url)?;
    faces.public_url.get_or_insert_with(|| url.clone());
    // The handlers stand before anybody is told that the office runs.
    let stop = Stop::listen()?;
    let hang_up = signal(SignalKind::hangup());
    let hang_up = hang_up.map_err(|error| failed("listen for signals", &error))?;
    tokio::spawn(reread(hang_up, &faces));
    if let Some((keeper, tls)) = keeper {
        tokio::spawn(keeper.keep(tls, Arc::clone(&faces.watch)));
    }
    let postman = Postman::new(client::trust(None)?);
    let courier = tokio::spawn(Courier::new(office.clone(), postman).run());
    let registrar = tokio::spawn(certify(office.clone()));
    let mailing = mailer.map(|mailer| {
        let digests = Digests::new(office.clone(), mailer.clone()).run();
        let outbox = Outbox::new(office.clone(), mailer).run();
        [tokio::spawn(outbox), tokio::spawn(digests)]
    });
    ready(&url);
    notify::ready(&url);
    let over = async {
        stop.wait().await;
        notify::stopping();
    };
    let served = legation_web::serve(listener, office.clone(), faces, over).await;
    registrar.abort();
    courier.abort();
    for mailing in mailing.into_iter().flatten() {
        mailing.abort();
    }
    // What outlived its grace files nothing and reads nothing any more.
    let closed = office.close().await;
    served.map_err(|error| failed("serve", &error))?;
    Ok(closed?)
}

/// How soon after its adoption a text is certified.
const CERTIFY: Duration = Duration::from_secs(1);

/// Certifies what the members have adopted, while the office runs and after it was down.
async fn certify(office: Office) {
    let mut every = tokio::time::interval(CERTIFY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        // What cannot be written now is tried again, and whoever wants the proof is told why.
        let _ = office.certify_decisions().await;
    }
}

/// Reads certificate and key anew with each SIGHUP. Without TLS there is nothing to be read, and
/// the signal must not end the office.
fn reread(mut hang_up: Signal, faces: &Faces) -> impl Future<Output = ()> + use<> {
    let (tls, watch) = (faces.tls.clone(), Arc::clone(&faces.watch));
    async move {
        while hang_up.recv().await.is_some() {
            if let Some(tls) = &tls {
                tls.refresh(&*watch);
            }
        }
    }
}

/// The signals that end an office.
pub(crate) struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    /// Begins to listen for them.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let listen = |kind| signal(kind).map_err(|error| failed("listen for signals", &error));
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    /// Waits for the first.
    pub(crate) async fn wait(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

fn failed(doing: &str, error: &std::io::Error) -> Failure {
    Failure::new("cli.serve", format!("cannot {doing}: {error}"))
}
