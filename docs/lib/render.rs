//! From Markdown to pages, with mdBook's library.

use std::path::Path;

use mdbook_driver::MDBook;
use mdbook_preprocessor::book::{Book, BookItem};
use mdbook_preprocessor::errors::{Error, Result};
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

use crate::{code, ending, formula};

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
            let name = chapter.path.as_deref().unwrap_or(Path::new("")).to_string_lossy().into_owned();
            let content = formula::replace(&code::unindented(&chapter.content)).map_err(Error::new);
            match content.and_then(|content| Ok(ending::fill(&name, &content)?)) {
                Ok(content) => chapter.content = content,
                Err(error) => {
                    first_error.get_or_insert_with(|| error.context(format!("chapter {}", chapter.name)));
                }
            }
        });
        first_error.map_or(Ok(book), Err)
    }
}
