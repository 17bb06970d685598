//! 2014: look back instead of remembering.
