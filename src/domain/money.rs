//! Exact money: whole hundredths of a currency unit, never a float.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount in hundredths of the currency that stands beside it. Amounts of different currencies are never added:
/// an account has one currency, and sums are taken inside an account only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Cents(pub i64);

impl Cents {
    pub const ZERO: Cents = Cents(0);

    /// `self * numerator / denominator`, rounded half away from zero; `denominator` must be above 0.
    pub fn ratio(self, numerator: i64, denominator: i64) -> Cents {
        debug_assert!(denominator > 0);
        let product = i128::from(self.0) * i128::from(numerator);
        let denominator = i128::from(denominator);
        let rounded = (product.abs() * 2 + denominator) / (denominator * 2);
        Cents(saturate(rounded * product.signum()))
    }

    pub fn times(self, count: i64) -> Cents {
        Cents(saturate(i128::from(self.0) * i128::from(count)))
    }

    pub fn is_zero(self) -> bool {
        self.0 == 0
    }
}

/// Saturates instead of wrapping: a sum beyond 92 quadrillion is a broken input, and must not turn into a small figure.
fn saturate(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

impl Add for Cents {
    type Output = Cents;
    fn add(self, other: Cents) -> Cents {
        Cents(self.0.saturating_add(other.0))
    }
}

impl Sub for Cents {
    type Output = Cents;
    fn sub(self, other: Cents) -> Cents {
        Cents(self.0.saturating_sub(other.0))
    }
}

impl Neg for Cents {
    type Output = Cents;
    fn neg(self) -> Cents {
        Cents(self.0.saturating_neg())
    }
}

impl AddAssign for Cents {
    fn add_assign(&mut self, other: Cents) {
        *self = *self + other;
    }
}

impl SubAssign for Cents {
    fn sub_assign(&mut self, other: Cents) {
        *self = *self - other;
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Cents>>(amounts: I) -> Cents {
        amounts.fold(Cents::ZERO, Add::add)
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let digits = self.0.unsigned_abs();
        f.pad(&format!("{sign}{}.{:02}", digits / 100, digits % 100))
    }
}

/// Why a text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("is not an amount such as 13.99 or -5.00")]
    NotAnAmount,
    #[error("has more than two decimals; amounts are whole hundredths")]
    TooPrecise,
    #[error("is larger than any bill")]
    TooLarge,
    #[error(
        "could be read as a thousand or as a decimal; write it with two decimals, or set decimal = \"comma\" or \"point\" for the source"
    )]
    Ambiguous,
    #[error("is not a currency code of three letters such as USD")]
    NotACurrency,
}

impl FromStr for Cents {
    type Err = MoneyError;

    /// Reads the canonical form: optional minus, digits, optionally a point and up to two digits (further zeros are allowed).
    fn from_str(text: &str) -> Result<Cents, MoneyError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return Err(MoneyError::NotAnAmount);
        }
        let significant = fraction.trim_end_matches('0');
        if significant.len() > 2 {
            return Err(MoneyError::TooPrecise);
        }
        let padded = format!("{whole}{significant:0<2}");
        let value: i64 = padded.parse().map_err(|_| MoneyError::TooLarge)?;
        if value > 1_000_000_000_000_000 {
            return Err(MoneyError::TooLarge);
        }
        Ok(Cents(if negative { -value } else { value }))
    }
}

impl Serialize for Cents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cents {
    /// From a string only: a TOML or JSON float has already lost exactness.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Cents, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// An ISO 4217 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    pub const USD: Currency = Currency(*b"USD");

    pub fn as_str(&self) -> &str {
        // Only ASCII capitals are let in by `from_str`.
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl FromStr for Currency {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Currency, MoneyError> {
        let code = text.trim().to_ascii_uppercase();
        match <[u8; 3]>::try_from(code.as_bytes()) {
            Ok(bytes) if bytes.iter().all(u8::is_ascii_uppercase) => Ok(Currency(bytes)),
            _ => Err(MoneyError::NotACurrency),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Currency, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_round_half_away_from_zero() {
        assert_eq!(Cents(1000).ratio(1, 3), Cents(333));
        assert_eq!(Cents(5).ratio(1, 2), Cents(3));
        assert_eq!(Cents(-5).ratio(1, 2), Cents(-3));
    }

    #[test]
    fn what_is_not_an_amount_is_refused() {
        for text in ["", "-", ".5", "1,00", "1.234", "--1", "1e3", "NaN", "٣", "+1.00"] {
            assert!(text.parse::<Cents>().is_err(), "{text:?} was taken as money");
        }
        assert_eq!("12.500".parse(), Ok(Cents(1250)));
        assert_eq!("7".parse(), Ok(Cents(700)));
    }

    proptest! {
        #[test]
        fn an_amount_survives_printing(value in -1_000_000_000_000_i64..1_000_000_000_000) {
            prop_assert_eq!(Cents(value).to_string().parse::<Cents>(), Ok(Cents(value)));
        }

        #[test]
        fn a_ratio_is_within_half_a_cent(value in -1_000_000_i64..1_000_000, n in 1_i64..400, d in 1_i64..400) {
            let rounded = i128::from(Cents(value).ratio(n, d).0) * i128::from(d) * 2;
            let exact = i128::from(value) * i128::from(n) * 2;
            prop_assert!((rounded - exact).abs() <= i128::from(d));
        }
    }
}
