//! What is hidden, what is asked, and what is learned.

use bert::{Bert, BertConfig};
use data::masked::{MaskedBatch, MaskedBatches, WordMask};
use data::pairs::Sources;
use data::{IGNORE, TextSplit, Token};
use nn::{AdamW, Hooks, Schedule, Trainable, Trainer, TrainingConfig};
use tensor::check::lecture::{expect, say, title};
use tensor::{Context, Init, Parameters};

use crate::machine::{ALPHABET, MARKS, TOKENS, guess, machine, sentence};

#[test]
fn step_06_fifteen_in_a_hundred() {
    title("Step 6. Fifteen in a hundred, and of these 80, 10, 10");
    say("Nobody labels anything: words of a text are hidden, and the text says what they were. Of every 100 tokens 15 are
chosen. A model that is only ever asked at a [MASK] would learn that other places need no thought, and in use there
is no [MASK]. So of those chosen 80 in 100 become [MASK], 10 another token at random, 10 stay as they are.");
    let letters: Vec<Token> = (0..20_000).map(|i| (i % 7) as Token).collect();
    let before = Sources::new(&[&letters]);
    let WordMask { chosen, hidden, replaced, .. } = MARKS.hiding();
    let MaskedBatch { sentences, targets } = MARKS.hiding().hide(before.clone(), 1, 0);
    let places = || before.tokens.iter().zip(&sentences.tokens).zip(&targets);
    let asked = places().filter(|&(_, &target)| target != IGNORE).count();
    let of_asked = |what: fn(Token, Token) -> bool| {
        places().filter(|&((&was, &is), &target)| target != IGNORE && what(was, is)).count()
    };
    let masks = of_asked(|_, is| is == MARKS.mask);
    let others = of_asked(|was, is| is != MARKS.mask && is != was);
    let kept = of_asked(|was, is| is == was);
    println!("    of 20,000 letters chosen   {asked:>6}");
    println!("    of these now [MASK]        {masks:>6}");
    println!("    now another letter         {others:>6}");
    println!("    as they were               {kept:>6}\n");
    expect(
        "The random token is drawn from all letters. How many of the chosen still are what they were?",
        &["10 in 100", "more: the random letter is sometimes the right one", "fewer"],
    );
    say("Answer: b, one in seven of the last but one 10 in 100. The loss is asked at all chosen places alike: the machine
cannot know whether what it reads there is true.");
    // by hand: 20,000 · 0.15 = 3,000; of these 0.8, 0.1·6/7 and 0.1 + 0.1/7, each within four deviations
    for (found, expected) in [(asked, 3000.0), (masks, 2400.0), (others, 257.1), (kept, 342.9)] {
        assert!((found as f64 - expected).abs() < 4.0 * f64::sqrt(expected), "{found} instead of {expected}");
    }
    assert_eq!((chosen, hidden, replaced), (0.15, 0.8, 0.1));
    assert_eq!(asked, masks + others + kept);
}

#[test]
fn step_07_the_loss() {
    title("Step 7. The loss is asked at the hidden places alone");
    let (parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("In n?t the o was hidden. The loss is -ln p of what stood there, as for GPT; but GPT is asked at every place, and
BERT at 15 in 100. So it learns from fewer answers of each text, and each answer knows both sides.");
    let mut batch = MaskedBatch { sentences: sentence("n?t"), targets: ndarray::array![[IGNORE; 5]] };
    let nothing = model.loss(&cx, &batch).item();
    batch.targets[[0, 2]] = ALPHABET.find('o').unwrap() as Token;
    let loss = model.loss(&cx, &batch).item();
    println!("    p(o), of step 4    0.0129");
    println!("    -ln p              {loss:.4}");
    println!("    nothing is asked   {nothing:.4}\n");
    assert!((loss - 4.348296).abs() < 2e-5, "{loss}"); // -ln 0.012929
    assert_eq!(nothing, 0.0);
}

#[test]
fn step_08_learning() {
    title("Step 8. Learning");
    say("A machine of the same kind, with D = 48, N = 3 and two blocks, reads the phrase \"to be or not to be \" over and over,
700 steps of 16 pieces of seven letters, in each of which letters are hidden anew. Then it is asked for letters of
which only one side tells.");
    let phrase: Vec<Token> = "to be or not to be ".chars().map(|c| ALPHABET.find(c).unwrap() as Token).collect();
    let split = TextSplit::from_tokens("the phrase", phrase.repeat(20));
    let batches = MaskedBatches::new(&split, 16, 9, MARKS, 1).unwrap();
    let mut parameters = Parameters::new();
    let model = Bert::new(&mut Init::new(&mut parameters, 1), BertConfig::new(10, 9, 2, 48, 3)).unwrap();
    let config = TrainingConfig::new(700, AdamW::default(), Schedule::constant(0.002));
    let mut trainer = Trainer::new(&model, parameters, config);
    trainer.run(&|index: u64| batches.at(index), Hooks::default()).unwrap();
    let cx = Context::eval(trainer.parameters());

    expect(
        "\"?o be o\": the gap comes first. What could GPT say of it?",
        &["t, as here", "nothing but how often each letter begins a piece"],
    );
    let best = |text: &str, place: usize| {
        let said = guess(&cx, &model, text, place).column(0).to_vec();
        let (token, &p) = said.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
        println!("    {:<12} {:<8} p = {p:.4}", format!("{text:?}"), TOKENS[token]);
        TOKENS[token]
    };
    let said = [best("?o be o", 1), best(" or no?", 7), best("r n?t t", 4), best("to b? o", 5)];
    println!();
    say("Answer: b. From the right alone, from the left alone, from both: the machine has found what stands where.");
    assert_eq!(said, ["'t'", "'t'", "'o'", "'e'"]);
}
