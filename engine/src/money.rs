//! Money: integer minor units, a currency of ISO 4217, no floating point anywhere.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{fmt, str::FromStr};

/// An amount in minor units (cents for USD, yen for JPY) of the currency of its sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Amount(pub i64);

impl Amount {
    /// The largest amount that is accepted as a bid, price, step or reserve: 10^15 minor units.
    /// Sums of a few of them stay far from the ends of `i64`, and JavaScript holds them exactly.
    pub const MAX: Self = Self(1_000_000_000_000_000);

    /// Minor units.
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// More than zero and at most [`Amount::MAX`].
    pub const fn is_payable(self) -> bool {
        self.0 > 0 && self.0 <= Self::MAX.0
    }

    /// The difference, held at the ends of `i64` instead of wrapping.
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// So many times this amount, held at the ends of `i64` instead of wrapping.
    pub const fn times(self, count: u32) -> Self {
        Self(self.0.saturating_mul(count as i64))
    }

    /// A part of this amount in basis points, rounded up to the minor unit.
    pub fn part_up(self, bp: u32) -> Self {
        let part = (i128::from(self.0) * i128::from(bp) + 9_999).div_euclid(10_000);
        Self(i64::try_from(part).unwrap_or(i64::MAX))
    }

    /// The sum, held at the ends of `i64` instead of wrapping. Amounts that passed
    /// [`Amount::is_payable`] never reach those ends.
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// A text is not an amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseAmountError {
    /// Not digits with at most one decimal point.
    #[error("not a decimal number")]
    NotANumber,
    /// A minus sign.
    #[error("negative amount")]
    Negative,
    /// More decimals than the currency has.
    #[error("finer than the currency's minor unit")]
    TooFine,
    /// Beyond [`Amount::MAX`].
    #[error("larger than the largest amount")]
    TooLarge,
}

/// A currency of ISO 4217.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// A text is not the code of a currency of ISO 4217 (list one, currencies that are in use).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a currency code of ISO 4217")]
pub struct ParseCurrencyError(String);

/// ISO 4217 list one by the number of decimals of the minor unit.
const NO_DECIMALS: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
const TWO_DECIMALS: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN \
    BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP \
    GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL \
    MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR \
    RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD \
    TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";
const THREE_DECIMALS: &str = "BHD IQD JOD KWD LYD OMR TND";

impl Currency {
    /// The US dollar.
    pub const USD: Self = Self(*b"USD");

    /// The three letters.
    pub fn code(&self) -> &str {
        // Only `from_str` makes values, and only of ASCII letters.
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Decimals of the minor unit: 2 for USD, 0 for JPY, 3 for KWD.
    pub fn exponent(&self) -> u32 {
        let listed = |list: &str| list.split_ascii_whitespace().any(|code| code == self.code());
        match () {
            () if listed(NO_DECIMALS) => 0,
            () if listed(THREE_DECIMALS) => 3,
            () => 2,
        }
    }

    /// Reads a decimal number of major units, `12.5` or `12.50`, without rounding.
    pub fn parse_amount(&self, text: &str) -> Result<Amount, ParseAmountError> {
        let exponent = self.exponent() as usize;
        if text.starts_with('-') {
            return Err(ParseAmountError::Negative);
        }
        let (major, decimals) = text.split_once('.').unwrap_or((text, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if major.is_empty() || text.ends_with('.') || !all_digits(major) || !all_digits(decimals) {
            return Err(ParseAmountError::NotANumber);
        }
        let significant = decimals.trim_end_matches('0');
        if significant.len() > exponent {
            return Err(ParseAmountError::TooFine);
        }
        let digits = format!("{major}{significant:0<exponent$}");
        // Only digits are left, so the one way to fail is to be too large for an i64.
        let minor: i64 = digits.parse().map_err(|_| ParseAmountError::TooLarge)?;
        if minor > Amount::MAX.0 {
            Err(ParseAmountError::TooLarge)
        } else {
            Ok(Amount(minor))
        }
    }

    /// Writes an amount as a decimal number of major units with all decimals of the minor unit.
    pub fn format_amount(&self, amount: Amount) -> String {
        let exponent = self.exponent();
        if exponent == 0 {
            return amount.0.to_string();
        }
        let unit = 10_u64.pow(exponent);
        let sign = if amount.0 < 0 { "-" } else { "" };
        let minor = amount.0.unsigned_abs();
        format!(
            "{sign}{}.{:0width$}",
            minor / unit,
            minor % unit,
            width = exponent as usize
        )
    }
}

impl FromStr for Currency {
    type Err = ParseCurrencyError;
    fn from_str(text: &str) -> Result<Self, ParseCurrencyError> {
        let listed = [NO_DECIMALS, TWO_DECIMALS, THREE_DECIMALS]
            .iter()
            .any(|list| list.split_ascii_whitespace().any(|code| code == text));
        match (<[u8; 3]>::try_from(text.as_bytes()), listed) {
            (Ok(code), true) => Ok(Self(code)),
            _ => Err(ParseCurrencyError(text.chars().take(16).collect())),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_exact_decimals_and_refuses_the_rest() {
        let usd = Currency::USD;
        assert_eq!(usd.parse_amount("12.50"), Ok(Amount(1250)));
        assert_eq!(usd.parse_amount("12.5"), Ok(Amount(1250)));
        assert_eq!(usd.parse_amount("0"), Ok(Amount(0)));
        assert_eq!(usd.parse_amount("1.500"), Ok(Amount(150)));
        assert_eq!(usd.parse_amount("1.505"), Err(ParseAmountError::TooFine));
        assert_eq!(usd.parse_amount("-1"), Err(ParseAmountError::Negative));
        for bad in ["", ".5", "1.", "1,5", "1e3", "NaN", "+1", " 1", "1.2.3", "٣"] {
            assert_eq!(
                usd.parse_amount(bad),
                Err(ParseAmountError::NotANumber),
                "{bad:?}"
            );
        }
        for huge in ["10000000000000.01", "99999999999999999999999999"] {
            assert_eq!(
                usd.parse_amount(huge),
                Err(ParseAmountError::TooLarge),
                "{huge:?}"
            );
        }
    }

    #[test]
    fn decimals_follow_the_currency() {
        let parse = |code: &str, text: &str| code.parse::<Currency>().unwrap().parse_amount(text);
        assert_eq!(parse("JPY", "1500"), Ok(Amount(1500)));
        assert_eq!(parse("JPY", "1500.5"), Err(ParseAmountError::TooFine));
        assert_eq!(parse("KWD", "1.234"), Ok(Amount(1234)));
        assert_eq!(
            "KWD".parse::<Currency>().unwrap().format_amount(Amount(1234)),
            "1.234"
        );
        assert_eq!(Currency::USD.format_amount(Amount(-5)), "-0.05");
        for unknown in ["usd", "XYZ", "US", "", "USDD", "€"] {
            assert!(unknown.parse::<Currency>().is_err(), "{unknown:?}");
        }
    }

    proptest! {
        #[test]
        fn format_then_parse_is_identity(minor in 0..=Amount::MAX.0, code in "JPY|USD|KWD") {
            let currency: Currency = code.parse().unwrap();
            prop_assert_eq!(currency.parse_amount(&currency.format_amount(Amount(minor))), Ok(Amount(minor)));
        }
    }
}
