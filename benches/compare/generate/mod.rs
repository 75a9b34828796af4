//! Workspaces of any size, the same ones each time, that hold a known number of hazards.

mod texts;

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use texts::{HAZARDS, HEAD, PIECES, ROOT, SUBJECTS};

/// Files and crates of about the size that people write.
const LINES_OF_A_FILE: usize = 250;
const LINES_OF_A_MEMBER: usize = 20_000;

/// What a workspace shall be.
pub struct Plan<'p> {
    pub lines: usize,
    pub hazards: usize,
    /// How the members depend on Tokio, as a value of TOML.
    pub tokio: &'p str,
}

/// What a workspace became.
pub struct Generated {
    pub lines: usize,
    pub files: usize,
    pub hazards: Vec<Hazard>,
}

/// The file of a hazard, from the root of the workspace, and the rule that finds it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hazard {
    pub path: String,
    pub rule: &'static str,
}

/// Writes a workspace into an empty folder.
pub fn generate(root: &Path, plan: &Plan<'_>) -> io::Result<Generated> {
    let made = Generated { lines: 0, files: 0, hazards: Vec::new() };
    let mut generator = Generator { root, plan, numbers: Numbers(42), made };
    write(&root.join("Cargo.toml"), &manifest(plan))?;
    for member in 0..plan.members() {
        generator.member(member)?;
    }
    Ok(generator.made)
}

fn manifest(plan: &Plan<'_>) -> String {
    let package = "[workspace.package]\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    let head = "[workspace]\nmembers = [\"part_*\"]\nresolver = \"3\"\n";
    format!("{head}\n{package}\n[workspace.dependencies]\ntokio = {}\n", plan.tokio)
}

impl Plan<'_> {
    fn members(&self) -> usize {
        self.lines.div_ceil(LINES_OF_A_MEMBER).max(2)
    }

    /// The line that each hazard stands behind: they are spread evenly.
    fn line_of(&self, hazard: usize) -> usize {
        (2 * hazard + 1) * self.lines / (2 * self.hazards.max(1))
    }
}

struct Generator<'g> {
    root: &'g Path,
    plan: &'g Plan<'g>,
    numbers: Numbers,
    made: Generated,
}

impl Generator<'_> {
    /// A crate: the first one is a dependency of all others.
    fn member(&mut self, number: usize) -> io::Result<()> {
        let name = format!("part_{number:03}");
        let mut manifest =
            format!("[package]\nname = \"{name}\"\nversion.workspace = true\nedition.workspace = true\n");
        manifest.push_str("\n[dependencies]\ntokio.workspace = true\n");
        let mut library =
            format!("//! Part {number} of a generated program.\n#![allow(dead_code, unused_imports)]\n\n");
        if number > 0 {
            manifest.push_str("part_000 = { path = \"../part_000\" }\n");
            library.push_str("pub use part_000::checksum;\n\n");
        }
        let until = self.plan.lines * (number + 1) / self.plan.members();
        for module in 0.. {
            if self.made.lines >= until {
                break;
            }
            let _ = writeln!(library, "pub mod module_{module:03};");
            self.module(&format!("{name}/src/module_{module:03}.rs"), until)?;
        }
        if number == 0 {
            library.push_str(ROOT);
        }
        write(&self.root.join(&name).join("Cargo.toml"), &manifest)?;
        self.file(&format!("{name}/src/lib.rs"), &library)
    }

    /// A file of pieces, with the hazards whose turn it is.
    fn module(&mut self, path: &str, until: usize) -> io::Result<()> {
        let wanted = LINES_OF_A_FILE.min(until - self.made.lines);
        let mut text = HEAD.to_owned();
        let mut lines = text.lines().count();
        for place in 0.. {
            let piece = match self.hazard(path, lines) {
                Some(hazard) => hazard,
                None if lines >= wanted => break,
                None => PIECES[self.numbers.below(PIECES.len())],
            };
            let piece = self.named(piece, place);
            lines += piece.lines().count();
            text.push_str(&piece);
        }
        self.file(path, &text)
    }

    /// The next hazard, where the code has come to its line.
    fn hazard(&mut self, path: &str, lines: usize) -> Option<&'static str> {
        let next = self.made.hazards.len();
        if next >= self.plan.hazards || self.made.lines + lines < self.plan.line_of(next) {
            return None;
        }
        let (rule, text) = HAZARDS[next % HAZARDS.len()];
        self.made.hazards.push(Hazard { path: path.to_owned(), rule });
        Some(text)
    }

    /// A piece with names and numbers of its own.
    fn named(&mut self, piece: &str, place: usize) -> String {
        let subject = SUBJECTS[self.numbers.below(SUBJECTS.len())];
        let (first, rest) = subject.split_at(1);
        let number = (2 + self.numbers.below(98)).to_string();
        piece
            .replace("Subject", &format!("{}{rest}{place}", first.to_uppercase()))
            .replace("subject", &format!("{subject}_{place}"))
            .replace("NUMBER", &number)
    }

    fn file(&mut self, path: &str, text: &str) -> io::Result<()> {
        self.made.lines += text.lines().count();
        self.made.files += 1;
        write(&self.root.join(path), text)
    }
}

/// A linear congruential generator, with the constants of Knuth's MMIX: the same numbers in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // The high bits: the low ones repeat soon.
        (self.0 >> 33) as usize % limit
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(path.parent().map_or_else(PathBuf::new, Path::to_path_buf))?;
    fs::write(path, text)
}
