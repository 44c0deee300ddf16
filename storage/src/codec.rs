//! Payloads: serde types in the layout of bincode 1, behind a version byte.
//!
//! Integers have their fixed width, little-endian; lengths of strings, sequences and maps are u64; enum variants are
//! their index as u32; an option is one byte, 0 or 1, before its value; structs and tuples are just their fields.
//!
//! A [`Schema`] is a type's current version and how to read older ones. Decoding never panics, reads all bytes or fails,
//! does not allocate more than a small multiple of the input, and does not go deeper than [`DEPTH_MAX`].
//!
//! Fields are known by their place only, so what needs names in the data is refused: `#[serde(untagged)]`, `flatten`,
//! `tag = …`, `skip_serializing_if`.

mod de;
mod ser;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// How deeply values may be nested.
pub const DEPTH_MAX: usize = 64;

/// What is wrong with a value or with bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is not even a version byte.
    #[error("the payload is empty")]
    Empty,
    /// Written by a newer program, or not a payload at all.
    #[error("payload version {version} is not known, the newest known is {newest}")]
    UnknownVersion {
        /// The version found.
        version: u8,
        /// The schema's version.
        newest: u8,
    },
    /// The bytes end within a value.
    #[error("the payload ends within a value")]
    UnexpectedEnd,
    /// There are bytes after the value.
    #[error("{bytes} bytes follow the value")]
    TrailingBytes {
        /// How many.
        bytes: usize,
    },
    /// A length greater than the bytes that are left.
    #[error("a length of {length} with {bytes_left} bytes left")]
    Length {
        /// The length.
        length: u64,
        /// What is left of the input.
        bytes_left: usize,
    },
    /// A boolean or option that is neither 0 nor 1.
    #[error("{tag} where 0 or 1 belongs")]
    Tag {
        /// The byte found.
        tag: u8,
    },
    /// Text that is not UTF-8.
    #[error("text is not UTF-8")]
    Utf8,
    /// Values nested more deeply than [`DEPTH_MAX`].
    #[error("values are nested more than {DEPTH_MAX} deep")]
    TooDeep,
    /// Something this layout cannot express.
    #[error("the payload layout cannot express {0}")]
    Unsupported(&'static str),
    /// What a type's own serde implementation says.
    #[error("{0}")]
    Custom(String),
}

impl serde::ser::Error for Error {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Custom(message.to_string())
    }
}

impl serde::de::Error for Error {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Custom(message.to_string())
    }
}

/// Reads the body of an older version and gives today's value.
pub type Upcast<T> = fn(version: u8, body: &[u8]) -> Result<T, Error>;

/// The versioned payload format of a type. Never change what a version looks like: make a new one.
#[derive(Debug)]
pub struct Schema<T> {
    version: u8,
    upcast: Option<Upcast<T>>,
}

impl<T: Serialize + DeserializeOwned> Schema<T> {
    /// A format without predecessors.
    pub const fn new(version: u8) -> Self {
        Self {
            version,
            upcast: None,
        }
    }

    /// A format that also reads older versions. `upcast` is given every version below `version` and refuses those it
    /// does not know with [`Error::UnknownVersion`].
    pub const fn with_upcast(version: u8, upcast: Upcast<T>) -> Self {
        Self {
            version,
            upcast: Some(upcast),
        }
    }

    /// The version written.
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// The version byte and the value.
    ///
    /// # Errors
    /// [`Error::Unsupported`], [`Error::TooDeep`], [`Error::Custom`]: the type does not fit the layout.
    pub fn encode(&self, value: &T) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::with_capacity(256);
        bytes.push(self.version);
        ser::write(value, &mut bytes)?;
        Ok(bytes)
    }

    /// The value of a payload of this version or an older one.
    ///
    /// # Errors
    /// [`Error`]: the bytes are not such a payload.
    pub fn decode(&self, payload: &[u8]) -> Result<T, Error> {
        let (version, body) = payload.split_first().ok_or(Error::Empty)?;
        let unknown = Error::UnknownVersion {
            version: *version,
            newest: self.version,
        };
        match self.upcast {
            _ if *version == self.version => from_bytes(body),
            Some(upcast) if *version < self.version => upcast(*version, body),
            _ => Err(unknown),
        }
    }
}

/// The bytes of a value, without a version.
///
/// # Errors
/// [`Error::Unsupported`], [`Error::TooDeep`], [`Error::Custom`].
pub fn to_bytes<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    ser::write(value, &mut bytes)?;
    Ok(bytes)
}

/// The value of bytes without a version; they must hold it and nothing else.
///
/// # Errors
/// [`Error`]: the bytes are not such a value.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    de::read(bytes)
}

#[cfg(test)]
mod tests;
