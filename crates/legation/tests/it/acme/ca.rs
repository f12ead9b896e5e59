//! The CA of the tests: `pebble` and a name server, on free ports of the loopback interface.

use std::fs::File;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How the keys of the CA's own server are made.
const KEY: &str = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 9";

/// The root of that server, which is not the root of what the CA issues.
const ROOT: &str = "-subj /CN=root -keyout ca.key -out ca.pem";

/// The server's certificate.
const SERVER: &str = "-subj /CN=server -addext subjectAltName=IP:127.0.0.1 \
    -addext basicConstraints=critical,CA:FALSE -CA ca.pem -CAkey ca.key \
    -keyout server.key -out server.pem";

/// A guard against hanging.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs a tool of the system in a folder; whether it succeeded, and what it said on both outputs.
pub(super) fn tool(cwd: &Path, name: &str, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(name)
        .args(arguments)
        .current_dir(cwd)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

/// Whether all that the tests start is here.
pub(super) fn has_tools() -> bool {
    let tools = ["pebble", "pebble-challtestsrv", "openssl", "curl"];
    let missing = tools
        .iter()
        .find(|tool| Command::new(tool).arg("-h").output().is_err());
    if let Some(missing) = missing {
        println!("{missing} not present");
    }
    missing.is_none()
}

/// A port on which nobody listens now.
pub(super) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A process that ends with the test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A CA, which looks for offices at one port of this machine.
pub(super) struct Ca {
    cwd: PathBuf,
    api: u16,
    management: u16,
    names: u16,
    names_management: u16,
    _names: Ended,
    pebble: Ended,
    /// How often it was started.
    run: usize,
}

impl Ca {
    /// Starts one in `cwd` that finds offices at `port`, and issues for so long.
    pub(super) fn start(cwd: &Path, port: u16, life: Option<Duration>) -> Self {
        for arguments in [ROOT, SERVER] {
            let arguments: Vec<&str> = KEY.split(' ').chain(arguments.split(' ')).collect();
            let (made, said) = tool(cwd, "openssl", &arguments);
            assert!(made, "{said}");
        }
        let (api, management, names_management) = (free_port(), free_port(), free_port());
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let names = udp.local_addr().unwrap().port();
        drop(udp);
        let mut config = serde_json::json!({
            "listenAddress": format!("127.0.0.1:{api}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": "server.pem", "privateKey": "server.key", "httpPort": 9, "tlsPort": port,
        });
        if let Some(life) = life {
            config["certificateValidityPeriod"] = life.as_secs().into();
        }
        let config = serde_json::json!({"pebble": config}).to_string();
        std::fs::write(cwd.join("pebble.json"), config).unwrap();
        let server = Command::new("pebble-challtestsrv")
            .args(["-dns01", &format!("127.0.0.1:{names}")])
            .args(["-management", &format!("127.0.0.1:{names_management}")])
            .args(["-defaultIPv4", "127.0.0.1", "-defaultIPv6", ""])
            .args(["-http01", "", "-https01", "", "-tlsalpn01", ""])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let server = Ended(server.unwrap());
        reached(names_management);
        Self {
            cwd: cwd.to_owned(),
            api,
            management,
            names,
            names_management,
            _names: server,
            pebble: pebble(cwd, names, 1),
            run: 1,
        }
        .ready()
    }

    fn ready(self) -> Self {
        reached(self.api);
        reached(self.management);
        self
    }

    /// It is there no more; the name server is.
    pub(super) fn stop(&self) {
        let id = self.pebble.0.id().to_string();
        let sent = Command::new("kill").args(["-KILL", &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Another of the same address, which knows nothing of the one before.
    pub(super) fn again(mut self) -> Self {
        self.run += 1;
        let _ = self.pebble.0.wait();
        self.pebble = pebble(&self.cwd, self.names, self.run);
        self.ready()
    }

    pub(super) fn directory(&self) -> String {
        format!("https://127.0.0.1:{}/dir", self.api)
    }

    /// What it said since it was started.
    pub(super) fn said(&self) -> String {
        let log = self.cwd.join(format!("pebble-{}.log", self.run));
        std::fs::read_to_string(log).unwrap()
    }

    /// Whether it has looked at that name, and believes what it saw there.
    pub(super) fn has_looked_at(&self, name: &str) -> bool {
        let said = self.said();
        let has = |words: &str, more: &str| {
            let mut lines = said.lines();
            lines.any(|line| line.contains(words) && line.contains(more))
        };
        has("Pulled a task", &format!("Value:\"{name}\""))
            && has("set VALID", "by completed challenge")
    }

    /// How many orders it has had.
    pub(super) fn orders(&self) -> usize {
        self.said().matches("Added order").count()
    }

    /// Fetches its root into `root.pem`.
    pub(super) fn fetch_root(&self) {
        let url = format!("https://127.0.0.1:{}/roots/0", self.management);
        let fetch = ["-sSf", "--cacert", "ca.pem", "-o", "root.pem", &url];
        let (fetched, said) = tool(&self.cwd, "curl", &fetch);
        assert!(fetched, "{said}");
    }

    /// From now on no name leads anywhere.
    pub(super) fn know_nobody(&self) {
        self.default_address("");
    }

    /// From now on every name leads to this machine.
    pub(super) fn know_everybody(&self) {
        self.default_address("127.0.0.1");
    }

    fn default_address(&self, address: &str) {
        let url = format!(
            "http://127.0.0.1:{}/set-default-ipv4",
            self.names_management
        );
        let body = serde_json::json!({"ip": address}).to_string();
        let (done, said) = tool(&self.cwd, "curl", &["-sSf", "-d", &body, &url]);
        assert!(done, "{said}");
    }
}

fn pebble(cwd: &Path, names: u16, run: usize) -> Ended {
    let log = File::create(cwd.join(format!("pebble-{run}.log"))).unwrap();
    let pebble = Command::new("pebble")
        .args(["-config", "pebble.json", "-strict"])
        .args(["-dnsserver", &format!("127.0.0.1:{names}")])
        .env("PEBBLE_VA_NOSLEEP", "1")
        .env("PEBBLE_WFE_NONCEREJECT", "20")
        // Every name is looked at each time.
        .env("PEBBLE_AUTHZREUSE", "0")
        .current_dir(cwd)
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn();
    Ended(pebble.unwrap())
}

/// Waits until somebody listens there.
fn reached(port: u16) {
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < PATIENCE, "nobody listens at {port}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
