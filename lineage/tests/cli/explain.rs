//! From text to the next token, shown.

use std::fs;

use crate::program::{Place, fails, succeeds, tiny, trained, translator};

const STEPS: [&str; 8] =
    ["Tokens", "Embedding", "Positions", "Blocks", "Output vector", "Probabilities", "Choice", "Repeat"];

#[test]
fn the_eight_steps_stand_in_order() {
    let place = Place::new();
    let said = succeeds(&["explain", "--model", &trained(&place), "The train ", "--quiet"]);
    let is_title = |line: &&str| line.split_once(". ").is_some_and(|(number, _)| number.parse::<u8>().is_ok());
    let titles: Vec<&str> = said.lines().filter(is_title).collect();
    let expected: Vec<String> = (1..).zip(STEPS).map(|(number, step)| format!("{number}. {step}")).collect();
    assert_eq!(titles, expected);
}

/// What is chosen and appended is what `generate` says.
#[test]
fn the_choice_is_that_of_generate() {
    let place = Place::new();
    let run = trained(&place);
    for seed in ["1", "2", "3"] {
        let explained =
            succeeds(&["explain", "--model", &run, "The train ", "--seed", seed, "--tokens", "1", "--quiet"]);
        let generate = ["generate", "--model", &run, "--prompt", "The train ", "--tokens", "1", "--quiet"];
        let drawn = succeeds(&[&generate[..], &["--seed", seed]].concat());
        let greedy = succeeds(&[&generate[..], &["--temperature", "0"]].concat());
        let next = |text: &str| data::quoted(&text["The train ".len()..text.len() - 1]);
        let words = explained.split_whitespace().collect::<Vec<_>>().join(" ");
        let [greedy, drawn] = [greedy, drawn].map(|text| next(&text).split_whitespace().collect::<Vec<_>>().join(" "));
        let expected = format!(
            "likeliest token: {greedy}. Or a token is drawn, each as often as its probability says; with the seed {seed} this gives {drawn}."
        );
        assert!(words.contains(&expected), "{expected:?} is not in {words}");
    }
}

/// Of a text longer than the context of 16 the model reads the end.
#[test]
fn a_text_longer_than_the_context() {
    let place = Place::new();
    let said = succeeds(&["explain", "--model", &trained(&place), "The train went on and on ", "--quiet"]);
    assert!(said.contains("makes 25 tokens of this text"), "{said}");
    assert!(
        said.split_whitespace().collect::<Vec<_>>().join(" ").contains("The model sees the last 16 of them"),
        "{said}"
    );
}

#[test]
fn the_page_stands_alone() {
    let place = Place::new();
    let (run, page) = (trained(&place), place.at("page.html"));
    let printed = succeeds(&["explain", "--model", &run, "The train ", "--html", &page, "--quiet"]);
    assert!(printed.starts_with("1. Tokens"));
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("Block 1, head 2"));
    for step in STEPS {
        assert!(page.contains(&format!("{step}</h2>")), "{step}");
    }
    let links = page.split("href=\"").skip(1).chain(page.split("src=\"").skip(1));
    for link in links {
        assert!(link.starts_with('#'), "the page needs {}", link.split('"').next().unwrap());
    }
}

#[test]
fn what_cannot_be_explained() {
    let place = Place::new();
    let run = trained(&place);
    assert_eq!(
        fails(&["explain", "--model", &run, ""]),
        "the prompt is empty: give the model at least one token to go on from"
    );
    let other = translator(&place);
    assert_eq!(
        fails(&["explain", "--model", &other, "one"]),
        format!(
            "the model in {other} is of attention, which translates; explain shows how a model of gpt or t5 goes on"
        )
    );
    let (text, rnn) = (place.text(), place.at("rnn"));
    let train = ["train", "rnn", "--text", &text, "--out", &rnn, "--steps", "1", "--quiet"];
    succeeds(&[&train, &tiny("rnn")[..]].concat());
    assert_eq!(
        fails(&["explain", "--model", &rnn, "The"]),
        format!("the model in {rnn} is of rnn, which has no attention to show; explain needs a model of gpt")
    );
    let config = format!("{run}/config.json");
    assert_eq!(
        fails(&["explain", "--model", &run, "The", "--html", &config]),
        format!("--html {config} does not end in .html, and it writes HTML: give a name that does")
    );
}
