//! The sizes of a model of llama2.c.

use crate::error::Error;
use crate::source::Source;

/// `ak42`, which begins every version but the first.
const MAGIC: i32 = 0x616b_3432;

/// The most layers; no published model has more than some hundred.
const MOST_LAYERS: usize = 10_000;

/// What the file says of the network, under llama2.c's names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// D, the width of the stream.
    pub dim: usize,
    /// F, the width of the feed-forward layers.
    pub hidden_dim: usize,
    /// L, the number of blocks.
    pub layers: usize,
    /// N, the number of heads.
    pub heads: usize,
    /// Of how many heads there are keys and values.
    pub kv_heads: usize,
    /// V, the number of tokens.
    pub vocabulary: usize,
    /// The longest sequence.
    pub context: usize,
    /// Whether the classifier is the table of embeddings.
    pub shared: bool,
}

impl Header {
    /// K, the width of a head.
    pub fn head_width(&self) -> usize {
        self.dim / self.heads
    }

    /// The width of all keys.
    pub(super) fn kv_width(&self) -> usize {
        self.head_width() * self.kv_heads
    }

    /// The file's numbers: as many as its parts have.
    fn numbers(&self, version: Version) -> u128 {
        let [dim, hidden, layers, vocabulary, context, kv, half] = [
            self.dim,
            self.hidden_dim,
            self.layers,
            self.vocabulary,
            self.context,
            self.kv_width(),
            self.head_width() / 2,
        ]
        .map(|size| size as u128);
        let layer = 2 * dim + 2 * dim * dim + 2 * kv * dim + 3 * hidden * dim;
        let tables = if self.shared { 1 } else { 2 };
        let angles = if version == Version::Legacy { 2 * context * half } else { 0 };
        layers * layer + tables * vocabulary * dim + dim + angles
    }

    /// # Errors
    /// What is impossible.
    fn validate(&self) -> Result<(), String> {
        let &Header { dim, layers, heads, kv_heads, .. } = self;
        if layers > MOST_LAYERS {
            return Err(format!("it has {layers} layers, and the most are {MOST_LAYERS}"));
        }
        if !dim.is_multiple_of(heads) || !(dim / heads).is_multiple_of(2) {
            return Err(format!("its width {dim} cannot be divided into {heads} heads of an even width"));
        }
        if !heads.is_multiple_of(kv_heads) {
            return Err(format!("its {heads} heads cannot share keys and values of {kv_heads}"));
        }
        Ok(())
    }
}

/// Versions of the file that are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    Legacy,
    One,
}

impl Version {
    /// Where its numbers begin.
    pub const fn start(self) -> u64 {
        match self {
            Version::Legacy => 28,
            Version::One => 256,
        }
    }
}

/// The sizes and the version; the file has then as many numbers as they say.
///
/// # Errors
/// As [`open`](super::open).
pub(super) fn read(file: &mut Source) -> Result<(Header, Version), Error> {
    let mut bytes = [0; Version::One.start() as usize];
    let length = bytes.len().min(usize::try_from(file.length).unwrap_or(usize::MAX));
    file.read(&mut bytes[..length])?;
    let (words, _) = bytes.as_chunks();
    let word = |place: usize| i32::from_le_bytes(words[place]);
    if length < Version::Legacy.start() as usize {
        return Err(file.damaged("it ends within its header"));
    }
    let (version, first) = match [word(0), word(1)] {
        [MAGIC, 1] => (Version::One, 2),
        [MAGIC, other] => return Err(unknown(file, other)),
        _ => (Version::Legacy, 0),
    };
    let mut sizes: [i64; 7] = std::array::from_fn(|place| word(first + place).into());
    let shared = match version {
        Version::Legacy => {
            let vocabulary = &mut sizes[5];
            let shared = *vocabulary > 0;
            *vocabulary = vocabulary.abs();
            shared
        }
        Version::One => match bytes[4 * (first + 7)] {
            0 => false,
            1 => true,
            other => {
                let reason = format!("whether its classifier is shared is said by {other}, which is neither 0 nor 1");
                return Err(file.damaged(reason));
            }
        },
    };
    let size = |place: usize| {
        let size = usize::try_from(sizes[place]).ok().filter(|&size| size > 0);
        size.ok_or_else(|| file.damaged(format!("its {} is {}", NAMES[place], sizes[place])))
    };
    let header = Header {
        dim: size(0)?,
        hidden_dim: size(1)?,
        layers: size(2)?,
        heads: size(3)?,
        kv_heads: size(4)?,
        vocabulary: size(5)?,
        context: size(6)?,
        shared,
    };
    header.validate().map_err(|reason| file.damaged(reason))?;
    let wanted = u128::from(version.start()) + 4 * header.numbers(version);
    if wanted != u128::from(file.length) {
        return Err(file.damaged(format!("by its header it has {wanted} bytes, and it has {}", file.length)));
    }
    Ok((header, version))
}

/// The sizes as errors call them.
const NAMES: [&str; 7] = [
    "width",
    "feed-forward width",
    "number of layers",
    "number of heads",
    "number of heads of keys",
    "vocabulary",
    "context",
];

/// Refuses a version.
fn unknown(file: &Source, version: i32) -> Error {
    let what = match version {
        2 => "is a model of llama2.c whose weights are rounded to 8 bits (version 2)".to_owned(),
        _ => format!("is a model of llama2.c of version {version}, which is not known here"),
    };
    let way_out = "export the model with llama2.c's export.py as --version 1".to_owned();
    Error::Refused { path: file.path.clone(), what, way_out }
}
