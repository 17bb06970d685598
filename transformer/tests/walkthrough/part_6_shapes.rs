//! Three ways to put the same blocks together, and what each is good for.

use data::masked::WordMask;
use data::pairs::{PairBatch, START};
use data::{IGNORE, TextBatch, Token};
use ndarray::{Array2, Array3, ArrayView2, Ix3, s};
use nn::{AdamW, Batches, Embedding, Hooks, Linear, Schedule, Trainable, Trainer, TrainingConfig};
use nn::{Translator, cross_entropy};
use tensor::check::lecture::{bar, expect, say, title};
use tensor::{Context, Init, Initializer, Parameters, Real, Tensor};
use transformer::{Block, BlockConfig, Form, Mask, Normalize, Transformer, TransformerConfig, sinusoidal};

use crate::language::{HOLE, WORDS, Words, english, sentences, sources, token};

/// D.
const WIDTH: usize = 16;

/// Two blocks between a table of words and the same table. Nothing but the mask makes them an encoder or a decoder.
struct Stack {
    embedding: Embedding,
    blocks: Vec<Block>,
    norm: Normalize,
    output: Linear,
}

impl Stack {
    fn new(init: &mut Init<'_>, mask: Mask) -> Self {
        let config = BlockConfig { mask, ..BlockConfig::new(WIDTH, 2) };
        let normal = Initializer::Normal { std: 1.0 / (WIDTH as f64).sqrt() };
        let embedding = Embedding::with(&mut init.child("embedding"), WORDS.len(), WIDTH, normal);
        let block = |index| Block::new(&mut init.child(format!("block.{index}")), &config, index, 2);
        Stack {
            blocks: (0..2).map(block).collect(),
            norm: config.normalize(&mut init.child("norm")),
            output: Linear::tied(&embedding),
            embedding,
        }
    }

    /// (B, T, V).
    fn scores(&self, cx: &Context<'_>, read: ArrayView2<'_, Token>) -> Tensor {
        let words = self.embedding.forward(cx, read.into_dyn()).scale((WIDTH as Real).sqrt()); // (B, T, D)
        let x = &words + &Tensor::constant(sinusoidal(read.ncols(), WIDTH));
        let x = self.blocks.iter().fold(x, |x, block| block.forward(cx, &x, None, Form::Fused));
        self.output.forward(cx, &self.norm.forward(cx, &x))
    }
}

impl Trainable for Stack {
    type Batch = TextBatch;

    fn loss(&self, cx: &Context<'_>, batch: &TextBatch) -> Tensor {
        cross_entropy(&self.scores(cx, batch.inputs.view()), batch.targets.view().into_dyn())
    }

    fn targets(&self, batch: &TextBatch) -> usize {
        batch.answers()
    }
}

/// Of each word at each place, (B, T, V).
fn probabilities(scores: &Tensor) -> Array3<f64> {
    scores.softmax().view::<Ix3>("scores").mapv(f64::from)
}

fn rows(texts: &[Vec<Token>]) -> Array2<Token> {
    Array2::from_shape_fn((texts.len(), texts[0].len()), |(b, t)| texts[b][t])
}

fn trained<M: Trainable>(model: &M, parameters: Parameters, batches: &impl Batches<Batch = M::Batch>) -> Parameters {
    let settings = TrainingConfig::new(500, AdamW::default(), Schedule::constant(5e-3));
    let mut trainer = Trainer::new(model, parameters, settings);
    trainer.run(batches, Hooks::default()).unwrap();
    trainer.parameters().clone()
}

/// A trained stack.
struct Read {
    stack: Stack,
    parameters: Parameters,
}

impl Read {
    fn new(mask: Mask, batches: &impl Batches<Batch = TextBatch>) -> Self {
        let mut parameters = Parameters::new();
        let stack = Stack::new(&mut Init::new(&mut parameters, 1), mask);
        Read { parameters: trained(&stack, parameters, batches), stack }
    }

    fn probabilities(&self, texts: &[Vec<Token>]) -> Array3<f64> {
        probabilities(&self.stack.scores(&Context::eval(&self.parameters), rows(texts).view()))
    }
}

/// The stack with both sides in sight, which has learned to say the hidden words of the 54 sentences; a word is hidden with
/// probability 1/2.
fn encoder() -> Read {
    let mask = WordMask { chosen: 0.5, hidden: 1.0, replaced: 0.0, ..WordMask::new(HOLE, token("novel")..token("la")) };
    let hidden = move |step: u64| {
        let batch = mask.hide(sources(&english()), 1, step);
        TextBatch { inputs: batch.sentences.tokens, targets: batch.targets }
    };
    Read::new(Mask::Bidirectional, &hidden)
}

/// The same stack with the left side alone in sight, which has learned to say the next word.
fn decoder() -> Read {
    let texts = rows(&english().iter().map(|text| [&[START], &text[..]].concat()).collect::<Vec<_>>());
    let [inputs, targets] = [texts.slice(s![.., ..4]), texts.slice(s![.., 1..])].map(|part| part.to_owned());
    Read::new(Mask::Causal, &|_: u64| TextBatch { inputs: inputs.clone(), targets: targets.clone() })
}

fn hide(text: &Words, hidden: impl Fn(usize) -> bool) -> Vec<Token> {
    text.iter().enumerate().map(|(t, &word)| if hidden(t) { HOLE } else { word }).collect()
}

#[test]
fn step_17_an_encoder_fills_a_blank() {
    title("Step 17. An encoder fills a blank");
    say("Three ways to put the blocks together are left to compare. Take two blocks and a table of words. If every
place sees every other, they are an encoder, as BERT; if it sees only what stands before, a decoder, as GPT. Nothing
else differs. The encoder learns to say hidden words of the 54 sentences of step 15, the decoder to say the next
word.");
    expect(
        "Which word is missing in \"the _ idea failed\"? Which of the two knows that book and story do not fit?",
        &["both: they have learned the same sentences", "the encoder", "the decoder: it is trained to say words"],
    );
    let (encoder, decoder) = (encoder(), decoder());
    let gaps: Vec<_> = english().iter().map(|text| hide(text, |t| t == 1)).collect();
    let lefts: Vec<_> = gaps.iter().map(|gap| vec![START, gap[0]]).collect();
    let idea = ["the", "new", "idea", "failed"].map(token);
    let at = english().iter().position(|text| *text == idea).expect("a sentence of the language");
    let nats =
        [("encoder", encoder.probabilities(&gaps)), ("decoder", decoder.probabilities(&lefts))].map(|(name, p)| {
            let of = |words: &[&str]| words.iter().map(|word| p[[at, 1, token(word) as usize]]).sum::<f64>();
            let (adjectives, nouns) = (of(&["new", "odd"]), of(&["book", "story"]));
            println!("    {name}");
            bar("fits", adjectives, &format!("new or odd, p = {adjectives:.3}"));
            bar("does not", nouns, &format!("book or story, p = {nouns:.3}"));
            assert!(if name == "encoder" { nouns < 0.05 } else { (nouns - adjectives).abs() < 0.2 }, "{name}: {nouns}");
            english().iter().enumerate().map(|(b, text)| -p[[b, 1, text[1] as usize]].ln()).sum::<f64>() / 54.0
        });
    let blind = 3.0_f64.ln() / 3.0 + 6.0_f64.ln() * 2.0 / 3.0;
    println!("\n    loss of the hidden word, in nats: encoder {:.4}, decoder {:.4}\n", nats[0], nats[1]);
    say(&format!(
        "Answer: b. What decides stands on the right, and the decoder has not read it. A model that knows the left
alone has a loss of at least (ln 3)/3 + 2·(ln 6)/3 = {blind:.4} nats, whatever it has learned; one that knows both
sides, ln 3 = 1.0986. (A decoder could put every word of the table into the blank and compare the sentences: one
reading for each.)"
    ));
    assert!(nats[0] < 1.3 && nats[1] > blind - 1e-4, "{nats:?}");
}

#[test]
fn step_18_a_decoder_goes_on() {
    title("Step 18. A decoder goes on");
    say("Now both are to write. Given \"the\", what comes? The decoder says a word, reads it, and says the next. The
encoder has three blanks to fill at once. With which probability is what they write one of the 54 sentences?");
    expect(
        "Every blank gets a word that fits the place. How often do the three fit each other?",
        &["nearly always: the encoder has seen all sentences", "in about a third of the cases", "never"],
    );
    let (encoder, decoder) = (encoder(), decoder());
    let all = english();
    let sum = |p: &dyn Fn(usize, usize, usize) -> f64| -> f64 {
        let of = |(b, text): (usize, &Words)| (1..4).map(|t| p(b, t, text[t] as usize)).product::<f64>();
        all.iter().enumerate().map(of).sum()
    };
    let holes = encoder.probabilities(&[hide(&all[0], |t| t > 0)]);
    let at_once = sum(&|_, t, word| holes[[0, t, word]]);
    let each = [1, 2, 3]
        .map(|from| encoder.probabilities(&all.iter().map(|text| hide(text, |t| t >= from)).collect::<Vec<_>>()));
    let in_turn = sum(&|b, t, word| each[t - 1][[b, t, word]]);
    let next = decoder.probabilities(&all.iter().map(|text| [&[START], &text[..3]].concat()).collect::<Vec<_>>());
    let said = sum(&|b, t, word| next[[b, t, word]]);
    bar("decoder", said, &format!("{said:.3}"));
    bar("encoder", at_once, &format!("{at_once:.3}, all blanks at once"));
    bar("encoder", in_turn, &format!("{in_turn:.3}, one blank after another"));
    println!();
    say("Answer: b. No blank knows what another got: \"the novel idea well\". Of words that are chosen apart, two
thirds of the second, a half of the third and a half of the fourth go with a kind of sentence: a sixth for each of
the two kinds, together a third. A decoder reads what it has said. An encoder can be asked blank by blank, but has to
read the whole text anew for each word, where a decoder keeps its keys and values (step 11).");
    assert!(said > 0.9 && in_turn > 0.8 && at_once < 0.6, "{said} {in_turn} {at_once}");
}

#[test]
fn step_19_an_encoder_and_a_decoder_translate() {
    title("Step 19. An encoder and a decoder translate");
    say("\"The novel ended well\" is \"la novela acabó bien\", and \"the novel idea failed\" has two right
translations: \"la noción novedosa fracasó\" and \"la novedosa noción fracasó\". An encoder-decoder, one block on
each side, reads the source from both ends, since the word behind novel decides between novela and novedosa, and says
the translation word by word. Beside it an encoder fills four blanks behind the source at once. With which
probability is the translation right?");
    expect(
        "Where will the encoder with blanks be worse?",
        &[
            "everywhere: it has no decoder",
            "where one translation is right: it must hit that one",
            "where two translations are right: it may mix them",
        ],
    );
    let pairs = sentences().map(|kind| -> Vec<(Words, Words)> {
        kind.iter().flat_map(|of| of.spanish.iter().map(|&spanish| (of.english, spanish))).collect()
    });
    // Both kinds are equally frequent.
    let all = [&pairs[0][..], &pairs[0], &pairs[1]].concat();
    let as_pairs = |pairs: &[(Words, Words)]| {
        PairBatch::new(&pairs.iter().map(|(english, spanish)| (&english[..], &spanish[..])).collect::<Vec<_>>())
    };
    let with_holes = |pairs: &[(Words, Words)]| -> Vec<Vec<Token>> {
        pairs.iter().map(|(english, _)| [&english[..], &[HOLE; 4]].concat()).collect()
    };

    let mut parameters = Parameters::new();
    let config = TransformerConfig::new(WORDS.len(), WORDS.len(), 1, WIDTH, 2);
    let translator = Transformer::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let batch = as_pairs(&all);
    let parameters = trained(&translator, parameters, &|_: u64| batch.clone());
    let targets: Vec<_> = all.iter().map(|(_, spanish)| [&[IGNORE; 4], &spanish[..]].concat()).collect();
    let batch = TextBatch { inputs: rows(&with_holes(&all)), targets: rows(&targets) };
    let encoder = Read::new(Mask::Bidirectional, &|_: u64| batch.clone());

    // Of each source the probabilities of its right translations, which begin at place `from`.
    let right = |pairs: &[(Words, Words)], p: Array3<f64>, from: usize| -> f64 {
        let of = |(b, (_, spanish)): (usize, &(Words, Words))| -> f64 {
            (0..4).map(|t| p[[b, from + t, spanish[t] as usize]]).product()
        };
        pairs.iter().enumerate().map(of).sum::<f64>() / 27.0
    };
    let kinds = [("one right translation", &pairs[0]), ("two right translations", &pairs[1])];
    let [one, two] = kinds.map(|(name, pairs)| {
        let said = translator.logits(&Context::eval(&parameters), &as_pairs(pairs));
        let both = right(pairs, probabilities(&said), 0);
        let alone = right(pairs, encoder.probabilities(&with_holes(pairs)), 4);
        println!("    {name}");
        bar("both", both, &format!("{both:.3}, encoder-decoder"));
        bar("alone", alone, &format!("{alone:.3}, encoder with blanks"));
        [both, alone]
    });
    println!();
    say("Answer: c. Where one translation is right, blanks do as well. Where two are, they mix them: \"la noción
noción fracasó\". And somebody had to tell how many blanks there are. A decoder alone could translate too, with the
source as the beginning of its text. So each shape suits some tasks, and that is claim C13; by how much, with equally
many parameters and on four tasks, after pre-training:

    cargo run --release -- compare --budget standard --only C13");
    assert!(one.iter().all(|&right| right > 0.9), "{one:?}");
    assert!(two[0] > 0.9 && two[1] < 0.7, "{two:?}");
}
