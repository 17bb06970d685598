//! The forms of all Spanish verbs, against tables written from a Spanish grammar: no rule of the generator makes them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use grammar::{Generator, Grammar};

/// Says which verbs there are, and which of their forms.
const LEXICON: &str = include_str!("../src/grammar/lexicon.txt");

const INFINITIVES: &str = "
    abrir aprender ayudar beber cantar cerrar cocinar comer comprar conocer correr dar dormir encontrar escribir estar
    estudiar ir jugar leer limpiar llamar mirar necesitar pintar poder querer saber salir ser tener tocar trabajar vender
    ver viajar vivir";

/// Infinitive: yo, tú, él, nosotros, vosotros, ellos.
const PRESENT: &str = "
    beber:    bebo bebes bebe bebemos bebéis beben
    comer:    como comes come comemos coméis comen
    comprar:  compro compras compra compramos compráis compran
    conocer:  conozco conoces conoce conocemos conocéis conocen
    dar:      doy das da damos dais dan
    escribir: escribo escribes escribe escribimos escribís escriben
    estar:    estoy estás está estamos estáis están
    ir:       voy vas va vamos vais van
    poder:    puedo puedes puede podemos podéis pueden
    querer:   quiero quieres quiere queremos queréis quieren
    saber:    sé sabes sabe sabemos sabéis saben
    salir:    salgo sales sale salimos salís salen
    ser:      soy eres es somos sois son
    tener:    tengo tienes tiene tenemos tenéis tienen
    trabajar: trabajo trabajas trabaja trabajamos trabajáis trabajan
    ver:      veo ves ve vemos veis ven
    vivir:    vivo vives vive vivimos vivís viven";

/// In the same order.
const PRETERITE: &str = "
    beber:    bebí bebiste bebió bebimos bebisteis bebieron
    comer:    comí comiste comió comimos comisteis comieron
    comprar:  compré compraste compró compramos comprasteis compraron
    escribir: escribí escribiste escribió escribimos escribisteis escribieron
    salir:    salí saliste salió salimos salisteis salieron
    ver:      vi viste vio vimos visteis vieron";

const GERUND: &str = "
    beber:    bebiendo
    cantar:   cantando
    comer:    comiendo
    comprar:  comprando
    dormir:   durmiendo
    escribir: escribiendo
    leer:     leyendo
    limpiar:  limpiando
    trabajar: trabajando";

/// The forms by infinitive.
fn table(text: &'static str) -> BTreeMap<&'static str, Vec<&'static str>> {
    let row = |line: &'static str| {
        line.split_once(':').map(|(verb, forms)| (verb.trim(), forms.split_whitespace().collect()))
    };
    text.lines().filter_map(row).collect()
}

/// What each phrase `Verb.CLASS.FORM` must say: the verbs are those of the lexicon, their forms those of the tables.
///
/// # Panics
/// If the lexicon has a form that no table has, or a table one that the lexicon does not have.
fn expected() -> BTreeMap<String, BTreeSet<&'static str>> {
    // In the order of the lexicon's English columns, which say whether a verb has these forms.
    let infinitives = INFINITIVES.split_whitespace().map(|verb| (verb, vec![verb])).collect();
    let tables = [infinitives, table(PRESENT), table(PRETERITE), table(GERUND)];
    let phrases: [&[&str]; 4] = [&["inf"], &["now", "plain"], &["past", "did"], &["ger"]];
    let mut expected = BTreeMap::<String, BTreeSet<&str>>::new();
    let mut unused: BTreeSet<(usize, &str)> =
        tables.iter().enumerate().flat_map(|(column, table)| table.keys().map(move |&verb| (column, verb))).collect();
    for entry in LEXICON.lines().filter_map(|line| line.strip_prefix("verb ")) {
        let entry: Vec<&str> = entry.split_whitespace().collect();
        let [class, verb, english @ ..] = &entry[..] else { panic!("no verb: {entry:?}") };
        for (column, _) in english.iter().enumerate().filter(|(_, form)| **form != "-") {
            let forms = tables[column].get(verb);
            let forms = forms.unwrap_or_else(|| panic!("no table has {verb} in the form {}", phrases[column][0]));
            unused.remove(&(column, *verb));
            for form in phrases[column] {
                let phrase = format!("Verb.{class}.{form}");
                match forms[..] {
                    [only] => expected.entry(phrase).or_default().extend([only]),
                    // Usted and ustedes take the third person.
                    [yo, tú, él, nosotros, vosotros, ellos] => {
                        let persons = [
                            ("1s", &[yo][..]),
                            ("2s", &[tú, él]),
                            ("3s", &[él]),
                            ("1p", &[nosotros]),
                            ("2p", &[vosotros, ellos]),
                            ("3p", &[ellos]),
                        ];
                        for (person, forms) in persons {
                            expected.entry(format!("{phrase}.{person}")).or_default().extend(forms);
                        }
                    }
                    _ => panic!("{verb} has neither one nor six forms: {forms:?}"),
                }
            }
        }
    }
    assert!(unused.is_empty(), "the lexicon does not have {unused:?}");
    expected
}

#[test]
fn verbs_are_conjugated_as_the_grammar_book_has_them() {
    let grammar = Arc::new(Grammar::english_spanish());
    for (phrase, expected) in expected() {
        let generator = Generator::new(grammar.clone(), &phrase, 1);
        let verbs = generator.all(1);
        let said = verbs.iter().flat_map(|verb| generator.references(&verb.english.join(" ")));
        let said: BTreeSet<String> = said.map(|words| words.join(" ")).collect();
        assert!(said.iter().eq(&expected), "{phrase}: {said:?}, not {expected:?}");
    }
}
