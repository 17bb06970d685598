//! Formulas: TeX between dollar signs becomes MathML, which browsers show without scripts or fonts from elsewhere.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser};
use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::{Storage, push_mathml};

/// A formula that is not TeX.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: the formula {formula:?} cannot be read: {cause}")]
pub struct Unreadable {
    /// Counted from 1.
    pub line: usize,
    /// As it stands between the dollar signs.
    pub formula: String,
    /// What is wrong with it, and where.
    pub cause: String,
}

/// What the book writes in Markdown beyond the basics; the same as mdBook, and formulas.
pub fn markdown_options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
        | Options::ENABLE_MATH
}

/// Replaces `$..$` and `$$..$$` by MathML; code, where a dollar sign is a dollar sign, stays as it is.
///
/// ```
/// let page = docs::formula::replace("Let $x$ be `$5`.").unwrap();
/// assert_eq!(page, "Let <math display=\"inline\"><mi>x</mi></math> be `$5`.");
/// ```
///
/// # Errors
/// If a formula is not TeX that can be read.
pub fn replace(markdown: &str) -> Result<String, Unreadable> {
    let mut page = String::with_capacity(2 * markdown.len());
    let mut copied = 0;
    for (Range { start, end }, formula, display) in formulas(markdown) {
        let mathml = mathml(&formula, display).map_err(|cause| {
            let line = 1 + markdown[..start].matches('\n').count();
            Unreadable { line, formula, cause }
        })?;
        page.push_str(&markdown[copied..start]);
        page.push_str(&escaped(&mathml));
        copied = end;
    }
    page.push_str(&markdown[copied..]);
    Ok(page)
}

fn formulas(markdown: &str) -> impl Iterator<Item = (Range<usize>, String, DisplayMode)> {
    Parser::new_ext(markdown, markdown_options()).into_offset_iter().filter_map(|(event, range)| match event {
        Event::InlineMath(tex) => Some((range, tex.into_string(), DisplayMode::Inline)),
        Event::DisplayMath(tex) => Some((range, tex.into_string(), DisplayMode::Block)),
        _ => None,
    })
}

fn mathml(tex: &str, display_mode: DisplayMode) -> Result<String, String> {
    let storage = Storage::new();
    let events: Vec<_> = pulldown_latex::Parser::new(tex, &storage).collect();
    if let Some(error) = events.iter().find_map(|event| event.as_ref().err()) {
        return Err(error.to_string());
    }
    let mut mathml = String::new();
    let config = RenderConfig { display_mode, ..RenderConfig::default() };
    push_mathml(&mut mathml, events.into_iter(), config).map_err(|error| error.to_string())?;
    Ok(mathml)
}

/// Markdown reads what lies between the tags, so its own signs are written as character references there.
fn escaped(mathml: &str) -> String {
    let mut page = String::with_capacity(mathml.len());
    let mut inside_tag = false;
    for sign in mathml.chars().filter(|sign| *sign != '\n') {
        inside_tag = sign == '<' || inside_tag && sign != '>';
        if !inside_tag && r#"*_[]()|`'"~$\-.!#"#.contains(sign) && !page.ends_with('&') {
            page.push_str(&format!("&#{};", sign as u32));
        } else {
            page.push(sign);
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_may_hold_signs_that_markdown_would_read() {
        let page = replace("$a_1 [b]_2$ and $$x'$$").unwrap();
        assert!(page.contains("&#91;") && page.contains("display=\"block\""), "{page}");
        assert!(!page.contains('[') && !page.contains('$'), "{page}");
    }

    #[test]
    fn code_keeps_its_dollars() {
        let code = "`echo $HOME $PATH`\n\n```sh\necho $A $B\n```\n";
        assert_eq!(replace(code).unwrap(), code);
    }

    #[test]
    fn a_formula_that_cannot_be_read_is_named_with_its_line() {
        let error = replace("one\n\ntwo $\\frac{1}$").unwrap_err();
        assert_eq!((error.line, error.formula.as_str()), (3, "\\frac{1}"));
        assert!(error.to_string().starts_with("line 3: the formula \"\\\\frac{1}\" cannot be read: "), "{error}");
    }
}
