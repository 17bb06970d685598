use labkit::{Draw, Values};
use ndarray::{Array1, Array2};

pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    match exercise {
        "train" => words(draw),
        _ => word(draw),
    }
}

/// Words of few letters, so that pairs occur several times, equally often, and overlap. In every fourth question more merges
/// are asked for than there are pairs that occur twice.
fn words(draw: &mut Draw) -> Values {
    let number = draw.number();
    let (letters, runs_out) = (2 + number % 2, number % 4 == 3);
    let (words, longest) = if runs_out { (2, 3) } else { (2 + (number / 6).min(4), 3 + (number / 4).min(5)) };
    let lengths: Array1<usize> = draw.below(words, longest) + 1;
    let mut inputs = Values::new();
    for (at, &length) in lengths.iter().enumerate() {
        let word: Array1<usize> = draw.below(length, letters);
        inputs = inputs.with(&format!("word {at}"), word);
    }
    let counts: Array1<usize> = draw.below(words, if runs_out { 2 } else { 4 }) + 1;
    inputs.with("counts", counts).with("base", letters + number % 3).with("most", 2 + number % 4)
}

/// A word that is made of what merges write, cut off somewhere.
fn word(draw: &mut Draw) -> Values {
    let number = draw.number();
    let (base, count) = (2 + number % 2, 2 + (number / 4).min(5));
    let mut letters: Vec<Vec<usize>> = (0..base).map(|letter| vec![letter]).collect();
    let mut merges: Vec<[usize; 2]> = Vec::new();
    while merges.len() < count {
        let pair: Array1<usize> = draw.below(2, letters.len());
        let [left, right] = [pair[0], pair[1]];
        if !merges.contains(&[left, right]) {
            letters.push([&letters[left][..], &letters[right]].concat());
            merges.push([left, right]);
        }
    }
    let parts: Array1<usize> = draw.below(3 + number / 8, letters.len());
    let mut word: Vec<usize> = parts.iter().flat_map(|&token| letters[token].clone()).collect();
    word.truncate(4 + number / 2);
    let merges = Array2::from_shape_fn((count, 2), |(rank, side)| merges[rank][side]);
    Values::new().with("word", Array1::from(word)).with("base", base).with("merges", merges)
}
