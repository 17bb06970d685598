//! Scores of translations, as `lineage evaluate` shows them.

use std::io::{self, Write};
use std::iter::Sum;

use clap::ValueEnum;
use data::score::{
    Bleu, BleuStatistics, Chrf, ChrfStatistics, Interval, Tokenization, bootstrap, has_space_inside, share,
};
use report::format::{count, counted};

use crate::kind::pairs::Pair;

/// A table by length has no more rows than this.
const ROWS_OF_LENGTHS: usize = 12;

/// What BLEU takes for a word, as sacreBLEU names it.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BleuTokens {
    /// Words, and the punctuation of ASCII
    #[value(name = "13a")]
    V13a,
    /// Words, and the punctuation and symbols of Unicode
    Intl,
    /// Chinese characters, and what is not Chinese as 13a
    Zh,
    /// Characters
    Char,
    /// What stands between spaces
    None,
}

/// Which translations of a generated sentence are right.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum References {
    /// The one that training teaches
    One,
    /// Those of every dialect that the generator knows: with usted, with subject pronouns, as in Latin America
    All,
}

/// How translations are judged.
#[derive(Clone, Copy)]
pub struct Judge {
    bleu: Bleu,
    /// Whether the user said what a word is to BLEU.
    told: bool,
    /// Whether a reference has a space inside it.
    spaced: bool,
}

/// What is known of one translated sentence.
#[derive(Clone, Copy)]
pub struct Judged {
    /// How many words its source has.
    words: usize,
    /// Whether it is a reference to the letter.
    right: bool,
    bleu: BleuStatistics,
    chrf: ChrfStatistics,
}

/// A score of some sentences, and how far it can be trusted.
pub struct Score {
    sentences: usize,
    /// `None` if it is undefined.
    value: Option<f64>,
    interval: Option<Interval>,
}

impl Judge {
    /// Takes for a word what the user says, or else what fits the script of the references.
    pub fn new(tokens: Option<BleuTokens>, pairs: &[Pair]) -> Self {
        let references = || pairs.iter().flat_map(|pair| &pair.references).map(String::as_str);
        let tokenization = match tokens {
            Some(BleuTokens::V13a) => Tokenization::V13a,
            Some(BleuTokens::Intl) => Tokenization::Intl,
            Some(BleuTokens::Zh) => Tokenization::Zh,
            Some(BleuTokens::Char) => Tokenization::Char,
            Some(BleuTokens::None) => Tokenization::None,
            None => Tokenization::fitting(references()),
        };
        let spaced = references().any(has_space_inside);
        Judge { bleu: Bleu { tokenization, ..Bleu::default() }, told: tokens.is_some(), spaced }
    }

    /// Judges what was said for the source of a pair, which has so many words.
    pub fn judge(&self, pair: &Pair, words: usize, said: &str) -> Judged {
        Judged {
            words,
            right: pair.references.iter().any(|reference| reference == said),
            bleu: self.bleu.statistics(said, &pair.references),
            chrf: Chrf::default().statistics(said, &pair.references),
        }
    }

    /// Writes a line for each score, and one on what a word is.
    pub fn write_scores(&self, out: &mut impl Write, judged: &[Judged], seed: u64) -> io::Result<()> {
        let bleu = self.bleu(judged, seed);
        let hits = judged.iter().filter(|judged| judged.right).count();
        writeln!(
            out,
            "exact match     {}   {} of {} right to the letter",
            exact_match(judged),
            count(hits as u64),
            counted(judged.len(), "sentence")
        )?;
        writeln!(out, "BLEU            {}   {}", bleu.cell(2), self.bleu_means(&bleu, judged))?;
        writeln!(out, "chrF            {}   runs of characters that are right, 0 to 100", chrf(judged, seed).cell(2))?;
        let tokens = self.bleu.tokenization.name();
        let why = match self.bleu.tokenization {
            _ if self.told => "as --bleu-tokens says",
            Tokenization::Zh => "chosen since the references have many Chinese characters",
            Tokenization::Char if self.spaced => "chosen since their script puts no spaces between words",
            Tokenization::Char => "chosen since the references have no spaces between words",
            _ => "chosen since the references have spaces between words",
        };
        writeln!(out, "BLEU tokens     {tokens}, {why}")
    }

    /// BLEU of a corpus; of a single sentence, of effective order.
    fn bleu(&self, judged: &[Judged], seed: u64) -> Score {
        if let [one] = judged {
            return Score::of_one(self.bleu.sentence_score(&one.bleu).score);
        }
        let statistics: Vec<BleuStatistics> = judged.iter().map(|judged| judged.bleu).collect();
        Score::of(&statistics, seed, |sum| self.bleu.score(sum).score)
    }

    /// What the score counts, or why there is none.
    fn bleu_means(&self, bleu: &Score, judged: &[Judged]) -> String {
        let sum: BleuStatistics = judged.iter().map(|judged| judged.bleu).sum();
        let missing = sum.totals.iter().position(|&total| total == 0);
        let unit = self.unit();
        let characters = if self.bleu.tokenization == Tokenization::Char { "" } else { "; try --bleu-tokens char" };
        match (bleu.value, missing) {
            (None, None | Some(0)) => format!("undefined: there are no {unit}s"),
            (None, Some(order)) => {
                format!("undefined: no translation has {}{characters}", counted(order + 1, unit))
            }
            (Some(_), Some(order)) if judged.len() == 1 && order > 0 => {
                format!("runs of up to {} that are right, as it has no more; 0 to 100", counted(order, unit))
            }
            _ if bleu.lacks_interval() => {
                format!("no interval: in too many samples no translation has 4 {unit}s{characters}")
            }
            _ => format!("runs of {unit}s that are right, 0 to 100"),
        }
    }

    fn unit(&self) -> &'static str {
        if self.bleu.tokenization == Tokenization::Char { "character" } else { "word" }
    }

    /// Writes how the translations are by the length of their sources, if there are several; many lengths share rows.
    pub fn write_lengths(&self, out: &mut impl Write, judged: &[Judged], seed: u64) -> io::Result<()> {
        let mut judged = judged.to_vec();
        judged.sort_by_key(|judged| judged.words);
        let (Some(shortest), Some(longest)) = (judged.first(), judged.last()) else { return Ok(()) };
        let (shortest, longest) = (shortest.words, longest.words);
        if shortest == longest {
            return Ok(());
        }
        let step = (longest - shortest + 1).div_ceil(ROWS_OF_LENGTHS);
        writeln!(out, "\nby the number of words in the source:")?;
        writeln!(out, "words     sentences  {:<26}  {:<26}  chrF", "exact match", "BLEU")?;
        let (mut undefined, mut unsure) = (false, false);
        for same in judged.chunk_by(|a, b| (a.words - shortest) / step == (b.words - shortest) / step) {
            let from = shortest + (same[0].words - shortest) / step * step;
            let to = (from + step - 1).min(longest);
            let words = if from == to { from.to_string() } else { format!("{from} to {to}") };
            let bleu = self.bleu(same, seed);
            undefined |= bleu.value.is_none();
            unsure |= bleu.lacks_interval();
            let row = format!(
                "{words:<9} {:>9}  {}  {}  {}",
                count(same.len() as u64),
                exact_match(same),
                bleu.cell(2),
                chrf(same, seed).cell(2)
            );
            writeln!(out, "{}", row.trim_end())?;
        }
        let unit = self.unit();
        if undefined {
            writeln!(out, "BLEU of several sentences is undefined (-) if no translation of them has 4 {unit}s.")?;
        }
        if unsure {
            writeln!(out, "BLEU of a row has no interval if in too many samples no translation has 4 {unit}s.")?;
        }
        Ok(())
    }
}

impl Score {
    /// The score of sentences with these statistics, and its interval.
    pub fn of<S: Copy + Sum>(statistics: &[S], seed: u64, score: impl Fn(&S) -> Option<f64>) -> Self {
        let value = score(&statistics.iter().copied().sum());
        // A single sentence says nothing of others.
        let interval = value.filter(|_| statistics.len() > 1).and_then(|_| bootstrap(statistics, seed, score));
        Score { sentences: statistics.len(), value, interval }
    }

    fn of_one(value: Option<f64>) -> Self {
        Score { sentences: 1, value, interval: None }
    }

    /// Whether it is defined and its interval is not, of which there could be one.
    fn lacks_interval(&self) -> bool {
        self.sentences > 1 && self.value.is_some() && self.interval.is_none()
    }

    /// `0.9480 (0.9324 to 0.9601)`, as wide whatever the numbers; a dash if it is undefined.
    pub fn cell(&self, decimals: usize) -> String {
        let text = match (self.value, self.interval) {
            (None, _) => "-".to_owned(),
            (Some(value), Some(interval)) => with_interval(value, interval, decimals),
            (Some(value), None) if self.sentences == 1 => format!("{value:.decimals$}"),
            (Some(value), None) => format!("{value:.decimals$} (no interval)"),
        };
        format!("{text:<26}")
    }
}

fn exact_match(judged: &[Judged]) -> String {
    let hits = judged.iter().filter(|judged| judged.right).count();
    let text = with_interval(hits as f64 / judged.len() as f64, share(hits, judged.len()), 4);
    format!("{text:<26}")
}

fn chrf(judged: &[Judged], seed: u64) -> Score {
    let statistics: Vec<ChrfStatistics> = judged.iter().map(|judged| judged.chrf).collect();
    Score::of(&statistics, seed, ChrfStatistics::score)
}

fn with_interval(value: f64, Interval { low, high }: Interval, decimals: usize) -> String {
    format!("{value:.decimals$} ({low:.decimals$} to {high:.decimals$})")
}

#[cfg(test)]
mod tests {
    use super::{BleuTokens, Judge, Judged};
    use crate::kind::pairs::{Generated, Pair};

    fn pair(source: &str, references: &[&str]) -> Pair {
        let references = references.iter().map(|&reference| reference.to_owned()).collect();
        Pair { source: source.to_owned(), references, links: None }
    }

    /// The lines that are shown of translations.
    fn shown(tokens: Option<BleuTokens>, said: &[(&Pair, &str)]) -> Vec<String> {
        let pairs: Vec<Pair> = said.iter().map(|(pair, _)| (*pair).clone()).collect();
        let judge = Judge::new(tokens, &pairs);
        let judged: Vec<Judged> =
            said.iter().map(|(pair, said)| judge.judge(pair, pair.source.split_whitespace().count(), said)).collect();
        let mut out = Vec::new();
        judge.write_scores(&mut out, &judged, 1).unwrap();
        judge.write_lengths(&mut out, &judged, 1).unwrap();
        String::from_utf8(out)
            .unwrap()
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    }

    #[test]
    fn dialects_are_right_where_they_are_asked_for() {
        let taught = pair("it is a quarter past one but you are cold", &["es la una y cuarto pero tienes frío"]);
        let mut all = [taught.clone()];
        Generated::default().add_dialects(&mut all);
        assert_eq!(all[0].references[0], taught.references[0]);

        let formal = "es la una y cuarto pero usted tiene frío";
        let scores = |pair: &Pair| {
            let lines = shown(None, &[(pair, formal)]);
            ["exact match ", "BLEU ", "chrF "].map(|name| -> f64 {
                let line = lines.iter().find_map(|line| line.strip_prefix(name)).unwrap();
                line.split(' ').next().unwrap().parse().unwrap()
            })
        };
        assert_eq!(scores(&all[0]), [1.0, 100.0, 100.0]);
        // Of its runs of 1, 2, 3 and 4 words, 7 of 9, 5 of 8, 4 of 7 and 3 of 6 are right.
        let [exact, bleu, chrf] = scores(&taught);
        assert_eq!([exact, bleu], [0.0, 61.05]);
        assert!(chrf < 100.0);
    }

    #[test]
    fn short_translations_without_a_mistake_have_a_dash_and_not_the_worst_score() {
        let [two, one] = [pair("two six", &["II VI"]), pair("one six", &["I VI"])];
        let said = [(&two, "II VI"), (&one, "I VI")];
        let expected = [
            "exact match 1.0000 (0.3424 to 1.0000) 2 of 2 sentences right to the letter",
            "BLEU - undefined: no translation has 3 words; try --bleu-tokens char",
            "chrF 100.00 (100.00 to 100.00) runs of characters that are right, 0 to 100",
            "BLEU tokens 13a, chosen since the references have spaces between words",
        ];
        assert_eq!(shown(None, &said), expected);
        let characters = shown(Some(BleuTokens::Char), &said);
        assert_eq!(
            characters[1],
            "BLEU 100.00 (no interval) no interval: in too many samples no translation has 4 characters"
        );
        assert_eq!(characters[3], "BLEU tokens char, as --bleu-tokens says");

        let alone = shown(None, &[(&two, "II VI")]);
        assert_eq!(alone[1], "BLEU 100.00 runs of up to 2 words that are right, as it has no more; 0 to 100");
        assert_eq!(shown(None, &[(&two, "")])[1], "BLEU 0.00 runs of words that are right, 0 to 100");
        assert_eq!(
            shown(None, &[(&two, "X"), (&one, "X")])[1],
            "BLEU 0.00 (0.00 to 0.00) runs of words that are right, 0 to 100"
        );
    }

    #[test]
    fn what_a_word_is_follows_the_script_of_the_references() {
        let read = pair("I read two books.", &["我读两本书。"]);
        let chinese = [(&read, "我读两本书。"); 3];
        assert_eq!(shown(None, &chinese)[1], "BLEU 100.00 (100.00 to 100.00) runs of words that are right, 0 to 100");
        assert_eq!(
            shown(None, &chinese)[3],
            "BLEU tokens zh, chosen since the references have many Chinese characters"
        );
        let words = shown(Some(BleuTokens::V13a), &chinese);
        assert_eq!(words[1], "BLEU - undefined: no translation has 2 words; try --bleu-tokens char");
        let thai = pair("I love you", &["ฉันรักเธอ"]);
        let lines = shown(None, &[(&thai, "ฉันรักเธอ")]);
        assert_eq!(lines[1], "BLEU 100.00 runs of characters that are right, 0 to 100");
        assert_eq!(lines[3], "BLEU tokens char, chosen since the references have no spaces between words");
    }

    #[test]
    fn the_reason_for_what_a_word_is_holds_of_the_references() {
        let unspaced = "BLEU tokens char, chosen since the references have no spaces between words";
        let script = "BLEU tokens char, chosen since their script puts no spaces between words";
        let spaced = "BLEU tokens 13a, chosen since the references have spaces between words";
        for (reference, expected) in [
            ("བོད་སྐད་ཡིན།", unspaced),
            ("ང་བོད་པ་ཡིན། ཁྱེད་རང་སུ་ཡིན།", script),
            ("ꦲꦏ꧀ꦱꦫꦗꦮ", unspaced),
            ("ᬅᬓ᭄ᬱᬭᬩᬮᬶ᭞ ᬅᬓ᭄ᬱᬭ", script),
            ("ฉันรักเธอ เธอรักฉัน", script),
            ("😀🎉🐶", unspaced),
            ("😀 🎉 🐶", spaced),
            ("𐌰𐍄𐍄𐌰𐌿𐌽𐍃𐌰𐍂", unspaced),
            ("Hola", unspaced),
            ("Tôi đọc sách.", spaced),
            ("나는 책을 읽는다.", spaced),
        ] {
            let read = pair("I read two books.", &[reference]);
            assert_eq!(shown(None, &[(&read, reference)])[3], expected, "{reference}");
        }
    }

    #[test]
    fn a_row_of_one_sentence_is_judged_as_a_sentence_alone() {
        let (two, five) = (pair("one six", &["I VI"]), pair("a b c d e", &["A B C D E"]));
        let rows = shown(None, &[(&two, "I VI"), (&five, "A B C D E"), (&five, "A B C D E")]);
        assert_eq!(shown(None, &[(&two, "I VI")])[1].split(' ').nth(1), Some("100.00"));
        assert_eq!(rows[7], "2 1 1.0000 (0.2065 to 1.0000) 100.00 100.00");
        assert_eq!(rows.len(), 9, "{rows:?}");
    }

    /// 23 of 23 are right and one has four words: a third of the samples lack it.
    #[test]
    fn samples_that_leave_a_score_undefined_leave_no_interval() {
        let (short, long) = (pair("five", &["son cinco"]), pair("half past two", &["son las dos y media"]));
        let said: Vec<(&Pair, &str)> =
            (0..23).map(|i| if i < 22 { (&short, "son cinco") } else { (&long, "son las dos y media") }).collect();
        let lines = shown(None, &said);
        assert_eq!(
            lines[1],
            "BLEU 100.00 (no interval) no interval: in too many samples no translation has 4 words; try --bleu-tokens char"
        );
        assert_eq!(
            lines[6..],
            [
                "words sentences exact match BLEU chrF",
                "1 22 1.0000 (0.8513 to 1.0000) - 100.00 (100.00 to 100.00)",
                "3 1 1.0000 (0.2065 to 1.0000) 100.00 100.00",
                "BLEU of several sentences is undefined (-) if no translation of them has 4 words.",
            ]
        );
    }
}
