//! Losses.

use data::{IGNORE, Token};
use ndarray::{Array2, ArrayD, ArrayViewD, IxDyn, Zip};
use tensor::kernels::elementwise::exp;
use tensor::{Array, Backward, Cost, Inputs, Outputs, Real, Tensor, record, shared};

/// The mean cross-entropy of the targets in nats, as one operation:
/// loss = -1/n Σ ln p_r\[y_r\] over the n rows r whose target y_r is not [`IGNORE`], where p_r = softmax(z_r).
///
/// | symbol | name | shape |
/// |---|---|---|
/// | z | `logits` | (.., V) |
/// | y | `targets` | (..) |
///
/// If every target is ignored the loss is 0 and so is its gradient: a batch that asks nothing teaches nothing.
///
/// # Shapes
/// - `logits`: (.., V), `targets`: the same shape without the last axis; returns a tensor without axes.
///
/// # Panics
/// If the shapes do not fit, or a target is neither below V nor [`IGNORE`].
///
/// ```
/// use data::IGNORE;
/// use ndarray::{arr1, arr2};
/// use nn::cross_entropy;
/// use tensor::{Context, Parameters};
///
/// let parameters = Parameters::new();
/// let cx = Context::train(&parameters, 1, 0);
/// let logits = cx.leaf(arr2(&[[0.0, 0.0], [9.0, 9.0], [5.0, 7.0]])); // probabilities 1/2, 1/2; the last row is ignored
/// let loss = cross_entropy(&logits, arr1(&[0, 1, IGNORE]).view().into_dyn());
/// assert!((loss.item() - std::f64::consts::LN_2 as tensor::Real).abs() < 1e-7);
///
/// let gradients = loss.backward();
/// let dz = arr2(&[[-0.25, 0.25], [0.25, -0.25], [0.0, 0.0]]); // (p - one-hot) / n
/// assert_eq!(gradients.of(&logits).unwrap(), dz.into_dyn());
/// ```
#[track_caller]
pub fn cross_entropy(logits: &Tensor, targets: ArrayViewD<'_, Token>) -> Tensor {
    let targets = checked(logits.value(), targets);
    let [loss] = record(&[logits], || {
        let (probabilities, losses) = softmax_losses(logits.value(), &targets);
        let asked = targets.iter().filter(|&&target| target != IGNORE).count();
        let mean = losses.iter().map(|&loss| f64::from(loss)).sum::<f64>() / asked.max(1) as f64;
        let shape = logits.value().raw_dim();
        let saved = CrossEntropy { probabilities, targets, asked, shape };
        ([shared(ArrayD::from_elem(IxDyn(&[]), mean as Real))], saved)
    });
    loss
}

/// The loss of every target by itself, in order; 0 where it is [`IGNORE`].
#[track_caller]
pub(crate) fn token_losses(logits: &Array, targets: ArrayViewD<'_, Token>) -> Vec<Real> {
    let targets = checked(logits, targets);
    softmax_losses(logits, &targets).1
}

/// The targets in a row, if they fit.
#[track_caller]
fn checked(logits: &Array, targets: ArrayViewD<'_, Token>) -> Vec<Token> {
    let (classes, rows) = match logits.shape() {
        [rows @ .., classes] if rows == targets.shape() => (*classes, rows),
        shape => panic!("cross_entropy: logits (.., V) {shape:?} do not fit targets (..) {:?}", targets.shape()),
    };
    let wrong = targets.iter().find(|&&target| target != IGNORE && target as usize >= classes);
    if let Some(target) = wrong {
        panic!("cross_entropy: target {target} among {classes} classes, logits {:?}, targets {rows:?}", logits.shape());
    }
    targets.iter().copied().collect()
}

/// Softmax by rows, and -ln p of each row's target, or 0 where it is ignored.
fn softmax_losses(logits: &Array, targets: &[Token]) -> (Array2<Real>, Vec<Real>) {
    let classes = logits.len() / targets.len().max(1);
    let mut p = logits.to_shape((targets.len(), classes)).expect("the shapes were checked").to_owned();
    let mut losses = vec![0.0; targets.len()];
    Zip::from(p.rows_mut()).and(&mut losses).and(targets).for_each(|mut p, loss, &target| {
        let max = p.fold(Real::NEG_INFINITY, |max, &z| max.max(z));
        let score = if target == IGNORE { 0.0 } else { p[target as usize] - max };
        p.mapv_inplace(|z| exp(z - max));
        let sum = p.sum();
        p /= sum;
        *loss = if target == IGNORE { 0.0 } else { sum.ln() - score };
    });
    (p, losses)
}

struct CrossEntropy {
    probabilities: Array2<Real>,
    targets: Vec<Token>,
    asked: usize,
    shape: IxDyn,
}

impl Backward for CrossEntropy {
    fn name(&self) -> &'static str {
        "cross_entropy"
    }
    fn cost(&self) -> Cost {
        // By rows: a maximum, exponentials and a sum; then the mean over the rows.
        let n = self.probabilities.len();
        Cost { span: 4, ..Cost::elementwise(4 * n + self.targets.len(), 2 * n) }
    }
    fn saved_bytes(&self) -> usize {
        self.probabilities.len() * size_of::<Real>() + self.targets.len() * size_of::<Token>()
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        // loss = -1/n Σ ln p[y], so dz = (p - one-hot of y)·dloss/n in every row that counts
        let scale = dy.only().first().expect("a loss is one number") / self.asked.max(1) as Real;
        let mut dz = self.probabilities;
        for (mut dz, target) in dz.rows_mut().into_iter().zip(self.targets) {
            if target == IGNORE {
                dz.fill(0.0);
            } else {
                dz[target as usize] -= 1.0;
                dz *= scale;
            }
        }
        dx.add(0, dz.into_shape_with_order(self.shape).expect("one gradient for each logit"));
    }
}

/// The mean squared error: 1/n Σ (x - y)² over all n elements, composed of small operations.
///
/// # Shapes
/// - `prediction`, `target`: the same; returns a tensor without axes.
///
/// # Panics
/// If the shapes differ.
///
/// ```
/// use ndarray::arr1;
/// use tensor::Tensor;
/// let (x, y) = (Tensor::constant(arr1(&[1.0, 2.0])), Tensor::constant(arr1(&[1.0, 5.0])));
/// assert_eq!(nn::mean_squared_error(&x, &y).item(), 4.5);
/// ```
#[track_caller]
pub fn mean_squared_error(prediction: &Tensor, target: &Tensor) -> Tensor {
    let (x, y) = (prediction.shape(), target.shape());
    assert_eq!(x, y, "mean_squared_error: prediction {x:?} and target {y:?} differ in shape");
    let error = prediction - target;
    (&error * &error).mean()
}
