//! An office under measurement: founded by the released binary, served by it, asked over HTTP.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::child::{Server, free_port, output};
use super::http::{Answer, Connection, escaped, quoted_after};
use super::place::{Place, text};

/// An office in a folder, with the accounts of its parties.
pub(crate) struct Venue {
    /// The folder; the office is in `office/` below it.
    pub(crate) base: PathBuf,
    accounts: Vec<(String, String)>,
}

/// An office that is served.
pub(crate) struct Serving {
    pub(crate) server: Server,
    /// The path of the collection's objects.
    objects: String,
}

/// A full read: what was asked for and what came.
pub(crate) struct Pages {
    pub(crate) paths: Vec<String>,
    pub(crate) answers: Vec<Answer>,
}

impl Venue {
    /// Founds an office and admits that many parties beside the one that files.
    pub(crate) fn found(place: &Place, name: &str, parties: u32) -> Result<Self> {
        let base = place.fresh(name)?;
        let mut init = place.legation();
        init.arg("init").arg(base.join("office")).args([
            "--alliance",
            "NATO",
            "--name",
            "NATO",
            "--office",
            "Tokyo",
        ]);
        output(&mut init)?;
        place.probe(&["people", text(&base)?, &parties.to_string()])?;
        Self::open(base)
    }

    /// An office that was founded before.
    pub(crate) fn open(base: PathBuf) -> Result<Self> {
        let path = base.join("clients.txt");
        let list = fs::read_to_string(&path)
            .with_context(|| format!("{} is missing; run without --keep", path.display()))?;
        let account = |line: &str| {
            let mut words = line.split('\t');
            Some((words.next()?.to_owned(), words.nth(1)?.to_owned()))
        };
        let accounts = list.lines().filter_map(account).collect();
        Ok(Self { base, accounts })
    }

    /// The data directory.
    pub(crate) fn dir(&self) -> PathBuf {
        self.base.join("office")
    }

    /// The secret of a party's client.
    pub(crate) fn secret(&self, party: &str) -> Result<&str> {
        let found = self.accounts.iter().find(|(code, _)| code == party);
        Ok(&found.with_context(|| format!("{party} has no client"))?.1)
    }

    /// Starts to serve it; it may not be reached yet.
    pub(crate) fn start(&self, place: &Place) -> Result<Server> {
        let mut serve = place.legation();
        // What is measured is the office, not the rate that one client is allowed by default.
        serve
            .env("LEGATION_RATES_REQUESTS", "1000000000")
            .env("LEGATION_RATES_REQUESTS_AT_ONCE", "1000000000");
        self.start_by(serve)
    }

    fn start_by(&self, mut serve: Command) -> Result<Server> {
        let port = free_port()?;
        serve.arg("serve").arg(self.dir());
        serve.args(["--listen", &format!("127.0.0.1:{port}")]);
        Server::start("legation serve", serve, port, &self.base.join("serve.log"))
    }

    /// Serves it.
    pub(crate) fn serve(&self, place: &Place) -> Result<Serving> {
        self.reach(self.start(place)?)
    }

    /// Serves it with the limits that it has by default.
    pub(crate) fn serve_with_limits(&self, place: &Place) -> Result<Serving> {
        self.reach(self.start_by(place.legation())?)
    }

    fn reach(&self, mut server: Server) -> Result<Serving> {
        server.wait()?;
        let mut connection = Connection::open(server.port, Some(self.secret("P0")?))?;
        let objects = objects_path(&mut connection)?;
        Ok(Serving { server, objects })
    }

    /// The bytes that its directory takes on the disk.
    pub(crate) fn disk_bytes(&self) -> Result<f64> {
        let mut bytes = 0;
        let mut folders = vec![self.dir()];
        while let Some(folder) = folders.pop() {
            for item in fs::read_dir(&folder)? {
                let (item, about) = item.and_then(|item| Ok((item.path(), item.metadata()?)))?;
                if about.is_dir() {
                    folders.push(item);
                } else {
                    bytes += about.blocks() * 512;
                }
            }
        }
        Ok(bytes as f64)
    }
}

/// The path of the objects of the area that is measured.
pub(crate) fn objects_path(connection: &mut Connection) -> Result<String> {
    let discovery = connection.fetch("/taxii2/")?;
    let said = String::from_utf8_lossy(&discovery.body).into_owned();
    let root = quoted_after(&said, "\"default\":")
        .with_context(|| format!("the discovery names no default API root: {said}"))?;
    // The root is told as a URL; its path is what is asked for here.
    let path = root
        .split_once("://")
        .map_or(root.as_str(), |(_, rest)| rest);
    let path = path.get(path.find('/').unwrap_or(0)..).unwrap_or_default();
    Ok(format!("{path}collections/cyber/objects/"))
}

impl Serving {
    pub(crate) fn port(&self) -> u16 {
        self.server.port
    }

    /// The path of the objects, with a query.
    pub(crate) fn objects(&self, query: &str) -> String {
        format!("{}?{query}", self.objects)
    }

    /// The path of the manifest, with a query.
    pub(crate) fn manifest(&self, query: &str) -> String {
        self.objects(query).replace("/objects/", "/manifest/")
    }

    /// A connection as the client of that secret.
    pub(crate) fn connect(&self, secret: &str) -> Result<Connection> {
        Connection::open(self.port(), Some(secret))
    }

    /// Files envelopes one after the other on one connection.
    pub(crate) fn file(&self, secret: &str, envelopes: &[PathBuf]) -> Result<()> {
        let mut connection = self.connect(secret)?;
        for path in envelopes {
            let body = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            let answer = connection.send("POST", &self.objects, &body)?;
            super::http::expect(&answer, &[202], "filing")?;
        }
        Ok(())
    }
}

/// Reads pages one after the other, following `next`, up to `most` of them.
pub(crate) fn follow(connection: &mut Connection, first: &str, most: usize) -> Result<Pages> {
    let mut pages = Pages {
        paths: Vec::new(),
        answers: Vec::new(),
    };
    let mut path = first.to_owned();
    while pages.paths.len() < most {
        let answer = connection.fetch(&path)?;
        let next = answer.next();
        pages.paths.push(path);
        pages.answers.push(answer);
        match next {
            Some(next) => path = format!("{first}&next={}", escaped(&next)),
            None => break,
        }
    }
    ensure!(
        pages.answers.iter().all(|answer| answer.body.len() > 100),
        "a page of {first} holds nothing"
    );
    Ok(pages)
}

impl Pages {
    pub(crate) fn bytes(&self) -> f64 {
        self.answers
            .iter()
            .map(|answer| answer.body.len())
            .sum::<usize>() as f64
    }
}

/// Has the system forget what it holds of a file in its page cache; nobody may have it mapped.
pub(crate) fn drop_from_cache(path: &Path) -> Result<()> {
    let mut dd = Command::new("dd");
    dd.arg(format!("of={}", path.display()));
    dd.args([
        "oflag=nocache",
        "conv=notrunc,fdatasync",
        "count=0",
        "status=none",
    ]);
    dd.arg("if=/dev/null");
    output(&mut dd).map(drop)
}

/// Every file below a folder.
pub(crate) fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for item in fs::read_dir(folder)? {
        let path = item?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
