//! Losses.

use data::{IGNORE, Token};
use ndarray::{Array1, Array2, ArrayD, ArrayViewD, CowArray, Ix2, IxDyn};
use tensor::{Array, Backward, Cost, Inputs, Outputs, Real, Tensor, kernels, record, shared};

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
    smoothed_cross_entropy(logits, targets, 0.0)
}

/// [`cross_entropy`] with targets that leave the part ε = `smoothing` to all classes alike:
/// loss = -1/n Σ_r Σ_v q_rv ln p_rv, q_rv = (1 - ε)·\[v = y_r\] + ε/V.
///
/// Label smoothing (Szegedy et al. 2016, section 7), as PyTorch's `label_smoothing`: the target's own class has its
/// share of ε too. The loss is lowest, and not 0, where p = q; a model that is certain pays for it. ε = 0 is
/// [`cross_entropy`] to the last bit.
///
/// # Shapes
/// - `logits`: (.., V), `targets`: the same shape without the last axis; returns a tensor without axes.
///
/// # Panics
/// If the shapes do not fit, a target is neither below V nor [`IGNORE`], or `smoothing` is not in 0..=1.
///
/// ```
/// use ndarray::{arr1, arr2};
/// use nn::smoothed_cross_entropy;
/// use tensor::{Context, Parameters};
///
/// let parameters = Parameters::new();
/// let cx = Context::train(&parameters, 1, 0);
/// let logits = cx.leaf(arr2(&[[0.0, 3.0_f64.ln() as tensor::Real]])); // probabilities 1/4, 3/4
/// let loss = smoothed_cross_entropy(&logits, arr1(&[1]).view().into_dyn(), 0.5);
/// let exact = -0.25 * 0.25_f64.ln() - 0.75 * 0.75_f64.ln(); // q is 1/4, 3/4 as well
/// assert!((loss.item() - exact as tensor::Real).abs() < 1e-6);
/// assert!(loss.backward().of(&logits).unwrap().iter().all(|dz| dz.abs() < 1e-7));
/// ```
#[track_caller]
pub fn smoothed_cross_entropy(logits: &Tensor, targets: ArrayViewD<'_, Token>, smoothing: f64) -> Tensor {
    assert!((0.0..=1.0).contains(&smoothing), "cross_entropy: a label smoothing of {smoothing} is not in 0..=1");
    let (targets, smoothing) = (checked(logits.value(), targets), smoothing as Real);
    let [loss] = record(&[logits], || {
        let mut rows = by_rows(logits.value(), targets.len()).into_owned();
        let asked = targets.iter().any(|&target| target != IGNORE);
        let loss = kernels::cross_entropy(rows.view_mut(), targets.view(), smoothing); // rows are probabilities now
        let loss = if asked { loss } else { 0.0 };
        let saved = CrossEntropy { probabilities: rows, targets, smoothing, shape: logits.value().raw_dim() };
        ([shared(ArrayD::from_elem(IxDyn(&[]), loss))], saved)
    });
    loss
}

/// The loss of every target by itself, in order, without those that are [`IGNORE`], in nats.
///
/// # Shapes
/// - `logits`: (.., V), `targets`: the same shape without the last axis.
///
/// # Panics
/// If the shapes do not fit, or a target is no class.
///
/// ```
/// use ndarray::{arr1, arr2};
/// let logits = tensor::shared(arr2(&[[0.0, 0.0], [0.0, 0.0], [3.0, 3.0]]));
/// let targets = arr1(&[1, data::IGNORE, 0]);
/// assert_eq!(nn::token_losses(&logits, targets.view().into_dyn()), [(2.0 as tensor::Real).ln(); 2]);
/// ```
#[track_caller]
pub fn token_losses(logits: &Array, targets: ArrayViewD<'_, Token>) -> Vec<Real> {
    let targets = checked(logits, targets);
    let rows = by_rows(logits, targets.len());
    let totals = kernels::log_sum_exp(rows.view());
    let asked = targets.iter().enumerate().filter(|&(_, &target)| target != IGNORE);
    asked.map(|(row, &target)| -totals[row].log_probability(rows[[row, target as usize]])).collect()
}

/// The targets in a row, if they fit.
#[track_caller]
fn checked(logits: &Array, targets: ArrayViewD<'_, Token>) -> Array1<Token> {
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

/// Logits (.., V) as (rows, V).
fn by_rows(logits: &Array, rows: usize) -> CowArray<'_, Real, Ix2> {
    let classes = logits.shape().last().copied().unwrap_or_default();
    logits.to_shape((rows, classes)).expect("the shapes were checked")
}

struct CrossEntropy {
    probabilities: Array2<Real>,
    targets: Array1<Token>,
    smoothing: Real,
    shape: IxDyn,
}

impl Backward for CrossEntropy {
    fn name(&self) -> &'static str {
        "cross_entropy"
    }
    fn cost(&self) -> Cost {
        // By rows a maximum, a difference, an exponential and a sum; with smoothing the sum of the logits beside them;
        // then the rows' mean.
        let (n, sums) = (self.probabilities.len(), if self.smoothing == 0.0 { 4 } else { 5 });
        Cost { span: 5, ..Cost::elementwise(sums * n + self.targets.len(), 2 * n) }
    }
    fn saved_bytes(&self) -> usize {
        self.probabilities.len() * size_of::<Real>() + self.targets.len() * size_of::<Token>()
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        // loss = -1/n Σ Σ_v q[v] ln p[v], so dz = (p - q)·dloss/n in every row that counts
        let CrossEntropy { probabilities: mut dz, targets, smoothing, shape } = *self;
        let dloss = *dy.only().first().expect("a loss is one number");
        kernels::cross_entropy_backward(dz.view_mut(), targets.view(), smoothing, dloss);
        dx.add(0, dz.into_shape_with_order(shape).expect("one gradient for each logit"));
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
