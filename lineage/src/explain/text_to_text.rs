//! The eight steps from a text to the first token of another, told with the numbers of a model of text in and text out.

use data::pairs::{Ends, Sources};
use data::{Token, Tokenizer, quoted};
use ndarray::s;
use nn::{Answering, Generator, Scores, ScoresError, Temperature, Translator};
use report::Table;
use report::figure::{Figure, Heat, Labels, Plot, Scale};
use report::format::{counted, number, percent};
use report::table::digits;
use t5::{Explanation, T5};
use tensor::Context;
use transformer::Mask;

use super::steps::{LIKELIEST, PLACES, Step, first, length, shown};
use crate::likeliest::likeliest;

/// Distances that are shown: these, each with what stands before and behind.
const DISTANCES: [usize; 9] = [0, 1, 2, 3, 4, 8, 16, 32, 64];

/// A model, and the text that it reads.
pub struct Asked<'m> {
    pub model: &'m T5,
    pub cx: &'m Context<'m>,
    pub tokenizer: &'m dyn Tokenizer,
    /// All of the text, and the token of its end.
    pub tokens: Vec<Token>,
}

/// Who looks.
fn each_of(heads: usize) -> String {
    if heads == 1 { "one head".to_owned() } else { format!("each of {heads} heads") }
}

impl Asked<'_> {
    /// All steps; `more` tokens are written in the last.
    ///
    /// # Errors
    /// If the model's scores are not numbers.
    pub fn steps(&self, seed: u64, more: usize) -> Result<Vec<Step>, ScoresError> {
        let found = self.model.explain(self.cx, &self.tokens, &[self.model.ends().start]);
        Ok(vec![
            self.tokens_step(),
            self.embedding(&found),
            self.distances(&found),
            self.encoder(&found),
            self.decoder(&found)?,
            self.probabilities(&found)?,
            self.choice(seed)?,
            self.repeat(more)?,
        ])
    }

    fn piece(&self, token: Token) -> String {
        quoted(&self.tokenizer.decode(&[token]))
    }

    /// The last places of what is read.
    fn places(&self) -> std::ops::Range<usize> {
        self.tokens.len().saturating_sub(PLACES)..self.tokens.len()
    }

    fn tokens_step(&self) -> Step {
        let vocabulary = self.model.vocabulary();
        let mut words = format!(
            "The model reads numbers, no text. Its tokenizer makes {} of this text, the one that ends it among them; each is one of \
             {vocabulary} that it knows. What it writes is made of the same ones, and begins with {}.",
            counted(self.tokens.len(), "token"),
            self.piece(self.model.ends().start)
        );
        if self.tokens.len() > PLACES {
            words += &format!(" The tables show the last {PLACES} places.");
        }
        let table = Table::of(self.places())
            .column("place", |place| place + 1)
            .column("token", |&place| self.piece(self.tokens[place]))
            .column("number", |&place| self.tokens[place] as usize)
            .named("tokens", "The tokens");
        Step { title: "Tokens", words, tables: vec![table], maps: Vec::new() }
    }

    fn embedding(&self, found: &Explanation) -> Step {
        let [vocabulary, width] = [self.model.vocabulary(), self.width()];
        let words = format!(
            "Each number is looked up in a table of {vocabulary} rows, which training has found, and the same table serves for what \
             is read and what is written. No vector is added for the place: the row is the same wherever the token stands."
        );
        let embedded = &found.embedded[0];
        let table = Table::of(self.places())
            .column("place", |place| place + 1)
            .column("token", |&place| self.piece(self.tokens[place]))
            .column(format!("first {} of {width} numbers", shown(width)), |&place| first(embedded.row(place)))
            .column("length of the vector", |&place| digits(length(embedded.row(place)), 3))
            .named("embedding", "The vectors of the tokens");
        Step { title: "Embedding", words, tables: vec![table], maps: Vec::new() }
    }

    fn distances(&self, found: &Explanation) -> Step {
        let config = self.model.config();
        let words = format!(
            "Where tokens stand is told to attention alone. Every head has a number for each of {} buckets of distances, which it \
             adds to the scores; far distances share a bucket, and from {} on all are one. The encoder has buckets for what stands \
             before and for what stands behind, the decoder for what stands before. All blocks of a side have the same table.",
            config.buckets, config.max_distance
        );
        let buckets = [Mask::Bidirectional, Mask::Causal].map(|mask| config.buckets(mask));
        let heads = |side: usize, bucket: usize| {
            let row = found.distances[side].row(bucket);
            row.iter().map(|&x| number(x.into(), 3)).collect::<Vec<_>>().join("  ")
        };
        let table = Table::of(DISTANCES)
            .column("distance", |&distance| distance)
            .column("encoder, before: each head", |&distance| heads(0, buckets[0].of(distance, 0)))
            .column("encoder, behind", |&distance| heads(0, buckets[0].of(0, distance)))
            .column("decoder, before", |&distance| heads(1, buckets[1].of(distance, 0)))
            .named("distances", "What heads add at a distance");
        Step { title: "Distances", words, tables: vec![table], maps: Vec::new() }
    }

    fn encoder(&self, found: &Explanation) -> Step {
        let (depth, heads) = (found.reading.len(), found.reading[0].dim().0);
        let words = format!(
            "The text is read by {}, each in two halves. In attention, {} looks at all places, before and behind, and fetches something \
             from them; nothing divides the scores by the root of their width. The feed-forward layer then works on each place \
             alone. What both find is added to the stream. The table says where each head looks from the last place.",
            counted(depth, "block"),
            each_of(heads)
        );
        let last = self.tokens.len() - 1;
        let table = self.looks("encoder", depth, heads, |block, head| {
            found.reading[block].slice(s![head, last, ..]).mapv(f64::from).to_vec()
        });
        let maps = self.maps(depth, heads, found);
        Step { title: "Encoder", words, tables: vec![table], maps }
    }

    fn decoder(&self, found: &Explanation) -> Result<Step, ScoresError> {
        let (depth, heads) = (found.source.len(), found.source[0].dim().0);
        let words = format!(
            "Another is written by {}. So far there is nothing but the token that begins, so self-attention has nowhere else to look. \
             Then {} looks at what the encoder has made of the text: this is the only way from one to the other. The first table follows \
             the stream: which token the model would name if it ended there.",
            counted(depth, "block"),
            each_of(heads)
        );
        let stream = |index: usize| found.written[index].row(0).to_owned();
        let guess = |scores| Ok(likeliest(&Scores::new(scores)?.probabilities(), 1)[0]);
        let guesses: Vec<(Token, f64)> = found.logits.outer_iter().map(guess).collect::<Result<_, ScoresError>>()?;
        let ends = Table::of(0..=depth)
            .column("after", |&index| if index == 0 { "embedding".to_owned() } else { format!("block {index}") })
            .column("length of the stream", |&index| digits(length(stream(index).view()), 3))
            .column("first token, if it ended here", |&index| self.piece(guesses[index].0))
            .column("its probability", |&index| digits(guesses[index].1, 3))
            .named("depths", "The first place that is written, block by block");
        let looks = self.looks("decoder", depth, heads, |block, head| {
            found.source[block].slice(s![head, 0, ..]).mapv(f64::from).to_vec()
        });
        Ok(Step { title: "Decoder", words, tables: vec![ends, looks], maps: Vec::new() })
    }

    /// Where each head looks most in the text.
    fn looks(&self, side: &str, depth: usize, heads: usize, weights: impl Fn(usize, usize) -> Vec<f64>) -> Table {
        Table::of((0..depth).flat_map(|block| (0..heads).map(move |head| (block, head))))
            .column("block", |&(block, _)| block + 1)
            .column("head", |&(_, head)| head + 1)
            .column("looks most at (place, share)", |&(block, head)| {
                let most = likeliest(&weights(block, head), 3).into_iter().map(|(place, share)| {
                    let piece = self.piece(self.tokens[place as usize]);
                    format!("{piece} ({}, {})", place + 1, percent(share, 2))
                });
                most.collect::<Vec<_>>().join("  ")
            })
            .named(format!("{side}-heads"), "Where each head looks")
    }

    fn maps(&self, depth: usize, heads: usize, found: &Explanation) -> Vec<(String, Vec<Figure>)> {
        let places = self.places();
        let labels = || Labels::Names(places.clone().map(|place| self.piece(self.tokens[place])).collect());
        let map = |block: usize, head: usize| {
            let weights = found.reading[block].slice(s![head, places.clone(), places.clone()]).mapv(f64::from);
            let heat = Heat {
                x: "the place that it looks at".to_owned(),
                y: "the place that looks".to_owned(),
                value: "share of the attention, of 1".to_owned(),
                scale: Scale::Linear,
                columns: labels(),
                rows: labels(),
                values: weights.outer_iter().map(|row| row.to_vec()).collect(),
            };
            Figure::new(
                format!("block-{}-head-{}", block + 1, head + 1),
                format!("Encoder, block {}, head {}", block + 1, head + 1),
                "Where each place looks. Nothing is hidden: what stands behind is read too.",
                Plot::Heat(heat),
            )
        };
        let of_block = |block| {
            let title = format!("Encoder, block {}: {}", block + 1, counted(heads, "head"));
            (title, (0..heads).map(|head| map(block, head)).collect())
        };
        (0..depth).map(of_block).collect()
    }

    fn probabilities(&self, found: &Explanation) -> Result<Step, ScoresError> {
        let scores = found.logits.row(found.logits.nrows() - 1);
        let probabilities = Scores::new(scores)?.probabilities();
        let best = likeliest(&probabilities, LIKELIEST);
        let others = probabilities.len() - best.len();
        let config = self.model.config();
        let table = if config.tied_head { "the table of step 2" } else { "a table of its own" };
        let divided = if config.scaled_output { ", divided by the root of its width" } else { "" };
        let mut words = format!(
            "What stands behind the last block, normalised once more{divided}, times the vector of each token in {table} is that \
             token's score (its logit). The softmax makes probabilities of the scores: e to the score, divided by the sum of all of \
             these."
        );
        if others > 0 {
            let rest = 1.0 - best.iter().map(|(_, probability)| probability).sum::<f64>();
            words += &format!(" The other {} share {}.", counted(others, "token"), percent(rest.max(0.0), 2));
        }
        let output = Table::of([&found.output])
            .column(format!("first {} numbers", shown(self.width())), |output| first(output.view()))
            .column("length", |output| digits(length(output.view()), 3))
            .named("output", "The output vector");
        let likeliest = Table::of(best)
            .column("token", |&(token, _)| self.piece(token))
            .column("score", |&(token, _)| digits(scores[token as usize].into(), 3))
            .column("probability", |&(_, probability)| digits(probability, 3))
            .named("probabilities", "The likeliest first tokens");
        Ok(Step { title: "Probabilities", words, tables: vec![output, likeliest], maps: Vec::new() })
    }

    /// What is written, at most so many tokens.
    fn written(&self, temperature: Temperature, seed: u64, most: usize) -> Result<Vec<Token>, ScoresError> {
        let answering = Answering(self.model);
        let Ends { start, end, .. } = self.model.ends();
        let read = answering.read(self.cx, &Sources::new(&[&self.tokens]));
        let start = vec![vec![start]];
        let generator = Generator::having_read(&answering, self.cx.parameters(), start, read, temperature, seed);
        generator.until(end).take(most).map(|next| Ok(next?[0])).collect()
    }

    fn choice(&self, seed: u64) -> Result<Step, ScoresError> {
        let first = |temperature| Ok(self.piece(self.written(temperature, seed, 1)?[0]));
        let words = format!(
            "The greedy choice takes the likeliest token: {}. Or a token is drawn, each as often as its probability says; with the \
             seed {seed} this gives {}.",
            first(Temperature::GREEDY)?,
            first(Temperature::ONE)?
        );
        Ok(Step { title: "Choice", words, tables: Vec::new(), maps: Vec::new() })
    }

    fn repeat(&self, more: usize) -> Result<Step, ScoresError> {
        let tokens = self.written(Temperature::GREEDY, 1, more)?;
        let mut said = Vec::new();
        for (place, &next) in tokens.iter().enumerate() {
            let so_far = [&[self.model.ends().start], &tokens[..place]].concat();
            let found = self.model.explain(self.cx, &self.tokens, &so_far);
            let probabilities = Scores::new(found.logits.row(found.logits.nrows() - 1))?.probabilities();
            let text = self.tokenizer.decode(&tokens[place.saturating_sub(PLACES)..place]);
            said.push((quoted(&text), self.piece(next), probabilities[next as usize]));
        }
        let end = self.piece(self.model.ends().end);
        let words = format!(
            "The token is appended to what is written, and the decoder works once more; the encoder has done its part. Always the \
             likeliest token, until it is {end}, which ends the text:"
        );
        let table = Table::of(said)
            .column("what is written", |(text, ..)| text.clone())
            .column("next token", |(_, next, _)| next.clone())
            .column("probability", |&(.., probability)| digits(probability, 3))
            .named("repeat", "Token by token");
        Ok(Step { title: "Repeat", words, tables: vec![table], maps: Vec::new() })
    }

    fn width(&self) -> usize {
        self.model.config().block.width
    }
}
