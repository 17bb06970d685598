//! What a BERT reads.

use data::Token;
use data::pairs::Sources;
use ndarray::ArrayView2;

/// Sentences, and of which type each of their tokens is. Sentences alone are of type 0 throughout.
///
/// ```
/// use bert::BertInput;
/// use data::pairs::Sources;
/// use ndarray::array;
///
/// let sentences = Sources::new(&[&[5, 6, 7, 8], &[4]]);
/// let alone = BertInput::from(&sentences);
/// assert!(alone.types.is_none());
/// let types = array![[0, 0, 1, 1], [0, 0, 0, 0]];
/// let in_pairs = BertInput { types: Some(types.view()), ..alone };
/// assert_eq!(in_pairs.sentences.lengths, [4, 1]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct BertInput<'a> {
    /// The tokens, (B, S).
    pub sentences: &'a Sources,
    /// Their types, (B, S), each below the number of types; `None`: all are of type 0. In the padding any will do.
    pub types: Option<ArrayView2<'a, Token>>,
}

impl<'a> From<&'a Sources> for BertInput<'a> {
    fn from(sentences: &'a Sources) -> Self {
        BertInput { sentences, types: None }
    }
}
