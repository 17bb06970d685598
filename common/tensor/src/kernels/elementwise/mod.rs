//! Functions of one number, and how to apply them to slices.
//!
//! In `f32` they are polynomials of our own without a branch, so that a loop over a slice becomes vector instructions
//! (a call into the C library per element does not). Their errors, in units of the last place against a reference in
//! double precision, are stated at each function and tested in `tests/kernels_elementwise.rs`. In the `f64` build the
//! standard library answers: gradient checks need the seams of a range reduction to stay below 1e-15.
//!
//! ```
//! use tensor::kernels::elementwise::{map, tanh};
//! let mut y = [0.0; 3];
//! map(&mut y, &[-100.0, 0.0, 0.5], tanh);
//! assert_eq!(y[..2], [-1.0, 0.0]);
//! assert!((y[2] - 0.46211716).abs() < 1e-7);
//! ```

use std::f64;

use rayon::prelude::*;

use super::parallel::{CHUNK, grain};
use crate::Real;

#[cfg(not(real_f64))]
mod single;
#[cfg(not(real_f64))]
use single as real;

#[cfg(real_f64)]
mod double;
#[cfg(real_f64)]
use double as real;

/// `e^x`. Error below 1.25 ulp.
#[inline(always)]
pub fn exp(x: Real) -> Real {
    real::exp(x)
}

/// The hyperbolic tangent. Error below 3 ulp, near zero too.
#[inline(always)]
pub fn tanh(x: Real) -> Real {
    real::tanh(x)
}

/// The logistic function `1 / (1 + e^-x)`. Error below 3 ulp, for large negative `x` too.
#[inline(always)]
pub fn sigmoid(x: Real) -> Real {
    real::sigmoid(x)
}

/// `max(x, 0)`; a NaN stays one.
#[inline(always)]
pub fn relu(x: Real) -> Real {
    at_least(x, 0.0)
}

/// The derivative of [`relu`] in terms of its output: 1 or 0, and NaN where that is NaN.
#[inline(always)]
pub fn relu_derivative(y: Real) -> Real {
    if y <= 0.0 { 0.0 } else { if y.is_nan() { y } else { 1.0 } }
}

/// `ln(1 + e^x)`. Error below 3 ulp.
#[inline(always)]
pub fn softplus(x: Real) -> Real {
    real::softplus(x)
}

/// The Gaussian error linear unit `x·Φ(x)`, `Φ` the standard normal distribution function (Hendrycks & Gimpel 2016,
/// section 2). Error below 7 ulp, for large negative `x` too, where `x·(1 + erf(x/√2))/2` cancels.
#[inline(always)]
pub fn gelu(x: Real) -> Real {
    real::gelu(x)
}

/// The derivative of [`gelu`], `Φ(x) + x·φ(x)`, in terms of its input. It has a zero at -0.75, so the error is
/// absolute: below 3e-7.
#[inline(always)]
pub fn gelu_derivative(x: Real) -> Real {
    real::gelu_derivative(x)
}

/// GPT-2's approximation of [`gelu`], `x·(1 + tanh u)/2 = x·σ(2u)` with `u = √(2/π)·(x + 0.044715·x³)` (Hendrycks &
/// Gimpel 2016, section 2). Error below 4 ulp for `x > -1`; further down the
/// rounding of `u` counts `|2u|` times, up to 250 ulp where the result has fallen to 1e-38.
#[inline(always)]
pub fn gelu_tanh(x: Real) -> Real {
    // Below the bound σ is 0, and the product of 0 and infinity would not be.
    at_least(x, -1e3) * sigmoid(gelu_tanh_argument(x))
}

/// The derivative of [`gelu_tanh`], `σ(2u)·(1 + x·σ(-2u)·2u')`, in terms of its input. Error absolute: below 3e-7.
#[inline(always)]
pub fn gelu_tanh_derivative(x: Real) -> Real {
    // Outside ±20 the derivative is 0 or 1 to the last bit, and x³ is far from overflow.
    let x = at_most(at_least(x, -20.0), 20.0);
    let twice_u_slope = SQRT_8_OVER_PI * fma(3.0 * CUBIC * x, x, 1.0);
    let (s, rest) = (sigmoid(gelu_tanh_argument(x)), sigmoid(-gelu_tanh_argument(x)));
    s * fma(x * rest, twice_u_slope, 1.0)
}

/// `x·σ(x)` (Hendrycks & Gimpel 2016, section 2). Error below 4 ulp.
#[inline(always)]
pub fn silu(x: Real) -> Real {
    // Below the bound σ is 0, and the product of 0 and infinity would not be.
    at_least(x, -1e3) * sigmoid(x)
}

/// The derivative of [`silu`], `σ(x)·(1 + x·σ(-x))`, in terms of its input. Error absolute: below 3e-7.
#[inline(always)]
pub fn silu_derivative(x: Real) -> Real {
    // Outside ±100 the derivative is 0 or 1 to the last bit.
    let x = at_most(at_least(x, -100.0), 100.0);
    sigmoid(x) * fma(x, sigmoid(-x), 1.0)
}

const SQRT_8_OVER_PI: Real = (f64::consts::SQRT_2 * f64::consts::FRAC_2_SQRT_PI) as Real;
const CUBIC: Real = 0.044_715;

/// `2u` of [`gelu_tanh`].
#[inline(always)]
fn gelu_tanh_argument(x: Real) -> Real {
    SQRT_8_OVER_PI * x * fma(CUBIC * x, x, 1.0)
}

/// `a·b + c`, in one instruction where the processor has it; without it `mul_add` would be a call.
#[inline(always)]
pub fn fma(a: Real, b: Real, c: Real) -> Real {
    if cfg!(any(target_feature = "fma", target_arch = "aarch64")) { a.mul_add(b, c) } else { a * b + c }
}

/// `max(x, bound)`, except that a NaN stays one (`f32::max` drops it).
#[inline(always)]
fn at_least(x: Real, bound: Real) -> Real {
    if x < bound { bound } else { x }
}

/// `min(x, bound)`, except that a NaN stays one.
#[inline(always)]
fn at_most(x: Real, bound: Real) -> Real {
    if x > bound { bound } else { x }
}

/// `dst[i] = f(src[i])`. Pass a function by name or as a closure, not as a `fn` pointer: only then is the loop
/// compiled for it.
///
/// # Panics
/// If the lengths differ.
#[track_caller]
pub fn map(dst: &mut [Real], src: &[Real], f: impl Fn(Real) -> Real + Sync + Send) {
    if dst.len() != src.len() {
        panic!("map: {} elements into {}", src.len(), dst.len());
    }
    let chunks = dst.par_chunks_mut(CHUNK).zip(src.par_chunks(CHUNK));
    chunks.with_min_len(grain(CHUNK)).for_each(|(dst, src)| {
        for (dst, src) in dst.iter_mut().zip(src) {
            *dst = f(*src);
        }
    });
}

/// `x[i] = f(x[i])`; the rest as for [`map`].
pub fn map_inplace(x: &mut [Real], f: impl Fn(Real) -> Real + Sync + Send) {
    x.par_chunks_mut(CHUNK).with_min_len(grain(CHUNK)).for_each(|x| {
        for x in x {
            *x = f(*x);
        }
    });
}

/// `dst[i] = f(dst[i], src[i])`; the rest as for [`map`].
///
/// # Panics
/// If the lengths differ.
#[track_caller]
pub fn combine(dst: &mut [Real], src: &[Real], f: impl Fn(Real, Real) -> Real + Sync + Send) {
    if dst.len() != src.len() {
        panic!("combine: {} elements with {}", dst.len(), src.len());
    }
    let chunks = dst.par_chunks_mut(CHUNK).zip(src.par_chunks(CHUNK));
    chunks.with_min_len(grain(CHUNK)).for_each(|(dst, src)| {
        for (dst, src) in dst.iter_mut().zip(src) {
            *dst = f(*dst, *src);
        }
    });
}
