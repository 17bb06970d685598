//! The error of the `f32` elementwise functions against references in double precision.
#![cfg(not(real_f64))]

use tensor::kernels::elementwise::*;

/// Every `STRIDE`-th bit pattern: each exponent some 840 times, subnormals, both infinities' neighbours and NaNs too.
const STRIDE: usize = 9973;

fn grid() -> impl Iterator<Item = f32> {
    let special = [0.0, -0.0, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, f32::MIN_POSITIVE, 1e-45];
    (0..=u32::MAX).step_by(STRIDE).map(f32::from_bits).chain(special).filter(|x| !x.is_nan())
}

/// The distance from `y` to `exact` in units of the last place of `exact` rounded to `f32` (never less than the
/// smallest subnormal).
fn ulp_error(y: f32, exact: f64) -> f64 {
    let rounded = exact as f32;
    if y == rounded {
        return 0.0;
    }
    if !rounded.is_finite() || !y.is_finite() {
        return f64::INFINITY;
    }
    let unit = f64::from(f32::from_bits(rounded.abs().to_bits() + 1)) - f64::from(rounded.abs());
    (f64::from(y) - exact).abs() / unit
}

fn absolute(y: f32, exact: f64) -> f64 {
    (f64::from(y) - exact).abs()
}

/// The largest value of `error(x)` on the grid and where it is.
fn worst(inputs: impl Iterator<Item = f32>, error: impl Fn(f32) -> f64) -> (f64, f32) {
    let mut worst = (0.0, 0.0);
    for x in inputs {
        let e = error(x);
        assert!(!e.is_nan(), "no error at {x:e}");
        if e > worst.0 {
            worst = (e, x);
        }
    }
    worst
}

#[track_caller]
fn check(name: &str, bound: f64, inputs: impl Iterator<Item = f32>, error: impl Fn(f32) -> f64) {
    let (error, at) = worst(inputs, error);
    assert!(error <= bound, "{name}: error {error} at {at:e} ({:#x}), above {bound}", at.to_bits());
}

fn cumulative(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

fn sigmoid_exact(x: f64) -> f64 {
    if x < 0.0 { x.exp() / (1.0 + x.exp()) } else { 1.0 / (1.0 + (-x).exp()) }
}

fn softplus_exact(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

fn gelu_exact(x: f64) -> f64 {
    if x == f64::NEG_INFINITY { 0.0 } else { x * cumulative(x) }
}

fn gelu_derivative_exact(x: f64) -> f64 {
    let density = (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
    cumulative(x) + if x.is_infinite() { 0.0 } else { x * density }
}

fn twice_u(x: f64) -> f64 {
    2.0 * (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x * x * x)
}

fn gelu_tanh_exact(x: f64) -> f64 {
    if x == f64::NEG_INFINITY { 0.0 } else { x * sigmoid_exact(twice_u(x)) }
}

fn gelu_tanh_derivative_exact(x: f64) -> f64 {
    let x = x.clamp(-100.0, 100.0);
    let slope = 2.0 * (2.0 / std::f64::consts::PI).sqrt() * (1.0 + 3.0 * 0.044715 * x * x);
    let (s, rest) = (sigmoid_exact(twice_u(x)), sigmoid_exact(-twice_u(x)));
    s + x * s * rest * slope
}

fn silu_exact(x: f64) -> f64 {
    if x == f64::NEG_INFINITY { 0.0 } else { x * sigmoid_exact(x) }
}

fn silu_derivative_exact(x: f64) -> f64 {
    let x = x.clamp(-700.0, 700.0);
    sigmoid_exact(x) * (1.0 + x * sigmoid_exact(-x))
}

#[test]
fn step_01_errors_stay_below_the_stated_bounds() {
    check("exp", 1.25, grid(), |x| ulp_error(exp(x), f64::from(x).exp()));
    check("tanh", 3.0, grid(), |x| ulp_error(tanh(x), f64::from(x).tanh()));
    check("sigmoid", 3.0, grid(), |x| ulp_error(sigmoid(x), sigmoid_exact(f64::from(x))));
    check("softplus", 3.0, grid(), |x| ulp_error(softplus(x), softplus_exact(f64::from(x))));
    check("gelu", 7.0, grid(), |x| ulp_error(gelu(x), gelu_exact(f64::from(x))));
    check("gelu_derivative", 3e-7, grid(), |x| absolute(gelu_derivative(x), gelu_derivative_exact(f64::from(x))));
    check("gelu_tanh", 250.0, grid(), |x| ulp_error(gelu_tanh(x), gelu_tanh_exact(f64::from(x))));
    let above = grid().filter(|x| *x > -1.0);
    check("gelu_tanh above -1", 4.0, above, |x| ulp_error(gelu_tanh(x), gelu_tanh_exact(f64::from(x))));
    check("silu", 4.0, grid().filter(|x| *x > -85.0), |x| ulp_error(silu(x), silu_exact(f64::from(x))));
    check("silu_derivative", 3e-7, grid(), |x| absolute(silu_derivative(x), silu_derivative_exact(f64::from(x))));
    check("gelu_tanh_derivative", 3e-7, grid(), |x| {
        absolute(gelu_tanh_derivative(x), gelu_tanh_derivative_exact(f64::from(x)))
    });
}

#[test]
fn step_02_the_sign_of_zero_and_the_ends_of_the_range_are_exact() {
    for x in [0.0f32, -0.0, 1e-45, -1e-45, 1e-38] {
        assert_eq!(tanh(x).to_bits(), x.to_bits(), "tanh({x:e})");
    }
    assert_eq!(exp(0.0), 1.0);
    assert_eq!(sigmoid(0.0), 0.5);
    assert_eq!(gelu(-0.0).to_bits(), (-0.0f32).to_bits());
    assert_eq!((exp(f32::INFINITY), exp(f32::NEG_INFINITY)), (f32::INFINITY, 0.0));
    assert_eq!((tanh(f32::INFINITY), tanh(f32::NEG_INFINITY)), (1.0, -1.0));
    assert_eq!((sigmoid(f32::INFINITY), sigmoid(f32::NEG_INFINITY)), (1.0, 0.0));
    assert_eq!((softplus(f32::INFINITY), softplus(f32::NEG_INFINITY)), (f32::INFINITY, 0.0));
    for f in [gelu as fn(f32) -> f32, gelu_tanh] {
        assert_eq!((f(f32::INFINITY), f(f32::NEG_INFINITY)), (f32::INFINITY, 0.0));
    }
    for f in [gelu_derivative as fn(f32) -> f32, gelu_tanh_derivative] {
        assert_eq!((f(f32::INFINITY), f(f32::NEG_INFINITY)), (1.0, 0.0));
    }
}

#[test]
fn step_03_a_nan_stays_one() {
    let functions: [fn(f32) -> f32; 8] =
        [exp, tanh, sigmoid, softplus, gelu, gelu_derivative, gelu_tanh, gelu_tanh_derivative];
    for (i, f) in functions.iter().enumerate() {
        for bits in [0x7fc0_0000, 0xffc0_0000, 0x7f80_0001, 0xffff_ffff] {
            assert!(f(f32::from_bits(bits)).is_nan(), "function {i} of {bits:#x}");
        }
    }
}

#[test]
fn step_04_slices_hold_what_the_scalar_function_says() {
    let x: Vec<f32> = grid().step_by(7).collect();
    let mut y = vec![0.0; x.len()];
    map(&mut y, &x, tanh);
    let bits = |y: &[f32]| y.iter().map(|y| y.to_bits()).collect::<Vec<_>>();
    let scalar: Vec<f32> = x.iter().map(|x| std::hint::black_box(tanh as fn(f32) -> f32)(*x)).collect();
    assert_eq!(bits(&y), bits(&scalar));

    let mut z = x.clone();
    map_inplace(&mut z, tanh);
    assert_eq!(bits(&y), bits(&z));

    combine(&mut z, &x, |y, x| y + x);
    let sums: Vec<f32> = y.iter().zip(&x).map(|(y, x)| y + x).collect();
    assert_eq!(bits(&z), bits(&sums));
}
