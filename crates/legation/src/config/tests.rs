//! Settings: read, refused with every fault, written, and held to the documents.

use super::fault::{Fault, Place};
use super::table::{ROWS, SECTIONS};
use super::*;

fn parse(text: &str, environment: &[(&str, &str)]) -> Result<Read, Vec<Fault>> {
    let pairs = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    reader::read(text, &pairs.collect(), Path::new("/office"), false)
}

fn faults(text: &str, environment: &[(&str, &str)]) -> Vec<(Place, &'static str, String)> {
    let mut faults = parse(text, environment).unwrap_err();
    faults.sort();
    let parts = faults
        .into_iter()
        .map(|fault| (fault.place, fault.code, fault.text));
    parts.collect()
}

#[test]
fn every_row_stands_in_a_section_once_and_gives_back_what_it_was_given() {
    let mut names = Vec::new();
    for row in ROWS {
        assert!(
            SECTIONS.iter().any(|section| section.name == row.section),
            "{}",
            row.name()
        );
        assert!(
            !row.what.is_empty() && !row.reason.is_empty(),
            "{}",
            row.name()
        );
        for text in [row.what, row.reason] {
            assert!(
                text.ends_with('.') || text.ends_with('?'),
                "{}: {text}",
                row.name()
            );
            assert!(!text.contains('|'), "{}: {text}", row.name());
        }
        names.push(row.variable());
        let mut settings = Settings::default();
        // What is unset has no value to try; any of its kind must be taken.
        let value = row.default().unwrap_or_else(|| sample(row));
        assert!(
            (row.bind.put)(&mut settings, value.clone()),
            "{}",
            row.name()
        );
        assert_eq!(
            (row.bind.show)(&settings),
            Some(value.clone()),
            "{}",
            row.name()
        );
        // A default must be a value that the file may say, and read back as the same.
        let line = format!("{} = {}\n", row.key, value.to_toml());
        let text = match row.section {
            "" => line,
            section => format!("[{section}]\n{line}"),
        };
        let read = parse(&text, &[]);
        assert!(
            read.is_ok() || row.default().is_none(),
            "{}: {read:?}",
            row.name()
        );
    }
    names.extend(["LEGATION_OFFICE", "LEGATION_TOKEN", "LEGATION_CORPUS"].map(str::to_owned));
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count, "a variable is said twice");
}

fn sample(row: &table::Row) -> value::Value {
    let text = match row.kind {
        value::Kind::Address => "127.0.0.1:9",
        value::Kind::Url => "https://office.example",
        value::Kind::Path => "/office/file.pem",
        value::Kind::Bytes(..) => "1 MiB",
        value::Kind::Time(..) => "1 min",
        value::Kind::Number(..) => "10",
        value::Kind::Hosts => "192.0.2.1,::1",
        value::Kind::Names => "a.example,b.example",
        value::Kind::Host => "mail.example.org",
        value::Kind::Line => "an account",
        value::Kind::Mail => "office@example.org",
        value::Kind::Switch => "true",
        value::Kind::Word(words) => words[0],
    };
    row.kind.read_text(text, Path::new("/office")).unwrap()
}

#[test]
fn the_file_of_a_new_office_says_nothing_but_defaults() {
    let text = Settings::default().text();
    let read = parse(&text, &[]).unwrap();
    assert!(read.origins.iter().all(|origin| *origin == Origin::Default));
    // Uncommented, it still reads, and changes nothing.
    let said: String = text
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if is_assignment(rest) => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let read = parse(&said, &[]).unwrap();
    for (row, origin) in ROWS.iter().zip(&read.origins) {
        let is_said = matches!(origin, Origin::File(..));
        assert_eq!(is_said, row.default().is_some(), "{}", row.name());
        assert_eq!(
            (row.bind.show)(&read.settings),
            row.default(),
            "{}",
            row.name()
        );
    }
}

fn is_assignment(line: &str) -> bool {
    let (key, value) = line.split_once('=').unwrap_or_default();
    !value.trim().is_empty() && ROWS.iter().any(|row| row.key == key.trim())
}

#[test]
fn what_differs_is_written_as_a_value_and_read_again() {
    let mut settings = Settings::default();
    settings.faces.max_page = 77;
    settings.faces.default_page = 7;
    settings.faces.public_url = Some("https://a.example".to_owned());
    let read = parse(&settings.text(), &[]).unwrap();
    assert_eq!(read.settings.faces.max_page, 77);
    assert_eq!(read.settings.faces.public_url, settings.faces.public_url);
    let said = read
        .origins
        .iter()
        .filter(|origin| **origin != Origin::Default);
    assert_eq!(said.count(), 3);
}

#[test]
fn the_environment_counts_before_the_file() {
    let text = "listen = \"127.0.0.1:1\"\n[limits]\npage = 5\npage_default = 5\n";
    let read = parse(
        text,
        &[("LEGATION_LIMITS_PAGE", "9"), ("LEGATION_LISTEN", "")],
    )
    .unwrap();
    assert_eq!(read.settings.faces.max_page, 9);
    assert_eq!(
        read.settings.listen.port(),
        1,
        "an empty variable says nothing"
    );
}

#[test]
fn all_faults_are_told_at_once_each_with_its_place() {
    let text = "listen = 8440\npubic_url = \"https://a.example\"\npage = 3\n[limits]\nbody = \"10 MB\"\nobjects = 0\n  boddy = 1\n[limts]\n";
    let environment = [
        ("LEGATION_LIMITS_FILING", "much"),
        ("LEGATION_LIMITS_PAGES", "1"),
    ];
    let found = faults(text, &environment);
    let shown: Vec<String> = found
        .iter()
        .map(|(place, code, text)| match place {
            Place::File(line, column) => format!("{line}:{column} {code} {text}"),
            Place::Variable(name) => format!("{name} {code} {text}"),
        })
        .collect();
    assert_eq!(
        shown,
        [
            "1:10 config.value `listen`: a value of type integer cannot be taken; write it like `127.0.0.1:8440`",
            "2:1 config.unknown-key there is no setting `pubic_url`; did you mean `public_url`?",
            "3:1 config.unknown-key `page` does not stand here but under `[limits]`",
            "5:8 config.value `limits.body`: `10 MB` cannot be taken; write it like `10 MiB`, in quotes and with its unit (B, KiB, MiB, GiB)",
            "6:11 config.value `limits.objects`: 0 is too little; it is 1 to 10000000",
            "7:3 config.unknown-key there is no setting `boddy`; did you mean `body`?",
            "8:2 config.unknown-key there is no section `limts`; did you mean `limits`?",
            "LEGATION_LIMITS_FILING config.value `limits.filing`: `much` cannot be taken; write it like `10 MiB`, in quotes and with its unit (B, KiB, MiB, GiB)",
            "LEGATION_LIMITS_PAGES config.unknown-key there is no variable `LEGATION_LIMITS_PAGES`; did you mean `LEGATION_LIMITS_PAGE`?",
        ]
    );
}

#[test]
fn what_is_no_toml_is_told_with_its_place_and_the_environment_beside_it() {
    let found = faults("listen = \n", &[("LEGATION_LIMITS_PAGE", "x")]);
    assert_eq!(found[0].1, "config.syntax");
    assert!(matches!(found[0].0, Place::File(1, _)), "{found:?}");
    assert_eq!(
        found[1].0,
        Place::Variable("LEGATION_LIMITS_PAGE".to_owned())
    );
}

#[test]
fn settings_that_contradict_each_other_are_told_where_one_is_said() {
    let found = faults("[limits]\npage = 10\npage_default = 20\n", &[]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, Place::File(3, 16));
    assert_eq!(found[0].1, "config.conflict");
    // One of them holds by default: the fault is where the other is said.
    let found = faults("[limits]\npage = 10\n", &[]);
    assert_eq!(found[0].0, Place::File(2, 8));
}

#[test]
fn defaults_do_not_contradict_each_other() {
    for rule in rule::RULES {
        assert_eq!((rule.fault)(&Settings::default()), None, "{:?}", rule.about);
        for (section, key) in rule.about {
            let known = ROWS
                .iter()
                .any(|row| row.section == *section && row.key == *key);
            assert!(known, "{section} {key}");
        }
    }
}

#[test]
fn a_failure_names_file_line_and_variable() {
    let faults = parse("[limits]\npage = \"x\"\n", &[("LEGATION_LISTEN", "x")]).unwrap_err();
    let failure = fault::failure(Path::new("tokyo/legation.toml"), faults);
    let shown = failure.to_string();
    assert!(
        shown.starts_with("tokyo/legation.toml:2:8: config.value: "),
        "{shown}"
    );
    assert!(
        shown.contains("\nLEGATION_LISTEN: config.value: "),
        "{shown}"
    );
    assert_eq!(failure.code(), "cli.settings");
}

#[test]
fn the_page_of_the_documents_is_made_from_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/settings.md");
    let page = page::markdown();
    if std::env::var_os("LEGATION_TRANSCRIPTS").is_some_and(|value| value == "write") {
        std::fs::write(&path, page).unwrap();
    } else {
        let found = std::fs::read_to_string(&path).unwrap();
        assert!(
            found == page,
            "make it anew: LEGATION_TRANSCRIPTS=write cargo test -p legation page_of"
        );
    }
}

#[test]
fn the_file_of_0_1_is_taken_over_once_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    std::fs::create_dir(dir.join("journal")).unwrap();
    let old = "listen = \"127.0.0.1:18440\"\nurl = \"http://127.0.0.1:5\"\npublic_url = \"https://a.example\"\nalliance = \"NATO\"\noffice = \"Tokyo\"\nlog_key = \"k\"\n";
    std::fs::write(dir.join("office.toml"), old).unwrap();
    assert_eq!(url(dir).unwrap(), "http://127.0.0.1:5");
    let told = take_over(dir).unwrap().unwrap();
    assert!(told.contains("office.toml.0.1"), "{told}");
    assert_eq!(
        std::fs::read_to_string(dir.join("office.toml.0.1")).unwrap(),
        old
    );
    let text = std::fs::read_to_string(file(dir)).unwrap();
    let read = parse(&text, &[]).unwrap();
    assert_eq!(read.settings.listen.port(), 18440);
    assert_eq!(
        read.settings.faces.public_url.as_deref(),
        Some("https://a.example")
    );
    assert_eq!(take_over(dir).unwrap(), None);
    assert_eq!(std::fs::read_to_string(file(dir)).unwrap(), text);

    // A cut after the new file was written: the old one is only put away.
    std::fs::write(dir.join("office.toml"), "listen = \"127.0.0.1:1\"\n").unwrap();
    assert!(take_over(dir).unwrap().is_some());
    assert_eq!(std::fs::read_to_string(file(dir)).unwrap(), text);
}

#[test]
fn a_fault_in_the_file_of_0_1_stops_it_where_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    std::fs::write(
        dir.join("office.toml"),
        "alliance = \"NATO\"\nulr = \"x\"\n",
    )
    .unwrap();
    let failure = take_over(dir).unwrap_err();
    assert!(
        failure
            .to_string()
            .contains("office.toml:2:1: config.unknown-key"),
        "{failure}"
    );
    assert!(dir.join("office.toml").exists() && !file(dir).exists());
}

#[test]
fn an_office_that_listens_everywhere_is_found_on_loopback() {
    assert_eq!(
        url_of("0.0.0.0:80".parse().unwrap(), false),
        "http://127.0.0.1:80"
    );
    assert_eq!(url_of("[::]:80".parse().unwrap(), false), "http://[::1]:80");
    assert_eq!(
        url_of("10.1.2.3:80".parse().unwrap(), false),
        "http://10.1.2.3:80"
    );
    assert_eq!(
        url_of("[::]:443".parse().unwrap(), true),
        "https://[::1]:443"
    );
}
