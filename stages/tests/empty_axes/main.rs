//! Axes without elements in layers and models: lengths are 1 to T, and widths at least 1, or the layer says in a sentence
//! of its own what does not fit; a batch without rows gives no rows. Nothing makes a NaN out of nothing.

mod layers;
mod models;

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use data::Token;
use ndarray::{Array2, ArrayD};
use nn::Form;
use tensor::{Context, Parameters, Real, Tensor};

const ENGINES: [Form; 2] = [Form::Literal, Form::Fused];

/// The length of every axis, by its letter.
type Sizes = BTreeMap<char, usize>;

/// Computes something with one axis after the other of length 0 and 1 and the others as they are. The axes in `refused` must
/// not be empty: then the panic says one of `words`. All else gives numbers.
fn check(name: &str, sizes: &[(char, usize)], refused: &str, words: &[&str], of: impl Fn(&Sizes) -> Vec<ArrayD<Real>>) {
    for (letter, length) in sizes.iter().flat_map(|&(letter, _)| [(letter, 0), (letter, 1)]) {
        let mut sizes: Sizes = sizes.iter().copied().collect();
        sizes.insert(letter, length);
        let refuses = length == 0 && refused.contains(letter);
        match catch_unwind(AssertUnwindSafe(|| of(&sizes))) {
            Ok(numbers) => {
                assert!(!refuses, "{name}, {letter} = {length}: not refused");
                assert!(numbers.iter().flatten().all(|x| x.is_finite()), "{name}, {letter} = {length}: {numbers:?}");
            }
            Err(panic) => {
                let said = said(&*panic);
                assert!(refuses && words.iter().any(|word| said.contains(word)), "{name}, {letter} = {length}: {said}");
            }
        }
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

/// The outputs of `f` on inputs with these axes, and the gradients that their sum sends to inputs and parameters.
fn passes(
    parameters: &Parameters,
    sizes: &Sizes,
    axes: &[&str],
    f: impl Fn(&Context<'_>, &[Tensor]) -> Vec<Tensor>,
) -> Vec<ArrayD<Real>> {
    let cx = Context::train(parameters, 1, 0);
    let shape = |axes: &&str| axes.chars().map(|axis| sizes[&axis]).collect::<Vec<_>>();
    let inputs: Vec<Tensor> = axes.iter().map(|axes| cx.leaf(ArrayD::from_elem(shape(axes), 0.5))).collect();
    let outputs = f(&cx, &inputs);
    let loss = outputs.iter().map(Tensor::sum).reduce(|a, b| &a + &b).expect("an output");
    let gradients = loss.backward();
    let mut all: Vec<_> = outputs.iter().map(|y| y.value().to_owned()).collect();
    for x in &inputs {
        all.extend(gradients.of(x).inspect(|dx| assert_eq!(dx.shape(), x.shape())).map(|dx| dx.to_owned()));
    }
    all.extend(parameters.iter().filter_map(|(id, _)| gradients.get(id)).map(|x| x.to_owned()));
    all
}

fn full(sizes: &Sizes, [rows, columns]: [char; 2], token: Token) -> Array2<Token> {
    Array2::from_elem((sizes[&rows], sizes[&columns]), token)
}

fn ends(sizes: &Sizes, [rows, columns]: [char; 2]) -> Vec<usize> {
    vec![sizes[&columns]; sizes[&rows]]
}
