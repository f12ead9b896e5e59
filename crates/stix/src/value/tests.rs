//! The values of objects, their normal forms, and what people type.

use super::*;

fn told(text: &str) -> Vec<(String, String, String)> {
    values(text.as_bytes())
        .unwrap()
        .into_iter()
        .map(|held| {
            let value = held.value;
            (
                value.kind().to_string(),
                value.text().to_owned(),
                held.pointer,
            )
        })
        .collect()
}

fn row(kind: &str, text: &str, pointer: &str) -> (String, String, String) {
    (kind.to_owned(), text.to_owned(), pointer.to_owned())
}

#[test]
fn normal_forms() {
    for (kind, text, wanted) in [
        (Kind::Ip, "198.51.100.7", Some("198.51.100.7")),
        (Kind::Ip, "198.51.100.7/32", Some("198.51.100.7")),
        (Kind::Ip, "198.51.100.7/24", Some("198.51.100.0/24")),
        (Kind::Ip, "0.0.0.0/0", Some("0.0.0.0/0")),
        (Kind::Ip, "198.51.100.07", None),
        (Kind::Ip, "198.51.100.7/33", None),
        (Kind::Ip, "198.51.100.7/+3", None),
        (Kind::Ip, "198.51.100.7/03", None),
        (Kind::Ip, "2001:DB8:0:0::1", Some("2001:db8::1")),
        (Kind::Ip, "2001:db8::1/128", Some("2001:db8::1")),
        (Kind::Ip, "2001:db8:ffff::/33", Some("2001:db8:8000::/33")),
        (Kind::Ip, "::ffff:198.51.100.7", Some("198.51.100.7")),
        (Kind::Ip, "::ffff:198.51.100.7/120", Some("198.51.100.0/24")),
        (Kind::Ip, "evil.example", None),
        (Kind::Domain, "Evil.Example.", Some("evil.example")),
        (
            Kind::Domain,
            "BÜCHER.example",
            Some("xn--bcher-kva.example"),
        ),
        (Kind::Domain, "中国。example", Some("xn--fiqs8s.example")),
        (Kind::Domain, "  ", None),
        (
            Kind::Url,
            "HTTP://Evil.Example:80",
            Some("http://evil.example/"),
        ),
        (
            Kind::Url,
            "https://a@Evil.example:8443/X?Y#Z",
            Some("https://a@evil.example:8443/X?Y#Z"),
        ),
        (
            Kind::Url,
            "https://[2001:DB8::1]:443/a",
            Some("https://[2001:db8::1]/a"),
        ),
        (
            Kind::Url,
            "http://evil.example?q",
            Some("http://evil.example/?q"),
        ),
        (Kind::Url, "mailto:a@b.example", None),
        (Kind::Email, "A.B@Evil.Example.", Some("a.b@evil.example")),
        (Kind::Email, "a at b", None),
        (Kind::Mac, "01-23-45-67-89-AB", Some("01:23:45:67:89:ab")),
        (Kind::Mac, "0123.4567.89ab", Some("01:23:45:67:89:ab")),
        (Kind::Mac, "0123456789abcd", None),
        (Kind::Asn, "AS64500", Some("64500")),
        (Kind::Asn, "asn064500", Some("64500")),
        (Kind::Asn, "4294967296", None),
        (
            Kind::Md5,
            "D41D8CD98F00B204E9800998ECF8427E",
            Some("d41d8cd98f00b204e9800998ecf8427e"),
        ),
        (Kind::Md5, "d41d8cd98f00b204e9800998ecf8427", None),
        (Kind::Hash, "3:AbC:d", Some("3:AbC:d")),
        (
            Kind::RegistryKey,
            "HKLM\\Software\\X\\",
            Some("hkey_local_machine\\software\\x"),
        ),
        (Kind::RegistryKey, "HKEY_USERS\\A", Some("hkey_users\\a")),
        (Kind::Serial, "00:36:F7", Some("36f7")),
        (Kind::Serial, "00", Some("0")),
        (Kind::Cve, "cve-2021-44228", Some("CVE-2021-44228")),
        (Kind::Cve, "CVE-2021-442", None),
        (Kind::Wallet, "0xABcd", Some("0xabcd")),
        (
            Kind::Wallet,
            "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
            Some("1BoatSLRHtKNngkdXEeobR76b53LETtpyT"),
        ),
        (Kind::ExternalId, "t1059.001", Some("T1059.001")),
        (Kind::Name, " Cozy\t Bear ", Some("cozy bear")),
    ] {
        let value = Value::of(kind, text);
        assert_eq!(value.as_ref().map(Value::text), wanted, "{kind} `{text}`");
        // A normal form is its own.
        if let Some(value) = value {
            assert_eq!(Value::of(kind, value.text()), Some(value));
        }
    }
    let long = "x".repeat(TEXT_MAX + 1);
    assert!(
        Kind::ALL
            .iter()
            .all(|&kind| Value::of(kind, &long).is_none())
    );
    let names: std::collections::BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(names.len(), Kind::ALL.len());
}

#[test]
fn observables_tell_their_values_and_where_they_stand() {
    let file = r#"{"type":"file","id":"file--1","name":"A.EXE","hashes":{"sha256":
        "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855","SSDEEP":"3:A:b","MD5":"abcd"},
        "extensions":{"windows-pebinary-ext":{"imphash":"ABCDEF00","sections":[{"name":"s",
        "hashes":{"SHA-1":"da39a3ee5e6b4b0d3255bfef95601890afd80709"}}]}}}"#;
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(
        told(file),
        [
            row("file-name", "a.exe", "/name"),
            row("sha-256", empty, "/hashes/sha256"),
            row("hash", "3:A:b", "/hashes/SSDEEP"),
            // No MD5 has four digits.
            row("hash", "abcd", "/hashes/MD5"),
            row(
                "hash",
                "abcdef00",
                "/extensions/windows-pebinary-ext/imphash"
            ),
            row(
                "sha-1",
                "da39a3ee5e6b4b0d3255bfef95601890afd80709",
                "/extensions/windows-pebinary-ext/sections/0/hashes/SHA-1"
            ),
        ]
    );
    assert_eq!(
        told(r#"{"type":"url","value":"http://198.51.100.7:8080/a"}"#),
        [
            row("url", "http://198.51.100.7:8080/a", "/value"),
            row("ip", "198.51.100.7", "/value"),
        ]
    );
    assert_eq!(
        told(r#"{"type":"autonomous-system","number":64500,"name":"Slime  ISP"}"#),
        [
            row("asn", "64500", "/number"),
            row("name", "slime isp", "/name")
        ]
    );
    assert_eq!(
        told(r#"{"type":"observed-data","objects":{"a/b~":{"type":"mutex","name":"Q"}}}"#),
        [row("mutex", "Q", "/objects/a~1b~0/name")]
    );
    for (text, kind, value) in [
        (
            r#"{"type":"ipv6-addr","value":"2001:DB8::"}"#,
            "ip",
            "2001:db8::",
        ),
        (
            r#"{"type":"email-addr","value":"A@b.example"}"#,
            "email",
            "a@b.example",
        ),
        (
            r#"{"type":"mac-addr","value":"d2:fb:49:24:37:18"}"#,
            "mac",
            "d2:fb:49:24:37:18",
        ),
        (
            r#"{"type":"directory","path":"C:\\Windows"}"#,
            "path",
            "c:\\windows",
        ),
        (
            r#"{"type":"windows-registry-key","key":"HKCU\\A"}"#,
            "registry-key",
            "hkey_current_user\\a",
        ),
        (
            r#"{"type":"user-account","account_login":"Root7"}"#,
            "account",
            "root7",
        ),
        (
            r#"{"type":"x509-certificate","serial_number":"36:f7"}"#,
            "serial",
            "36f7",
        ),
        (
            r#"{"type":"cryptocurrency-wallet","address":"3Fx"}"#,
            "wallet",
            "3Fx",
        ),
        (r#"{"type":"software","name":"Word"}"#, "name", "word"),
    ] {
        let told = told(text);
        assert_eq!(told.len(), 1, "{text}");
        assert_eq!((&*told[0].0, &*told[0].1), (kind, value));
    }
    for none in [
        "[]",
        "7",
        r#"{"value":"198.51.100.7"}"#,
        r#"{"type":"ipv4-addr","value":7}"#,
        r#"{"type":"ipv4-addr","value":"evil"}"#,
        r#"{"type":"file","hashes":[],"name":""}"#,
    ] {
        assert_eq!(told(none), [], "{none}");
    }
    assert!(values(b"{").is_err());
}

#[test]
fn patterns_tell_what_they_look_for() {
    let pattern = "[ipv4-addr:value = '198.51.100.7' OR ipv4-addr:value IN ('198.51.100.8', '198.51.100.9') \
        OR ipv4-addr:value != '198.51.100.10' OR ipv4-addr:value NOT = '198.51.100.11' \
        OR ipv4-addr:value ISSUBSET '203.0.113.9/24' OR domain-name:value LIKE 'a.example'] AND \
        [file:hashes.'SHA-1' = 'DA39A3EE5E6B4B0D3255BFEF95601890AFD80709' AND file:name = 'X.dll'] \
        FOLLOWEDBY [network-traffic:src_ref.value = 'Evil.Example' AND network-traffic:dst_ref.value = '2001:db8::1' \
        AND autonomous-system:number = 7 AND process:image_ref.name = 'Y.exe' AND process:command_line = 'z' \
        AND email-message:from_ref.value = 'a@b.example' AND file:extensions.'windows-pebinary-ext'.imphash = 'AA'] REPEATS 5 TIMES";
    let object =
        serde_json::json!({"type": "indicator", "pattern_type": "stix", "pattern": pattern});
    let told = told(&object.to_string());
    assert!(told.iter().all(|(_, _, pointer)| pointer == "/pattern"));
    let texts: Vec<_> = told
        .iter()
        .map(|(kind, text, _)| format!("{kind} {text}"))
        .collect();
    assert_eq!(
        texts,
        [
            "ip 198.51.100.7",
            "ip 198.51.100.8",
            "ip 198.51.100.9",
            "ip 203.0.113.0/24",
            "sha-1 da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "file-name x.dll",
            "domain evil.example",
            "ip 2001:db8::1",
            "asn 7",
            "file-name y.exe",
            "email a@b.example",
            "hash aa",
        ]
    );
    let sigma = serde_json::json!({"type": "indicator", "pattern_type": "sigma", "pattern": "[ipv4-addr:value = '198.51.100.7']"});
    assert_eq!(self::told(&sigma.to_string()), []);
}

#[test]
fn names_and_external_ids_are_values() {
    let object = r#"{"type":"vulnerability","name":"Log4Shell (cve-2021-44228, xCVE-2020-0001)","aliases":["CVE-2021-45046",7],
        "external_references":[{"source_name":"cve","external_id":"CVE-2021-44228"},{"external_id":"t1190"},{"url":"https://a.example"}]}"#;
    assert_eq!(
        told(object),
        [
            row(
                "name",
                "log4shell (cve-2021-44228, xcve-2020-0001)",
                "/name"
            ),
            row("cve", "CVE-2021-44228", "/name"),
            row("name", "cve-2021-45046", "/aliases/0"),
            row("cve", "CVE-2021-45046", "/aliases/0"),
            row(
                "cve",
                "CVE-2021-44228",
                "/external_references/0/external_id"
            ),
            row("external-id", "T1190", "/external_references/1/external_id"),
        ]
    );
    let named = |name: &str| {
        let object = serde_json::json!({"type": "indicator", "name": name});
        told(&object.to_string())
            .into_iter()
            .map(|(kind, ..)| kind)
            .collect::<Vec<_>>()
    };
    assert_eq!(named("198.51.100.7"), ["name", "ip"]);
    assert_eq!(named("https://evil.example/a"), ["name", "url", "domain"]);
    assert_eq!(named("d41d8cd98f00b204e9800998ecf8427e"), ["name", "md5"]);
    // A word with a dot is more often a file than a host.
    assert_eq!(named("node.js"), ["name"]);
}

#[test]
fn what_people_type_has_the_readings_that_it_may_have() {
    let read = |text: &str| {
        Value::parse_query(text)
            .iter()
            .map(|value| format!("{} {}", value.kind(), value.text()))
            .collect::<Vec<_>>()
    };
    let first = |text: &str| read(text).into_iter().next().unwrap_or_default();
    assert_eq!(
        first("hxxps://evil[.]example/a"),
        "url https://evil.example/a"
    );
    assert_eq!(
        first("hXXp[://]evil(dot)example"),
        "url http://evil.example/"
    );
    assert_eq!(first("198[.]51.100{.}7"), "ip 198.51.100.7");
    assert_eq!(first("2001:DB8::1"), "ip 2001:db8::1");
    assert_eq!(first("a[at]evil[.]example"), "email a@evil.example");
    assert_eq!(first("Evil[.]Example."), "domain evil.example");
    assert_eq!(first("cve-2021-44228"), "cve CVE-2021-44228");
    assert_eq!(first("AS64500"), "asn 64500");
    assert_eq!(first("D2-FB-49-24-37-18"), "mac d2:fb:49:24:37:18");
    assert_eq!(first("HKLM\\A"), "registry-key hkey_local_machine\\a");
    assert!(read("d41d8cd98f00b204e9800998ecf8427e").starts_with(&[
        "md5 d41d8cd98f00b204e9800998ecf8427e".to_owned(),
        "hash d41d8cd98f00b204e9800998ecf8427e".to_owned()
    ]));
    assert!(read("T1059").contains(&"external-id T1059".to_owned()));
    assert!(read("Cozy  Bear").contains(&"name cozy bear".to_owned()));
    assert!(read("odd[.]name").contains(&"mutex odd[.]name".to_owned()));
    assert!(read("C:\\A.exe").contains(&"path c:\\a.exe".to_owned()));
    assert_eq!(read(""), [""; 0]);
    assert_eq!(read(" \n"), [""; 0]);
    assert_eq!(read(&"a".repeat(3 * TEXT_MAX)), [""; 0]);
}

#[test]
fn every_value_of_an_object_is_among_the_readings_of_its_text() {
    let folder = std::env::var_os("LEGATION_CORPUS");
    let Some(folder) = folder.map(|folder| std::path::Path::new(&folder).join("stix/cases")) else {
        println!("corpus not present: stix/cases");
        return;
    };
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let held = text.lines().filter_map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).ok()?;
            let object = line.get("object").unwrap_or(&line);
            values(object.to_string().as_bytes()).ok()
        });
        for Held { value, .. } in held.flatten() {
            let readings = Value::parse_query(value.text());
            // A domain of one label and a digest of a few digits can only be looked for as names.
            let odd = matches!(
                value.kind(),
                Kind::Domain | Kind::Hash | Kind::RegistryKey | Kind::Serial | Kind::Wallet
            );
            let odd = odd || matches!(value.kind(), Kind::FileName | Kind::Path);
            assert!(odd || readings.contains(&value), "{value:?}");
            count += 1;
        }
    }
    assert!(count > 100);
    println!("{count} values");
}

#[test]
fn the_lists_warn_of_what_says_nothing() {
    let warned = |kind, text: &str| Value::of(kind, text).unwrap().warning();
    for text in [
        "127.0.0.1",
        "10.1.2.0/24",
        "::1",
        "fe80::1",
        "2001:db8::/40",
        "0.0.0.0/0",
        "::/0",
        "192.168.0.1",
    ] {
        assert_eq!(
            warned(Kind::Ip, text),
            Some(Warning::SpecialNetwork),
            "{text}"
        );
    }
    for text in [
        "8.8.8.8",
        "11.0.0.0/8",
        "172.32.0.1",
        "10.0.0.0/7",
        "2a00::1",
    ] {
        assert_eq!(warned(Kind::Ip, text), None, "{text}");
    }
    assert_eq!(
        warned(Kind::Domain, "WWW.Google.com"),
        Some(Warning::TopDomain)
    );
    assert_eq!(warned(Kind::Domain, "sites.google.com"), None);
    assert_eq!(
        warned(Kind::Domain, "a.b.example"),
        Some(Warning::SpecialDomain)
    );
    assert_eq!(
        warned(Kind::Domain, "localhost"),
        Some(Warning::SpecialDomain)
    );
    assert_eq!(warned(Kind::Domain, "evilexample.com"), None);
    assert_eq!(
        warned(Kind::Md5, "D41D8CD98F00B204E9800998ECF8427E"),
        Some(Warning::EmptyDigest)
    );
    assert_eq!(warned(Kind::Name, "GREEN"), Some(Warning::Word));
    assert_eq!(warned(Kind::Name, "x"), Some(Warning::Word));
    assert_eq!(warned(Kind::Name, "Cozy Bear"), None);
}

#[test]
fn an_object_tells_so_many_values_and_no_more() {
    let list: Vec<String> = (0..VALUES_MAX + 10)
        .map(|n| format!("'198.51.{}.{}'", n / 256, n % 256))
        .collect();
    let pattern = format!("[ipv4-addr:value IN ({})]", list.join(","));
    let object = serde_json::json!({"type": "indicator", "pattern": pattern, "name": "later"});
    assert_eq!(
        values(object.to_string().as_bytes()).unwrap().len(),
        VALUES_MAX
    );
}

proptest::proptest! {
    /// Any text in any property: no panic, and every form is its own normal form.
    #[test]
    fn forms_are_stable(text in "[ -~\u{a0}-\u{ff}\u{3002}.:/@]{0,60}", own in 0..12_usize) {
        let own = ["ipv4-addr", "domain-name", "url", "email-addr", "mac-addr", "autonomous-system", "file",
            "directory", "windows-registry-key", "x509-certificate", "malware", "indicator"][own];
        let object = serde_json::json!({"type": own, "value": text, "name": text, "path": text, "key": text,
            "serial_number": text, "hashes": {"MD5": text}, "aliases": [text], "pattern": text});
        for held in values(object.to_string().as_bytes()).unwrap() {
            let again = Value::of(held.value.kind(), held.value.text());
            proptest::prop_assert_eq!(again.as_ref(), Some(&held.value));
        }
        for value in Value::parse_query(&text) {
            let again = Value::of(value.kind(), value.text());
            proptest::prop_assert_eq!(again.as_ref(), Some(&value));
        }
    }
}
