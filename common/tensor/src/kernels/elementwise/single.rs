//! The functions in `f32`: reduce the argument to a short interval, evaluate a minimax polynomial, undo the reduction.
//!
//! The coefficients are minimax fits (Remez exchange, 40 digits, relative error), rounded to `f32`; the error of the
//! fit stands beside each. Integers come out of the bits of floats, since a conversion with `as` saturates and costs more.

use super::{at_least, at_most, fma};

/// ln 2 in two parts, the first with so few bits that its multiples by a small integer are exact.
const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];

/// `a` in `x = k·ln 2 + a`, as `(k, a)` with |a| ≤ ln 2 / 2, for |x| < 2^21.
#[inline(always)]
fn reduce(x: f32) -> (i32, f32) {
    // Adding 1.5·2^23 pushes the fraction out of the mantissa: it rounds to an integer, readable in the low bits.
    const MAGIC: f32 = 12_582_912.0;
    let shifted = fma(x, std::f32::consts::LOG2_E, MAGIC);
    let k = shifted - MAGIC;
    let a = fma(k, -LN_2[1], fma(k, -LN_2[0], x));
    ((shifted.to_bits() as i32).wrapping_sub(MAGIC.to_bits() as i32), a)
}

/// `2^k` for -126 ≤ k ≤ 127.
#[inline(always)]
fn power_of_two(k: i32) -> f32 {
    f32::from_bits((k.wrapping_add(127) as u32) << 23)
}

/// `e^a - 1` for |a| ≤ ln 2 / 2, relative error of the fit 2^-26.
#[inline(always)]
fn expm1_reduced(a: f32) -> f32 {
    let q = 0.001_388_251_8;
    let q = fma(q, a, 0.008_366_548);
    let q = fma(q, a, 0.041_667_2);
    let q = fma(q, a, 0.166_665_43);
    let q = fma(q, a, 0.499_999_97);
    fma(q * a, a, a)
}

#[inline(always)]
pub fn exp(x: f32) -> f32 {
    // e^89 is infinite and e^-104 is zero already. That zero is chosen, not computed: a product that underflows interrupts
    // the processor, and a softmax may have many scores of minus infinity.
    let vanishes = x < -104.0;
    let (k, a) = reduce(at_most(if vanishes { 0.0 } else { x }, 89.0));
    // 2^k in two factors: one alone overflows for k = 128 and underflows below -126.
    let half = k >> 1;
    let y = (1.0 + expm1_reduced(a)) * power_of_two(half) * power_of_two(k.wrapping_sub(half));
    if vanishes { 0.0 } else { y }
}

/// `e^-|x|`, never infinite.
#[inline(always)]
fn exp_of_minus_abs(x: f32) -> f32 {
    exp(-x.abs())
}

#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    // tanh |x| = e / (e + 2) with e = e^{2|x|} - 1 = 2^k·(e^a - 1) + (2^k - 1), which near zero is its small first
    // term: 1 - 2 / (e^{2x} + 1) would lose all of it. From 9.1 on the answer rounds to 1.
    let (k, a) = reduce(2.0 * at_most(x.abs(), 10.0));
    let scale = power_of_two(k);
    let e = fma(scale, expm1_reduced(a), scale - 1.0);
    (e / (e + 2.0)).copysign(x)
}

#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    let e = exp_of_minus_abs(x);
    let numerator = if x < 0.0 { e } else { 1.0 };
    numerator / (1.0 + e)
}

#[inline(always)]
pub fn softplus(x: f32) -> f32 {
    // ln(1 + e^x) = max(x, 0) + ln(1 + u) with u = e^-|x| ≤ 1, and ln(1 + u) = 2·atanh(s) with s = u / (2 + u) ≤ 1/3.
    let u = exp_of_minus_abs(x);
    let s = u / (2.0 + u);
    let z = s * s;
    // (atanh(s) / s - 1) / z, error of the fit in atanh(s) / s 2^-33
    let q = 0.121_504_664;
    let q = fma(q, z, 0.107_138_29);
    let q = fma(q, z, 0.143_084_42);
    let q = fma(q, z, 0.199_994_39);
    let q = fma(q, z, 0.333_333_37);
    at_least(x, 0.0) + 2.0 * fma(q * z, s, s)
}

/// `w` and `e = e^{-x²/2}` with `Φ(-|x|) = w·e`, both with small relative error for every x.
#[inline(always)]
fn normal(x: f32) -> (f32, f32) {
    let t = at_most(x.abs(), 15.0);
    // The square's rounding error, multiplied by up to t²/2 = 100 in the exponential, is put back to first order.
    let square = t * t;
    let lost = fma(t, t, -square);
    let density = exp(-0.5 * square);
    let density = fma(density, -0.5 * lost, density);
    // Φ(-t) = e^{-t²/2}·w(t), where w falls like 1/t: w = v·p(v), v = 1 / (1 + 0.3 t), relative error of the fit 2^-28
    let v = 1.0 / fma(0.3, t, 1.0);
    let p = -0.020_628_646;
    let p = fma(p, v, 0.112_464_71);
    let p = fma(p, v, -0.228_284_6);
    let p = fma(p, v, 0.191_883_04);
    let p = fma(p, v, -0.079_508_97);
    let p = fma(p, v, 0.096_204_825);
    let p = fma(p, v, 0.078_372_255);
    let p = fma(p, v, 0.110_239_34);
    let p = fma(p, v, 0.119_571_32);
    let p = fma(p, v, 0.119_686_715);
    (v * p, density)
}

#[inline(always)]
pub fn gelu(x: f32) -> f32 {
    let (w, density) = normal(x);
    // x·Φ(x) = x·w·e for x < 0 and x - x·w·e above. The product is bounded so that an infinite x meets no 0·∞, and
    // multiplied by w first since w·e may be subnormal.
    let tail = at_most(at_least(x, -15.0), 15.0) * w * density;
    if x > 0.0 { x - tail } else { tail }
}

#[inline(always)]
pub fn gelu_derivative(x: f32) -> f32 {
    const INV_SQRT_2_PI: f32 = 0.398_942_3;
    let (w, density) = normal(x);
    let tail = w * density;
    let cumulative = if x < 0.0 { tail } else { 1.0 - tail };
    fma(at_most(at_least(x, -15.0), 15.0) * INV_SQRT_2_PI, density, cumulative)
}
