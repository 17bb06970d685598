//! Three families of models that answer questions: the same blocks, put together in three ways, with the same number of
//! parameters.
//!
//! All are given a question and asked for the tokens of its answer. Whatever can be alike is: one table of embeddings for
//! reading and saying, sinusoidal positions, the blocks and how they begin.

use data::Token;
use data::pairs::{END, PAD, PairBatch, Sources};
use data::questions::{ASK, HOLE, Question};
use ndarray::{Array1, ArrayView1, Ix2};
use nn::{Embedding, Form, Linear, Trainable, Translator, cross_entropy};
use tensor::{Context, Init, Initializer, Parameters, Real, Tensor};

use crate::{BlockConfig, ConfigError, Mask, Sharing, Stack, Transformer, TransformerConfig, sinusoidal};

/// N.
const HEADS: usize = 4;

/// How the blocks are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// As in BERT: every place sees every other. The answer is made at holes, in the question or behind it, all at once.
    EncoderOnly,
    /// As in T5: one half of the blocks reads the question, the other says the answer word by word.
    EncoderDecoder,
    /// The same with twice as many and narrower blocks, so that each side is as deep as the stack of the other two.
    DeepEncoderDecoder,
    /// As in GPT: question and answer are one text, in which every place sees those before it. The answer is said word by
    /// word.
    DecoderOnly,
}

impl Family {
    /// The three of one depth, and last the deeper encoder-decoder.
    pub const ALL: [Family; 4] =
        [Family::EncoderOnly, Family::EncoderDecoder, Family::DecoderOnly, Family::DeepEncoderDecoder];

    /// As figures and tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Family::EncoderOnly => "encoder-only",
            Family::EncoderDecoder => "encoder-decoder",
            Family::DeepEncoderDecoder => "encoder-decoder, twice as deep",
            Family::DecoderOnly => "decoder-only",
        }
    }
}

/// The sizes that all families share; [`Family::DeepEncoderDecoder`] has others that give as many parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswererConfig {
    /// V.
    pub vocabulary: usize,
    /// D.
    pub width: usize,
    /// The number of blocks of an encoder, and as many of a decoder; twice as many where there is but one stack.
    pub blocks: usize,
    /// The tokens of the longest answer: so many holes an encoder is given, lest their number tell the length.
    pub longest: usize,
}

/// A model of one of the families. It answers [`Question`]s, and learns to from batches of them.
///
/// ```
/// use data::questions::Question;
/// use nn::Trainable;
/// use tensor::Context;
/// use transformer::families::{Answerer, AnswererConfig, Family};
///
/// let config = AnswererConfig { vocabulary: 20, width: 16, blocks: 1, longest: 3 };
/// let (model, parameters) = Answerer::new(Family::DecoderOnly, config, 1).unwrap();
/// let question = Question { asked: vec![10, 11], answer: vec![12, 2] };
/// let loss = f64::from(model.loss(&Context::eval(&parameters), &vec![question]).item());
/// assert!(loss.is_finite() && loss > 0.0);
/// ```
pub enum Answerer {
    /// Encoder-only or decoder-only, by its mask.
    Single(SingleStack),
    /// Encoder-decoder.
    Transformer(Box<Transformer>),
}

/// One stack between an embedding and the same table as output.
pub struct SingleStack {
    mask: Mask,
    width: usize,
    longest: usize,
    embedding: Embedding,
    stack: Stack,
    output: Linear,
}

impl SingleStack {
    fn new(init: &mut Init<'_>, sizes: AnswererConfig, config: &BlockConfig) -> Self {
        let AnswererConfig { vocabulary, blocks, longest, .. } = sizes;
        let normal = Initializer::Normal { std: 1.0 / (config.width as f64).sqrt() };
        let embedding = Embedding::with(&mut init.child("embedding"), vocabulary, config.width, normal);
        let stack = Stack::pytorch(init, config, 2 * blocks, true, "block");
        let output = Linear::tied(&embedding);
        Self { mask: config.mask, width: config.width, longest, embedding, stack, output }
    }

    /// The scores of every answer's tokens, one after another, (n, V).
    fn scores(&self, cx: &Context<'_>, questions: &[Question]) -> Tensor {
        let rows: Vec<Row> = questions.iter().map(|question| Row::new(question, self.mask, self.longest)).collect();
        let texts: Vec<&[Token]> = rows.iter().map(|row| &row.tokens[..]).collect();
        let Sources { tokens, lengths } = Sources::new(&texts); // (B, T)
        let (batch, steps) = tokens.dim();
        let x = self.embedding.forward(cx, tokens.view().into_dyn()).scale((self.width as Real).sqrt()); // (B, T, D)
        let x = &x + &Tensor::constant(sinusoidal(steps, self.width));
        let x = self.stack.forward(cx, &x, Some(&lengths), Form::Fused); // (B, T, D)
        let asked = rows.iter().map(|row| row.asked.iter().copied());
        let x = places(&x.reshape(&[batch * steps, self.width]), steps, asked); // (n, D)
        self.output.forward(cx, &self.stack.normalised(cx, &x)) // (n, V)
    }
}

/// Of each row of `steps` vectors those at some places, one after another.
fn places(x: &Tensor, steps: usize, places: impl Iterator<Item = impl Iterator<Item = usize>>) -> Tensor {
    let each = places.enumerate().flat_map(|(b, places)| places.map(move |t| (b * steps + t) as Token));
    x.gather(each.collect::<Array1<Token>>().view().into_dyn())
}

/// A question and its answer as a stack reads them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    tokens: Vec<Token>,
    /// The places where the tokens of the answer are said.
    asked: Vec<usize>,
}

impl Row {
    fn new(Question { asked: question, answer }: &Question, mask: Mask, longest: usize) -> Self {
        let holes: Vec<usize> = (0..question.len()).filter(|&place| question[place] == HOLE).collect();
        let asked = (question.len()..question.len() + answer.len()).collect();
        match mask {
            // The answer is made where it belongs,
            Mask::Bidirectional if !holes.is_empty() => Self { tokens: question.clone(), asked: holes },
            // or at holes behind the question.
            Mask::Bidirectional => Self { tokens: [&question[..], &vec![HOLE; longest]].concat(), asked },
            // Each token is said where the one before it is read.
            Mask::Causal => {
                let read = &answer[..answer.len() - 1];
                Self { tokens: [&question[..], &[ASK], read].concat(), asked }
            }
        }
    }
}

impl Answerer {
    /// The model and its first parameters.
    ///
    /// # Errors
    /// If there is none of these sizes.
    pub fn new(family: Family, sizes: AnswererConfig, seed: u64) -> Result<(Self, Parameters), ConfigError> {
        let mut parameters = Parameters::new();
        let init = &mut Init::new(&mut parameters, seed);
        let AnswererConfig { vocabulary, width, blocks, .. } = sizes;
        let config = TransformerConfig::new(vocabulary, vocabulary, blocks, width, HEADS);
        let config = TransformerConfig { sharing: Sharing::All, ..config };
        config.validate()?;
        // A block of a decoder looks at a memory too, which takes 4·D² parameters. Two blocks without have as many together
        // if each has D more features between the maps of its feed-forward layer, 2·D² parameters.
        let wider = BlockConfig { feed_forward: config.block.feed_forward + width, ..config.block.clone() };
        let model = match family {
            Family::EncoderOnly => {
                Answerer::Single(SingleStack::new(init, sizes, &BlockConfig { mask: Mask::Bidirectional, ..wider }))
            }
            Family::DecoderOnly => {
                Answerer::Single(SingleStack::new(init, sizes, &BlockConfig { mask: Mask::Causal, ..wider }))
            }
            Family::EncoderDecoder => Answerer::Transformer(Box::new(Transformer::new(init, config)?)),
            Family::DeepEncoderDecoder => {
                let wanted = Self::new(Family::EncoderDecoder, sizes, seed)?.1.count();
                let deeper = (1..=width / HEADS).map(|times| {
                    let narrower = AnswererConfig { width: times * HEADS, blocks: 2 * blocks, ..sizes };
                    Self::new(Family::EncoderDecoder, narrower, seed)
                });
                let off = |built: &(Self, Parameters)| built.1.count().abs_diff(wanted);
                let closest = deeper.collect::<Result<Vec<_>, _>>()?.into_iter().min_by_key(off);
                return Ok(closest.expect("a width is at least that of a head"));
            }
        };
        Ok((model, parameters))
    }

    /// The scores of the tokens of every answer, one after another, (n, V). A model that answers word by word is told the words
    /// before.
    pub fn scores(&self, cx: &Context<'_>, questions: &[Question]) -> Tensor {
        match self {
            Answerer::Single(single) => single.scores(cx, questions),
            Answerer::Transformer(transformer) => {
                // The last token of an answer is not read. What the batch would ask for in its place is not used.
                let read = |answer: &Vec<Token>| answer.len() - 1;
                let pairs = questions.iter().map(|Question { asked, answer }| (&asked[..], &answer[..read(answer)]));
                let pairs: Vec<(&[Token], &[Token])> = pairs.collect();
                let scores = Translator::logits(transformer.as_ref(), cx, &PairBatch::new(&pairs)); // (B, T, V)
                let &[batch, steps, classes] = scores.shape() else { unreachable!("three axes") };
                let asked = questions.iter().map(|question| 0..question.answer.len());
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
        let example = |row: usize, said: &[Token], places: usize| Question {
            asked: questions[row].into(),
            answer: [said, &vec![PAD; places]].concat(),
        };
        if matches!(self, Answerer::Single(SingleStack { mask: Mask::Bidirectional, .. })) {
            let examples: Vec<Question> = (0..questions.len()).map(|row| example(row, &[], longest)).collect();
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
            let examples: Vec<Question> = open.iter().map(|&row| example(row, &said[row], 1)).collect();
            let scores = self.scores(&cx, &examples); // place + 1 rows for each that is open
            for (index, row) in open.into_iter().enumerate() {
                let scores = scores.view::<Ix2>("scores");
                said[row].push(choose(row, place, scores.row(index * (place + 1) + place)));
            }
        }
        said
    }
}

impl Trainable for Answerer {
    type Batch = Vec<Question>;

    /// The mean over the tokens of the answers. The questions are not learnt to say.
    fn loss(&self, cx: &Context<'_>, questions: &Vec<Question>) -> Tensor {
        let answers: Array1<Token> = questions.iter().flat_map(|question| &question.answer).copied().collect(); // (n)
        cross_entropy(&self.scores(cx, questions), answers.view().into_dyn())
    }

    fn targets(&self, questions: &Vec<Question>) -> usize {
        questions.iter().map(|question| question.answer.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Axis;
    use tensor::check::assert_close;

    use super::*;

    const SHAPE: AnswererConfig = AnswererConfig { vocabulary: 50, width: 32, blocks: 1, longest: 5 };

    fn example(asked: &[Token], answer: &[Token]) -> Question {
        Question { asked: asked.into(), answer: answer.into() }
    }

    #[test]
    fn step_01_equal_parameters() {
        for (vocabulary, width, blocks) in [(870, 32, 1), (870, 64, 1), (870, 64, 2)] {
            let shape = AnswererConfig { vocabulary, width, blocks, longest: 9 };
            let counts = Family::ALL.map(|family| Answerer::new(family, shape, 1).unwrap().1.count() as f64);
            let [encoder, both, decoder, deep] = counts;
            assert_eq!(encoder, decoder);
            assert!((both / encoder - 1.0).abs() < 0.01 && (deep / encoder - 1.0).abs() < 0.08, "{counts:?}");
        }
    }

    #[test]
    fn step_02_where_the_answers_are_made() {
        let (fill, translate) = (example(&[10, HOLE, 12], &[11]), example(&[10, 11], &[20, 21, END]));
        let row = |example, mask| Row::new(example, mask, 5);
        let expected = |tokens: &[Token], asked: std::ops::Range<usize>| Row {
            tokens: tokens.into(),
            asked: Vec::from_iter(asked),
        };
        assert_eq!(row(&fill, Mask::Bidirectional), expected(&[10, HOLE, 12], 1..2));
        assert_eq!(row(&fill, Mask::Causal), expected(&[10, HOLE, 12, ASK], 3..4));
        let (masked, alone) = (example(&[HOLE, 11, HOLE], &[10, 12]), example(&[], &[10, END]));
        assert_eq!(row(&masked, Mask::Bidirectional).asked, [0, 2]);
        assert_eq!(row(&alone, Mask::Causal), expected(&[ASK, 10], 0..2));
        let holes = [10, 11, HOLE, HOLE, HOLE, HOLE, HOLE];
        assert_eq!(row(&translate, Mask::Bidirectional), expected(&holes, 2..5));
        assert_eq!(row(&translate, Mask::Causal), expected(&[10, 11, ASK, 20, 21], 2..5));
    }

    /// Neither the token that is asked for nor one behind it may be seen; who speaks word by word sees those before.
    #[test]
    fn step_03_no_answer_is_given_away() {
        let answer = [20, 21, 22, END];
        for family in Family::ALL {
            let (model, parameters) = Answerer::new(family, SHAPE, 1).unwrap();
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
                assert!((0..=changed).all(equal), "{family:?}, {changed}");
                let told = family != Family::EncoderOnly;
                assert!((changed + 1..answer.len()).all(|place| equal(place) != told), "{family:?}, {changed}");
            }
        }
    }

    /// Speaking, each token is chosen by the same scores as where the answer is told.
    #[test]
    fn step_04_who_says_its_own_words_hears_them() {
        for family in Family::ALL {
            let (model, parameters) = Answerer::new(family, SHAPE, 1).unwrap();
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
