//! Questions that an English sentence answers with a run of its own words (as SQuAD's: Rajpurkar et al. 2016, *SQuAD:
//! 100,000+ questions for machine comprehension of text*).

use std::ops::Range;

use super::Sentence;
use super::parse::Phrase;

/// A question about a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// English words and a question mark; up to one word more than the sentence has, or two if a time begins it.
    pub question: Vec<String>,
    /// The positions in the English sentence of the words that answer.
    pub answer: Range<usize>,
}

impl Sentence {
    /// The questions that the sentence answers, in [`Grammar::english_spanish`](super::Grammar::english_spanish); of
    /// questions and commands there are none. Who says I is I in the question too.
    ///
    /// | question | the sentence | answer |
    /// |---|---|---|
    /// | who eats apples ? | the boys eat apples | the boys |
    /// | what did she buy ? | she bought the car that we have | the car that we have |
    /// | when do you work ? | every day you work | every day |
    /// | how many red cars do I buy ? | I buy two red cars | two |
    /// | how much does the car cost ? | the car costs two euros | two euros |
    /// | how old is my friend ? | my friend is ten years old | ten years old |
    /// | where is the dog ? | the dog is in the house | in the house |
    /// | what time is it ? | it is half past two | half past two |
    ///
    /// They are themselves sentences of the grammar, which can translate them, but for `how old` where this is not
    /// asked of a pronoun. For this they ask less than English could: who does something, not who is something; of what
    /// and when somebody named by a pronoun does it, and when only at present; where a thing is of which one knows which.
    ///
    /// Nothing is asked that two phrases could answer: what somebody does is not asked about where the verb occurs
    /// twice, in whatever form (I see the dog and he sees it), and what two clauses answer, of neither. What is denied,
    /// wanted, possible or going to be is not asked about as if it were so; what somebody knows is so.
    ///
    /// ```
    /// use grammar::Generator;
    ///
    /// let [sentence] = &Generator::default().read("every day she drinks cold milk")[..] else { panic!() };
    /// let asked = sentence.questions();
    /// let texts: Vec<_> = asked.iter().map(|asked| asked.question.join(" ")).collect();
    /// assert_eq!(texts, ["who drinks cold milk every day ?", "what does she drink ?", "when does she drink cold milk ?"]);
    /// let answers: Vec<_> = asked.iter().map(|asked| sentence.english[asked.answer.clone()].join(" ")).collect();
    /// assert_eq!(answers, ["she", "cold milk", "every day"]);
    /// ```
    pub fn questions(&self) -> Vec<Asked> {
        let whole = self.parse.phrases();
        let phrases = whole.all();
        let mut asked = Vec::new();
        for clause in phrases.iter().filter(|phrase| ["Clause", "Second", "Fronted"].iter().any(|name| phrase.is(name)))
        {
            self.ask_of_being(clause, &mut asked);
            if let Some(deed) = Deed::of(clause)
                && phrases.iter().filter(|phrase| phrase.is("Verb") && phrase.lemma == deed.verb.lemma).count() == 1
            {
                self.ask_of_deed(&deed, &mut asked);
            }
        }
        let once = |own: &Asked| asked.iter().filter(|other| other.question == own.question).count() == 1;
        asked.iter().filter(|own| once(own)).cloned().collect()
    }

    /// Where, how old, how much, what time.
    fn ask_of_being(&self, clause: &Phrase<'_>, asked: &mut Vec<Asked>) {
        let mut ask = |question: &[&[String]], answer| asked.push(Asked { question: question.concat(), answer });
        if let Some(clock) = clause.part("Clock") {
            ask(&[&words("what time is it ?")], clock.words.clone());
        }
        let Some(subject) = clause.parts.first() else { return };
        let is = [clause, clause.part("Group").unwrap_or(clause), clause.part("Copula").unwrap_or(clause)];
        let said = |name: &str| is.iter().find_map(|phrase| Some((phrase.part("Verb")?, phrase.part(name)?)));
        if let Some((verb, place)) = said("Where")
            && self.is_known(subject)
        {
            ask(&[&words("where"), self.said_by(verb), self.said_by(subject), &words("?")], place.words.clone());
        }
        if let Some((verb, age)) = said("Age") {
            let years_old = age.words.start..clause.words.end;
            ask(&[&words("how old"), self.said_by(verb), self.said_by(subject), &words("?")], years_old);
        }
        if let Some(price) = clause.part("Price") {
            let does = if subject.has("s") { "does" } else { "do" };
            let question = [&words(&format!("how much {does}")), self.said_by(subject), &words("cost ?")];
            ask(&question, price.words.clone());
        }
    }

    /// Who, what, when, how many.
    fn ask_of_deed(&self, deed: &Deed<'_, '_>, asked: &mut Vec<Asked>) {
        let mut ask = |question: &[&[String]], answer: &Phrase<'_>| {
            let question = [&question.concat()[..], &words("?")].concat();
            asked.push(Asked { question, answer: answer.words.clone() });
        };
        let Deed { subject, verb, object, time } = *deed;
        let rest = object.map_or(&[][..], |object| self.said_by(object));
        let base = [verb.lemma.unwrap_or_default().to_owned()];
        let third = subject.has("3s");
        if subject.alone("Human").or(subject.alone("Pronoun")).is_some() {
            let verb = match verb.has("now") && !third {
                true => &[third_person(&base[0])],
                false => self.said_by(verb),
            };
            ask(&[&words("who"), verb, rest, time.map_or(&[][..], |time| self.said_by(time))], subject);
        }
        let Some(pronoun) = subject.alone("Pronoun").map(|pronoun| self.said_by(pronoun)) else { return };
        let auxiliary = words(match (verb.has("now"), third) {
            (true, true) => "does",
            (true, false) => "do",
            (false, _) => "did",
        });
        if let Some(object) = object
            && THINGS.iter().any(|class| verb.has(class))
            && !["Someone", "Who"].iter().any(|person| object.part(person).is_some())
        {
            ask(&[&words("what"), &auxiliary, pronoun, &base], object);
        }
        if !verb.has("now") {
            return;
        }
        if let Some(time) = time {
            ask(&[&words("when"), &auxiliary, pronoun, &base, rest], time);
        }
        let counted = object.and_then(|object| object.alone("Phrase.thing")).filter(|_| verb.has("goods"));
        if let Some(phrase) = counted
            && let (Some(count), Some(core)) = (phrase.part("Count"), phrase.part("Core"))
        {
            ask(&[&words("how many"), self.said_by(core), &auxiliary, pronoun, &base], count);
        }
    }

    /// The words of a phrase.
    fn said_by(&self, phrase: &Phrase<'_>) -> &[String] {
        &self.english[phrase.words.clone()]
    }

    /// Whether it is one of which one may ask where it is, or several: the house, my small house.
    fn is_known(&self, subject: &Phrase<'_>) -> bool {
        subject.alone("Phrase").is_some_and(|phrase| match &phrase.parts[..] {
            [core] => core.is("Core") && self.said_by(phrase)[0] == "the" && core.words.start == phrase.words.start + 1,
            [owner, core] => owner.is("Owner") && core.is("Core"),
            _ => false,
        })
    }
}

/// The classes of verbs of whose objects, where they are no persons, the grammar asks `what`.
const THINGS: [&str; 6] = ["food", "drink", "goods", "text", "lid", "sight"];

/// That somebody does something, or did.
struct Deed<'c, 'p> {
    subject: &'c Phrase<'p>,
    verb: &'c Phrase<'p>,
    object: Option<&'c Phrase<'p>>,
    time: Option<&'c Phrase<'p>>,
}

impl<'c, 'p> Deed<'c, 'p> {
    /// What a clause says to be done now or to have been done, if it is not denied.
    fn of(clause: &'c Phrase<'p>) -> Option<Self> {
        let front = clause.part("Front");
        let subject = clause.parts.iter().find(|part| ["Agent", "Pronoun"].iter().any(|name| part.is(name)))?;
        let predicate = match clause.part("Group") {
            Some(group) => ["Predicate.now", "Predicate.past"].iter().find_map(|name| group.part(name))?,
            None => clause,
        };
        let act = ["Simple", "Far"].iter().find_map(|name| predicate.part(name))?;
        let verb = ["now", "past"].iter().find_map(|tense| act.part("Verb").filter(|verb| verb.has(tense)))?;
        Some(Self { subject, verb, object: act.parts.get(1), time: front.or(predicate.part("When")) })
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

/// Of a verb of the lexicon.
fn third_person(base: &str) -> String {
    match base {
        "have" => "has".to_owned(),
        _ => format!("{base}s"),
    }
}
