//! Serving the faces on a socket until told to stop.

use std::future::Future;

use legation_engine::Office;
use tokio::net::TcpListener;

use crate::router::router;
use crate::settings::Settings;
use crate::valve::{Valve, ValvedListener};

/// Serves an office until `shutdown` is done; requests under way are finished first.
///
/// # Errors
/// When the socket cannot be used.
pub async fn serve(
    listener: TcpListener,
    office: Office,
    settings: Settings,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router(office, settings).into_make_service_with_connect_info::<Valve>();
    axum::serve(ValvedListener(listener), service)
        .with_graceful_shutdown(shutdown)
        .await
}
