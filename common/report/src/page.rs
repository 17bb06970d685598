//! Pieces of an HTML page: no scripts, no other files, readable on a phone, on paper, by day and by night.

use files::report_folder::MARK;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{
    Error, Table,
    figure::{Figure, Size, swatch, theme},
    format,
};

/// A page with its style sheet; by [`MARK`] it is known for ours.
pub fn document(title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                (PreEscaped(MARK))
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(theme::style_sheet())) (PreEscaped(include_str!("page.css"))) }
            }
            body { (body) }
        }
    };
    format::printable(&page.into_string()).into_owned()
}

/// A figure with its legend, and a link to its data.
///
/// # Errors
/// If it cannot be drawn.
pub fn figure(figure: &Figure) -> Result<Markup, Error> {
    let links = html! {
        @if figure.is_over_another() { " Thin marks: the reference run." }
        " " (data_link(&figure.name)) ", "
        a href={ (figure.name) ".svg" } { "picture of " (figure.name) " (SVG)" }
    };
    drawn(figure, &links)
}

/// A figure with its legend, on a page that stands alone.
///
/// # Errors
/// If it cannot be drawn.
pub fn picture(figure: &Figure) -> Result<Markup, Error> {
    drawn(figure, &html! {})
}

/// Drawn for a wide and for a narrow screen; `links` end the caption.
fn drawn(figure: &Figure, links: &Markup) -> Result<Markup, Error> {
    // A class each, so that the style sheet can show the one that fits.
    let variant =
        |size, class: &str| Ok::<_, Error>(figure.svg(size)?.replacen("<svg", &format!("<svg class=\"{class}\""), 1));
    let (wide, narrow) = (variant(Size::Wide, "wide")?, variant(Size::Narrow, "narrow")?);
    let keys = figure.keys();
    Ok(html! {
        figure {
            h3 { (figure.title) }
            @if !keys.is_empty() {
                ul.legend { @for key in &keys { li { (swatch(key)) (key.label) } } }
            }
            (PreEscaped(wide)) (PreEscaped(narrow))
            figcaption { (figure.caption) (links) }
        }
    })
}

/// A table with a link to its data.
pub fn table(table: &Table) -> Markup {
    captioned(table, &html! { figcaption { (data_link(&table.name)) } })
}

/// A table on a page that stands alone.
pub fn rows(table: &Table) -> Markup {
    captioned(table, &html! {})
}

fn captioned(table: &Table, below: &Markup) -> Markup {
    let class = |c: usize| table.is_numeric(c).then_some("numeric");
    let rows = html! {
        table {
            thead { tr { @for (c, column) in table.columns.iter().enumerate() { th class=[class(c)] { (column) } } } }
            tbody {
                @for row in &table.rows {
                    tr { @for (c, cell) in row.iter().enumerate() { td class=[class(c)] { (cell) } } }
                }
            }
        }
    };
    html! {
        figure {
            h3 { (table.caption) }
            (scroll(&format!("{}: {}", table.name, table.caption), &rows))
            (below)
        }
    }
}

fn data_link(name: &str) -> Markup {
    html! { a href={ (name) ".csv" } { "Data of " (name) " (CSV)" } }
}

/// What may be wider than a phone, and is then moved sideways by finger or by the arrow keys.
pub fn scroll(name: &str, content: &Markup) -> Markup {
    html! { div.scroll role="region" aria-label=(name) tabindex="0" { (content) } }
}

/// What a reader opens who wants to know more; paper shows it all.
pub fn details(summary: &str, content: &Markup) -> Markup {
    html! { details { summary { (summary) } (content) } }
}

/// Sentences under a title; nothing if there are none.
pub fn list(title: &str, sentences: &[String]) -> Markup {
    html! {
        @if !sentences.is_empty() {
            h3 { (title) }
            ul.plain { @for sentence in sentences { li { (sentence) } } }
        }
    }
}
