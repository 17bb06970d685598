//! What the page says of C5.

use report::{
    Table, format,
    table::{Columns, digits},
};

use super::{TEXT, WIDTH};
use crate::{
    experiments::c06_parallelism::{
        counts::{Counted, WIDTH as COUNTED_WIDTH},
        figures::{chains, gains, times},
        layers::{Counts, Kind, per_token},
        times::Timed,
        verdict,
    },
    finding::{Draft, Finding},
    study::text::{Values, semicolons},
};

pub fn conclude(counted: &[Counted; 2], timed: &[Timed; 2], threads: usize) -> Finding {
    let [one, many] = timed;
    Draft::new(TEXT, &values(counted, timed, threads))
        .figure("c05-chain", chains(counted))
        .figure("c05-time-1", times(one, threads))
        .maybe_figure("c05-threads-1", gains(one, threads))
        .figure("c05-time-16", times(many, threads))
        .maybe_figure("c05-threads-16", gains(many, threads))
        .table("c05-counts", counts_table(counted))
        .finding(verdict(counted))
}

fn values(counted: &[Counted; 2], timed: &[Timed; 2], threads: usize) -> Values {
    let [one, many] = timed;
    let [attention, transformer] = counted.each_ref().map(Counted::longest);
    let [chain, constant] = [attention, transformer].map(|(_, counts)| counts.span);
    let [recurrent, other] = Kind::TRANSLATORS.map(Kind::name);
    Values::default()
        .with("recurrent", recurrent)
        .with("other", other)
        .with("each", format::number(counted[0].chain_growth().0, 3))
        .with("length", attention.0)
        .with("chain", format::count(chain))
        .with("constant", format::count(constant))
        .with("threads", format::counted(threads, "thread"))
        .with("races", semicolons(timed, |t| Some(t.race(Kind::TRANSLATORS, threads))))
        .with("longer", format::number(chain as f64 / constant as f64, 3))
        .with("more", format::number(per_token(&attention) / per_token(&transformer), 2))
        .with("one", one.longest())
        .maybe("gains", one.gains_at_longest(&Kind::TRANSLATORS, threads))
        .with("many", many.longest())
        .maybe("gains of many", many.gains_at_longest(&Kind::TRANSLATORS, threads))
        .with("width", WIDTH)
        .with("repetitions", one.setting.repetitions)
        .with("counted width", COUNTED_WIDTH)
}

fn counts_table(counted: &[Counted]) -> Columns<(Kind, (usize, Counts))> {
    Table::of(counted.iter().flat_map(|c| c.by_length.iter().map(|&counts| (c.kind, counts))))
        .column("translator", |(kind, _)| kind.name())
        .column("tokens", |(_, (length, _))| *length)
        .column("longest chain", |(_, (_, counts))| counts.span)
        .column("operations a token", |(_, counts)| digits(per_token(counts), 3))
}
