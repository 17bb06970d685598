use labkit::Values;
use ndarray::Array2;

use super::lab::{self, KeyValueCache, Model};

pub fn call(exercise: &str, inputs: &Values) -> Values {
    match exercise {
        "attend" => {
            let (q, keys, values) = (inputs.array("q"), inputs.array("keys"), inputs.array("values"));
            Values::new().with("y", lab::attend(&q, &keys, &values))
        }
        "read" => {
            let nothing = Array2::zeros((0, 0));
            let (keys, values) = (inputs.array("cached_keys"), inputs.array("cached_values"));
            let mut cache = KeyValueCache { keys, values };
            let y = lab::read(&inputs.array("x"), &model(inputs, nothing.clone(), nothing), &mut cache);
            Values::new().with("y", y).with("keys", cache.keys).with("values", cache.values)
        }
        _ => {
            let model = model(inputs, inputs.array("table"), inputs.array("w_o"));
            let (tokens, caches) = lab::generate(&inputs.whole("prompts"), &model, inputs.count("count"));
            let returned = Values::new().with("tokens", tokens);
            caches.into_iter().enumerate().fold(returned, |all, (text, cache)| {
                all.with(&format!("keys_{text}"), cache.keys).with(&format!("values_{text}"), cache.values)
            })
        }
    }
}

fn model(inputs: &Values, table: Array2<f64>, w_o: Array2<f64>) -> Model {
    let [places, w_q, w_k, w_v] = ["places", "w_q", "w_k", "w_v"].map(|name| inputs.array(name));
    Model { table, places, w_q, w_k, w_v, w_o }
}
