//! Progress bars with totals and time left, on a terminal only. Log lines go through here too, above the bars.

use std::io::{self, Write};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Hands out bars; draws nothing unless enabled.
#[derive(Debug, Clone)]
pub struct Progress {
    bars: MultiProgress,
}

/// One bar.
#[derive(Debug)]
pub struct Bar(ProgressBar);

impl Progress {
    pub fn new(enabled: bool) -> Progress {
        let target = if enabled {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        Progress {
            bars: MultiProgress::with_draw_target(target),
        }
    }

    /// A bar that counts things.
    pub fn bar(&self, label: &str, total: u64) -> Bar {
        self.styled(
            label,
            total,
            "{msg:32} {wide_bar} {pos}/{len} {per_sec} {eta} left",
        )
    }

    /// A bar that counts bytes.
    pub fn bytes(&self, label: &str, total: u64) -> Bar {
        self.styled(
            label,
            total,
            "{msg:32} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta} left",
        )
    }

    fn styled(&self, label: &str, total: u64, template: &str) -> Bar {
        let bar = self.bars.add(ProgressBar::new(total));
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(label.to_owned());
        Bar(bar)
    }

    /// Standard error for log lines: bars step aside while one is written.
    pub fn log_writer(&self) -> impl Write + use<> {
        LogWriter(self.bars.clone())
    }
}

impl Bar {
    pub fn inc(&self, more: u64) {
        self.0.inc(more);
    }

    /// Moves to an absolute position.
    pub fn set(&self, position: u64) {
        self.0.set_position(position);
    }

    /// Moves the end: how much there is may show itself on the way.
    pub fn expect(&self, total: u64) {
        self.0.set_length(total);
    }

    /// Takes the bar away; dropping it does so too, since an error must not leave half a bar behind.
    pub fn finish(self) {}
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

struct LogWriter(MultiProgress);

impl Write for LogWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.suspend(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
