//! What training makes of such a machine.

use data::tasks::{AssociativeRecall, TokenTask};
use data::{CharacterTokenizer, RandomBatches, TextBatch, TextSplit, Tokenizer};
use gpt::{Gpt, GptConfig};
use ndarray::{Array1, Array2, Ix4, s};
use nn::{AdamW, Hooks, LanguageModel, Schedule, Temperature, Trainer, TrainingConfig, generate};
use tensor::check::lecture::{expect, heat, say, title};
use tensor::{Context, Init, Parameters, shared};

use crate::machine::PHRASE;

/// The mean uncertainty of the next letter, in nats, for a reader who has seen the window's letters up to it, if every
/// window of the repeating text is equally likely: no model can have a lower loss.
fn uncertainty(windows: &TextBatch) -> f64 {
    let (rows, context) = windows.inputs.dim();
    let mut nats = 0.0;
    for t in 0..context {
        for row in 0..rows {
            let same = |other: &usize| windows.inputs.slice(s![*other, ..=t]) == windows.inputs.slice(s![row, ..=t]);
            let alike: Vec<usize> = (0..rows).filter(same).collect();
            let right = alike.iter().filter(|&&other| windows.targets[[other, t]] == windows.targets[[row, t]]).count();
            nats -= (right as f64 / alike.len() as f64).ln();
        }
    }
    nats / (rows * context) as f64
}

#[test]
fn step_09_learning() {
    title("Step 9. Learning");
    let tokenizer = CharacterTokenizer::from_text(PHRASE);
    say("Nobody labels anything: the text itself says at every place which letter comes next. A machine of the same
kind, with D = 24, N = 3 and two blocks, begins with random weights and reads the phrase over and over, 400 steps of
8 windows of nine letters.");
    expect(
        "The phrase never changes. How small can the loss become?",
        &["zero: everything can be learned by heart", "ln 7 = 1.9459, as there are seven letters", "something between"],
    );
    let tokens = tokenizer.encode(&format!("{PHRASE} ").repeat(20)).unwrap();
    let batches = RandomBatches::new(&TextSplit::from_tokens("the phrase", tokens.clone()), 8, 9, 1).unwrap();
    let mut parameters = Parameters::new();
    let model = Gpt::new(&mut Init::new(&mut parameters, 1), GptConfig::new(7, 9, 2, 24, 3)).unwrap();
    let config = TrainingConfig::new(400, AdamW::default(), Schedule::constant(0.005));
    let mut trainer = Trainer::new(&model, parameters, config);
    trainer.run(&batches, Hooks::default()).unwrap();

    // Every window of nine that the text has: it repeats after 19 letters.
    let windows = TextBatch {
        inputs: Array2::from_shape_fn((19, 9), |(start, t)| tokens[start + t]),
        targets: Array2::from_shape_fn((19, 9), |(start, t)| tokens[start + t + 1]),
    };
    let possible = uncertainty(&windows);
    let reached = nn::evaluate(&model, trainer.parameters(), [windows]).unwrap().nats;
    let prompt = Array2::from_shape_vec((1, 7), tokenizer.encode("to be o").unwrap()).unwrap();
    let said = generate(&model, trainer.parameters(), prompt.view(), 30, Temperature::GREEDY, 1).unwrap();
    let said = tokenizer.decode(&said.row(0).to_vec());
    println!("    nats a letter, knowing nothing: ln 7  {:.4}", 7_f64.ln());
    println!("    after training                        {reached:.4}");
    println!("    the least possible                    {possible:.4}");
    println!("    \"to be o\" goes on with {said:?}\n");
    say("Answer: c. (A nat is the unit of the natural logarithm.) Of the first letter of a window, say an o, nobody
can know what follows: \"o \", \"or\" and \"ot\" are all in the phrase. That uncertainty is the text's and can be
counted; the machine comes close to it and cannot go below.");

    assert!((possible - 0.130785).abs() < 1e-6, "{possible}");
    assert!((possible..possible + 0.05).contains(&reached), "{reached} against {possible}");
    assert_eq!(said, "r not to be to be or not to be");
}

/// A machine with so many blocks that has learned to name the value behind each of four keys.
fn looker(task: &AssociativeRecall, layers: usize) -> (Gpt, Parameters) {
    let mut parameters = Parameters::new();
    let model = Gpt::new(&mut Init::new(&mut parameters, 1), GptConfig::new(16, 12, layers, 32, 1)).unwrap();
    // GPT-2's weights begin with 0.02, which is 1/√D for D = 2,500; here D = 32.
    let tables: Vec<_> = parameters.iter().filter(|(_, table)| table.value().ndim() == 2).collect();
    for (id, value) in tables.into_iter().map(|(id, table)| (id, table.value() * 8.8)).collect::<Vec<_>>() {
        parameters.set(id, shared(value));
    }
    let config = TrainingConfig::new(1_000, AdamW::default(), Schedule::constant(0.003));
    let mut trainer = Trainer::new(&model, parameters, TrainingConfig { clip: Some(1.0), ..config });
    trainer.run(&|step| task.batch(16, 1, step), Hooks::default()).unwrap();
    let parameters = trainer.into_parameters();
    (model, parameters)
}

#[test]
fn step_10_looking_up() {
    title("Step 10. Looking up");
    let task = AssociativeRecall { pairs: 4, symbols: 8 };
    let rows = task.batch(256, 2, 0);
    say("Four pairs of a key (an even number) and a value (an odd one), then the four keys again in another order. At
each of these the machine is asked for the value that stood behind that key. Every row is new, so nothing can be
learned by heart: the answer has to be looked up in the row.");
    println!("    a row        {:?}", rows.inputs.row(0).to_vec());
    println!("    the answers  {:?}\n", &rows.targets.row(0).to_vec()[8..]);
    expect(
        "A block lets every place look at all places before it. How many blocks does it take to look up a value?",
        &["one: a look at the pair is enough", "two", "four, one for each pair"],
    );
    let [one, two] = [1, 2].map(|layers| looker(&task, layers));
    let right = |(model, parameters): &(Gpt, Parameters)| {
        let logits = model.logits(&Context::eval(parameters), rows.inputs.view());
        nn::metrics::accuracy(logits.value(), rows.targets.view().into_dyn()).unwrap()
    };
    let [one_right, two_right] = [right(&one), right(&two)];
    println!("    right answers with one block, after 1,000 steps {one_right:.3}");
    println!("    with two blocks                                 {two_right:.3}\n");
    say("Answer: b. With one block, a question can find its key. But the value stands one place behind it, and the
vector of the value says nothing of the key: the machine can do no better than to name one of the values it saw. With
two, the first block lets every value look one place back, and the second finds, for the key that is asked, the value
that has seen that key.");
    let weights = two.0.attention_weights(&Context::eval(&two.1), rows.inputs.view()).swap_remove(0);
    let weights = weights.view::<Ix4>("weights"); // (B, N, T, T)
    let back = [1, 3, 5, 7].map(|value| weights.slice(s![.., 0, value, value - 1]).mean().unwrap());
    let back_one = "how much of its look goes one place back";
    let values = &["value 1", "value 2", "value 3", "value 4"];
    let name = "weight of each value on its key, first block";
    heat(name, "(4)", [&[], values], back_one, &Array1::from(back.to_vec()));
    say("A recurrent network has to carry all pairs along in one state. How many it can carry, and how attention
compares, is what claim C26 measures:

    cargo run --release -- compare --only C26 --budget standard");

    assert!(one_right < 0.6, "{one_right}");
    assert!(two_right > 0.99, "{two_right}");
    assert!(back.iter().all(|&weight| weight > 0.5), "{back:?}");
}
