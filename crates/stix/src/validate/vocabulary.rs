//! The open vocabularies and enumerations of section 10 of STIX 2.1.
//!
//! Not where they are used; the tables of the types name them.

/// A list of terms.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    /// The name that the standard gives it, `malware-type-ov`.
    pub(crate) name: &'static str,
    /// Its section in STIX 2.1.
    pub(crate) section: &'static str,
    /// The terms.
    pub(crate) terms: &'static [&'static str],
}

impl Vocabulary {
    /// Whether the vocabulary has the term.
    pub(crate) fn has(&self, term: &str) -> bool {
        self.terms.contains(&term)
    }
}

const fn terms(
    name: &'static str,
    section: &'static str,
    terms: &'static [&'static str],
) -> Vocabulary {
    Vocabulary {
        name,
        section,
        terms,
    }
}

pub(super) static ACCOUNT_TYPE: Vocabulary = terms(
    "account-type-ov",
    "10.1",
    &[
        "unix",
        "windows-local",
        "windows-domain",
        "ldap",
        "tacacs",
        "radius",
        "nis",
        "openid",
        "facebook",
        "skype",
        "twitter",
    ],
);
pub(super) static ATTACK_MOTIVATION: Vocabulary = terms(
    "attack-motivation-ov",
    "10.2",
    &[
        "accidental",
        "coercion",
        "dominance",
        "ideology",
        "notoriety",
        "organizational-gain",
        "personal-gain",
        "personal-satisfaction",
        "revenge",
        "unpredictable",
    ],
);
pub(super) static ATTACK_RESOURCE_LEVEL: Vocabulary = terms(
    "attack-resource-level-ov",
    "10.3",
    &[
        "individual",
        "club",
        "contest",
        "team",
        "organization",
        "government",
    ],
);
pub(super) static ENCRYPTION_ALGORITHM: Vocabulary = terms(
    "encryption-algorithm-enum",
    "10.4",
    &["AES-256-GCM", "ChaCha20-Poly1305", "mime-type-indicated"],
);
pub(super) static EXTENSION_TYPE: Vocabulary = terms(
    "extension-type-enum",
    "10.5",
    &[
        "new-sdo",
        "new-sco",
        "new-sro",
        "property-extension",
        "toplevel-property-extension",
    ],
);
pub(super) static GROUPING_CONTEXT: Vocabulary = terms(
    "grouping-context-ov",
    "10.6",
    &["suspicious-activity", "malware-analysis", "unspecified"],
);
pub(super) static HASH_ALGORITHM: Vocabulary = terms(
    "hash-algorithm-ov",
    "10.7",
    &[
        "MD5", "SHA-1", "SHA-256", "SHA-512", "SHA3-256", "SHA3-512", "SSDEEP", "TLSH",
    ],
);
pub(super) static IDENTITY_CLASS: Vocabulary = terms(
    "identity-class-ov",
    "10.8",
    &[
        "individual",
        "group",
        "system",
        "organization",
        "class",
        "unknown",
    ],
);
pub(super) static IMPLEMENTATION_LANGUAGE: Vocabulary = terms(
    "implementation-language-ov",
    "10.9",
    &[
        "applescript",
        "bash",
        "c",
        "c++",
        "c#",
        "go",
        "java",
        "javascript",
        "lua",
        "objective-c",
        "perl",
        "php",
        "powershell",
        "python",
        "ruby",
        "scala",
        "swift",
        "typescript",
        "visual-basic",
        "x86-32",
        "x86-64",
    ],
);
pub(super) static INDICATOR_TYPE: Vocabulary = terms(
    "indicator-type-ov",
    "10.10",
    &[
        "anomalous-activity",
        "anonymization",
        "benign",
        "compromised",
        "malicious-activity",
        "attribution",
        "unknown",
    ],
);
pub(super) static INDUSTRY_SECTOR: Vocabulary = terms(
    "industry-sector-ov",
    "10.11",
    &[
        "agriculture",
        "aerospace",
        "automotive",
        "chemical",
        "commercial",
        "communications",
        "construction",
        "defense",
        "education",
        "energy",
        "entertainment",
        "financial-services",
        "government",
        "emergency-services",
        "government-local",
        "government-national",
        "government-public-services",
        "government-regional",
        "healthcare",
        "hospitality-leisure",
        "infrastructure",
        "dams",
        "nuclear",
        "water",
        "insurance",
        "legal",
        "manufacturing",
        "mining",
        "non-profit",
        "pharmaceuticals",
        "retail",
        "technology",
        "telecommunications",
        "transportation",
        "utilities",
    ],
);
pub(super) static INFRASTRUCTURE_TYPE: Vocabulary = terms(
    "infrastructure-type-ov",
    "10.12",
    &[
        "amplification",
        "anonymization",
        "botnet",
        "command-and-control",
        "control-system",
        "exfiltration",
        "firewall",
        "hosting-malware",
        "hosting-target-lists",
        "phishing",
        "reconnaissance",
        "routers-switches",
        "staging",
        "workstation",
        "unknown",
    ],
);
pub(super) static MALWARE_CAPABILITIES: Vocabulary = terms(
    "malware-capabilities-ov",
    "10.13",
    &[
        "accesses-remote-machines",
        "anti-debugging",
        "anti-disassembly",
        "anti-emulation",
        "anti-memory-forensics",
        "anti-sandbox",
        "anti-vm",
        "captures-input-peripherals",
        "captures-output-peripherals",
        "captures-system-state-data",
        "cleans-traces-of-infection",
        "commits-fraud",
        "communicates-with-c2",
        "compromises-data-availability",
        "compromises-data-integrity",
        "compromises-system-availability",
        "controls-local-machine",
        "degrades-security-software",
        "degrades-system-updates",
        "determines-c2-server",
        "emails-spam",
        "escalates-privileges",
        "evades-av",
        "exfiltrates-data",
        "fingerprints-host",
        "hides-artifacts",
        "hides-executing-code",
        "infects-files",
        "infects-remote-machines",
        "installs-other-components",
        "persists-after-system-reboot",
        "prevents-artifact-access",
        "prevents-artifact-deletion",
        "probes-network-environment",
        "self-modifies",
        "steals-authentication-credentials",
        "violates-system-operational-integrity",
    ],
);
pub(super) static MALWARE_RESULT: Vocabulary = terms(
    "malware-result-ov",
    "10.14",
    &["malicious", "suspicious", "benign", "unknown"],
);
pub(super) static MALWARE_TYPE: Vocabulary = terms(
    "malware-type-ov",
    "10.15",
    &[
        "adware",
        "backdoor",
        "bot",
        "bootkit",
        "ddos",
        "downloader",
        "dropper",
        "exploit-kit",
        "keylogger",
        "ransomware",
        "remote-access-trojan",
        "resource-exploitation",
        "rogue-security-software",
        "rootkit",
        "screen-capture",
        "spyware",
        "trojan",
        "unknown",
        "virus",
        "webshell",
        "wiper",
        "worm",
    ],
);
pub(super) static SOCKET_ADDRESS_FAMILY: Vocabulary = terms(
    "network-socket-address-family-enum",
    "10.16",
    &[
        "AF_UNSPEC",
        "AF_INET",
        "AF_IPX",
        "AF_APPLETALK",
        "AF_NETBIOS",
        "AF_INET6",
        "AF_IRDA",
        "AF_BTH",
    ],
);
pub(super) static SOCKET_TYPE: Vocabulary = terms(
    "network-socket-type-enum",
    "10.17",
    &[
        "SOCK_STREAM",
        "SOCK_DGRAM",
        "SOCK_RAW",
        "SOCK_RDM",
        "SOCK_SEQPACKET",
    ],
);
pub(super) static OPINION: Vocabulary = terms(
    "opinion-enum",
    "10.18",
    &[
        "strongly-disagree",
        "disagree",
        "neutral",
        "agree",
        "strongly-agree",
    ],
);
pub(super) static PATTERN_TYPE: Vocabulary = terms(
    "pattern-type-ov",
    "10.19",
    &["stix", "pcre", "sigma", "snort", "suricata", "yara"],
);
pub(super) static PROCESSOR_ARCHITECTURE: Vocabulary = terms(
    "processor-architecture-ov",
    "10.20",
    &[
        "alpha", "arm", "ia-64", "mips", "powerpc", "sparc", "x86", "x86-64",
    ],
);
pub(super) static REGION: Vocabulary = terms(
    "region-ov",
    "10.21",
    &[
        "africa",
        "eastern-africa",
        "middle-africa",
        "northern-africa",
        "southern-africa",
        "western-africa",
        "americas",
        "latin-america-caribbean",
        "south-america",
        "caribbean",
        "central-america",
        "northern-america",
        "asia",
        "central-asia",
        "eastern-asia",
        "southern-asia",
        "south-eastern-asia",
        "western-asia",
        "europe",
        "eastern-europe",
        "northern-europe",
        "southern-europe",
        "western-europe",
        "oceania",
        "australia-new-zealand",
        "melanesia",
        "micronesia",
        "polynesia",
        "antarctica",
    ],
);
pub(super) static REPORT_TYPE: Vocabulary = terms(
    "report-type-ov",
    "10.22",
    &[
        "threat-report",
        "attack-pattern",
        "campaign",
        "identity",
        "indicator",
        "intrusion-set",
        "malware",
        "observed-data",
        "threat-actor",
        "tool",
        "vulnerability",
    ],
);
pub(super) static THREAT_ACTOR_TYPE: Vocabulary = terms(
    "threat-actor-type-ov",
    "10.23",
    &[
        "activist",
        "competitor",
        "crime-syndicate",
        "criminal",
        "hacker",
        "insider-accidental",
        "insider-disgruntled",
        "nation-state",
        "sensationalist",
        "spy",
        "terrorist",
        "unknown",
    ],
);
pub(super) static THREAT_ACTOR_ROLE: Vocabulary = terms(
    "threat-actor-role-ov",
    "10.24",
    &[
        "agent",
        "director",
        "independent",
        "infrastructure-architect",
        "infrastructure-operator",
        "malware-author",
        "sponsor",
    ],
);
pub(super) static THREAT_ACTOR_SOPHISTICATION: Vocabulary = terms(
    "threat-actor-sophistication-ov",
    "10.25",
    &[
        "none",
        "minimal",
        "intermediate",
        "advanced",
        "expert",
        "innovator",
        "strategic",
    ],
);
pub(super) static TOOL_TYPE: Vocabulary = terms(
    "tool-type-ov",
    "10.26",
    &[
        "denial-of-service",
        "exploitation",
        "information-gathering",
        "network-capture",
        "credential-exploitation",
        "remote-access",
        "vulnerability-scanning",
        "unknown",
    ],
);
pub(super) static INTEGRITY_LEVEL: Vocabulary = terms(
    "windows-integrity-level-enum",
    "10.27",
    &["low", "medium", "high", "system"],
);
pub(super) static PEBINARY_TYPE: Vocabulary =
    terms("windows-pebinary-type-ov", "10.28", &["dll", "exe", "sys"]);
pub(super) static REGISTRY_DATATYPE: Vocabulary = terms(
    "windows-registry-datatype-enum",
    "10.29",
    &[
        "REG_NONE",
        "REG_SZ",
        "REG_EXPAND_SZ",
        "REG_BINARY",
        "REG_DWORD",
        "REG_DWORD_BIG_ENDIAN",
        "REG_DWORD_LITTLE_ENDIAN",
        "REG_LINK",
        "REG_MULTI_SZ",
        "REG_RESOURCE_LIST",
        "REG_FULL_RESOURCE_DESCRIPTION",
        "REG_RESOURCE_REQUIREMENTS_LIST",
        "REG_QWORD",
        "REG_INVALID_TYPE",
    ],
);
pub(super) static SERVICE_START_TYPE: Vocabulary = terms(
    "windows-service-start-type-enum",
    "10.30",
    &[
        "SERVICE_AUTO_START",
        "SERVICE_BOOT_START",
        "SERVICE_DEMAND_START",
        "SERVICE_DISABLED",
        "SERVICE_SYSTEM_ALERT",
    ],
);
pub(super) static SERVICE_TYPE: Vocabulary = terms(
    "windows-service-type-enum",
    "10.31",
    &[
        "SERVICE_KERNEL_DRIVER",
        "SERVICE_FILE_SYSTEM_DRIVER",
        "SERVICE_WIN32_OWN_PROCESS",
        "SERVICE_WIN32_SHARE_PROCESS",
    ],
);
pub(super) static SERVICE_STATUS: Vocabulary = terms(
    "windows-service-status-enum",
    "10.32",
    &[
        "SERVICE_CONTINUE_PENDING",
        "SERVICE_PAUSE_PENDING",
        "SERVICE_PAUSED",
        "SERVICE_RUNNING",
        "SERVICE_START_PENDING",
        "SERVICE_STOP_PENDING",
        "SERVICE_STOPPED",
    ],
);
