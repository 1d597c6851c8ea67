// SPDX-License-Identifier: BSD-3-Clause

/// Seconds that so many of a hundred rounds did not exceed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Percentiles {
    p50: f64,
    p90: f64,
    p99: f64,
    worst: f64,
}

impl Percentiles {
    /// From seconds in ascending order, at least one.
    pub fn new(sorted: &[f64]) -> Self {
        let rank = |share: usize| (sorted.len() * share).div_ceil(100).max(1) - 1;
        Self {
            p50: sorted[rank(50)],
            p90: sorted[rank(90)],
            p99: sorted[rank(99)],
            worst: sorted[sorted.len() - 1],
        }
    }

    /// As one object.
    pub fn json(&self) -> String {
        let Self {
            p50,
            p90,
            p99,
            worst,
        } = self;
        format!("{{\"p50\":{p50:.9},\"p90\":{p90:.9},\"p99\":{p99:.9},\"worst\":{worst:.9}}}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_ranks() {
        let all: Vec<f64> = (1..=100).map(f64::from).collect();
        let Percentiles {
            p50,
            p90,
            p99,
            worst,
        } = Percentiles::new(&all);
        assert_eq!([p50, p90, p99, worst], [50.0, 90.0, 99.0, 100.0]);
        let one = Percentiles::new(&[7.0]);
        assert_eq!([one.p50, one.p90, one.p99, one.worst], [7.0; 4]);
    }
}
