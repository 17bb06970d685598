//! What is kept while a text grows, and what that saves.

use data::Tokenizer;
use gpt::{GenerationState, Gpt};
use ndarray::{ArrayView2, s};
use nn::LanguageModel;
use tensor::check::assert_close;
use tensor::check::lecture::{bar, expect, say, show, title};
use tensor::{Context, Meter, Real};

use crate::machine::{PROMPT, ROWS, machine, matrix, prompt, queries_keys_values};

/// What is remembered of the prompt.
fn started(cx: &Context<'_>, model: &Gpt) -> GenerationState {
    model.start(cx, &[prompt().row(0).to_vec()]).0
}

/// The arithmetic that ran meanwhile.
fn work<T>(run: impl FnOnce() -> T) -> (T, u64) {
    let meter = Meter::start();
    let result = run();
    (result, meter.finish().values().map(|usage| usage.cost.work).sum())
}

#[test]
fn step_11_what_is_kept() {
    title("Step 11. What is kept");
    let (_, parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("In step 8 the machine read one letter at a time and yet knew all the others. No letter looks at a later one, so
what it has computed of the letters before cannot change any more. Of all that, a later letter asks for two things only.");
    expect(
        "What must be kept of each letter, so that a later one can look at it?",
        &["its vector X", "its query, its key and its value", "its key and its value"],
    );
    let memory = started(&cx, &model);
    let [keys, values] =
        [memory.caches(0)[0].keys(), memory.caches(0)[0].values()].map(|x| x.slice(s![0, .., ..]).to_owned());
    show("kept keys", "(T, D)", ROWS, "the keys of step 4 (a)", &keys);
    show("kept values", "(T, D)", ROWS, "the values of step 4 (a)", &values);
    say(
        "Answer: c. The query is asked once, when its letter is the newest. The key answers later queries, the value is
what they gather. For each letter and layer 2·D = 12 numbers stay, here 5·12 = 60, in four bytes each 240 bytes. GPT-2
keeps 2·768 numbers in each of 12 layers, 74 kB for each token, and with all of its 1,024 tokens 75 MB.",
    );

    let [_, k, v] = queries_keys_values(&cx, &model).map(|x| matrix(&x));
    assert_close("keys", &keys, &k, 1e-6);
    assert_close("values", &values, &v, 1e-6);
    assert_eq!(keys.len() + values.len(), 60);
    assert_eq!((4 * 2 * 768 * 12, 4 * 2 * 768 * 12 * 1024), (73_728, 75_497_472));
}

#[test]
fn step_12_one_letter_more() {
    title("Step 12. One letter more");
    let (tokenizer, parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("Now a sixth letter comes, the b of step 7. It can be read alone, beside what was kept. Or all six are read anew.
The meter of the library counts multiplications and additions of both.");
    expect(
        "With all read anew, how much more is there to compute?",
        &[
            "nothing: the new letter looks at all the others either way",
            "about six times as much",
            "about 36 times as much",
        ],
    );
    let mut memory = started(&cx, &model);
    let b = tokenizer.encode("b").unwrap();
    let (kept, with) = work(|| model.next(&cx, &mut memory, &b));
    let window = ArrayView2::from_shape((1, 6), memory.window(0)).unwrap();
    let (anew, without) = work(|| matrix(&model.logits(&cx, window)).row(5).to_owned());
    println!("    with keys and values kept   {with:5}");
    println!("    everything read anew        {without:5}");
    let largest = kept.row(0).iter().zip(&anew).map(|(a, b)| (a - b).abs()).fold(0.0, Real::max);
    println!("    the scores differ by at most {largest:.1e}\n");
    say("Answer: b. The tables with which a vector is multiplied are most of the work, and each letter needs them once: six
letters, six times. What grows with the text is the look alone: 38 operations for each letter that is looked at, and
all six letters look in the other case.");

    // by hand, for a letter: 2·(6·18 + 6·6 + 2·6·10) in the block and 2·6·7 for its scores; 3 normalisations of 7 operations
    // for each of 6 numbers; 10 activations; 6 additions of the position. For each letter seen: 2 heads of 4·3 + 7.
    let one = 2 * (6 * 18 + 6 * 6 + 2 * 6 * 10) + 2 * 6 * 7 + 3 * 7 * 6 + 10 + 6;
    assert_eq!((one, with), (754, 754 + 6 * 38));
    // Six letters, each of which has two additions of 6 numbers to the stream counted beside its products, and 36 looks.
    assert_eq!(without, 6 * (754 + 12) + 36 * 38);
    assert_close("kept and anew", &kept.row(0).to_owned(), &anew, 1e-5);
}

#[test]
fn step_13_the_context_is_full() {
    title("Step 13. The context is full");
    let (tokenizer, parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("The table of positions has nine rows, so the tenth letter has no place. All must move to the front, and there
every vector changes, because another position is added to it: keys and values that were kept are worthless.");
    expect(
        "If the window moves on by one place with every letter, what does each letter cost from there on?",
        &["as much as before", "twice as much", "nine letters, every time"],
    );
    let mut memory = started(&cx, &model);
    let mut costs = vec![];
    for token in tokenizer.encode("o be or not t").unwrap() {
        let (_, cost) = work(|| model.next(&cx, &mut memory, &[token]));
        let seen = tokenizer.decode(memory.window(0));
        bar(
            &format!("{:<11}", format!("{seen:?}")),
            cost as f64 / 5_000.0,
            &format!("{cost} operations, {} dropped", model.dropped(&memory, 0)),
        );
        costs.push(cost);
    }
    println!();
    say("Answer: c. So the machine drops more than it must: five letters of nine, the older half. Four and the new one are
read together, once, and then there is room for four more, each read alone. Five letters cost nine places, less than
two for each, however long the text becomes. The price stands in the windows above: the machine sees nine letters at
best and five at worst.");

    let alone = |seen: u64| 754 + 38 * seen;
    // Five letters together: the scores of the last alone, one normalisation with them; 12 additions to the stream for each.
    let together = 5 * (754 + 12 - 84 - 42) + 84 + 42 + 25 * 38;
    let five = [together, alone(6), alone(7), alone(8), alone(9)];
    assert_eq!(costs[..4], five[1..], "{PROMPT:?} has five letters: four more fill the context");
    assert_eq!(costs[4..9], five);
    assert_eq!(costs[9..], five[..4]);
    assert_eq!((memory.window(0).len(), model.dropped(&memory, 0)), (8, 10));
    assert_eq!(tokenizer.decode(memory.window(0)), "or not t");
}
