//! The command-line program `lineage`.
fn main() {}
