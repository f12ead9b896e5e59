//! What each form accepts and refuses.

use super::*;

fn judge(form: &Form, good: &[&str], bad: &[&str]) {
    for text in good {
        assert!((form.holds)(text), "{text} is {}", form.what);
    }
    for text in bad {
        assert!(!(form.holds)(text), "{text} is not {}", form.what);
    }
}

#[test]
fn encodings() {
    judge(
        &BASE64,
        &["AAAA", "VGVzdA==", "VGVzdGE="],
        &["", "AAA", "A===", "AA=A", "AAA*", "===="],
    );
    judge(&HEX, &["00", "ffd8"], &["", "0", "FFD8", "0g", "é0"]);
    judge(
        &CHARACTER_SET,
        &["windows-1251", "UTF-8", "ISO-8859-1"],
        &["", "utf8", "windows-1251 "],
    );
    for (name, text, held) in [
        ("MD5", "D41D8CD98F00B204E9800998ECF8427E", true),
        ("MD5", "d41d8cd98f00b204e9800998ecf8427", false),
        ("SHA-1", "da39a3ee5e6b4b0d3255bfef95601890afd80709", true),
        ("SHA-256", "da39a3ee5e6b4b0d3255bfef95601890afd80709", false),
        ("SSDEEP", "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C", true),
        ("SSDEEP", "3 2", false),
        (
            "TLSH",
            "6FF02BEF718027B0160B4391212923ED7F1A463D563B1549B86CF62973B197AD2731F8",
            true,
        ),
        (
            "TLSH",
            "T16FF02BEF718027B0160B4391212923ED7F1A463D563B1549B86CF62973B197AD2731F8",
            true,
        ),
        ("TLSH", "6FF0", false),
        ("x_own", "anything", true),
    ] {
        assert_eq!(is_hash(name, text), held, "{name} {text}");
    }
}

#[test]
fn addresses() {
    judge(
        &IPV4,
        &["198.51.100.3", "0.0.0.0/0", "198.51.100.0/24"],
        &[
            "",
            "198.51.100",
            "198.51.100.256",
            "198.51.100.3/33",
            "1.2.3.4/",
            "1.2.3.04",
            "1.2.3.4/08",
        ],
    );
    judge(
        &IPV6,
        &[
            "::",
            "2001:db8::1",
            "2001:db8::/32",
            "fe80::1%eth0",
            "::ffff:198.51.100.3",
        ],
        &["", ":", "2001:db8::/129", "12345::", "1.2.3.4", "fe80::1%"],
    );
    judge(
        &MAC_ADDRESS,
        &["d2:fb:49:24:37:18"],
        &[
            "",
            "D2:FB:49:24:37:18",
            "d2-fb-49-24-37-18",
            "d2:fb:49:24:37",
            "d2:fb:49:24:37:1g",
        ],
    );
    judge(
        &DOMAIN_NAME,
        &[
            "example.com",
            "localhost",
            "xn--mnchen-3ya.de",
            "münchen.de",
            "example.com.",
        ],
        &[
            "",
            ".",
            "a..b",
            "-a.com",
            "a-.com",
            "a b.com",
            "a_b.com",
            "http://a.com",
        ],
    );
    judge(
        &EMAIL_ADDRESS,
        &[
            "jane.smith@example.com",
            "\"a b\"@example.com",
            "ü@example.com",
        ],
        &[
            "",
            "jane",
            "@example.com",
            "jane@",
            "Jane <jane@example.com>",
            "a b@example.com",
        ],
    );
    judge(
        &URL,
        &[
            "https://example.com/a?b=c#d",
            "ftp://[2001:db8::1]:21/",
            "mailto:jane@example.com",
            "urn:x:y",
            "http://a/%20",
        ],
        &[
            "",
            "foo",
            "example.com/a",
            "http://a b/",
            "http://a/%2",
            "1a:b",
            "http://a/<b>",
            "http://ü/",
            "http://a/[b]",
            "a:#b#c",
        ],
    );
}

#[test]
fn names() {
    judge(
        &LANGUAGE,
        &[
            "en",
            "pt-BR",
            "de-CH-1996",
            "zh-Hant-TW",
            "bbb",
            "sr-Cyrl-SP",
            "EN-us",
            "x-own",
            "en-a-abc-x-y",
            "es-419",
            "zh-yue",
        ],
        &[
            "",
            "e",
            "foo",
            "en_US",
            "en-",
            "en-us-latn-x",
            "english",
            "en-a",
            "españ",
            "x",
            "en-12",
            "zz",
        ],
    );
    judge(&COUNTRY, &["AT", "us"], &["", "AUT", "XX", "DA", "U"]);
    judge(
        &MIME_TYPE,
        &["text/plain", "application/vnd.ms-excel"],
        &["", "text", "bla/blabla", "text/", "text/a b"],
    );
    judge(
        &CPE,
        &[
            "cpe:2.3:a:microsoft:word:2000:*:*:*:*:*:*:*",
            "cpe:2.3:o:a\\:b:c:-:*:*:en-us:*:*:*:*",
        ],
        &[
            "",
            "cpe:/a:microsoft:word:2000",
            "cpe:2.3:x:microsoft:word:2000:*:*:*:*:*:*:*",
            "cpe:2.3:a:microsoft:word:2000:*:*:*:*:*:*",
            "cpe:2.3:a:micro soft:word:2000:*:*:*:*:*:*:*",
            "cpe:2.3:a:b*c:word:2000:*:*:*:*:*:*:*",
        ],
    );
    judge(
        &REGISTRY_KEY,
        &["HKEY_LOCAL_MACHINE\\System", "hkey_users"],
        &["HKLM\\System", "hkcu\\a", "HKU"],
    );
    judge(
        &KILL_CHAIN,
        &["lockheed-martin", "a1"],
        &["Lockheed", "a_b", "a b", "1", ""],
    );
    judge(
        &PROTOCOL,
        &["tcp", "ipv4", "http-alt"],
        &["", "foo_bar", "a-very-long-protocol"],
    );
    judge(
        &RELATIONSHIP_TYPE,
        &["uses", "a1-b"],
        &["", "Uses", "a_b", "ä"],
    );
    judge(&PRIORITY, &["HIGH_PRIORITY_CLASS"], &["_CLASS", "HIGH"]);
    judge(&PRODUCT, &["microsoft-av"], &["", "Microsoft", "a b"]);
    for (text, held) in [
        ("SO_KEEPALIVE", true),
        ("IPV6_V6ONLY", true),
        ("so_a", false),
        ("SO_", false),
        ("FOO_A", false),
    ] {
        assert_eq!(is_socket_option(text), held, "{text}");
    }
    for (text, held) in [
        ("name", true),
        ("id", true),
        ("a1_", true),
        ("9ab", false),
        ("ab", false),
        ("aB1", false),
        ("_ab", false),
        ("", false),
    ] {
        assert_eq!(is_property_name(text), held, "{text}");
    }
    assert!(is_ipfix("octetDeltaCount") && !is_ipfix("Foo") && !is_ipfix("a"));
    assert!(is_key("A_b-1") && !is_key("") && !is_key("a b") && !is_key(&"a".repeat(251)));
}
