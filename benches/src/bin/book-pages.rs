//! Writes the book's pages on the claims from the reference run, and makes the reference run of reports.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use benches::book::{self, Page};
use benches::budget::Budget;
use benches::claims::{Claim, Claims, FILE, SCHEMA};
use benches::experiments::ALL;
use benches::reference::{Part, ReferenceRun};
use clap::Parser;

/// Write the book's pages on the claims (docs/src/claims) from the reference run (benches/reference)
#[derive(Parser)]
struct Arguments {
    /// Folders of reports, made with --budget thorough: their claims become the reference run first
    #[arg(value_name = "REPORT")]
    reports: Vec<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (reference, book) = (folder.join("reference"), folder.join("../docs/src"));
    for report in &Arguments::parse().reports {
        for part in ReferenceRun::read(report)?.parts() {
            renew(report, part, &reference, &book)?;
            println!("{} is the reference for {} now", report.display(), part.claim.id);
        }
    }
    for Page { file, content } in book::files(ALL, &reference, &book)? {
        let path = book.join(&file);
        if fs::read_to_string(&path).ok().as_ref() != Some(&content) {
            write(&path, content.as_bytes())?;
            println!("docs/src/{file} is new");
        }
    }
    Ok(())
}

/// Makes a part of a report a part of the reference run.
fn renew(report: &Path, Part { claim, circumstances }: &Part, reference: &Path, book: &Path) -> anyhow::Result<()> {
    let Claim { id, budget, .. } = claim;
    if *budget != Budget::Thorough || circumstances.own_text {
        bail!(
            "{} did not measure {id} with --budget thorough on the built-in text, as the reference run does",
            report.display()
        );
    }
    let claims = Claims { schema: SCHEMA, circumstances: circumstances.clone(), claims: vec![claim.clone()] };
    let stem = book::stem(id);
    write(&reference.join(format!("{stem}.json")), &serde_json::to_vec(&claims)?)?;
    let figures = book.join(book::FIGURES);
    fs::create_dir_all(&figures)?;
    for entry in fs::read_dir(&figures)? {
        let path = entry?.path();
        let of_claim = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&format!("{stem}-")));
        if of_claim {
            fs::remove_file(&path)?;
        }
    }
    if let Some(figure) = &claim.key_figure {
        let name = format!("{}.svg", figure.name);
        let drawn =
            fs::read(report.join(&name)).with_context(|| format!("{} has {FILE} but no {name}", report.display()))?;
        write(&figures.join(name), &drawn)?;
    }
    Ok(())
}

fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content).with_context(|| format!("{} cannot be written", path.display()))
}
