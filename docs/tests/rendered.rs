//! The pages that are made of the book.

use std::fs;
use std::path::Path;

fn pages(folder: &Path) -> Vec<(String, String)> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let pages = files.filter(|file| file.extension().is_some_and(|extension| extension == "html"));
    pages.map(|file| (file.file_name().unwrap().display().to_string(), fs::read_to_string(&file).unwrap())).collect()
}

#[test]
fn every_page_is_complete_and_loads_nothing_from_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    docs::render::render(folder.path()).unwrap();
    let pages = pages(folder.path());
    for chapter in
        ["introduction.html", "tape.html", "rnn.html", "lstm.html", "attention.html", "glossary.html", "reading.html"]
    {
        let (_, page) = pages.iter().find(|(name, _)| name == chapter).expect(chapter);
        assert!(!page.contains("{{#"), "{chapter} has an include that was not replaced");
        assert!(!page.contains("ANCHOR"), "{chapter} shows the mark of an anchor");
        assert!(!page.contains("&lt;m"), "{chapter} shows a formula's tags");
        assert!(page.contains("</main>"), "{chapter} is whole");
    }
    for chapter in [
        "tape",
        "rnn",
        "lstm",
        "seq2seq",
        "attention",
        "transformer",
        "shapes",
        "tokens",
        "gpt",
        "controls",
        "families",
        "encoders",
        "text-to-text",
    ] {
        let (_, page) = pages.iter().find(|(name, _)| *name == format!("{chapter}.html")).unwrap();
        let questions = quiz::Quiz::of(chapter).unwrap().questions.len();
        assert_eq!(page.matches("<form data-").count(), questions, "{chapter}");
        for mark in ["<!-- quiz -->", "<!-- labs -->", "<!-- terms -->"] {
            assert!(!page.contains(mark), "{chapter} has {mark} that was not replaced");
        }
        assert!(page.contains("quiz") && page.contains("<th>Spanish</th>"), "{chapter}");
    }
    let formulas = pages.iter().map(|(_, page)| page.matches("<math display=").count()).sum::<usize>();
    assert!(formulas > 50, "formulas became MathML: {formulas}");
    for (name, page) in &pages {
        // An `a href` may lead elsewhere when it is followed; nothing else may.
        for loading in ["src=\"http", "src=\"//", "url(http", "<link rel=\"stylesheet\" href=\"http", "@import"] {
            assert!(!page.contains(loading), "{name} loads something from elsewhere: {loading}");
        }
    }
}
