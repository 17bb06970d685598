//! A translator whose type is known only when the program runs.

use std::any::Any;

use data::Token;
use data::pairs::{Ends, PairBatch, Sources};
use nn::{Rows, Step, Trainable, Translator};
use tensor::{Context, Tensor};

/// A translator of any stage.
pub struct TranslatorModel(Box<dyn AnyTranslator>);

/// What a [`TranslatorModel`] has made of the sources, or remembers of the translations so far.
pub struct Remembered(Box<dyn AnyRows>);

impl TranslatorModel {
    /// Forgets which stage the model is of.
    pub fn new<M: Translator<Memory: 'static, State: 'static> + 'static>(model: M) -> Self {
        TranslatorModel(Box::new(model))
    }
}

impl Trainable for TranslatorModel {
    type Batch = PairBatch;

    fn loss(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        self.0.loss(cx, batch)
    }

    fn targets(&self, batch: &PairBatch) -> usize {
        batch.answers()
    }
}

impl Translator for TranslatorModel {
    type Memory = Remembered;
    type State = Remembered;

    fn vocabulary(&self) -> usize {
        self.0.vocabulary()
    }

    fn ends(&self) -> Ends {
        self.0.ends()
    }

    fn logits(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        self.0.logits(cx, batch)
    }

    fn encode(&self, cx: &Context<'_>, sources: &Sources) -> (Remembered, Remembered) {
        self.0.encode(cx, sources)
    }

    fn next(&self, cx: &Context<'_>, memory: &Remembered, state: &mut Remembered, tokens: &[Token]) -> Step {
        self.0.next(cx, memory, state, tokens)
    }
}

impl Rows for Remembered {
    fn rows(&self, rows: &[usize]) -> Self {
        Remembered(self.0.rows(rows))
    }
}

/// [`Translator`] without its types of memory and state, which a `dyn` cannot have.
trait AnyTranslator {
    fn loss(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor;
    fn vocabulary(&self) -> usize;
    fn ends(&self) -> Ends;
    fn logits(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor;
    fn encode(&self, cx: &Context<'_>, sources: &Sources) -> (Remembered, Remembered);
    fn next(&self, cx: &Context<'_>, memory: &Remembered, state: &mut Remembered, tokens: &[Token]) -> Step;
}

impl<M: Translator<Memory: 'static, State: 'static>> AnyTranslator for M {
    fn loss(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        Trainable::loss(self, cx, batch)
    }

    fn vocabulary(&self) -> usize {
        Translator::vocabulary(self)
    }

    fn ends(&self) -> Ends {
        Translator::ends(self)
    }

    fn logits(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        Translator::logits(self, cx, batch)
    }

    fn encode(&self, cx: &Context<'_>, sources: &Sources) -> (Remembered, Remembered) {
        let (memory, state) = Translator::encode(self, cx, sources);
        (Remembered(Box::new(memory)), Remembered(Box::new(state)))
    }

    #[track_caller]
    fn next(&self, cx: &Context<'_>, memory: &Remembered, state: &mut Remembered, tokens: &[Token]) -> Step {
        let memory = memory.0.as_any().downcast_ref().expect("next: the memory of another model");
        let state = state.0.as_any_mut().downcast_mut().expect("next: the state of another model");
        Translator::next(self, cx, memory, state, tokens)
    }
}

trait AnyRows {
    fn rows(&self, rows: &[usize]) -> Box<dyn AnyRows>;
    fn as_any(&self) -> &dyn Any;
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

impl<R: Rows + 'static> AnyRows for R {
    fn rows(&self, rows: &[usize]) -> Box<dyn AnyRows> {
        Box::new(Rows::rows(self, rows))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}
