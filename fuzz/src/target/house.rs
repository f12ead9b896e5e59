//! The house rules. What is accepted can be written anew from its values and reads the same.

use legation_core::house::{HouseRules, SIZE_MAX, Validation};
use legation_core::party::Status;

use super::{fault, toml};

pub(super) const WORDS: &[&str] = &[
    "[[area]]\n",
    "name = \"energy\"\n",
    "title = \"Energy\"\n",
    "[[ceiling]]\n",
    "article = \"a\"\n",
    "area = \"cyber\"\n",
    "area = \"energy\"\n",
    "kinds = [\"indicator\"]\n",
    "from = [\"host\", \"JPN\"]\n",
    "to = [\"observers\"]\n",
    "up_to = \"RED\"\n",
    "[[unmarked]]\n",
    "level = \"AMBER\"\n",
    "validation = \"structure\"\n",
    "\\u00e9",
    "'''",
    "\r\n",
    "# ",
];

pub(super) fn run(bytes: &[u8]) -> bool {
    let rules = match HouseRules::parse(bytes) {
        Ok(rules) => rules,
        Err(faults) => {
            fault::judge(&faults, "house.", bytes);
            return false;
        }
    };
    let again = render(&rules);
    match HouseRules::parse(again.as_bytes()) {
        Ok(read) => assert!(
            rules.areas == read.areas
                && rules.ceiling == read.ceiling
                && rules.unmarked == read.unmarked
                && rules.validation == read.validation,
            "written anew it reads otherwise:\n{again}\n{rules:?}\n{read:?}"
        ),
        Err(faults) => assert!(
            again.len() > SIZE_MAX,
            "written anew it is refused:\n{again}\n{faults}"
        ),
    }
    let known = |code: &legation_core::id::PartyCode| match code.as_str() {
        "JPN" => Some(Status::Partner),
        _ => None,
    };
    if let Err(faults) = rules.check(&known) {
        fault::judge(&faults, "house.", bytes);
    }
    for area in rules.area_names() {
        assert!(rules.has_area(&area));
    }
    true
}

fn render(rules: &HouseRules) -> String {
    let mut text = String::new();
    let validation = match rules.validation {
        Validation::Strict => "strict",
        Validation::Structure => "structure",
    };
    toml::line(&mut text, "validation", validation);
    for area in &rules.areas {
        text.push_str("[[area]]\n");
        toml::line(&mut text, "name", area.name.as_str());
        toml::line(&mut text, "title", &area.title);
    }
    for ceiling in &rules.ceiling {
        text.push_str("[[ceiling]]\n");
        if let Some(article) = &ceiling.article {
            toml::line(&mut text, "article", article);
        }
        if let Some(area) = &ceiling.area {
            toml::line(&mut text, "area", area.as_str());
        }
        if let Some(kinds) = &ceiling.kinds {
            toml::list(&mut text, "kinds", kinds);
        }
        if let Some(from) = &ceiling.from {
            toml::list(&mut text, "from", from);
        }
        if let Some(to) = &ceiling.to {
            toml::list(&mut text, "to", to);
        }
        toml::line(&mut text, "up_to", ceiling.up_to.as_str());
    }
    for unmarked in &rules.unmarked {
        text.push_str("[[unmarked]]\n");
        if let Some(area) = &unmarked.area {
            toml::line(&mut text, "area", area.as_str());
        }
        if let Some(kinds) = &unmarked.kinds {
            toml::list(&mut text, "kinds", kinds);
        }
        toml::line(&mut text, "level", unmarked.level.as_str());
    }
    text
}
