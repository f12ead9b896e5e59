//! opentaxii: two gunicorn workers on SQLite, its collection open to everybody.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::{Place, Running, Server, programs, python};
use crate::bench::child::free_port;
use crate::bench::result::write;

/// Makes the API root and the collection; prints the root's id.
const FOUND: &str = "\
from opentaxii.cli import app
with app.app_context():
    home = app.taxii_server.servers.taxii2.persistence.api
    root = home.add_api_root(title='bench', default=True, is_public=True)
    home.add_collection(api_root_id=root.id, title='bench', alias='bench', is_public=True,
                        is_public_write=True)
    print('root', root.id)
";

pub(super) fn start(place: &Place) -> Result<Running> {
    let programs = programs(place, "venv-opentaxii", "xtask/requirements-opentaxii.txt")?;
    let dir = place.fresh("opentaxii")?;
    let port = free_port()?;
    let settings = dir.join("opentaxii.yml");
    let at = dir.display();
    let text = format!(
        "domain: \"127.0.0.1:{port}\"\nsupport_basic_auth: no\nreturn_server_error_details: no\n\
         auth_api:\n  class: opentaxii.auth.sqldb.SQLDatabaseAPI\n  parameters:\n\
         \x20   db_connection: \"sqlite:///{at}/auth.db\"\n    create_tables: yes\n    secret: bench\n\
         taxii1:\ntaxii2:\n  title: bench\n  public_discovery: true\n\
         \x20 max_content_length: 104857600\n  allow_custom_properties: true\n\
         \x20 persistence_api:\n    class: opentaxii.persistence.sqldb.Taxii2SQLDatabaseAPI\n\
         \x20   parameters:\n      db_connection: \"sqlite:///{at}/data.db\"\n      create_tables: yes\n\
         logging:\n  opentaxii: error\n  root: error\n"
    );
    write(&settings, text.as_bytes())?;
    let told = |command: &mut Command| {
        command.env("OPENTAXII_CONFIG", PathBuf::from(&settings));
    };
    let said = python(&programs, FOUND, &told)?;
    let root = said
        .lines()
        .find_map(|line| line.strip_prefix("root "))
        .unwrap_or_default();
    let mut gunicorn = Command::new(programs.join("gunicorn"));
    gunicorn.args(["--workers", "2", "--timeout", "600", "--no-control-socket"]);
    gunicorn.args(["--bind", &format!("127.0.0.1:{port}"), "opentaxii.http:app"]);
    told(&mut gunicorn);
    let mut server = Server::start("opentaxii", gunicorn, port, &dir.join("out.log"))?;
    server.wait()?;
    Ok(Running {
        name: "opentaxii",
        server,
        objects: format!("/taxii2/{root}/collections/bench/objects/"),
        authorization: None,
        // On SQLite it commits a filing and then fails to write its own status (an UUID that its
        // JSON writer does not know), so 500 is the answer to what it has taken.
        taken: &[202, 500],
    })
}
