//! How the workspace checks itself: values against references, gradients against finite differences, operations
//! against the list of gradient tests.

mod close;
mod fixture;
mod gradient;
mod operations;

pub use close::{assert_close, worst};
pub use fixture::Fixture;
pub use gradient::{assert_gradients, assert_same_gradients, random_tensor};
pub use operations::operations_in;
