//! What C3 shows of the translators.

use super::models::Kind;
use super::pairs::{LENGTHS, LONG, SHORT};
use super::study::{Cell, LEARNING_RATES, Study, TOLERANCE};
use super::training::{Look, OnLength, Outcome};
use report::{Table, format, statistics::Summary};

/// The three stages.
pub const STAGES: [Kind; 3] = [Kind::PLAIN, Kind::ATTENTION, Kind::Transformer];

/// The stages, and the first with the source read from its end.
pub const EITHER_END: [Kind; 4] = [Kind::PLAIN, Kind::REVERSED, Kind::ATTENTION, Kind::Transformer];

/// Vectors from the narrowest to the whole state, and none.
pub const WIDTHS: [Kind; 4] = [Kind::with_vector(16), Kind::with_vector(64), Kind::PLAIN, Kind::ATTENTION];

/// Everything that C3 says, computed from the study.
pub struct Report<'s> {
    /// What was measured.
    pub study: &'s Study,
}

/// What the interval says of an effect: that it is above zero, below, or neither; one seed says neither.
fn by_interval<'s>(effect: &Summary, above: &'s str, below: &'s str, open: &'s str) -> &'s str {
    match effect.reach {
        Some(_) if effect.low() > 0.0 => above,
        Some(_) if effect.high() < 0.0 => below,
        _ => open,
    }
}

impl Report<'_> {
    /// What was measured of a kind that read as many tokens as the others.
    pub fn cell(&self, kind: Kind) -> &Cell {
        self.study.cell(kind)
    }

    /// W of the plain encoder-decoder: its vector is its state, h and c of H numbers each.
    fn whole(&self) -> usize {
        2 * self.cell(Kind::PLAIN).case.design.width
    }

    /// As figures and tables of this claim call a kind: with the width of what passes.
    pub fn name(&self, kind: Kind) -> String {
        if kind == Kind::PLAIN { format!("encoder-decoder, {} numbers", self.whole()) } else { kind.name() }
    }

    /// Both halves of the claim, each by its interval, and the verdict's number.
    pub fn answer(&self) -> String {
        let ahead = |cell: fn(&Study, Kind) -> &Cell| {
            let [plain, attention] = [Kind::PLAIN, Kind::ATTENTION].map(|kind| cell(self.study, kind).long());
            Summary::of_differences(&attention, &plain)
        };
        format!(
            "{} {} Of the sentences of {} to {} words attention gets {} more right than the encoder-decoder after equal tokens, \
             and {} more after about equal seconds.",
            self.fall(),
            self.lost_end(),
            LONG.start(),
            LONG.end(),
            ahead(Study::cell),
            ahead(Study::at_equal_seconds),
        )
    }

    /// The parts that each gets right of the short sentences and of the long ones.
    fn exact(&self, kinds: &[Kind], cell: fn(&Study, Kind) -> &Cell) -> String {
        let exact = |&kind: &Kind| {
            let cell = cell(self.study, kind);
            format!("{} {} and {}", kind.name(), Summary::of_shares(&cell.short()), Summary::of_shares(&cell.long()))
        };
        kinds.iter().map(exact).collect::<Vec<_>>().join("; ")
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
        let moved = Summary::of_differences(&lost(Kind::PLAIN), &lost(Kind::REVERSED));
        let verdict = by_interval(
            &moved,
            "What is read first suffers more",
            "What is read last suffers more",
            "Whether what is read first suffers more stays open",
        );
        format!(
            "{verdict}: turning the source round changes by {moved} bits a word how much more is lost at its beginning than at \
             its end.",
        )
    }

    /// What to notice.
    pub fn notice(&self) -> Vec<String> {
        let held =
            |length: usize| self.study.pairs.held_out.iter().find(|g| g.length == length).map_or(0.0, |g| g.bits());
        let missing = |kind| {
            let missing = self.cell(kind).mean(|outcome| outcome.mean(LONG, |on| on.missing));
            format!("{} {missing}", self.name(kind))
        };
        let mut notice = vec![
            format!(
                "Right in every word, of the sentences of {} to {} words and of those of {} to {}: {}.",
                SHORT.start(),
                SHORT.end(),
                LONG.start(),
                LONG.end(),
                self.exact(&EITHER_END, Study::cell),
            ),
            format!(
                "A held-out sentence of {} words holds {} bits in the mean, its length included, one of {} words {}: the \
                 generator knows the probability of each. The vector has the same width for all of them.",
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
        notice.push(format!(
            "Equal tokens are not equal time. With {} steps of the encoder-decoder and {} of attention, about as many seconds \
             as the transformer's {} took where that was measured, right in every word are: {}.",
            format::count(self.study.at_equal_seconds(Kind::PLAIN).case.steps),
            format::count(self.study.at_equal_seconds(Kind::ATTENTION).case.steps),
            format::count(self.study.at_equal_seconds(Kind::Transformer).case.steps),
            self.exact(&STAGES, Study::at_equal_seconds),
        ));
        let thirds = |kind: Kind| {
            let mean = |places: fn(&OnLength) -> &[f64], third: usize| {
                self.cell(kind).mean(|outcome| outcome.thirds(places)[third])
            };
            format!(
                "{} lacks {} and {} bits a word and says {} and {} of the words",
                kind.name(),
                mean(|on| &on.lost, 0),
                mean(|on| &on.lost, 1),
                mean(|on| &on.recall, 0),
                mean(|on| &on.recall, 1),
            )
        };
        notice.push(format!(
            "Of the first and of the last third of sentences of {} words: {}. It lacks bits where it is told the right words \
             before each; what it says follows its own words, so a mistake early on can cost the rest, whichever end was read \
             first.",
            LENGTHS.end(),
            [Kind::PLAIN, Kind::REVERSED, Kind::ATTENTION].map(thirds).join("; "),
        ));
        notice
    }

    /// What it does not say.
    pub fn limits(&self) -> Vec<String> {
        let sizes = &self.study.sizes;
        vec![
            format!(
                "The transformer has {} parameters, all others as many within {} %. All learn from the same {} batches \
                 of {} out of {} pairs, of every length about as many; AdamW with the peak learning rate from the same {}, by a \
                 search of a quarter of the steps for each, on a seed of its own.",
                format::count(self.cell(Kind::Transformer).case.design.config.parameter_count() as u64),
                format::number(100.0 * TOLERANCE, 2),
                format::count(sizes.steps),
                sizes.rows,
                format::count(self.study.pairs.training.len() as u64),
                LEARNING_RATES.len(),
            ),
            format!(
                "The recurrent ones have one LSTM layer on each side, the Transformer one block. The sentences come from a grammar \
                 of two languages with {} English and {} Spanish tokens, the four special ones included; real text holds \
                 more bits a word and has more than one right translation.",
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
            "About equal seconds are a fixed ratio of steps, measured once on another machine, so that every machine trains \
             the same models, at the learning rate that was chosen for the shorter training. The table says how many seconds \
             each took here, where other trainings may have run beside it."
                .into(),
            "A word counts as recalled wherever in the translation it stands. Frequent words are said by chance: the figure \
             shows what the translation of another sentence recalls."
                .into(),
        ]
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
                "#bits lost a word, first − last third",
            ],
        );
        for cell in &self.study.cells {
            models.row([
                self.name(cell.case.design.kind),
                cell.case.design.width.to_string(),
                format::count(cell.case.design.config.parameter_count() as u64),
                format::number(cell.learning_rate, 2),
                Summary::of_shares(&cell.short()).to_string(),
                Summary::of_shares(&cell.long()).to_string(),
                cell.mean(|outcome| outcome.mean(LONG, |on| on.missing)).to_string(),
                cell.mean(|outcome| outcome.looks.last().map_or(f64::NAN, |look| look.loss)).to_string(),
                cell.mean(Outcome::first_is_lost).to_string(),
            ]);
        }
        let mut times = Table::new(
            "c03-seconds-table",
            "Equal tokens, and about equal seconds on one thread",
            &[
                "model",
                "equal",
                "#steps",
                "#tokens",
                "#seconds (measured)",
                "#right, short",
                "#right, long",
                "#bits to guess, long",
            ],
        );
        let all =
            STAGES.map(|kind| [("tokens", self.cell(kind)), ("seconds, about", self.study.at_equal_seconds(kind))]);
        for (equal, cell) in all.into_iter().flatten() {
            let last = |value: fn(&Look) -> f64| cell.mean(|outcome| outcome.looks.last().map_or(f64::NAN, value));
            times.row([
                self.name(cell.case.design.kind),
                equal.into(),
                format::count(cell.case.steps),
                format::count(last(|look| look.tokens as f64).mean.round() as u64),
                last(|look| look.seconds).to_string(),
                Summary::of_shares(&cell.short()).to_string(),
                Summary::of_shares(&cell.long()).to_string(),
                cell.mean(|outcome| outcome.mean(LONG, |on| on.missing)).to_string(),
            ]);
        }
        vec![models, times]
    }
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
}
