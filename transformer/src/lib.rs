//! 2017: attention only.
