//! Where a command speaks: results to standard output, notes and questions to standard error.

use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use console::Style;
use serde::Serialize;

use crate::failure::Failure;

/// Width of a table where there is no terminal to fit it to, in columns. Wide, so that a pipe sees whole values.
const WIDTH_OF_A_PIPE: usize = 400;
/// Answers that are asked for before a question is given up.
const ANSWERS_MAX: u32 = 3;
/// Longest answer, in bytes.
const ANSWER_MAX_BYTES: u64 = 4_096;

/// A command's result: for machines as JSON, for people as text.
pub trait Shown: Serialize {
    /// The text, without its last line break; empty when there is nothing to say.
    fn text(&self, terminal: &Terminal) -> String;
}

/// The streams of a command, and what they can do.
pub struct Terminal {
    out: Mutex<Box<dyn Write + Send>>,
    err: Mutex<Box<dyn Write + Send>>,
    answers: Arc<Mutex<Box<dyn BufRead + Send>>>,
    /// Columns of standard output.
    pub width: usize,
    colour: bool,
    /// Whether somebody watches standard error.
    watched: bool,
}

impl std::fmt::Debug for Terminal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terminal").field("width", &self.width).finish_non_exhaustive()
    }
}

impl Terminal {
    /// This process's own.
    #[must_use]
    pub fn system() -> Self {
        let (rows_and_columns, out) = (console::Term::stdout().size_checked(), std::io::stdout());
        let on_a_terminal = out.is_terminal();
        let width =
            rows_and_columns.filter(|_| on_a_terminal).map_or(WIDTH_OF_A_PIPE, |(_, columns)| columns.into());
        Self {
            colour: on_a_terminal && console::colors_enabled(),
            watched: std::io::stderr().is_terminal(),
            ..Self::over(out, std::io::stderr(), BufReader::new(std::io::stdin()), width)
        }
    }

    /// One that writes and reads elsewhere: this wide, and without colour.
    #[must_use]
    pub fn over(
        out: impl Write + Send + 'static,
        err: impl Write + Send + 'static,
        answers: impl BufRead + Send + 'static,
        width: usize,
    ) -> Self {
        Self {
            out: Mutex::new(Box::new(out)),
            err: Mutex::new(Box::new(err)),
            answers: Arc::new(Mutex::new(Box::new(answers))),
            width,
            colour: false,
            watched: false,
        }
    }

    /// Shows a result in the form that was asked for.
    pub fn show(&self, result: &impl Shown, as_json: bool) -> Result<(), Failure> {
        if !as_json {
            return self.print(&result.text(self));
        }
        let json = serde_json::to_string_pretty(result)
            .map_err(|error| Failure::new("the result cannot be written as JSON").because(error))?;
        self.print(&json)
    }

    /// Writes lines to standard output. A reader that has gone away is no failure.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        if text.is_empty() {
            return Ok(());
        }
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        match writeln!(out, "{text}").and_then(|()| out.flush()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(Failure::new("the result cannot be written").because(error))
            }
            _ => Ok(()),
        }
    }

    /// Writes a line to standard error.
    pub fn note(&self, text: &str) {
        let mut err = self.err.lock().unwrap_or_else(PoisonError::into_inner);
        // There is nowhere left to complain.
        drop(writeln!(err, "{text}"));
    }

    /// Writes a failure to standard error, and returns the exit status.
    pub(crate) fn fail(&self, failure: &Failure) -> u8 {
        self.note(&failure.text(&self.red("error:")));
        failure.status()
    }

    /// Reads standard input to its end, up to so many bytes.
    pub(crate) async fn read_input(&self, most_bytes: u64) -> std::io::Result<Vec<u8>> {
        self.read(move |answers| {
            let mut bytes = Vec::new();
            answers.take(most_bytes).read_to_end(&mut bytes).map(|_| bytes)
        })
        .await
    }

    /// Asks before something is destroyed.
    pub(crate) async fn ask(&self, question: &str) -> Result<(), Failure> {
        for _ in 0..ANSWERS_MAX {
            self.note(&format!("{question} Type yes or no:"));
            let read = self.read(|answers| {
                let mut answer = String::new();
                answers.take(ANSWER_MAX_BYTES).read_line(&mut answer).map(|bytes| (bytes, answer))
            });
            match read.await {
                Ok((bytes, answer)) => match answer.trim().to_ascii_lowercase().as_str() {
                    "y" | "yes" => return Ok(()),
                    "n" | "no" => return Err(Failure::new("aborted: nothing was done")),
                    _ if bytes == 0 => break,
                    _ => {}
                },
                Err(_) => break,
            }
        }
        Err(Failure::new("aborted: the question was not answered").hint("answer it in advance with --yes"))
    }

    /// Reads in a thread of its own. A read cannot be stopped, and whoever waits for it must be able to go.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut dyn BufRead) -> std::io::Result<T> + Send + 'static,
    ) -> std::io::Result<T> {
        let (tell, told) = tokio::sync::oneshot::channel();
        let answers = Arc::clone(&self.answers);
        std::thread::Builder::new().spawn(move || {
            let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            // Nobody listens any more where the program was told to stop meanwhile.
            drop(tell.send(read(&mut **answers)));
        })?;
        told.await.unwrap_or_else(|_| Err(std::io::ErrorKind::UnexpectedEof.into()))
    }

    /// Whether somebody watches, so that a progress bar makes sense.
    pub(crate) fn is_watched(&self) -> bool {
        self.watched
    }

    /// For what is wrong.
    pub(crate) fn red(&self, text: &str) -> String {
        self.paint(&Style::new().red().bold(), text)
    }

    /// For what is in order.
    pub(crate) fn green(&self, text: &str) -> String {
        self.paint(&Style::new().green(), text)
    }

    /// For what stands out.
    pub(crate) fn bold(&self, text: &str) -> String {
        self.paint(&Style::new().bold(), text)
    }

    /// For what matters less.
    pub(crate) fn dim(&self, text: &str) -> String {
        self.paint(&Style::new().dim(), text)
    }

    fn paint(&self, style: &Style, text: &str) -> String {
        if self.colour {
            style.clone().force_styling(true).apply_to(text).to_string()
        } else {
            text.to_owned()
        }
    }
}
