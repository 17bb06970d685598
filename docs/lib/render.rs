//! From Markdown to pages, with mdBook's library.

use std::path::Path;

use mdbook_driver::MDBook;
use mdbook_preprocessor::book::{Book, BookItem};
use mdbook_preprocessor::errors::{Error, Result};
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

use crate::{code, formula};

/// Writes the pages of the book into `destination`.
///
/// # Errors
/// If a chapter cannot be read, a formula is not TeX, or a page cannot be written.
pub fn render(destination: &Path) -> Result<()> {
    let mut book = MDBook::load(crate::folder())?;
    book.config.build.build_dir = std::path::absolute(destination)?;
    book.with_preprocessor(Own);
    book.build()
}

/// What this book does beyond mdBook. Runs after mdBook's own preprocessors, so that included code is in place.
struct Own;

impl Preprocessor for Own {
    fn name(&self) -> &str {
        "lineage"
    }

    fn run(&self, _: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let mut first_error = None;
        book.for_each_mut(|item| {
            let BookItem::Chapter(chapter) = item else { return };
            match formula::replace(&code::unindented(&chapter.content)) {
                Ok(content) => chapter.content = content,
                Err(error) => {
                    first_error.get_or_insert_with(|| Error::new(error).context(format!("chapter {}", chapter.name)));
                }
            }
        });
        first_error.map_or(Ok(book), Err)
    }
}
