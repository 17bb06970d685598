//! Labels of scripts that are written from right to left.

use unicode_bidi::{Direction, get_base_direction};

/// Gives every text of a drawing whose first letter is of such a script its direction. What was its left end is then its
/// last letter, so the anchors change places and the label stays where it was.
pub(super) fn mark(svg: &str) -> String {
    let mut marked = String::with_capacity(svg.len());
    let mut rest = svg;
    while let Some(start) = rest.find("<text ") {
        let (before, text) = rest.split_at(start);
        marked.push_str(before);
        let end = text.find("</text>").unwrap_or(text.len());
        let (text, after) = text.split_at(end);
        match text.split_once('>') {
            Some((opening, label)) if get_base_direction(label.trim()) == Direction::Rtl => {
                let opening = turned(opening).replacen("<text ", "<text direction=\"rtl\" unicode-bidi=\"embed\" ", 1);
                marked.push_str(&format!("{opening}>{label}"));
            }
            _ => marked.push_str(text),
        }
        rest = after;
    }
    marked.push_str(rest);
    marked
}

fn turned(opening: &str) -> String {
    let [start, end] = ["text-anchor=\"start\"", "text-anchor=\"end\""];
    if opening.contains(start) { opening.replacen(start, end, 1) } else { opening.replacen(end, start, 1) }
}

#[cfg(test)]
mod tests {
    use super::mark;

    #[test]
    fn step_01_labels_from_right_to_left_say_so_and_stay() {
        let text = |attributes: &str, label: &str| format!("<text {attributes}>\n{label}\n</text>\n");
        let [start, end] = ["text-anchor=\"start\"", "text-anchor=\"end\""];
        let rtl = |anchor: &str| format!("direction=\"rtl\" unicode-bidi=\"embed\" {anchor}");
        for label in ["السلام عليكم؟", "(שלום)!"] {
            assert_eq!(mark(&text(end, label)), text(&rtl(start), label));
            assert_eq!(mark(&text(start, label)), text(&rtl(end), label));
        }
        let others = text(end, "Häuser") + &text(start, "你好") + &text(end, "0.50");
        assert_eq!(mark(&others), others);
    }
}
