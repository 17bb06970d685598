//! What the page says of C9.

use data::Token;
use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Heat, Labels, Scale},
    format,
    statistics::Summary,
    table::{Columns, digits},
};

use super::{
    TEXT,
    corpus::{Corpus, ProbedWord},
    encoder::{Depth, Encoders, HEADS, LAYERS, Looks, Vectors, WIDTH},
    parts,
};
use crate::{
    finding::{Draft, Finding},
    study::{
        grid::Cell,
        parts::{remainder, verdict},
        text::Values,
    },
};

/// Shown as an example: the word of the claim if it is found often enough, otherwise the next.
const EXAMPLES: [&str; 3] = ["novel", "bank", "light"];

const ENCODERS: [(&str, fn(&Encoders) -> &Vectors); 2] =
    [("trained", |encoders| &encoders.trained), ("untrained", |encoders| &encoders.untrained)];

pub fn conclude(corpus: &Corpus, each: usize, cell: &Cell<(), Encoders>) -> Finding {
    let found = Findings { corpus, cell };
    let place = |word| corpus.homographs.iter().position(|homograph| homograph.word == word);
    let example = EXAMPLES.into_iter().find_map(place).unwrap_or(0);
    let [first, second] = &cell.outcomes[0].looks[example];
    let parts = parts(cell, corpus.held_out());
    let values = found.values(example).with("each", each).with("remainder", remainder(&parts));
    Draft::new(TEXT, &values)
        .figure("c09-probe", found.by_depth("accuracy of the probe", Depth::accuracy))
        .figure("c09-distance", found.by_depth("area under the curve of distances", Depth::area))
        .figure("c09-words", found.by_word())
        .figure("c09-looks-1", found.heat(first))
        .figure("c09-looks-2", found.heat(second))
        .parts("c09-parts", &parts)
        .table("c09-senses", found.senses_table())
        .table("c09-looks", found.looks_table())
        .table("c09-depths", found.depths_table())
        .finding(verdict(&parts))
}

struct Findings<'f> {
    corpus: &'f Corpus,
    cell: &'f Cell<(), Encoders>,
}

impl Findings<'_> {
    fn values(&self, example: usize) -> Values {
        let ProbedWord { word, meanings: [first, second], .. } = &self.corpus.homographs[example];
        let [first_sentence, second_sentence] =
            self.cell.outcomes[0].looks[example].each_ref().map(|looks| self.written(&looks.example.0).join(" "));
        let [(_, trained), (_, untrained)] = ENCODERS;
        let mean = |value: &dyn Fn(&Encoders) -> f64| format::number(self.cell.mean(value).mean, 2);
        Values::default()
            .with("homographs", self.corpus.homographs.len())
            .with("before", mean(&|e| trained(e).depths[0].accuracy()))
            .with("after", mean(&|e| trained(e).depths[LAYERS].accuracy()))
            .with("untrained", mean(&|e| untrained(e).depths[LAYERS].accuracy()))
            .with("area before", mean(&|e| trained(e).depths[0].area()))
            .with("area", mean(&|e| trained(e).depths[LAYERS].area()))
            .with("untrained area", mean(&|e| untrained(e).depths[LAYERS].area()))
            .with("loss", mean(&|e| trained(e).loss))
            .with("first loss", mean(&|e| untrained(e).loss))
            .with("rate", format::number(self.cell.learning_rate, 2))
            .with("judged", self.corpus.unread.len())
            .with("layers", LAYERS)
            .with("width", WIDTH)
            .with("words", format::count(self.corpus.word_tokens().len() as u64))
            .with("example", word)
            .with("first sense", first)
            .with("second sense", second)
            .with("first sentence", first_sentence)
            .with("second sentence", second_sentence)
    }

    fn written(&self, sentence: &[Token]) -> Vec<String> {
        sentence.iter().map(|token| self.corpus.word(*token).to_owned()).collect()
    }

    fn by_depth(&self, axis: &str, value: fn(&Depth) -> f64) -> Bars {
        let series = ENCODERS.map(|(name, vectors)| {
            BarSeries::new(name, (0..=LAYERS).map(|depth| self.cell.mean(|e| value(&vectors(e).depths[depth]))))
        });
        Bars::grouped(Axis::linear(axis).within(0.0, 1.0), (0..=LAYERS).map(depth_name), series)
    }

    fn by_word(&self) -> Bars {
        let homographs = &self.corpus.homographs;
        let series = ENCODERS.map(|(name, vectors)| {
            BarSeries::new(name, (0..homographs.len()).map(|word| self.accuracy(word, vectors, LAYERS)))
        });
        let axis = Axis::linear("accuracy of the probe").within(0.0, 1.0);
        Bars::grouped(axis, homographs.iter().map(|homograph| &*homograph.word), series)
    }

    fn accuracy(&self, word: usize, vectors: fn(&Encoders) -> &Vectors, depth: usize) -> Summary {
        let values = self.cell.each(|e| vectors(e).depths[depth].probes[word]);
        Summary::of_right(&values, self.corpus.homographs[word].held_out.len())
    }

    fn heat(&self, Looks { example: (sentence, weights), .. }: &Looks) -> Heat {
        let heads = (1..=LAYERS).flat_map(|l| (1..=HEADS).map(move |h| format!("layer {l}, head {h}")));
        Heat {
            x: "word looked at".into(),
            y: "layer and head".into(),
            value: "weight".into(),
            scale: Scale::Linear,
            columns: Labels::Names(self.written(sentence)),
            rows: Labels::Names(heads.collect()),
            values: weights.clone(),
        }
    }

    fn senses_table(&self) -> Columns<(usize, &ProbedWord)> {
        let [(_, trained), (_, untrained)] = ENCODERS;
        Table::of(self.corpus.homographs.iter().enumerate())
            .column("word", |(_, homograph)| &*homograph.word)
            .column("senses", |(_, homograph)| homograph.meanings.join(", "))
            .column("before the first layer", |(word, _)| self.accuracy(*word, trained, 0))
            .column("after the last", |(word, _)| self.accuracy(*word, trained, LAYERS))
            .column("after the last, untrained", |(word, _)| self.accuracy(*word, untrained, LAYERS))
    }

    fn looks_table(&self) -> Columns<(&str, &str, &Looks)> {
        let words = self.corpus.homographs.iter().zip(&self.cell.outcomes[0].looks);
        let rows = words.flat_map(|(ProbedWord { word, meanings, .. }, looks)| {
            meanings.iter().zip(looks).map(|(meaning, looks)| (&**word, &**meaning, looks))
        });
        let weights = |&(word, _, looks): &(&str, &str, &Looks)| -> (f64, Vec<String>) {
            let (own, others): (Vec<_>, Vec<_>) =
                looks.at.iter().partition(|(token, _)| self.corpus.word(*token) == word);
            let written =
                |(token, weight): &(Token, f64)| format!("{} {}", self.corpus.word(*token), format::number(*weight, 2));
            (own.iter().map(|(_, weight)| weight).sum(), others.iter().take(4).map(written).collect())
        };
        Table::of(rows)
            .column("word", |(word, ..)| *word)
            .column("sense", |(_, meaning, _)| *meaning)
            .column("weight on itself", |row| digits(weights(row).0, 2))
            .column("other words", |row| weights(row).1.join(", "))
    }

    fn depths_table(&self) -> Columns<(&'static str, fn(&Encoders) -> &Vectors, usize)> {
        let by_depth = |(name, vectors)| (0..=LAYERS).map(move |depth| (name, vectors, depth));
        Table::of(ENCODERS.into_iter().flat_map(by_depth))
            .column("encoder", |(name, ..)| *name)
            .column("depth", |(.., depth)| depth_name(*depth))
            .column("accuracy of the probe", |(_, vectors, depth)| {
                let accuracies = self.cell.each(|e| vectors(e).depths[*depth].accuracy());
                Summary::of_right(&accuracies, self.corpus.held_out())
            })
            .column("area under the curve of distances", |(_, vectors, depth)| {
                self.cell.share(|e| vectors(e).depths[*depth].area())
            })
    }
}

fn depth_name(depth: usize) -> String {
    match depth {
        0 => "before the first layer".to_owned(),
        depth => format!("after layer {depth}"),
    }
}
