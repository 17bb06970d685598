//! How much room a label takes on the sheet.

use crate::format;

/// The columns of a drawing's narrow letters that a text takes, on the wide side. Terminals give every letter the same
/// number of columns; the fonts of some scripts do not.
///
/// The numbers are widths that Chromium reports for the Noto fonts, words of each script put together.
pub(super) fn room(text: &str) -> usize {
    let more: f64 = text.chars().map(beyond).sum();
    format::columns(text) + more.ceil() as usize
}

/// What a character takes beyond its columns of a terminal.
fn beyond(character: char) -> f64 {
    match character {
        // A whole sentence.
        '\u{FDFD}' => 12.0,
        // Dashes of two and three em.
        '\u{2E3A}' | '\u{2E3B}' => 4.0,
        // Arabic ligatures of several letters.
        '\u{FC00}'..='\u{FDFC}' => 2.0,
        // Cuneiform, numbers and signs.
        '\u{12400}'..='\u{1247F}' => 7.0,
        '\u{12000}'..='\u{1254F}' => 4.0,
        // Scripts from Bengali to Sinhala, of Burma and Cambodia, and of the islands.
        '\u{980}'..='\u{A7F}' | '\u{B00}'..='\u{DFF}' | '\u{1000}'..='\u{109F}' | '\u{A980}'..='\u{A9DF}' => 1.0,
        '\u{1A00}'..='\u{1BFF}' => 1.2,
        '\u{E80}'..='\u{EFF}' | '\u{1780}'..='\u{17FF}' | '\u{530}'..='\u{58F}' | '\u{10A0}'..='\u{10FF}' => 0.3,
        'M' | 'W' | '@' | '%' | '½' | 'Æ' | 'Œ' | '—' | '…' => 0.8,
        capital if capital.is_uppercase() => 0.3,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::room;
    use crate::figure::canvas::CHARACTER;

    /// The widths in pixels are those that Chromium measured.
    #[test]
    fn step_01_words_of_every_script_have_room() {
        for (word, pixels) in [
            ("houses", 41.0),
            ("HAMMER", 58.0),
            ("WWWW", 49.0),
            ("हिन्दी", 24.0),
            ("ஔவையார்", 84.0),
            ("തുല്യാവകാശങ്ങളോടും", 145.0),
            ("සිංහල", 40.0),
            ("တူညီလွတ်လပ်သော", 110.0),
            ("ქართული", 61.0),
            ("ᬩᬮᬶ", 31.0),
            ("日本語", 39.0),
            ("👨‍👩‍👧", 16.0),
            ("\u{FDFD}", 94.0),
            ("𒐫", 60.0),
            ("⸻", 37.0),
        ] {
            let room = CHARACTER * room(word) as f64;
            assert!(room > pixels - 2.0 && room < 1.8 * pixels.max(24.0), "{word}: {room} for {pixels}");
        }
    }
}
