//! Renders the course book into `docs/book`.

fn main() -> mdbook_preprocessor::errors::Result<()> {
    let destination = docs::folder().join("book");
    docs::render::render(&destination)?;
    println!("{}", destination.join("index.html").display());
    Ok(())
}
