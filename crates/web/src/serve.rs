//! Serving the faces on a socket until told to stop.
//!
//! The flow. Connections are accepted one by one, each gets a place or is refused, and each runs on
//! its own ([`crate::connection`]). Told to stop, the office accepts no more; requests under way
//! end, new ones on open connections get 503; when nothing is under way, or the grace is over, the
//! connections are ended.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use legation_engine::Office;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep, timeout_at};

use crate::connection::{Connection, House, Phase, Places, is_passing};
use crate::event::{Event, Limit};
use crate::face::Face;
use crate::router::router_of;
use crate::settings::Settings;

/// How many connections may at one time be told that there is no room for them. Beyond that they
/// are closed without a word: telling costs what there is too little of.
const REFUSALS: usize = 64;

/// How long to wait when the system has nothing left for another connection.
const RECOVERY: Duration = Duration::from_millis(200);

/// How long to wait for what was cut to be gone: it takes no longer than a handler thinks without
/// waiting for anything.
const CUT: Duration = Duration::from_secs(5);

/// Serves an office until `shutdown` is done and what was under way then has ended, or the grace of
/// the [`Limits`](crate::Limits) is over.
///
/// # Errors
/// When the socket cannot be used.
pub async fn serve(
    listener: TcpListener,
    office: Office,
    settings: Settings,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let house = Arc::new(House::new(
        settings.limits.clone(),
        Arc::clone(&settings.watch),
        settings.tls.clone(),
    ));
    let renewal = settings.tls.clone().map(|tls| {
        let watch = Arc::clone(&settings.watch);
        tokio::spawn(async move { tls.renew(&*watch).await })
    });
    let face = Face::new(office, settings);
    let (router, streams) = (router_of(&face), face.streams.clone());
    drop(face);
    let (tell, phase) = watch::channel(Phase::Open);
    let places = Places::default();
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.as_mut() => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if is_passing(&error) => continue,
            Err(_) => {
                house.note(Limit::System);
                sleep(RECOVERY).await;
                continue;
            }
        };
        let connection = |refusal| Connection {
            house: Arc::clone(&house),
            router: router.clone(),
            address,
            phase: phase.clone(),
            refusal,
        };
        match places.take(address.ip(), &house.limits) {
            Ok(place) => {
                house.watch.note(&Event::Opened);
                let connection = connection(None);
                let house = Arc::clone(&house);
                tokio::spawn(async move {
                    connection.run(stream).await;
                    house.watch.note(&Event::Closed);
                    drop(place);
                });
            }
            Err(limit) => {
                house.note(limit);
                refuse(&refusals, connection(Some(limit)), stream);
            }
        }
    }
    drop((listener, phase, router));
    streams.end();
    stop(&house, &tell).await;
    if let Some(renewal) = renewal {
        renewal.abort();
    }
    Ok(())
}

/// Tells a connection that there is no room for it, if there is room to tell it.
fn refuse(refusals: &Arc<Semaphore>, connection: Connection, stream: TcpStream) {
    if let Ok(permit) = Arc::clone(refusals).try_acquire_owned() {
        tokio::spawn(async move {
            connection.run(stream).await;
            drop(permit);
        });
    }
}

/// Ends what there is, within the grace.
async fn stop(house: &House, tell: &watch::Sender<Phase>) {
    let deadline = Instant::now() + house.limits.grace;
    house.watch.note(&Event::Stopping);
    // Set first: a request that begins after the next line is refused, one before it is counted.
    house.stopping.store(true, Ordering::SeqCst);
    let _ = tell.send(Phase::Stopping);
    while !house.is_quiet() {
        if timeout_at(deadline, house.quiet.notified()).await.is_err() {
            break;
        }
    }
    let _ = tell.send(Phase::Closing);
    if timeout_at(deadline, tell.closed()).await.is_err() {
        let _ = tell.send(Phase::Cut);
        let _ = timeout_at(Instant::now() + CUT, tell.closed()).await;
    }
}
