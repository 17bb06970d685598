//! What is gone on from.

use data::Token;
use ndarray::ArrayView2;

/// Prompts, each of at least one token: the rows of an array, or lists of different lengths.
///
/// ```
/// use nn::Prompts;
/// let alike = Prompts::from(ndarray::array![[7, 4], [0, 1]].view());
/// assert_eq!(alike, Prompts::from(vec![vec![7, 4], vec![0, 1]]));
/// let different = Prompts::from(&[&[7, 4, 11][..], &[0]][..]);
/// assert_eq!(different, Prompts::from(vec![vec![7, 4, 11], vec![0]]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompts(Vec<Vec<Token>>);

impl Prompts {
    /// The tokens of each.
    ///
    /// # Panics
    /// If there is none, or one is empty.
    #[track_caller]
    pub(super) fn checked(self) -> Vec<Vec<Token>> {
        let Prompts(prompts) = self;
        assert!(!prompts.is_empty(), "generate: there is no prompt");
        if let Some(row) = prompts.iter().position(Vec::is_empty) {
            panic!("generate: prompt {row} of {} says nothing to go on from", prompts.len());
        }
        prompts
    }
}

/// (B, T)
impl From<ArrayView2<'_, Token>> for Prompts {
    fn from(prompts: ArrayView2<'_, Token>) -> Self {
        Prompts(prompts.outer_iter().map(|prompt| prompt.to_vec()).collect())
    }
}

impl<P: AsRef<[Token]>> From<&[P]> for Prompts {
    fn from(prompts: &[P]) -> Self {
        Prompts(prompts.iter().map(|prompt| prompt.as_ref().to_vec()).collect())
    }
}

impl From<Vec<Vec<Token>>> for Prompts {
    fn from(prompts: Vec<Vec<Token>>) -> Self {
        Prompts(prompts)
    }
}
