//! What is said about answers: right, not yet written, or wrong, and if that is known, by which mistake.
//!
//! A mistake is recognised by what it does. The examiner has answered every question with every version that is known to
//! be wrong; the learner's version makes that mistake if it answers as this version does, in every question. If it answers
//! as no known version, or as several, no mistake is named.

use labkit::{Answer, Question, Trial, Values};

use crate::compare::{Difference, agree, difference};
use crate::course::{Kind, Lab};
use crate::manifest::Misconception;

/// What is said about the answers of a version.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict<'l> {
    /// All are right.
    Passed,
    /// This function still has the skeleton's `todo!`; those before it are right.
    NotYet(&'l str),
    /// Some are wrong.
    Wrong(Box<Wrong<'l>>),
}

/// Answers that are wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Wrong<'l> {
    /// The function; those before it are right.
    pub exercise: &'l str,
    /// The mistake, if it is one that is known.
    pub misconception: Option<&'l Misconception>,
    /// The smallest inputs whose answer is wrong.
    pub inputs: Values,
    /// The right answer.
    pub expected: Values,
    /// The answer.
    pub got: Answer,
    /// Their first difference.
    pub difference: Difference,
}

/// The answers of a version to the questions of a trial, judged.
///
/// Returns `None` if these questions leave several mistakes that it may be, so that more have to be asked; never if these
/// are the last.
///
/// # Errors
/// If the right version panics, with its words.
pub(crate) fn verdict<'l>(
    lab: &'l Lab,
    trial: &Trial,
    answers: &[Answer],
    is_last: bool,
) -> Result<Option<Verdict<'l>>, String> {
    for exercise in &lab.manifest.exercises {
        let questions = trial.questions.iter().enumerate().filter(|(_, question)| question.exercise == *exercise);
        let asked: Vec<usize> = questions.map(|(at, _)| at).collect();
        if asked.iter().any(|&at| is_not_yet(&answers[at])) {
            return Ok(Some(Verdict::NotYet(exercise)));
        }
        let mut smallest: Option<Wrong<'l>> = None;
        for &at in &asked {
            let Question { inputs, .. } = &trial.questions[at];
            let expected = match &trial.answers[0][at] {
                Answer::Returned(values) => values,
                Answer::Panicked { words, .. } => return Err(words.clone()),
            };
            let is_smaller = smallest.as_ref().is_none_or(|smallest| inputs.size() < smallest.inputs.size());
            if let Some(difference) = difference(expected, &answers[at], lab.manifest.tolerance).filter(|_| is_smaller)
            {
                smallest = Some(Wrong {
                    exercise,
                    misconception: None,
                    inputs: inputs.clone(),
                    expected: expected.clone(),
                    got: answers[at].clone(),
                    difference,
                });
            }
        }
        if let Some(mut wrong) = smallest {
            let known = mistakes(lab, trial, answers, exercise, &asked);
            wrong.misconception = match &known[..] {
                [only] => Some(only),
                [_, ..] if !is_last => return Ok(None),
                _ => None,
            };
            return Ok(Some(Verdict::Wrong(Box::new(wrong))));
        }
    }
    Ok(Some(Verdict::Passed))
}

/// The mistakes of an exercise that answer every question as these answers do.
fn mistakes<'l>(
    lab: &'l Lab,
    trial: &Trial,
    answers: &[Answer],
    exercise: &str,
    asked: &[usize],
) -> Vec<&'l Misconception> {
    let mut known: Vec<&Misconception> = Vec::new();
    for (version, theirs) in lab.versions().iter().zip(&trial.answers) {
        if let Kind::Wrong(mistake) = version.kind
            && lab.manifest.exercise_of(mistake) == Some(exercise)
            && known.last().is_none_or(|last| last.name != mistake.name)
            && asked.iter().all(|&at| agree(&theirs[at], &answers[at], lab.manifest.tolerance))
        {
            known.push(mistake);
        }
    }
    known
}

/// Whether the function still is what `todo!` makes of it.
fn is_not_yet(answer: &Answer) -> bool {
    matches!(answer, Answer::Panicked { words, .. } if words.starts_with("not yet implemented"))
}
