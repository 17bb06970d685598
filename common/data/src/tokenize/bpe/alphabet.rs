//! GPT-2's way to write bytes as characters that can be seen.

use std::sync::LazyLock;

/// The character of each byte: printable bytes of Latin-1 stand for themselves, the others for the characters from
/// U+0100 on in order. So a space is `Ġ` and a line end `Ċ`.
pub(crate) static CHARACTERS: LazyLock<[char; 256]> = LazyLock::new(|| {
    let mut others = '\u{100}'..;
    std::array::from_fn(|byte| match byte as u8 {
        itself @ (b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF) => char::from(itself),
        _ => others.next().expect("a range without end"),
    })
});

/// Bytes in these characters.
pub(crate) fn written(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| CHARACTERS[usize::from(byte)]).collect()
}

/// The bytes that such characters stand for; none if there is another among them.
pub(crate) fn read(text: &str) -> Option<Vec<u8>> {
    static BYTES: LazyLock<Vec<Option<u8>>> = LazyLock::new(|| {
        let mut bytes = vec![None; 0x200];
        for (byte, &character) in (0..=u8::MAX).zip(CHARACTERS.iter()) {
            bytes[character as usize] = Some(byte);
        }
        bytes
    });
    text.chars().map(|character| BYTES.get(character as usize).copied().flatten()).collect()
}

#[cfg(test)]
mod tests {
    use super::{read, written};

    #[test]
    fn every_byte_has_a_character_of_its_own() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(read(&written(&bytes)), Some(bytes));
        assert_eq!(written(b" a\n\xc3"), "ĠaĊÃ");
        assert_eq!(read("a b"), None);
    }
}
