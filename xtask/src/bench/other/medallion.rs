//! medallion: its own threaded server on its memory home, one collection, one user.

use std::process::Command;

use anyhow::Result;

use super::{Place, Running, Server, programs};
use crate::bench::child::free_port;
use crate::bench::result::write;

const COLLECTION: &str = "91a7b528-80eb-42ed-a74d-c6fbd5a26116";

pub(super) fn start(place: &Place) -> Result<Running> {
    let programs = programs(place, "venv-medallion", "xtask/requirements-medallion.txt")?;
    let dir = place.fresh("medallion")?;
    let port = free_port()?;
    let data = dir.join("data.json");
    let home = format!(
        "{{\"/discovery\":{{\"title\":\"bench\",\"api_roots\":[\"http://127.0.0.1:{port}/bench/\"],\
         \"default\":\"http://127.0.0.1:{port}/bench/\"}},\"bench\":{{\"information\":{{\
         \"title\":\"bench\",\"versions\":[\"application/taxii+json;version=2.1\"],\
         \"max_content_length\":104857600}},\"status\":[],\"collections\":[{{\
         \"id\":\"{COLLECTION}\",\"title\":\"bench\",\"can_read\":true,\"can_write\":true,\
         \"media_types\":[\"application/stix+json;version=2.1\"],\"objects\":[],\"manifest\":[]}}]}}}}"
    );
    write(&data, home.as_bytes())?;
    let settings = dir.join("settings.json");
    let text = format!(
        "{{\"backend\":{{\"module\":\"medallion.backends.memory_backend\",\
         \"module_class\":\"MemoryBackend\",\"filename\":\"{}\"}},\"users\":{{\"u\":\"p\"}},\
         \"taxii\":{{\"max_page_size\":1000}}}}",
        data.display()
    );
    write(&settings, text.as_bytes())?;
    let mut medallion = Command::new(programs.join("medallion"));
    medallion
        .args(["--port", &port.to_string(), "--log-level", "CRITICAL"])
        .arg(&settings);
    let mut server = Server::start("medallion", medallion, port, &dir.join("out.log"))?;
    server.wait()?;
    Ok(Running {
        name: "medallion",
        server,
        objects: format!("/bench/collections/{COLLECTION}/objects/"),
        // The user `u` with the password `p`.
        authorization: Some("Basic dTpw"),
        taken: &[202],
    })
}
