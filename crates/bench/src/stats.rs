//! Figures from samples.

use std::time::{Duration, Instant};

/// Times of one thing, in milliseconds, sorted.
pub struct Times(Vec<f64>);

impl Times {
    pub fn new(mut milliseconds: Vec<f64>) -> Self {
        milliseconds.sort_by(f64::total_cmp);
        Self(milliseconds)
    }

    /// The value that `share` of the samples don't exceed.
    pub fn quantile(&self, share: f64) -> f64 {
        let last = self.0.len().saturating_sub(1);
        self.0.get((last as f64 * share + 0.5) as usize).copied().unwrap_or(f64::NAN)
    }
}

pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Runs `job` until the time is over, at least 5 times after two that don't count.
///
/// # Errors
/// The first error of the job.
pub fn sample<E>(seconds: f64, mut job: impl FnMut(u64) -> Result<(), E>) -> Result<Times, E> {
    let mut times = Vec::new();
    for i in 0..2 {
        job(i)?;
    }
    let start = Instant::now();
    while times.len() < 5 || start.elapsed().as_secs_f64() < seconds {
        let begun = Instant::now();
        job(2 + times.len() as u64)?;
        times.push(milliseconds(begun.elapsed()));
    }
    Ok(Times::new(times))
}

/// The largest memory that a process has held, in KiB; `self` or a process id.
pub fn peak_memory(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|value| value.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

/// A Markdown table, columns aligned.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([head[column].chars().count()]).max().unwrap_or(3).max(3)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: &[String]| {
        let padded = cells.iter().zip(&widths).enumerate().map(|(i, (cell, width))| {
            let space = " ".repeat(width.saturating_sub(cell.chars().count()));
            if i == 0 { format!("{cell}{space}") } else { format!("{space}{cell}") }
        });
        format!("| {} |\n", padded.collect::<Vec<_>>().join(" | "))
    };
    let mut text = line(&head.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>());
    let rule = widths.iter().enumerate().map(|(i, width)| if i == 0 { "-".repeat(*width) } else { format!("{}:", "-".repeat(width - 1)) });
    text += &format!("| {} |\n", rule.collect::<Vec<_>>().join(" | "));
    rows.iter().for_each(|row| text += &line(row));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_samples_and_an_empty_list_has_none() {
        let times = Times::new(vec![3.0, 1.0, 2.0, 5.0, 4.0]);
        assert_eq!((times.quantile(0.5), times.quantile(0.95), times.quantile(0.0)), (3.0, 5.0, 1.0));
        assert!(Times::new(Vec::new()).quantile(0.5).is_nan());
    }

    #[test]
    fn tables_line_up() {
        let text = table(&["what", "ms"], &[vec!["a".into(), "1.5".into()], vec!["longer".into(), "10".into()]]);
        assert_eq!(text, "| what   |  ms |\n| ------ | --: |\n| a      | 1.5 |\n| longer |  10 |\n");
    }
}
