//! The likeliest token at every step.

use data::pairs::{Ends, Sources};
use tensor::{Context, Parameters, kernels};

use super::{Limit, Looked, Translation, alignment, forbid_unsayable};
use crate::Translator;
use crate::beam::give_probabilities;
use crate::metrics::argmax;

/// Translates every source by always taking the likeliest next token, the first of equals, until it comes to its
/// [end](Translator::ends) or has as many tokens as the `limit` of its source: a number for all, or a [`Limit`].
///
/// What is likeliest at every step is not the likeliest translation; [`BeamSearch`](crate::BeamSearch) looks further.
/// With a limit of 0, nothing is said.
pub fn translate<M: Translator>(
    model: &M,
    parameters: &Parameters,
    sources: &Sources,
    limit: impl Into<Limit>,
) -> Vec<Translation> {
    let cx = Context::eval(parameters);
    let (memory, mut state) = model.encode(&cx, sources);
    let limit = limit.into();
    let limits: Vec<usize> = sources.lengths.iter().map(|&length| limit.of(length)).collect();
    let batch = limits.len();
    let ends @ Ends { padding, start, end } = model.ends();
    let mut said = vec![Translation { tokens: Vec::new(), end, alignment: None, log_probability: 0.0 }; batch];
    let mut looked = Looked::new();
    let mut last = vec![start; batch];
    let over =
        |said: &Translation, limit: usize| said.ended() || said.tokens.len() == limit || said.log_probability.is_nan();
    while !said.iter().zip(&limits).all(|(said, &limit)| over(said, limit)) {
        let mut step = model.next(&cx, &memory, &mut state, &last);
        let totals = kernels::log_sum_exp(step.logits.view()); // (B)
        let rows = step.logits.rows().into_iter().zip(&totals);
        let goes_on: Vec<bool> = rows.map(|(scores, total)| give_probabilities(scores, total)).collect();
        forbid_unsayable(ends, &mut step.logits);
        for (row, (said, &limit)) in said.iter_mut().zip(&limits).enumerate() {
            if over(said, limit) {
                last[row] = padding;
                continue;
            }
            let scores = step.logits.row(row);
            let Some(token) = argmax(scores).filter(|_| goes_on[row]) else {
                said.log_probability = f64::NAN;
                last[row] = padding;
                continue;
            };
            let log_probability = totals[row].log_probability(scores[token as usize]);
            said.log_probability += f64::from(log_probability);
            said.tokens.push(token);
            last[row] = token;
        }
        looked.push(step.alignment);
    }
    for (row, (said, &length)) in said.iter_mut().zip(&sources.lengths).enumerate() {
        let tokens = said.tokens.len();
        said.alignment = alignment(&looked, &vec![row; tokens], tokens, length);
    }
    said
}
