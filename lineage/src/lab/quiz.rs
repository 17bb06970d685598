//! `lineage lab quiz`: the questions on a chapter, asked in the terminal.

use std::io::{self, BufRead, Read, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{anyhow, bail};
use clap::Args;
use data::counted;
use quiz::{Judged, Key, Question, Quiz, letter};

use super::print;
use crate::Ending;
use crate::system::interrupt;

/// Letters in a line.
const WIDTH: usize = 96;
/// How long a look whether a signal has come lies behind the last.
const LOOK: Duration = Duration::from_millis(50);
/// More bytes of answers are not read.
const MOST: u64 = 1 << 20;

#[derive(Args)]
pub(super) struct Ask {
    /// Chapter of the book, as `rnn` [default: show those that have a quiz]
    #[arg(value_name = "CHAPTER")]
    chapter: Option<String>,
    /// Show the chapters that have a quiz
    #[arg(long, conflicts_with = "chapter")]
    list: bool,
}

impl Ask {
    pub(super) fn run(&self) -> anyhow::Result<Ending> {
        let Some(chapter) = &self.chapter else {
            for Quiz { chapter, title, questions } in Quiz::all() {
                print(&format!("{chapter:<12} {:>2} questions  {title}\n", questions.len()))?;
            }
            return Ok(Ending::Done);
        };
        let Some(quiz) = Quiz::of(chapter) else {
            let chapters: Vec<_> = Quiz::all().iter().map(|quiz| quiz.chapter).collect();
            bail!("there is no quiz on {}: name one of {}", data::quoted(chapter), chapters.join(", "));
        };
        interrupt::flag("interrupted: this is your score so far");
        Session { lines: lines(), right: 0, answered: 0 }.ask(&quiz)
    }
}

struct Session {
    lines: Receiver<io::Result<String>>,
    right: usize,
    answered: usize,
}

/// What came in place of an answer.
enum Given {
    Line(String),
    End,
    Signal,
}

impl Session {
    fn ask(mut self, quiz: &Quiz) -> anyhow::Result<Ending> {
        let all = quiz.questions.len();
        say(&format!(
            "{}: {}. A number may have a point or a comma, a shape looks like (2, 3), a choice is a letter. The end of the input \
             or Ctrl-C ends the quiz.",
            quiz.title,
            counted(all, "question")
        ))?;
        for (number, question) in (1..).zip(&quiz.questions) {
            print("\n")?;
            say(&format!("{number}. {}", question.ask))?;
            if let Key::Choice(choices) = &question.key {
                for (at, choice) in choices.iter().enumerate() {
                    say(&format!("   {}) {}", letter(at), choice.text))?;
                }
            }
            match self.until_read(question)? {
                Given::Line(_) => {}
                Given::End => return self.ended(all, Ending::Done),
                Given::Signal => return self.ended(all, Ending::Interrupted),
            }
        }
        print(&format!("\n{} of {all} right\n", self.right))?;
        Ok(Ending::Done)
    }

    fn ended(&self, all: usize, ending: Ending) -> anyhow::Result<Ending> {
        let Session { right, answered, .. } = self;
        print(&format!("\n{right} of {answered} right so far; the quiz has {}\n", counted(all, "question")))?;
        Ok(ending)
    }

    /// Asks until the answer is one, and says what is right.
    fn until_read(&mut self, question: &Question) -> anyhow::Result<Given> {
        loop {
            print("> ")?;
            io::stdout().flush()?;
            let given = self.next()?;
            let Given::Line(line) = &given else { return Ok(given) };
            match question.judge(line) {
                Judged::Unreadable(example) => say(&format!("Please answer with {example}."))?,
                Judged::Right => {
                    (self.right, self.answered) = (self.right + 1, self.answered + 1);
                    say(&format!("Right. {}", question.why.trim()))?;
                    return Ok(given);
                }
                Judged::Wrong(why) => {
                    self.answered += 1;
                    let why = why.map_or(String::new(), |why| format!(" {}", why.trim()));
                    say(&format!("Not right.{why}"))?;
                    say(&format!("The answer is {}. {}", question.right(), question.why.trim()))?;
                    return Ok(given);
                }
            }
        }
    }

    fn next(&self) -> anyhow::Result<Given> {
        loop {
            if interrupt::asked() {
                return Ok(Given::Signal);
            }
            return match self.lines.recv_timeout(LOOK) {
                Ok(Ok(line)) => Ok(Given::Line(line)),
                // Letters of another encoding are no answer to anything.
                Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidData => Ok(Given::Line(String::new())),
                Ok(Err(error)) => Err(anyhow!("answers cannot be read from standard input: {error}")),
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => Ok(Given::End),
            };
        }
    }
}

/// The lines of standard input, read by a thread of their own, so that a signal does not have to wait for one.
fn lines() -> Receiver<io::Result<String>> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in io::stdin().lock().take(MOST).lines() {
            let is_over = line.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::InvalidData);
            if sender.send(line).is_err() || is_over {
                break;
            }
        }
    });
    lines
}

fn say(text: &str) -> anyhow::Result<()> {
    print(&(textwrap::fill(text, textwrap::Options::new(WIDTH).subsequent_indent("   ")) + "\n"))
}
