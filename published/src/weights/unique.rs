//! Objects of tensors in JSON in which no name stands twice, since nobody could tell which of the two is meant.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use crate::error::brief;

/// What is said of each tensor. The entry `__metadata__` is none.
///
/// # Errors
/// That of the format, or one that names what stands twice.
pub(super) fn tensors<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, T>, D::Error> {
    deserializer.deserialize_map(Tensors(PhantomData))
}

struct Tensors<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Tensors<T> {
    type Value = BTreeMap<String, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of tensors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut tensors = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            if name == "__metadata__" {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let shown = brief(&name);
            if tensors.insert(name, map.next_value()?).is_some() {
                return Err(A::Error::custom(format!("the tensor {shown} is there twice")));
            }
        }
        Ok(tensors)
    }
}
