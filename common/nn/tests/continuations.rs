//! Beam search of a language model whose every probability is known.

use data::{TextBatch, Token};
use ndarray::{Array1, Array2, ArrayView2, arr2};
use nn::{BeamSearch, Continuation, LanguageModel, Rows, Temperature, Trainable, generate};
use tensor::check::random_tensor;
use tensor::{Context, Parameters, Real, Tensor};

#[path = "../../../labs/course/28-beam-search/solutions/step_by_step.rs"]
mod lab;

const VOCABULARY: usize = 3;

/// Scores the next token by the whole text so far, each time by other random numbers: one row taken for another would show.
struct Oracle;

#[derive(Clone)]
struct Texts(Vec<Vec<Token>>);

impl Rows for Texts {
    fn rows(&self, rows: &[usize]) -> Self {
        Texts(rows.iter().map(|&row| self.0[row].clone()).collect())
    }
}

impl Oracle {
    fn scores(text: &[Token]) -> Array1<Real> {
        (random_tensor(&[VOCABULARY], 1, &format!("{text:?}")) * 2.0).into_dimensionality().unwrap()
    }

    fn all(Texts(texts): &Texts) -> Array2<Real> {
        let mut scores = Array2::zeros((texts.len(), VOCABULARY));
        scores.rows_mut().into_iter().zip(texts).for_each(|(mut row, text)| row.assign(&Self::scores(text)));
        scores
    }

    /// ln p of what follows a prompt.
    fn judge(prompt: &[Token], said: &[Token]) -> f64 {
        let term = |t: usize| {
            let scores = Self::scores(&[prompt, &said[..t]].concat()).mapv(|z| z as f64);
            scores[said[t] as usize] - scores.mapv(f64::exp).sum().ln()
        };
        (0..said.len()).map(term).sum()
    }
}

impl Trainable for Oracle {
    type Batch = TextBatch;

    fn loss(&self, _: &Context<'_>, _: &TextBatch) -> Tensor {
        unreachable!("nothing is trained")
    }

    fn targets(&self, batch: &TextBatch) -> usize {
        batch.answers()
    }
}

impl LanguageModel for Oracle {
    type State = Texts;

    fn vocabulary(&self) -> usize {
        VOCABULARY
    }

    fn logits(&self, _: &Context<'_>, _: ArrayView2<'_, Token>) -> Tensor {
        unreachable!("nothing is evaluated")
    }

    fn start(&self, _: &Context<'_>, prompts: &[impl AsRef<[Token]>]) -> (Texts, Array2<Real>) {
        let texts = Texts(prompts.iter().map(|prompt| prompt.as_ref().to_vec()).collect());
        let scores = Self::all(&texts);
        (texts, scores)
    }

    fn next(&self, _: &Context<'_>, state: &mut Texts, tokens: &[Token]) -> Array2<Real> {
        assert_eq!(state.0.len(), tokens.len());
        state.0.iter_mut().zip(tokens).for_each(|(text, &token)| text.push(token));
        Self::all(state)
    }
}

fn prompts() -> Array2<Token> {
    arr2(&[[0, 1], [2, 2], [1, 0]])
}

fn searched(width: usize, penalty: f64, limit: usize, end: Option<Token>) -> Vec<Continuation> {
    let search = BeamSearch::new(width, penalty, limit).unwrap();
    search.generate(&Oracle, &Parameters::new(), prompts().view(), end)
}

/// All that can be said in at most `limit` tokens, whatever comes behind an end cut off.
fn all(limit: usize, end: Option<Token>) -> Vec<Vec<Token>> {
    let mut said: Vec<Vec<Token>> = vec![vec![]];
    for _ in 0..limit {
        let open = said.iter().filter(|text| end.is_none() || text.last().copied() != end);
        let longer: Vec<_> =
            open.flat_map(|text| (0..VOCABULARY as Token).map(move |token| [&text[..], &[token]].concat())).collect();
        said.retain(|text| end.is_some() && text.last().copied() == end);
        said.extend(longer);
    }
    said
}

#[test]
fn a_beam_that_drops_nothing_finds_the_likeliest_of_all_continuations() {
    let limit = 5;
    let every = all(limit, None);
    assert_eq!(every.len(), 243);
    for (prompt, found) in prompts().outer_iter().zip(searched(243, 0.0, limit, None)) {
        let prompt = prompt.to_vec();
        let best = every.iter().max_by(|a, b| Oracle::judge(&prompt, a).total_cmp(&Oracle::judge(&prompt, b))).unwrap();
        assert_eq!(&found.tokens, best);
        assert!((found.log_probability - Oracle::judge(&prompt, best)).abs() < 1e-5);
    }
}

#[test]
fn a_beam_that_drops_nothing_finds_the_best_continuation_that_ends() {
    let (limit, end) = (5, 1);
    for penalty in [0.0, 0.6, 2.0] {
        let search = BeamSearch::new(243, penalty, limit).unwrap();
        for (prompt, found) in prompts().outer_iter().zip(searched(243, penalty, limit, Some(end))) {
            let prompt = prompt.to_vec();
            let score = |said: &Vec<Token>| search.score(Oracle::judge(&prompt, said), said.len());
            let ended = all(limit, Some(end)).into_iter().filter(|said| said.last() == Some(&end));
            let best = ended.max_by(|a, b| score(a).total_cmp(&score(b))).unwrap();
            assert_eq!(found.tokens, best, "α = {penalty}");
        }
    }
}

#[test]
fn a_beam_of_width_one_is_greedy_and_a_wider_one_finds_likelier_texts() {
    let greedy = generate(&Oracle, &Parameters::new(), prompts().view(), 8, Temperature::GREEDY, 1).unwrap();
    let found = searched(1, 0.0, 8, None);
    assert!(found.iter().zip(greedy.outer_iter()).all(|(found, greedy)| found.tokens == greedy.to_vec()));
    let mean = |width| searched(width, 0.0, 8, None).iter().map(|found| found.log_probability).sum::<f64>() / 3.0;
    assert!(mean(1) < mean(8), "{} {}", mean(1), mean(8));
}

#[test]
fn a_prompt_goes_on_alike_alone_and_in_company() {
    let together = searched(4, 0.0, 7, None);
    let search = BeamSearch::new(4, 0.0, 7).unwrap();
    for (row, prompt) in prompts().outer_iter().enumerate() {
        let alone = prompt.insert_axis(ndarray::Axis(0));
        assert_eq!(search.generate(&Oracle, &Parameters::new(), alone, None), together[row..=row]);
    }
    let lengths = [vec![2, 1, 1, 0], vec![1], vec![0, 2]];
    let found = search.generate(&Oracle, &Parameters::new(), &lengths[..], None);
    for (prompt, found) in lengths.into_iter().zip(found) {
        assert_eq!(search.generate(&Oracle, &Parameters::new(), vec![prompt], None), [found]);
    }
    assert!(searched(4, 0.0, 0, None).iter().all(|found| found.tokens.is_empty() && found.log_probability == 0.0));
}

/// The lab returns all texts that have ended, and the search the best of them.
#[test]
fn the_lab_asks_for_what_the_search_finds() {
    let (limit, end) = (6, 1);
    for (width, penalty) in (1..5).flat_map(|width| [0.0, 0.6, 2.0].map(|penalty| (width, penalty))) {
        let found = searched(width, penalty, limit, Some(end));
        for (prompt, found) in prompts().outer_iter().zip(found) {
            let mut texts = vec![prompt.to_vec()];
            let mut model = |rows: &[lab::Row]| {
                let read = |row: &lab::Row| {
                    let last = row.last.map(|token| token as Token);
                    texts[row.came_from].iter().copied().chain(last).collect()
                };
                texts = rows.iter().map(read).collect();
                Oracle::all(&Texts(texts.clone())).mapv(|z| z as f64)
            };
            let search = lab::Search { width, alpha: penalty, limit, end: end as usize };
            let best = lab::beam_search(search, &mut model).swap_remove(0);
            let tokens: Vec<_> = best.tokens.iter().map(|&token| token as Token).collect();
            assert_eq!(found.tokens, tokens, "width {width}, α = {penalty}");
            assert!((found.log_probability - best.log_probability).abs() < 1e-5);
        }
    }
}
