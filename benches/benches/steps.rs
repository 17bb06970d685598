//! One training step of each stage: `cargo bench -p benches --bench steps`.

use benches::peers::Peer;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn steps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("training step");
    group.sample_size(10);
    for peer in Peer::all() {
        let (model, parameters) = peer.build().expect("the peers' configurations are possible");
        let tokens = peer.tokens();
        let batches = |_index: u64| tokens.clone();
        let mut trainer = peer.trainer(&model, parameters);
        group.throughput(Throughput::Elements((peer.batch * peer.context) as u64));
        group.bench_function(peer.name, |bencher| bencher.iter(|| trainer.step(&batches)));
    }
    group.finish();
}

criterion_group!(benches, steps);
criterion_main!(benches);
