//! The key that access tokens are signed with: made on the first start, kept in a file of its own.

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey,
    jwk::{AlgorithmParameters, Jwk},
};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

const FILE_NAME: &str = "access-token.key";
const MAGIC: &str = "gavel-ed25519-1";
/// PKCS #8 (RFC 8410) around the 32 secret bytes of an Ed25519 key.
const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// Why there is no signing key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or made.
    #[error("cannot use the signing key {path}: {source}", path = path.display())]
    Io {
        /// The key file or its directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file does not hold a key that was written whole.
    #[error(
        "the signing key {path} is damaged: restore it from a backup, or remove it, upon which a new key is \
         made and everyone's access token has to be refreshed",
        path = path.display()
    )]
    Damaged {
        /// The key file.
        path: PathBuf,
    },
    /// Others than the owner may read or write the file.
    #[error("the signing key {path} is open to others (mode {mode:03o}): run chmod 600 on it", path = path.display())]
    Exposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
}

/// An Ed25519 key pair.
pub struct SigningKey {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl SigningKey {
    /// Reads the key from `directory`, or makes it when there is none.
    ///
    /// # Errors
    /// [`KeyError`]; a damaged key is never replaced silently.
    pub fn load_or_create(directory: &Path) -> Result<Self, KeyError> {
        if let Some(key) = Self::load(directory)? {
            return Ok(key);
        }
        let path = directory.join(FILE_NAME);
        let secret = rand::random();
        create_file(directory, &path, &encode_secret(&secret)).map_err(|source| KeyError::Io {
            path: path.clone(),
            source,
        })?;
        Self::from_secret(&secret).ok_or(KeyError::Damaged { path })
    }

    /// Reads the key from `directory`; `None` when there is none yet.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn load(directory: &Path) -> Result<Option<Self>, KeyError> {
        let path = directory.join(FILE_NAME);
        let failed = |source| KeyError::Io {
            path: path.clone(),
            source,
        };
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let mode = fs::metadata(&path).map_err(failed)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyError::Exposed { path, mode });
        }
        let key = std::str::from_utf8(&text)
            .ok()
            .and_then(decode_secret)
            .and_then(|secret| Self::from_secret(&secret));
        key.map(Some).ok_or(KeyError::Damaged { path })
    }

    fn from_secret(secret: &[u8; 32]) -> Option<Self> {
        let encoding = EncodingKey::from_ed_der(&[&PKCS8_PREFIX[..], secret].concat());
        let public = Jwk::from_encoding_key(&encoding, Algorithm::EdDSA).ok()?;
        let AlgorithmParameters::OctetKeyPair(public) = public.algorithm else {
            return None;
        };
        let decoding = DecodingKey::from_ed_components(&public.x).ok()?;
        Some(Self { encoding, decoding })
    }

    pub(super) fn encoding_key(&self) -> EncodingKey {
        self.encoding.clone()
    }

    pub(super) fn decoding_key(&self) -> DecodingKey {
        self.decoding.clone()
    }
}

/// One line: magic, secret, and a checksum, because every 32 bytes are some valid key.
fn encode_secret(secret: &[u8; 32]) -> String {
    format!(
        "{MAGIC} {} {}\n",
        blake3::Hash::from(*secret).to_hex(),
        blake3::hash(secret).to_hex()
    )
}

fn decode_secret(text: &str) -> Option<[u8; 32]> {
    let (secret, checksum) = text
        .strip_suffix('\n')?
        .strip_prefix(MAGIC)?
        .strip_prefix(' ')?
        .split_once(' ')?;
    let secret: [u8; 32] = blake3::Hash::from_hex(secret).ok()?.into();
    (blake3::Hash::from_hex(checksum).ok()? == blake3::hash(&secret)).then_some(secret)
}

/// Whole or not at all: written aside, synced, then renamed. One process owns the data directory, so
/// nobody else makes a key meanwhile.
fn create_file(directory: &Path, path: &Path, text: &str) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)?;
    let aside = path.with_extension("new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&aside)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&aside, path)?;
    File::open(directory)?.sync_all()
}
