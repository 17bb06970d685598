//! The eight steps as one page that needs nothing else.

use maud::html;
use report::page;

use super::steps::Step;

/// The file's content.
///
/// # Errors
/// If a picture cannot be drawn.
pub fn page(title: &str, steps: &[Step]) -> anyhow::Result<String> {
    let mut sections = Vec::new();
    for (number, step) in (1..).zip(steps) {
        let maps = step.maps.iter().map(|(block, heads)| {
            let heads = heads.iter().map(page::picture).collect::<Result<Vec<_>, _>>()?;
            Ok::<_, report::Error>(page::details(block, &html! { @for head in heads { (head) } }))
        });
        let maps = maps.collect::<Result<Vec<_>, _>>()?;
        sections.push(html! {
            section id={ "step-" (number) } {
                h2 { (number) ". " (step.title) }
                p { (step.words) }
                @for table in &step.tables { (page::rows(table)) }
                @for map in maps { (map) }
            }
        });
    }
    let body = html! {
        nav aria-label="The steps" {
            ul { @for (number, step) in (1..).zip(steps) { li { a href={ "#step-" (number) } { (number) ". " (step.title) } } } }
        }
        main {
            h1 { (title) }
            p.lead { "From text to the next token in eight steps, with the numbers of one trained model." }
            @for section in sections { (section) }
        }
    };
    Ok(page::document(title, &body))
}
