//! What the page says of C17.

use data::Tokenizer;
use report::{
    Table,
    figure::{Axis, Lines, Series},
    format,
    statistics::Summary,
    table::{Columns, digits},
};

use super::{
    BYTES, Cell, Measurements, TEXT,
    training::{BitsPerByte, LAYERS, Reading, WIDTH},
    words::{Vocabulary, Word},
};
use crate::{
    finding::{Draft, Finding},
    study::{
        grid::{self, Study},
        text::Values,
    },
};

/// What the pieces of are shown: frequent and rare words of the built-in book, digits, accents, other scripts.
const SHOWN: [&str; 11] = [
    " the",
    " Passepartout",
    " gentleman",
    " locomotives",
    " unquestionably",
    " tokenizer",
    " 1872",
    " 31415926",
    " naïve",
    " señor",
    " 東京",
];

pub fn conclude(found: &Measurements) -> Finding {
    let judged = super::judge(&found.words, &found.vocabularies);
    let values = values(found).with("reply", judged.reply()).with("remainder", judged.remainder());
    Draft::new(TEXT, &values)
        .effect(judged.effect("statements about vocabularies that hold"))
        .figure("c17-whole", whole(found))
        .figure("c17-bits", bits(found))
        .table("c17-vocabularies", vocabularies(found))
        .table("c17-models", models(found))
        .table("c17-pieces", pieces(&found.vocabularies))
        .finding(judged.verdict())
}

fn values(found: &Measurements) -> Values {
    let Measurements { words, vocabularies, cells, reading } = found;
    let largest = vocabularies.last().expect("there are vocabularies");
    let [_, rare] = largest.shares(words);
    let unseen = largest.of(words, |word| word.occurrences == 0);
    let mean = |cell: &Cell| cell.mean(|bits| bits.0).mean;
    let best = cells.iter().min_by(|a, b| mean(a).total_cmp(&mean(b))).expect("there are models");
    let bits = |cell: &Cell| format::number(mean(cell), 3);
    let read = |size: usize| format::count((reading.bytes_read(size) / 1e3).round() as u64);
    Values::default()
        .with("largest", format::count(largest.size as u64))
        .with("last merge", largest.last_merge.unwrap_or(0))
        .with("rare whole", format::percent(rare.share(), 2))
        .with("unseen", format::percent(unseen.all as f64 / words.len() as f64, 2))
        .with("unseen whole", format::percent(unseen.share(), 2))
        .with("bytes bits", bits(grid::find(cells, &BYTES)))
        .with("best", format::count(best.case as u64))
        .with("best bits", bits(best))
        .with("bytes read", read(BYTES))
        .with("largest read", read(largest.size))
        .with("words", format::count(words.len() as u64))
        .with("layers", LAYERS)
        .with("width", WIDTH)
        .with("context", reading.context)
        .with("steps", format::count(reading.steps(&BYTES)))
        .with("rates", Reading::LEARNING_RATES.len())
}

/// The share of whole words among those that occur between 2ⁿ and 2ⁿ⁺¹ - 1 times, at 2ⁿ.
fn whole(found: &Measurements) -> Lines {
    let most = found.words.iter().map(|word| word.occurrences).max().unwrap_or(0);
    let series = found.vocabularies.iter().filter(|vocabulary| vocabulary.size > BYTES).map(|vocabulary| {
        let at = |power: u32| {
            let among = |word: &Word| word.occurrences > 0 && word.occurrences.ilog2() == power;
            let of = vocabulary.of(&found.words, among);
            (of.all > 0).then(|| (2_f64.powi(power as i32), of.share()))
        };
        Series::exact(tokens(vocabulary.size), (0..=most.max(1).ilog2()).filter_map(at))
    });
    let share = Axis::linear("share of words kept whole").within(0.0, 1.0);
    Lines::new(Axis::log2("times that the word occurs in the training text"), share, series)
}

fn tokens(size: usize) -> String {
    format!("{} tokens", format::count(size as u64))
}

fn bits(found: &Measurements) -> Lines {
    let points = found.cells.iter().map(|cell| (cell.case as f64, cell.mean(|bits| bits.0)));
    let y = Axis::linear("held-out bits per byte");
    Lines::new(Axis::log2("tokens in the vocabulary"), y, [Series::new("GPT", points)])
}

fn vocabularies(found: &Measurements) -> Columns<&Vocabulary> {
    let words = &found.words;
    let share = |of: super::words::Whole| (of.all > 0).then(|| digits(of.share(), 3));
    let trained = found.vocabularies.iter().filter(|vocabulary| vocabulary.size > BYTES);
    Table::of(trained)
        .column("tokens", |vocabulary| vocabulary.tokenizer.vocabulary_size())
        .column("last merge, times", |vocabulary| vocabulary.last_merge)
        .column("frequent words", |vocabulary| vocabulary.shares(words)[0].all)
        .column("frequent, whole", move |vocabulary| share(vocabulary.shares(words)[0]))
        .column("rare words", |vocabulary| vocabulary.shares(words)[1].all)
        .column("rare, whole", move |vocabulary| share(vocabulary.shares(words)[1]))
        .column("never seen, whole", move |vocabulary| share(vocabulary.of(words, |word| word.occurrences == 0)))
}

fn models(found: &Measurements) -> Columns<&Cell> {
    let reading = &found.reading;
    Table::of(&found.cells)
        .column("tokens", |cell| cell.case)
        .column("parameters", move |cell| {
            let config = reading.config(cell.case);
            stages::Parts::of_gpt(&config).map(|parts| parts.total()).ok()
        })
        .column("steps", move |cell| reading.steps(&cell.case))
        .column("bytes per token", move |cell| {
            digits(reading.bytes_read(cell.case) / reading.tokens_read(cell.case), 3)
        })
        .column("bytes read", move |cell| reading.bytes_read(cell.case).round() as u64)
        .column("learning rate", |cell| digits(cell.learning_rate, 2))
        .column("held-out bits per byte", |cell| cell.mean(|BitsPerByte(bits)| *bits))
        .column("less than bytes alone", |cell| {
            let bytes = grid::find(&found.cells, &BYTES);
            (cell.case != BYTES).then(|| Summary::of_differences(&bytes.each(|bits| bits.0), &cell.each(|bits| bits.0)))
        })
}

fn pieces(vocabularies: &[Vocabulary]) -> Columns<&'static str> {
    let table = Table::of(SHOWN).column("text", |text| text.replace(' ', "_"));
    let trained = vocabularies.iter().filter(|vocabulary| vocabulary.size > BYTES);
    trained.fold(table, |table, vocabulary| table.column(tokens(vocabulary.size), move |text| vocabulary.pieces(text)))
}
