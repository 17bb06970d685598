//! What the page says of C22.

use report::{
    Table,
    figure::{Axis, Lines, Reference, Series},
    format,
    statistics::Summary,
    table::{Columns, digits},
};
use stages::Stage;

use super::{
    Changes, EXPERIMENT, FALLS, Found, TEXT,
    reading::{self, LIMITS, READ_ON, Read, SAID, Said},
    recall::{self, DISTANCES, JUDGED, LEARNING_RATE, STAGES, SYMBOLS, WINDOW},
};
use crate::{
    finding::{Draft, Effect, Finding},
    session::Session,
    study::{parts, text::Values},
};

pub fn conclude(found: &Found, session: &Session) -> Finding {
    let parts = found.parts();
    let values = found.values(parts::words(&parts, EXPERIMENT.basis), session);
    Draft::new(TEXT, &values)
        .effect(Effect {
            what: "accuracy lost by one token of distance at the window's edge".into(),
            unit: "accuracy".into(),
            found: Summary::of_differences_right(
                &found.right(Stage::Gpt, WINDOW),
                &found.right(Stage::Gpt, WINDOW + 1),
                JUDGED,
            ),
            needed: FALLS,
        })
        .figure("c22-recall", found.recall())
        .figure("c22-influence", found.influence())
        .figure("c22-loss", found.losses())
        .figure("c22-limit", found.limits())
        .parts("c22-parts", &parts)
        .table("c22-distances", found.distances())
        .table("c22-limits", found.said())
        .finding(parts::verdict(&parts))
}

impl Found {
    fn values(&self, words: Values, session: &Session) -> Values {
        let percent = |stage, distance| format::percent(self.accuracy(stage, distance).mean, 2);
        let ends = |at: usize| format::number(self.mean(|read| read.ends()[at]).mean, 3);
        let influence = |distance: usize| format::number(self.mean(|read| read.influence[distance - 1]).mean, 2);
        let Changes { inside, inside_without_effect, outside, outside_with_effect } = self.changes();
        let at = |limit| LIMITS.iter().position(|other| *other == limit).expect("it is tried");
        let cut = |limit| format::percent(self.mean(|read| read.said[at(limit)].cut).mean, 2);
        words
            .with("edge", percent(Stage::Gpt, WINDOW))
            .with("behind", percent(Stage::Gpt, WINDOW + 1))
            .with("lstm edge", percent(Stage::Lstm, WINDOW))
            .with("lstm behind", percent(Stage::Lstm, WINDOW + 1))
            .with("lstm far", percent(Stage::Lstm, 2 * WINDOW))
            .with("window", WINDOW)
            .with("far", 2 * WINDOW)
            .with("next", WINDOW + 1)
            .with("guessing", format::percent(1.0 / SYMBOLS as f64, 3))
            .with("inside", format::count(inside as u64))
            .with("outside", format::count(outside as u64))
            .with("outside changed", format::count(outside_with_effect as u64))
            .with("inside unchanged", format::count(inside_without_effect as u64))
            .with("last influence", influence(1))
            .with("edge influence", influence(reading::WINDOW))
            .with("first loss", ends(0))
            .with("last loss", ends(1))
            .with("text window", reading::WINDOW)
            .with("half", reading::WINDOW / 2)
            .with("short limit", LIMITS[2])
            .with("cut short", cut(LIMITS[2]))
            .with("long limit", LIMITS[LIMITS.len() - 1])
            .with("cut long", cut(LIMITS[LIMITS.len() - 1]))
            .with("longest read", READ_ON[READ_ON.len() - 1])
            .with("judged", format::count(JUDGED as u64))
            .with("recall steps", format::count(recall::steps(session.budget)))
            .with("text steps", format::count(reading::steps(session.budget)))
            .with("rate", LEARNING_RATE)
            .with("said", SAID)
            .maybe("alphabet", session.alphabet.limit())
    }

    fn mean(&self, value: impl Fn(&Read) -> f64) -> Summary {
        Summary::of(&self.read.iter().map(value).collect::<Vec<_>>())
    }

    fn accuracy(&self, stage: Stage, distance: usize) -> Summary {
        Summary::of_right(&self.right(stage, distance), JUDGED)
    }

    fn recall(&self) -> Lines {
        let series = STAGES.map(|stage| {
            let at = |distance: usize| (distance as f64, self.accuracy(stage, distance));
            Series::new(stage.about().title, DISTANCES.map(at))
        });
        let label = format!("window of the GPT, {WINDOW} tokens");
        Lines::new(
            Axis::linear("tokens from the symbol to the question"),
            Axis::linear("accuracy").within(0.0, 1.0),
            series,
        )
        .level("guessing", 1.0 / SYMBOLS as f64)
        .with(Reference::Place { label, x: WINDOW as f64 })
    }

    fn influence(&self) -> Lines {
        let influence = |read: &Read, distance: usize| read.influence[distance - 1];
        let at = |distance: usize| {
            let values: Vec<f64> = self.read.iter().map(|read| influence(read, distance)).collect();
            // A logarithm has no place for what is exactly nothing.
            let moved = values.iter().all(|value| *value > 0.0);
            (distance as f64, if moved { Summary::of_magnitudes(&values) } else { Summary::of(&values) })
        };
        let series = Series::new("GPT", (1..=2 * reading::WINDOW).map(at));
        let x = Axis::linear("distance of the changed token from the end");
        Lines::new(x, Axis::log10("change of the next probabilities"), [series]).with(window())
    }

    fn losses(&self) -> Lines {
        let at = |position: usize| (position as f64 + 1.0, self.mean(|read| read.losses[position]));
        let series = Series::new("GPT", (0..reading::WINDOW).map(at));
        Lines::new(Axis::linear("position in the window"), Axis::linear("held-out loss, nats per character"), [series])
    }

    fn limits(&self) -> Lines {
        let produced = |name, value: fn(&Said) -> f64| {
            let at = |(at, limit): (usize, &usize)| (*limit as f64, self.mean(|read| value(&read.said[at])).mean);
            Series::exact(name, LIMITS.iter().enumerate().map(at))
        };
        let series = [produced("no end", |said| said.endless), produced("to the end of the line", |said| said.ended)];
        Lines::new(Axis::log2("token limit"), Axis::log2("tokens produced"), series).with(window())
    }

    fn distances(&self) -> Columns<usize> {
        let table = Table::of(DISTANCES).column("tokens from the symbol to the question", |distance| *distance);
        STAGES.into_iter().fold(table, |table, stage| {
            table.column(format!("accuracy, {}", stage.about().title), move |distance| self.accuracy(stage, *distance))
        })
    }

    fn said(&self) -> Columns<(usize, usize)> {
        Table::of(LIMITS.into_iter().enumerate())
            .column("token limit", |(_, limit)| *limit)
            .column("tokens, no end", |(at, _)| digits(self.mean(|read| read.said[*at].endless).mean, 3))
            .column("tokens, to the end of the line", |(at, _)| digits(self.mean(|read| read.said[*at].ended).mean, 3))
            .column("cut off by the limit", |(at, _)| format::percent(self.mean(|read| read.said[*at].cut).mean, 2))
    }
}

fn window() -> Reference {
    Reference::Place { label: format!("window, {} tokens", reading::WINDOW), x: reading::WINDOW as f64 }
}
