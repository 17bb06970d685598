//! 1990: a state fed back.
