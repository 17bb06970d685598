//! How long the rest of a comparison takes.

use std::time::{Duration, Instant};

/// Knows how long every experiment was planned to take, and how this machine keeps to that.
pub struct Clock {
    /// Seconds on two free cores, of the experiments that were chosen, in their order.
    planned: Vec<f64>,
    /// How many of them are done.
    done: usize,
    /// Seconds that the last of those were planned to take and that they took, but for those that had been kept.
    kept_to: [f64; 2],
    /// Of the experiment under way.
    began: Instant,
    /// Its work, in whatever unit, that is made, and that is known of in all.
    work: [f64; 2],
}

/// The part of an experiment after which its own pace says all about its rest.
const TRUSTED: f64 = 0.2;

/// The part of the whole plan after which a pace has lost most of its weight.
const MEMORY: f64 = 0.2;

impl Clock {
    /// Starts with the first of the experiments.
    pub fn new(planned: Vec<f64>) -> Self {
        Self { planned, done: 0, kept_to: [0.0; 2], began: Instant::now(), work: [0.0; 2] }
    }

    /// The experiment under way is done. What was `found` in the folder of trainings tells nothing of the pace.
    pub fn next(&mut self, found: bool) {
        self.advance(self.began.elapsed().as_secs_f64(), found);
        self.began = Instant::now();
    }

    /// The experiment under way will make so much more work.
    pub fn expect(&mut self, more: f64) {
        self.work[1] = self.work[1].max(self.work[0] + more);
    }

    /// It has made so much more.
    pub fn made(&mut self, more: f64) {
        self.work[0] += more;
    }

    /// How long the rest takes.
    pub fn left(&self) -> Duration {
        Duration::from_secs_f64(self.seconds_left(self.began.elapsed().as_secs_f64()))
    }

    fn advance(&mut self, took: f64, found: bool) {
        if !found {
            let planned = self.planned[self.done];
            // A machine that others use changes its pace: what is long past counts less.
            let remembered = (-planned / (MEMORY * self.whole())).exp();
            self.kept_to = [remembered * self.kept_to[0] + planned, remembered * self.kept_to[1] + took];
        }
        self.done += 1;
        self.work = [0.0; 2];
    }

    /// Seconds that all of it was planned to take; never none.
    fn whole(&self) -> f64 {
        self.planned.iter().sum::<f64>().max(1.0)
    }

    /// Seconds that are taken for one that was planned.
    fn pace(&self) -> f64 {
        // A pace of one, which weighs as much as a part of the whole, until there is a better one.
        let doubt = 0.005 * self.whole();
        (self.kept_to[1] + doubt) / (self.kept_to[0] + doubt)
    }

    fn seconds_left(&self, under_way: f64) -> f64 {
        let pace = self.pace();
        let Some((now, later)) = self.planned[self.done..].split_first() else { return 0.0 };
        // What takes longer than planned takes a little longer still: nobody knows how much.
        let by_plan = (pace * now - under_way).max(0.1 * pace * now);
        let [made, all] = self.work;
        let rest = if made > 0.0 {
            let part = (made / all).min(1.0);
            let (by_pace, trust) = (under_way * (1.0 - part) / part, (part / TRUSTED).min(1.0));
            trust * by_pace + (1.0 - trust) * by_plan
        } else {
            by_plan
        };
        rest + pace * later.iter().sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said is within a quarter of the truth once a fifth of the time is over, on machines of any pace.
    #[test]
    fn the_time_left_is_true_after_the_first_fifth() {
        let planned = [2.0, 90.0, 130.0, 10.0, 5.0, 40.0, 40.0, 45.0, 60.0, 60.0, 5.0, 80.0, 120.0];
        for pace in [0.3, 1.0, 3.0] {
            let mut clock = Clock::new(planned.to_vec());
            let whole: f64 = pace * planned.iter().sum::<f64>();
            let mut before = 0.0;
            for (i, seconds) in planned.iter().enumerate() {
                // Experiments keep to the plan by a tenth.
                let takes = pace * seconds * if i % 2 == 0 { 0.9 } else { 1.1 };
                clock.expect(1.0);
                for part in [0.1, 0.5, 0.9] {
                    clock.work[0] = part;
                    let elapsed = before + part * takes;
                    let (said, truth) = (clock.seconds_left(part * takes), whole - elapsed);
                    if elapsed > whole / 5.0 && truth > whole / 20.0 {
                        assert!((said / truth - 1.0).abs() < 0.25, "{pace}, {i}: {said:.0} s instead of {truth:.0}");
                    }
                }
                clock.advance(takes, false);
                before += takes;
            }
            assert_eq!(clock.seconds_left(0.0), 0.0);
        }
    }

    /// One experiment alone, on a machine that is three times as slow as planned.
    #[test]
    fn the_work_that_is_made_says_more_than_the_plan() {
        let mut clock = Clock::new(vec![100.0]);
        clock.expect(50.0);
        clock.made(10.0);
        assert_eq!(clock.seconds_left(60.0), 240.0);
    }

    #[test]
    fn what_was_found_does_not_change_the_pace() {
        let mut clock = Clock::new(vec![100.0, 100.0]);
        clock.advance(0.1, true);
        assert_eq!(clock.seconds_left(0.0), 100.0);
    }
}
