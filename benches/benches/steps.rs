//! One training step of each stage: `cargo bench -p benches --bench steps`.

use benches::peers::Peer;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn steps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("training step");
    group.sample_size(10);
    for peer in Peer::all() {
        group.throughput(Throughput::Elements((peer.batch * peer.context) as u64));
        peer.with_step(|_, step| group.bench_function(peer.name, |bencher| bencher.iter(&mut *step)));
    }
    group.finish();
}

criterion_group!(benches, steps);
criterion_main!(benches);
