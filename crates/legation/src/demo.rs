//! The demo: a sample office, founded, filled, shown and served in one command.
//!
//! The cast. [`cast`] holds the sample data: parties, agreements, records. [`stage`] founds the
//! office and brings everything in through the same doors that a real office uses. [`scene`] shows
//! what each party sees and why, an amendment, a suspension in the middle of a partner's paging,
//! and the receipts with their proof. [`affairs`] shows the office's own work: an office in Tokyo that
//! is proposed and objected to, what was said of it in public ([`timeline`]), a consultation, a
//! programme's transition, an exercise. Nothing shown is written down in advance: every figure is
//! asked of the running office.

mod affairs;
mod cast;
mod paging;
mod scene;
mod stage;
mod timeline;

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use legation_engine::Office;
use tokio::net::TcpListener;

use crate::demo::stage::Stage;

/// What the demo is asked to do.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Where to found the office; a fresh directory for temporary files when left out.
    pub(crate) dir: Option<PathBuf>,
    /// Where to serve.
    pub(crate) listen: SocketAddr,
    /// End after the walk.
    pub(crate) once: bool,
    /// A STIX bundle to file as the host.
    pub(crate) bundle: Option<PathBuf>,
}

/// Runs the demo.
///
/// # Errors
/// When the directory cannot be used, the address is taken, or the bundle cannot be read.
pub(crate) fn run(settings: Settings) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    runtime.block_on(play(settings))
}

async fn play(settings: Settings) -> Result<()> {
    let temporary = settings.dir.is_none();
    let dir = match settings.dir {
        Some(dir) => dir,
        None => std::env::temp_dir().join(format!("legation-demo-{}", std::process::id())),
    };
    let outcome = walk(&dir, settings.listen, settings.once, settings.bundle).await;
    if temporary {
        // The office was made for this walk only.
        let _ = std::fs::remove_dir_all(&dir);
    }
    outcome
}

async fn walk(
    dir: &std::path::Path,
    listen: SocketAddr,
    once: bool,
    bundle: Option<PathBuf>,
) -> Result<()> {
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}; choose another with --listen"))?;
    let url = format!("http://{}", listener.local_addr()?);
    let mut stage = Stage::set(dir, &url).await?;
    let served = tokio::spawn(serve(listener, stage.office.clone()));
    if let Some(bundle) = bundle {
        stage.file_bundle(&bundle).await?;
    }
    scene::introduce(&stage);
    scene::compare(&stage)?;
    scene::amend(&mut stage).await?;
    scene::suspend(&stage, &url).await?;
    scene::prove(&stage)?;
    affairs::decide(&stage).await?;
    affairs::look_back(&stage)?;
    affairs::consult(&stage).await?;
    affairs::succeed(&stage).await?;
    affairs::exercise(&stage).await?;
    if once {
        served.abort();
        return Ok(());
    }
    scene::invite(&stage, &url, dir);
    served.await.context("the server stopped")?
}

async fn serve(listener: TcpListener, office: Office) -> Result<()> {
    let stop = crate::serve::Stop::listen()?;
    let faces = legation_web::Settings::default();
    Ok(legation_web::serve(listener, office, faces, stop.wait()).await?)
}
