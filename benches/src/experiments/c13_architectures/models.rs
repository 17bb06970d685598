//! Three ways to put the same blocks together, with the same number of parameters.
//!
//! All three are given a question and asked for the tokens of its answer. Whatever can be alike is: one table of embeddings
//! for reading and saying, sinusoidal positions, the blocks of the crate `transformer` and how they begin.

use std::ops::Range;

use data::{
    Token,
    pairs::{END, PAD, PairBatch, Sources},
};
use grammar::tasks::{ASK, Example, HOLE};
use ndarray::{Array1, ArrayView1, Ix2};
use nn::{Embedding, Form, Linear, Trainable, Translator, cross_entropy};
use tensor::{Context, Init, Initializer, Parameters, Real, Tensor};
use transformer::{BlockConfig, Mask, Sharing, Stack, Transformer, TransformerConfig, sinusoidal};

/// N.
const HEADS: usize = 4;

/// How the blocks are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As in BERT: every place sees every other. The answer is made at holes, in the question or behind it, all at once.
    EncoderOnly,
    /// As in T5: one half of the blocks reads the question, the other says the answer word by word.
    EncoderDecoder,
    /// As in GPT: question and answer are one text, in which every place sees those before it. The answer is said word by
    /// word.
    DecoderOnly,
}

impl Kind {
    pub const ALL: [Kind; 3] = [Kind::EncoderOnly, Kind::EncoderDecoder, Kind::DecoderOnly];

    /// As figures and tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::EncoderOnly => "encoder-only",
            Kind::EncoderDecoder => "encoder-decoder",
            Kind::DecoderOnly => "decoder-only",
        }
    }
}

/// The sizes that all three share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// V.
    pub vocabulary: usize,
    /// D.
    pub width: usize,
    /// The number of blocks of an encoder, and as many of a decoder; twice as many where there is but one stack.
    pub blocks: usize,
    /// The tokens of the longest answer: so many holes an encoder is given, lest their number tell the length.
    pub longest: usize,
}

pub enum Model {
    /// Encoder-only or decoder-only, by its mask.
    Single(Single),
    Transformer(Box<Transformer>),
}

/// One stack between an embedding and the same table as output.
pub struct Single {
    mask: Mask,
    width: usize,
    longest: usize,
    embedding: Embedding,
    stack: Stack,
    output: Linear,
}

impl Single {
    fn new(init: &mut Init<'_>, shape: Shape, config: &BlockConfig) -> Self {
        let Shape { vocabulary, blocks, longest, .. } = shape;
        let normal = Initializer::Normal { std: 1.0 / (config.width as f64).sqrt() };
        let embedding = Embedding::with(&mut init.child("embedding"), vocabulary, config.width, normal);
        let stack = Stack::pytorch(init, config, 2 * blocks, true, "block");
        let output = Linear::tied(&embedding);
        Self { mask: config.mask, width: config.width, longest, embedding, stack, output }
    }

    /// The scores of every answer's tokens, one after another, (n, V).
    fn scores(&self, cx: &Context<'_>, examples: &[Example]) -> Tensor {
        let rows: Vec<Row> = examples.iter().map(|example| Row::new(example, self.mask, self.longest)).collect();
        let texts: Vec<&[Token]> = rows.iter().map(|row| &row.tokens[..]).collect();
        let Sources { tokens, lengths } = Sources::new(&texts); // (B, T)
        let (batch, steps) = tokens.dim();
        let x = self.embedding.forward(cx, tokens.view().into_dyn()).scale((self.width as Real).sqrt()); // (B, T, D)
        let x = &x + &Tensor::constant(sinusoidal(steps, self.width));
        let x = self.stack.forward(cx, &x, Some(&lengths), Form::Fused); // (B, T, D)
        let x = places(&x.reshape(&[batch * steps, self.width]), steps, rows.iter().map(|row| row.asked.clone())); // (n, D)
        self.output.forward(cx, &self.stack.normalised(cx, &x)) // (n, V)
    }
}

/// Of each row of `steps` vectors those at some places, one after another.
fn places(x: &Tensor, steps: usize, places: impl Iterator<Item = Range<usize>>) -> Tensor {
    let each = places.enumerate().flat_map(|(b, places)| places.map(move |t| (b * steps + t) as Token));
    x.gather(each.collect::<Array1<Token>>().view().into_dyn())
}

/// A question and its answer as a stack reads them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    tokens: Vec<Token>,
    /// The places where the tokens of the answer are said.
    asked: Range<usize>,
}

impl Row {
    fn new(Example { question, answer }: &Example, mask: Mask, longest: usize) -> Self {
        let end = question.len();
        match (mask, question.iter().position(|token| *token == HOLE)) {
            // The answer is made where it belongs,
            (Mask::Bidirectional, Some(hole)) => Self { tokens: question.clone(), asked: hole..hole + 1 },
            // or at holes behind the question.
            (Mask::Bidirectional, None) => {
                Self { tokens: [&question[..], &vec![HOLE; longest]].concat(), asked: end..end + answer.len() }
            }
            // Each token is said where the one before it is read.
            (Mask::Causal, _) => {
                let read = &answer[..answer.len() - 1];
                Self { tokens: [&question[..], &[ASK], read].concat(), asked: end..end + answer.len() }
            }
        }
    }
}

impl Model {
    /// The model with its first parameters.
    ///
    /// # Errors
    /// If there is none of this shape.
    pub fn new(init: &mut Init<'_>, kind: Kind, shape: Shape) -> anyhow::Result<Self> {
        let Shape { vocabulary, width, blocks, .. } = shape;
        let config = TransformerConfig::new(vocabulary, vocabulary, blocks, width, HEADS);
        let config = TransformerConfig { sharing: Sharing::All, ..config };
        config.validate()?;
        // A block of a decoder looks at a memory too, which takes 4·D² parameters. Two blocks without have as many together
        // if each has D more features between the maps of its feed-forward layer, 2·D² parameters.
        let wider = BlockConfig { feed_forward: config.block.feed_forward + width, ..config.block.clone() };
        Ok(match kind {
            Kind::EncoderOnly => {
                Model::Single(Single::new(init, shape, &BlockConfig { mask: Mask::Bidirectional, ..wider }))
            }
            Kind::DecoderOnly => Model::Single(Single::new(init, shape, &BlockConfig { mask: Mask::Causal, ..wider })),
            Kind::EncoderDecoder => Model::Transformer(Box::new(Transformer::new(init, config)?)),
        })
    }

    /// The scores of the tokens of every answer, one after another, (n, V). Who says it word by word is told the words
    /// before.
    pub fn scores(&self, cx: &Context<'_>, examples: &[Example]) -> Tensor {
        match self {
            Model::Single(single) => single.scores(cx, examples),
            Model::Transformer(transformer) => {
                // The last token of an answer is not read. What the batch would ask for in its place is not used.
                let read = |answer: &Vec<Token>| answer.len() - 1;
                let pairs =
                    examples.iter().map(|Example { question, answer }| (&question[..], &answer[..read(answer)]));
                let pairs: Vec<(&[Token], &[Token])> = pairs.collect();
                let scores = Translator::logits(transformer.as_ref(), cx, &PairBatch::new(&pairs)); // (B, T, V)
                let &[batch, steps, classes] = scores.shape() else { unreachable!("three axes") };
                let asked = examples.iter().map(|example| 0..example.answer.len());
                places(&scores.reshape(&[batch * steps, classes]), steps, asked) // (n, V)
            }
        }
    }

    /// Answers that the model makes of its own, each up to an END or of `longest` tokens. `choose` takes the token of a row
    /// and a place by its scores.
    pub fn answers(
        &self,
        parameters: &Parameters,
        questions: &[&[Token]],
        longest: usize,
        mut choose: impl FnMut(usize, usize, ArrayView1<'_, Real>) -> Token,
    ) -> Vec<Vec<Token>> {
        let cx = Context::eval(parameters);
        let mut said: Vec<Vec<Token>> = vec![Vec::new(); questions.len()];
        // What is asked for is not read; something has to stand there.
        let example = |row: usize, said: &[Token], asked: usize| Example {
            question: questions[row].into(),
            answer: [said, &vec![PAD; asked]].concat(),
        };
        if matches!(self, Model::Single(Single { mask: Mask::Bidirectional, .. })) {
            let examples: Vec<Example> = (0..questions.len()).map(|row| example(row, &[], longest)).collect();
            let scores = self.scores(&cx, &examples);
            for (n, scores) in scores.view::<Ix2>("scores").rows().into_iter().enumerate() {
                let (row, place) = (n / longest, n % longest);
                if said[row].last() != Some(&END) {
                    said[row].push(choose(row, place, scores));
                }
            }
            return said;
        }
        for place in 0..longest {
            let open: Vec<usize> = (0..said.len()).filter(|row| said[*row].last() != Some(&END)).collect();
            if open.is_empty() {
                break;
            }
            let examples: Vec<Example> = open.iter().map(|&row| example(row, &said[row], 1)).collect();
            let scores = self.scores(&cx, &examples); // place + 1 rows for each that is open
            for (index, row) in open.into_iter().enumerate() {
                let scores = scores.view::<Ix2>("scores");
                said[row].push(choose(row, place, scores.row(index * (place + 1) + place)));
            }
        }
        said
    }
}

impl Trainable for Model {
    type Batch = Vec<Example>;

    /// The mean over the tokens of the answers. The questions are not learnt to say.
    fn loss(&self, cx: &Context<'_>, examples: &Vec<Example>) -> Tensor {
        let answers: Array1<Token> = examples.iter().flat_map(|example| &example.answer).copied().collect(); // (n)
        cross_entropy(&self.scores(cx, examples), answers.view().into_dyn())
    }

    fn targets(&self, examples: &Vec<Example>) -> usize {
        examples.iter().map(|example| example.answer.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Axis;
    use tensor::check::assert_close;

    use super::*;

    const SHAPE: Shape = Shape { vocabulary: 50, width: 32, blocks: 1, longest: 5 };

    fn model(kind: Kind, shape: Shape) -> (Model, Parameters) {
        let mut parameters = Parameters::new();
        let model = Model::new(&mut Init::new(&mut parameters, 1), kind, shape).unwrap();
        (model, parameters)
    }

    fn example(question: &[Token], answer: &[Token]) -> Example {
        Example { question: question.into(), answer: answer.into() }
    }

    #[test]
    fn step_01_equal_parameters() {
        for (vocabulary, width, blocks) in [(870, 32, 1), (870, 64, 1), (870, 64, 2)] {
            let shape = Shape { vocabulary, width, blocks, longest: 9 };
            let [encoder, both, decoder] = Kind::ALL.map(|kind| model(kind, shape).1.count());
            assert_eq!(encoder, decoder);
            assert!((both as f64 / encoder as f64 - 1.0).abs() < 0.01, "{encoder}, {both}");
        }
    }

    #[test]
    fn step_02_where_the_answers_are_made() {
        let (fill, translate) = (example(&[10, HOLE, 12], &[11]), example(&[10, 11], &[20, 21, END]));
        let row = |example, mask| Row::new(example, mask, 5);
        let expected = |tokens: &[Token], asked| Row { tokens: tokens.into(), asked };
        assert_eq!(row(&fill, Mask::Bidirectional), expected(&[10, HOLE, 12], 1..2));
        assert_eq!(row(&fill, Mask::Causal), expected(&[10, HOLE, 12, ASK], 3..4));
        let holes = [10, 11, HOLE, HOLE, HOLE, HOLE, HOLE];
        assert_eq!(row(&translate, Mask::Bidirectional), expected(&holes, 2..5));
        assert_eq!(row(&translate, Mask::Causal), expected(&[10, 11, ASK, 20, 21], 2..5));
    }

    /// Neither the token that is asked for nor one behind it may be seen; who speaks word by word sees those before.
    #[test]
    fn step_03_no_answer_is_given_away() {
        let answer = [20, 21, 22, END];
        for kind in Kind::ALL {
            let (model, parameters) = model(kind, SHAPE);
            let scores = |answer: &[Token]| {
                let examples = [example(&[10, 11, 12], &[30, END]), example(&[10, 11], answer)];
                model.scores(&Context::eval(&parameters), &examples).view::<Ix2>("scores").to_owned()
            };
            let before = scores(&answer);
            for changed in 0..answer.len() {
                let mut other = answer;
                other[changed] = 40;
                let after = scores(&other);
                let equal = |place: usize| before.row(2 + place) == after.row(2 + place);
                assert!((0..=changed).all(equal), "{kind:?}, {changed}");
                let told = kind != Kind::EncoderOnly;
                assert!((changed + 1..answer.len()).all(|place| equal(place) != told), "{kind:?}, {changed}");
            }
        }
    }

    /// Speaking, each token is chosen by the same scores as where the answer is told.
    #[test]
    fn step_04_who_says_its_own_words_hears_them() {
        for kind in Kind::ALL {
            let (model, parameters) = model(kind, SHAPE);
            let mut chosen = vec![Vec::new(); 2];
            let said = model.answers(&parameters, &[&[10, 11], &[12, 13, 14]], SHAPE.longest, |row, place, scores| {
                chosen[row].push(scores.to_owned());
                if (row, place) == (0, 2) { END } else { (20 + row + place) as Token }
            });
            assert_eq!(said, [vec![20, 21, END], vec![21, 22, 23, 24, 25]]);
            let examples = [example(&[10, 11], &said[0]), example(&[12, 13, 14], &said[1])];
            let told = model.scores(&Context::eval(&parameters), &examples);
            let chosen = ndarray::stack(Axis(0), &chosen.iter().flatten().map(|row| row.view()).collect::<Vec<_>>());
            assert_close("scores", &chosen.unwrap(), &told.view::<Ix2>("scores"), 1e-5);
        }
    }
}
