//! No modules beside each other import one another in a circle: what two of them need stands below both.
//!
//! A name that a module above exports counts as that module's, so `crate::Name` is no import of a sibling.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{ItemMod, ItemUse, UseTree};

/// Its path below the crate's root, which is empty.
type Module = Vec<String>;

#[test]
fn no_modules_import_one_another_in_a_circle() {
    let roots = crates(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    assert!(roots.len() >= 16, "the crates are read: {roots:?}");
    let found: Vec<String> = roots
        .iter()
        .filter_map(|root| Some(format!("{}: {}", root.display(), circle(&imports(&sources(root)))?)))
        .collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn a_circle_is_told_with_its_modules() {
    let sources = [
        ("", "mod a; mod b; mod c; mod d;"),
        ("a", "use crate::b::{Name, Other};"),
        ("b::inner", "use super::super::c;"),
        ("b", "mod inner; use inner::Name;"),
        ("c", "fn f() { let _ = crate::a::g(); }"),
        ("d", "use super::{a::Name, b};"),
    ];
    assert_eq!(circle(&imports(&made_up(&sources))).unwrap(), "a imports b imports c imports a");
}

#[test]
fn neither_what_is_above_nor_what_tests_import_makes_a_circle() {
    let sources = [
        ("", "mod a; mod b; pub use a::Name;"),
        ("a", "use crate::b::Other; use super::Root;"),
        ("b", "use crate::Name; use a::of_another_crate; #[cfg(test)] mod tests { use crate::a::Name; }"),
        ("b::tests", "use crate::a::Name;"),
    ];
    assert_eq!(circle(&imports(&made_up(&sources))), None);
}

fn made_up(sources: &[(&str, &str)]) -> BTreeMap<Module, String> {
    let module = |path: &str| path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
    sources.iter().map(|(path, source)| (module(path), (*source).to_owned())).collect()
}

/// The folders of all crates, those of tests included, by their first file.
fn crates(folder: &Path) -> Vec<PathBuf> {
    let (files, folders): (Vec<_>, Vec<_>) = entries(folder).into_iter().partition(|path| path.is_file());
    if files.iter().any(|file| file.ends_with("lib.rs") || file.ends_with("main.rs")) {
        return vec![folder.to_owned()];
    }
    let hidden = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().starts_with('.');
    folders.iter().filter(|path| !path.ends_with("target") && !hidden(path)).flat_map(|path| crates(path)).collect()
}

/// What every module of a crate says, but for tests.
fn sources(root: &Path) -> BTreeMap<Module, String> {
    let mut sources = BTreeMap::new();
    let mut folders = vec![(root.to_owned(), Module::new())];
    while let Some((folder, module)) = folders.pop() {
        for path in entries(&folder) {
            let mut module = module.clone();
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                module.push(stem);
                folders.push((path, module));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                if !["lib", "main", "mod"].contains(&&*stem) {
                    module.push(stem);
                }
                sources.insert(module, fs::read_to_string(path).unwrap());
            }
        }
    }
    sources
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

/// Of every module those beside it that it imports, or a part of it does.
fn imports(sources: &BTreeMap<Module, String>) -> BTreeMap<Module, BTreeSet<Module>> {
    let mut imports = BTreeMap::<Module, BTreeSet<Module>>::new();
    for (module, source) in sources.iter().filter(|(module, _)| module.last().is_none_or(|name| name != "tests")) {
        let mut paths = Paths { module: module.clone(), sources, found: Vec::new() };
        paths.visit_file(&syn::parse_file(source).unwrap());
        for found in paths.found {
            let shared = module.iter().zip(&found).take_while(|(one, other)| one == other).count();
            if shared < module.len().min(found.len()) {
                imports.entry(module[..=shared].to_vec()).or_default().insert(found[..=shared].to_vec());
            }
        }
    }
    imports
}

/// The modules that a file names.
struct Paths<'s> {
    /// Where the visit is.
    module: Module,
    sources: &'s BTreeMap<Module, String>,
    found: Vec<Module>,
}

impl Paths<'_> {
    fn name(&mut self, path: &[String]) {
        let mut module = self.module.clone();
        let mut rest = path;
        match rest.first().map(String::as_str) {
            Some("crate") => (module, rest) = (Module::new(), &rest[1..]),
            Some("self") => rest = &rest[1..],
            Some("super") => {}
            Some(first) if self.sources.contains_key(&[&module[..], &[first.to_owned()]].concat()) => {}
            _ => return,
        }
        while rest.first().is_some_and(|part| part == "super") {
            module.pop();
            rest = &rest[1..];
        }
        module.extend_from_slice(rest);
        while !self.sources.contains_key(&module) && module.pop().is_some() {}
        self.found.push(module);
    }

    fn tree(&mut self, mut path: Vec<String>, tree: &UseTree) {
        match tree {
            UseTree::Path(part) => {
                path.push(part.ident.to_string());
                self.tree(path, &part.tree);
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(path.clone(), tree)),
            UseTree::Name(last) => self.name(&[path, vec![last.ident.to_string()]].concat()),
            UseTree::Rename(last) => self.name(&[path, vec![last.ident.to_string()]].concat()),
            UseTree::Glob(_) => self.name(&path),
        }
    }
}

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if item.ident != "tests" {
            self.module.push(item.ident.to_string());
            visit::visit_item_mod(self, item);
            self.module.pop();
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.tree(Vec::new(), &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<String> = path.segments.iter().map(|part| part.ident.to_string()).collect();
        self.name(&parts);
        visit::visit_path(self, path);
    }
}

/// The modules of a circle, if there is one.
fn circle(imports: &BTreeMap<Module, BTreeSet<Module>>) -> Option<String> {
    let mut left = imports.clone();
    // Who imports none that is left is in no circle.
    while let Some(free) = left.iter().find(|(_, others)| !others.iter().any(|other| left.contains_key(other))) {
        let free = free.0.clone();
        left.remove(&free);
    }
    let mut path = vec![left.keys().next()?];
    loop {
        let next = left[path[path.len() - 1]].iter().find(|other| left.contains_key(*other))?;
        if let Some(start) = path.iter().position(|module| *module == next) {
            let names: Vec<String> = path[start..].iter().chain([&next]).map(|module| module.join("::")).collect();
            return Some(names.join(" imports "));
        }
        path.push(next);
    }
}
