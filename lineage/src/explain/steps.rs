//! The eight steps from a text to its next token, told with the numbers of the model at hand.

use data::{Token, Tokenizer, quoted};
use gpt::{Explanation, Gpt};
use ndarray::{ArrayView1, ArrayView2, s};
use nn::{Generator, LanguageModel, Scores, ScoresError, Temperature};
use report::Table;
use report::figure::{Figure, Heat, Labels, Plot, Scale};
use report::format::{counted, number, percent};
use report::table::digits;
use tensor::{Context, Real};
use transformer::AttentionPositions;

use crate::likeliest::likeliest;

/// Places of the text that are shown: the last ones.
pub const PLACES: usize = 16;
/// Numbers of a vector that are shown: the first ones.
const NUMBERS: usize = 4;
/// Tokens that are shown: the likeliest.
pub const LIKELIEST: usize = 10;

/// One of the steps.
pub struct Step {
    /// Its name.
    pub title: &'static str,
    /// What happens in it.
    pub words: String,
    /// Its numbers.
    pub tables: Vec<Table>,
    /// Where each head looks, block by block: the block's name, and its heads.
    pub maps: Vec<(String, Vec<Figure>)>,
}

/// A model, and the text that it is to go on from.
pub struct Asked<'m> {
    pub gpt: &'m Gpt,
    pub cx: &'m Context<'m>,
    pub tokenizer: &'m dyn Tokenizer,
    /// All of the text, longer than the context perhaps.
    pub tokens: Vec<Token>,
}

/// A token of the text that is shown: its place, counted from 1, and what it says.
struct Place {
    index: usize,
    piece: String,
}

impl Asked<'_> {
    /// All steps; `more` tokens are appended in the last.
    ///
    /// # Errors
    /// If the model's scores are not numbers.
    pub fn steps(&self, seed: u64, more: usize) -> Result<Vec<Step>, ScoresError> {
        let context = self.gpt.config().context;
        let read = &self.tokens[self.tokens.len().saturating_sub(context)..];
        let found = self.gpt.explain(self.cx, read);
        Ok(vec![
            self.tokens_step(read),
            self.embedding(read, &found),
            self.positions(read, &found),
            self.blocks(read, &found)?,
            self.output(&found),
            self.probabilities(&found)?,
            self.choice(&found, seed)?,
            self.repeat(&found, more)?,
        ])
    }

    fn piece(&self, token: Token) -> String {
        quoted(&self.tokenizer.decode(&[token]))
    }

    /// The last places of what is read.
    fn places(&self, read: &[Token]) -> Vec<Place> {
        let place = |(index, &token): (usize, &Token)| Place { index, piece: self.piece(token) };
        read.iter().enumerate().skip(read.len().saturating_sub(PLACES)).map(place).collect()
    }

    fn tokens_step(&self, read: &[Token]) -> Step {
        let (all, vocabulary) = (self.tokens.len(), self.gpt.config().vocabulary);
        let mut words = format!(
            "The model reads numbers, no text. Its tokenizer makes {} of this text; each is one of {vocabulary} that it knows.",
            counted(all, "token")
        );
        if read.len() < all {
            words += &format!(" The model sees the last {} of them: that is its context.", read.len());
        }
        if read.len() > PLACES {
            words += &format!(" The tables show the last {PLACES} places.");
        }
        let table = Table::of(self.places(read))
            .column("place", |place| place.index + 1)
            .column("token", |place| place.piece.clone())
            .column("number", |place| read[place.index] as usize)
            .named("tokens", "The tokens");
        Step { title: "Tokens", words, tables: vec![table], maps: Vec::new() }
    }

    fn embedding(&self, read: &[Token], found: &Explanation) -> Step {
        let [vocabulary, width] = [self.gpt.config().vocabulary, self.width()];
        let words = format!(
            "Each number is looked up in a table of {vocabulary} rows, which training has found. The row is the token's vector: \
             {width} numbers that are the same wherever the token stands."
        );
        let table = Table::of(self.places(read))
            .column("place", |place| place.index + 1)
            .column("token", |place| place.piece.clone())
            .column(format!("first {} of {width} numbers", shown(width)), |place| {
                first(found.embedded.row(place.index))
            })
            .column("length of the vector", |place| digits(length(found.embedded.row(place.index)), 3))
            .named("embedding", "The vectors of the tokens");
        Step { title: "Embedding", words, tables: vec![table], maps: Vec::new() }
    }

    fn positions(&self, read: &[Token], found: &Explanation) -> Step {
        let width = self.width();
        let words = match (&found.positions, self.gpt.config().block.attention_positions) {
            (Some(_), _) => {
                "Attention does not know where a token stands. So a second vector is added, one for each place; training has \
                 found these too. The sum is the stream: all that follows reads from it and adds to it."
            }
            (None, AttentionPositions::Rotary(_)) => {
                "No vector is added for the place. In every block attention turns its queries and keys by angles that grow \
                 with the place, so that their products depend on how far apart two tokens stand. The stream begins with the \
                 vectors of the tokens: all that follows reads from it and adds to it."
            }
            (None, AttentionPositions::Alibi(_)) => {
                "No vector is added for the place. In every block the scores of attention fall with the distance, in each \
                 head at a rate of its own. The stream begins with the vectors of the tokens: all that follows reads from it \
                 and adds to it."
            }
            (None, AttentionPositions::None) => {
                "No vector is added for the place: this model tells places apart only by the mask, which hides what comes \
                 later."
            }
        };
        let mut table = Table::of(self.places(read))
            .column("place", |place| place.index + 1)
            .column("token", |place| place.piece.clone());
        if let Some(positions) = &found.positions {
            table = table
                .column(format!("place: first {} of {width}", shown(width)), |place| first(positions.row(place.index)));
        }
        let (sum, length_of_it) = match found.positions {
            Some(_) => ("sum: the same ones", "length of the sum"),
            None => ("stream: the same ones", "length of it"),
        };
        let table = table
            .column(sum, |place| first(found.stream[0].row(place.index)))
            .column(length_of_it, |place| digits(length(found.stream[0].row(place.index)), 3))
            .named("positions", "The vectors of the places, and the sums");
        Step { title: "Positions", words: words.to_owned(), tables: vec![table], maps: Vec::new() }
    }

    fn blocks(&self, read: &[Token], found: &Explanation) -> Result<Step, ScoresError> {
        let (depth, heads) = (found.attention.len(), found.attention[0].dim().0);
        let last = read.len() - 1;
        let words = format!(
            "{}, each in two halves. In attention, {} look at the places up to their own and fetch something from them. The \
             feed-forward layer then works on each place alone. What both find is added to the stream. The first table \
             follows the last place: which token the model would name if it ended there. The second says where each head \
             looks from the last place.",
            counted(depth, "block"),
            counted(heads, "head")
        );
        let stream = |index: usize| found.stream[index].row(last).to_owned();
        let guess = |scores| Ok(likeliest(&Scores::new(scores)?.probabilities(), 1)[0]);
        let guesses: Vec<(Token, f64)> = found.logits.outer_iter().map(guess).collect::<Result<_, ScoresError>>()?;
        let ends = Table::of(0..=depth)
            .column("after", |&index| if index == 0 { "positions".to_owned() } else { format!("block {index}") })
            .column("length of the stream", |&index| digits(length(stream(index).view()), 3))
            .column("length of what was added", |&index| {
                (index > 0).then(|| digits(length((stream(index) - stream(index - 1)).view()), 3))
            })
            .column("next token, if it ended here", |&index| self.piece(guesses[index].0))
            .column("its probability", |&index| digits(guesses[index].1, 3))
            .named("depths", "The last place, block by block");
        let all_heads = (0..depth).flat_map(|block| (0..heads).map(move |head| (block, head)));
        let looks = Table::of(all_heads)
            .column("block", |&(block, _)| block + 1)
            .column("head", |&(_, head)| head + 1)
            .column("looks most at (place, share)", |&(block, head)| {
                let weights = found.attention[block].slice(s![head, last, ..]).mapv(f64::from).to_vec();
                let most = likeliest(&weights, 3).into_iter().map(|(place, share)| {
                    let piece = self.piece(read[place as usize]);
                    format!("{piece} ({}, {})", place + 1, percent(share, 2))
                });
                most.collect::<Vec<_>>().join("  ")
            })
            .named("heads", "Where each head looks from the last place");
        Ok(Step { title: "Blocks", words, tables: vec![ends, looks], maps: self.maps(read, found) })
    }

    fn maps(&self, read: &[Token], found: &Explanation) -> Vec<(String, Vec<Figure>)> {
        let places = self.places(read);
        let labels = || Labels::Names(places.iter().map(|place| place.piece.clone()).collect());
        let start = read.len() - places.len();
        let map = |block: usize, head: usize| {
            let weights = found.attention[block].slice(s![head, start.., start..]).mapv(f64::from);
            let heat = Heat {
                x: "the place that it looks at".to_owned(),
                y: "the place that looks".to_owned(),
                value: "share of the attention, of 1".to_owned(),
                scale: Scale::Linear,
                columns: labels(),
                rows: labels(),
                values: weights.outer_iter().map(|row| row.to_vec()).collect(),
            };
            let title = format!("Block {}, head {}", block + 1, head + 1);
            Figure::new(
                format!("block-{}-head-{}", block + 1, head + 1),
                title,
                "Where each place looks. Above the diagonal lies what is still to come, which no place sees.",
                Plot::Heat(heat),
            )
        };
        let heads = found.attention[0].dim().0;
        let of_block = |block| {
            (
                format!("Block {}: {}", block + 1, counted(heads, "head")),
                (0..heads).map(|head| map(block, head)).collect(),
            )
        };
        (0..found.attention.len()).map(of_block).collect()
    }

    fn output(&self, found: &Explanation) -> Step {
        let words = format!(
            "What stands behind the last block at the last place, normalised once more. These {} numbers are all that the model \
             says about the next token.",
            self.width()
        );
        let table = Table::of([&found.output])
            .column(format!("first {} numbers", shown(self.width())), |output| first(output.view()))
            .column("length", |output| digits(length(output.view()), 3))
            .named("output", "The output vector");
        Step { title: "Output vector", words, tables: vec![table], maps: Vec::new() }
    }

    fn probabilities(&self, found: &Explanation) -> Result<Step, ScoresError> {
        let scores = next_scores(found);
        let scores = scores.row(0);
        let probabilities = Scores::new(scores)?.probabilities();
        let best = likeliest(&probabilities, LIKELIEST);
        let others = probabilities.len() - best.len();
        let mut words = "The output vector times the vector of each token in the table of step 2 is that token's score (its logit). \
                         The softmax makes probabilities of the scores: e to the score, divided by the sum of all of these."
            .to_owned();
        if others > 0 {
            let rest = 1.0 - best.iter().map(|(_, probability)| probability).sum::<f64>();
            words += &format!(" The other {} share {}.", counted(others, "token"), percent(rest.max(0.0), 2));
        }
        let table = Table::of(best)
            .column("token", |&(token, _)| self.piece(token))
            .column("score", |&(token, _)| digits(scores[token as usize].into(), 3))
            .column("probability", |&(_, probability)| digits(probability, 3))
            .named("probabilities", "The likeliest next tokens");
        Ok(Step { title: "Probabilities", words, tables: vec![table], maps: Vec::new() })
    }

    fn choice(&self, found: &Explanation, seed: u64) -> Result<Step, ScoresError> {
        let first = |temperature| {
            let (prompt, read) = (vec![self.tokens.clone()], (found.state.clone(), next_scores(found).to_owned()));
            let mut tokens = Generator::having_read(self.gpt, self.cx.parameters(), prompt, read, temperature, seed);
            Ok(self.piece(tokens.next().expect("an endless text")?[0]))
        };
        let words = format!(
            "The greedy choice takes the likeliest token: {}. Or a token is drawn, each as often as its probability says; with the \
             seed {seed} this gives {}.",
            first(Temperature::GREEDY)?,
            first(Temperature::ONE)?
        );
        Ok(Step { title: "Choice", words, tables: Vec::new(), maps: Vec::new() })
    }

    fn repeat(&self, found: &Explanation, more: usize) -> Result<Step, ScoresError> {
        let (mut memory, mut scores) = (found.state.clone(), next_scores(found).to_owned());
        let mut tokens = self.tokens.clone();
        let mut said = Vec::new();
        for _ in 0..more {
            let next = Temperature::GREEDY.choose(scores.row(0), 0.0)?;
            let text = self.tokenizer.decode(&tokens[tokens.len().saturating_sub(PLACES)..]);
            said.push((quoted(&text), self.piece(next), Scores::new(scores.row(0))?.probabilities()[next as usize]));
            tokens.push(next);
            scores = self.gpt.next(self.cx, &mut memory, &[next]);
        }
        let words = "The token is appended to the text, and everything begins again. Keys and values of the places before have not \
                     changed, since no place sees what comes after it; so they are kept, and only the new place is computed. \
                     Always the likeliest token:"
            .to_owned();
        let table = Table::of(said)
            .column("the end of the text", |(text, ..)| text.clone())
            .column("next token", |(_, next, _)| next.clone())
            .column("probability", |&(.., probability)| digits(probability, 3))
            .named("repeat", "Token by token");
        Ok(Step { title: "Repeat", words, tables: vec![table], maps: Vec::new() })
    }

    fn width(&self) -> usize {
        self.gpt.config().block.width
    }
}

/// The scores of the token that follows the text, (1, V).
fn next_scores(found: &Explanation) -> ArrayView2<'_, Real> {
    found.logits.slice(s![-1.., ..])
}

/// How many numbers of a vector of this width are shown.
pub fn shown(width: usize) -> usize {
    width.min(NUMBERS)
}

/// The first numbers of a vector.
pub fn first(vector: ArrayView1<'_, Real>) -> String {
    let numbers = vector.iter().take(NUMBERS).map(|&x| number(x.into(), 3));
    numbers.collect::<Vec<_>>().join("  ")
}

/// The Euclidean length.
pub fn length(vector: ArrayView1<'_, Real>) -> f64 {
    vector.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt()
}
