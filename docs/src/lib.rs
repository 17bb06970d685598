//! The course book.
