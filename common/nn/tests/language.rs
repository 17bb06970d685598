//! Evaluation and generation with a model whose distribution is known.

use data::{IGNORE, TextBatch, TextSplit, Token, Windows};
use ndarray::{Array2, Array3, ArrayView2, Axis, arr1, arr2};
use nn::{Generator, LanguageModel, Rows, ScoresError, Temperature, Trainable, cross_entropy, evaluate, generate};
use tensor::{Context, Parameters, Real, Tensor};

/// Scores the next token by the last one: row i of `scores` after token i. So there is nothing to remember.
struct Table {
    scores: Array2<Real>,
}

impl Table {
    fn rows(&self, tokens: impl IntoIterator<Item = Token>) -> Array2<Real> {
        let tokens: Vec<_> = tokens.into_iter().map(|token| token as usize).collect();
        self.scores.select(Axis(0), &tokens)
    }
}

#[derive(Clone)]
struct Read;

impl Rows for Read {
    fn rows(&self, _: &[usize]) -> Self {
        Read
    }
}

impl Trainable for Table {
    type Batch = TextBatch;

    fn loss(&self, cx: &Context<'_>, batch: &TextBatch) -> Tensor {
        cross_entropy(&self.logits(cx, batch.inputs.view()), batch.targets.view().into_dyn())
    }

    fn targets(&self, batch: &TextBatch) -> usize {
        batch.answers()
    }
}

impl LanguageModel for Table {
    type State = Read;

    fn vocabulary(&self) -> usize {
        self.scores.nrows()
    }

    fn logits(&self, _cx: &Context<'_>, inputs: ArrayView2<'_, Token>) -> Tensor {
        let shape = (inputs.nrows(), inputs.ncols(), self.vocabulary());
        Tensor::constant(Array3::from_shape_fn(shape, |(b, t, v)| self.scores[[inputs[[b, t]] as usize, v]]))
    }

    fn start(&self, _cx: &Context<'_>, prompts: &[impl AsRef<[Token]>]) -> (Read, Array2<Real>) {
        let last = |prompt: &[Token]| *prompt.last().expect("prompts are not empty");
        (Read, self.rows(prompts.iter().map(|prompt| last(prompt.as_ref()))))
    }

    fn next(&self, _cx: &Context<'_>, _state: &mut Read, tokens: &[Token]) -> Array2<Real> {
        self.rows(tokens.iter().copied())
    }
}

/// After 0 comes 1 or 2, after 1 comes 2, after 2 comes 0, with probabilities that are no powers of each other.
fn table() -> Table {
    let p: Array2<f64> = arr2(&[[0.1, 0.6, 0.3], [0.2, 0.1, 0.7], [0.8, 0.15, 0.05]]);
    Table { scores: p.mapv(|p| (p.ln() + 2.0) as Real) }
}

#[test]
fn evaluation_counts_every_token_the_same_in_whatever_batch_it_stands() {
    let (model, parameters) = (table(), Parameters::new());
    let tokens: Vec<Token> = vec![0, 1, 2, 0, 2, 0, 1, 1, 2, 0, 1];
    let split = TextSplit::from_tokens("sample", tokens.clone());
    let windows = Windows::new(&split, 2).unwrap();
    assert_eq!(windows.len(), 5);

    let p =
        |from: Token, to: Token| [[0.1, 0.6, 0.3], [0.2, 0.1, 0.7], [0.8, 0.15, 0.05_f64]][from as usize][to as usize];
    let expected = tokens.windows(2).map(|pair| -p(pair[0], pair[1]).ln()).sum::<f64>() / 10.0;
    for batch in [1, 2, 3, 5, 8] {
        let evaluation = evaluate(&model, &parameters, windows.batches(batch)).unwrap();
        assert_eq!(evaluation.tokens, 10);
        assert!((evaluation.nats / expected - 1.0).abs() < 1e-6, "{} instead of {expected}", evaluation.nats);
        assert_eq!(evaluation.accuracy, 0.8); // all but 0 2 and 1 1
        assert_eq!(evaluation, evaluate(&model, &parameters, windows.batches(1)).unwrap());
    }
}

#[test]
fn evaluation_leaves_out_what_is_not_asked() {
    let (model, parameters) = (table(), Parameters::new());
    let batch = |targets| TextBatch { inputs: arr2(&[[0, 1, 2]]), targets };
    let some = evaluate(&model, &parameters, [batch(arr2(&[[IGNORE, 2, IGNORE]]))]).unwrap();
    assert_eq!((some.tokens, some.accuracy), (1, 1.0));
    assert!((some.nats + 0.7_f64.ln()).abs() < 1e-6);
    assert_eq!(evaluate(&model, &parameters, [batch(arr2(&[[IGNORE; 3]]))]), None);
    assert_eq!(evaluate(&model, &parameters, []), None);
}

#[test]
fn greedy_generation_takes_the_likeliest_token() {
    let (model, parameters) = (table(), Parameters::new());
    let prompts = arr2(&[[1, 0], [0, 2]]);
    let tokens = generate(&model, &parameters, prompts.view(), 5, Temperature::GREEDY, 1).unwrap();
    assert_eq!(tokens, arr2(&[[1, 2, 0, 1, 2], [0, 1, 2, 0, 1]]));
}

#[test]
fn sampling_follows_the_models_distribution_at_its_temperature() {
    let (model, parameters) = (table(), Parameters::new());
    let prompts = Array2::zeros((1, 1));
    for (temperature, p) in [(1.0, [0.1, 0.6, 0.3]), (0.5, [0.01 / 0.46, 0.36 / 0.46, 0.09 / 0.46])] {
        let temperature = Temperature::new(temperature).unwrap();
        let mut after_zero = [0.0; 3];
        let mut last = 0;
        for tokens in Generator::new(&model, &parameters, prompts.view(), temperature, 5).take(30_000) {
            let tokens = tokens.unwrap();
            if last == 0 {
                after_zero[tokens[0] as usize] += 1.0;
            }
            last = tokens[0] as usize;
        }
        let total: f64 = after_zero.iter().sum();
        for (count, p) in after_zero.iter().zip(p) {
            let deviations = (count - total * p) / (total * p * (1.0 - p)).sqrt();
            assert!(deviations.abs() < 4.0, "{count} of {total} instead of {p}");
        }
    }
}

#[test]
fn a_row_says_the_same_alone_and_in_company_and_other_seeds_say_something_else() {
    let (model, parameters) = (table(), Parameters::new());
    let one = Temperature::new(1.0).unwrap();
    let together = generate(&model, &parameters, arr2(&[[0], [1], [0]]).view(), 60, one, 9).unwrap();
    let alone = generate(&model, &parameters, arr2(&[[0]]).view(), 60, one, 9).unwrap();
    assert_eq!(together.row(0), alone.row(0));
    assert_ne!(together.row(0), together.row(2));
    assert_ne!(alone, generate(&model, &parameters, arr2(&[[0]]).view(), 60, one, 10).unwrap());
}

/// What was said before there were other controls than the temperature.
#[test]
fn a_temperature_alone_says_what_it_always_said() {
    let (model, parameters) = (table(), Parameters::new());
    let expected = [
        (1.0, "221201201212020201202012012120101201211202002012000201202012"),
        (0.5, "120120201201201201202012012012001201201201202012001201202012"),
        (1.7, "222001201220120212002012021201200101120202002012100200202002"),
    ];
    for (temperature, text) in expected {
        let temperature = Temperature::new(temperature).unwrap();
        let said = generate(&model, &parameters, arr2(&[[0], [1]]).view(), 60, temperature, 7).unwrap();
        assert_eq!(said.row(0).iter().map(Token::to_string).collect::<String>(), text);
    }
}

#[test]
fn rows_end_at_the_end_token_and_the_text_when_all_have() {
    let (model, parameters) = (table(), Parameters::new());
    let prompts = arr2(&[[0], [1]]);
    let generator = Generator::new(&model, &parameters, prompts.view(), Temperature::GREEDY, 1);
    assert_eq!(generator.until(2).collect::<Result<Vec<_>, _>>().unwrap(), [[1, 2], [2, 2]]);
}

#[test]
fn a_row_is_ended_from_outside_and_the_others_go_on() {
    let (model, parameters) = (table(), Parameters::new());
    let prompts = [vec![0], vec![2, 2, 1], vec![1, 0]];
    let mut generator = Generator::new(&model, &parameters, &prompts[..], Temperature::GREEDY, 1);
    let mut next = || generator.next().unwrap().unwrap();
    assert_eq!([next(), next()], [[1, 2, 1], [2, 0, 2]]);
    generator.end(1);
    assert_eq!(generator.next().unwrap().unwrap(), [0, 0, 0]);
    assert!(generator.trace(1).is_none() && generator.trace(2).is_some());
    assert_eq!(generator.next().unwrap().unwrap(), [1, 0, 1]);
    [0, 2].into_iter().for_each(|row| generator.end(row));
    assert_eq!(generator.next(), None);

    let mut generator = Generator::new(&model, &parameters, &prompts[..], Temperature::GREEDY, 1);
    generator.end(0);
    assert_eq!(
        generator.next().unwrap().unwrap(),
        [0, 2, 1],
        "a row that is ended at once repeats the prompt's last token"
    );
}

#[test]
#[should_panic(expected = "generate: prompt 1 of 2 says nothing to go on from")]
fn an_empty_prompt_is_a_mistake() {
    Generator::new(&table(), &Parameters::new(), &[vec![0], vec![]][..], Temperature::GREEDY, 1);
}

#[test]
fn impossible_temperatures_are_refused_in_one_sentence() {
    for temperature in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(Temperature::new(temperature).is_err());
    }
    let message = Temperature::new(-1.0).unwrap_err().to_string();
    assert_eq!(
        message,
        "-1 is not a temperature: give a number of at least 0, where 0 always takes the likeliest token"
    );
}

#[test]
fn scores_that_are_no_numbers_end_the_text_with_an_error() {
    let parameters = Parameters::new();
    for spoiled in [[Real::NAN, 0.0, 1.0], [Real::INFINITY, 0.0, 1.0], [Real::NEG_INFINITY; 3]] {
        let mut model = table();
        model.scores.row_mut(2).assign(&arr1(&spoiled));
        for temperature in [0.0, 1.0].map(|temperature| Temperature::new(temperature).unwrap()) {
            assert_eq!(temperature.choose(arr1(&spoiled).view(), 0.5), Err(ScoresError), "{spoiled:?}");
            let prompts = arr2(&[[0], [2]]);
            let mut beside = Generator::new(&model, &parameters, prompts.view(), temperature, 1);
            assert_eq!([beside.next(), beside.next()], [Some(Err(ScoresError)), None], "{spoiled:?}");
        }
        let prompts = arr2(&[[0]]);
        let said: Vec<_> = Generator::new(&model, &parameters, prompts.view(), Temperature::GREEDY, 1).collect();
        assert_eq!(said, [Ok(vec![1]), Ok(vec![2]), Err(ScoresError)], "what came before stays");
        assert_eq!(generate(&model, &parameters, prompts.view(), 3, Temperature::GREEDY, 1), Err(ScoresError));
    }
    let one = Temperature::new(1.0).unwrap();
    assert_eq!(one.choose(arr1(&[Real::NEG_INFINITY, 0.0]).view(), 0.0), Ok(1), "what is impossible alone is no error");
}
