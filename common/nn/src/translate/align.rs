//! Where a model looks while it is told what to say.

use data::IGNORE;
use data::pairs::PairBatch;
use ndarray::Array2;
use tensor::{Context, Parameters, Real};

use super::{Looked, alignment};
use crate::Translator;

/// How much the decoder looks at each token of the source when it is told the right translation token by token, END
/// included. `None` from a model that does not look back.
///
/// What alignments are judged by: those of a model's own translations could not be compared with gold, which is of the
/// right ones.
///
/// # Shapes
/// - returns (T, S) for each pair, without padding.
pub fn align<M: Translator>(model: &M, parameters: &Parameters, batch: &PairBatch) -> Option<Vec<Array2<Real>>> {
    let cx = Context::eval(parameters);
    let (memory, mut state) = model.encode(&cx, &batch.sources);
    let columns = batch.inputs.columns().into_iter();
    let looked: Looked =
        columns.map(|tokens| model.next(&cx, &memory, &mut state, &tokens.to_vec()).alignment).collect();
    let rows = batch.targets.outer_iter().zip(&batch.sources.lengths).enumerate();
    let alignments = rows.map(|(row, (targets, &length))| {
        let told = targets.iter().filter(|&&token| token != IGNORE).count();
        alignment(&looked, &vec![row; told], told, length)
    });
    alignments.collect()
}
