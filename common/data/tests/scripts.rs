//! Words of every script: where they end, that texts come back, and that nothing moves in texts and models of before.

use data::pairs::{Level, Vocabulary};
use data::tokenize::{self, Normalized};
use data::{CharacterTokenizer, NormalForm, Text, TextDataset, Tokenizer, WordTokenizer};
use proptest::prelude::*;

/// Texts of many scripts, with what belongs together in marks, joiners, flags and skin tones.
const TEXTS: [(&str, &[&str]); 19] = [
    ("Häuser, Bäume", &["Häuser", ",", " ", "Bäume"]),
    ("Ha\u{308}user", &["Ha\u{308}user"]),
    ("हिन्दी में क्षमा।", &["हिन्दी", "में", "क्षमा", "।"]),
    ("Tiếng Việt", &["Tiếng", "Việt"]),
    ("السَّلامُ عليكم؟", &["السَّلامُ", "عليكم", "؟"]),
    ("你好，世界", &["你", "好", "，", "世", "界"]),
    ("カレーを食べる", &["カ", "レ", "ー", "を", "食", "べ", "る"]),
    ("ภาษาน้ำ", &["ภ", "า", "ษ", "า", "น้ำ"]),
    ("བོད་ཡིག", &["བོ", "ད", "་", "ཡི", "ག"]),
    ("ꦗꦮ", &["ꦗ", "ꦮ"]),
    ("AI 模型 3月", &["AI", " ", "模", "型", " ", "3", "月"]),
    ("한국어 좋아요", &["한국어", "좋아요"]),
    ("👍🏽👨‍👩‍👧🇩🇪🇪🇸", &["👍🏽", "👨‍👩‍👧", "🇩🇪", "🇪🇸"]),
    ("col·legi צה״ל می‌خواهم", &["col·legi", "צה״ל", "می‌خواهم"]),
    ("don't l’été 80's", &["don't", "l’été", "80", "'", "s"]),
    ("10:30 3.14 can.not a_b a:b", &["10", ":", "30", "3.14", "can.not", "a_b", "a:b"]),
    ("U.S.A., 1,000 _so_ a\u{ad}b צה\"ל", &["U.S.A", ".", ",", " ", "1,000", "_so_", "a\u{ad}b", "צה\"ל"]),
    ("2½ m² x", &["2", "½", " ", "m", "²", " ", "x"]),
    ("ሰላም፡ለዓለም፡ሁሉ ㄅㄆ_カa", &["ሰላም", "፡", "ለዓለም", "፡", "ሁሉ", " ", "ㄅ", "ㄆ", "_", "カ", "a"]),
];

fn pieces(tokenizer: &WordTokenizer, text: &str) -> Vec<String> {
    tokenizer.encode(text).unwrap().iter().map(|&token| tokenizer.words()[token as usize].clone()).collect()
}

#[test]
fn words_end_where_unicode_says() {
    for (text, expected) in TEXTS {
        let tokenizer = WordTokenizer::from_text(text, usize::MAX);
        assert_eq!(pieces(&tokenizer, text), expected, "{text}");
        assert_eq!(tokenizer.decode(&tokenizer.encode(text).unwrap()), text);
    }
}

#[test]
fn sentences_of_every_script_come_back() {
    for (text, expected) in TEXTS {
        let vocabulary = Vocabulary::new(Level::Word, false, usize::MAX, [text]);
        let tokens = vocabulary.encode(text);
        assert_eq!(vocabulary.decode(&tokens), text);
        let pieces: Vec<&str> = tokens.iter().map(|&token| vocabulary.piece(token).trim()).collect();
        let expected: Vec<&str> = expected.iter().copied().filter(|&piece| piece != " ").collect();
        assert_eq!(pieces, expected, "{text}");
        assert_eq!(vocabulary.words_read(text), vocabulary.words_said(&tokens), "{text}");
    }
}

#[test]
fn a_length_counts_words_by_the_rule() {
    let any = Vocabulary::new(Level::Word, false, 10, ["any"]);
    let before = Vocabulary::from_json(r#"{"vocabulary":"word","lowercase":false,"pieces":["any"]}"#).unwrap();
    for (sentence, expected) in [
        ("the dogs aren't old .", [4, 4]),
        ("Hola, ¿a las 10:30?", [5, 5]),
        ("ice-cream—now ok", [4, 4]),
        ("3.14 - 1,000", [2, 4]),
        ("हिन्दी में", [2, 3]),
        ("你好，世界。", [4, 2]),
        ("「はい」と 言う", [5, 3]),
        ("AI 模型", [3, 2]),
        ("བོད་ཡིག་རེད།", [6, 3]),
        ("ሰላም፡ለዓለም፡ሁሉ", [3, 3]),
        ("  \u{3000} ", [0, 0]),
        ("👍🏽 ok ?", [1, 1]),
    ] {
        assert_eq!([&any, &before].map(|vocabulary| vocabulary.count_words(sentence)), expected, "{sentence}");
    }
}

#[test]
fn drawings_show_each_word_with_the_signs_beside_it() {
    let any = Vocabulary::new(Level::Word, false, 10, ["any"]);
    for (sentence, expected) in [
        ("Hola, ¿a las 3.14?", &["Hola,", "¿a", "las", "3.14?"][..]),
        ("ice-cream—now ok ?", &["ice-", "cream—", "now", "ok", "?"]),
        ("我用 AI，你呢？", &["我", "用", "AI，", "你", "呢？"]),
    ] {
        assert_eq!(any.words(sentence), expected);
    }
}

/// As the program wrote them before there was a choice.
#[test]
fn what_was_stored_before_reads_as_before() {
    let old = tokenize::from_json(r#"{"tokenizer":"word","words":["<unk>","ह","न","द","ि","ी","्"]}"#).unwrap();
    let text = "हिन्दी";
    assert_eq!(old.encode(text).unwrap().len(), 3);
    let old = tokenize::from_json(r#"{"tokenizer":"word","words":["<unk>","你好世界"]}"#).unwrap();
    assert_eq!(old.encode("你好世界").unwrap(), [1]);
    assert_eq!(old.normal_form(), NormalForm::None);
    assert_eq!(tokenize::from_json(&old.to_json()).unwrap().encode("你好世界").unwrap(), [1]);

    let old = r#"{"vocabulary":"word","lowercase":false,"pieces":["你好世界"," ।","Ha"," \u0308","user"]}"#;
    let old = Vocabulary::from_json(old).unwrap();
    assert_eq!(old.encode("你好世界"), [4]);
    assert_eq!(old.words("你好世界 ।"), ["你好世界", "।"]);
    assert_eq!(old.encode("Ha\u{308}user").len(), 3);
    assert_eq!(Vocabulary::from_json(&old.to_json()).unwrap(), old);
}

#[test]
fn one_normal_form_reads_both_ways_of_writing() {
    let (composed, decomposed) = ("Häuser und Bäume", "Ha\u{308}user und Ba\u{308}ume");
    let vocabulary = Vocabulary::in_form(NormalForm::Nfc, Level::Word, false, 20, [decomposed]);
    assert_eq!(vocabulary.decode(&vocabulary.encode(decomposed)), composed);
    assert_eq!(vocabulary.encode(composed), vocabulary.encode(decomposed));
    assert_eq!(vocabulary.words(decomposed)[0], "Häuser");
    assert_eq!(Vocabulary::from_json(&vocabulary.to_json()).unwrap(), vocabulary);

    let characters = CharacterTokenizer::from_text(composed);
    let tokenizer = Normalized::new(NormalForm::Nfc, Box::new(characters));
    let stored = tokenize::from_json(&tokenizer.to_json()).unwrap();
    let parts = [composed, decomposed].map(|text| {
        let dataset = TextDataset::new(&Text::new("a text", text).unwrap(), stored.as_ref()).unwrap();
        [dataset.train, dataset.validation].map(|part| part.tokens().to_vec())
    });
    assert_eq!(parts[0], parts[1]);
}

/// Words and numbers of western languages, with signs before and behind them.
const WESTERN: &str =
    "([-\"(¿¡«“$]?([A-Za-zÀ-ÖØ-öø-ÿĀ-ſ]{1,6}(['’][a-z]{1,3})?|[0-9]{1,4})[-.,:;!?…»”)%]{0,3}[ \n—]{1,2}){0,12}";

proptest! {
    #[test]
    fn western_texts_have_the_words_that_they_had(text in WESTERN) {
        let new = WordTokenizer::from_text(&text, usize::MAX);
        let json = new.to_json();
        let old = tokenize::from_json(&json.replace(r#""rule":"unicode","#, "")).unwrap();
        prop_assert_eq!(old.encode(&text), new.encode(&text));

        if !text.trim().is_empty() {
            let new = Vocabulary::new(Level::Word, false, usize::MAX, [text.as_str()]);
            let old = new.to_json().replace(r#""rule":"unicode","form":"none","#, "");
            let old = Vocabulary::from_json(&old).unwrap();
            prop_assert_eq!(old.encode(&text), new.encode(&text));
            prop_assert_eq!(old.words(&text), new.words(&text));
            prop_assert_eq!(old.words_read(&text), new.words_read(&text));
        }
    }

    #[test]
    fn texts_of_mixed_scripts_come_back(
        parts in prop::collection::vec(prop::sample::select(TEXTS.map(|(text, _)| text).to_vec()), 1..6),
        noise in "[ \u{300}\u{93f}\u{94d}\u{200d}\u{fe0f}\u{ad}·_'\".。a你カㄅꀀก1½❤צ🇩]{0,12}",
    ) {
        for text in [parts.join(" "), parts.join(""), parts.join(&noise)] {
            let tokenizer = WordTokenizer::from_text(&text, usize::MAX);
            prop_assert_eq!(tokenizer.decode(&tokenizer.encode(&text).unwrap()), text.as_str());
            for level in [Level::Word, Level::Character] {
                let vocabulary = Vocabulary::new(level, false, usize::MAX, [text.as_str()]);
                let single_spaced = text.split_whitespace().collect::<Vec<_>>().join(" ");
                let tokens = vocabulary.encode(&text);
                prop_assert_eq!(vocabulary.decode(&tokens), single_spaced.as_str());
                prop_assert_eq!(vocabulary.words_read(&text).len(), tokens.len());
            }
        }
    }
}

#[test]
fn requests_are_fitted_in_every_script() {
    let small = Vocabulary::new(Level::Word, false, 99, ["the white dogs are old", "where is Tom ?", "你好", "नमस्ते"]);
    for (request, expected) in [
        ("The white dogs are old.", Some("the white dogs are old")),
        ("¡THE WHITE DOGS!", Some("the white dogs")),
        ("¿Where is tom?", Some("where is Tom ?")),
        ("你好。", Some("你好")),
        ("नमस्ते।", Some("नमस्ते")),
        ("where is Tom؟", Some("where is Tom ?")),
        ("the white dogs", None),
        ("The zebras are old.", Some("the zebras are old")),
        ("...", None),
        ("\"The white dogs are old.\"", Some("the white dogs are old")),
        ("“The white dogs are old.”", Some("the white dogs are old")),
        ("“The white dogs are old”.", Some("the white dogs are old")),
        ("«The white dogs are old»", Some("the white dogs are old")),
        ("« The white dogs are old ! »", Some("the white dogs are old")),
        ("„The white dogs are old.“", Some("the white dogs are old")),
        ("「The white dogs are old。」", Some("the white dogs are old")),
        ("'The white dogs are old.'", Some("the white dogs are old")),
        ("‘“The white dogs are old.”’", Some("the white dogs are old")),
        ("The white dogs are old...", Some("the white dogs are old")),
        ("The white dogs are old…", Some("the white dogs are old")),
        ("The white dogs are old . . .", Some("the white dogs are old")),
        ("The white dogs are old!!", Some("the white dogs are old")),
        ("The white dogs are old.\"", Some("the white dogs are old")),
        ("\"The white\" dogs are \"old.\"", Some("the white dogs are old")),
        ("\"¡¿Where is Tom?!\"", Some("where is Tom ?")),
        ("Where is Tom!?", Some("where is Tom ?")),
        ("Where is Tom???", Some("where is Tom ?")),
        ("Where is Tom?...", Some("where is Tom ?")),
        ("『你好！』", Some("你好")),
        ("“नमस्ते॥”", Some("नमस्ते")),
    ] {
        assert_eq!(small.fit(request).as_deref(), expected, "{request}");
    }
    let written = ["The dogs are old.", "Is he old?", "The dogs bark."];
    for level in [Level::Word, Level::Character] {
        let written = Vocabulary::new(level, false, 99, written);
        assert_eq!(written.fit("the dogs bark").as_deref(), Some("The dogs bark."));
        assert_eq!(written.fit("Is he old?"), None);
        assert_eq!(written.fit("Is he old؟").as_deref(), Some("Is he old?"));
        assert_eq!(written.fit("\"is he old?!\"").as_deref(), Some("Is he old?"));
        assert_eq!(written.fit("'the dogs bark'...").as_deref(), Some("The dogs bark."));
        assert_eq!(written.fit("the dogs bark!").as_deref(), Some("The dogs bark."));
        let stored = Vocabulary::from_json(&written.to_json()).unwrap();
        assert_eq!(stored.fit("the dogs bark").as_deref(), Some("The dogs bark."));
    }
    let chinese = Vocabulary::new(Level::Word, false, 99, ["我爱你。", "你好吗？"]);
    assert_eq!(chinese.fit("我爱你").as_deref(), Some("我爱你。"));
    assert_eq!(chinese.fit("我爱你.").as_deref(), Some("我爱你。"));
    assert_eq!(chinese.fit("“我爱你……”").as_deref(), Some("我爱你。"));
    assert_eq!(chinese.fit("你好吗?!").as_deref(), Some("你好吗？"));
}

/// What sentences had that were trained on is left as it came.
#[test]
fn requests_keep_the_signs_that_are_known() {
    let sentences = ["Tom's dog is old...", "\"Is he old?\"", "She said, \"Really?!\"", "¿Es viejo?"];
    for level in [Level::Word, Level::Character] {
        let written = Vocabulary::new(level, false, 99, sentences);
        for request in sentences {
            assert_eq!(written.fit(request), None, "{request}");
        }
        assert_eq!(written.fit("“Is he old？”").as_deref(), Some("\"Is he old?\""));
        assert_eq!(written.fit("Tom’s dog is old...").as_deref(), Some("Tom's dog is old..."));
        let stored = Vocabulary::from_json(&written.to_json()).unwrap();
        assert_eq!(stored.fit("\"Is he old?\""), None);
    }
}

#[test]
fn messages_show_letters() {
    let error = CharacterTokenizer::from_text("ab").encode("a\u{94d}").unwrap_err().to_string();
    assert!(error.starts_with("the character '\u{25cc}\u{94d}' (U+094D) at line 1, column 2 "), "{error}");
    let words = Vocabulary::new(Level::Word, false, 99, ["the dogs"]);
    let error = words.encode_request("हिन्दी").unwrap_err().to_string();
    assert!(error.starts_with("none of the words of the request, from \"हिन्दी\" on, "), "{error}");
}
