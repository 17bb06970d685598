//! What the page says of C19.

use report::{
    Table,
    figure::{Axis, Lines, Reference, Series},
    format,
    statistics::{Summary, largest},
    table::{Columns, digits},
};
use std::f64::consts::TAU;
use transformer::sinusoidal;

use super::{
    Cell, EXCESS, EXPERIMENT, FITTED, Found, LEARNED, TEXT,
    maps::{Fitted, Map, OFFSETS, wavelength},
    model::{Kind, LONG, SHORT, SYMBOLS, WIDTH},
    training::{BACK, BUCKET, Trained},
};
use crate::{
    finding::{Draft, Effect, Finding},
    study::{parts, text::Values},
};

/// The offsets whose errors are drawn wave by wave.
const SHOWN: [usize; 3] = [1, 4, 16];

pub fn conclude(found: &Found, steps: u64) -> Finding {
    let parts = found.parts();
    let values = found.values(parts::words(&parts, EXPERIMENT.basis));
    let values = values.with("steps", format::count(steps));
    Draft::new(TEXT, &values)
        .effect(Effect {
            what: "loss beyond the training length, above that of a GPT trained there".into(),
            unit: "nats per token".into(),
            found: found.excess(Kind::Sinusoidal),
            needed: EXCESS,
        })
        .figure("c19-maps", found.errors())
        .figure("c19-waves", waves())
        .figure("c19-loss", found.losses())
        .parts("c19-parts", &parts)
        .table("c19-offsets", found.offsets())
        .table("c19-models", found.models())
        .finding(parts::verdict(&parts))
}

/// The error of the equation's map on as many positions as fitted ones are asked for.
fn rotated(offset: usize) -> f64 {
    let table = sinusoidal(LONG, WIDTH).mapv(f64::from);
    Map::rotation(offset, WIDTH).error(table.view(), FITTED..LONG - offset)
}

/// How far each wave of a map that was fitted on the first half is from its place on the second.
fn waves() -> Lines {
    let table = sinusoidal(LONG, WIDTH).mapv(f64::from);
    let fitted = |offset| {
        let map = Map::fitted(offset, table.slice(ndarray::s![..FITTED, ..]));
        let errors = map.errors(table.view(), FITTED..LONG - offset).into_iter().enumerate();
        let turn = |wave| TAU * wavelength(2 * wave, WIDTH);
        Series::exact(format!("offset {offset}"), errors.map(|(wave, error)| (turn(wave), error)))
    };
    let x = Axis::log10("tokens in a turn of the wave");
    let positions = Reference::Place { label: "positions of the fit".into(), x: FITTED as f64 };
    Lines::new(x, Axis::linear("error on the next positions").from_zero(), SHOWN.map(fitted)).with(positions)
}

impl Found {
    fn values(&self, words: Values) -> Values {
        let worst = |of: fn(&Fitted) -> f64| format::number(largest(self.sinusoidal.iter().map(of)), 2);
        let nats = |summary: Summary| format::number(summary.mean, 2);
        let learned: Vec<f64> =
            OFFSETS.iter().map(|&offset| self.learned(offset, |fitted| fitted.beyond).mean).collect();
        let within = |kind| nats(self.cell(kind, SHORT).mean(Trained::within));
        let beyond = |kind| nats(self.cell(kind, SHORT).mean(Trained::beyond));
        words
            .with("rotated", format::number(self.rotation, 2))
            .with("inside", worst(|fitted| fitted.inside))
            .with("beyond", worst(|fitted| fitted.beyond))
            .with("without order", nats(self.without_order()))
            .with("learned", format::number(learned.iter().sum::<f64>() / learned.len() as f64, 2))
            .with("learned at back", nats(self.learned(BACK, |fitted| fitted.beyond)))
            .with("excess of sinusoids", nats(self.excess(Kind::Sinusoidal)))
            .with("excess of learned", nats(self.excess(Kind::Learned)))
            .with("seeds that learned", self.learned_seeds(Kind::Sinusoidal))
            .with("seeds", self.random.len())
            .with("within", within(Kind::Sinusoidal))
            .with("behind", beyond(Kind::Sinusoidal))
            .with("short", SHORT)
            .with("long", LONG)
            .with("width", WIDTH)
            .with("back", BACK)
            .with("symbols", SYMBOLS)
            .with("guessing", format::number((SYMBOLS as f64).ln(), 3))
    }

    /// The short trainings that learned the task.
    fn learned_seeds(&self, kind: Kind) -> usize {
        self.cell(kind, SHORT).outcomes.iter().filter(|trained| trained.within() <= LEARNED).count()
    }

    /// Of trained vectors, by the offset.
    fn learned(&self, offset: usize, error: impl Fn(&Fitted) -> f64) -> Summary {
        let of_offset = |trained: &Trained| {
            let fitted = trained.maps.iter().find(|fitted| fitted.offset == offset);
            fitted.map_or(f64::NAN, &error)
        };
        self.cell(Kind::Learned, LONG).magnitude(of_offset)
    }

    /// Of random vectors, by the place of the offset.
    fn random(&self, at: usize) -> Summary {
        Summary::of_magnitudes(&self.random.iter().map(|maps| maps[at].beyond).collect::<Vec<_>>())
    }

    fn errors(&self) -> Lines {
        let over = |error: &dyn Fn(usize, usize) -> Summary| {
            OFFSETS.iter().enumerate().map(|(at, &offset)| (offset as f64, error(at, offset))).collect::<Vec<_>>()
        };
        let series = [
            Series::new("random vectors", over(&|at, _| self.random(at))),
            Series::new("learned vectors", over(&|_, offset| self.learned(offset, |fitted| fitted.beyond))),
            Series::new("sinusoids", over(&|at, _| Summary::exact(self.sinusoidal[at].beyond))),
            Series::new(
                "sinusoids, where the map was fitted",
                over(&|at, _| Summary::exact(self.sinusoidal[at].inside)),
            ),
            Series::new("sinusoids, the equation's map", over(&|_, offset| Summary::exact(rotated(offset)))),
        ];
        Lines::new(Axis::log2("offset, tokens"), Axis::log10("error, share of the length"), series)
    }

    fn losses(&self) -> Lines {
        let series = self.cells.iter().map(|cell| {
            let buckets = 0..cell.outcomes[0].losses.len();
            let place = |bucket: usize| (bucket as f64 + 0.5) * BUCKET as f64;
            let loss = |bucket| (place(bucket), cell.mean(|trained| trained.losses[bucket]));
            Series::new(cell.case.name(), buckets.map(loss))
        });
        let label = format!("{SHORT} tokens");
        Lines::new(Axis::linear("position"), Axis::linear("loss on new rows, nats per token"), series)
            .level("guessing", (SYMBOLS as f64).ln())
            .with(Reference::Place { label, x: SHORT as f64 })
    }

    fn offsets(&self) -> Columns<(usize, usize)> {
        let error = |value: f64| digits(value, 2);
        Table::of(OFFSETS.into_iter().enumerate())
            .column("offset", |(_, offset)| *offset)
            .column("equation's map", move |(_, offset)| error(rotated(*offset)))
            .column("sinusoids, where fitted", move |(at, _)| error(self.sinusoidal[*at].inside))
            .column("sinusoids, beyond", move |(at, _)| error(self.sinusoidal[*at].beyond))
            .column("learned, where fitted", |(_, offset)| self.learned(*offset, |fitted| fitted.inside))
            .column("learned, beyond", |(_, offset)| self.learned(*offset, |fitted| fitted.beyond))
            .column("random, beyond", |(at, _)| self.random(*at))
    }

    fn models(&self) -> Columns<&Cell> {
        Table::of(&self.cells)
            .column("positions", |cell| cell.case.kind.name())
            .column("trained on", |cell| cell.case.trained)
            .column("learning rate", |cell| digits(cell.learning_rate, 2))
            .column(format!("loss, positions 1 to {SHORT}"), |cell| cell.mean(Trained::within))
            .column(format!("{} to {}", SHORT + 1, 2 * SHORT), |cell| cell.mean(Trained::beyond))
            .column(format!("last {BUCKET}"), |cell| cell.mean(|trained| trained.losses[trained.losses.len() - 1]))
    }
}
