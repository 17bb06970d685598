//! What neighbouring words do to each other: `a` becomes `an`, `de el` becomes `del`.

/// A word of a sentence and the numbers of the grammar's words that it came from.
#[derive(Debug, Clone)]
pub(super) struct Surface {
    pub word: String,
    pub from: Vec<usize>,
}

/// `a` before a vowel is `an`. (Every vowel letter that begins an English word of the grammar is spoken as a vowel.)
pub(super) fn english(words: &mut [String]) {
    for at in 1..words.len() {
        if words[at - 1] == "a" && words[at].starts_with(['a', 'e', 'i', 'o', 'u']) {
            words[at - 1] = "an".to_owned();
        }
    }
}

/// Feminine nouns that begin with a stressed a.
const STRESSED_A: [&str; 1] = ["agua"];

/// The words of a Spanish sentence after what neighbours do to each other, in this order:
///
/// - la, una before a noun that begins with a stressed a: el agua, un agua;
/// - a el: al; de el: del;
/// - y before the sound i: padre e hija.
pub(super) fn spanish(words: Vec<Surface>) -> Vec<Surface> {
    let mut sentence: Vec<Surface> = Vec::with_capacity(words.len());
    for next in words {
        if let Some(last) = sentence.last_mut() {
            match last.word.as_str() {
                "la" if STRESSED_A.contains(&next.word.as_str()) => last.word = "el".to_owned(),
                "una" if STRESSED_A.contains(&next.word.as_str()) => last.word = "un".to_owned(),
                "y" if begins_with_i(&next.word) => last.word = "e".to_owned(),
                _ => (),
            }
        }
        sentence.push(next);
    }
    let mut contracted: Vec<Surface> = Vec::with_capacity(sentence.len());
    for next in sentence {
        match contracted.last_mut() {
            Some(last) if next.word == "el" && ["a", "de"].contains(&last.word.as_str()) => {
                last.word.push('l');
                last.from.extend(next.from);
            }
            _ => contracted.push(next),
        }
    }
    contracted
}

/// Not before a glide, as in hielo or yo.
fn begins_with_i(word: &str) -> bool {
    let sound = word.strip_prefix('h').unwrap_or(word);
    sound.starts_with(['i', 'í']) && !["ia", "ie", "io", "iu"].iter().any(|glide| sound.starts_with(glide))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(text: &str) -> String {
        let words = text.split(' ').enumerate().map(|(at, word)| Surface { word: word.to_owned(), from: vec![at] });
        spanish(words.collect()).into_iter().map(|surface| surface.word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn neighbours_change_each_other() {
        assert_eq!(spoken("veo a el perro de el niño"), "veo al perro del niño");
        assert_eq!(spoken("la agua de la buena agua"), "el agua de la buena agua");
        assert_eq!(spoken("habla de la agua"), "habla del agua");
        assert_eq!(spoken("padre y hija y iglesia y hielo y yo"), "padre e hija e iglesia y hielo y yo");
    }

    #[test]
    fn a_contracted_word_comes_from_both() {
        let words =
            ["de", "el"].into_iter().zip(0..).map(|(word, at)| Surface { word: word.to_owned(), from: vec![at] });
        assert_eq!(spanish(words.collect())[0].from, [0, 1]);
    }

    #[test]
    fn a_before_a_vowel_is_an() {
        let mut words = ["a", "cat", "and", "a", "egg"].map(str::to_owned);
        english(&mut words);
        assert_eq!(words, ["a", "cat", "and", "an", "egg"]);
    }
}
