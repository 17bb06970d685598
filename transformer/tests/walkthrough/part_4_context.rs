//! The same word in two contexts.

use data::masked::WordMask;
use ndarray::{Array1, ArrayView1, Ix2, Ix3, s};
use nn::{AdamW, Hooks, Schedule, Trainer, TrainingConfig};
use tensor::check::lecture::{bar, expect, say, title};
use tensor::{Context, Init, Parameters, Real};
use transformer::{EncoderConfig, MaskedLanguageModel, sinusoidal};

use crate::language::{HOLE, WORDS, Words, english, sentences, sources, token, words};

/// D.
const WIDTH: usize = 16;

/// One minus the cosine of the angle between two vectors.
fn distance(a: ArrayView1<'_, Real>, b: ArrayView1<'_, Real>) -> f64 {
    let product = |x: ArrayView1<'_, Real>, y: ArrayView1<'_, Real>| -> f64 {
        x.iter().zip(y).map(|(&x, &y)| f64::from(x) * f64::from(y)).sum()
    };
    1.0 - product(a, b) / (product(a, a) * product(b, b)).sqrt()
}

/// The mean distance between two vectors of the same half, and of different halves.
fn distances(halves: &[Vec<Array1<Real>>; 2]) -> [f64; 2] {
    let mean = |pairs: Vec<f64>| pairs.iter().sum::<f64>() / pairs.len() as f64;
    let [one, other] = halves;
    let same = halves.iter().flat_map(|half| {
        half.iter().enumerate().flat_map(|(i, a)| half[i + 1..].iter().map(move |b| distance(a.view(), b.view())))
    });
    let different = one.iter().flat_map(|a| other.iter().map(|b| distance(a.view(), b.view())));
    [mean(same.collect()), mean(different.collect())]
}

#[test]
fn step_15_the_same_word_gets_another_vector() {
    title("Step 15. The same word gets another vector");
    say("In \"a good novel\" it is a book, in \"a novel idea\" it means new, and the table has one row for both. Here
is a language of 54 sentences like \"the novel ended well\" and \"the novel idea failed\", in which novel stands at
the same place in either sense. An encoder of one layer and D = 16 learns to say which words were hidden. Nobody
tells it of senses.");
    let mut parameters = Parameters::new();
    let config = EncoderConfig::new(WORDS.len(), 1, WIDTH, 2);
    let model = MaskedLanguageModel::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let mask =
        WordMask { chosen: 0.4, hidden: 0.5, replaced: 0.25, ..WordMask::new(HOLE, token("novel")..token("la")) };
    let mut trainer =
        Trainer::new(&model, parameters, TrainingConfig::new(400, AdamW::default(), Schedule::constant(5e-3)));
    trainer.run(&|step| mask.hide(sources(&english()), 1, step), Hooks::default()).unwrap();
    let cx = Context::eval(trainer.parameters());

    let novel = sentences().map(|kind| -> Vec<Words> {
        kind.iter().map(|sentence| sentence.english).filter(|english| english[1] == token("novel")).collect()
    });
    let table = cx.get(cx.parameters().find("embedding.weight").unwrap());
    let table = table.view::<Ix2>("embedding");
    let place = sinusoidal(4, WIDTH).row(1).to_owned();
    let before = novel.each_ref().map(|texts| -> Vec<Array1<Real>> {
        texts.iter().map(|text| &table.row(text[1] as usize) * (WIDTH as Real).sqrt() + &place).collect()
    });
    let after = novel.each_ref().map(|texts| -> Vec<Array1<Real>> {
        let read = model.backbone().read(&cx, &sources(texts)); // (B, S, D)
        read.view::<Ix3>("read").slice(s![.., 1, ..]).rows().into_iter().map(|row| row.to_owned()).collect()
    });
    say("How far are the vectors of novel from each other, in 9 sentences of either sense? The distance is 1 minus
the cosine of the angle between two vectors: 0 if they point in the same direction.");
    expect(
        "How far are the vectors of different senses from each other before the layer?",
        &["as far as after it: the senses are different", "not at all", "about half as far"],
    );
    println!("    {:<20} {:>18} {:>22}", "", "in the same sense", "in different senses");
    let ([same_before, different_before], [same, different]) = (distances(&before), distances(&after));
    println!("    {:<20} {same_before:>18.4} {different_before:>22.4}", "before the layer");
    println!("    {:<20} {same:>18.4} {different:>22.4}\n", "after the layer");
    assert!(same_before.abs() < 1e-6 && different_before.abs() < 1e-6);
    assert!(different > 0.2 && different > 3.0 * same, "{different} {same}");

    say("Answer: b. The table has one row for novel, and it stands at the same place. Then the layer lets it look at
its neighbours, and the word behind it decides. Ask the model which word it takes to be there. Apart from novel
itself, which of the four others, and with which probability among them?");
    for (said, fits) in [("the novel ended well", ["book", "story"]), ("the novel idea failed", ["new", "odd"])] {
        let text: Words = words(said).try_into().expect("four words");
        let p = model.logits(&cx, &sources(&[text])).softmax(); // (1, S, V)
        let others =
            ["book", "story", "new", "odd"].map(|word| (word, f64::from(p.value()[[0, 1, token(word) as usize]])));
        let sum: f64 = others.iter().map(|(_, p)| p).sum();
        println!("    {said}");
        for (word, p) in others {
            bar(word, p / sum, &format!("p = {:.3}", p / sum));
        }
        println!();
        let fitting: f64 = others.iter().filter(|(word, _)| fits.contains(word)).map(|(_, p)| p / sum).sum();
        assert!(fitting > 0.8, "{said}: {fitting}");
    }
    say("One row of the table has become a kind of book here, and a kind of new there. That is claim C9. How a longer
training on a larger language separates the senses of many words:

    cargo run --release -- compare --only C9");
}
