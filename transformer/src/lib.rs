//! 2017: attention only.

pub mod scaled_dot_product;
