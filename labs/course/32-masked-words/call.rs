use labkit::Values;

use super::lab;

pub fn call(exercise: &str, inputs: &Values) -> Values {
    match exercise {
        "hide" => {
            let [choice, fate, word] = ["choice", "fate", "word"].map(|name| inputs.array(name));
            let words = inputs.count("first_word")..inputs.count("first_word") + inputs.count("words");
            let chance = [&choice, &fate, &word];
            let (hidden, labels) = lab::hide(&inputs.whole("tokens"), chance, words, inputs.count("mask"));
            Values::new().with("inputs", hidden).with("labels", labels)
        }
        _ => {
            let loss = lab::masked_loss(&inputs.array("logits"), &inputs.whole("labels"));
            Values::new().with("loss", loss)
        }
    }
}
