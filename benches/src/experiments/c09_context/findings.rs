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
    corpus::{Corpus, Homograph},
    encoder::{Depth, HEADS, JUDGED, LAYERS, Looks, Measured, WIDTH},
};
use crate::{
    finding::{Draft, Finding},
    study::text::Values,
    verdict::Verdict,
};

/// Shown as an example: the word of the claim if it is found often enough, otherwise the next.
const EXAMPLES: [&str; 3] = ["novel", "bank", "light"];

pub struct Found {
    pub corpus: Corpus,
    /// Occurrences of a sense for the probe to learn from, and as many to judge it by.
    pub each: usize,
    pub trained: Vec<Measured>,
    pub untrained: Vec<Measured>,
}

impl Found {
    pub fn conclude(&self, verdict: Verdict) -> Finding {
        let word = self.example();
        let [first, second] = &self.trained[0].looks[word];
        Draft::new(TEXT, &self.values(word))
            .figure("c09-probe", self.probes())
            .figure("c09-distance", self.distances())
            .figure("c09-words", self.words())
            .figure("c09-looks-1", self.heat(first))
            .figure("c09-looks-2", self.heat(second))
            .table("c09-senses", self.senses_table())
            .table("c09-looks", self.looks_table())
            .table("c09-depths", self.depths_table())
            .finding(verdict)
    }

    fn values(&self, example: usize) -> Values {
        let homographs = &self.corpus.homographs;
        let last = |value: fn(&Depth) -> f64| mean(&self.trained, |m| value(&m.depths[LAYERS]));
        let Homograph { word, senses: [first, second], .. } = &homographs[example];
        let [first_sentence, second_sentence] =
            self.trained[0].looks[example].each_ref().map(|looks| self.written(&looks.example.0).join(" "));
        Values::default()
            .with("homographs", homographs.len())
            .with("before", mean(&self.trained, |m| m.depths[0].told_right()))
            .with("after", last(Depth::told_right))
            .with("untrained", mean(&self.untrained, |m| m.depths[LAYERS].told_right()))
            .with("different", last(|depth| depth.different))
            .with("same", last(|depth| depth.same))
            .with("gap before", mean(&self.trained, |m| m.depths[0].gap()))
            .with("gap after", last(Depth::gap))
            .with("loss", mean(&self.trained, |m| m.loss))
            .with("first loss", mean(&self.untrained, |m| m.loss))
            .with("judged", JUDGED)
            .with("layers", LAYERS)
            .with("width", WIDTH)
            .with("words", format::count(self.corpus.word_tokens().len() as u64))
            .with("each", self.each)
            .with("twice", homographs.iter().map(Homograph::in_known_sentences).sum::<usize>())
            .with("example", word)
            .with("first sense", first)
            .with("second sense", second)
            .with("first sentence", first_sentence)
            .with("second sentence", second_sentence)
    }

    fn example(&self) -> usize {
        let place = |word| self.corpus.homographs.iter().position(|homograph| homograph.word == word);
        EXAMPLES.into_iter().find_map(place).unwrap_or(0)
    }

    fn encoders(&self) -> [(&'static str, &[Measured]); 2] {
        [("trained", &self.trained), ("untrained", &self.untrained)]
    }

    fn written(&self, sentence: &[Token]) -> Vec<String> {
        sentence.iter().map(|token| self.corpus.word(*token).to_owned()).collect()
    }

    fn probes(&self) -> Bars {
        let series = self.encoders().map(|(name, encoders)| {
            let told_right = |depth: usize| mean(encoders, |m| m.depths[depth].told_right());
            BarSeries::new(name, (0..=LAYERS).map(told_right))
        });
        Bars::grouped(told_right_axis(), (0..=LAYERS).map(depth_name), series)
    }

    fn distances(&self) -> Bars {
        let series = |name, value: fn(&Depth) -> f64| {
            BarSeries::new(name, (0..=LAYERS).map(|depth| mean(&self.trained, |m| value(&m.depths[depth]))))
        };
        let series = [series("in the same sense", |d| d.same), series("in different senses", |d| d.different)];
        Bars::grouped(Axis::linear("cosine distance").from_zero(), (0..=LAYERS).map(depth_name), series)
    }

    fn words(&self) -> Bars {
        let homographs = &self.corpus.homographs;
        let series = [(0, "before the first layer"), (LAYERS, "after the last")]
            .map(|(depth, name)| BarSeries::new(name, (0..homographs.len()).map(|word| self.told_right(word, depth))));
        Bars::grouped(told_right_axis(), homographs.iter().map(|homograph| &*homograph.word), series)
    }

    fn told_right(&self, word: usize, depth: usize) -> Summary {
        mean(&self.trained, |m| m.depths[depth].probes[word])
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

    fn senses_table(&self) -> Columns<(usize, &Homograph)> {
        Table::of(self.corpus.homographs.iter().enumerate())
            .column("word", |(_, homograph)| &*homograph.word)
            .column("senses", |(_, homograph)| homograph.senses.join(", "))
            .column("before the first layer", |(word, _)| self.told_right(*word, 0))
            .column("after the last", |(word, _)| self.told_right(*word, LAYERS))
    }

    fn looks_table(&self) -> Columns<(&str, &str, &Looks)> {
        let words = self.corpus.homographs.iter().zip(&self.trained[0].looks);
        let rows = words.flat_map(|(Homograph { word, senses, .. }, looks)| {
            senses.iter().zip(looks).map(|(sense, looks)| (&**word, &**sense, looks))
        });
        let is = |word: &str, token: Token| self.corpus.word(token) == word;
        let itself = |&(word, _, looks): &(&str, &str, &Looks)| {
            let weights = looks.at.iter().filter(|(token, _)| is(word, *token)).map(|(_, weight)| weight);
            digits(weights.sum(), 2)
        };
        let others = |&(word, _, looks): &(&str, &str, &Looks)| {
            let others = looks.at.iter().filter(|(token, _)| !is(word, *token)).take(4);
            let written =
                |(token, weight): &(Token, f64)| format!("{} {}", self.corpus.word(*token), format::number(*weight, 2));
            others.map(written).collect::<Vec<_>>().join(", ")
        };
        Table::of(rows)
            .column("word", |(word, ..)| *word)
            .column("sense", |(_, sense, _)| *sense)
            .column("weight on itself", itself)
            .column("other words", others)
    }

    fn depths_table(&self) -> Columns<(&'static str, &[Measured], usize)> {
        let by_depth = |(name, encoders)| (0..=LAYERS).map(move |depth| (name, encoders, depth));
        let distance = |value: fn(&Depth) -> f64| {
            move |&(_, encoders, depth): &(_, &[Measured], usize)| mean(encoders, |m| value(&m.depths[depth]))
        };
        Table::of(self.encoders().into_iter().flat_map(by_depth))
            .column("encoder", |(name, ..)| *name)
            .column("depth", |(.., depth)| depth_name(*depth))
            .column("told right", distance(Depth::told_right))
            .column("distance, same sense", distance(|depth| depth.same))
            .column("distance, different senses", distance(|depth| depth.different))
    }
}

fn mean(encoders: &[Measured], value: impl Fn(&Measured) -> f64) -> Summary {
    Summary::of(&encoders.iter().map(value).collect::<Vec<_>>())
}

fn told_right_axis() -> Axis {
    Axis::linear("part of the senses told right").within(0.0, 1.0)
}

fn depth_name(depth: usize) -> String {
    match depth {
        0 => "before the first layer".to_owned(),
        depth => format!("after layer {depth}"),
    }
}
