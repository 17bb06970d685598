//! Translations of lines as they come.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Output, Stdio};

use crate::program::{Place, fails, lineage, succeeds, translator};

fn begin(arguments: &[&str]) -> Child {
    let mut command = lineage(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// What it says to all of this on standard input.
fn answers(arguments: &[&str], input: impl AsRef<[u8]>) -> [String; 2] {
    let mut child = begin(arguments);
    child.stdin.take().unwrap().write_all(input.as_ref()).unwrap();
    let Output { stdout, stderr, .. } = child.wait_with_output().unwrap();
    [stdout, stderr].map(|stream| String::from_utf8(stream).unwrap())
}

/// The second line is written when the answer to the first has been read, and so on; a line without its end waits.
#[test]
fn a_line_is_answered_before_the_next_is_written() {
    let place = Place::new();
    let run = translator(&place);
    let expected = succeeds(&["translate", "--model", &run, "one two", "three four five", "six"]);
    let expected: Vec<&str> = expected.lines().collect();

    let mut child = begin(&["translate", "--model", &run]);
    let (mut input, mut output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    let mut answer = || {
        let mut answer = String::new();
        output.read_line(&mut answer).unwrap();
        answer
    };
    input.write_all("\u{FEFF}One two.\r\n\r\nthree ".as_bytes()).unwrap();
    assert_eq!([answer(), answer()], [format!("{}\n", expected[0]), "\n".to_owned()]);
    input.write_all(b"four five\n").unwrap();
    assert_eq!(answer(), format!("{}\n", expected[1]));
    input.write_all(b"six eighty\n").unwrap();
    answer();
    input.write_all(b"Six\ntwo ninety").unwrap();
    assert_eq!(answer(), format!("{}\n", expected[2]));
    drop(input);
    answer();
    assert_eq!(answer(), "");
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(
        said,
        "line 1 of standard input is read as \"one two\": capital letters and signs are fitted to the sentences that the \
         model was trained on\n\
         line 4 of standard input: the model does not know \"eighty\"\n\
         write in other words, or train with a larger --vocabulary or more pairs\n\
         line 6 of standard input: the model does not know \"ninety\"\n"
    );
    assert!(child.wait().unwrap().success());
}

/// More than is read at once, with all ends that lines have.
#[test]
fn many_lines_are_answered_as_each_alone() {
    let place = Place::new();
    let run = translator(&place);
    let (sentences, blank) = (["one two", "three four five", "six"], "");
    let alone = succeeds(&[&["translate", "--model", &run], &sentences[..]].concat());
    let alone: Vec<&str> = alone.lines().chain([blank]).collect();
    let (mut text, mut expected) = (String::new(), String::new());
    for number in 0..3000 {
        let kind = number * 7 % 4;
        text += sentences.get(kind).unwrap_or(&" \t");
        text += ["\n", "\r\n", "\r"][number % 3];
        expected += &format!("{}\n", alone[kind]);
    }
    assert_eq!(answers(&["translate", "--model", &run], &text), [expected.clone(), String::new()]);
    assert_eq!(succeeds(&["translate", "--model", &run, "--file", &place.file("lines.txt", &text)]), expected);
}

#[test]
fn what_comes_before_a_bad_line_is_translated() {
    let place = Place::new();
    let run = translator(&place);
    let before = succeeds(&["translate", "--model", &run, "one two", "three"]);
    let long = "one ".repeat(101);
    let bad: [(&[u8], &str); 4] = [
        (b"!", "line 3 of NAME: there is no word in \"!\"; write a sentence to translate"),
        (long.as_bytes(), "line 3 of NAME has 101 words, and at most 100 are taken: shorten it or cut it in two"),
        (
            b"four \xFF",
            "NAME is not UTF-8 text: the byte 0xFF at offset 19 (line 3) belongs to no character; save the file as UTF-8",
        ),
        (
            b"Vogel",
            "line 3 of NAME: none of the words of the request, from \"Vogel\" on, is among the 6 of this vocabulary; \
             write it in other words, or use a model that was trained on pairs with these",
        ),
    ];
    for (line, expected) in bad {
        let text = [b"one two\nthree\n", line, b"\nfive\n"].concat();
        let expected = format!("error: {expected}\n");
        let said = answers(&["translate", "--model", &run], &text);
        assert_eq!(said, [before.clone(), expected.replace("NAME", "standard input")]);
        let file = place.file("lines.txt", &text);
        let output = lineage(&["translate", "--model", &run, "--file", &file]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = [output.stdout, output.stderr].map(|stream| String::from_utf8(stream).unwrap());
        assert_eq!(said, [before.clone(), expected.replace("NAME", &file)]);
    }
}

#[test]
fn a_line_without_end_is_refused_and_a_byte_order_mark_is_no_part_of_a_sentence() {
    let place = Place::new();
    let run = translator(&place);
    let [said, error] = answers(&["translate", "--model", &run], "one ".repeat((1 << 18) + 1));
    assert_eq!(said, "");
    assert_eq!(
        error,
        "error: line 1 of standard input is longer than 1,048,576 bytes, which is no sentence; put each sentence on a line of \
         its own\n"
    );
    let alone = succeeds(&["translate", "--model", &run, "one two"]);
    assert_eq!(succeeds(&["translate", "--model", &run, "\u{FEFF}one two"]), alone);
}

/// All lines are read before anything is drawn.
#[test]
fn a_heat_map_is_of_the_only_line() {
    let place = Place::new();
    let (run, svg) = (translator(&place), place.at("map.svg"));
    let draw = ["translate", "--model", &run, "--heat-map", &svg, "--quiet"];
    let refused = "error: --heat-map draws one sentence, and 2 are given: give one\n";
    assert_eq!(answers(&draw, "one\n\ntwo\n"), [String::new(), refused.to_owned()]);
    assert!(!place.path("map.svg").exists());
    let [said, told] = answers(&draw, "\none two\n");
    assert_eq!((said.lines().next(), said.lines().count(), told.as_str()), (Some(""), 2, ""));
    assert!(fs::read_to_string(&svg).unwrap().starts_with("<svg"));
}

/// Whoever reads has seen enough, while lines go on to come.
#[cfg(unix)]
#[test]
fn a_reader_who_leaves_is_no_error() {
    let place = Place::new();
    let run = translator(&place);
    let mut child = begin(&["translate", "--model", &run]);
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"one\n").unwrap();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
    while input.write_all(b"one\n").is_ok() {}
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_is_no_file_of_lines() {
    let place = Place::new();
    let run = translator(&place);
    assert_eq!(
        fails(&["translate", "--model", &run, "--file", &run]),
        format!("{run} cannot be read: Is a directory (os error 21); choose a text file that you may read")
    );
    let nowhere = place.at("nowhere.txt");
    assert_eq!(
        fails(&["translate", "--model", &run, "--file", &nowhere]),
        format!("there is no file {nowhere}; check the path")
    );
}
