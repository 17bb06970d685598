//! What the page says of C9.

use data::Token;
use grammar::{Homograph, SenseCorpus};
use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Heat, Labels, Scale},
    format,
    statistics::Summary,
    table::Columns,
};

use super::{
    BETTER, EXPERIMENT, TEXT, better,
    encoder::{Encoders, FillingGaps, HEADS, LAYERS, Looks, Vectors, WIDTH},
};
use crate::{
    finding::{Draft, Effect, Finding},
    study::{grid::Cell, parts, text::Values},
};

type OneOf = fn(&Encoders) -> &Vectors;

const ENCODERS: [(&str, OneOf); 2] =
    [("trained", |encoders| &encoders.trained), ("untrained", |encoders| &encoders.untrained)];

pub fn conclude(study: &FillingGaps<'_>, each: usize, cell: &Cell<(), Encoders>) -> Finding {
    let corpus = study.corpus;
    let found = Findings { corpus, cell };
    let [first, second] = &cell.outcomes[0].looks;
    let parts = super::parts(cell, corpus.held_out());
    let words = parts::words(&parts, EXPERIMENT.basis);
    Draft::new(TEXT, &found.values(words, &corpus.homographs[study.example]).with("each", each))
        .effect(Effect {
            what: "gain of the linear classifier by training the encoder".into(),
            unit: "accuracy".into(),
            found: better(cell, corpus.held_out()),
            needed: BETTER,
        })
        .figure("c09-probe", found.probes())
        .figure("c09-distance", found.distances())
        .figure("c09-words", found.by_word())
        .figure("c09-looks-1", found.heat(first))
        .figure("c09-looks-2", found.heat(second))
        .parts("c09-parts", &parts)
        .table("c09-senses", found.senses_table())
        .finding(parts::verdict(&parts))
}

struct Findings<'f> {
    corpus: &'f SenseCorpus,
    cell: &'f Cell<(), Encoders>,
}

impl Findings<'_> {
    fn values(&self, words: Values, example: &Homograph) -> Values {
        let Homograph { word, meanings: [first, second], .. } = example;
        let [first_sentence, second_sentence] =
            self.cell.outcomes[0].looks.each_ref().map(|looks| self.written(&looks.sentence).join(" "));
        let [(_, trained), (_, untrained)] = ENCODERS;
        let mean = |value: &dyn Fn(&Encoders) -> f64| format::number(self.cell.mean(value).mean, 2);
        let percent = |value: &dyn Fn(&Encoders) -> f64| format::percent(self.cell.mean(value).mean, 2);
        words
            .with("homographs", self.corpus.homographs.len())
            .with("before", percent(&|e| trained(e).depths[0].accuracy()))
            .with("after", percent(&|e| trained(e).depths[LAYERS].accuracy()))
            .with("untrained", percent(&|e| untrained(e).depths[LAYERS].accuracy()))
            .with("area", percent(&|e| trained(e).depths[LAYERS].area()))
            .with("untrained area", percent(&|e| untrained(e).depths[LAYERS].area()))
            .with("loss", mean(&|e| trained(e).loss))
            .with("first loss", mean(&|e| untrained(e).loss))
            .with("rate", format::number(self.cell.learning_rate, 2))
            .with("judged", self.corpus.unread.len())
            .with("layers", LAYERS)
            .with("width", WIDTH)
            .with("words", format::count(u64::from(self.corpus.mask()) - 1))
            .with("example", word)
            .with("first sense", first)
            .with("second sense", second)
            .with("first sentence", first_sentence)
            .with("second sentence", second_sentence)
    }

    fn written(&self, sentence: &[Token]) -> Vec<String> {
        sentence.iter().map(|token| self.corpus.word(*token).to_owned()).collect()
    }

    fn probes(&self) -> Bars {
        by_depth("accuracy of the classifier", |vectors, depth| {
            let accuracies = self.cell.each(|e| vectors(e).depths[depth].accuracy());
            Summary::of_right(&accuracies, self.corpus.held_out())
        })
    }

    fn distances(&self) -> Bars {
        let area = |vectors: OneOf, depth: usize| self.cell.share(|e| vectors(e).depths[depth].area());
        by_depth("how often different senses are farther apart", area)
    }

    fn by_word(&self) -> Bars {
        let homographs = &self.corpus.homographs;
        let series = ENCODERS.map(|(name, vectors)| {
            BarSeries::new(name, (0..homographs.len()).map(|word| self.accuracy(word, vectors, LAYERS)))
        });
        let axis = Axis::linear("accuracy of the classifier").within(0.0, 1.0);
        Bars::grouped(axis, homographs.iter().map(|homograph| &*homograph.word), series)
    }

    fn accuracy(&self, word: usize, vectors: OneOf, depth: usize) -> Summary {
        let values = self.cell.each(|e| vectors(e).depths[depth].probes[word]);
        Summary::of_right(&values, self.corpus.homographs[word].held_out.len())
    }

    fn heat(&self, Looks { sentence, weights }: &Looks) -> Heat {
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

    fn senses_table(&self) -> Columns<(usize, &Homograph)> {
        let [(_, trained), (_, untrained)] = ENCODERS;
        Table::of(self.corpus.homographs.iter().enumerate())
            .column("word", |(_, homograph)| &*homograph.word)
            .column("senses", |(_, homograph)| homograph.meanings.join(", "))
            .column("before the first layer", |(word, _)| self.accuracy(*word, trained, 0))
            .column("after the last", |(word, _)| self.accuracy(*word, trained, LAYERS))
            .column("after the last, untrained encoder", |(word, _)| self.accuracy(*word, untrained, LAYERS))
    }
}

fn by_depth(axis: &str, summary: impl Fn(OneOf, usize) -> Summary) -> Bars {
    let series =
        ENCODERS.map(|(name, vectors)| BarSeries::new(name, (0..=LAYERS).map(|depth| summary(vectors, depth))));
    let names = (0..=LAYERS).map(|depth| match depth {
        0 => "before the first layer".to_owned(),
        depth => format!("after layer {depth}"),
    });
    Bars::grouped(Axis::linear(axis).within(0.0, 1.0), names, series)
}
