//! What is known of a stage without a model of it.

/// A stage in a few words and numbers.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The name on the command line and in files.
    pub name: &'static str,
    /// The name as people write it: `RNN`.
    pub title: &'static str,
    /// The year of the paper.
    pub year: u16,
    /// What the stage is, as a heading.
    pub idea: &'static str,
    /// Whether it hands a state from each token to the next.
    pub recurrent: bool,
    /// The sizes and switches that it reads, by their names on the command line and in files.
    pub reads: &'static [&'static str],
    /// What it is given when nothing else is asked for.
    pub defaults: Defaults,
}

/// A small model, and a training that suits it.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// L.
    pub layers: usize,
    /// H of recurrent layers, D of others.
    pub width: usize,
    /// B.
    pub batch: usize,
    /// The highest of the training.
    pub learning_rate: f64,
}
