//! Kernels beside the plainest code for the same thing: `cargo bench -p benches --bench kernels`.
//!
//! Products are reported in multiply-adds a second, the rest in elements a second.

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ndarray::{Array1, Array2, ArrayView2};
use tensor::Real;
use tensor::kernels::{
    PackedWeights, Threads, cross_entropy, elementwise, layer_norm, layer_norm_backward, matmul_into, softmax,
};

/// Numbers in [-4, 4), spread evenly.
fn filled(rows: usize, columns: usize) -> Array2<Real> {
    Array2::from_shape_fn((rows, columns), |(i, j)| ((i * 7919 + j * 104_729) % 8191) as Real / 1024.0 - 4.0)
}

/// The definition: one sum after another.
fn literal_product(c: &mut Array2<Real>, a: ArrayView2<'_, Real>, b: ArrayView2<'_, Real>) {
    for ((i, j), c) in c.indexed_iter_mut() {
        *c = a.row(i).iter().zip(b.column(j)).map(|(a, b)| a * b).sum();
    }
}

/// The products of a training step, (name, M, K, N), at the shapes of the binary `steps`.
const PRODUCTS: [(&str, usize, usize, usize); 4] = [
    ("lstm, inputs of all steps", 2048, 128, 1024),
    ("gpt, feed-forward", 768, 128, 512),
    ("gpt, output", 768, 128, 65),
    ("one row", 1, 256, 1024),
];

fn products(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("product");
    for (name, m, k, n) in PRODUCTS {
        let (a, w) = (filled(m, k), filled(n, k)); // weights are [out, in]
        let mut c = Array2::zeros((m, n));
        group.throughput(Throughput::Elements((m * k * n) as u64));
        for (who, threads) in [("one thread", Threads::One), ("pool", Threads::Pool)] {
            group.bench_function(BenchmarkId::new(name, who), |b| {
                b.iter(|| matmul_into(c.view_mut(), 0.0, 1.0, a.view(), w.t(), threads))
            });
        }
    }
    let (m, k, n) = (768, 128, 65);
    let (a, w, mut c) = (filled(m, k), filled(n, k), Array2::zeros((m, n)));
    group.throughput(Throughput::Elements((m * k * n) as u64));
    group.bench_function(BenchmarkId::new("gpt, output", "literal"), |b| {
        b.iter(|| literal_product(&mut c, a.view(), w.t()))
    });
    group.finish();
}

/// The product of each time step of an LSTM, (32, 256)·(256, 1024): with the weights packed at every call, and once.
fn recurrent_product(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("recurrent product");
    let (m, k, n) = (32, 256, 1024);
    let (h, w, mut a) = (filled(m, k), filled(n, k), filled(m, n));
    let packed = PackedWeights::new(w.t());
    group.throughput(Throughput::Elements((m * k * n) as u64));
    group.bench_function("general", |b| b.iter(|| matmul_into(a.view_mut(), 0.0, 1.0, h.view(), w.t(), Threads::One)));
    group.bench_function("packed", |b| b.iter(|| packed.multiply_into(a.view_mut(), 0.0, h.view())));
    group.finish();
}

fn functions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("function of one number");
    let x = filled(1, 8192).into_raw_vec_and_offset().0;
    let mut y = vec![0.0; x.len()];
    group.throughput(Throughput::Elements(x.len() as u64));
    let mut bench = |name: &str, who: &str, f: &mut dyn FnMut(&mut [Real], &[Real])| {
        group.bench_function(BenchmarkId::new(name, who), |b| b.iter(|| f(&mut y, black_box(&x))));
    };
    bench("exp", "library", &mut |y, x| elementwise::map(y, x, Real::exp));
    bench("exp", "ours", &mut |y, x| elementwise::map(y, x, elementwise::exp));
    bench("tanh", "library", &mut |y, x| elementwise::map(y, x, Real::tanh));
    bench("tanh", "ours", &mut |y, x| elementwise::map(y, x, elementwise::tanh));
    bench("sigmoid", "ours", &mut |y, x| elementwise::map(y, x, elementwise::sigmoid));
    bench("gelu", "ours", &mut |y, x| elementwise::map(y, x, elementwise::gelu));
    bench("gelu_tanh", "ours", &mut |y, x| elementwise::map(y, x, elementwise::gelu_tanh));
    group.finish();
}

/// y = e^x / Σ e^x, the largest x subtracted, with the library's exponential.
fn literal_softmax(x: &mut Array2<Real>) {
    for mut row in x.outer_iter_mut() {
        let max = row.iter().copied().fold(Real::NEG_INFINITY, Real::max);
        row.mapv_inplace(|x| (x - max).exp());
        let sum = row.sum();
        row /= sum;
    }
}

fn rows(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rows");
    let (m, n) = (768, 128);
    let (x, weight) = (filled(m, n), Array1::ones(n));
    let mut y = x.clone();
    let targets = Array1::from_shape_fn(m, |i| (i % n) as u32);
    let saved = layer_norm(x.view(), weight.view(), None, 1e-5);
    group.throughput(Throughput::Elements((m * n) as u64));
    group.bench_function("softmax, literal", |b| b.iter(|| literal_softmax(&mut y)));
    group.bench_function("softmax", |b| b.iter(|| softmax(y.view_mut())));
    group.bench_function("cross-entropy", |b| b.iter(|| cross_entropy(y.view_mut(), targets.view(), 0.0)));
    group.bench_function("layer normalisation", |b| b.iter(|| layer_norm(x.view(), weight.view(), None, 1e-5)));
    // A fresh dy each time: applied to its own result again and again, it would shrink to nothing.
    group.bench_function("layer normalisation, backward", |b| {
        let (mean, rstd) = (saved.mean.view(), saved.rstd.view());
        let run = |dy: &mut Array2<Real>| layer_norm_backward(dy.view_mut(), x.view(), weight.view(), mean, rstd);
        b.iter_batched_ref(|| x.clone(), run, BatchSize::LargeInput)
    });
    group.finish();
}

criterion_group!(benches, products, recurrent_product, functions, rows);
criterion_main!(benches);
