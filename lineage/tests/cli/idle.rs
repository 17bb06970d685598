//! Flags that cannot act are refused by name, and no flag of any command is forgotten.

use std::collections::BTreeSet;
use std::path::Path;

use crate::program::{Place, encoder, fails, lineage, succeeds, text_to_text, tiny, trained, translator};

/// When a flag of a command can change nothing.
enum Idle {
    /// Never: whatever else is given, it can.
    Never,
    /// In training this stage, which has no such thing.
    Without(&'static str),
    /// With these words, for this reason.
    If(&'static [&'static str], &'static str),
}

use Idle::{If, Never, Without};

/// Names of flags, and when each cannot act.
type Flags = &'static [(&'static str, &'static [Idle])];

const LSTM: Idle = Without("lstm");
const GPT: Idle = Without("gpt");
const SEQ2SEQ: Idle = Without("seq2seq");
const ATTENTION: Idle = Without("attention");
const TRANSFORMER: Idle = Without("transformer");

const NEVER_FALLS: &str =
    "the learning rate never falls with a warm-up of 9 in 10 steps: give more --steps, or leave it out";
const AT_THE_LAST: &str = "the run has 10 steps and does so at the last: give at most 10, or leave it out";
const DRAWS_NOTHING: &str = "nothing is drawn at random: leave it out";
const BLIND: &str = "the model in BLIND is of seq2seq, which does not look back at the source: leave it out, or use a model of \
                     attention or transformer";
const NO_ALIGNMENT: &str = "of t5 no alignment is shown, and it writes what it does not know as it likes: leave it out, or use a \
                            model of attention or transformer";
const NO_TOKENS: &str = "no --tokens are generated: give some, or leave it out";
const SEARCHED: &str =
    "a beam search draws nothing, and takes no control but the repetition penalty: leave it out, or leave --beams out";
const GREEDY: &str = "nothing is drawn at a temperature of 0: give another --temperature, or leave it out";
const AT_ONE: &str =
    "a temperature of 1 changes nothing wherever it stands: give another --temperature, or leave it out";
const NO_MASS: &str = "only what top-p and min-p remove depends on the order: give one of them, or leave it out";
const ONE_TEXT: &str = "it shows the steps of one text: leave it out, or leave --samples out";
const ONE_PROMPT: &str = "it shows the steps of one text: leave it out, or give one prompt";
const NO_PART: &str = "what it sets has no part in ";
const OF_GPT: &str = "the model in GPT is of gpt, which does not translate: leave ";

/// Of each command, its flags and when they cannot act. GPT, BERT, GAPS, PAIRS and BLIND stand for folders of a gpt, of a bert, of a
/// t5, of an attention and of a seq2seq model, TEXT and FILE for a text and pairs, REPORT for a report on C12.
const COMMANDS: [(&str, Flags); 9] = [
    (
        "train",
        &[
            (
                "text",
                &[If(
                    &["seq2seq", "--text", "TEXT"],
                    "!seq2seq learns from what --pairs names: give its file with that",
                )],
            ),
            (
                "pairs",
                &[If(&["gpt", "--pairs", "FILE"], "!gpt learns from what --text names: give its file with that")],
            ),
            ("out", &[Never]),
            ("resume", &[Never]),
            ("from", &[Never]),
            (
                "preset",
                &[If(
                    &["seq2seq", "--preset", "nanogpt-cpu"],
                    "!the presets are of language models: leave --preset out, or train one of them",
                )],
            ),
            ("validation", &[Never]),
            ("validation-share", &[Never]),
            ("architecture", &[LSTM, SEQ2SEQ, TRANSFORMER]),
            ("layers", &[Never]),
            ("width", &[Never]),
            ("embedding", &[GPT, TRANSFORMER, Without("bert"), Without("t5")]),
            ("heads", &[LSTM, SEQ2SEQ, ATTENTION]),
            (
                "context",
                &[
                    SEQ2SEQ,
                    ATTENTION,
                    If(
                        &["transformer", "--context", "9"],
                        "it is the number of learned positions, and there are none: give --positions learned, or leave it out",
                    ),
                    If(
                        &["t5", "--pairs", "FILE", "--context", "9"],
                        "it is how long pieces of a text are, and pairs are read whole: leave it out",
                    ),
                ],
            ),
            (
                "prefix",
                &[
                    GPT,
                    If(
                        &["t5", "--prefix", "a"],
                        "it stands before the source of a pair, and a text has none: give --pairs, or leave it out",
                    ),
                ],
            ),
            ("dropout", &[Never]),
            ("tokens", &[Never]),
            (
                "vocab-size",
                &[If(
                    &["gpt", "--vocab-size", "300"],
                    "it is the size of a vocabulary of byte pairs: give --tokens bpe, or leave it out",
                )],
            ),
            ("normal-form", &[Never]),
            ("carry", &[GPT, SEQ2SEQ, ATTENTION, TRANSFORMER]),
            ("cell", &[LSTM, TRANSFORMER]),
            (
                "vocabulary",
                &[
                    GPT,
                    If(
                        &["seq2seq", "--tokens", "bpe", "--vocabulary", "300"],
                        "it counts words or characters: give --vocab-size, or leave it out",
                    ),
                ],
            ),
            ("bottleneck", &[GPT, ATTENTION, TRANSFORMER]),
            ("peeking", &[GPT, ATTENTION, TRANSFORMER]),
            ("reversed", &[GPT, ATTENTION, TRANSFORMER]),
            ("bidirectional", &[LSTM, SEQ2SEQ, TRANSFORMER]),
            ("score", &[GPT, SEQ2SEQ, TRANSFORMER]),
            ("input-feeding", &[GPT, SEQ2SEQ, TRANSFORMER]),
            ("norm", &[GPT, SEQ2SEQ, ATTENTION]),
            ("positions", &[GPT, SEQ2SEQ, ATTENTION]),
            ("shared-embeddings", &[GPT, SEQ2SEQ, ATTENTION]),
            ("smoothing", &[GPT]),
            (
                "sampling",
                &[
                    GPT,
                    TRANSFORMER,
                    If(
                        &["seq2seq", "--sampling", "0.5", "--steps", "1"],
                        "it begins at 0 in the first batch, and there is no other: give more --steps, or leave it out",
                    ),
                ],
            ),
            ("steps", &[Never]),
            ("batch", &[Never]),
            ("accumulate", &[Never]),
            ("lr", &[Never]),
            ("schedule", &[If(&["gpt", "--schedule", "inverse-sqrt", "--warmup", "9", "--steps", "10"], NEVER_FALLS)]),
            (
                "min-lr",
                &[
                    If(&["gpt", "--min-lr", "0", "--warmup", "9", "--steps", "10"], NEVER_FALLS),
                    If(
                        &["gpt", "--min-lr", "0", "--schedule", "inverse-sqrt"],
                        "it is where the cosine ends, and --schedule inverse-sqrt has no such end: leave one of the two out",
                    ),
                ],
            ),
            (
                "warmup",
                &[
                    If(
                        &["gpt", "--warmup", "11", "--steps", "10"],
                        "the run has 10 steps and would end before its highest learning rate: give fewer updates, or more \
                         --steps",
                    ),
                    If(
                        &["gpt", "--warmup", "2", "--steps", "1"],
                        "the run has 1 step and would end before its highest learning rate: give fewer updates, or more \
                         --steps",
                    ),
                ],
            ),
            ("weight-decay", &[Never]),
            ("beta2", &[Never]),
            ("clip", &[Never]),
            ("eval-every", &[If(&["gpt", "--eval-every", "11", "--steps", "10"], AT_THE_LAST)]),
            ("save-every", &[If(&["attention", "--save-every", "11", "--steps", "10"], AT_THE_LAST)]),
            (
                "patience",
                &[If(
                    &["lstm", "--patience", "1", "--steps", "10", "--eval-every", "10"],
                    "this run is evaluated at its last step alone: give an --eval-every below its 10 steps, or leave it \
                         out",
                )],
            ),
        ],
    ),
    (
        "evaluate",
        &[
            ("model", &[Never]),
            (
                "text",
                &[If(
                    &["--model", "PAIRS", "--text", "TEXT"],
                    "!the model in PAIRS is of attention, which translates: give --pairs, not --text",
                )],
            ),
            ("pairs", &[If(&["--model", "GPT", "--pairs", "FILE"], OF_GPT)]),
            ("split", &[Never]),
            ("count", &[If(&["--model", "GPT", "--count", "9"], OF_GPT)]),
            ("words", &[If(&["--model", "GPT", "--words", "9"], OF_GPT)]),
            (
                "references",
                &[
                    If(&["--model", "GPT", "--references", "all"], OF_GPT),
                    If(
                        &["--model", "PAIRS", "--pairs", "FILE", "--references", "all"],
                        "!--references is for generated sentences, and in the held-out part of FILE all translations of a \
                         sentence are right: leave it out",
                    ),
                ],
            ),
            ("beam", &[If(&["--model", "GPT", "--beam", "9"], OF_GPT)]),
            (
                "length-penalty",
                &[
                    If(&["--model", "GPT", "--length-penalty", "1"], OF_GPT),
                    If(
                        &["--model", "PAIRS", "--length-penalty", "1"],
                        "it chooses among translations of several lengths, and a beam of 1 follows only one: give a larger \
                         --beam, or leave it out",
                    ),
                ],
            ),
            ("bleu-tokens", &[If(&["--model", "GPT", "--bleu-tokens", "char"], OF_GPT)]),
            (
                "prefix",
                &[
                    If(&["--model", "GPT", "--prefix", "a"], OF_GPT),
                    If(
                        &["--model", "GAPS", "--text", "TEXT", "--prefix", "a"],
                        "!--prefix is for translations, and the model in GAPS fills gaps of a text: give --pairs, or leave it out",
                    ),
                    If(
                        &["--model", "PAIRS", "--prefix", "a"],
                        "!the model in PAIRS is of attention, which reads nothing before a sentence: leave --prefix out",
                    ),
                ],
            ),
        ],
    ),
    (
        "generate",
        &[
            ("model", &[Never]),
            ("prompt", &[Never]),
            ("prompt-file", &[Never]),
            ("prompt-lines", &[Never]),
            ("tokens", &[Never]),
            (
                "temperature",
                &[
                    If(&["--model", "GPT", "--prompt", "a", "--tokens", "0", "--temperature", "0.5"], NO_TOKENS),
                    If(&["--model", "GPT", "--prompt", "a", "--beams", "2", "--temperature", "0.5"], SEARCHED),
                ],
            ),
            (
                "top-k",
                &[
                    If(&["--model", "GPT", "--prompt", "a", "--tokens", "0", "--top-k", "2"], NO_TOKENS),
                    If(&["--model", "GPT", "--prompt", "a", "--beams", "2", "--top-k", "2"], SEARCHED),
                    If(&["--model", "GPT", "--prompt", "a", "--temperature", "0", "--top-k", "2"], GREEDY),
                ],
            ),
            (
                "top-p",
                &[
                    If(&["--model", "GPT", "--prompt", "a", "--tokens", "0", "--top-p", "0.5"], NO_TOKENS),
                    If(&["--model", "GPT", "--prompt", "a", "--beams", "2", "--top-p", "0.5"], SEARCHED),
                    If(&["--model", "GPT", "--prompt", "a", "--temperature", "0", "--top-p", "0.5"], GREEDY),
                ],
            ),
            (
                "min-p",
                &[
                    If(&["--model", "GPT", "--prompt", "a", "--tokens", "0", "--min-p", "0.5"], NO_TOKENS),
                    If(&["--model", "GPT", "--prompt", "a", "--beams", "2", "--min-p", "0.5"], SEARCHED),
                    If(&["--model", "GPT", "--prompt", "a", "--temperature", "0", "--min-p", "0.5"], GREEDY),
                ],
            ),
            (
                "repetition-penalty",
                &[If(&["--model", "GPT", "--prompt", "a", "--tokens", "0", "--repetition-penalty", "2"], NO_TOKENS)],
            ),
            (
                "temperature-first",
                &[
                    If(&["--model", "GPT", "--prompt", "a", "--tokens", "0", "--temperature-first"], NO_TOKENS),
                    If(&["--model", "GPT", "--prompt", "a", "--beams", "2", "--temperature-first"], SEARCHED),
                    If(&["--model", "GPT", "--prompt", "a", "--temperature", "0", "--temperature-first"], GREEDY),
                    If(&["--model", "GPT", "--prompt", "a", "--top-p", "0.5", "--temperature-first"], AT_ONE),
                    If(
                        &[
                            "--model",
                            "GPT",
                            "--prompt",
                            "a",
                            "--temperature",
                            "2",
                            "--top-k",
                            "2",
                            "--temperature-first",
                        ],
                        NO_MASS,
                    ),
                ],
            ),
            ("stop", &[If(&["--model", "GPT", "--prompt", "a", "--tokens", "0", "--stop", "x"], NO_TOKENS)]),
            (
                "samples",
                &[
                    If(&["--model", "GPT", "--prompt", "a", "--tokens", "0", "--samples", "2"], NO_TOKENS),
                    If(&["--model", "GPT", "--prompt", "a", "--beams", "2", "--samples", "2"], SEARCHED),
                    If(&["--model", "GPT", "--prompt", "a", "--temperature", "0", "--samples", "2"], GREEDY),
                ],
            ),
            ("beams", &[If(&["--model", "GPT", "--prompt", "a", "--tokens", "0", "--beams", "2"], NO_TOKENS)]),
            (
                "show-controls",
                &[
                    If(&["--model", "GPT", "--prompt", "a", "--tokens", "0", "--show-controls"], NO_TOKENS),
                    If(&["--model", "GPT", "--prompt", "a", "--beams", "2", "--show-controls"], SEARCHED),
                    If(&["--model", "GPT", "--prompt", "a", "--samples", "2", "--show-controls"], ONE_TEXT),
                    If(&["--model", "GPT", "--prompt", "a", "--prompt", "b", "--show-controls"], ONE_PROMPT),
                ],
            ),
        ],
    ),
    (
        "translate",
        &[
            ("model", &[Never]),
            ("file", &[Never]),
            ("beam", &[Never]),
            (
                "length-penalty",
                &[If(
                    &["--model", "PAIRS", "--length-penalty", "1", "one"],
                    "it chooses among translations of several lengths, and a beam of 1 follows only one: give a larger \
                     --beam, or leave it out",
                )],
            ),
            (
                "prefix",
                &[If(
                    &["--model", "PAIRS", "--prefix", "a", "one"],
                    "only t5 reads something before a sentence: leave it out",
                )],
            ),
            (
                "alignment",
                &[
                    If(&["--model", "BLIND", "--alignment", "one"], BLIND),
                    If(&["--model", "GAPS", "--alignment", "one"], NO_ALIGNMENT),
                ],
            ),
            ("heat-map", &[If(&["--model", "BLIND", "--heat-map", "map.svg", "one"], BLIND)]),
            ("copy-unknown", &[If(&["--model", "BLIND", "--copy-unknown", "one"], BLIND)]),
        ],
    ),
    (
        "fill",
        &[
            ("model", &[Never]),
            (
                "top",
                &[If(
                    &["--model", "GAPS", "--top", "2", "a <extra_id_0>"],
                    "a gap is filled by one span of tokens, and there are no others to choose from: leave it out",
                )],
            ),
        ],
    ),
    (
        "embed",
        &[
            ("model", &[Never]),
            ("file", &[Never]),
            (
                "pooling",
                &[If(
                    &["--model", "GPT", "--pooling", "first", "one"],
                    "!the model in GPT is of gpt, whose first token has seen no other: leave --pooling first out",
                )],
            ),
            (
                "similarities",
                &[If(
                    &["--model", "BERT", "--similarities", "one"],
                    "!--similarities compares texts, and one is given: give two or more",
                )],
            ),
        ],
    ),
    (
        "tokenize",
        &[
            ("model", &[Never]),
            ("tokenizer", &[Never]),
            (
                "target",
                &[If(
                    &["--model", "GPT", "--target", "one"],
                    "only a translator has a vocabulary of its translations: leave it out",
                )],
            ),
            ("file", &[Never]),
            ("export", &[Never]),
        ],
    ),
    (
        "compare",
        &[
            ("budget", &[If(&["--only", "C12", "--budget", "quick"], NO_PART)]),
            ("text", &[If(&["--only", "C2,C6", "--text", "TEXT"], NO_PART)]),
            ("out", &[Never]),
            ("seeds", &[If(&["--only", "c5,C6", "--seeds", "2"], NO_PART)]),
            ("trainings", &[Never]),
            ("fresh", &[Never]),
            (
                "reference",
                &[If(
                    &["--only", "C1", "--reference", "REPORT"],
                    "REPORT tells of none of C1: give another folder, or other claims to --only",
                )],
            ),
            ("only", &[Never]),
        ],
    ),
    ("adopt", &[]),
];

/// When those flags cannot act that every command has.
const EVERYWHERE: [(&str, &[Idle]); 13] = [
    ("threads", &[Never]),
    ("quiet", &[Never]),
    ("help", &[Never]),
    ("train --seed", &[Never]),
    (
        "evaluate --seed",
        &[
            If(&["--model", "GPT", "--seed", "2"], DRAWS_NOTHING),
            If(
                &["--model", "PAIRS", "--count", "1", "--seed", "2"],
                "it draws samples of the sentences for intervals, and of one sentence there are none: leave it out, or take \
                 more sentences",
            ),
        ],
    ),
    (
        "generate --seed",
        &[
            If(&["--model", "GPT", "--prompt", "a", "--temperature", "0", "--seed", "2"], GREEDY),
            If(&["--model", "GPT", "--prompt", "a", "--tokens", "0", "--seed", "2"], NO_TOKENS),
            If(&["--model", "GPT", "--prompt", "a", "--beams", "3", "--seed", "2"], SEARCHED),
        ],
    ),
    ("translate --seed", &[If(&["--model", "PAIRS", "--seed", "2", "one"], DRAWS_NOTHING)]),
    ("fill --seed", &[If(&["--model", "BERT", "--seed", "2", "a [MASK]"], DRAWS_NOTHING)]),
    ("embed --seed", &[If(&["--model", "BERT", "--seed", "2", "one"], DRAWS_NOTHING)]),
    ("tokenize --seed", &[If(&["--model", "GPT", "--seed", "2", "one"], DRAWS_NOTHING)]),
    ("compare --seed", &[If(&["--only", "C12", "--seed", "2"], NO_PART)]),
    ("report --seed", &[If(&["diff", "A", "B", "--seed", "2"], DRAWS_NOTHING)]),
    ("adopt --seed", &[If(&["GPT", "--seed", "2"], DRAWS_NOTHING)]),
];

/// The flags that `--help` lists.
fn flags(command: &str) -> BTreeSet<String> {
    let help = succeeds(&[command, "--help"]);
    let flags = help.lines().filter_map(|line| {
        let line = line.trim_start();
        let flag = line
            .strip_prefix("--")
            .or_else(|| line.split_once(", --").filter(|(short, _)| short.len() == 2)?.1.into())?;
        Some(flag.split([' ', '=', '[']).next()?.to_owned())
    });
    flags.collect()
}

#[test]
fn no_flag_of_any_command_is_forgotten() {
    let everywhere = EVERYWHERE.map(|(name, _)| name.rsplit("--").next().unwrap());
    for (command, own) in COMMANDS {
        let known: BTreeSet<String> = own.iter().map(|(flag, _)| *flag).chain(everywhere).map(str::to_owned).collect();
        assert_eq!(flags(command), known, "{command}: say in this file when each flag cannot act");
    }
}

#[test]
fn a_flag_that_cannot_act_is_refused_by_name() {
    let place = Place::new();
    let (gpt, translator, text, pairs) = (trained(&place), translator(&place), place.text(), place.pairs());
    let (bert, gaps) = (encoder(&place), text_to_text(&place));
    let blind = place.at("blind");
    let train = ["train", "seq2seq", "--pairs", &pairs, "--out", &blind, "--steps", "1", "--quiet"];
    succeeds(&[&train, &tiny("seq2seq")[..]].concat());
    let report = place.at("report");
    succeeds(&["compare", "--only", "C12", "--out", &report, "--quiet"]);
    let filled = |words: &str| {
        let names = [
            ("GPT", &gpt),
            ("BERT", &bert),
            ("GAPS", &gaps),
            ("BLIND", &blind),
            ("PAIRS", &translator),
            ("TEXT", &text),
            ("FILE", &pairs),
            ("REPORT", &report),
        ];
        names.into_iter().fold(words.to_owned(), |words, (name, path)| words.replace(name, path))
    };
    let out = place.at("out");
    let refused = |command: &str, flag: &str, idle: &Idle| {
        let (words, expected) = match idle {
            Never => return,
            Without(stage) => {
                let value = match flag {
                    "cell" => "gru",
                    "score" => "dot",
                    "norm" => "post",
                    "architecture" => "llama",
                    "positions" => "none",
                    "peeking" | "reversed" | "bidirectional" | "input-feeding" | "shared-embeddings" | "carry" => {
                        "false"
                    }
                    "smoothing" | "sampling" => "0.5",
                    _ => "8",
                };
                (
                    vec![(*stage).to_owned(), format!("--{flag}"), value.to_owned()],
                    format!("{stage} has no --{flag}: leave it out, or train a stage that has one"),
                )
            }
            If(words, reason) => {
                let expected = match reason.strip_prefix('!') {
                    Some(whole) => filled(whole),
                    None if *reason == OF_GPT => format!("{}--{flag} out", filled(reason)),
                    None if *reason == NO_PART => format!(
                        "--{flag} cannot act, since {reason}{}: leave it out, or give other claims to --only",
                        words[1].to_uppercase().replace(',', ", ")
                    ),
                    None => format!("--{flag} cannot act, since {}", filled(reason)),
                };
                (words.iter().map(|word| filled(word)).collect(), expected)
            }
        };
        let mut arguments = vec![command];
        arguments.extend(words.iter().map(String::as_str));
        if matches!(command, "train" | "compare") {
            arguments.extend(["--out", &out]);
        }
        assert_eq!(fails(&arguments), expected, "{arguments:?}");
        assert!(!Path::new(&out).exists());
    };
    for (command, flags) in COMMANDS {
        for (flag, idle) in flags {
            idle.iter().for_each(|idle| refused(command, flag, idle));
        }
    }
    for (name, idle) in EVERYWHERE {
        if let Some((command, flag)) = name.split_once(" --") {
            idle.iter().for_each(|idle| refused(command, flag, idle));
        }
    }
}

/// What is refused at the beginning of a run is refused when it goes on.
#[test]
fn a_flag_that_cannot_act_is_refused_on_resuming_too() {
    let place = Place::new();
    let (gpt, translator) = (trained(&place), translator(&place));
    let resume = |run: &str, more: &[&str]| fails(&[&["train", "--resume", run], more].concat());
    assert_eq!(resume(&gpt, &["--carry", "false"]), "gpt has no --carry: leave it out, or train a stage that has one");
    assert_eq!(
        resume(&translator, &["--peeking", "false"]),
        "attention has no --peeking: leave it out, or train a stage that has one"
    );
    assert_eq!(
        resume(&gpt, &["--warmup", "9"]),
        format!(
            "the run in {gpt} has --warmup 0, not 9, and goes on as it began: leave --warmup out, or begin a new run with \
             --out"
        )
    );
}

/// What the preset sets, and what is left out, shrinks to fit.
#[test]
fn a_setting_that_nobody_gave_is_not_refused() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    let train =
        ["train", "gpt", "--text", &text, "--out", &run, "--preset", "nanogpt-cpu", "--steps", "1", "--batch", "1"];
    assert!(lineage(&train).output().unwrap().status.success());
}
