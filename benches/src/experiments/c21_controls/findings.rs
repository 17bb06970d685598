//! What the page says of C21.

use report::{
    Table,
    figure::{Axis, Lines, Reference, Series},
    format,
    statistics::{Summary, by_size},
    table::{Columns, digits},
};

use super::{
    EXPERIMENT, FILTERS, HOT, Knob, LIKELIER, ORDERS, PLAIN, SLIP, Spoken, TEMPERATURES, TEXT, Texts,
    language::{LENGTH, SYMBOLS},
    least,
    sampling::{self, LEARNING_RATE, Left},
};
use crate::{
    budget::Budget,
    finding::{Draft, Effect, Finding},
    study::{parts, text::Values},
};

/// The diversity at which controls are compared, as a share of that without any.
const COMPARED: f64 = 0.7;

/// The highest temperature that is drawn beside the filters: texts of higher ones are far from all others.
const WARMEST: f64 = 1.2;

/// The place of top-p in [`FILTERS`].
const TOP_P: usize = 1;

pub fn conclude(spoken: &[Spoken], budget: Budget) -> Finding {
    let parts = super::parts(spoken);
    let values = values(parts::words(&parts, EXPERIMENT.basis), spoken, budget);
    Draft::new(TEXT, &values)
        .effect(Effect {
            what: "likelihood gained by a strict control, the least of three".into(),
            unit: "nats per token".into(),
            found: least(spoken),
            needed: LIKELIER,
        })
        .figure("c21-trade", trade(spoken))
        .figure("c21-repeated", repeated(spoken))
        .figure("c21-left", left(spoken))
        .figure("c21-orders", orders(spoken))
        .parts("c21-parts", &parts)
        .table("c21-settings", settings(spoken))
        .table("c21-filters", filters(spoken))
        .finding(parts::verdict(&parts))
}

fn mean(spoken: &[Spoken], value: impl Fn(&Spoken) -> f64) -> Summary {
    Summary::of(&spoken.iter().map(value).collect::<Vec<_>>())
}

fn values(words: Values, spoken: &[Spoken], budget: Budget) -> Values {
    let number = |value: &dyn Fn(&Spoken) -> f64, digits| format::number(mean(spoken, value).mean, digits);
    let percent = |value: &dyn Fn(&Spoken) -> f64| format::percent(mean(spoken, value).mean, 2);
    let [temperature, top_k, top_p] = Knob::JUDGED.map(|(knob, setting)| {
        let likelihood = number(&|s: &Spoken| s.of(knob, setting).likelihood, 3);
        let distinct = percent(&|s: &Spoken| s.of(knob, setting).distinct);
        format!("{} {setting}: {likelihood} and {distinct}", knob.name())
    });
    let wanted = COMPARED * mean(spoken, |s| s.plain().distinct).mean;
    let compared = Knob::ALL
        .into_iter()
        .filter_map(|knob| Some(format!("{} {}", knob.name(), format::number(at_diversity(spoken, knob, wanted)?, 3))));
    let hot = TEMPERATURES.iter().position(|temperature| *temperature == HOT).expect("it is tried");
    let changed = |filter: usize, order: usize| {
        let left = spoken.iter().flat_map(move |s| &s.left[filter][order]);
        format::percent(left.clone().map(|l| l.changed).sum::<usize>() as f64 / others(left), 2)
    };
    let (steps, rows) = sampling::sizes(budget);
    words
        .with("strict", [temperature, top_k, top_p].join("; "))
        .with("plain", number(&|s: &Spoken| s.plain().likelihood, 3))
        .with("plain distinct", percent(&|s: &Spoken| s.plain().distinct))
        .with("own", number(&|s: &Spoken| s.language.likelihood, 3))
        .with("own slips", percent(&|s: &Spoken| s.language.slips))
        .with("slips", percent(&|s: &Spoken| s.plain().slips))
        .with("greedy", percent(&|s: &Spoken| s.of(Knob::Temperature, 0.0).repeated))
        .with("plain repeated", percent(&|s: &Spoken| s.plain().repeated))
        .with("compared", compared.collect::<Vec<_>>().join(", "))
        .with("wanted", format::percent(wanted, 2))
        .with("left", number(&|s: &Spoken| s.left[TOP_P][0][hot].tokens, 3))
        .with("left hot", number(&|s: &Spoken| s.left[TOP_P][1][hot].tokens, 3))
        .with("hot first", number(&|s: &Spoken| s.ordered[0][hot].likelihood, 3))
        .with("hot behind", number(&|s: &Spoken| s.ordered[1][hot].likelihood, 3))
        .with("hot", HOT)
        .with("filter", FILTERS[TOP_P].1)
        .with("changed top-k", changed(0, 1))
        .with("changed top-p", changed(TOP_P, 1))
        .with("changed first", changed(TOP_P, 0))
        .with("above", number(&|s: &Spoken| s.above, 2))
        .with("slip", format::percent(SLIP, 1))
        .with("warmest", WARMEST)
        .with("symbols", SYMBOLS)
        .with("length", LENGTH)
        .with("steps", format::count(steps))
        .with("rows", rows)
        .with("rate", LEARNING_RATE)
}

/// The contexts at temperatures other than 1.
fn others<'l>(left: impl Iterator<Item = &'l Left>) -> f64 {
    let contexts: usize = left.map(|left| left.contexts).sum();
    contexts as f64 * (TEMPERATURES.len() - 1) as f64 / TEMPERATURES.len() as f64
}

/// The mean share of different 4-grams and the likelihood, from strict to loose.
fn curve(spoken: &[Spoken], knob: Knob) -> Vec<(f64, Summary)> {
    let point = |setting| {
        let diversity = mean(spoken, |s| s.of(knob, setting).distinct).mean;
        (diversity, mean(spoken, |s| s.of(knob, setting).likelihood))
    };
    knob.settings().into_iter().map(point).collect()
}

/// The likelihood of a control at a diversity, on the line between the settings around it.
fn at_diversity(spoken: &[Spoken], knob: Knob, wanted: f64) -> Option<f64> {
    let curve = curve(spoken, knob);
    let around = curve.windows(2).find(|pair| pair[0].0 <= wanted && wanted <= pair[1].0)?;
    let [(x0, y0), (x1, y1)] = [around[0], around[1]];
    let part = if x1 > x0 { (wanted - x0) / (x1 - x0) } else { 0.0 };
    Some(y0.mean + part * (y1.mean - y0.mean))
}

fn diversity() -> Axis {
    Axis::linear("different 4-grams, share of all")
}

fn trade(spoken: &[Spoken]) -> Lines {
    let series = Knob::ALL.map(|knob| {
        let curve = curve(spoken, knob).into_iter().zip(knob.settings());
        Series::new(
            knob.name(),
            sorted(curve.filter(|(_, setting)| drawn(knob, *setting)).map(|(point, _)| point).collect()),
        )
    });
    let own = mean(spoken, |s| s.language.likelihood).mean;
    let place = mean(spoken, |s| s.language.distinct).mean;
    Lines::new(diversity(), Axis::linear("ln p of a token under the language"), series)
        .level("likelihood of the language's own texts", own)
        .with(Reference::Place { label: "their diversity".into(), x: place })
}

fn repeated(spoken: &[Spoken]) -> Lines {
    let series = Knob::ALL.map(|knob| {
        let point = |setting| {
            let diversity = mean(spoken, |s| s.of(knob, setting).distinct).mean;
            let repeated = spoken.iter().map(|s| s.of(knob, setting).repeated).collect::<Vec<_>>();
            (diversity, Summary::of_shares(&repeated))
        };
        let settings = knob.settings().into_iter().filter(|setting| drawn(knob, *setting));
        Series::new(knob.name(), sorted(settings.map(point).collect()))
    });
    let own = mean(spoken, |s| s.language.repeated).mean;
    let repeated = Axis::linear("4-grams that the text had before, share").within(0.0, 1.0);
    Lines::new(diversity(), repeated, series).level("the language's own texts", own)
}

fn drawn(knob: Knob, setting: f64) -> bool {
    knob != Knob::Temperature || setting <= WARMEST
}

fn sorted(mut points: Vec<(f64, Summary)>) -> Vec<(f64, Summary)> {
    points.sort_by(|a, b| by_size(&a.0, &b.0));
    points
}

fn left(spoken: &[Spoken]) -> Lines {
    let series = FILTERS.iter().enumerate().flat_map(|(filter, (knob, setting))| {
        ORDERS.iter().enumerate().filter_map(move |(order, (_, name))| {
            let tokens =
                |(at, temperature): (usize, &f64)| (*temperature, mean(spoken, |s| s.left[filter][order][at].tokens));
            let name = format!("{} {setting}, {name}", knob.name());
            (filter > 0 || order == 1).then(|| Series::new(name, TEMPERATURES.iter().enumerate().map(tokens)))
        })
    });
    Lines::new(Axis::linear("temperature"), Axis::linear("tokens left").from_zero(), series)
}

fn orders(spoken: &[Spoken]) -> Lines {
    let series = ORDERS.iter().enumerate().map(|(order, (_, name))| {
        let at = |(at, temperature): (usize, &f64)| (*temperature, mean(spoken, |s| s.ordered[order][at].likelihood));
        Series::new(*name, TEMPERATURES.iter().enumerate().map(at))
    });
    let own = mean(spoken, |s| s.language.likelihood).mean;
    Lines::new(Axis::linear("temperature"), Axis::linear("ln p of a token under the language"), series)
        .level("the language's own texts", own)
}

/// Every setting, and behind them the language.
fn settings(spoken: &[Spoken]) -> Columns<(String, Option<(Knob, f64)>)> {
    let of = |knob: Knob| {
        let row =
            move |setting: f64| (format!("{} {}", knob.name(), format::number(setting, 3)), Some((knob, setting)));
        knob.settings().into_iter().map(row)
    };
    let rows = Knob::ALL.into_iter().flat_map(of).chain([("the language itself".to_owned(), None)]);
    let value = |value: fn(Texts) -> f64| {
        move |(_, setting): &(String, Option<(Knob, f64)>)| {
            let texts = |s: &Spoken| setting.map_or(s.language, |(knob, setting)| s.of(knob, setting));
            digits(mean(spoken, |s| value(texts(s))).mean, 3)
        }
    };
    Table::of(rows)
        .column("setting", |(name, _)| name.clone())
        .column("entropy, nats", value(|texts| texts.entropy))
        .column("different 4-grams", value(|texts| texts.distinct))
        .column("repeated 4-grams", value(|texts| texts.repeated))
        .column("ln p under the language", value(|texts| texts.likelihood))
        .column("slips", value(|texts| texts.slips))
}

/// What each filter leaves, in both orders, at every temperature.
fn filters(spoken: &[Spoken]) -> Columns<[usize; 3]> {
    let temperatures = 0..TEMPERATURES.len();
    let rows = (0..FILTERS.len())
        .flat_map(|filter| (0..ORDERS.len()).map(move |order| [filter, order]))
        .flat_map(move |[filter, order]| temperatures.clone().map(move |at| [filter, order, at]));
    Table::of(rows)
        .column("filter", |[filter, ..]| format!("{} {}", FILTERS[*filter].0.name(), FILTERS[*filter].1))
        .column("order", |[_, order, _]| ORDERS[*order].1)
        .column("temperature", |[.., at]| digits(TEMPERATURES[*at], 2))
        .column("tokens left", |&[filter, order, at]| {
            digits(mean(spoken, |s| s.left[filter][order][at].tokens).mean, 3)
        })
        .column(format!("contexts in which others are left than at {PLAIN}"), |&[filter, order, at]| {
            spoken.iter().map(|s| s.left[filter][order][at].changed).sum::<usize>()
        })
}
