//! What C4 shows of the translators that look back.

use ndarray::Array2;

use super::{Aligner, Evidence, errors};
use crate::experiments::c03_bottleneck::figures::{by_length, words};
use crate::experiments::c03_bottleneck::models::Kind;
use crate::experiments::c03_bottleneck::pairs::{Known, LONG, SHORT, written};
use crate::experiments::c03_bottleneck::study::{Cell, Study};
use crate::experiments::c03_bottleneck::training::Aligned;
use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Figure, Heat, Labels, Lines, Plot, Scale, Series},
    format,
    statistics::{Summary, by_size},
};

/// Everything that C4 says, computed from the study.
pub struct Report<'s> {
    /// What was measured.
    pub study: &'s Study,
    /// Those that know less first.
    pub aligners: &'s [Aligner],
    /// What the verdict rests on.
    pub evidence: &'s Evidence,
}

/// The part of the words at which the translator looks so many places beside the right one.
fn beside(cell: &Cell, wanted: impl Fn(isize) -> bool) -> Summary {
    let part =
        |aligned: &Aligned| aligned.offsets.iter().filter(|&(&offset, _)| wanted(offset)).map(|(_, part)| part).sum();
    Summary::of(&cell.outcomes.iter().filter_map(|outcome| outcome.aligned.as_ref()).map(part).collect::<Vec<f64>>())
}

impl<'s> Report<'s> {
    /// Attention and its rivals, as far as they were trained.
    fn cells(&self) -> impl Iterator<Item = &'s Cell> {
        let study = self.study;
        let kinds = [Kind::PLAIN, Kind::ATTENTION, Kind::Transformer, Kind::FORWARDS, Kind::STATE_ALONE];
        kinds.into_iter().filter_map(|kind| study.find(kind))
    }

    /// The three parts of the criterion in numbers.
    pub fn answer(&self) -> String {
        let [plain, attention] = &self.evidence.long;
        let falls: Vec<String> = self
            .cells()
            .map(|cell| format!("{} by {}", cell.case.design.kind.name(), Summary::of(&cell.fall())))
            .collect();
        format!(
            "Of the sentences of {} to {} words attention gets {} right, the encoder-decoder {}. From {} to {} words to \
             these, the part falls: {}. Alignment error where word order is inverted: attention {}, the diagonal {}.",
            LONG.start(),
            LONG.end(),
            Summary::of_shares(attention),
            Summary::of_shares(plain),
            SHORT.start(),
            SHORT.end(),
            falls.join(", "),
            Summary::of(&self.evidence.error),
            format::number(self.evidence.diagonal, 3),
        )
    }

    /// What to notice.
    pub fn notice(&self) -> Vec<String> {
        let judged = self.study.pairs.judged().count();
        let inverted = self.study.pairs.judged().filter(|known| known.inverted()).count();
        let ranked = |which: usize| {
            let mut aligners: Vec<&Aligner> = self.aligners.iter().collect();
            aligners.sort_by(|a, b| by_size(&a.errors[which].mean, &b.errors[which].mean));
            let each =
                |aligner: &&Aligner| format!("{} {}", aligner.name, format::number(aligner.errors[which].mean, 2));
            aligners.iter().map(each).collect::<Vec<_>>().join(", ")
        };
        let mut notice = vec![
            format!(
                "Nobody told the models which word translates which: the weights come from translating alone. The gold \
                 links come from the grammar; {} of the {} held-out sentences have words in another order in Spanish.",
                format::count(inverted as u64),
                format::count(judged as u64)
            ),
            format!("Alignment error, the best first: {}. Where order is inverted: {}.", ranked(0), ranked(1)),
        ];
        notice.extend(self.controls().into_iter().flatten());
        let short = &self.evidence.fall[1];
        let attention = Summary::of_shares(&self.study.cell(Kind::ATTENTION).short());
        if attention.high() < 0.5 {
            notice.push(format!(
                "After this training attention gets {attention} even of the short sentences right: too little for a fall of \
                 {} to say that it is flat.",
                Summary::of(short)
            ));
        }
        notice
    }

    /// What looking back does without reading from both ends, and without what was read beside the state.
    fn controls(&self) -> Option<[String; 2]> {
        let [plain, attention] = &self.evidence.long;
        let [forwards, alone] = [self.study.find(Kind::FORWARDS)?, self.study.find(Kind::STATE_ALONE)?];
        Some([
            format!(
                "The attention model also reads the source from both ends. If it reads forwards only, like the \
                 encoder-decoder, it is still ahead of that by {} on the long sentences; the second direction adds {}. The \
                 state at a word then knows nothing of the words behind it, so a decoder that needs them looks there: it \
                 looks to the right of the word in {} of the words and to the left in {}; if it reads from both ends, in {} \
                 and {}.",
                Summary::of_differences(&forwards.long(), plain),
                Summary::of_differences(attention, &forwards.long()),
                beside(forwards, |offset| offset > 0),
                beside(forwards, |offset| offset < 0),
                beside(self.study.cell(Kind::ATTENTION), |offset| offset > 0),
                beside(self.study.cell(Kind::ATTENTION), |offset| offset < 0),
            ),
            format!(
                "The attention model scores words with what it has just read and its state together, as in both papers. \
                 Beside one where what was read reaches the words by way of the state alone, it gets {} more of the long \
                 sentences right, and its alignment error where order is inverted is {}, the other's {}. A state can keep \
                 what was read for a later word, so without the short way nothing makes the decoder look at a word when it \
                 says it.",
                Summary::of_differences(attention, &alone.long()),
                Summary::of(&self.evidence.error),
                Summary::of(&errors(alone, |aligned| aligned.inverted)),
            ),
        ])
    }

    /// What it does not say.
    pub fn limits(&self) -> Vec<String> {
        vec![
            "The translators, their training and what they read are those of C3.".into(),
            "A link is the source word with the largest weight before a word of the right translation, which the model is \
             told; so every Spanish word has exactly one, though gold has none for some and several for others, and the \
             error cannot be zero: the bars say what it is at best. Of the transformer it is the mean over the heads of the last layer, which were never asked to align."
                .into(),
            "A weight says which state was read. A state holds more than its word: one that was read from both ends tells \
             of the whole sentence, so a model can translate well and point beside the word."
                .into(),
        ]
    }

    /// In the order of the argument.
    pub fn figures(&self) -> Vec<Figure> {
        let curves = self.cells().map(|cell| Series::new(cell.case.design.kind.name(), by_length(cell, |on| on.exact)));
        let exact = Axis::linear("right in every word").within(0.0, 1.0);
        let mut figures = vec![
            Figure::new(
                "c04-length",
                "Right translations against length, looking back",
                "As in C3: one state for each word of the source, however many there are.",
                Plot::Lines(Lines::new(words(), exact, curves)),
            ),
            self.falls(),
            self.errors(),
            self.offsets(),
        ];
        figures.extend([Kind::ATTENTION, Kind::Transformer].into_iter().flat_map(|kind| self.maps(kind)));
        figures
    }

    fn falls(&self) -> Figure {
        let cells: Vec<&Cell> = self.cells().collect();
        let bars = |name: String, value: fn(&Cell) -> Vec<f64>| BarSeries {
            name,
            values: cells.iter().map(|cell| Some(Summary::of_shares(&value(cell)))).collect(),
        };
        let series = vec![
            bars(format!("{} to {} words", SHORT.start(), SHORT.end()), Cell::short),
            bars(format!("{} to {} words", LONG.start(), LONG.end()), Cell::long),
        ];
        let names = cells.iter().map(|cell| cell.case.design.kind.name());
        Figure::new(
            "c04-fall",
            "From short to long",
            "The part of the sentences translated right in every word.",
            Plot::Bars(Bars::grouped(Axis::linear("right in every word").within(0.0, 1.0), names, series)),
        )
    }

    fn errors(&self) -> Figure {
        let bars = |name: &str, which: usize| BarSeries {
            name: name.into(),
            values: self.aligners.iter().map(|aligner| Some(aligner.errors[which])).collect(),
        };
        let names = self.aligners.iter().map(|aligner| aligner.name.clone());
        let series = vec![bars("all sentences", 0), bars("inverted word order", 1)];
        Figure::new(
            "c04-errors",
            "Who finds which word translates which",
            "Alignment error rate against the gold links of the grammar: 0 if all links and no others were found. Uniform \
             guesses, the diagonal knows places alone, IBM Model 1 words alone; at best is what one link for each word can be.",
            Plot::Bars(Bars::grouped(Axis::linear("alignment error rate").within(0.0, 1.0), names, series)),
        )
    }

    fn offsets(&self) -> Figure {
        /// Farther ones are rare.
        const SHOWN: std::ops::RangeInclusive<isize> = -3..=3;
        let series = self.cells().filter(|cell| cell.case.design.kind.looks_back()).map(|cell| {
            let at = |offset: isize| (offset as f64, beside(cell, |other| other == offset));
            Series::new(cell.case.design.kind.name(), SHOWN.map(at))
        });
        Figure::new(
            "c04-offsets",
            "How far from the word it looks",
            "Of the words said that have a gold link: where the word most looked at stands, counted from the nearest that is \
             linked, to the right of it in the source if more than 0.",
            Plot::Lines(Lines::new(
                Axis::linear("places beside the word"),
                Axis::linear("part of the words").within(0.0, 1.0),
                series,
            )),
        )
    }

    /// Where the first seed's translator looks in sentences with inverted order.
    fn maps(&self, kind: Kind) -> Vec<Figure> {
        let pairs = &self.study.pairs;
        let aligned = self.study.cell(kind).outcomes.first().and_then(|outcome| outcome.aligned.as_ref());
        let drawn = pairs.drawn().into_iter().zip(aligned.into_iter().flat_map(|aligned| &aligned.drawn));
        drawn.filter_map(|(at, weights)| Some(self.map(kind, pairs.judged().nth(at)?, weights))).collect()
    }

    fn map(&self, kind: Kind, known: &Known, weights: &Array2<f64>) -> Figure {
        let pairs = &self.study.pairs;
        let english: Vec<String> = known.pair.0.iter().map(|&token| written(&pairs.english, token)).collect();
        let rows = known.pair.1.iter().enumerate().map(|(t, &token)| {
            let says = known.alignment.iter().filter(|link| link.1 == t).map(|link| english[link.0].as_str());
            let says = says.collect::<Vec<_>>().join(" ");
            format!("{} ({})", written(&pairs.spanish, token), if says.is_empty() { "–" } else { &says })
        });
        let (name, words) = (kind.name(), english.len());
        Figure::new(
            format!("c04-map-{name}-{words}"),
            format!("Where {} looks", if kind == Kind::Transformer { "the transformer" } else { "attention" }),
            format!(
                "“{}”, the held-out sentence of {words} words with the most inversions. A row for each Spanish word, in \
                 brackets the English ones that it translates; the weights before it is said, told those above. First seed.",
                english.join(" ")
            ),
            Plot::Heat(Heat {
                x: "English".into(),
                y: "Spanish".into(),
                value: "attention weight".into(),
                scale: Scale::Linear,
                columns: Labels::Names(english.clone()),
                rows: Labels::Names(rows.collect()),
                values: weights.outer_iter().map(|row| row.to_vec()).collect(),
            }),
        )
    }

    /// Every number of the figures.
    pub fn tables(&self) -> Vec<Table> {
        let mut lengths = Table::new(
            "c04-lengths",
            "Right in every word, by the length of the source",
            &["model", "#short", "#long", "#fall", "#half of the encoder-decoder's fall, less this"],
        );
        for cell in self.cells() {
            let half = self.evidence.fall[0].iter().map(|fall| 0.5 * fall).collect::<Vec<_>>();
            lengths.row([
                cell.case.design.kind.name(),
                Summary::of_shares(&cell.short()).to_string(),
                Summary::of_shares(&cell.long()).to_string(),
                Summary::of(&cell.fall()).to_string(),
                Summary::of_differences(&half, &cell.fall()).to_string(),
            ]);
        }
        let mut errors = Table::new(
            "c04-errors-table",
            "Alignment error rate",
            &["aligner", "#all sentences", "#inverted word order"],
        );
        for aligner in self.aligners {
            errors.row([aligner.name.clone(), aligner.errors[0].to_string(), aligner.errors[1].to_string()]);
        }
        vec![lengths, errors]
    }
}
