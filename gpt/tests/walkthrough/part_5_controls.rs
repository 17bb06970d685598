//! The controls of generation, on the letter that step 6 asks for.

use data::{Token, Tokenizer};
use ndarray::{Array2, Axis};
use nn::{
    BeamSearch, Controls, LanguageModel, MinP, Order, RepetitionPenalty, Temperature, TopK, TopP, Trace, generate,
};
use tensor::check::lecture::{expect, say, title};
use tensor::{Context, Real};

use crate::machine::{PROMPT, machine, matrix, prompt};

/// What the controls do to the letter behind the prompt.
fn trace(controls: Controls) -> Trace {
    let (_, parameters, model) = machine();
    let logits = matrix(&model.logits(&Context::eval(&parameters), prompt().view())).row(4).to_owned();
    controls.trace(logits.view(), &prompt().row(0).to_vec()).unwrap()
}

fn print(trace: &Trace) {
    let (tokenizer, ..) = machine();
    let name = |token: Token| format!("{:?}", tokenizer.decode(&[token]));
    for line in trace.table(7, name).lines() {
        println!("    {line}");
    }
    println!();
}

/// The probabilities of ' ', b, e, n, o, r and t, to four digits.
fn assert_after(trace: &Trace, expected: [f64; 7]) {
    for (found, expected) in trace.after().iter().zip(expected) {
        assert!((found - expected).abs() < 6e-5, "{:?} instead of {expected}", trace.after());
    }
}

#[test]
fn step_14_top_k() {
    title("Step 14. Top-k");
    say("The r comes after \"not t\" once in 27 times, the n once in 55. A long text draws thousands of letters, so it
will have many that hardly ever fit. Top-k (Fan, Lewis and Dauphin 2018) leaves the k likeliest and removes the
others. What is left is divided by its sum, so that it is a distribution again.");
    expect(
        "The b has 0.5626, the blank 0.1749 and the t 0.1022, together 0.8397. What has the b if only these three stay?",
        &["0.5626, as before", "0.5626 + 0.1603 = 0.7229: it gets what the others lose", "0.5626 / 0.8397 = 0.6700"],
    );
    let trace = trace(Controls { top_k: Some(TopK::new(3).unwrap()), ..Temperature::ONE.into() });
    print(&trace);
    say("Answer: c. All that stay grow by the same factor, 1/0.8397 = 1.1909, so how likely they are beside each other
has not changed.");
    // by hand: 0.562554/0.839683, 0.174946/0.839683, 0.102183/0.839683
    assert_after(&trace, [0.2083, 0.6700, 0.0, 0.0, 0.0, 0.0, 0.1217]);
    assert_eq!(trace.removed_by(3), Some("top-k 3"));
}

#[test]
fn step_15_top_p_and_min_p() {
    title("Step 15. Top-p and min-p");
    say("A fixed k is too large where one letter is certain and too small where all are possible. Top-p (Holtzman et
al. 2020) goes down from the likeliest until the sum reaches p, and leaves the letters that it has gone through. The
sums here: 0.5626 with the b, 0.7375 with the blank, 0.8397 with the t, 0.9023 with the o.");
    expect(
        "How many letters does p = 0.9 leave?",
        &["three: with the o the sum would be above 0.9", "four: without the o it would be below 0.9", "all seven"],
    );
    let nucleus = trace(Controls { top_p: Some(TopP::new(0.9).unwrap()), ..Temperature::ONE.into() });
    print(&nucleus);
    say("Answer: b. The letter that takes the sum across p stays, so at least one always does.");
    say("Min-p (Nguyen et al. 2024) measures from the top: it leaves the letters that have at least the part p of what
the likeliest has. With p = 0.15 that is 0.15·0.5626 = 0.0844.");
    let near = trace(Controls { min_p: Some(MinP::new(0.15).unwrap()), ..Temperature::ONE.into() });
    print(&near);
    // by hand: divided by 0.902285, and by 0.839683 as in step 14
    assert_after(&nucleus, [0.1939, 0.6235, 0.0, 0.0, 0.0694, 0.0, 0.1132]);
    assert_after(&near, [0.2083, 0.6700, 0.0, 0.0, 0.0, 0.0, 0.1217]);
}

#[test]
fn step_16_repetition_penalty() {
    title("Step 16. The repetition penalty");
    say("Models like to say again what they have said. The penalty (Keskar et al. 2019) lowers the logits of all letters
that the text already has: here those of n, o, t and the blank.");
    expect(
        "The blank has the logit 0.5226, the n -1.7363. Both are to become less likely. Is it enough to divide by 1.5?",
        &[
            "yes: each becomes smaller",
            "no: -1.7363/1.5 = -1.1576 is larger, so a negative one is multiplied",
            "no: the b has to be raised too",
        ],
    );
    let trace = trace(Controls { repetition: Some(RepetitionPenalty::new(1.5).unwrap()), ..Temperature::ONE.into() });
    print(&trace);
    say(
        "Answer: b. 0.5226/1.5 = 0.3484, and -1.7363·1.5 = -2.6045. The t, with a logit of -0.0151, hardly notices: the
penalty works on logits, of which only differences mean something, so where they begin to be negative is chance.
That is the weakness of this control.",
    );
    // by hand: e^z for z = 0.348410, 1.690623, -0.886496, -2.604500, -0.757590, -1.039353, -0.022650, divided by their sum,
    // 1.416813 + 5.422858 + 0.412097 + 0.073940 + 0.468795 + 0.353684 + 0.977605 = 9.125792
    assert_after(&trace, [0.1553, 0.5942, 0.0452, 0.0081, 0.0514, 0.0388, 0.1071]);
}

#[test]
fn step_17_which_comes_first() {
    title("Step 17. Which comes first");
    say("Filters and temperature can be applied in either order. Here the filters come first: they choose among the
model's own probabilities. Most libraries divide by the temperature first. Take a temperature of 2 and p = 0.8.");
    expect(
        "At a temperature of 1 the three likeliest have 0.8397, at 2 they have 0.6550. What does the order change?",
        &[
            "nothing: the temperature does not change which letter is likeliest",
            "with the temperature first, more letters stay",
            "with the temperature first, fewer letters stay",
        ],
    );
    let controls = Controls { top_p: Some(TopP::new(0.8).unwrap()), ..Temperature::new(2.0).unwrap().into() };
    let [filtered, heated] =
        [Order::FiltersFirst, Order::TemperatureFirst].map(|order| trace(Controls { order, ..controls }));
    print(&filtered);
    print(&heated);
    say("Answer: b. At 2 the probabilities are more alike, so it takes five letters to reach 0.8. With the filters first
the temperature makes a choice bolder, but not among more letters. A top-k does not mind the order: it only looks
which letters are likeliest.");
    let left = |trace: &Trace| trace.after().iter().filter(|&&probability| probability > 0.0).count();
    assert_eq!([left(&filtered), left(&heated)], [3, 5]);
    // by hand from step 7's column for a temperature of 2: the sums are 0.655011 and 0.856170
    assert_after(&filtered, [0.2811, 0.5041, 0.0, 0.0, 0.0, 0.0, 0.2148]);
    assert_after(&heated, [0.2151, 0.3856, 0.1063, 0.0, 0.1286, 0.0, 0.1644]);
}

#[test]
fn step_18_beam_search() {
    title("Step 18. Beam search");
    let (tokenizer, parameters, model) = machine();
    say("Nothing has to be drawn. One can look for the likeliest text. Greedy takes the likeliest letter each time, and a
likely letter can lead to where nothing is likely. A beam of width k follows the k likeliest beginnings at once. For
texts of four letters there are 7⁴ = 2,401, few enough to try them all.");
    expect(
        "Who takes the likeliest letter each time: does he write the likeliest text?",
        &["always", "often, not always", "never"],
    );
    let logits_after = |text: &[Token]| {
        let prompts = Array2::from_shape_vec((1, text.len()), text.to_vec()).unwrap();
        matrix(&model.logits(&Context::eval(&parameters), prompts.view()))
    };
    // ln p of four letters behind the prompt
    let judge = |said: &[Token]| -> f64 {
        let text = [&prompt().row(0).to_vec()[..], said].concat();
        let logits = logits_after(&text[..text.len() - 1]);
        let term = |t: usize| {
            let row: Vec<f64> = logits.row(PROMPT.len() - 1 + t).iter().map(|&z: &Real| f64::from(z)).collect();
            row[said[t] as usize] - row.iter().map(|z| z.exp()).sum::<f64>().ln()
        };
        (0..said.len()).map(term).sum()
    };
    let every = (0..7_u32.pow(4)).map(|number| [343, 49, 7, 1].map(|place| number / place % 7));
    let best = every.max_by(|a, b| judge(a).total_cmp(&judge(b))).unwrap();
    let greedy = generate(&model, &parameters, prompt().view(), 4, Temperature::GREEDY, 1).unwrap();
    let greedy = greedy.index_axis(Axis(0), 0).to_vec();
    let row = |what: &str, said: &[Token]| {
        println!("    {what:<18}{:<8}  ln p = {:.4}", format!("{:?}", tokenizer.decode(said)), judge(said));
    };
    row("greedy", &greedy);
    for width in [2, 3, 7] {
        let search = BeamSearch::new(width, 0.0, 4).unwrap();
        let found = &search.generate(&model, &parameters, prompt().view(), None)[0];
        row(&format!("a beam of {width}"), &found.tokens);
        assert!((found.log_probability - judge(&found.tokens)).abs() < 1e-4);
        assert!(found.log_probability >= judge(&greedy) - 1e-6 && found.log_probability <= judge(&best) + 1e-4);
    }
    row("the best of all", &best);
    println!();
    say("Answer: b. Here greedy turns off at the third letter: the o is likelier than the b, but what follows it is not.
The best text is e^(2.4361 - 2.1307) = 1.36 times as likely. A wide enough beam finds it, and
`common/nn/tests/continuations.rs` holds it to that. For translations this helps. For free text the likeliest is
often dull and repeats itself, which is what Holtzman et al. found, and why text is drawn.");
    assert_eq!([&greedy[..], &best[..]].map(|said| tokenizer.decode(said)), ["bbo ", "bbbb"]);
    assert!((judge(&greedy) + 2.4361).abs() < 1e-3 && (judge(&best) + 2.1307).abs() < 1e-3);
    let all = BeamSearch::new(2_401, 0.0, 4).unwrap().generate(&model, &parameters, prompt().view(), None);
    assert_eq!(all[0].tokens, best);
}
