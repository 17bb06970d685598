//! How generation is controlled.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::Stdio;

use crate::program::{Place, fails, lineage, sentence, succeeds, trained};

const PROMPT: &str = "Mr. Fogg";

/// What the tiny gpt says after the prompt.
fn said(run: &str, more: &[&str]) -> String {
    succeeds(&[&["generate", "--model", run, "--prompt", PROMPT, "--quiet"], more].concat())
}

/// How many different characters follow the prompt.
fn characters(text: &str) -> usize {
    text.chars().skip(PROMPT.len()).collect::<BTreeSet<_>>().len()
}

/// What standard error tells.
fn told(arguments: &[&str]) -> String {
    let output = lineage(arguments).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn what_leaves_one_token_is_greedy() {
    let place = Place::new();
    let run = trained(&place);
    let greedy = said(&run, &["--tokens", "30", "--temperature", "0"]);
    for one in [["--top-k", "1"], ["--top-p", "0"], ["--min-p", "1"], ["--beams", "1"]] {
        assert_eq!(said(&run, &[&["--tokens", "30"], &one[..]].concat()), greedy, "{one:?}");
    }
    let penalised = said(&run, &["--tokens", "30", "--temperature", "0", "--repetition-penalty", "3"]);
    assert!(characters(&penalised) > characters(&greedy), "less is said again: {penalised} {greedy}");
    let searched = |more: &[&str]| said(&run, &[&["--tokens", "30", "--beams", "3"], more].concat());
    let (penalised, free) = (searched(&["--repetition-penalty", "3"]), searched(&[]));
    assert!(characters(&penalised) > characters(&free), "by beams too: {penalised} {free}");
}

#[test]
fn controls_change_what_is_said_and_their_order_too() {
    let place = Place::new();
    let run = trained(&place);
    let hot = ["--tokens", "60", "--temperature", "3"];
    let free = said(&run, &hot);
    let filtered = said(&run, &[&hot[..], &["--top-p", "0.5"]].concat());
    let heated = said(&run, &[&hot[..], &["--top-p", "0.5", "--temperature-first"]].concat());
    assert!(free != filtered && filtered != heated && free != heated);
}

#[test]
fn samples_have_random_numbers_of_their_own() {
    let place = Place::new();
    let run = trained(&place);
    let three = said(&run, &["--tokens", "20", "--samples", "3"]);
    let blocks: Vec<&str> =
        three.split("── sample ").skip(1).map(|block| block.split_once("──\n").unwrap().1).collect();
    let texts: Vec<&str> = blocks.iter().map(|text| text.trim_end_matches('\n')).collect();
    assert_eq!(texts.len(), 3, "{three}");
    assert!(texts.iter().all(|text| text.starts_with(PROMPT)), "{three}");
    assert!(texts[0] != texts[1] && texts[1] != texts[2] && texts[0] != texts[2]);
    assert_eq!(said(&run, &["--tokens", "20"]).trim_end_matches('\n'), texts[0], "the first is what one alone says");
}

#[test]
fn a_text_ends_before_what_it_stops_at() {
    let place = Place::new();
    let run = trained(&place);
    let whole = said(&run, &["--tokens", "40"]);
    let generated: Vec<char> = whole.trim_end_matches('\n').chars().skip(PROMPT.len()).collect();
    let stop: String = generated[10..13].iter().collect();
    let stopped = said(&run, &["--tokens", "40", "--stop", "never said", "--stop", &stop]);
    let place_of_stop = whole[PROMPT.len()..].find(&stop).unwrap() + PROMPT.len();
    assert_eq!(stopped, format!("{}\n", &whole[..place_of_stop]));
    assert_eq!(said(&run, &["--tokens", "40", "--stop", PROMPT]), whole, "the prompt itself does not count");
    let beams = said(&run, &["--tokens", "20", "--beams", "3"]);
    let last: String = beams.trim_end_matches('\n').chars().rev().take(1).collect();
    let cut = said(&run, &["--tokens", "20", "--beams", "3", "--stop", &last]);
    assert!(beams.starts_with(cut.trim_end_matches('\n')) && cut.len() < beams.len());
}

#[test]
fn a_prompt_comes_from_a_file_or_from_standard_input() {
    let place = Place::new();
    let run = trained(&place);
    let expected = said(&run, &["--tokens", "20"]);
    let file = place.file("prompt.txt", format!("\u{FEFF}{PROMPT}\r\n"));
    assert_eq!(succeeds(&["generate", "--model", &run, "--prompt-file", &file, "--tokens", "20"]), expected);

    let ask = ["generate", "--model", &run, "--prompt-file", "-", "--tokens", "20"];
    let mut child = lineage(&ask).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{PROMPT}\n").as_bytes()).unwrap();
    assert_eq!(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap(), expected);

    let ask = ["generate", "--model", &run, "--prompt-file", "-"];
    let nothing = lineage(&ask).arg("--quiet").stdin(Stdio::null()).output().unwrap();
    assert_eq!(sentence(nothing), "standard input is empty; choose a file with text in it");
    let missing = place.at("missing.txt");
    let said = fails(&["generate", "--model", &run, "--prompt-file", &missing]);
    assert_eq!(said, format!("there is no file {missing}; check the path"));
}

#[test]
fn several_prompts_are_gone_on_from_as_if_each_were_alone() {
    let place = Place::new();
    let run = trained(&place);
    let prompts = ["Mr. Fogg", "Passepartout was", "I"];
    let flags = ["--tokens", "25", "--temperature", "0.3", "--quiet"];
    let endless = prompts.map(|prompt| {
        let text = succeeds(&[&["generate", "--model", &run, "--prompt", prompt], &flags[..]].concat());
        text[prompt.len()..].to_owned()
    });
    // With this stop they end at different times.
    let ends = |stop: char| endless.each_ref().map(|text| text.chars().position(|letter| letter == stop));
    let stop = endless[0].chars().find(|&stop| ends(stop)[0] > Some(0) && ends(stop)[0] != ends(stop)[2]);
    let stop = stop.unwrap_or_else(|| panic!("{endless:?}")).to_string();
    let flags = [&flags[..], &["--stop", &stop]].concat();
    let ask = |more: &[&str]| succeeds(&[&["generate", "--model", &run], more, &flags[..]].concat());
    let alone = prompts.map(|prompt| ask(&["--prompt", prompt]));
    let expected = format!("── prompt 1 ──\n{}\n── prompt 2 ──\n{}\n── prompt 3 ──\n{}", alone[0], alone[1], alone[2]);
    assert_eq!(ask(&prompts.map(|prompt| ["--prompt", prompt]).concat()), expected);
    let file = place.file("prompts.txt", format!("{}\n", prompts.join("\r\n")));
    assert_eq!(ask(&["--prompt-lines", &file]), expected);

    let search = ["generate", "--model", &run, "--tokens", "25", "--stop", &stop, "--beams", "3", "--quiet"];
    let ask_for_likeliest = |more: &[&str]| succeeds(&[&search, more].concat());
    let searched = prompts.map(|prompt| ask_for_likeliest(&["--prompt", prompt]));
    let together = ask_for_likeliest(&["--prompt-lines", &file]);
    assert!(searched.iter().all(|text| together.contains(&format!("──\n{text}"))), "{together}");

    let two = ask(&["--prompt-lines", &file, "--samples", "2"]);
    let headings: Vec<&str> = two.lines().filter(|line| line.starts_with("── ")).collect();
    assert_eq!(headings.len(), 6, "{two}");
    assert_eq!(headings[3], "── prompt 2, sample 2 ──");
    assert!(two.contains(&format!("── prompt 3, sample 1 ──\n{}", alone[2])), "{two}");
}

/// More prompts than are read at once.
#[test]
fn a_file_may_have_many_prompts() {
    let place = Place::new();
    let run = trained(&place);
    let prompt = |number: usize| "Passepartout".chars().cycle().skip(number).take(1 + number % 7).collect();
    let prompts: Vec<String> = (0..40).map(prompt).collect();
    let file = place.file("prompts.txt", prompts.join("\n"));
    let ask = ["generate", "--model", &run, "--prompt-lines", &file, "--tokens", "3", "--quiet"];
    let texts = succeeds(&ask);
    for number in [1, 33, 40] {
        let prompt = &prompts[number - 1];
        let alone = succeeds(&["generate", "--model", &run, "--prompt", prompt, "--tokens", "3", "--quiet"]);
        assert!(texts.contains(&format!("── prompt {number} ──\n{alone}")), "{prompt}: {texts}");
    }
    assert_eq!(texts.matches("── prompt ").count(), 40);
}

#[test]
fn prompts_that_cannot_be_are_named() {
    let place = Place::new();
    let run = trained(&place);
    let refused = |more: &[&str]| fails(&[&["generate", "--model", &run], more].concat());
    assert_eq!(
        refused(&["--prompt", "Mr. Fogg", "--prompt", ""]),
        "prompt 2 is empty: give the model at least one token to go on from"
    );
    let file = place.file("prompts.txt", "Mr. Fogg\n\nI\n");
    assert_eq!(
        refused(&["--prompt-lines", &file]),
        format!("line 2 of {file} is empty: give the model at least one token to go on from")
    );
    assert_eq!(
        refused(&["--prompt", "Mr. Fogg", "--prompt", "I", "--show-controls"]),
        "--show-controls cannot act, since it shows the steps of one text: leave it out, or give one prompt"
    );
    let file = place.file("unknown.txt", "Mr. Fogg\n€\n");
    let said = refused(&["--prompt-lines", &file]);
    assert!(said.starts_with(&format!("line 2 of {file}: ")), "{said}");
}

/// The tiny gpt sees 16 tokens.
#[test]
fn what_the_model_does_not_see_is_told() {
    let place = Place::new();
    let run = trained(&place);
    let told_of = |prompt: &str, tokens: &str| {
        told(&["generate", "--model", &run, "--prompt", prompt, "--tokens", tokens, "--temperature", "0"])
    };
    assert_eq!(told_of(PROMPT, "9"), "", "8 and 8 are read, and the last is only said");
    assert_eq!(
        told_of(PROMPT, "11"),
        "the text has 19 tokens, and the model sees at most 16 at once; when they are full it drops the older half: at the end it \
         no longer saw \"Mr. Fogg\"\n"
    );
    assert_eq!(
        told_of("It was Passepartout.", "3"),
        "the prompt has 20 tokens, and the model sees the last 16: it does not see \"It w\"\n"
    );
    assert_eq!(
        told(&[
            "generate",
            "--model",
            &run,
            "--prompt",
            "I",
            "--prompt",
            PROMPT,
            "--tokens",
            "11",
            "--temperature",
            "0"
        ]),
        "the text after prompt 2 has 19 tokens, and the model sees at most 16 at once; when they are full it drops the older \
         half: at the end it no longer saw \"Mr. Fogg\"\n"
    );
    let long = "It was Passepartout. ".repeat(5);
    let told = told_of(&long, "1");
    assert!(
        told.ends_with("it does not see \"It was Passepartout. It was Pa … ut. It was Passepartout. It wa\"\n"),
        "{told}"
    );
}

#[test]
fn controls_are_shown_for_every_token() {
    let place = Place::new();
    let run = trained(&place);
    let shown = said(&run, &["--show-controls", "--top-k", "3", "--temperature", "0.5"]);
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[0], "after \"Mr. Fogg\"");
    assert!(lines[1].starts_with("top-k 3 ") && lines[1].contains("removes 59 of 62 tokens"), "{shown}");
    assert!(lines[2].starts_with("temperature 0.5 "), "{shown}");
    assert_eq!(lines[3].split_whitespace().collect::<Vec<_>>(), ["before", "after", "removed", "by", "token"]);
    assert_eq!(
        lines.iter().filter(|line| line.contains("  top-k 3  ")).count(),
        7,
        "of ten that are shown three stay: {shown}"
    );
    assert!(lines[14].ends_with("  52 more") && lines[15].starts_with("drawn: "), "{shown}");
    assert!(lines[17].starts_with("Mr. Fogg"), "{shown}");
    let two = said(&run, &["--show-controls", "--tokens", "2"]);
    assert_eq!(two.matches("drawn: ").count(), 2);
    let text = said(&run, &["--tokens", "2"]);
    assert!(two.ends_with(&text), "to see changes nothing: {two}");
}

#[test]
fn controls_that_cannot_be() {
    let place = Place::new();
    let run = trained(&place);
    let refused = [
        (["--top-k", "0"], "0 is not a top-k, since no token would be left: give a number of at least 1"),
        (["--top-k", "1.5"], "give a whole number of at least 1"),
        (["--top-p", "1.5"], "1.5 is not a top-p: give a number from 0 to 1, where 1 leaves every token"),
        (["--top-p", "-0.1"], "-0.1 is not a top-p: give a number from 0 to 1, where 1 leaves every token"),
        (["--min-p", "NaN"], "NaN is not a min-p: give a number from 0 to 1, where 0 leaves every token"),
        (
            ["--temperature", "-1"],
            "-1 is not a temperature: give a number of at least 0, where 0 always takes the likeliest token",
        ),
        (
            ["--temperature", "nan"],
            "NaN is not a temperature: give a number of at least 0, where 0 always takes the likeliest token",
        ),
        (
            ["--repetition-penalty", "0"],
            "0 is not a repetition penalty: give a number above 0, where 1 changes nothing and more makes repetitions less \
             likely",
        ),
        (["--stop", ""], "an empty text to stop at would stop before the first token: give at least one character"),
        (["--samples", "0"], "0 is not in 1..=1000"),
        (["--beams", "0"], "0 is not in 1..=1000"),
    ];
    for (flag, expected) in refused {
        let output = lineage(&[&["generate", "--model", &run, "--prompt", "a"], &flag[..]].concat()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected), "{said}");
    }
}
