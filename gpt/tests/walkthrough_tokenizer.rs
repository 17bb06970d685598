//! Byte-pair encoding by hand: from bytes to tokens and back. Read it aloud:
//! `cargo test -p gpt --test walkthrough_tokenizer -- --nocapture --test-threads=1`
//!
//! The text is the example of Sennrich, Haddow and Birch (2016), who brought byte-pair encoding to translation: *low* five
//! times, *lower* twice, *newest* six times, *widest* three times. All counts were made by hand.

use data::tokenize::Bpe;
use data::tokenize::bpe::Split;
use data::{CharacterTokenizer, Token, Tokenizer, corpus};
use tensor::check::lecture::{bar, expect, say, title};

const TEXT: &str = "low low low low low lower lower newest newest newest newest newest newest widest widest widest";

/// With the bytes and so many merges.
fn trained(merges: usize) -> Bpe {
    Bpe::train(TEXT, Bpe::least(1) + merges, &[Bpe::END_OF_TEXT])
}

/// What tokens stand for, one by one.
fn pieces(tokenizer: &Bpe, tokens: &[Token]) -> Vec<String> {
    tokens.iter().map(|&token| tokenizer.decode(&[token])).collect()
}

/// How often a pair of bytes stands in the text.
fn occurrences(pair: &str) -> usize {
    Split::Gpt2.pieces(TEXT).map(|piece| piece.matches(pair).count()).sum()
}

#[test]
fn step_01_bytes() {
    title("Step 1. Bytes");
    say("A computer keeps a text as bytes. An English letter is one byte, an é two, a snowman three. There are 256 bytes,
so 256 tokens write every text there is, and no character is ever unknown.");
    for character in ["e", "é", "☃"] {
        println!("    {character}  {:?}", character.as_bytes());
    }
    println!();
    say("So we begin with one token per byte. What is left is to make the sequences shorter.");
    assert_eq!("é".as_bytes(), [195, 169]);
    assert_eq!(trained(0).encode("é☃").unwrap(), [195, 169, 226, 152, 131]);
}

#[test]
fn step_02_pieces() {
    title("Step 2. Pieces");
    say("Tokens may grow, but not over the end of a word: otherwise \"dog.\", \"dog!\" and \"dog?\" would each be learnt anew.
So the text is cut first. GPT-2's rule keeps one space with the word behind it.");
    let cut: Vec<&str> = Split::Gpt2.pieces("We'll see  1984!").collect();
    println!("    \"We'll see  1984!\"  becomes  {cut:?}\n");
    say("Of two spaces the first stands alone, so that the word looks as it always does.");
    assert_eq!(cut, ["We", "'ll", " see", " ", " 1984", "!"]);
}

#[test]
fn step_03_count_pairs() {
    title("Step 3. Count the pairs");
    say("Our text has *low* 5 times, *lower* 2 times, *newest* 6 times and *widest* 3 times. Count which two bytes stand
side by side.");
    expect("Which pair is the most frequent?", &["l o", "e s", "w e"]);
    for pair in ["es", "st", "we", "lo", "ow", "ne", "er"] {
        let count = occurrences(pair);
        bar(&format!("{pair:?}"), count as f64 / 9.0, &format!("{count} times"));
    }
    println!();
    say("Answer: b, by a tie. *newest* and *widest* have \"es\" and \"st\" 6 + 3 = 9 times. Ties must have a rule, or two
computers would build two vocabularies. Ours: the pair with the smaller numbers wins. The byte e is 101, the s is 115, so
(101, 115) comes before (115, 116).");
    assert_eq!([occurrences("es"), occurrences("st"), occurrences("we"), occurrences("lo")], [9, 9, 8, 7]);
    assert_eq!(trained(1).merges(), [(101, 115)]);
}

#[test]
fn step_04_merge_and_count_again() {
    title("Step 4. Merge, and count again");
    say("The pair becomes a new token, number 256, wherever it stands. Then we count again: \"es\" now is one token, and
stands 9 times before a t. And so on.");
    let tokenizer = trained(9);
    for (number, (&(left, right), token)) in (1..).zip(tokenizer.merges().iter().zip(256..)) {
        let [one, other] = [left, right].map(|token| tokenizer.decode(&[token]));
        println!("    merge {number}: {one:?} + {other:?}  ->  token {token}, {:?}", tokenizer.decode(&[token]));
    }
    println!();
    say("After nine merges *newest* with its space is one token. Nobody told the machine about words or endings; it
counted. The list of merges, in this order, is all that training learns.");
    let expected = [
        (101, 115), // e s, 9 times, as often as s t
        (256, 116), // es t, 9 times
        (108, 111), // l o, 7 times, as often as o w
        (258, 119), // lo w, 7 times
        (32, 110),  // a space and n, 6 times, as often as four other pairs
        (32, 259),
        (101, 119),
        (260, 262),
        (263, 257),
    ];
    assert_eq!(tokenizer.merges(), expected);
    assert_eq!(tokenizer.encode(" newest").unwrap(), [264]);
}

#[test]
fn step_05_encode_a_new_word() {
    title("Step 5. Encode a word that was never seen");
    say(
        "A new text is cut into pieces, each piece into bytes, and the merges are done again in the order in which they
were learnt: first all \"es\", then all \"es\" + \"t\", ...",
    );
    expect("The text has no *lowest*. How many tokens is it?", &["6: it is spelt", "2", "1: unknown"]);
    for merges in 0..=4 {
        let tokenizer = trained(merges);
        let tokens = tokenizer.encode("lowest").unwrap();
        println!("    {merges} merges: {:?}", pieces(&tokenizer, &tokens));
    }
    println!();
    say(
        "Answer: b. \"low\" from *lower*, \"est\" from *widest*: the pieces of words carry over to words that are new.",
    );
    let tokenizer = trained(4);
    let tokens = tokenizer.encode("lowest").unwrap();
    assert_eq!(tokens, [259, 257]);
    assert_eq!(pieces(&tokenizer, &tokens), ["low", "est"]);
    assert_eq!(pieces(&trained(0), &trained(0).encode("lowest").unwrap()).len(), 6);
}

#[test]
fn step_06_decode() {
    title("Step 6. Decode");
    say("Back is easy: each token stands for its bytes, and the bytes are put side by side. A model that speaks one token
after another can stop in the middle of a character; half an é is shown as \u{fffd} until the other half comes.");
    let tokenizer = trained(4);
    let tokens = tokenizer.encode("café").unwrap();
    for end in 3..=tokens.len() {
        println!("    {:?}  {:?}", &tokens[..end], tokenizer.decode(&tokens[..end]));
    }
    println!();
    assert_eq!(tokenizer.decode(&tokens), "café");
    assert_eq!(tokenizer.decode(&tokens[..4]), "caf\u{fffd}");
    assert_eq!(tokenizer.decode_bytes(&tokens[..4]), b"caf\xc3");
}

#[test]
fn step_07_special_tokens() {
    title("Step 7. Special tokens");
    say("Where one document ends and the next begins, GPT-2 puts a token that no letters make, \"<|endoftext|>\". It is
found before the text is cut. Whoever lets strangers write should encode their words as ordinary text: else they could end
the document by writing its name.");
    let tokenizer = trained(4);
    let text = "low<|endoftext|>low";
    let [special, ordinary] = [tokenizer.encode(text).unwrap(), tokenizer.encode_ordinary(text)];
    println!("    found     {:?}", pieces(&tokenizer, &special));
    println!("    ordinary  {:?}\n", pieces(&tokenizer, &ordinary));
    assert_eq!(special, [259, 260, 259]);
    assert_eq!(ordinary.len(), 1 + "<|endoftext|>".len() + 1);
}

#[test]
fn step_08_the_price() {
    title("Step 8. What a larger vocabulary buys");
    say(
        "More merges, shorter sequences: a model with room for 64 tokens sees more of the text. The price is a table of
embeddings with more rows, each of which is seen less often. On the built-in book:",
    );
    let book = corpus::book();
    let text = book.as_str();
    let characters = CharacterTokenizer::from_text(text);
    let row = |name: &str, tokenizer: &dyn Tokenizer| {
        let per_token = text.len() as f64 / tokenizer.encode(text).unwrap().len() as f64;
        let size = tokenizer.vocabulary_size();
        bar(name, per_token / 5.0, &format!("{size:5} tokens known, {per_token:.2} bytes a token"));
        per_token
    };
    let characters = row("characters", &characters);
    let found = [512, 1024, 2048, 4096].map(|size| row("byte pairs", &Bpe::train(text, size, &[])));
    println!();
    say("Every doubling buys less than the one before: the frequent words are taken first.");
    assert!((1.0..1.01).contains(&characters));
    assert!(found.is_sorted());
    let bought: Vec<f64> = found.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(bought.is_sorted_by(|one, other| one >= other), "{bought:?}");
}
