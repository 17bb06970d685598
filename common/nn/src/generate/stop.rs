//! Texts at which generation ends.

/// Texts that end what is generated when one of them comes up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stops(Vec<String>);

/// A stop text that is empty, and so comes up everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an empty text to stop at would stop before the first token: give at least one character")]
pub struct StopsError;

impl Stops {
    /// # Errors
    /// If one of them is empty.
    ///
    /// ```
    /// use nn::Stops;
    /// let stops = Stops::new(["THE END", "\n\n"])?;
    /// assert_eq!(stops.first("And so\n\nTHE END"), Some(6));
    /// assert_eq!(stops.settled("That was TH"), 9); // what follows may make THE END of it
    /// assert_eq!(stops.settled("That was THIS"), 13);
    /// # Ok::<(), nn::StopsError>(())
    /// ```
    pub fn new(stops: impl IntoIterator<Item = impl Into<String>>) -> Result<Self, StopsError> {
        let stops: Vec<String> = stops.into_iter().map(Into::into).collect();
        if stops.iter().any(String::is_empty) { Err(StopsError) } else { Ok(Stops(stops)) }
    }

    /// Where the first of them begins in a text, in bytes.
    pub fn first(&self, text: &str) -> Option<usize> {
        self.0.iter().filter_map(|stop| text.find(stop)).min()
    }

    /// How many bytes of a text can be shown, whatever follows: the rest may be the beginning of one of them.
    // ANCHOR: settled
    pub fn settled(&self, text: &str) -> usize {
        let may_begin = |&at: &usize| self.0.iter().any(|stop| stop.starts_with(&text[at..]));
        text.char_indices().map(|(at, _)| at).find(may_begin).unwrap_or(text.len())
    }
    // ANCHOR_END: settled
}

/// A text that is shown as it comes, as far as it cannot become part of a text to stop at, and only up to the first of these.
///
/// ```
/// use nn::{Stops, UntilStop};
/// let stops = Stops::new(["THE END"])?;
/// let mut text = UntilStop::new(&stops);
/// assert_eq!(["It is T", "HE E", "gg. THE EN", "D."].map(|new| text.push(new)), ["It is ", "", "THE Egg. ", ""]);
/// assert!(text.stopped());
/// # Ok::<(), nn::StopsError>(())
/// ```
#[derive(Clone, Debug)]
pub struct UntilStop<'s> {
    stops: &'s Stops,
    held_back: String,
    stopped: bool,
}

impl<'s> UntilStop<'s> {
    /// Nothing has come yet.
    pub fn new(stops: &'s Stops) -> Self {
        UntilStop { stops, held_back: String::new(), stopped: false }
    }

    /// Takes what is new; returns what can be shown. Nothing after a stop.
    pub fn push(&mut self, new: &str) -> String {
        if self.stopped {
            return String::new();
        }
        self.held_back += new;
        let stop = self.stops.first(&self.held_back);
        self.stopped = stop.is_some();
        let shown = stop.unwrap_or_else(|| self.stops.settled(&self.held_back));
        self.held_back.drain(..shown).collect()
    }

    /// What was held back in vain, where nothing follows.
    pub fn finish(&mut self) -> String {
        if self.stopped { String::new() } else { std::mem::take(&mut self.held_back) }
    }

    /// Whether a text to stop at has come.
    pub fn stopped(&self) -> bool {
        self.stopped
    }
}
