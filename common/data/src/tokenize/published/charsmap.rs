//! SentencePiece's map of characters, which its normalisation was compiled into.

use unicode_segmentation::UnicodeSegmentation;

/// A tree of texts and, for each, what is written for it. The tree is a double array (Aoe 1989) as the library Darts-clone
/// stores it: a node's child by a byte is at the node's offset XOR the byte, if its label says so.
pub(super) struct CharsMap {
    units: Vec<u32>,
    /// What is written, each ended by a zero byte.
    written: String,
}

impl CharsMap {
    /// From its stored form: the bytes of the tree as a number of four bytes, the tree, what is written.
    ///
    /// # Errors
    /// If it is not of that form.
    pub fn new(bytes: &[u8]) -> Result<Self, String> {
        let damaged = || "its map of characters is damaged".to_owned();
        let (length, rest) = bytes.split_first_chunk().ok_or_else(damaged)?;
        let length = u32::from_le_bytes(*length) as usize;
        let (tree, written) = rest.split_at_checked(length).filter(|_| length.is_multiple_of(4)).ok_or_else(damaged)?;
        let (units, _) = tree.as_chunks();
        Ok(Self {
            units: units.iter().map(|unit| u32::from_le_bytes(*unit)).collect(),
            written: std::str::from_utf8(written).map_err(|_| damaged())?.to_owned(),
        })
    }

    /// The text as the map has it. As the library `tokenizers` does it, which models are used with: what a person sees as
    /// one character is looked up as a whole if it is short, else its code points one by one.
    pub fn apply(&self, text: &str) -> String {
        let mut mapped = String::with_capacity(text.len());
        for seen in text.graphemes(true) {
            if let Some(written) = self.get(seen).filter(|_| seen.len() < 6) {
                mapped.push_str(written);
                continue;
            }
            for character in seen.chars() {
                match self.get(character.encode_utf8(&mut [0; 4])) {
                    Some(written) => mapped.push_str(written),
                    None => mapped.push(character),
                }
            }
        }
        mapped
    }

    /// What is written for the shortest beginning of a text that is in the tree.
    fn get(&self, text: &str) -> Option<&str> {
        let offset = |unit: u32| (unit >> 10) << ((unit & (1 << 9)) >> 6);
        let mut place = offset(*self.units.first()?);
        for byte in text.bytes().take_while(|&byte| byte != 0) {
            place ^= u32::from(byte);
            let unit = *self.units.get(place as usize)?;
            if unit & (1 << 31 | 0xFF) != u32::from(byte) {
                return None;
            }
            place ^= offset(unit);
            if unit & (1 << 8) != 0 {
                let value = self.units.get(place as usize)? & !(1 << 31);
                return self.written.get(value as usize..)?.split('\0').next();
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::CharsMap;

    /// A tree of `a` alone, for which `bc` is written.
    #[test]
    fn a_character_is_written_as_the_map_has_it() {
        let mut units = [0_u32; 256];
        units[0] = 1 << 10; // children from 1 on
        units[1 ^ 97] = 97 | 1 << 8 | (1 ^ 97 ^ 2) << 10; // a leaf at 2
        units[2] = 1 << 31 | 1;
        let tree: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let stored = [&1024_u32.to_le_bytes()[..], &tree, b"\0bc\0"].concat();
        let map = CharsMap::new(&stored).unwrap();
        assert_eq!(map.apply("xaa!"), "xbcbc!");
        assert!(CharsMap::new(&stored[..1000]).is_err());
        assert!(CharsMap::new(&[]).is_err());
    }
}
