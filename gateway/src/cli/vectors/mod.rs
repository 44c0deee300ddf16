//! `gavel vectors`: holds the engine against scripted auctions with known outcomes.

mod expect;
mod forms;
mod keys;
mod names;
mod rules;
mod runner;
mod show;
mod step;
mod vector;

use serde::Serialize;
use serde_json::Value;
use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Plays rule vectors through the engine and reports every one that does not hold.
///
/// Exit code 0: all hold. 1: some do not. 2: something could not be read.
#[derive(Debug, clap::Args)]
pub struct VectorsArgs {
    /// Vectors: `.json` files (one each), `.jsonl` files (one a line), or directories of them
    #[arg(required = true, value_name = "FILE-OR-DIR")]
    pub paths: Vec<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
}

/// What came of a run.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Vectors that were read.
    pub vectors: usize,
    /// Those that hold.
    pub hold: usize,
    /// The first difference of every other one.
    pub failed: Vec<Failure>,
    /// Files, or lines of them, that hold no vector, each with why.
    #[serde(skip)]
    pub unreadable: Vec<String>,
}

/// Where a vector does not hold.
#[derive(Debug, Serialize)]
pub struct Failure {
    /// The vector's name.
    pub name: String,
    /// Index into its `steps`, from 0; `None` for what belongs to the vector as a whole.
    pub step: Option<usize>,
    /// The expectation that failed (`price`, `outcome`), `format` for a format that the engine
    /// does not know, or the path of a key that cannot be read (`lot.increments[1].step`).
    pub field: String,
    /// What the vector expects, or what would be accepted there.
    pub expected: Value,
    /// What the engine gave, or what stands there.
    pub got: Value,
}

impl VectorsArgs {
    /// Runs the command on the process's own output streams.
    pub fn run(self) -> ExitCode {
        let code = self.execute(&mut io::stdout().lock(), &mut io::stderr().lock());
        // A reader that has gone away must not look like success.
        ExitCode::from(code.unwrap_or(2))
    }

    /// Runs the command; the exit code.
    ///
    /// # Errors
    /// When `out` or `err` cannot be written.
    pub fn execute(&self, out: &mut impl io::Write, err: &mut impl io::Write) -> io::Result<u8> {
        let report = check(&self.paths);
        for unreadable in &report.unreadable {
            writeln!(err, "{unreadable}")?;
        }
        if self.json {
            serde_json::to_writer(&mut *out, &report)?;
            writeln!(out)?;
        } else {
            for failure in &report.failed {
                writeln!(out, "{failure}")?;
            }
            writeln!(out, "{} of {} hold", report.hold, report.vectors)?;
        }
        Ok(report.exit_code())
    }
}

impl Report {
    /// 0: all hold. 1: some do not. 2: something could not be read.
    pub fn exit_code(&self) -> u8 {
        match (self.unreadable.is_empty(), self.failed.is_empty()) {
            (false, _) => 2,
            (true, false) => 1,
            (true, true) => 0,
        }
    }

    /// A file's or line's text that should be a vector.
    fn play(&mut self, place: &str, text: &str) {
        let value: Value = match serde_json::from_str(text) {
            Ok(value) => value,
            Err(error) => return self.unreadable.push(format!("{place}: {error}")),
        };
        let Some(name) = value.get("name").and_then(Value::as_str) else {
            let why = "not a vector: no object with a name";
            return self.unreadable.push(format!("{place}: {why}"));
        };
        self.vectors += 1;
        match vector::Vector::read(&value).and_then(|vector| runner::play(&vector)) {
            Ok(()) => self.hold += 1,
            Err(fault) => self.failed.push(Failure {
                name: name.to_owned(),
                step: fault.step,
                field: fault.field,
                expected: fault.expected,
                got: fault.got,
            }),
        }
    }

    fn file(&mut self, path: &Path) {
        let place = path.display();
        let lines = match path.extension().and_then(|extension| extension.to_str()) {
            Some("json") => false,
            Some("jsonl") => true,
            _ => {
                return self.unreadable.push(format!("{place}: neither .json nor .jsonl"));
            }
        };
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return self.unreadable.push(format!("{place}: {error}")),
        };
        let before = self.vectors + self.unreadable.len();
        if lines {
            for (number, line) in (1..)
                .zip(text.lines())
                .filter(|(_, line)| !line.trim().is_empty())
            {
                self.play(&format!("{place}: line {number}"), line);
            }
        } else {
            self.play(&place.to_string(), &text);
        }
        if self.vectors + self.unreadable.len() == before {
            self.unreadable.push(format!("{place}: holds no vector"));
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ", self.name)?;
        if let Some(step) = self.step {
            write!(f, "step {step}: ")?;
        }
        write!(f, "{}: expected {}, got {}", self.field, self.expected, self.got)
    }
}

/// Plays every vector of the files, and of the files in the directories, in order of their names.
pub fn check(paths: &[PathBuf]) -> Report {
    let mut report = Report::default();
    for path in paths {
        if !path.is_dir() {
            report.file(path);
            continue;
        }
        match vectors_in(path) {
            Ok(files) if files.is_empty() => {
                report
                    .unreadable
                    .push(format!("{}: no vectors in it", path.display()));
            }
            Ok(files) => files.iter().for_each(|file| report.file(file)),
            Err(error) => report.unreadable.push(format!("{}: {error}", path.display())),
        }
    }
    report
}

fn vectors_in(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let known = path
            .extension()
            .is_some_and(|extension| extension == "json" || extension == "jsonl");
        if known && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
