//! A language model whose type is known only when the program runs.

use std::any::Any;

use data::{TextBatch, Token};
use ndarray::{Array2, ArrayView2};
use nn::{LanguageModel, Rows, Trainable};
use tensor::{Context, Real, Tensor};

/// A language model of any stage.
pub struct Model(Box<dyn AnyModel>);

/// What a [`Model`] remembers of the tokens so far.
#[derive(Clone)]
pub struct State(Box<dyn AnyState>);

impl Model {
    /// Forgets which stage the model is of.
    pub fn new<M: LanguageModel<State: 'static> + 'static>(model: M) -> Self {
        Model(Box::new(model))
    }

    /// The model itself, if it is of this type.
    pub fn downcast<M: 'static>(&self) -> Option<&M> {
        self.0.as_any().downcast_ref()
    }
}

impl Rows for State {
    fn rows(&self, rows: &[usize]) -> Self {
        State(self.0.rows(rows))
    }
}

impl Trainable for Model {
    type Batch = TextBatch;

    fn loss(&self, cx: &Context<'_>, batch: &TextBatch) -> Tensor {
        self.0.loss(cx, batch)
    }

    fn targets(&self, batch: &TextBatch) -> usize {
        batch.answers()
    }
}

impl LanguageModel for Model {
    type State = State;

    fn vocabulary(&self) -> usize {
        self.0.vocabulary()
    }

    fn logits(&self, cx: &Context<'_>, inputs: ArrayView2<'_, Token>) -> Tensor {
        self.0.logits(cx, inputs)
    }

    fn start(&self, cx: &Context<'_>, prompts: &[impl AsRef<[Token]>]) -> (State, Array2<Real>) {
        let prompts: Vec<_> = prompts.iter().map(AsRef::as_ref).collect();
        self.0.start(cx, &prompts)
    }

    fn next(&self, cx: &Context<'_>, state: &mut State, tokens: &[Token]) -> Array2<Real> {
        self.0.next(cx, state, tokens)
    }

    fn dropped(&self, state: &State, row: usize) -> usize {
        self.0.dropped(state, row)
    }
}

/// [`LanguageModel`] without its type of state, which a `dyn` cannot have.
trait AnyModel {
    fn as_any(&self) -> &dyn Any;
    fn loss(&self, cx: &Context<'_>, batch: &TextBatch) -> Tensor;
    fn vocabulary(&self) -> usize;
    fn logits(&self, cx: &Context<'_>, inputs: ArrayView2<'_, Token>) -> Tensor;
    fn start(&self, cx: &Context<'_>, prompts: &[&[Token]]) -> (State, Array2<Real>);
    fn next(&self, cx: &Context<'_>, state: &mut State, tokens: &[Token]) -> Array2<Real>;
    fn dropped(&self, state: &State, row: usize) -> usize;
}

impl<M: LanguageModel<State: 'static> + 'static> AnyModel for M {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn loss(&self, cx: &Context<'_>, batch: &TextBatch) -> Tensor {
        Trainable::loss(self, cx, batch)
    }

    fn vocabulary(&self) -> usize {
        LanguageModel::vocabulary(self)
    }

    fn logits(&self, cx: &Context<'_>, inputs: ArrayView2<'_, Token>) -> Tensor {
        LanguageModel::logits(self, cx, inputs)
    }

    fn start(&self, cx: &Context<'_>, prompts: &[&[Token]]) -> (State, Array2<Real>) {
        let (state, logits) = LanguageModel::start(self, cx, prompts);
        (State(Box::new(state)), logits)
    }

    #[track_caller]
    fn next(&self, cx: &Context<'_>, state: &mut State, tokens: &[Token]) -> Array2<Real> {
        let state = state.0.as_mut().as_any_mut().downcast_mut().expect("next: the state of another model");
        LanguageModel::next(self, cx, state, tokens)
    }

    #[track_caller]
    fn dropped(&self, state: &State, row: usize) -> usize {
        let state = state.0.as_ref().as_any().downcast_ref().expect("dropped: the state of another model");
        LanguageModel::dropped(self, state, row)
    }
}

trait AnyState {
    fn boxed_clone(&self) -> Box<dyn AnyState>;
    fn rows(&self, rows: &[usize]) -> Box<dyn AnyState>;
    fn as_any(&self) -> &dyn Any;
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

impl<S: Clone + Rows + 'static> AnyState for S {
    fn boxed_clone(&self) -> Box<dyn AnyState> {
        Box::new(self.clone())
    }

    fn rows(&self, rows: &[usize]) -> Box<dyn AnyState> {
        Box::new(Rows::rows(self, rows))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

impl Clone for Box<dyn AnyState> {
    fn clone(&self) -> Self {
        self.as_ref().boxed_clone()
    }
}
