//! What is being done, on standard error: a spinner on a terminal, plain lines elsewhere, nothing where silence was asked for.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::report::terminal::{self, visible};

pub struct Progress {
    quiet: bool,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub fn new(quiet: bool) -> Progress {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg} {elapsed}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Progress { quiet, bar }
    }

    /// A step that can take long.
    pub fn step(&self, what: &str) {
        match &self.bar {
            Some(bar) => bar.set_message(visible(what)),
            None => self.line(what),
        }
    }

    /// A line that stays.
    pub fn line(&self, line: &str) {
        if !self.quiet {
            self.aside(|| terminal::error(&format!("retask: {line}")));
        }
    }

    /// Prints something while no spinner is in the way.
    pub fn aside(&self, print: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    /// Takes the spinner away, for good: what follows is output.
    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
