//! JSON of any form in which no name stands twice, since nobody could tell which of the two is meant.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Reads a value; for `#[serde(deserialize_with)]`.
///
/// # Errors
/// That of the format, or one that names what stands twice.
pub fn value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    Unique::deserialize(deserializer).map(|Unique(value)| value)
}

struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Unique(Value::Null)).map(Unique)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Unique(value)) = sequence.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some((name, Unique(value))) = entries.next_entry::<String, _>()? {
            if values.contains_key(&name) {
                return Err(de::Error::custom(format!("duplicate field `{name}`")));
            }
            values.insert(name, value);
        }
        Ok(values.into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_str};

    use super::Unique;

    #[test]
    fn what_stands_twice_is_named_however_deep() {
        let read = |json: &str| from_str::<Unique>(json).map(|Unique(value)| value).map_err(|error| error.to_string());
        for json in [r#"{"b": [1, -2, 0.1, 1e300, {"a": null}], "a": {"b": true, "c": "é"}}"#, "7", "[]"] {
            assert_eq!(read(json), Ok(from_str::<Value>(json).unwrap()));
        }
        let said = read(r#"{"a": [{"b": 1, "c": 2, "b": 1}]}"#).unwrap_err();
        assert!(said.starts_with("duplicate field `b`"), "{said}");
    }
}
