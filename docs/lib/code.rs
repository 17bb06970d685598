//! Code that was cut out of the middle of a file.

/// Moves the lines of every block that is marked `rs` to the left, until one of them begins at the margin.
///
/// ```
/// let page = docs::code::unindented("```rs\n    if x {\n\n        y\n    }\n```\n\n    not a block\n");
/// assert_eq!(page, "```rs\nif x {\n\n    y\n}\n```\n\n    not a block\n");
/// ```
pub fn unindented(markdown: &str) -> String {
    let mut page = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some((before, block)) = rest.split_once("```rs\n") {
        let Some((code, after)) = block.split_once("```") else { break };
        page.push_str(before);
        page.push_str("```rs\n");
        let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let margin = code.lines().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
        for line in code.lines() {
            page.push_str(line.get(margin..).unwrap_or_default());
            page.push('\n');
        }
        page.push_str("```");
        rest = after;
    }
    page.push_str(rest);
    page
}
