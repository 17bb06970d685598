//! The elementwise functions against known values and each other, in either precision.

use tensor::Real;
use tensor::kernels::elementwise::*;

/// Error allowed, for values around 1.
const TOLERANCE: f64 = if size_of::<Real>() == 4 { 3e-7 } else { 1e-15 };

#[track_caller]
fn assert_near(ours: Real, exact: f64, tolerance: f64) {
    assert!((ours as f64 - exact).abs() <= tolerance, "{ours} for {exact}");
}

#[test]
fn step_01_known_values() {
    assert_near(exp(1.0), std::f64::consts::E, 2.0 * TOLERANCE);
    assert_near(tanh(0.5), 0.462_117_157_260_009_76, TOLERANCE);
    assert_near(sigmoid(-1.0), 0.268_941_421_369_995_1, TOLERANCE);
    assert_near(softplus(0.0), std::f64::consts::LN_2, TOLERANCE);
    assert_near(softplus(-1.0), 0.313_261_687_518_222_8, TOLERANCE);
    assert_near(gelu(1.0), 0.841_344_746_068_542_9, TOLERANCE);
    assert_near(gelu(-1.0), -0.158_655_253_931_457_05, TOLERANCE);
    assert_near(gelu_tanh(1.0), 0.841_191_990_608_276_8, TOLERANCE);
    assert_near(gelu_derivative(1.0), 1.083_315_470_587_686, TOLERANCE);
}

#[test]
fn step_02_derivatives_are_the_slopes_of_their_functions() {
    type Function = fn(Real) -> Real;
    let pairs =
        [("gelu", gelu as Function, gelu_derivative as Function), ("gelu_tanh", gelu_tanh, gelu_tanh_derivative)];
    // The best step of a central difference is the cube root of the rounding error, the error then its square.
    let h = (Real::EPSILON as f64).cbrt();
    for (name, f, derivative) in pairs {
        for i in -60..=60 {
            let x = i as f64 / 10.0;
            let (right, left) = ((x + h) as Real, (x - h) as Real);
            let slope = (f(right) as f64 - f(left) as f64) / (right as f64 - left as f64);
            let error = (derivative(x as Real) as f64 - slope).abs();
            assert!(error <= 20.0 * h * h, "{name} at {x}: error {error:e}");
        }
    }
}
