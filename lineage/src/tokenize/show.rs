//! Tokens on the screen.

use std::io::{self, IsTerminal, Write};

use data::{Token, quoted};
use report::format::{count, counted};

/// Backgrounds of neighbouring pieces, light ones of the 256 colours.
const BACKGROUNDS: [u8; 5] = [153, 157, 223, 218, 189];

/// Writes pieces, then tokens with their bytes, then how many there are.
pub fn write(out: &mut impl Write, text: &str, tokens: &[Token], bytes: &[Vec<u8>]) -> io::Result<()> {
    let pieces: Vec<String> = bytes.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
    if shows_colours() {
        for (piece, background) in pieces.iter().zip(BACKGROUNDS.into_iter().cycle()) {
            for (number, line) in piece.split('\n').enumerate() {
                if number > 0 {
                    writeln!(out)?;
                }
                // A line end would carry the colour to the edge of the screen.
                let line = if number + 1 < piece.split('\n').count() { format!("{line}↵") } else { line.to_owned() };
                if !line.is_empty() {
                    write!(out, "\x1b[30;48;5;{background}m{line}\x1b[0m")?;
                }
            }
        }
        writeln!(out)?;
    } else {
        let pieces: Vec<String> = pieces.iter().map(|piece| quoted(piece)).collect();
        writeln!(out, "{}", pieces.join(" "))?;
    }
    let hexadecimal: Vec<String> = bytes
        .iter()
        .map(|bytes| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" "))
        .collect();
    let digits = tokens.iter().map(|token| token.to_string().len()).max().unwrap_or(0).max("token".len());
    let width = hexadecimal.iter().map(String::len).max().unwrap_or(0).max("bytes".len());
    writeln!(out, "\n{:>digits$}  {:width$}  piece", "token", "bytes")?;
    for ((token, hexadecimal), piece) in tokens.iter().zip(&hexadecimal).zip(&pieces) {
        writeln!(out, "{token:>digits$}  {hexadecimal:width$}  {}", quoted(piece))?;
    }
    let per_token = text.len() as f64 / tokens.len().max(1) as f64;
    writeln!(
        out,
        "\n{}, {}, {}: {per_token:.2} bytes per token",
        counted(tokens.len(), "token"),
        counted(text.chars().count(), "character"),
        format_args!("{} byte{}", count(text.len() as u64), if text.len() == 1 { "" } else { "s" }),
    )
}

/// Whether standard output can show colours and its reader wants them, by <https://no-color.org> and
/// <https://bixense.com/clicolors>.
fn shows_colours() -> bool {
    let can = || {
        io::stdout().is_terminal()
            && anstyle_query::term_supports_color()
            && anstyle_query::windows::enable_ansi_colors() != Some(false)
    };
    !anstyle_query::no_color() && (anstyle_query::clicolor_force() || can())
}
