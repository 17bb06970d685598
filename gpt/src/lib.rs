//! 2018: a decoder-only language model.
