//! One name, one colour, in all figures of an experiment.

use std::collections::BTreeMap;

use super::{Figure, theme::SERIES};

/// The colours of series by their names. A name that is not among them has the colour of its place in the figure.
#[derive(Clone, Debug, Default)]
pub(super) struct Colours(BTreeMap<String, usize>);

impl Colours {
    /// Gives every series of `figures` a colour that no series beside it has in any of them, and as few other names as
    /// possible. Empty if there are not enough colours.
    pub(super) fn of(figures: &[Figure]) -> Self {
        let mut colours = BTreeMap::<String, usize>::new();
        for name in figures.iter().flat_map(Figure::names) {
            if colours.contains_key(name) {
                continue;
            }
            let with_it = figures.iter().filter(|figure| figure.names().contains(&name));
            let beside: Vec<usize> =
                with_it.flat_map(Figure::names).filter_map(|other| colours.get(other)).copied().collect();
            let names_of = |colour: &usize| colours.values().filter(|taken| *taken == colour).count();
            let free = (0..SERIES.len()).filter(|colour| !beside.contains(colour)).min_by_key(names_of);
            let Some(colour) = free else { return Self::default() };
            colours.insert(name.to_owned(), colour);
        }
        Self(colours)
    }

    /// The colour of the series at `place` in its figure.
    pub(super) fn get(&self, name: &str, place: usize) -> usize {
        self.0.get(name).copied().unwrap_or(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        figure::{Axis, BarSeries, Bars, Lines, Plot, Series, Size, Swatch, theme::Paint},
        statistics::Summary,
    };

    fn lines(names: &[&str]) -> Figure {
        let series = names.iter().map(|name| Series::exact(*name, [(1.0, 1.0)]));
        Figure::new("lines", "", "", Plot::Lines(Lines::new(Axis::linear("x"), Axis::linear("y"), series)))
    }

    fn bars(names: &[&str]) -> Figure {
        let series =
            names.iter().map(|name| BarSeries { name: (*name).into(), values: vec![Some(Summary::exact(1.0))] });
        Figure::new("bars", "", "", Plot::Bars(Bars::grouped(Axis::linear("x"), ["c"], series)))
    }

    /// Names and colours, as the legends of the figures have them.
    fn legends(figures: &mut [Figure]) -> Vec<Vec<usize>> {
        Figure::share_colours(figures);
        let colour = |swatch| match swatch {
            Swatch::Line(i) | Swatch::Box(i) | Swatch::Reference(i) => i,
        };
        figures.iter().map(|figure| figure.keys().into_iter().map(|key| colour(key.swatch)).collect()).collect()
    }

    #[test]
    fn step_01_a_name_keeps_its_colour_in_every_figure() {
        let mut figures = [lines(&["rnn", "lstm", "gpt"]), bars(&["gpt", "rnn"]), lines(&["other", "lstm"])];
        assert_eq!(legends(&mut figures), [vec![0, 1, 2], vec![2, 0], vec![3, 1]]);
        let drawn = figures[1].svg(Size::Wide).unwrap();
        let used = [0, 1, 2].map(|colour| drawn.contains(&Paint::Series(colour).css()));
        assert_eq!(used, [true, false, true], "the drawing follows its legend");
    }

    #[test]
    fn step_02_colours_serve_twice_before_two_neighbours_share_one() {
        let mut figures = [lines(&["a", "b", "c", "d"]), lines(&["e", "f", "g", "a"]), lines(&["h", "g", "i"])];
        assert_eq!(legends(&mut figures), [vec![0, 1, 2, 3], vec![4, 5, 6, 0], vec![0, 6, 1]]);
    }

    #[test]
    fn step_03_without_enough_colours_the_place_decides() {
        let all = ["a", "b", "c", "d", "e", "f", "g"];
        let mut figures = [lines(&all), lines(&["h", "a"]), lines(&["h", "b", "c", "d", "e", "f", "g"])];
        assert_eq!(legends(&mut figures)[1..], [vec![0, 1], vec![0, 1, 2, 3, 4, 5, 6]]);
    }
}
