//! How a family names its tensors, and how files differ from that.

/// What the names in a family's files have in common, and in what they differ.
///
/// The names that a caller asks for are those of the network itself, such as `h.0.attn.c_attn.weight`; files were saved by
/// classes around it, which put a prefix before them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Names {
    /// What may stand before all names of the network, tried in this order. A file has one of them.
    pub prefixes: &'static [&'static str],
    /// A tensor that every such model has, by which the prefix is known.
    pub anchor: &'static str,
    /// First parts of names that are not the network's own and never have the prefix, such as `lm_head`.
    pub outside: &'static [&'static str],
    /// Ends of names in older files and what they are called now, such as `LayerNorm.gamma` and `LayerNorm.weight`.
    pub renamed: &'static [(&'static str, &'static str)],
    /// Ends of names, in whole parts, of tensors that are no weights, such as masks: `attn.bias` is the end of
    /// `h.0.attn.bias` and not of `h.0.c_attn.bias`.
    pub ignored: &'static [&'static str],
}

impl Names {
    /// The first prefix under which there is the anchor; without an anchor the first that some name has.
    pub(super) fn prefix<'n>(
        &self,
        is_there: impl Fn(&str) -> bool,
        all: impl Iterator<Item = &'n String> + Clone,
    ) -> &'static str {
        let anchored = |prefix: &&&str| is_there(&format!("{prefix}{}", self.anchor));
        let begins = |prefix: &&&str| !prefix.is_empty() && all.clone().any(|name| name.starts_with(**prefix));
        let found = self.prefixes.iter().find(anchored).or_else(|| self.prefixes.iter().find(begins));
        found.copied().unwrap_or("")
    }

    /// How a file with this prefix calls a tensor: by its older name if only that is there.
    pub(super) fn stored(&self, name: &str, prefix: &str, is_there: impl Fn(&str) -> bool) -> String {
        let first = name.split('.').next().unwrap_or_default();
        let now = if self.outside.contains(&first) { name.to_owned() } else { format!("{prefix}{name}") };
        if !is_there(&now) {
            let older = self.renamed.iter().filter_map(|(old, new)| Some(format!("{}{old}", without_end(&now, new)?)));
            if let Some(older) = older.into_iter().find(|older| is_there(older)) {
                return older;
            }
        }
        now
    }

    /// How a file that the classes around the network save calls a tensor.
    pub(crate) fn saved(&self, name: &str) -> String {
        let prefix = self.prefixes.iter().find(|prefix| !prefix.is_empty()).copied().unwrap_or("");
        self.stored(name, prefix, |_| true)
    }

    /// Whether a tensor in a file with this prefix is no weight.
    pub(super) fn ignores(&self, name: &str, prefix: &str) -> bool {
        let name = name.strip_prefix(prefix).unwrap_or(name);
        self.ignored.iter().any(|end| without_end(name, end).is_some())
    }
}

/// What stands before an end of whole parts.
fn without_end<'n>(name: &'n str, end: &str) -> Option<&'n str> {
    name.strip_suffix(end).filter(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BERT: Names = Names {
        prefixes: &["", "bert."],
        anchor: "word_embeddings.weight",
        outside: &["cls"],
        renamed: &[("LayerNorm.gamma", "LayerNorm.weight")],
        ignored: &["position_ids"],
    };

    fn prefix(names: &[&str]) -> &'static str {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        BERT.prefix(|name| names.iter().any(|other| other == name), names.iter())
    }

    #[test]
    fn one_prefix_is_that_of_the_whole_file() {
        assert_eq!(prefix(&["word_embeddings.weight", "bert.word_embeddings.weight"]), "");
        assert_eq!(prefix(&["a", "bert.word_embeddings.weight"]), "bert.");
        assert_eq!(prefix(&["a", "bert.b"]), "bert.");
        assert_eq!(prefix(&["a", "b"]), "");
    }

    #[test]
    fn older_names_are_taken_where_the_present_one_is_missing() {
        let older = ["bert.LayerNorm.gamma", "cls.LayerNorm.gamma", "bert.norm.gamma"];
        let stored = |name: &str, all: &[&str]| BERT.stored(name, "bert.", |name| all.contains(&name));
        assert_eq!(stored("LayerNorm.weight", &older), "bert.LayerNorm.gamma");
        assert_eq!(stored("cls.LayerNorm.weight", &older), "cls.LayerNorm.gamma");
        assert_eq!(stored("norm.weight", &older), "bert.norm.weight");
        assert_eq!(stored("MyLayerNorm.weight", &["bert.MyLayerNorm.gamma"]), "bert.MyLayerNorm.weight");
        let both = ["bert.LayerNorm.gamma", "bert.LayerNorm.weight"];
        assert_eq!(stored("LayerNorm.weight", &both), "bert.LayerNorm.weight");
    }

    #[test]
    fn ends_of_names_are_whole_parts() {
        for (name, is_ignored) in
            [("position_ids", true), ("bert.embeddings.position_ids", true), ("a.my_position_ids", false)]
        {
            assert_eq!(BERT.ignores(name, "bert."), is_ignored, "{name}");
        }
    }
}
