//! From the lexicon to rules: the inflection of nouns and adjectives.

use std::collections::BTreeMap;

use super::notation::word_and_sense;
use super::verbs::Conjugation;

/// The lexicon's entries; what its columns mean is written there.
const ENTRIES: &str = include_str!("grammar/lexicon.txt");

/// The lexicon as rules in the grammar's notation, one for every form of every entry.
pub(super) fn rules() -> String {
    let entries =
        || ENTRIES.lines().filter(|line| !line.starts_with('#')).map(|line| line.split_whitespace().collect());
    let entries: Vec<Vec<&str>> = entries().collect();
    let conjugation = Conjugation::of(&entries);
    let mut rules = Vec::new();
    for entry in entries.iter().filter(|entry| !entry.is_empty()) {
        match entry[..] {
            ["noun", class, gender, english, spanish, ref options @ ..] => {
                rules.extend(noun(class, gender, english, spanish, options));
            }
            ["verb", class, spanish, ref english @ ..] => rules.extend(conjugation.rules(class, spanish, english)),
            [kind @ ("quality" | "condition" | "state" | "colour" | "side"), english, spanish, ref rest @ ..] => {
                rules.extend(adjective(kind, english, spanish, rest));
            }
            ["english" | "present" | "preterite" | "gerund", ..] => (), // the conjugation has read them
            _ => panic!("lexicon: no entry: {}", entry.join(" ")),
        }
    }
    rules.join("\n")
}

/// The values of options written `name=value`.
fn options<'a>(words: &[&'a str]) -> BTreeMap<&'a str, &'a str> {
    words.iter().map(|word| word.split_once('=').unwrap_or((word, ""))).collect()
}

/// The singular and, unless the noun is of a mass, the plural.
fn noun(class: &str, gender: &str, english: &str, spanish: &str, words: &[&str]) -> Vec<String> {
    let options = options(words);
    let (word, sense) = word_and_sense(english);
    let plurals = options.get("plural").map_or_else(
        || [english_plural(word), spanish_plural(spanish)],
        |plurals| {
            let (english, spanish) = plurals.split_once(',').expect("plural=english,spanish");
            [english.to_owned(), spanish.to_owned()]
        },
    );
    let latin = |inflect: fn(&str) -> String| match options.get("latin") {
        Some(latin) => format!("| latin {}:1 ", inflect(latin)),
        None => String::new(),
    };
    let singular =
        format!("Noun.{class}.{gender}.s : {word}{sense}:1 = {spanish}:1 {}[noun {english}]", latin(str::to_owned));
    let plural = format!(
        "Noun.{class}.{gender}.p : {}{sense}:1 = {}:1 {}[noun {english}]",
        plurals[0],
        plurals[1],
        latin(spanish_plural)
    );
    if options.contains_key("mass") { vec![singular] } else { vec![singular, plural] }
}

/// What rules an adjective's kind gives it a place in, by the forms that agree with the noun.
fn adjective(kind: &str, english: &str, spanish: &str, rest: &[&str]) -> Vec<String> {
    let colon = rest.iter().position(|&word| word == ":").expect("a colon before the classes of nouns");
    let places: &[&str] = match kind {
        "quality" => &["Attribute", "Essence"],
        "condition" => &["Attribute", "State"],
        "state" => &["State"],
        "side" => &["Side"],
        _ => &["Colour", "Essence"],
    };
    let options = options(&rest[..colon]);
    let joined = if options.contains_key("last") { "Last" } else { "First" };
    let joined = places.contains(&"Essence").then_some(joined);
    let comparative = options.get("than").map(|&than| match than {
        "more" => format!("more:1 {english}:2 = más:1"),
        _ => format!("{than}:12 = más:1"),
    });
    let mut rules = Vec::new();
    for class in &rest[colon + 1..] {
        for (features, form) in adjective_forms(spanish) {
            let entry = format!("{form}:1 [adjective {english}]");
            rules.extend(
                places
                    .iter()
                    .copied()
                    .chain(joined)
                    .map(|place| format!("{place}.{class}.{features} : {english}:1 = {entry}")),
            );
            rules.extend(comparative.iter().map(|side| format!("Compared.{class}.{features} : {side} {form}:2")));
        }
    }
    rules
}

/// By gender and number. An adjective in -o has four forms, any other two.
fn adjective_forms(masculine: &str) -> [(&'static str, String); 4] {
    let feminine = masculine.strip_suffix('o').map_or_else(|| masculine.to_owned(), |stem| format!("{stem}a"));
    let [masculines, feminines] = [masculine, &feminine].map(spanish_plural);
    [("m.s", masculine.to_owned()), ("f.s", feminine), ("m.p", masculines), ("f.p", feminines)]
}

fn english_plural(singular: &str) -> String {
    match singular {
        _ if singular.ends_with(['s', 'x']) || singular.ends_with("ch") => format!("{singular}es"),
        _ => match singular.strip_suffix('y') {
            Some(stem) if !stem.ends_with(['a', 'e', 'o']) => format!("{stem}ies"),
            _ => format!("{singular}s"),
        },
    }
}

/// -s after a vowel, -es after a consonant, -ces for -z.
fn spanish_plural(singular: &str) -> String {
    match singular.strip_suffix('z') {
        Some(stem) => format!("{stem}ces"),
        None if singular.ends_with(['a', 'e', 'i', 'o', 'u', 'é']) => format!("{singular}s"),
        None => format!("{singular}es"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_have_as_many_forms_as_the_module_says() {
        let entries: Vec<Vec<&str>> = ENTRIES.lines().map(|line| line.split_whitespace().collect()).collect();
        let conjugation = Conjugation::of(&entries);
        let mut forms = BTreeMap::<&str, String>::new();
        for entry in &entries {
            if let ["verb", class, spanish, ref english @ ..] = entry[..] {
                forms.entry(spanish).or_default().push_str(&conjugation.rules(class, spanish, english).join("\n"));
            }
        }
        let with = |form: &str| forms.values().filter(|rules| rules.contains(form)).count();
        assert_eq!([".inf ", ".now.1s ", ".past.1s ", ".ger "].map(with), [37, 17, 6, 9]);
        let others = ["gusta.l:1", "cuesta.n:1", "hay:1"];
        assert!(others.iter().all(|verb| include_str!("grammar/clauses.txt").contains(verb)));
    }

    #[test]
    fn plurals() {
        for (singular, plural) in
            [("house", "houses"), ("box", "boxes"), ("city", "cities"), ("boy", "boys"), ("watch", "watches")]
        {
            assert_eq!(english_plural(singular), plural);
        }
        for (singular, plural) in
            [("casa", "casas"), ("ciudad", "ciudades"), ("lápiz", "lápices"), ("café", "cafés"), ("reloj", "relojes")]
        {
            assert_eq!(spanish_plural(singular), plural);
        }
    }

    #[test]
    fn adjectives_agree() {
        let forms = |masculine| adjective_forms(masculine).map(|(_, form)| form);
        assert_eq!(forms("rojo"), ["rojo", "roja", "rojos", "rojas"]);
        assert_eq!(forms("grande"), ["grande", "grande", "grandes", "grandes"]);
        assert_eq!(forms("difícil"), ["difícil", "difícil", "difíciles", "difíciles"]);
    }
}
