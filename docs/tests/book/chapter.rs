//! A chapter, and what Markdown sees in it.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use docs::formula::markdown_options;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

pub struct Chapter {
    /// The file's path below `docs/src`, with slashes.
    pub name: String,
    pub text: String,
}

/// A block of code: what stands behind its opening fence, and what it holds.
pub struct Block {
    pub language: String,
    pub code: String,
}

pub fn source_folder() -> PathBuf {
    docs::folder().join("src")
}

/// The workspace's folder, from which chapters name files.
pub fn workspace() -> PathBuf {
    docs::folder().parent().expect("docs lies in the workspace").to_owned()
}

impl Chapter {
    pub fn read(name: &str) -> Self {
        let path = source_folder().join(name);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Chapter { name: name.to_owned(), text }
    }

    /// Every Markdown file of the book but the summary.
    pub fn all() -> Vec<Self> {
        let files_in = |folder: &str| {
            let files = fs::read_dir(source_folder().join(folder)).expect("the book can be listed");
            files.map(|file| file.unwrap().file_name().into_string().expect("file names are UTF-8"))
        };
        let of_claims = files_in("claims").map(|name| format!("claims/{name}"));
        let mut names: Vec<String> = files_in("").chain(of_claims).collect();
        names.sort();
        names
            .iter()
            .filter(|name| name.ends_with(".md") && *name != "SUMMARY.md")
            .map(|name| Self::read(name))
            .collect()
    }

    pub fn events(&self) -> impl Iterator<Item = Event<'_>> {
        Parser::new_ext(&self.text, markdown_options())
    }

    pub fn links(&self) -> Vec<String> {
        let target = |event| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.into_string()),
            _ => None,
        };
        self.events().filter_map(target).collect()
    }

    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let mut inside = false;
        for event in self.events() {
            match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    let language = match kind {
                        CodeBlockKind::Fenced(language) => language.into_string(),
                        CodeBlockKind::Indented => String::new(),
                    };
                    blocks.push(Block { language, code: String::new() });
                    inside = true;
                }
                Event::End(TagEnd::CodeBlock) => inside = false,
                Event::Text(text) if inside => blocks.last_mut().unwrap().code.push_str(&text),
                _ => {}
            }
        }
        blocks
    }

    /// Code within a sentence.
    pub fn inline_code(&self) -> Vec<String> {
        let code = |event| match event {
            Event::Code(code) => Some(code.into_string()),
            _ => None,
        };
        self.events().filter_map(code).collect()
    }

    /// What a reader sees that is neither code nor HTML.
    pub fn prose(&self) -> String {
        let mut prose = String::new();
        let mut in_code = false;
        for event in self.events() {
            match event {
                Event::Start(Tag::CodeBlock(_)) => in_code = true,
                Event::End(TagEnd::CodeBlock) => in_code = false,
                Event::Text(text) if !in_code => prose.push_str(&text),
                Event::InlineMath(text) | Event::DisplayMath(text) => prose.push_str(&format!("${text}$")),
                _ => {}
            }
        }
        prose
    }

    /// The names by which mdBook lets one link to the headings.
    pub fn heading_ids(&self) -> HashSet<String> {
        let mut ids = HashSet::new();
        let mut heading: Option<String> = None;
        for event in self.events() {
            match event {
                Event::Start(Tag::Heading { id, .. }) => match id {
                    Some(id) => drop(ids.insert(id.into_string())),
                    None => heading = Some(String::new()),
                },
                Event::Text(text) | Event::Code(text) => heading.iter_mut().for_each(|heading| heading.push_str(&text)),
                Event::End(TagEnd::Heading(_)) => ids.extend(heading.take().map(|heading| id_of(&heading))),
                _ => {}
            }
        }
        ids
    }
}

fn id_of(heading: &str) -> String {
    let kept = |c: char| match c {
        c if c.is_alphanumeric() || c == '_' || c == '-' => Some(c),
        c if c.is_whitespace() => Some('-'),
        _ => None,
    };
    heading.trim().to_lowercase().chars().filter_map(kept).collect()
}
