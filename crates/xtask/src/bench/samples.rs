//! Times of repeated runs, and their middle. Pure.

use std::time::Duration;

#[derive(Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    pub fn add_time(&mut self, took: Duration) {
        self.0.push(took.as_secs_f64() * 1e3);
    }

    pub fn add(&mut self, value: f64) {
        self.0.push(value);
    }

    /// The value that half of them do not reach; 0 without any.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// Nearest rank.
    pub fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1) as f64;
        sorted
            .get((last * share).round() as usize)
            .copied()
            .unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_not_moved_by_one_slow_run() {
        let mut samples = Samples::default();
        for value in [3.0, 1.0, 900.0, 2.0, 4.0] {
            samples.add(value);
        }
        assert!((samples.median() - 3.0).abs() < f64::EPSILON);
        assert!((samples.quantile(1.0) - 900.0).abs() < f64::EPSILON);
    }

    #[test]
    fn nothing_measured_is_nothing() {
        assert!(Samples::default().median().abs() < f64::EPSILON);
    }
}
