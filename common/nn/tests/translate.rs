//! Translation and evaluation with a model whose every probability is known.

use data::pairs::{END, PAD, PairBatch, START, Sources};
use data::{IGNORE, Token};
use ndarray::{Array1, Array2, Array3, arr2, s};
use nn::{
    Answering, BeamSearch, Generator, Limit, Rows, ScheduledSampling, Step, Temperature, Trainable, Translation,
    Translator, align, cross_entropy, evaluate_pairs, translate,
};
use tensor::check::random_tensor;
use tensor::{Context, Parameters, Real, Tensor};

const VOCABULARY: usize = 5;
/// All but PAD and START.
const SAYABLE: std::ops::Range<usize> = END as usize..VOCABULARY;

/// Scores the next token by the whole source and the whole translation so far, each time by other random numbers: one
/// row taken for another would show. The longer a translation, the likelier its end. Looks at one position of the source
/// after the other.
struct Oracle;

impl Oracle {
    fn scores(source: &[Token], said: &[Token]) -> Array1<Real> {
        let mut scores = random_tensor(&[VOCABULARY], 1, &format!("{source:?} {said:?}")) * 2.0;
        scores[[END as usize]] += 0.3 * said.len() as Real;
        scores.into_dimensionality().unwrap()
    }

    /// ln p of a translation, and whether every token of it was the likeliest.
    fn judge(source: &[Token], tokens: &[Token]) -> (f64, bool) {
        let (mut log_probability, mut likeliest) = (0.0, true);
        for (t, &token) in tokens.iter().enumerate() {
            let scores = Self::scores(source, &tokens[..t]).mapv(|z| z as f64);
            let score = scores[token as usize];
            log_probability += score - scores.mapv(f64::exp).sum().ln();
            likeliest &= scores.slice(s![SAYABLE]).iter().all(|&other| other <= score);
        }
        (log_probability, likeliest)
    }
}

#[derive(Clone)]
struct Texts(Vec<Vec<Token>>);

impl Rows for Texts {
    fn rows(&self, rows: &[usize]) -> Self {
        Texts(rows.iter().map(|&row| self.0[row].clone()).collect())
    }
}

fn sentences(sources: &Sources) -> Vec<Vec<Token>> {
    let rows = sources.tokens.outer_iter().zip(&sources.lengths);
    rows.map(|(row, &length)| row.slice(s![..length]).to_vec()).collect()
}

impl Trainable for Oracle {
    type Batch = PairBatch;

    fn loss(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        cross_entropy(&self.logits(cx, batch), batch.targets.view().into_dyn())
    }

    fn targets(&self, batch: &PairBatch) -> usize {
        batch.answers()
    }
}

impl Translator for Oracle {
    type Memory = Texts;
    type State = Texts;

    fn vocabulary(&self) -> usize {
        VOCABULARY
    }

    fn logits(&self, _cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        let (rows, steps) = batch.inputs.dim();
        let mut logits = Array3::zeros((rows, steps, VOCABULARY));
        for (b, source) in sentences(&batch.sources).iter().enumerate() {
            for t in 0..steps {
                let said = batch.inputs.slice(s![b, 1..=t]).to_vec();
                logits.slice_mut(s![b, t, ..]).assign(&Self::scores(source, &said));
            }
        }
        Tensor::constant(logits)
    }

    fn encode(&self, _cx: &Context<'_>, sources: &Sources) -> (Texts, Texts) {
        (Texts(sentences(sources)), Texts(vec![vec![]; sources.lengths.len()]))
    }

    fn next(&self, _cx: &Context<'_>, memory: &Texts, state: &mut Texts, tokens: &[Token]) -> Step {
        let rows = tokens.len();
        assert_eq!((memory.0.len(), state.0.len()), (rows, rows));
        let mut logits = Array2::zeros((rows, VOCABULARY));
        let mut alignment = Array2::zeros((rows, 4));
        for (row, &token) in tokens.iter().enumerate() {
            let (source, read) = (&memory.0[row], &mut state.0[row]);
            read.push(token);
            assert_eq!(read[0], START);
            logits.row_mut(row).assign(&Self::scores(source, &read[1..]));
            alignment[[row, (read.len() - 1) % source.len()]] = 1.0;
        }
        Step { logits, alignment: Some(alignment) }
    }
}

fn sources() -> Sources {
    Sources::new(&[&[3, 4, 3, 4], &[4], &[3, 3, 4], &[4, 3]])
}

/// The best translation of at most `limit` tokens that ends, among all there are.
fn exhaustive(search: &BeamSearch, source: &[Token], limit: usize) -> (f64, Vec<Token>) {
    let mut best = (f64::NEG_INFINITY, vec![]);
    let mut open = vec![vec![]];
    while let Some(said) = open.pop() {
        for token in SAYABLE.map(|token| token as Token) {
            let continued = [&said[..], &[token]].concat();
            if token == END {
                let score = search.score(Oracle::judge(source, &continued).0, continued.len());
                best = if score > best.0 { (score, continued) } else { best };
            } else if continued.len() < limit {
                open.push(continued);
            }
        }
    }
    best
}

fn translated_by(search: &BeamSearch, sources: &Sources) -> Vec<Translation> {
    search.translate(&Oracle, &Parameters::new(), sources)
}

/// Its rows end at different steps, and those that have ended leave the batch.
#[test]
fn a_generator_that_always_takes_the_likeliest_says_what_greedy_translation_says() {
    let (parameters, sources) = (Parameters::new(), sources());
    let answering = Answering(&Oracle);
    let read = answering.read(&Context::eval(&parameters), &sources);
    let starts = vec![vec![START]; sources.lengths.len()];
    let mut found = vec![Vec::new(); starts.len()];
    let generator = Generator::having_read(&answering, &parameters, starts, read, Temperature::GREEDY, 1).until(END);
    for tokens in generator.take(20) {
        for (said, token) in found.iter_mut().zip(tokens.unwrap()).filter(|(said, _)| said.last() != Some(&END)) {
            said.push(token);
        }
    }
    let greedy = translate(&Oracle, &parameters, &sources, 20);
    assert_eq!(found, greedy.into_iter().map(|said| said.tokens).collect::<Vec<_>>());
}

#[test]
fn greedy_translation_takes_the_likeliest_token_and_tells_where_it_looked() {
    let translations = translate(&Oracle, &Parameters::new(), &sources(), 20);
    let lengths: Vec<usize> = translations.iter().map(|said| said.tokens.len()).collect();
    assert!(lengths.iter().any(|&length| length != lengths[0]), "rows end at different steps: {lengths:?}");
    for (source, said) in sentences(&sources()).iter().zip(&translations) {
        assert!(said.ended() && !said.words().contains(&END));
        let (log_probability, likeliest) = Oracle::judge(source, &said.tokens);
        assert!(likeliest && (log_probability - said.log_probability).abs() < 1e-5);
        let looked = Array2::from_shape_fn((said.tokens.len(), source.len()), |(t, s)| {
            Real::from(u8::from(t % source.len() == s))
        });
        assert_eq!(said.alignment.as_ref().unwrap(), looked);
    }
}

#[test]
fn a_beam_of_width_one_is_greedy_translation() {
    let greedy = translate(&Oracle, &Parameters::new(), &sources(), 20);
    for penalty in [0.0, 0.6, 3.0] {
        let beam = translated_by(&BeamSearch::new(1, penalty, 20).unwrap(), &sources());
        for (greedy, beam) in greedy.iter().zip(&beam) {
            assert_eq!((&greedy.tokens, &greedy.alignment), (&beam.tokens, &beam.alignment));
            assert!((greedy.log_probability - beam.log_probability).abs() < 1e-9);
        }
    }
}

#[test]
fn a_beam_that_drops_nothing_finds_what_exhaustive_search_finds() {
    let limit = 4;
    for penalty in [0.0, 0.6, 1.0, 4.0] {
        let search = BeamSearch::new(VOCABULARY.pow(limit as u32), penalty, limit).unwrap();
        for (source, said) in sentences(&sources()).iter().zip(translated_by(&search, &sources())) {
            let (score, tokens) = exhaustive(&search, source, limit);
            assert_eq!(said.tokens, tokens, "α = {penalty}");
            assert!((search.score(said.log_probability, said.tokens.len()) - score).abs() < 1e-5);
        }
    }
}

#[test]
fn a_wider_beam_finds_better_and_a_larger_penalty_longer_translations() {
    let mean = |width, penalty, of: fn(&BeamSearch, &Translation) -> f64| {
        let search = BeamSearch::new(width, penalty, 12).unwrap();
        translated_by(&search, &sources()).iter().map(|said| of(&search, said)).sum::<f64>() / 4.0
    };
    let score = |width| mean(width, 0.6, |search, said| search.score(said.log_probability, said.tokens.len()));
    assert!(score(1) < score(4) && score(4) <= score(64), "{} {} {}", score(1), score(4), score(64));
    let length = |penalty| mean(64, penalty, |_, said| said.tokens.len() as f64);
    assert!(length(0.0) < length(8.0), "{} {}", length(0.0), length(8.0));
}

#[test]
fn a_source_is_translated_alike_alone_and_in_company() {
    let search = BeamSearch::new(3, 0.6, 10).unwrap();
    let (together, greedy) =
        (translated_by(&search, &sources()), translate(&Oracle, &Parameters::new(), &sources(), 10));
    for (row, source) in sentences(&sources()).iter().enumerate() {
        let alone = Sources::new(&[source]);
        assert_eq!(translated_by(&search, &alone), together[row..row + 1]);
        assert_eq!(translate(&Oracle, &Parameters::new(), &alone, 10), greedy[row..row + 1]);
    }
}

/// [`Oracle`] with other scores, given the sources and what was read of the translations.
struct Altered(fn(&mut Step, &Texts, &Texts));

impl Trainable for Altered {
    type Batch = PairBatch;

    fn loss(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        Oracle.loss(cx, batch)
    }

    fn targets(&self, batch: &PairBatch) -> usize {
        batch.answers()
    }
}

impl Translator for Altered {
    type Memory = Texts;
    type State = Texts;

    fn vocabulary(&self) -> usize {
        VOCABULARY
    }

    fn logits(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        Oracle.logits(cx, batch)
    }

    fn encode(&self, cx: &Context<'_>, sources: &Sources) -> (Texts, Texts) {
        Oracle.encode(cx, sources)
    }

    fn next(&self, cx: &Context<'_>, memory: &Texts, state: &mut Texts, tokens: &[Token]) -> Step {
        let mut step = Oracle.next(cx, memory, state, tokens);
        (self.0)(&mut step, memory, state);
        step
    }
}

/// Never ends by itself, nor in a beam of 2, and would rather say PAD or START than anything else.
const ENDLESS: Altered = Altered(|step, _, _| {
    for (token, score) in [(PAD, 20.0), (START, 30.0), (END, -1e6)] {
        step.logits.column_mut(token as usize).fill(score);
    }
});

#[test]
fn what_does_not_end_has_the_limit_of_its_own_source_in_any_company() {
    let parameters = Parameters::new();
    for (limit, lengths) in [(Limit::growing(2, 3), [11, 5, 9, 7]), (Limit::growing(3, 0).at_most(7), [7, 3, 7, 6])] {
        let greedy = |sources: &Sources| translate(&ENDLESS, &parameters, sources, limit);
        let beam =
            |sources: &Sources| BeamSearch::new(2, 0.6, limit).unwrap().translate(&ENDLESS, &parameters, sources);
        let (together, followed) = (greedy(&sources()), beam(&sources()));
        for (row, source) in sentences(&sources()).iter().enumerate() {
            let alone = Sources::new(&[source]);
            assert_eq!((greedy(&alone), beam(&alone)), (together[row..=row].to_vec(), followed[row..=row].to_vec()));
            assert_eq!([&together, &followed].map(|said| said[row].tokens.len()), [lengths[row]; 2]);
        }
    }
}

#[test]
fn neither_pad_nor_start_is_ever_said() {
    let parameters = Parameters::new();
    let wide = BeamSearch::new(50, 0.6, 4).unwrap().translate(&ENDLESS, &parameters, &sources());
    for said in translate(&ENDLESS, &parameters, &sources(), 4).iter().chain(&wide) {
        assert!(said.tokens.iter().all(|token| SAYABLE.contains(&(*token as usize))), "{:?}", said.tokens);
    }
    let batch = PairBatch::new(&[(&[3, 4], &[3, 4, 4, 3]), (&[4], &[4, 3, 3])]);
    let sampling = ScheduledSampling { least: 0.0, steps: 0 };
    let read = sampling.inputs(&Context::train(&parameters, 1, 0), &ENDLESS, &batch);
    assert!(read.slice(s![.., 1..]).iter().all(|token| SAYABLE.contains(&(*token as usize))), "{read}");
}

/// Its scores of one source are not numbers from the second step on.
const LOST: Altered = Altered(|step, memory, state| {
    for (row, (source, read)) in memory.0.iter().zip(&state.0).enumerate() {
        let score = if read.len() == 1 { -1e6 } else { Real::NAN };
        if source == &[3, 3, 4] {
            step.logits[[row, END as usize]] = score;
        }
    }
});

#[test]
fn scores_that_are_no_numbers_end_their_own_source_and_no_other() {
    let parameters = Parameters::new();
    let greedy = translate(&LOST, &parameters, &sources(), 20);
    let (expected, beam) = (translate(&Oracle, &parameters, &sources(), 20), BeamSearch::new(3, 0.6, 20).unwrap());
    let followed = beam.translate(&LOST, &parameters, &sources());
    for (said, expected) in [(greedy, expected), (followed, translated_by(&beam, &sources()))] {
        assert!(said[2].log_probability.is_nan() && said[2].tokens.len() == 1, "{:?}", said[2]);
        for row in [0, 1, 3] {
            assert_eq!(said[row], expected[row]);
        }
    }
}

/// From the second step on, all probability of one source is with what is never said, which its scores leave finite or
/// not.
const SPEECHLESS: [Altered; 2] = [
    Altered(|step, memory, state| silence(step, memory, state, 1.0)),
    Altered(|step, memory, state| silence(step, memory, state, Real::INFINITY)),
];

fn silence(step: &mut Step, memory: &Texts, state: &Texts, unsayable: Real) {
    for (row, (source, read)) in memory.0.iter().zip(&state.0).enumerate() {
        if source == &[3, 3, 4] && read.len() == 1 {
            step.logits[[row, END as usize]] = Real::NEG_INFINITY;
        } else if source == &[3, 3, 4] {
            step.logits.row_mut(row).fill(Real::NEG_INFINITY);
            step.logits[[row, PAD as usize]] = unsayable;
        }
    }
}

#[test]
fn where_nothing_can_be_said_every_search_is_lost() {
    let parameters = Parameters::new();
    for speechless in &SPEECHLESS {
        let greedy = translate(speechless, &parameters, &sources(), 20);
        assert!(greedy[2].log_probability.is_nan() && greedy[2].tokens.len() == 1, "{:?}", greedy[2]);
        for width in [1, 3] {
            let search = BeamSearch::new(width, 0.6, 20).unwrap();
            let followed = search.translate(speechless, &parameters, &sources());
            assert!(followed[2].log_probability.is_nan(), "{:?}", followed[2]);
            assert_eq!(followed[2].tokens, greedy[2].tokens);
            let expected = translated_by(&search, &sources());
            assert!([0, 1, 3].iter().all(|&row| followed[row] == expected[row]));
        }
    }
}

#[test]
fn scheduled_sampling_reads_the_right_token_where_scores_are_no_numbers() {
    let batch = PairBatch::new(&[(&[3, 3, 4], &[3, 4, 4, 3]), (&[4], &[4, 3, 3, 4])]);
    let sampling = ScheduledSampling { least: 0.0, steps: 0 };
    let (cx, parameters) = (|parameters| Context::train(parameters, 1, 0), Parameters::new());
    let read = sampling.inputs(&cx(&parameters), &LOST, &batch);
    assert_eq!(read.slice(s![0, 2..]), batch.inputs.slice(s![0, 2..]));
    assert_eq!(read.row(1), sampling.inputs(&cx(&parameters), &Oracle, &batch).row(1));
}

#[test]
fn the_limit_ends_what_does_not_end_by_itself() {
    for limit in [0, 1, 2] {
        let greedy = translate(&Oracle, &Parameters::new(), &sources(), limit);
        let beam = translated_by(&BeamSearch::new(1, 0.6, limit).unwrap(), &sources());
        assert_eq!(greedy.iter().map(|said| said.tokens.len()).max(), Some(limit));
        assert!(greedy.iter().any(|said| !said.ended()));
        assert!(greedy.iter().zip(&beam).all(|(greedy, beam)| greedy.tokens == beam.tokens));
    }
}

#[test]
fn impossible_searches_are_refused_in_one_sentence() {
    let message = |width, penalty| BeamSearch::new(width, penalty, 10).unwrap_err().to_string();
    assert_eq!(
        message(0, 0.6),
        "a beam of width 0 follows no translation: give at least 1, where 1 always takes the likeliest token"
    );
    assert_eq!(
        message(4, -1.0),
        "-1 is not a length penalty: give a number of at least 0, where 0 does not correct for length"
    );
    assert!([f64::NAN, f64::INFINITY].iter().all(|&penalty| BeamSearch::new(4, penalty, 10).is_err()));
}

#[test]
fn evaluation_counts_every_token_of_a_pair_the_same_in_whatever_batch_it_stands() {
    let pairs: [(&[Token], &[Token]); 3] = [(&[3, 4, 3], &[4, 3]), (&[4], &[]), (&[3, 3], &[3, 4, 4, 3])];
    let (mut nats, mut hits) = (0.0, 0);
    for (source, target) in pairs {
        let tokens = [target, &[END]].concat();
        nats -= Oracle::judge(source, &tokens).0;
        hits += (0..tokens.len())
            .filter(|&t| {
                let scores = Oracle::scores(source, &tokens[..t]);
                scores.iter().all(|&score| score <= scores[tokens[t] as usize])
            })
            .count();
    }
    for batch in [1, 2, 3] {
        let batches = pairs.chunks(batch).map(PairBatch::new);
        let evaluation = evaluate_pairs(&Oracle, &Parameters::new(), batches).unwrap();
        assert_eq!((evaluation.tokens, evaluation.accuracy), (9, hits as f64 / 9.0));
        assert!((evaluation.nats - nats / 9.0).abs() < 1e-6, "{} instead of {}", evaluation.nats, nats / 9.0);
    }
    let mut nothing = PairBatch::new(&pairs);
    nothing.targets.fill(IGNORE);
    assert_eq!(evaluate_pairs(&Oracle, &Parameters::new(), [nothing]), None);
}

#[test]
fn an_alignment_of_the_right_translation_has_a_row_for_each_of_its_tokens_and_for_the_end() {
    let batch = PairBatch::new(&[(&[3, 4, 3, 4], &[4]), (&[4, 3], &[3, 3, 4])]);
    let looked = align(&Oracle, &Parameters::new(), &batch).unwrap();
    assert_eq!(looked[0], arr2(&[[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]]));
    assert_eq!(looked[1], arr2(&[[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]));
}
