//! The layers of settings, lowest first: defaults, job file, environment, flags. `config` merges them; each value
//! carries its own origin (file and line, variable, or flag), which is what `config show` and the errors name.

use std::collections::BTreeMap;

use config::{Config, ConfigError, Map, Source, Value, ValueKind};
use toml::de::{DeTable, DeValue};

use super::JobError;

/// `QUIETLINE__SCORING__WINDOW_DAYS` sets `scoring.window_days`.
pub(super) const PREFIX: &str = "QUIETLINE__";

pub(super) type Table = Map<String, Value>;

/// One layer, ready for `config`.
#[derive(Debug, Clone, Default)]
pub(super) struct Layer(Table);

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Table, ConfigError> {
        Ok(self.0.clone())
    }
}

/// The layers merged, later ones over earlier ones.
pub(super) fn merge(layers: &[Layer]) -> Result<Value, ConfigError> {
    let mut builder = Config::builder();
    for layer in layers {
        builder = builder.add_source(layer.clone());
    }
    Ok(builder.build()?.cache)
}

/// A layer from TOML text. `origin` names the place of a line.
pub(super) fn from_toml(file: &str, text: &str, origin: &dyn Fn(usize) -> String) -> Result<Layer, JobError> {
    let reader = TomlReader {
        file,
        text,
        line_ends: text.match_indices('\n').map(|(offset, _)| offset).collect(),
        origin,
    };
    let parsed = DeTable::parse(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        reader.syntax_error(start, error.message())
    })?;
    Ok(Layer(reader.table(parsed.into_inner())?))
}

struct TomlReader<'a> {
    file: &'a str,
    text: &'a str,
    /// Where each line ends: every value asks for its line.
    line_ends: Vec<usize>,
    origin: &'a dyn Fn(usize) -> String,
}

impl TomlReader<'_> {
    fn line_at(&self, offset: usize) -> usize {
        1 + self.line_ends.partition_point(|end| *end < offset)
    }

    fn column_at(&self, offset: usize) -> usize {
        let before = self.text.get(..offset).unwrap_or(self.text);
        1 + before.rsplit('\n').next().map_or(0, |line| line.chars().count())
    }

    fn syntax_error(&self, offset: usize, message: &str) -> JobError {
        JobError::Syntax {
            file: self.file.to_owned(),
            line: self.line_at(offset),
            column: self.column_at(offset),
            message: message.to_owned(),
        }
    }

    fn table(&self, table: DeTable<'_>) -> Result<Table, JobError> {
        let mut values = Table::new();
        for (key, value) in table {
            let offset = key.span().start;
            values.insert(
                key.into_inner().into_owned(),
                self.value(value.into_inner(), offset)?,
            );
        }
        Ok(values)
    }

    fn value(&self, value: DeValue<'_>, offset: usize) -> Result<Value, JobError> {
        let origin = (self.origin)(self.line_at(offset));
        let kind = match value {
            DeValue::String(text) => ValueKind::String(text.into_owned()),
            DeValue::Boolean(flag) => ValueKind::Boolean(flag),
            DeValue::Datetime(time) => ValueKind::String(time.to_string()),
            // The digits as written: "13.90" must not pass through a float.
            DeValue::Float(number) => ValueKind::String(number.as_str().to_owned()),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map(ValueKind::I64)
                .map_err(|_| self.syntax_error(offset, "the number is too large"))?,
            DeValue::Table(table) => ValueKind::Table(self.table(table)?),
            DeValue::Array(items) => {
                let items = items.into_iter().map(|item| {
                    let offset = item.span().start;
                    self.value(item.into_inner(), offset)
                });
                ValueKind::Array(items.collect::<Result<_, _>>()?)
            }
        };
        Ok(Value::new(Some(&origin), kind))
    }
}

/// A layer from the environment. Names are folded to lower case, unless `below` already has the key in other letters
/// (an account id, say).
pub(super) fn from_environment(variables: &BTreeMap<String, String>, below: &Value) -> Layer {
    let mut layer = Table::new();
    for (name, text) in variables {
        let Some(path) = name.strip_prefix(PREFIX) else {
            continue;
        };
        let path: Vec<&str> = path.split("__").collect();
        let value = Value::new(Some(name), text.as_str());
        put(&mut layer, &spelled(&path, below), value);
    }
    Layer(layer)
}

fn spelled(path: &[&str], below: &Value) -> Vec<String> {
    let mut here = Some(below);
    path.iter()
        .map(|part| {
            let known = here.and_then(|value| match &value.kind {
                ValueKind::Table(table) => table.iter().find(|(key, _)| key.eq_ignore_ascii_case(part)),
                _ => None,
            });
            here = known.map(|(_, value)| value);
            known.map_or_else(|| part.to_ascii_lowercase(), |(key, _)| key.clone())
        })
        .collect()
}

/// A layer from `KEY=VALUE` flags, given as pairs.
pub(super) fn from_flags<'a>(
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    origin: &'static str,
) -> Layer {
    let mut layer = Table::new();
    for (key, text) in pairs {
        let value = Value::new(Some(&origin.to_owned()), text);
        put(&mut layer, &split_key(key), value);
    }
    Layer(layer)
}

/// Splits a dotted key; a part in double quotes may hold dots.
fn split_key(key: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for letter in key.chars() {
        match letter {
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            other => parts.last_mut().into_iter().for_each(|part| part.push(other)),
        }
    }
    parts
}

fn put(table: &mut Table, path: &[String], value: Value) {
    let [key, rest @ ..] = path else { return };
    if rest.is_empty() {
        table.insert(key.clone(), value);
        return;
    }
    let entry = table
        .entry(key.clone())
        .or_insert_with(|| Value::new(None, Table::new()));
    if !matches!(entry.kind, ValueKind::Table(_)) {
        *entry = Value::new(None, Table::new());
    }
    if let ValueKind::Table(inner) = &mut entry.kind {
        put(inner, rest, value);
    }
}
