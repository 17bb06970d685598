//! The English-Spanish sentences: what they say, how many there are, and what is known of them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use grammar::{Generator, Homograph, SenseCorpus};

static GENERATOR: LazyLock<Generator> = LazyLock::new(Generator::default);

/// Pairs checked by hand, by subject.
const GOLDEN: [(&str, &str); 109] = [
    // Agreement, and the adjective after the noun but for a few.
    ("the white house is big", "la casa blanca es grande"),
    ("the white houses are big", "las casas blancas son grandes"),
    ("I see the red car", "veo el coche rojo"),
    ("I see an expensive red car", "veo un coche rojo caro"),
    ("we see a very small house", "vemos una casa muy pequeña"),
    ("she is reading a good book", "está leyendo un buen libro"),
    ("she is reading the good novels", "está leyendo las buenas novelas"),
    ("he wrote a great book", "escribió un gran libro"),
    ("he wrote great books", "escribió grandes libros"),
    ("the first house is white", "la primera casa es blanca"),
    ("we see the third car", "vemos el tercer coche"),
    ("the questions are hard", "las preguntas son difíciles"),
    ("the lights are red", "las luces son rojas"),
    ("these watches are new", "estos relojes son nuevos"),
    ("that hand is clean", "esa mano está limpia"),
    ("the left hand is clean", "la mano izquierda está limpia"),
    // El agua; al and del; possessives; 's.
    ("the water is cold", "el agua está fría"),
    ("I drink cold water", "bebo agua fría"),
    ("she drinks the good water", "bebe la buena agua"),
    ("he drank our water", "bebió nuestra agua"),
    ("the boy 's dog is black", "el perro del niño es negro"),
    ("we see the daughter 's house", "vemos la casa de la hija"),
    ("your books are on the table", "tus libros están sobre la mesa"),
    ("they leave the bank", "salen del banco"),
    // Persons as objects have an a, things have none.
    ("I see the girl", "veo a la niña"),
    ("I see the boy", "veo al niño"),
    ("I see the dog", "veo el perro"),
    ("we see the boys and the girls", "vemos a los niños y a las niñas"),
    ("he can help the teacher", "puede ayudar al profesor"),
    ("she knows my friends", "conoce a mis amigos"),
    ("I have sons and daughters", "tengo hijos e hijas"),
    ("I have three daughters", "tengo tres hijas"),
    // Persons and tenses.
    ("I eat the apple", "como la manzana"),
    ("you eat the apple", "comes la manzana"),
    ("you all eat the apple", "coméis la manzana"),
    ("we ate bread", "comimos pan"),
    ("they ate the eggs yesterday", "comieron los huevos ayer"),
    ("you didn't drink the milk", "no bebiste la leche"),
    ("I don't know the city", "no conozco la ciudad"),
    ("I am eating an apple", "estoy comiendo una manzana"),
    ("they are sleeping", "están durmiendo"),
    ("she is going to sing tomorrow", "va a cantar mañana"),
    ("you all want to buy a car", "queréis comprar un coche"),
    ("I have to work", "tengo que trabajar"),
    ("we can't open the box", "no podemos abrir la caja"),
    ("the teacher lives in this city", "el profesor vive en esta ciudad"),
    // Ser, estar and tener.
    ("he is tall", "es alto"),
    ("she is tired", "está cansada"),
    ("we are very tired", "estamos muy cansados"),
    ("I am not tired", "no estoy cansado"),
    ("she is in the house", "está en la casa"),
    ("the bank is closed", "el banco está cerrado"),
    ("I am hungry", "tengo hambre"),
    ("she is thirsty", "tiene sed"),
    ("they are right", "tienen razón"),
    ("I am twenty one years old", "tengo veintiún años"),
    ("the girl and the boy are tall", "la niña y el niño son altos"),
    ("the girl and the woman are tall", "la niña y la mujer son altas"),
    ("she is old and intelligent", "es vieja e inteligente"),
    ("the house is bigger than the school", "la casa es más grande que la escuela"),
    ("the boy is taller than the girl", "el niño es más alto que la niña"),
    ("the boys are more intelligent than the girl", "los niños son más inteligentes que la niña"),
    ("there is a cat in the house", "hay un gato en la casa"),
    ("there are twenty one tables in the school", "hay veintiuna mesas en la escuela"),
    // Liking.
    ("I like dogs", "me gustan los perros"),
    ("I like the water", "me gusta el agua"),
    ("you don't like books", "no te gustan los libros"),
    ("the boy likes dogs", "al niño le gustan los perros"),
    ("the girls like to read", "a las niñas les gusta leer"),
    ("do you like coffee ?", "¿ te gusta el café ?"),
    // Pronouns.
    ("I see it", "lo veo"),
    ("I see her", "la veo"),
    ("she doesn't see us", "no nos ve"),
    ("I want to buy it", "lo quiero comprar"),
    ("he gives me the book", "me da el libro"),
    ("he gives it to me", "me lo da"),
    ("I give it to her", "se lo doy"),
    ("he gives the girl an apple", "le da una manzana a la niña"),
    ("give it to me", "dámelo"),
    ("give it to him", "dáselo"),
    ("give us the book", "danos el libro"),
    // Questions.
    ("do you eat bread ?", "¿ comes pan ?"),
    ("does the boy eat the apple ?", "¿ come el niño la manzana ?"),
    ("did she see the girl ?", "¿ vio a la niña ?"),
    ("is the house big ?", "¿ es grande la casa ?"),
    ("where is the bank ?", "¿ dónde está el banco ?"),
    ("where are my books ?", "¿ dónde están mis libros ?"),
    ("who knows the girl ?", "¿ quién conoce a la niña ?"),
    ("what did you buy ?", "¿ qué compraste ?"),
    ("how many tables do you want ?", "¿ cuántas mesas quieres ?"),
    ("how old are you ?", "¿ cuántos años tienes ?"),
    ("how much does the car cost ?", "¿ cuánto cuesta el coche ?"),
    // Clauses within and beside clauses.
    ("I know that he works", "sé que trabaja"),
    ("the woman saw the man who ate the bread", "la mujer vio al hombre que comió el pan"),
    ("I am reading the novel that the teacher wrote", "estoy leyendo la novela que el profesor escribió"),
    ("he is tired but he doesn't work", "está cansado pero no trabaja"),
    // Numbers, prices, dates and times.
    ("we saw two hundred houses", "vimos doscientas casas"),
    ("the car costs twenty one thousand dollars", "el coche cuesta veintiún mil dólares"),
    ("the car costs one million euros", "el coche cuesta un millón de euros"),
    ("my house is number thirty one", "mi casa es el número treinta y uno"),
    ("today is Monday", "hoy es lunes"),
    ("on March third I am going to work", "el tres de marzo voy a trabajar"),
    ("we left the city in nineteen eighty four", "salimos de la ciudad en mil novecientos ochenta y cuatro"),
    ("it is one o'clock", "es la una"),
    ("it is half past two", "son las dos y media"),
    ("it is a quarter past one", "es la una y cuarto"),
    ("it is ten to three", "son las tres menos diez"),
    ("on Friday June first she left", "el viernes uno de junio salió"),
    ("I drank coffee at twenty past six", "bebí café a las seis y veinte"),
];

#[test]
fn translations_are_those_checked_by_hand() {
    let mut wrong = Vec::new();
    for (english, expected) in GOLDEN {
        let readings: Vec<String> = GENERATOR.read(english).iter().map(|sentence| sentence.spanish.join(" ")).collect();
        if readings != [expected] {
            wrong.push((english, expected, readings));
        }
    }
    assert_eq!(wrong, []);
}

/// After dónde está stands what is known: of a book one asks dónde hay.
#[test]
fn nobody_asks_where_something_unknown_is() {
    for english in ["where is a book ?", "where are two books ?"] {
        assert_eq!(GENERATOR.read(english), [], "{english}");
    }
}

/// Two senses of a word, in sentences that decide.
const HOMOGRAPHS: [(&str, &str, &str, &str); 36] = [
    ("novel", "book", "I am reading a novel", "estoy leyendo una novela"),
    ("novel", "new", "she has a novel idea", "tiene una idea novedosa"),
    ("watch", "clock", "the watch is new", "el reloj es nuevo"),
    ("watch", "look", "I want to watch the dogs", "quiero mirar los perros"),
    ("bank", "money", "he is in the bank", "está en el banco"),
    ("bank", "shore", "he is on the bank of the river", "está en la orilla del río"),
    ("light", "lamp", "I see the light", "veo la luz"),
    ("light", "weight", "I see the light box", "veo la caja ligera"),
    ("cold", "cool", "the milk is cold", "la leche está fría"),
    ("cold", "feeling", "I am cold", "tengo frío"),
    ("cold", "illness", "I have a cold", "tengo un resfriado"),
    ("hot", "warm", "the coffee is hot", "el café está caliente"),
    ("hot", "feeling", "we are hot", "tenemos calor"),
    ("play", "game", "he wants to play football", "quiere jugar al fútbol"),
    ("play", "music", "he wants to play the guitar", "quiere tocar la guitarra"),
    ("know", "person", "I know the girl", "conozco a la niña"),
    ("know", "fact", "I know the answer", "sé la respuesta"),
    ("letter", "message", "she wrote a letter", "escribió una carta"),
    ("letter", "character", "she wrote the first letter of the word", "escribió la primera letra de la palabra"),
    ("right", "correct", "the answer is right", "la respuesta es correcta"),
    ("right", "side", "we see his right hand", "vemos su mano derecha"),
    ("right", "judging", "you are right", "tienes razón"),
    ("left", "side", "we see her left hand", "vemos su mano izquierda"),
    ("left", "go", "we left the house", "salimos de la casa"),
    ("leaves", "go", "she leaves the house", "sale de la casa"),
    ("leaves", "foliage", "I see the leaves of the tree", "veo las hojas del árbol"),
    ("glass", "vessel", "I drink a glass of water", "bebo un vaso de agua"),
    ("glass", "material", "I see a glass box", "veo una caja de vidrio"),
    ("hard", "difficult", "the question is hard", "la pregunta es difícil"),
    ("hard", "solid", "the bread is hard", "el pan está duro"),
    ("can", "able", "you can work", "puedes trabajar"),
    ("can", "tin", "I see a can", "veo una lata"),
    ("her", "owner", "I see her dog", "veo su perro"),
    ("her", "object", "you see her", "la ves"),
    ("time", "leisure", "we have time", "tenemos tiempo"),
    ("time", "clock", "what time is it ?", "¿ qué hora es ?"),
];

#[test]
fn a_sense_corpus_has_words_where_it_says_and_no_sentence_twice() {
    let corpus = SenseCorpus::new([50, 2_000, 50], 5);
    assert!(!corpus.homographs.is_empty());
    let elsewhere: BTreeSet<_> = corpus.read.iter().chain(&corpus.unread).collect();
    for Homograph { word, meanings, known, held_out } in &corpus.homographs {
        assert_ne!(meanings[0], meanings[1]);
        for occurrences in [known, held_out] {
            let of = |sense| occurrences.iter().filter(|occurrence| occurrence.sense == sense).count();
            assert_eq!([of(0), of(1)], [5, 5], "{word}");
        }
        let sentences: BTreeSet<_> = known.iter().chain(held_out).map(|occurrence| &occurrence.sentence).collect();
        assert!(sentences.len() == 20 && sentences.is_disjoint(&elsewhere), "{word}");
        for occurrence in known.iter().chain(held_out) {
            assert_eq!(corpus.word(occurrence.sentence[occurrence.position]), word);
        }
    }
}

#[test]
fn the_context_decides_between_the_senses_of_a_word() {
    let homographs = GENERATOR.homographs();
    for (word, meaning, english, spanish) in HOMOGRAPHS {
        let readings = GENERATOR.read(english);
        assert_eq!(readings.len(), 1, "readings of {english:?}");
        assert_eq!(readings[0].spanish.join(" "), spanish, "{english}");
        let sense = readings[0].senses.iter().find(|sense| readings[0].english[sense.position] == word);
        assert_eq!(sense.unwrap().meaning, meaning, "{english}");
        assert!(homographs[word].contains(meaning));
    }
    let words: BTreeSet<&str> = HOMOGRAPHS.iter().map(|(word, ..)| *word).collect();
    assert_eq!(words.len(), 17);
}

#[test]
fn alignments_say_which_word_translates_which() {
    for (english, alignment) in [
        ("I see the white house", vec![(0, 0), (1, 0), (2, 1), (3, 3), (4, 2)]),
        ("I like dogs", vec![(0, 0), (1, 1), (2, 3)]), // los has no counterpart
        ("the boy 's dog is black", vec![(0, 2), (1, 3), (2, 0), (2, 2), (3, 1), (4, 4), (5, 5)]),
        ("do you eat bread ?", vec![(1, 1), (2, 1), (3, 2), (4, 0), (4, 3)]), // nor has do
        ("the boy doesn't see us", vec![(0, 0), (1, 1), (2, 2), (3, 4), (4, 3)]),
        ("give it to me", vec![(0, 0), (1, 0), (3, 0)]),
        ("it is half past two", vec![(0, 0), (1, 0), (2, 4), (3, 3), (4, 2)]),
        ("today is March third", vec![(0, 0), (1, 1), (2, 5), (3, 3)]),
    ] {
        assert_eq!(GENERATOR.read(english)[0].alignment, alignment, "{english}");
    }
}

#[test]
fn alignments_lie_in_the_sentence_and_both_sides_are_mostly_aligned() {
    let (mut words, mut aligned) = (0, 0);
    for index in 0..2_000 {
        let sentence = GENERATOR.sentence(2..=14, 5, index);
        let (english, spanish): (BTreeSet<usize>, BTreeSet<usize>) = sentence.alignment.iter().copied().unzip();
        assert!(
            english.iter().all(|&e| e < sentence.english.len()) && spanish.iter().all(|&s| s < sentence.spanish.len())
        );
        words += sentence.english.len() + sentence.spanish.len();
        aligned += english.len() + spanish.len();
    }
    let share = aligned as f64 / words as f64;
    assert!(share > 0.9, "{share}");
}

#[test]
fn the_sentences_and_their_words_are_as_many_as_the_module_says() {
    let counts: Vec<u128> = (2..=14).map(|length| GENERATOR.count(length)).collect();
    let expected = [
        42,
        4_061,
        138_651,
        4_341_178,
        75_468_601,
        949_496_941,
        11_414_395_277,
        139_520_974_020,
        1_773_371_826_713,
        23_346_130_940_688,
        302_897_586_589_913,
        3_802_075_576_713_100,
        46_094_335_370_456_960,
    ];
    assert_eq!(counts, expected);
    assert_eq!(GENERATOR.vocabulary().map(|words| words.len()), [300, 498]);
}

#[test]
fn the_vocabulary_is_that_of_the_sentences() {
    let [english, spanish] = GENERATOR.vocabulary();
    for index in 0..3_000 {
        let sentence = GENERATOR.sentence(2..=14, 8, index);
        assert!(sentence.english.iter().all(|word| english.contains(word)), "{:?}", sentence.english);
        assert!(sentence.spanish.iter().all(|word| spanish.contains(word)), "{:?}", sentence.spanish);
    }
}

#[test]
fn all_short_sentences_are_different_and_their_probabilities_sum_to_1() {
    for length in 2..=4 {
        let all = GENERATOR.all(length);
        assert_eq!(all.len() as u128, GENERATOR.count(length));
        let different: BTreeSet<String> = all.iter().map(|sentence| sentence.english.join(" ")).collect();
        assert_eq!(different.len(), all.len(), "of length {length} some sentence has two derivations");
        let sum: f64 = all.iter().map(|sentence| sentence.log2_probability.exp2()).sum();
        assert!((sum - 1.0).abs() < 1e-9, "length {length}: {sum}");
    }
}

#[test]
fn what_is_drawn_has_one_derivation_at_every_length() {
    for length in 2..=14 {
        for index in 0..150 {
            let sentence = GENERATOR.sentence(length..=length, 6, index);
            assert_eq!(sentence.english.len(), length);
            assert_eq!(GENERATOR.read(&sentence.english.join(" ")), [sentence]);
        }
    }
}

#[test]
fn a_sentence_depends_on_seed_and_index_alone() {
    let other = Generator::default();
    for index in 0..50 {
        assert_eq!(GENERATOR.sentence(2..=14, 1, index), other.sentence(2..=14, 1, index));
    }
    assert_ne!(GENERATOR.sentence(10..=10, 1, 0), GENERATOR.sentence(10..=10, 1, 1));
    assert_ne!(GENERATOR.sentence(10..=10, 1, 0), GENERATOR.sentence(10..=10, 2, 0));
}

#[test]
fn long_sentences_are_hardly_ever_drawn_twice() {
    let drawn: BTreeSet<_> = (0..2_000).map(|index| GENERATOR.sentence(10..=12, 1, index).english).collect();
    assert!(drawn.len() >= 1_975, "{}", drawn.len());
}

#[test]
fn other_references_are_other_ways_to_say_the_same() {
    let references =
        |english| -> Vec<String> { GENERATOR.references(english).iter().map(|words| words.join(" ")).collect() };
    assert_eq!(
        references("you see your car"),
        ["ves tu coche", "ves tu carro", "tú ves tu coche", "usted ve su coche"].map(str::to_owned)
    );
    assert_eq!(references("you all eat bread"), ["coméis pan", "ustedes comen pan", "vosotros coméis pan"]);
    assert_eq!(references("the house is white"), ["la casa es blanca"]);
}

#[test]
fn neighbours_are_always_spoken_together() {
    let apart = ["a el", "de el", "la agua", "una agua", "y hija", "y hijo", "y inteligente", "y interesante"];
    let english = ["a apple", "a egg", "a interesting", "a intelligent", "an big"];
    for index in 0..5_000 {
        let sentence = GENERATOR.sentence(2..=14, 9, index);
        let [said, written] = [&sentence.spanish, &sentence.english].map(|words| format!(" {} ", words.join(" ")));
        assert!(!apart.iter().any(|pair| said.contains(&format!(" {pair} "))), "{said}");
        assert!(!english.iter().any(|pair| written.contains(&format!(" {pair} "))), "{written}");
    }
}

#[test]
#[should_panic(expected = "generator: of the lengths 10..=20, no sentence has 15")]
fn a_length_that_no_sentence_has_is_refused() {
    GENERATOR.sentence(10..=20, 1, 0);
}
