//! Every language goes all the way from training to the heat map, and a request means what was trained.

use std::fs;
use std::path::Path;

use report::format::columns;
use tensor::Checkpoint;

use crate::program::{Place, fails, lineage, succeeds, tiny, translator};

/// Six pairs each, and the words of the first sentence.
const LANGUAGES: [(&str, &str, &[&str]); 7] = [
    (
        "german",
        "Die Häuser sind groß.\tThe houses are big.\nDer Bär schläft.\tThe bear sleeps.\nDie Straße ist lang.\tThe street is long.\n\
         Wir müssen gehen.\tWe must go.\nIch möchte Käse.\tI want cheese.\nEr heißt Jörg.\tHis name is Jörg.\n",
        &["Die", "Häuser", "sind", "groß."],
    ),
    (
        "hindi",
        "मैं हिन्दी बोलता हूँ।\tI speak Hindi.\nयह घर है।\tThis is a house.\nवह सोता है।\tHe sleeps.\n\
         मुझे क्षमा करें।\tForgive me.\nपानी ठंडा है।\tThe water is cold.\nहम जाते हैं।\tWe go.\n",
        &["मैं", "हिन्दी", "बोलता", "हूँ।"],
    ),
    (
        "vietnamese",
        "Tôi nói tiếng Việt.\tI speak Vietnamese.\nNgôi nhà lớn.\tThe house is big.\nAnh ấy ngủ.\tHe sleeps.\n\
         Nước lạnh.\tThe water is cold.\nChúng tôi đi.\tWe go.\nĐây là con mèo.\tThis is a cat.\n",
        &["Tôi", "nói", "tiếng", "Việt."],
    ),
    (
        "arabic",
        "أنا أتكلم العربية.\tI speak Arabic.\nالبيت كبير.\tThe house is big.\nهو ينام.\tHe sleeps.\n\
         الماء بارد.\tThe water is cold.\nنحن نذهب.\tWe go.\nهل أنت هنا؟\tAre you here?\n",
        &["أنا", "أتكلم", "العربية."],
    ),
    (
        "chinese",
        "我说中文。\tI speak Chinese.\n房子很大。\tThe house is big.\n他睡觉。\tHe sleeps.\n水很冷。\tThe water is cold.\n\
         我们走。\tWe go.\n你在这里吗？\tAre you here?\n",
        &["我", "说", "中", "文。"],
    ),
    (
        "japanese",
        "私は日本語を話す。\tI speak Japanese.\n家は大きい。\tThe house is big.\n彼は寝る。\tHe sleeps.\n\
         水は冷たい。\tThe water is cold.\nラーメンを食べる。\tI eat ramen.\n行こう！\tLet's go!\n",
        &["私", "は", "日", "本", "語", "を", "話", "す。"],
    ),
    (
        "emoji",
        "👍🏽 👨‍👩‍👧\tgood family\n🇩🇪 ❤️\tGermany love\n👍🏽 🇪🇸\tgood Spain\n👩🏿‍🚀 🇩🇪\tastronaut Germany\n❤️ 👨‍👩‍👧\tlove family\n\
         🇪🇸 👩🏿‍🚀\tSpain astronaut\n",
        &["👍🏽", "👨‍👩‍👧"],
    ),
];

fn train<'a>(stage: &'a str, data: &'a str, file: &'a str, run: &'a str) -> Vec<&'a str> {
    [&["train", stage, data, file, "--out", run], &tiny(stage)[..]].concat()
}

#[test]
fn every_language_goes_from_training_to_the_heat_map() {
    let place = Place::new();
    for (language, pairs, words) in LANGUAGES {
        let (pairs, run, svg) =
            (place.file(language, pairs), place.at(&format!("{language}-run")), place.at("map.svg"));
        let arguments =
            [&train("attention", "--pairs", &pairs, &run)[..], &["--steps", "100", "--lr", "0.01"]].concat();
        let trained = lineage(&arguments).output().unwrap();
        let said = String::from_utf8(trained.stderr).unwrap();
        assert!(trained.status.success() && said.contains("words: as Unicode parts them"), "{language}: {said}");
        succeeds(&["evaluate", "--model", &run, "--split", "all", "--quiet"]);

        let sentence = fs::read_to_string(&pairs).unwrap().split('\t').next().unwrap().to_owned();
        let translate = ["translate", "--model", &run, "--alignment", "--heat-map", &svg, &sentence];
        let output = lineage(&translate).output().unwrap();
        let (said, told) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert!(output.status.success(), "{language}: {told}");
        let table: Vec<&str> = said.lines().skip(1).take_while(|line| !line.is_empty()).collect();
        assert_eq!(table[0].split_whitespace().collect::<Vec<_>>(), words, "{language}");
        assert!(table.iter().all(|line| columns(line) == columns(table[0])), "{language}:\n{said}");
        let drawing = fs::read_to_string(&svg).unwrap();
        for word in words {
            assert!(drawing.lines().any(|line| line == *word), "{language}: {word} in {drawing}");
        }
        assert_eq!(drawing.contains("direction=\"rtl\""), language == "arabic", "{language}");
    }
}

/// Saved composed or decomposed, a text is the same, and so is a prompt.
#[test]
fn one_normal_form_at_every_door() {
    let place = Place::new();
    let [composed, decomposed] = ["é", "e\u{301}"].map(|e| format!("le caf{e} du cin{e}ma est l{e}ger\n").repeat(60));
    let texts = [place.file("composed.txt", &composed), place.file("decomposed.txt", &decomposed)];
    for tokens in ["character", "word", "byte", "bpe"] {
        let trained = |text: &str, form: &[&str]| {
            let run = place.at(&[text.rsplit(['/', '\\']).next().unwrap(), tokens, &form.concat()].concat());
            let more = ["--steps", "2", "--tokens", tokens, "--quiet"];
            succeeds(&[&train("lstm", "--text", text, &run)[..], &more, form].concat());
            (Checkpoint::load(&Path::new(&run).join("model.safetensors")).unwrap().arrays, run)
        };
        let [(one, run), (other, _)] = [&texts[0], &texts[1]].map(|text| trained(text, &[]));
        assert!(one == other, "{tokens}");
        let said =
            |prompt: &str| succeeds(&["generate", "--model", &run, "--prompt", prompt, "--tokens", "9", "--quiet"]);
        assert_eq!(said("le café"), said("le cafe\u{301}"));
        let loss = |text: &String| {
            let found = succeeds(&["evaluate", "--model", &run, "--text", text, "--quiet"]);
            found.lines().find(|line| line.starts_with("nats")).unwrap().to_owned()
        };
        assert_eq!(loss(&texts[0]), loss(&texts[1]));
        if tokens != "word" {
            let (as_it_comes, _) = trained(&texts[1], &["--normal-form", "none"]);
            assert!(one != as_it_comes, "{tokens}");
        }
    }
}

/// The same of pairs: of what is learned from, of what is judged by, and in the division of both.
#[test]
fn pairs_are_the_same_in_every_normal_form() {
    let place = Place::new();
    let forms = ["é", "e\u{301}"].map(|e| {
        let words = ["café", "léger", "été", "thé", "clé", "né", "pré", "blé"].map(|word| word.replace('é', e));
        let pairs = words
            .each_ref()
            .map(|word| words.each_ref().map(|other| format!("{word} {other}\t{other} {word}\n")).concat());
        let [learned, judged] = [&pairs[..6], &pairs[6..]].map(|lines| lines.concat());
        let name = |what: &str| format!("{what}-{}.tsv", e.chars().count());
        [
            place.file(&name("all"), pairs.concat()),
            place.file(&name("learned"), learned),
            place.file(&name("judged"), judged),
        ]
    });
    let run = |name: &str, pairs: &str, more: &[&str]| {
        let run = place.at(name);
        succeeds(&[&train("attention", "--pairs", pairs, &run)[..], &["--steps", "2", "--quiet"], more].concat());
        run
    };
    let files = |run: &str| {
        let read = |name: &str| fs::read_to_string(Path::new(run).join(name)).unwrap();
        let model = Checkpoint::load(&Path::new(run).join("model.safetensors")).unwrap();
        (model.arrays, ["source.json", "target.json", "metrics.csv"].map(read))
    };
    let found = |run: &str, pairs: &str, split: &str| {
        let said = succeeds(&["evaluate", "--model", run, "--pairs", pairs, "--split", split, "--quiet"]);
        said.split_once(": ").unwrap().1.to_owned()
    };
    let divided = [0, 1].map(|i| run(&format!("divided-{i}"), &forms[i][0], &[]));
    assert!(files(&divided[0]) == files(&divided[1]));
    for split in ["train", "val", "all"] {
        assert_eq!(found(&divided[0], &forms[0][0], split), found(&divided[0], &forms[1][0], split), "{split}");
    }
    let judged = [[0, 0], [0, 1], [1, 0]].map(|[learned, judged]| {
        run(&format!("judged-{learned}{judged}"), &forms[learned][1], &["--validation", &forms[judged][2]])
    });
    let [first, others @ ..] = judged.each_ref().map(|run| files(run));
    assert!(others.iter().all(|other| *other == first));
}

#[test]
fn a_request_is_fitted_to_what_was_trained_and_that_is_said_once() {
    let place = Place::new();
    let run = translator(&place);
    let ask = |requests: &[&str]| {
        let output = lineage(&[&["translate", "--model", &run], requests].concat()).output().unwrap();
        assert!(output.status.success());
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let requests = [
        "One TWO.",
        "¿one two?",
        "ONE two।",
        "\"One two.\"",
        "“One two!”",
        "«One two»",
        "'one two'",
        "「one two。」",
        "One two...",
        "One two…",
        "One two?!",
        "one two!!",
        "one two.\"",
        "one two؟",
        "one two！",
    ];
    let (plain, told) = ask(&["one two"; 15]);
    assert_eq!(told, "");
    let (fitted, told) = ask(&requests);
    assert_eq!(fitted, plain);
    assert_eq!(
        told,
        "sentence 1 is read as \"one two\": capital letters and signs are fitted to the sentences that the model was \
         trained on\n"
    );
}

#[test]
fn a_blank_line_is_translated_by_a_blank_line() {
    let place = Place::new();
    let run = translator(&place);
    let lines = place.file("lines.txt", "\u{FEFF}one two\r\n \u{3000}\r\n\r\nthree\r\n");
    let said = succeeds(&["translate", "--model", &run, "--file", &lines, "--quiet"]);
    let expected = succeeds(&["translate", "--model", &run, "one two", "three", "--quiet"]);
    let expected: Vec<&str> = expected.lines().collect();
    assert_eq!(said.split('\n').collect::<Vec<_>>(), [expected[0], "", "", expected[1], ""]);
}

#[test]
fn a_text_of_one_huge_word_has_nothing_to_learn() {
    let place = Place::new();
    let run = place.at("run");
    let text = place.file("text.txt", "abcdefgh".repeat(9000));
    assert_eq!(
        fails(&[&train("gpt", "--text", &text, &run)[..], &["--tokens", "word"]].concat()),
        format!(
            "the training part of {text} is one token, \"abcdefghabcdefghabcdefghabcdefghabcdefgh…\", so nothing follows \
             that could be learnt; choose another text or smaller tokens"
        )
    );
    succeeds(&[&train("gpt", "--text", &text, &run)[..], &["--quiet"]].concat());
}

/// A vocabulary of one word knows no other, so it says the word or that it is unknown.
#[test]
fn unknown_words_are_copied_from_the_source() {
    let place = Place::new();
    let pairs = place.file("pairs.tsv", "one\tx Ana\ntwo\tx Bob\nthree\tx Cid\nfour\tx Dan\nfive\tx Eva\nsix\tx Flo\n");
    let attention = place.at("run");
    let more = ["--steps", "60", "--lr", "0.02", "--vocabulary", "5", "--quiet"];
    succeeds(&[&train("attention", "--pairs", &pairs, &attention)[..], &more].concat());
    let ask = |more: &[&str]| succeeds(&[&["translate", "--model", &attention, "--quiet"], more].concat());
    let known = fs::read_to_string(Path::new(&attention).join("source.json")).unwrap();
    let known =
        ["one", "two", "three", "four", "five", "six"].into_iter().find(|word| known.contains(&format!("\"{word}\"")));
    let sentence = format!("{} Zoë", known.unwrap());
    assert!(ask(&[&sentence]).contains("<unk>"));
    for beam in ["1", "3"] {
        let copied = ask(&["--copy-unknown", "--alignment", "--beam", beam, &sentence]);
        let [translation, _, ref rows @ ..] = copied.lines().collect::<Vec<_>>()[..] else { panic!("{copied}") };
        assert!(!copied.contains("<unk>"), "{copied}");
        for (word, row) in translation.split(' ').zip(rows) {
            assert!(row.starts_with(word), "{copied}");
            let weights: Vec<f64> = row.split_whitespace().skip(1).map(|weight| weight.parse().unwrap()).collect();
            let most = sentence.split(' ').nth(usize::from(weights[1] > weights[0])).unwrap();
            assert!(word == "x" || word == most, "{copied}");
        }
    }
}

#[test]
fn a_text_of_one_character_has_nothing_to_learn() {
    let place = Place::new();
    let run = place.at("run");
    for (content, tokens, what) in [
        ("aaaa", "character", "\"a\""),
        ("aaaa", "byte", "\"a\""),
        ("\n\n", "character", "\"\\n\""),
        ("ja ", "word", "\"ja\""),
    ] {
        let text = place.file("text.txt", content.repeat(200).trim_end_matches(' '));
        let said = fails(&[&train("gpt", "--text", &text, &run)[..], &["--tokens", tokens]].concat());
        assert_eq!(
            said,
            format!(
                "the training part of {text} is {what} over and over, so there is nothing to learn from it; choose another text"
            )
        );
        assert!(!Path::new(&run).exists());
    }
    for one in ["a", "e\u{301}"] {
        let text = place.file("text.txt", one);
        let said = fails(&train("lstm", "--text", &text, &run));
        let expected = format!(
            "the training part of {text} has no tokens, so there is nothing to learn from it; use a longer text"
        );
        assert_eq!(said, expected);
    }
}
