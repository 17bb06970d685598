//! One look: keys, a query, scores, weights, and the mean of the states.

use attention::{Form, Scoring};
use ndarray::{arr3, s};
use tensor::check::assert_close;
use tensor::check::lecture::{Names, UNNAMED, expect, heat, say, show, title};
use tensor::{Context, Tensor};

use crate::machine::{HAND, WORDS, h, machine, memory, numbers, states};

#[test]
fn step_01_keep_every_state() {
    title("Step 1. Keep every state");
    say("An encoder has read a sentence of three words. The encoder-decoder hands over what is left at the end and
forgets the rest: a vector of one width for three words and for thirty. Bahdanau, Cho and Bengio kept all of it, one
state for each word.

Every matrix has its name, its shape in letters and in numbers, and a line that says what to look for. B counts
sentences, S the words of the source, T those of the translation; C is the width of an encoder's state, H of a
decoder's, A of a key. A number that is exactly zero is written 0.");
    let names: Names = [WORDS, &[]];
    show("s, the states", "(B, S, C)", names, "a row for each word: none is thrown away", &states());
    say("The decoder has to find the state that it needs. So each state gets a key to be found by, k_j = W_k s_j,
where the rows of W_k are (1, -1) and (1/2, 1).");
    expect(
        "How often must the keys be computed while a sentence is translated?",
        &["once", "before each word of the translation", "once for each pair of words"],
    );
    let (parameters, decoder) = machine();
    let memory = memory(&Context::eval(&parameters), &decoder, 3);
    let zero = "the 0 in the last row: -1/2 + 1/2";
    show("k, the keys", "(B, S, A)", names, zero, &numbers(&memory.keys));
    say("Answer: a. The keys depend on nothing that the decoder does.");
    // k_3 = (-1 - 1/2, -1/2 + 1/2)
    assert_close("keys", &numbers(&memory.keys), &arr3(&[[[1.0, 0.5], [-1.0, 1.0], [-1.5, 0.0]]]), HAND);
}

#[test]
fn step_02_a_query_and_its_scores() {
    title("Step 2. A query and its scores");
    say("The decoder stands before its next word. Its state h is turned into a query, q = W_q h, and the query is
compared with every key by a network of one hidden layer: e_j = v · tanh(q + k_j), with v = (1, 2). The sum q + k_j
is what gives additive attention its name. The keys are (1, 0.5), (-1, 1) and (-1.5, 0).");
    let (parameters, decoder) = machine();
    let cx = Context::eval(&parameters);
    let memory = memory(&cx, &decoder, 3);
    let Scoring::Additive { w_q, v } = decoder.weights(&cx).scoring else { panic!("the score is additive") };
    let q = h().linear(&w_q, None);
    show("q", "(B, T, A)", UNNAMED, "the key that is its exact opposite", &numbers(&q));
    expect(
        "What is the score of the key that is the exact opposite of the query?",
        &["the lowest of the three", "zero", "minus infinity"],
    );
    let hidden = (&memory.keys + &q).tanh();
    let names: Names = [WORDS, &[]];
    show("tanh(q + k_j)", "(B, S, A)", names, "the row of zeros", &numbers(&hidden));
    let scores = hidden.linear(&v.reshape(&[1, 2]), None).reshape(&[1, 1, 3]);
    let signs = "the signs: these are not weights yet";
    show("e, the scores", "(B, T, S)", [&[], WORDS], signs, &numbers(&scores));
    say("Answer: b. Query and second key add up to zero, and tanh(0) = 0. The lowest score is another one. Nothing
makes a score positive, and nothing makes the scores sum to one.");
    assert_close("q", &numbers(&q), &arr3(&[[[1.0, -1.0]]]), HAND);
    // tanh 2 = 0.964028, tanh(1/2) = 0.462117, tanh 1 = 0.761594; v = (1, 2)
    let by_hand = arr3(&[[[0.964028, -0.462117], [0.0, 0.0], [-0.462117, -0.761594]]]);
    assert_close("hidden", &numbers(&hidden), &by_hand, HAND);
    assert_close("scores", &numbers(&scores), &arr3(&[[[0.039793, 0.0, -1.985305]]]), HAND);
}

#[test]
fn step_03_the_alignment() {
    title("Step 3. The alignment");
    say("The softmax makes of the scores positive numbers that sum to one, the weights α. They are called the
alignment, since after training they often show which word of the source a word of the translation belongs to. The
scores are 0.0398, 0 and -1.9853. From here on, shades show the size of a number; what is exactly 0 has none.");
    let (parameters, decoder) = machine();
    let cx = Context::eval(&parameters);
    let look = |length| {
        let scoring = decoder.weights(&cx).scoring;
        let [z, alignment] = scoring.attend(&h(), &memory(&cx, &decoder, length), Form::Literal);
        (numbers(&z), numbers(&alignment))
    };
    let (_, three) = look(3);
    let little = "word 2: a score of zero is no weight of zero";
    heat("α of a sentence of three words", "(B, T, S)", [&[], WORDS], little, &three);
    say("Sentences of a batch have different lengths, and the shorter ones are filled up with padding. Now the
sentence has two words, and its third state is padding. Its score is replaced by minus infinity *before* the softmax.");
    expect(
        "What becomes of the weights?",
        &[
            "the third is zero, the others stay as they are",
            "the third is zero, and the others share what it had",
            "the third becomes very small",
        ],
    );
    let (z, two) = look(2);
    heat("α of a sentence of two words", "(B, T, S)", [&[], WORDS], "the 0, and the sum of the row", &two);
    say("Answer: b. Exactly zero, and the others grow in proportion: 0.5099 : 0.4901 = 0.4778 : 0.4592. Their sum is
one again. A weight that is set to zero after the softmax would leave a sum below one.");
    assert_close("three", &three, &arr3(&[[[0.477790, 0.459151, 0.063059]]]), HAND);
    assert_close("two", &two, &arr3(&[[[0.509947, 0.490053, 0.0]]]), HAND);
    assert_eq!(two[[0, 0, 2]], 0.0);
    assert_close("z", &z, &arr3(&[[[0.509947, 0.490053]]]), HAND); // the first two states are unit vectors
}

#[test]
fn step_04_the_context_is_a_mean_of_states() {
    title("Step 4. The context is a mean of states");
    say("What the decoder finds is the context z = Σ_j α_j s_j, the mean of the *states*, weighted by the alignment.
Not of the keys, and not of the embeddings of the words: a state knows its word and also the words around it. The
states are (1, 0), (0, 1) and (-1, 0.5), the weights 0.4778, 0.4592 and 0.0631. It is computed in two ways:
literally, equation by equation, and fused into one operation.");
    let (parameters, decoder) = machine();
    let cx = Context::eval(&parameters);
    let memory = memory(&cx, &decoder, 3);
    let scoring = decoder.weights(&cx).scoring;
    for form in [Form::Literal, Form::Fused] {
        let [z, _] = scoring.attend(&h(), &memory, form);
        let name = format!("z, {}", format!("{form:?}").to_lowercase());
        show(&name, "(B, T, C)", UNNAMED, "0.4778 - 0.0631, and 0.4592 + 0.0631/2", &numbers(&z));
        assert_close("z", &numbers(&z), &arr3(&[[[0.414731, 0.490680]]]), HAND);
    }
    expect(
        "Now the three states come in the order 3, 2, 1. What changes?",
        &["the alignment and the context", "only the order of the alignment", "nothing at all"],
    );
    let turned = memory.states.value().slice(s![.., ..;-1, ..]).to_owned();
    let turned = decoder.memory(&cx, Tensor::constant(turned), vec![3]);
    let [z, alignment] = scoring.attend(&h(), &turned, Form::Fused);
    let turned = &["word 3", "word 2", "word 1"];
    heat("α", "(B, T, S)", [&[], turned], "each word's weight: it has moved with the word", &numbers(&alignment));
    show("z", "(B, T, C)", UNNAMED, "a number that is not as above", &numbers(&z));
    say("Answer: b. A mean has no order.");
    assert_close("alignment", &numbers(&alignment), &arr3(&[[[0.063059, 0.459151, 0.477790]]]), HAND);
    assert_close("z", &numbers(&z), &arr3(&[[[0.414731, 0.490680]]]), HAND);
}
