//! One AdamW update with clipping of the parameters of nanoGPT's CPU configuration (804,096 numbers):
//! `cargo bench -p nn --bench optimizer`.

use criterion::{Criterion, criterion_group, criterion_main};
use nn::{AdamW, Optimizer, Update, clip_factor};
use tensor::{Context, Init, Initializer, Parameters};

fn parameters() -> Parameters {
    let mut parameters = Parameters::new();
    let mut init = Init::new(&mut parameters, 1);
    let normal = Initializer::Normal { std: 0.02 };
    init.param("wte", &[65, 128], normal);
    init.param("wpe", &[64, 128], normal);
    for layer in 0..4 {
        let mut block = init.child(layer);
        block.param("ln_1", &[128], Initializer::Constant(1.0));
        block.param("c_attn", &[384, 128], normal);
        block.param("c_proj", &[128, 128], normal);
        block.param("ln_2", &[128], Initializer::Constant(1.0));
        block.param("c_fc", &[512, 128], normal);
        block.param("mlp.c_proj", &[128, 512], normal);
    }
    init.param("ln_f", &[128], Initializer::Constant(1.0));
    parameters
}

fn update(criterion: &mut Criterion) {
    let mut parameters = parameters();
    assert_eq!(parameters.count(), 804_096);
    let gradients = {
        let cx = Context::train(&parameters, 1, 0);
        let squares = parameters.iter().map(|(id, _)| (&cx.get(id) * &cx.get(id)).sum());
        squares.reduce(|a, b| &a + &b).unwrap().backward()
    };
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut optimizer = Optimizer::new(AdamW::default(), &parameters);
        let mut step = 0;
        criterion.bench_function(&format!("adamw, clipped, {threads} threads"), |bencher| {
            let mut run = || {
                let scale = clip_factor(gradients.global_norm(), 1.0);
                optimizer.update(&mut parameters, &gradients, Update { step, learning_rate: 1e-6, scale });
                step += 1;
            };
            pool.install(|| bencher.iter(&mut run));
        });
    }
}

criterion_group!(benches, update);
criterion_main!(benches);
