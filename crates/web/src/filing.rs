//! Filing as every face does it: the body is read off the threads that others wait for, then filed,
//! and what stands as a claim is told to the office's log.
//!
//! Not here: how a face is asked and how it answers.

use legation_core::id::AreaName;
use legation_engine::{EngineError, Envelope, Filed, Shape};

use crate::auth::Caller;
use crate::face::Face;
use crate::problem::Problem;

/// Reads a body of tens of megabytes. The caller's place in the queue is held as long.
pub(crate) async fn read(
    face: &Face,
    caller: &Caller,
    body: Vec<u8>,
    shape: Shape,
) -> Result<Result<Envelope, EngineError>, Problem> {
    let most = face.settings.max_objects;
    let slot = caller.clone();
    let read = tokio::task::spawn_blocking(move || {
        let read = Envelope::read(&body, shape, most);
        drop(slot);
        read
    });
    read.await.map_err(|error| Problem::internal_of(&error))
}

/// Files what was read.
pub(crate) async fn file(
    face: &Face,
    caller: &Caller,
    area: AreaName,
    envelope: Envelope,
) -> Result<Filed, Problem> {
    let filed = face.office.file(caller, area, envelope).await?;
    if filed.claims > 0 {
        tracing::warn!(
            target: "legation::office",
            party = %caller.party,
            claims = filed.claims,
            "records were filed under objects of others; see `legation claim list`"
        );
    }
    Ok(filed)
}
