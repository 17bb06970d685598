//! How the workspace checks itself: values against references, gradients against finite differences, operations
//! against the list of gradient tests. And how a walkthrough, which is checked too, speaks.

mod close;
mod fixture;
mod gradient;
pub mod lecture;
mod operations;

pub use close::{assert_close, worst};
pub use fixture::Fixture;
pub use gradient::{assert_gradients, assert_same_gradients, random_tensor};
pub use operations::operations_in;
