//! Which operations a crate's source defines.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The names of all operations defined in the Rust files under `folder`: the string literals in `fn name` of every
/// implementation of `Backward`, and those given to the functions or the constant `NAME` where several operations share one
/// struct. Gradient tests compare this list with the operations they have run, so that an operation without a test
/// fails the build.
///
/// # Panics
/// If the folder cannot be read.
pub fn operations_in(folder: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("cannot list {}: {e}", folder.display()));
        for path in entries.map(|entry| entry.expect("a readable folder").path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                names.extend(names_in(&fs::read_to_string(&path).expect("source files are UTF-8")));
            }
        }
    }
    names
}

fn names_in(source: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for implementation in source.split(" Backward for ").skip(1) {
        let body =
            implementation.split("fn name(").nth(1).and_then(|rest| rest.split("fn ").next()).unwrap_or_default();
        names.extend(body.split('"').skip(1).step_by(2).map(str::to_owned));
    }
    // Structs shared by several operations receive the name where each operation is defined.
    let constants = source.split("const NAME: &'static str = \"").skip(1);
    names.extend(constants.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
    let first_arguments = source.split(".elementwise(").skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
    names.extend(first_arguments.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
    names
}

#[cfg(test)]
mod tests {
    use super::names_in;

    #[test]
    fn names_are_found_in_implementations_and_shared_structs() {
        let source = r#"
            impl Backward for A { fn name(&self) -> &'static str { "a" } fn cost(&self) { "not this" } }
            impl Backward for B { fn name(&self) -> &'static str { if self.x { "b1" } else { "b2" } } fn f() }
            self.elementwise(
                "c", f)
            impl Cell for D { const NAME: &'static str = "d"; }
        "#;
        assert_eq!(names_in(source).into_iter().collect::<Vec<_>>(), ["a", "b1", "b2", "c", "d"]);
    }
}
