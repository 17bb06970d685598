//! C9: the same word gets a different vector in a different context.
//!
//! Encoders learn to fill gaps in generated English, in which it is known in which sense an ambiguous word stands. Nobody
//! tells them. Then the vectors of such words are compared before the first layer and after each.

mod corpus;
mod encoder;
mod probe;

use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Figure, Heat, Labels, Plot, Scale},
    format,
    statistics::Summary,
};

use crate::{
    budget::Budget,
    finding::{Experiment, Finding, Input, Memory},
    lab::Lab,
    study::parallel::{Reporter, side_by_side},
    verdict::{Verdict, exceeds},
};
use corpus::{Corpus, Homograph};
use encoder::{Depth, HEADS, JUDGED, Job, LAYERS, Looks, Measured, WIDTH};

const TEXT: &str = include_str!("text.md");

/// Compares the vectors of ambiguous words.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C9",
    text: TEXT,
    thresholds: &[],
    reads: &[Input::Budget, Input::Seeds],
    memory: Memory { alone: [70, 185, 600], thread: [6, 10, 20] },
    run,
};

/// How much farther apart the senses have to be.
const APART: f64 = 0.05;
/// How much more often the probe has to be right.
const BETTER: f64 = 0.1;

/// Shown as an example: the word of the claim if it is found often enough, otherwise the next.
const EXAMPLES: [&str; 3] = ["novel", "bank", "light"];

fn run(lab: &Lab) -> anyhow::Result<Finding> {
    let each = lab.budget.pick(40, 60, 100);
    let corpus = Corpus::new(lab.budget.pick(5_000, 20_000, 60_000), lab.budget.pick(20_000, 60_000, 200_000), each);
    anyhow::ensure!(!corpus.homographs.is_empty(), "the generated sentences have no word in two senses {each} times");
    let steps = lab.budget.steps(1_500, 15_000, 60_000);
    let jobs = [steps, 0].into_iter().flat_map(|steps| lab.seeds.iter().map(move |&seed| Job { seed, steps }));
    let measure = |job: &Job, reporter: &Reporter| job.measure(&corpus, reporter);
    let measured = side_by_side(lab, "C9, filling gaps", &jobs.collect::<Vec<_>>(), |job| job.steps, measure);
    let measured: Vec<Measured> = measured.into_iter().collect::<anyhow::Result<_>>()?;
    let (trained, untrained) = measured.into_iter().partition(|measured| measured.job.steps > 0);
    let found = Found { corpus, each, trained, untrained };
    let mut figures = vec![found.probes(), found.distances(), found.words()];
    figures.extend(found.examples());
    Ok(Finding {
        verdict: verdict(&found.trained, lab.budget),
        answer: found.answer(),
        figures,
        tables: vec![found.senses(), found.looks(), found.depths()],
        notice: found.notice(),
        limits: found.limits(),
    })
}

fn verdict(trained: &[Measured], budget: Budget) -> Verdict {
    let [first, last] = [0, LAYERS].map(|depth| of(trained, |measured| mean(&measured.depths[depth].probes)));
    let apart = of(trained, |measured| measured.depths[LAYERS].different - measured.depths[LAYERS].same);
    Verdict::all(&[
        exceeds(&Summary::of(&apart), APART, budget),
        exceeds(&Summary::of_differences(&last, &first), BETTER, budget),
    ])
}

/// A number of every seed.
fn of(measured: &[Measured], value: impl Fn(&Measured) -> f64) -> Vec<f64> {
    measured.iter().map(value).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// What was measured.
struct Found {
    corpus: Corpus,
    /// Occurrences of a sense for the probe to learn from, and as many to judge it by.
    each: usize,
    trained: Vec<Measured>,
    untrained: Vec<Measured>,
}

impl Found {
    fn probe(measured: &[Measured], depth: usize) -> Summary {
        Summary::of(&of(measured, |measured| mean(&measured.depths[depth].probes)))
    }

    fn answer(&self) -> String {
        let [before, after] = [0, LAYERS].map(|depth| Self::probe(&self.trained, depth));
        let distance = |value: fn(&Depth) -> f64| Summary::of(&of(&self.trained, |m| value(&m.depths[LAYERS])));
        format!(
            "Of {} words with two senses a line through the vectors tells the sense in {before} of held-out occurrences before \
             the first layer and in {after} after the last, where two occurrences in different senses are {} apart and two in \
             the same sense {}.",
            self.corpus.homographs.len(),
            distance(|depth| depth.different),
            distance(|depth| depth.same),
        )
    }

    fn depth_names() -> Vec<String> {
        let name = |depth| match depth {
            0 => "before the first layer".to_owned(),
            depth => format!("after layer {depth}"),
        };
        (0..=LAYERS).map(name).collect()
    }

    fn probes(&self) -> Figure {
        let series = [("trained", &self.trained), ("untrained", &self.untrained)].map(|(name, measured)| BarSeries {
            name: name.to_owned(),
            values: (0..=LAYERS).map(|depth| Some(Self::probe(measured, depth))).collect(),
        });
        Figure::new(
            "c09-probe",
            "What a line through the vectors tells of the sense",
            "The part of held-out occurrences whose sense a logistic regression finds, the mean over the words; both senses \
             are equally frequent, so guessing finds 0.5. Before the first layer a vector holds the word and its place.",
            Plot::Bars(Bars::grouped(
                Axis::linear("part of the senses told right").within(0.0, 1.0),
                Self::depth_names(),
                series,
            )),
        )
    }

    fn distances(&self) -> Figure {
        let series = |name: &str, value: fn(&Depth) -> f64| BarSeries {
            name: name.to_owned(),
            values: (0..=LAYERS).map(|d| Some(Summary::of(&of(&self.trained, |m| value(&m.depths[d]))))).collect(),
        };
        Figure::new(
            "c09-distance",
            "Two vectors of one word",
            "The mean cosine distance between two held-out occurrences of a word, the mean over the words, in trained \
             encoders. Before the first layer two vectors differ by their places alone.",
            Plot::Bars(Bars::grouped(
                Axis::linear("cosine distance").from_zero(),
                Self::depth_names(),
                vec![series("in the same sense", |d| d.same), series("in different senses", |d| d.different)],
            )),
        )
    }

    fn words(&self) -> Figure {
        let series = [(0, "before the first layer"), (LAYERS, "after the last")].map(|(depth, name)| BarSeries {
            name: name.to_owned(),
            values: (0..self.corpus.homographs.len())
                .map(|word| Some(Summary::of(&of(&self.trained, |m| m.depths[depth].probes[word]))))
                .collect(),
        });
        Figure::new(
            "c09-words",
            "The same for each word",
            "Where a word has its place by its sense (a verb stands where no noun can), the place alone gives much away.",
            Plot::Bars(Bars::grouped(
                Axis::linear("part of the senses told right").within(0.0, 1.0),
                self.corpus.homographs.iter().map(|homograph| homograph.word.clone()),
                series,
            )),
        )
    }

    /// Where a word looks in a sentence of each of its senses, in the first seed's encoder.
    fn examples(&self) -> Vec<Figure> {
        let homographs = &self.corpus.homographs;
        let place = |word: &&str| homographs.iter().position(|homograph| homograph.word == **word);
        let word = EXAMPLES.iter().find_map(place).unwrap_or(0);
        let Some(looks) = self.trained.first().map(|measured| &measured.looks[word]) else { return Vec::new() };
        let figure = |(sense, Looks { example: (sentence, weights), .. }): (usize, &Looks)| {
            let names = (0..LAYERS).flat_map(|l| (0..HEADS).map(move |h| format!("layer {}, head {}", l + 1, h + 1)));
            let written: Vec<String> = sentence.iter().map(|token| self.corpus.word(*token).to_owned()).collect();
            Figure::new(
                format!("c09-looks-{}", sense + 1),
                format!("Where “{}” looks in the sense “{}”", homographs[word].word, homographs[word].senses[sense]),
                format!("“{}”: the weights of the word on each word of the sentence, first seed.", written.join(" ")),
                Plot::Heat(Heat {
                    x: "word looked at".into(),
                    y: "layer and head".into(),
                    value: "weight".into(),
                    scale: Scale::Linear,
                    columns: Labels::Names(written),
                    rows: Labels::Names(names.collect()),
                    values: weights.rows().into_iter().map(|row| row.to_vec()).collect(),
                }),
            )
        };
        looks.iter().enumerate().map(figure).collect()
    }

    fn senses(&self) -> Table {
        let caption = "The part of held-out senses told right, in trained encoders";
        let columns = ["word", "senses", "#before the first layer", "#after the last"];
        let mut table = Table::new("c09-senses", caption, &columns);
        for (word, homograph) in self.corpus.homographs.iter().enumerate() {
            let right = |depth: usize| Summary::of(&of(&self.trained, |m| m.depths[depth].probes[word])).to_string();
            table.row([homograph.word.clone(), homograph.senses.join(", "), right(0), right(LAYERS)]);
        }
        table
    }

    fn looks(&self) -> Table {
        let caption = "The words that a word gives most weight to in each of its senses: means over layers, heads and held-out \
                       sentences, first seed";
        let mut table = Table::new("c09-looks", caption, &["word", "sense", "#weight on itself", "other words"]);
        let Some(first) = self.trained.first() else { return table };
        for (homograph, looks) in self.corpus.homographs.iter().zip(&first.looks) {
            for (sense, looks) in homograph.senses.iter().zip(looks) {
                let (itself, others): (Vec<_>, Vec<_>) =
                    looks.at.iter().partition(|(token, _)| self.corpus.word(*token) == homograph.word);
                let others = others
                    .iter()
                    .take(4)
                    .map(|(token, weight)| format!("{} {}", self.corpus.word(*token), format::number(*weight, 2)));
                table.row([
                    homograph.word.clone(),
                    sense.clone(),
                    format::number(itself.iter().map(|(_, weight)| weight).sum(), 2),
                    others.collect::<Vec<_>>().join(", "),
                ]);
            }
        }
        table
    }

    fn depths(&self) -> Table {
        let caption = "By depth: what the probe tells right, and mean cosine distances";
        let columns = ["encoder", "depth", "#told right", "#distance, same sense", "#distance, different senses"];
        let mut table = Table::new("c09-depths", caption, &columns);
        for (name, measured) in [("trained", &self.trained), ("untrained", &self.untrained)] {
            for (depth, place) in Self::depth_names().into_iter().enumerate() {
                let distance = |value: fn(&Depth) -> f64| {
                    Summary::of(&of(measured, |measured| value(&measured.depths[depth]))).to_string()
                };
                table.row([
                    name.to_owned(),
                    place,
                    Self::probe(measured, depth).to_string(),
                    distance(|depth| depth.same),
                    distance(|depth| depth.different),
                ]);
            }
        }
        table
    }

    fn notice(&self) -> Vec<String> {
        let [trained, untrained] = [&self.trained, &self.untrained].map(|measured| Self::probe(measured, LAYERS));
        let [loss, first_loss] = [&self.trained, &self.untrained].map(|m| Summary::of(&of(m, |m| m.loss)));
        let gap = |depth: usize| Summary::of(&of(&self.trained, |m| m.depths[depth].different - m.depths[depth].same));
        vec![
            format!(
                "Nobody told the encoder of senses: it learned to fill gaps, {loss} nats each in {JUDGED} sentences with ambiguous \
                 words instead of {first_loss} before training."
            ),
            format!(
                "Any encoder mixes context into its vectors: after the last layer the probe tells {untrained} of the senses \
                 right in an untrained one, and {trained} in a trained one."
            ),
            format!(
                "Different senses are farther apart than equal ones by {} before the first layer, for places differ by sense, \
                 and by {} after the last.",
                gap(0),
                gap(LAYERS)
            ),
        ]
    }

    fn limits(&self) -> Vec<String> {
        vec![
            format!(
                "An encoder of {LAYERS} layers of width {WIDTH}, and a language of {} words from a grammar, where context \
                 decides the sense more plainly than in real text.",
                format::count(self.corpus.word_tokens().len() as u64)
            ),
            format!(
                "The probe learns from {} occurrences of each sense and is judged by as many; {} of all that judge it stand in \
                 sentences with the word twice, of which it has learned the other. That a line finds the sense in a \
                 vector does not say that the model uses it, and a large weight is not yet a cause.",
                self.each,
                self.corpus.homographs.iter().map(Homograph::in_known_sentences).sum::<usize>()
            ),
            "Sentences are the same for all seeds: the intervals are over first parameters, batches and gaps."
                .to_owned(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Probes before and after, and distances in the same and in different senses after.
    fn judged([before, after]: [f64; 2], [same, different]: [f64; 2]) -> Verdict {
        let measured = |seed: u64| {
            let noise = 1e-3 * seed as f64;
            let depth = |probe: f64| Depth { same, different: different + noise, probes: vec![probe + noise, probe] };
            let mut depths = vec![depth(before); LAYERS];
            depths.push(Depth { probes: vec![after - noise, after], ..depth(after) });
            Measured { job: Job { seed, steps: 1 }, loss: 1.0, depths, looks: Vec::new() }
        };
        verdict(&[1, 2, 3].map(measured), Budget::Quick)
    }

    #[test]
    fn the_criterion_can_fail_in_every_part() {
        assert_eq!(judged([0.7, 0.95], [0.2, 0.4]), Verdict::Shown);
        assert_eq!(judged([0.9, 0.95], [0.2, 0.4]), Verdict::NotShown);
        assert_eq!(judged([0.95, 0.7], [0.2, 0.4]), Verdict::NotShown);
        assert_eq!(judged([0.7, 0.95], [0.2, 0.22]), Verdict::NotShown);
        assert_eq!(judged([0.7, 0.95], [0.4, 0.2]), Verdict::NotShown);
    }
}
