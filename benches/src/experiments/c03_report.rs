//! What C3 shows of the translators.

use data::Token;

use super::c03_models::Kind;
use super::c03_pairs::{LENGTHS, LONG, SHORT};
use super::c03_study::{Cell, Study};
use super::c03_training::{Look, OnLength, Outcome, recall};
use crate::{
    figure::{Axis, Figure, Lines, Plot, Reference, Series},
    finding::Table,
    format,
    statistics::Summary,
};

/// The stages that are compared over lengths.
const STAGES: [Kind; 4] = [Kind::PLAIN, Kind::REVERSED, Kind::ATTENTION, Kind::Transformer];

/// Vectors from the narrowest to the whole state, and none.
const WIDTHS: [Kind; 4] = [Kind::with_vector(16), Kind::with_vector(64), Kind::PLAIN, Kind::ATTENTION];

/// Everything that C3 says, computed from the study.
pub struct Report<'s> {
    /// What was measured.
    pub study: &'s Study,
}

/// A figure's series: by length.
pub fn by_length(cell: &Cell, value: fn(&OnLength) -> f64) -> Vec<(f64, Summary)> {
    let at = |length: usize| (length as f64, cell.summary(|outcome| outcome.mean(length..=length, value)));
    LENGTHS.map(at).collect()
}

/// What the interval says of an effect: that it is above zero, below, or neither; one seed says neither.
fn by_interval<'s>(effect: &Summary, above: &'s str, below: &'s str, open: &'s str) -> &'s str {
    match effect.reach {
        Some(_) if effect.low() > 0.0 => above,
        Some(_) if effect.high() < 0.0 => below,
        _ => open,
    }
}

/// The axis of all figures over lengths.
pub fn words() -> Axis {
    Axis::linear("length of the source, words")
}

impl Report<'_> {
    fn cell(&self, kind: Kind) -> &Cell {
        self.study.cell(kind)
    }

    /// H of the plain encoder-decoder, whose vector are its two states.
    fn whole(&self) -> usize {
        2 * self.cell(Kind::PLAIN).hidden
    }

    fn name(&self, kind: Kind) -> String {
        if kind == Kind::PLAIN { format!("encoder-decoder, {} numbers", self.whole()) } else { kind.name() }
    }

    /// Both halves of the claim, each by its interval, and the verdict's numbers.
    pub fn answer(&self) -> String {
        let exact = |kind| {
            let cell = self.cell(kind);
            format!("{} {}, {}", kind.name(), Summary::of(&cell.short()), Summary::of(&cell.long()))
        };
        let parts: Vec<String> = STAGES.map(exact).into();
        let [plain, attention] = [Kind::PLAIN, Kind::ATTENTION].map(|kind| self.cell(kind).long());
        format!(
            "{} {} Right in every word, as a part of the sentences of {} to {} words and of those of {} to {}: {}. On the \
             long ones attention is ahead of the encoder-decoder by {}.",
            self.fall(),
            self.lost_end(),
            SHORT.start(),
            SHORT.end(),
            LONG.start(),
            LONG.end(),
            parts.join("; "),
            Summary::of_differences(&attention, &plain),
        )
    }

    /// Whether the encoder-decoder's quality falls with length.
    fn fall(&self) -> String {
        let fall = Summary::of(&self.cell(Kind::PLAIN).fall());
        let verdict = by_interval(
            &fall,
            "Quality falls with length",
            "Quality rises with length",
            "Whether quality falls with length stays open",
        );
        format!(
            "{verdict}: from sentences of {} to {} words to those of {} to {} the part that the encoder-decoder gets right \
             in every word falls by {fall}.",
            SHORT.start(),
            SHORT.end(),
            LONG.start(),
            LONG.end(),
        )
    }

    /// Whether what was read first suffers most: the same words in the same places, read from either end.
    fn lost_end(&self) -> String {
        let lost = |kind| self.cell(kind).each(Outcome::first_is_lost);
        let (forwards, backwards) = (lost(Kind::PLAIN), lost(Kind::REVERSED));
        let moved = Summary::of_differences(&forwards, &backwards);
        let verdict = by_interval(
            &moved,
            "What was read first suffers most",
            "What was read last suffers most",
            "Whether what was read first suffers most stays open",
        );
        format!(
            "{verdict}: of the last third of sentences of {} words {} more of the words are recalled than of the first if \
             they are read forwards, {} if read backwards, each at the learning rate that suits it best; turning the source \
             round makes a difference of {moved}.",
            LENGTHS.end(),
            Summary::of(&forwards),
            Summary::of(&backwards),
        )
    }

    /// What to notice.
    pub fn notice(&self) -> Vec<String> {
        let held =
            |length: usize| self.study.pairs.held_out.iter().find(|g| g.length == length).map_or(0.0, |g| g.bits());
        let missing = |kind| {
            let missing = self.cell(kind).summary(|outcome| outcome.mean(LONG, |on| on.missing));
            format!("{} {missing}", self.name(kind))
        };
        let mut notice = vec![
            format!(
                "A sentence of {} words holds {} bits, its length included, one of {} words {}: the generator knows the \
                 probability of each. The vector has the same width for all of them.",
                LENGTHS.start(),
                format::number(held(*LENGTHS.start()), 3),
                LENGTHS.end(),
                format::number(held(*LENGTHS.end()), 3),
            ),
            format!(
                "Bits of a translation of {} to {} words that are still to be guessed, told the right words before each: {}.",
                LONG.start(),
                LONG.end(),
                WIDTHS.map(missing).join("; "),
            ),
        ];
        let saved = |narrow, wide| {
            let [narrow, wide] =
                [narrow, wide].map(|kind| self.cell(kind).each(|outcome| outcome.mean(LONG, |on| on.missing)));
            narrow.iter().zip(&wide).map(|(narrow, wide)| narrow - wide).collect::<Vec<f64>>()
        };
        let (width, looking) = (saved(WIDTHS[0], WIDTHS[2]), saved(WIDTHS[2], WIDTHS[3]));
        let more = Summary::of_differences(&looking, &width);
        notice.push(format!(
            "A vector of {} numbers instead of 16 saves {} of these bits; looking back instead of a vector of {} saves {}. \
             {}: the difference is {more}.",
            self.whole(),
            Summary::of(&width),
            self.whole(),
            Summary::of(&looking),
            by_interval(
                &more,
                "At this training, that all passes through one vector costs more than that the vector is narrow",
                "At this training, that the vector is narrow costs more than that all passes through one",
                "Whether the width of the vector costs more or that there is one stays open",
            ),
        ));
        let equal = self.equal_seconds();
        let then =
            |kind: Kind| Some(format!("{} {}", kind.name(), at_seconds(self.cell(kind), equal, |look| look.loss)?));
        notice.push(format!(
            "Equal tokens are not equal time. After {} s of training each, the loss in nats a token is: {}.",
            format::number(equal, 2),
            STAGES.into_iter().filter_map(then).collect::<Vec<_>>().join("; ")
        ));
        notice
    }

    /// What it does not say.
    pub fn limits(&self) -> Vec<String> {
        let sizes = &self.study.sizes;
        vec![
            format!(
                "All have {} parameters within 2 % and read the same {} pairs, as many of each length, in {} steps of {}; \
                 AdamW with the peak learning rate from the same three, by a search of a quarter of the steps for each.",
                format::number(self.cell(Kind::PLAIN).parameters as f64, 2),
                format::count(self.study.pairs.training.len() as u64),
                format::count(sizes.steps),
                sizes.rows,
            ),
            format!(
                "The recurrent ones have one LSTM layer on each side, the Transformer {}. The sentences come from a grammar of two \
                 languages with {} English and {} Spanish words; real text holds more bits a word and has more than one \
                 right translation.",
                sizes.layers,
                self.study.pairs.english.size(),
                self.study.pairs.spanish.size(),
            ),
            "The attention model reads the source from both ends and scores words with what it has read and its state \
             together, as in its papers; the encoder-decoder reads from one end and has but its state. What each of these \
             does is measured in C4 from the standard budget on."
                .into(),
            "A vector narrower than the state stands between two linear maps more, down and up, which have to be learnt too: \
             a short training shows their beginning, not what fits through them."
                .into(),
            "A word counts as recalled wherever in the translation it stands. Frequent words are said by chance: the figure \
             shows what the translation of another sentence recalls."
                .into(),
        ]
    }

    /// In the order of the argument.
    pub fn figures(&self) -> Vec<Figure> {
        let exact = || Axis::linear("right in every word").within(0.0, 1.0);
        let bits = || Axis::linear("bits a sentence").from_zero();
        let series = |kinds: &[Kind], name: &dyn Fn(Kind) -> String, value: fn(&OnLength) -> f64| {
            kinds.iter().map(|&kind| Series::new(name(kind), by_length(self.cell(kind), value))).collect::<Vec<_>>()
        };
        let groups = self.study.pairs.held_out.iter();
        let held: Vec<(f64, f64)> = groups.map(|group| (group.length as f64, group.bits())).collect();
        let held = || Reference::Curve { label: "the sentence holds".into(), points: held.clone() };
        let with_width = |kind| self.name(kind);
        vec![
            Figure::new(
                "c03-length",
                "Right translations against length",
                "The part of held-out sentences translated right in every word, each word the likeliest after those that \
                 were said before. Equal parameters, equal training.",
                Plot::Lines(Lines::new(words(), exact(), series(&STAGES, &Kind::name, |on| on.exact))),
            ),
            Figure::new(
                "c03-bits",
                "What is still to be guessed",
                "Bits of the translation that the model does not know although it has read the sentence and is told the right \
                 words before each (its loss, summed over the translation and its end), beside the bits that the sentence \
                 holds. Both count the length: who knows the grammar but not the sentence lacks no more than the dashed curve.",
                Plot::Lines(Lines::new(words(), bits(), series(&STAGES, &Kind::name, |on| on.missing)).with(held())),
            ),
            Figure::new(
                "c03-widths",
                "Vectors of several widths",
                "As the first figure: the state of the encoder passes through a vector of so many numbers. Attention has no \
                 such vector.",
                Plot::Lines(Lines::new(words(), exact(), series(&WIDTHS, &with_width, |on| on.exact))),
            ),
            Figure::new(
                "c03-widths-bits",
                "What is still to be guessed behind vectors of several widths",
                "As the second figure, the length of the sentence counted on both sides.",
                Plot::Lines(Lines::new(words(), bits(), series(&WIDTHS, &with_width, |on| on.missing)).with(held())),
            ),
            self.places(),
            self.times(),
        ]
    }

    /// What is recalled of each place.
    fn places(&self) -> Figure {
        let series = [Kind::PLAIN, Kind::REVERSED, Kind::ATTENTION].map(|kind| {
            let cell = self.cell(kind);
            let at = |place: usize| (place as f64 + 1.0, cell.summary(|outcome| outcome.recall()[place]));
            Series::new(kind.name(), (0..*LENGTHS.end()).map(at))
        });
        let lines = Lines::new(
            Axis::linear("place in the source, words from its beginning"),
            Axis::linear("recalled").within(0.0, 1.0),
            series.into(),
        );
        let chance = self.chance().into_iter().enumerate().map(|(place, part)| (place as f64 + 1.0, part)).collect();
        Figure::new(
            "c03-places",
            format!("What is said of each place in sentences of {} words", LENGTHS.end()),
            "The part of the words that translate the word at this place which the translation has, wherever it has them. Of \
             the encoder-decoder whose source is reversed, the right end was read first.",
            Plot::Lines(lines.with(Reference::Curve { label: "of another sentence".into(), points: chance })),
        )
    }

    /// What the translation of the next sentence recalls.
    fn chance(&self) -> Vec<f64> {
        let Some(group) = self.study.pairs.held_out.last() else { return Vec::new() };
        let others = group.sentences.iter().cycle().skip(1).map(|known| -> &[Token] { &known.pair.1 });
        recall(group, others)
    }

    fn times(&self) -> Figure {
        let series = STAGES.map(|kind| {
            let cell = self.cell(kind);
            let loss = |look: usize| cell.summary(|outcome| outcome.looks[look].loss);
            Series::new(kind.name(), seconds(cell).into_iter().enumerate().map(|(look, time)| (time, loss(look))))
        });
        Figure::new(
            "c03-seconds",
            "The same trainings against time",
            "Loss on held-out translations, told the right words before each, by the seconds of training on one thread. The \
             last point of each is where all have read equally many tokens.",
            Plot::Lines(Lines::new(
                Axis::linear("training, s").from_zero(),
                Axis::log10("held-out loss, nats a token"),
                series.into(),
            )),
        )
    }

    /// The seconds after which the quickest stage was done, in the mean over the seeds.
    fn equal_seconds(&self) -> f64 {
        let end = |kind| seconds(self.cell(kind)).last().copied().unwrap_or(0.0);
        STAGES.map(end).into_iter().fold(f64::INFINITY, f64::min)
    }

    /// Every number of the figures.
    pub fn tables(&self) -> Vec<Table> {
        let mut models = Table::new(
            "c03-models",
            format!(
                "All translators; short sentences have {} to {} words, long ones {} to {}",
                SHORT.start(),
                SHORT.end(),
                LONG.start(),
                LONG.end()
            ),
            &[
                "model",
                "#H, D",
                "#parameters",
                "#learning rate",
                "#right, short",
                "#right, long",
                "#bits to guess, long",
                "#loss, nats a token",
                "#recall, last − first third",
            ],
        );
        for cell in &self.study.cells {
            models.row([
                self.name(cell.kind),
                cell.hidden.to_string(),
                format::count(cell.parameters as u64),
                format::number(cell.learning_rate, 2),
                Summary::of(&cell.short()).to_string(),
                Summary::of(&cell.long()).to_string(),
                cell.summary(|outcome| outcome.mean(LONG, |on| on.missing)).to_string(),
                cell.summary(|outcome| outcome.looks.last().map_or(f64::NAN, |look| look.loss)).to_string(),
                cell.summary(Outcome::first_is_lost).to_string(),
            ]);
        }
        let mut times = Table::new(
            "c03-seconds-table",
            "Equal tokens and equal seconds on one thread",
            &["model", "#tokens", "#seconds for them", "#right, long, then", "#at equal seconds", "#right, long, then"],
        );
        let equal = self.equal_seconds();
        for kind in STAGES {
            let cell = self.cell(kind);
            let last = |value: fn(&Look) -> f64| cell.summary(|outcome| outcome.looks.last().map_or(f64::NAN, value));
            let then = at_seconds(cell, equal, |look| look.exact);
            times.row([
                kind.name(),
                format::count(last(|look| look.tokens as f64).mean.round() as u64),
                last(|look| look.seconds).to_string(),
                last(|look| look.exact).to_string(),
                format::number(equal, 2),
                then.map_or("no look so early".into(), |exact| exact.to_string()),
            ]);
        }
        vec![models, times]
    }
}

/// Of training until each look, in the mean over the seeds.
fn seconds(cell: &Cell) -> Vec<f64> {
    let looks = cell.outcomes.iter().map(|outcome| outcome.looks.len()).min().unwrap_or(0);
    (0..looks).map(|look| cell.summary(|outcome| outcome.looks[look].seconds).mean).collect()
}

/// A value after so many seconds, between two looks in proportion; none before the first.
fn at_seconds(cell: &Cell, wanted: f64, value: fn(&Look) -> f64) -> Option<Summary> {
    let times = seconds(cell);
    let after = times.iter().position(|&time| time >= wanted).unwrap_or(times.len() - 1);
    let before = after.saturating_sub(1);
    let (from, to) = (times[before], times[after]);
    let part = if to > from { ((wanted - from) / (to - from)).min(1.0) } else { 1.0 };
    let at = |looks: &[Look]| value(&looks[before]) + part * (value(&looks[after]) - value(&looks[before]));
    (wanted >= from).then(|| cell.summary(|outcome| at(&outcome.looks)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_decides_what_is_said() {
        let said = |values: &[f64]| by_interval(&Summary::of(values), "above", "below", "open");
        assert_eq!(said(&[0.5, 0.6, 0.55]), "above");
        assert_eq!(said(&[-0.5, -0.6, -0.55]), "below");
        assert_eq!(said(&[0.5, 0.6, -0.55]), "open");
        assert_eq!(said(&[0.5]), "open");
    }

    #[test]
    fn equal_seconds_by_hand() {
        let look = |seconds, loss| Look { tokens: 1, seconds, loss, exact: 0.0 };
        let outcome = |slower: f64| Outcome {
            looks: vec![look(1.0 + slower, 4.0), look(2.0 + slower, 3.0), look(4.0 + slower, 1.0)],
            lengths: Vec::new(),
            aligned: None,
        };
        // 1, 2 and 4 seconds in the mean.
        let outcomes = vec![outcome(0.5), outcome(-0.5)];
        let cell = Cell { kind: Kind::PLAIN, hidden: 1, parameters: 1, learning_rate: 1.0, outcomes };
        let at = |seconds| at_seconds(&cell, seconds, |look| look.loss).map(|loss| loss.mean);
        assert_eq!([0.5, 1.0, 1.5, 3.0, 9.0].map(at), [None, Some(4.0), Some(3.5), Some(2.0), Some(1.0)]);
    }
}
