//! Layers on top of each other, in one direction of time or in both.

use nn::Dropout;
use serde::{Deserialize, Serialize};
use tensor::{Context, Init, Tensor, concat};

use crate::{Direction, Form, Input, PassOptions, Recurrent};

/// The sizes and switches of a [`Stacked`] network; `O` are the options of its layers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StackedConfig<O> {
    /// The width of a step's input, I.
    pub input: usize,
    /// The width of each layer's state, H.
    pub hidden: usize,
    /// How many layers, L.
    pub layers: usize,
    /// Whether each layer also reads the sequence from its end.
    pub bidirectional: bool,
    /// The part of the numbers that is dropped between one layer and the next, in training.
    pub dropout: f64,
    /// Literal or fused.
    pub form: Form,
    /// What the layers themselves have to know.
    pub layer: O,
}

impl<O: Default> StackedConfig<O> {
    /// One layer, forward in time, without dropout, fused.
    pub fn new(input: usize, hidden: usize) -> Self {
        let (layers, bidirectional, dropout) = (1, false, 0.0);
        StackedConfig { input, hidden, layers, bidirectional, dropout, form: Form::Fused, layer: O::default() }
    }
}

/// What a stack remembers: the vectors of each layer and direction, (B, H) each, in PyTorch's order l0, l0_reverse,
/// l1, l1_reverse and so on.
pub type State = Vec<Vec<Tensor>>;

/// L layers, each reading what the one below it says. In both directions, a layer says the two states of each step
/// side by side (Schuster & Paliwal 1997). Dropout applies between layers only, never from step to step (Zaremba et
/// al. 2014).
///
/// The parameters are named as in PyTorch: `weight_ih_l0`, `weight_ih_l0_reverse`, `weight_ih_l1` and so on.
///
/// ```
/// use ndarray::Array3;
/// use rnn::{Elman, Stacked, StackedConfig};
/// use tensor::{Context, Init, Parameters, Tensor};
///
/// let mut parameters = Parameters::new();
/// let config = StackedConfig { layers: 2, bidirectional: true, ..StackedConfig::new(3, 5) };
/// let stack = Stacked::<Elman>::new(&mut Init::new(&mut parameters, 1), "rnn", config);
/// // In each direction 5·(3 + 5 + 2) numbers below and 5·(10 + 5 + 2) above.
/// assert_eq!(parameters.count(), 2 * 50 + 2 * 85);
///
/// let x = Tensor::constant(Array3::ones((2, 4, 3))); // (B, T, I)
/// let (ys, state) = stack.forward(&Context::eval(&parameters), &x, None, &[]);
/// assert_eq!(ys.shape(), [2, 4, 10]);
/// assert_eq!(state.len(), 4);
/// ```
#[derive(Clone, Debug)]
pub struct Stacked<R> {
    /// Layer by layer, the forward direction first.
    passes: Vec<(Direction, R)>,
    directions: usize,
    dropout: Vec<Dropout>,
    form: Form,
}

impl<R: Recurrent> Stacked<R> {
    /// Creates the layers' parameters. `site` names the stack in the random streams of its dropout.
    ///
    /// # Panics
    /// If there are no layers, or the dropout is not in 0..1.
    #[track_caller]
    pub fn new(init: &mut Init<'_>, site: &str, config: StackedConfig<R::Options>) -> Self {
        assert!(config.layers > 0, "a stack needs at least one layer");
        let directions: &[_] = match config.bidirectional {
            false => &[(Direction::Forward, "")],
            true => &[(Direction::Forward, ""), (Direction::Backward, "_reverse")],
        };
        let mut passes = Vec::new();
        for layer in 0..config.layers {
            let input = if layer == 0 { config.input } else { config.hidden * directions.len() };
            for (direction, suffix) in directions {
                let layer = R::new(init, &format!("l{layer}{suffix}"), input, config.hidden, config.layer);
                passes.push((*direction, layer));
            }
        }
        let dropout =
            (1..config.layers).map(|layer| Dropout::new(config.dropout, format!("{site}.l{layer}"))).collect();
        Stacked { passes, directions: directions.len(), dropout, form: config.form }
    }

    /// Reads the sequence `x`, beginning with `state` or with zeros.
    ///
    /// `probes` are empty, or one for each layer and direction; see [`PassOptions::probe`].
    ///
    /// # Shapes
    /// - `x`: (B, T, I), or rows of a table (V, I) by their numbers (B, T); each vector of the state: (B, H); each probe: (B, T, H)
    /// - returns what the top layer says, (B, T, H), or (B, T, 2H) in both directions, and the last state.
    ///
    /// # Panics
    /// If the shapes or the numbers of states and probes do not fit, or T is 0.
    #[track_caller]
    pub fn forward<'a>(
        &self,
        cx: &Context<'_>,
        x: impl Into<Input<'a>>,
        state: Option<&State>,
        probes: &[Tensor],
    ) -> (Tensor, State) {
        self.pass(cx, x.into(), None, state, probes)
    }

    /// Reads sequences of these lengths, beginning with `state` or with zeros: what stands behind the end of a row has
    /// no part in anything, and the output there is zero. See [`PassOptions::lengths`].
    ///
    /// # Shapes
    /// - `x`: (B, T, I), or rows of a table (V, I) by their numbers (B, T); `lengths`: (B), each 1 to T; each vector
    ///   of the state: (B, H)
    /// - returns what the top layer says, (B, T, H), or (B, T, 2H) in both directions, and the last state of every row.
    ///
    /// # Panics
    /// If the shapes or lengths do not fit, or T is 0.
    #[track_caller]
    pub fn forward_padded<'a>(
        &self,
        cx: &Context<'_>,
        x: impl Into<Input<'a>>,
        lengths: Option<&[usize]>,
        state: Option<&State>,
    ) -> (Tensor, State) {
        self.pass(cx, x.into(), lengths, state, &[])
    }

    #[track_caller]
    fn pass(
        &self,
        cx: &Context<'_>,
        x: Input<'_>,
        lengths: Option<&[usize]>,
        state: Option<&State>,
        probes: &[Tensor],
    ) -> (Tensor, State) {
        let passes = self.passes.len();
        let states = state.map_or(passes, |state| state.len());
        let fits = states == passes && [0, passes].contains(&probes.len());
        assert!(fits, "stacked: {states} states and {} probes for {passes} layers and directions", probes.len());

        let batch = x.shape().map_or(0, |[batch, ..]| batch);
        let (mut below, mut last): (Option<Tensor>, _) = (None, State::with_capacity(passes));
        for (layer, directions) in self.passes.chunks(self.directions).enumerate() {
            let dropped = below.map(|ys| self.dropout[layer - 1].forward(cx, &ys));
            let x = dropped.as_ref().map_or_else(|| x.view(), Input::Vectors);
            let mut said = Vec::with_capacity(directions.len());
            for (direction, pass) in directions {
                let place = last.len();
                let (form, direction, probe) = (self.form, *direction, probes.get(place));
                let run = PassOptions { form, direction, probe, lengths };
                let begin = state.map_or_else(|| pass.empty(batch), |state| state[place].clone());
                let (ys, end) = pass.forward(cx, x, &begin, run);
                said.push(ys);
                last.push(end);
            }
            below = Some(match &said[..] {
                [ys] => ys.clone(),
                both => concat(2, &both.iter().collect::<Vec<_>>()), // (B, T, 2H)
            });
        }
        (below.expect("a stack has a layer"), last)
    }

    /// The state that an earlier step [carried](Self::carry) under this name, if it was of so many rows.
    pub fn carried(&self, cx: &Context<'_>, name: &str, batch: usize) -> Option<State> {
        let vector = |place: usize, vector| cx.carried(&key(name, place, vector)).filter(|h| h.shape()[0] == batch);
        (0..self.passes.len()).map(|place| R::STATE.iter().map(|v| vector(place, v)).collect()).collect()
    }

    /// Carries a state on to the next step, which begins where this one ends and takes no gradient back: truncated
    /// backpropagation through time (Williams & Peng 1990).
    pub fn carry(&self, cx: &Context<'_>, name: &str, state: &State) {
        for (place, vectors) in state.iter().enumerate() {
            for (vector, value) in R::STATE.iter().zip(vectors) {
                cx.carry(&key(name, place, vector), value);
            }
        }
    }
}

fn key(name: &str, place: usize, vector: &str) -> String {
    format!("{name}.{place}.{vector}")
}
