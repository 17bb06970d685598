//! C1: what depends on what, and what has to wait for what.

use data::Token;
use ndarray::{Array2, ArrayView2, Axis};
use ndarray_rand::rand::Rng;
use nn::{Engine, LanguageModel};
use tensor::{Context, Meter, Parameters, stream};

use report::{
    Table,
    figure::{Axis as Scale, Figure, Heat, Labels, Lines, Plot, Series},
    format,
    statistics::{largest, range},
};
use stages::{Model, Sizes, Stage};

use crate::{
    finding::{Experiment, Finding, Input, Memory},
    lab::Lab,
    verdict::Verdict,
};

const TEXT: &str = include_str!("text.md");

/// See the criterion; the heat maps show where the information goes.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C1",
    text: TEXT,
    thresholds: &[],
    reads: &[Input::Budget, Input::Seeds],
    memory: Memory { alone: [3, 3, 3], thread: [1, 1, 1] },
    run,
};

const STAGES: [Stage; 3] = [Stage::Rnn, Stage::Lstm, Stage::Gpt];

/// V.
const VOCABULARY: usize = 32;

/// T where a token is changed. An untrained rnn halves what it carries at every step, so after some thirty steps
/// a 32-bit number would not show it any more.
const CHANGED: usize = 16;

/// What was measured of one stage.
struct Measured {
    stage: Stage,
    /// Of each seed: how much the output at each position (column) moved when the token of the row was changed.
    changes: Vec<Array2<f64>>,
    /// T, and what reading so many tokens takes.
    costs: Vec<(usize, Cost)>,
}

#[derive(Clone, Copy)]
struct Cost {
    /// The longest chain of array operations that wait for each other.
    span: u64,
    /// Floating-point operations.
    work: u64,
}

fn run(lab: &Lab) -> anyhow::Result<Finding> {
    let lengths: &[usize] =
        lab.budget.pick(&[8, 16, 32, 64, 128], &[8, 16, 32, 64, 128, 256], &[8, 32, 128, 512, 2048]);
    let task = lab.progress.task("perturbing tokens", (STAGES.len() * lab.seeds.len()) as u64);
    let mut measured = Vec::new();
    for stage in STAGES {
        let build = |context, seed| {
            let sizes = Sizes { embedding: 32, ..Sizes::new(VOCABULARY, context, 32) };
            let config = stage.configure(sizes);
            // Small operations, those of the equations; other stages count their fused ones as these.
            if stage.about().recurrent { config.build_with(Engine::Literal, seed) } else { config.build(seed) }
        };
        let changes = lab.each_seed(|seed| {
            let (model, parameters) = build(CHANGED, seed)?;
            task.advance(1, 0, "");
            anyhow::Ok(changes(&model, &parameters, tokens(CHANGED, seed).view()))
        })?;
        let longest = lengths.iter().copied().max().unwrap_or(CHANGED);
        let (model, parameters) = build(longest, lab.seeds[0])?;
        let costs = lengths.iter().map(|&length| (length, cost(&model, &parameters, tokens(length, 1).view())));
        measured.push(Measured { stage, changes, costs: costs.collect() });
    }
    Ok(report(&measured))
}

/// One row of random tokens, (1, T).
fn tokens(length: usize, seed: u64) -> Array2<Token> {
    let mut rng = stream(seed, 0, "tokens of C1");
    Array2::from_shape_simple_fn((1, length), || rng.random_range(0..VOCABULARY as Token))
}

/// The largest change of the scores at every position (column) after a change of every token (row), (T, T).
fn changes(model: &Model, parameters: &Parameters, tokens: ArrayView2<'_, Token>) -> Array2<f64> {
    let cx = Context::eval(parameters);
    let scores = |tokens: ArrayView2<'_, Token>| model.logits(&cx, tokens).value().index_axis(Axis(0), 0).to_owned();
    let (before, length) = (scores(tokens), tokens.ncols());
    let mut changes = Array2::zeros((length, length));
    for (t, mut row) in changes.rows_mut().into_iter().enumerate() {
        let mut changed = tokens.to_owned();
        changed[[0, t]] = (changed[[0, t]] + 1) % VOCABULARY as Token;
        let difference = scores(changed.view()) - &before; // (T, V)
        for (change, scores) in row.iter_mut().zip(difference.outer_iter()) {
            *change = largest(scores.iter().map(|&d| f64::from(d).abs()));
        }
    }
    changes
}

fn cost(model: &Model, parameters: &Parameters, tokens: ArrayView2<'_, Token>) -> Cost {
    let meter = Meter::start();
    let span = model.logits(&Context::eval(parameters), tokens).span();
    Cost { span, work: meter.finish().values().map(|usage| usage.cost.work).sum() }
}

impl Measured {
    /// How much the first token moves the last output, as a part of what the last but one does; the mean over the seeds.
    fn reach(&self) -> f64 {
        let last = CHANGED - 1;
        let parts = self.changes.iter().map(|changes| changes[[0, last]] / changes[[last - 1, last]]);
        parts.sum::<f64>() / self.changes.len() as f64
    }

    /// Whether nothing before the changed token moved, not even its last bit, and everything from it on did.
    fn looks_back_only(&self) -> bool {
        let expected = |((t, at), &change): ((usize, usize), &f64)| if at < t { change == 0.0 } else { change > 0.0 };
        self.changes.iter().all(|changes| changes.indexed_iter().all(expected))
    }

    /// By how much the chain grows with a token: from the shortest to the longest text, and nowhere less.
    fn growth(&self) -> f64 {
        let slopes = self.costs.windows(2).map(|pair| {
            let [(short, a), (long, b)] = [pair[0], pair[1]];
            (b.span as f64 - a.span as f64) / (long - short) as f64
        });
        range(slopes)[0]
    }

    fn is_recurrent(&self) -> bool {
        self.stage.about().recurrent
    }

    fn heat(&self) -> Figure {
        let seeds = self.changes.len() as f64;
        let sum = self.changes.iter().fold(Array2::<f64>::zeros((CHANGED, CHANGED)), |sum, c| sum + c);
        let places = Labels::Places((1..=CHANGED).map(|t| t.to_string()).collect());
        let heat = Heat {
            x: "output".into(),
            y: "changed token".into(),
            value: "largest change of a score, mean over the seeds".into(),
            scale: report::figure::Scale::Log10,
            columns: places.clone(),
            rows: places,
            values: (sum / seeds).outer_iter().map(|row| row.to_vec()).collect(),
        };
        let caption =
            "One token is changed (row); the shade says how far each output (column) moves. No shade: not one bit.";
        Figure::new(
            format!("c01-moved-{}", self.stage),
            format!("Which outputs of an untrained {} notice a changed token", self.stage),
            caption,
            Plot::Heat(heat),
        )
    }
}

fn judge(measured: &[Measured]) -> Verdict {
    let part = |m: &Measured| {
        let chain = if m.is_recurrent() { m.growth() >= 1.0 } else { m.growth() == 0.0 };
        Verdict::exact(chain && (m.looks_back_only() || !m.is_recurrent()))
    };
    Verdict::all(&measured.iter().map(part).collect::<Vec<_>>())
}

fn report(measured: &[Measured]) -> Finding {
    let lines = |title: &str, value: fn(usize, Cost) -> f64| {
        let series = measured.iter().map(|m| {
            let points = m.costs.iter().map(|&(length, cost)| (length as f64, value(length, cost)));
            Series::exact(m.stage.to_string(), points)
        });
        Plot::Lines(Lines::new(Scale::log2("text length T, tokens"), Scale::log10(title), series))
    };
    let mut figures: Vec<Figure> = measured.iter().map(Measured::heat).collect();
    figures.push(Figure::new(
        "c01-span",
        "Operations that have to wait for each other",
        "The longest chain of dependent array operations from the tokens to the scores, counted while reading T tokens.",
        lines("longest chain, operations", |_, cost| cost.span as f64),
    ));
    figures.push(Figure::new(
        "c01-work",
        "Work for each token",
        "Floating-point operations while reading T tokens, divided by T.",
        lines("work, operations a token", |length, cost| cost.work as f64 / length as f64),
    ));

    let mut table = Table::new(
        "c01-counts",
        "Counted while reading",
        &["stage", "#tokens", "#longest chain", "#chain a token", "#work, Mflop", "earlier outputs", "later outputs"],
    );
    for m in measured {
        let [mut earlier, mut later] = [true; 2];
        for ((t, at), &change) in m.changes.iter().flat_map(|c| c.indexed_iter()) {
            if at < t { earlier &= change == 0.0 } else { later &= change > 0.0 }
        }
        for &(length, cost) in &m.costs {
            table.row([
                m.stage.to_string(),
                format::count(length as u64),
                format::count(cost.span),
                format::number(cost.span as f64 / length as f64, 3),
                format::number(cost.work as f64 / 1e6, 3),
                if earlier { "same bits" } else { "moved" }.to_owned(),
                if later { "all moved" } else { "not all moved" }.to_owned(),
            ]);
        }
    }

    let growth: Vec<String> = measured
        .iter()
        .filter(|m| m.is_recurrent())
        .map(|m| format!("{} more in {}", format::number(m.growth(), 3), m.stage))
        .collect();
    let rest = measured.iter().filter(|m| !m.is_recurrent()).filter_map(|m| {
        let [(short, a), .., (long, b)] = m.costs[..] else { return None };
        Some(format!("{} takes {} for {short} tokens and {} for {long}", m.stage, a.span, b.span))
    });
    let answer = format!(
        "With every token the longest chain of operations that wait for each other grows: {}. {}.",
        growth.join(", "),
        rest.collect::<Vec<_>>().join("; ")
    );
    let fading =
        measured.iter().map(|m| format!("{} of what its neighbour does in {}", format::number(m.reach(), 2), m.stage));
    let fading: Vec<String> = fading.collect();
    Finding {
        verdict: judge(measured),
        answer,
        figures,
        tables: vec![table],
        notice: vec![
            "The three heat maps have the same triangle: gpt's mask lets nothing come from the future either. What \
             tells them apart is not what an output depends on, but how many operations lie one behind the other on \
             the way there."
                .into(),
            format!(
                "In the untrained rnn a change fades from column to column, by about the same factor each time: the \
                 fading of C2, seen forwards. The first token moves the last output by {}.",
                fading.join(", ")
            ),
            "The work of a token does not grow with the length of the text in rnn and lstm; in gpt it does, for each \
             token looks at all before it. Recurrence saves work and costs waiting, attention the reverse."
                .into(),
        ],
        limits: vec![
            "An operation on whole arrays counts as one step of the chain, however many numbers it adds up. With the \
             additions of a sum counted as a tree, gpt's chain would grow with the logarithm of T."
                .into(),
            "A chain is counted, not timed: on few cores work decides about time, and C6 measures it.".into(),
            "A recurrence without a nonlinearity could be computed as a parallel scan; tanh and the gates prevent that."
                .into(),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use report::progress::Progress;

    fn measured(stage: Stage, changes: Array2<f64>, slope: u64) -> Measured {
        let costs = [8, 16].map(|length| (length, Cost { span: 10 + slope * length as u64, work: 1 }));
        Measured { stage, changes: vec![changes], costs: costs.into() }
    }

    #[test]
    fn step_01_the_criterion_can_fail_in_every_part() {
        let triangle = Array2::from_shape_fn((4, 4), |(t, at)| if at >= t { 0.5 } else { 0.0 });
        let good = |stage| measured(stage, triangle.clone(), u64::from(stage != Stage::Gpt));
        let judged = |m: Measured| judge(&[m, good(Stage::Gpt)]);
        assert_eq!(judged(good(Stage::Rnn)), Verdict::Shown);

        let mut leak = triangle.clone();
        leak[[2, 1]] = 1e-9;
        assert_eq!(judged(measured(Stage::Rnn, leak, 1)), Verdict::NotShown);
        let mut unknown = triangle.clone();
        unknown[[2, 1]] = f64::NAN;
        assert_eq!(judged(measured(Stage::Rnn, unknown, 1)), Verdict::NotShown);
        let mut deaf = triangle.clone();
        deaf[[0, 3]] = 0.0;
        assert_eq!(judged(measured(Stage::Rnn, deaf, 1)), Verdict::NotShown);
        assert_eq!(judged(measured(Stage::Rnn, triangle.clone(), 0)), Verdict::NotShown);
        assert_eq!(judge(&[good(Stage::Rnn), measured(Stage::Gpt, triangle, 1)]), Verdict::NotShown);
    }

    #[test]
    fn step_02_it_runs() {
        let lab = Lab::new(Budget::Quick, vec![1, 2], data::corpus::book(), Progress::Quiet);
        let finding = run(&lab).unwrap();
        assert_eq!(finding.verdict, Verdict::Shown);
        assert_eq!(finding.figures.len(), 5);
    }
}
