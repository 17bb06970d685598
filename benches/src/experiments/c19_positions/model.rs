//! A small GPT with one kind of positions or another.

use data::{TextBatch, Token};
use ndarray::{Array2, ArrayView2, Ix2};
use nn::{Embedding, Linear, Trainable, cross_entropy};
use serde::{Deserialize, Serialize};
use tensor::{Context, Init, Initializer, Parameters, Real, Tensor};
use transformer::{BlockConfig, Form, LearnedPositions, Stack, sinusoidal};

/// T of the short trainings.
pub const SHORT: usize = 32;
/// T of the long ones, and the positions of every table.
pub const LONG: usize = 4 * SHORT;
/// D.
pub const WIDTH: usize = 32;
/// V.
pub const SYMBOLS: usize = 16;
/// L.
const LAYERS: usize = 1;
/// N.
const HEADS: usize = 2;

/// How the model tells positions apart. A kind without vectors, which acts within attention, has no [`table`](PositionedGpt::table).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    Sinusoidal,
    /// A table of [`LONG`] vectors, of which a short training changes only the first.
    Learned,
}

impl Kind {
    pub const ALL: [Self; 2] = [Self::Sinusoidal, Self::Learned];

    pub fn name(self) -> &'static str {
        match self {
            Self::Sinusoidal => "sinusoidal",
            Self::Learned => "learned",
        }
    }
}

#[derive(Clone, Debug)]
enum Table {
    Sinusoidal,
    Learned(LearnedPositions),
}

/// x = √D·W\[token\] + P\[position\], then pre-norm causal blocks; W gives the scores too.
pub struct PositionedGpt {
    tokens: Embedding,
    positions: Table,
    stack: Stack,
    head: Linear,
}

impl PositionedGpt {
    pub fn new(init: &mut Init<'_>, kind: Kind) -> Self {
        let normal = Initializer::Normal { std: 1.0 / (WIDTH as f64).sqrt() };
        let tokens = Embedding::with(&mut init.child("tokens"), SYMBOLS, WIDTH, normal);
        let positions = match kind {
            Kind::Sinusoidal => Table::Sinusoidal,
            Kind::Learned => {
                let normal = Initializer::Normal { std: 0.02 }; // as in GPT-2
                Table::Learned(LearnedPositions::new(&mut init.child("positions"), LONG, WIDTH, normal))
            }
        };
        // GPT-2's deviation of 0.02 is meant for widths in the thousands; in a narrow model attention hardly begins with it.
        let stack = Stack::pytorch(init, &BlockConfig::new(WIDTH, HEADS), LAYERS, true, "stack");
        let head = Linear::tied(&tokens);
        Self { tokens, positions, stack, head }
    }

    /// The vectors of the first T positions.
    ///
    /// # Shapes
    /// - returns (T, D).
    fn vectors(&self, cx: &Context<'_>, positions: usize) -> Tensor {
        match &self.positions {
            Table::Sinusoidal => Tensor::constant(sinusoidal(positions, WIDTH)),
            Table::Learned(table) => table.forward(cx, 0..positions),
        }
    }

    /// Those of all positions, ([`LONG`], D).
    pub fn table(&self, parameters: &Parameters) -> Array2<f64> {
        self.vectors(&Context::eval(parameters), LONG).view::<Ix2>("positions").mapv(f64::from)
    }

    /// # Shapes
    /// - `inputs`: (B, T), T at most [`LONG`]; returns (B, T, V).
    pub fn logits(&self, cx: &Context<'_>, inputs: ArrayView2<'_, Token>) -> Tensor {
        let tokens = self.tokens.forward(cx, inputs.into_dyn()).scale((WIDTH as Real).sqrt()); // (B, T, D)
        let x = &tokens + &self.vectors(cx, inputs.ncols());
        let x = self.stack.forward(cx, &x, None, Form::Fused); // (B, T, D)
        self.head.forward(cx, &self.stack.normalised(cx, &x)) // (B, T, V)
    }
}

impl Trainable for PositionedGpt {
    type Batch = TextBatch;

    fn loss(&self, cx: &Context<'_>, batch: &TextBatch) -> Tensor {
        cross_entropy(&self.logits(cx, batch.inputs.view()), batch.targets.view().into_dyn())
    }

    fn targets(&self, batch: &TextBatch) -> usize {
        batch.answers()
    }
}
