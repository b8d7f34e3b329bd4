/// Defines an enum whose variants are words of the tables' contract: one list serves parsing, printing and serde. Behind a bar
/// stand other words for the same that vendors and spreadsheets write.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident {
        $($(#[$vmeta:meta])* $variant:ident => $word:literal $(| $other:literal)*),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(unreachable_pub, reason = "as public as the module in which it is made")]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        #[allow(unreachable_pub, reason = "as public as the module in which it is made")]
        impl $name {
            /// Every variant, in the order of the table that defines them.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word as it stands in files.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::domain::UnknownWord;
            /// Ignores case, and reads blanks and hyphens as underscores.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let folded = crate::domain::folded(text).replace([' ', '-'], "_");
                match folded.as_str() {
                    $($word $(| $other)* => Ok($name::$variant),)+
                    _ => Err(crate::domain::UnknownWord {
                        valid: Self::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(", "),
                    }),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use words;

/// A word that is not one of the table's values; the message lists those that are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is none of: {valid}")]
pub struct UnknownWord {
    pub valid: String,
}
