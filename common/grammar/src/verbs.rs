//! From the lexicon to rules: the conjugation of verbs.

use std::collections::BTreeMap;

use super::notation::word_and_sense;

/// I, you, he or she, we, you all, they: the order of all tables of forms.
const PERSONS: [&str; 6] = ["1s", "2s", "3s", "1p", "2p", "3p"];

/// The irregular forms, by tense and infinitive; all others follow the rules.
pub(super) struct Conjugation<'a> {
    irregular: BTreeMap<(&'a str, &'a str), &'a [&'a str]>,
}

impl<'a> Conjugation<'a> {
    /// From the entries of the lexicon that give irregular forms.
    pub fn of(entries: &'a [Vec<&'a str>]) -> Self {
        let irregular = entries.iter().filter_map(|entry| match entry[..] {
            [tense @ ("english" | "present" | "preterite" | "gerund"), verb, ref forms @ ..] => {
                Some(((tense, verb), forms))
            }
            _ => None,
        });
        Self { irregular: irregular.collect() }
    }

    /// The forms of one verb in the phrases `Verb.CLASS.FORM`, where FORM is
    ///
    /// - `now.PERSON` eats, come; `past.PERSON` ate, comió;
    /// - `plain.PERSON` and `did.PERSON`, what follows do and did in English: eat, come and eat, comió;
    /// - `inf` eat, comer; `ger` eating, comiendo.
    ///
    /// `english` are the base, -s, past and -ing. Finite Spanish verbs leave the link `s` open for a subject that is not
    /// said. Who says usted to one, and ustedes to several, uses the third person.
    pub fn rules(&self, class: &str, spanish: &str, english: &[&str]) -> Vec<String> {
        let form = |at: usize| english.get(at).copied().filter(|&form| form != "-");
        let base = form(0).expect("a verb has an English form");
        let rule = |form: &str, english: &str, spanish: &str| {
            format!("Verb.{class}.{form} : {english}:1 = {spanish} [verb {base}]")
        };
        let finite = |forms: &[String; 6], person: usize| match person {
            1 => format!("{}:1s | usted {}:1s", forms[1], forms[2]),
            4 => format!("{}:1s | latin {}:1s | usted {}:1s", forms[4], forms[5], forms[5]),
            _ => format!("{}:1s", forms[person]),
        };
        let mut rules = vec![rule("inf", base, &format!("{spanish}:1"))];
        rules.extend(form(3).map(|ing| rule("ger", ing, &format!("{}:1", self.gerund(spanish)))));
        for (at, person) in PERSONS.into_iter().enumerate() {
            if let Some(third) = form(1) {
                let present = finite(&self.present(spanish), at);
                rules.push(rule(&format!("now.{person}"), &self.english(base, third, at), &present));
                rules.push(rule(&format!("plain.{person}"), base, &present));
            }
            if let Some(past) = form(2) {
                let preterite = finite(&self.preterite(spanish), at);
                rules.push(rule(&format!("past.{person}"), past, &preterite));
                rules.push(rule(&format!("did.{person}"), base, &preterite));
            }
        }
        rules
    }

    /// The English present: -s for the third person singular.
    fn english(&self, base: &str, third: &str, person: usize) -> String {
        let (word, sense) = word_and_sense(base);
        match self.irregular.get(&("english", word)) {
            Some(forms) => format!("{}{sense}", forms[person]),
            None if person == 2 => third.to_owned(),
            None => base.to_owned(),
        }
    }

    fn present(&self, infinitive: &str) -> [String; 6] {
        self.finite(
            "present",
            infinitive,
            [
                ["o", "as", "a", "amos", "áis", "an"],
                ["o", "es", "e", "emos", "éis", "en"],
                ["o", "es", "e", "imos", "ís", "en"],
            ],
        )
    }

    fn preterite(&self, infinitive: &str) -> [String; 6] {
        let second = ["í", "iste", "ió", "imos", "isteis", "ieron"];
        self.finite("preterite", infinitive, [["é", "aste", "ó", "amos", "asteis", "aron"], second, second])
    }

    /// Irregular, or the stem with the endings of -ar, -er or -ir.
    fn finite(&self, tense: &str, infinitive: &str, endings: [[&str; 6]; 3]) -> [String; 6] {
        if let Some(forms) = self.irregular.get(&(tense, infinitive)) {
            return std::array::from_fn(|person| forms[person].to_owned());
        }
        let (stem, class) = stem(infinitive);
        endings[class].map(|ending| format!("{stem}{ending}"))
    }

    fn gerund(&self, infinitive: &str) -> String {
        let (stem, class) = stem(infinitive);
        match self.irregular.get(&("gerund", infinitive)) {
            Some(forms) => forms[0].to_owned(),
            None => format!("{stem}{}", ["ando", "iendo", "iendo"][class]),
        }
    }
}

/// What stands before -ar (class 0), -er (1) or -ir (2).
fn stem(infinitive: &str) -> (&str, usize) {
    let (stem, ending) = infinitive.split_at(infinitive.len() - 2);
    let class = ["ar", "er", "ir"].iter().position(|known| *known == ending);
    (stem, class.expect("an infinitive ends in -ar, -er or -ir"))
}
