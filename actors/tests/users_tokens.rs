//! Access tokens: what the verifier takes, and what it does not; the file of the signing key.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod common;

use common::{CLOCK_START_MS, Node, sign_up};
use gavel_actors::clock::ManualClock;
use gavel_actors::users::{ACCESS_TOKEN_LIFE_MS, KeyError, SigningKey, TokenError, TokenVerifier};
use gavel_engine::time::Timestamp;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

const KEY_FILE: &str = "access-token.key";

fn verifier(keys: &Path) -> TokenVerifier {
    TokenVerifier::new(
        &SigningKey::load_or_create(keys).unwrap(),
        ManualClock::new(Timestamp(CLOCK_START_MS)),
    )
}

/// The token of an account that has just been opened.
async fn access_token(node: &Node) -> String {
    let signed_up = node.users.send(sign_up("jane")).await.unwrap();
    signed_up.session.access_token
}

/// Base64url without padding, as JWTs have it.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk
            .iter()
            .fold(0_u32, |group, byte| group << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for digit in 0..=chunk.len() {
            text.push(ALPHABET[(group >> (18 - 6 * digit)) as usize & 63] as char);
        }
    }
    text
}

fn unbase64(text: &str) -> Vec<u8> {
    let value = |digit: u8| {
        (0..64_u8)
            .find(|value| base64(&[value << 2]).as_bytes()[0] == digit)
            .unwrap()
    };
    let mut bytes = Vec::new();
    for chunk in text.as_bytes().chunks(4) {
        let group = chunk
            .iter()
            .fold(0_u32, |group, digit| group << 6 | u32::from(value(*digit)));
        let group = (group << (6 * (4 - chunk.len()))).to_be_bytes();
        bytes.extend_from_slice(&group[1..chunk.len()]);
    }
    bytes
}

#[actix::test]
async fn a_token_works_until_its_time_is_up() {
    let node = Node::start().await;
    let token = access_token(&node).await;
    node.clock.advance_ms(ACCESS_TOKEN_LIFE_MS - 1);
    let identity = node.verifier.verify(&token).unwrap();
    assert_eq!(
        identity.expires_at_ms.as_ms(),
        CLOCK_START_MS + ACCESS_TOKEN_LIFE_MS
    );
    node.clock.advance_ms(1);
    assert_eq!(node.verifier.verify(&token), Err(TokenError::Expired));
    assert_eq!(
        (TokenError::Expired.code(), TokenError::Invalid.code()),
        ("token_expired", "token_invalid")
    );
}

#[actix::test]
async fn forged_tokens_are_invalid() {
    let node = Node::start().await;
    let token = access_token(&node).await;
    assert!(node.verifier.verify(&token).is_ok());
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        panic!("not a JWT: {token}")
    };
    let claims_text = String::from_utf8(unbase64(claims)).unwrap();
    assert_eq!(
        base64(claims_text.as_bytes()),
        claims,
        "the test's own base64 is right"
    );
    for member in ["sub", "role", "name", "iat", "exp", "jti"] {
        assert!(claims_text.contains(&format!("\"{member}\":")), "{claims_text}");
    }

    let promoted = base64(claims_text.replace("\"bidder\"", "\"admin\"").as_bytes());
    assert_ne!(promoted, claims);
    let prolonged = base64(claims_text.replace("\"exp\":1", "\"exp\":9").as_bytes());
    assert_ne!(prolonged, claims);
    let algorithm = |name: &str| base64(format!("{{\"typ\":\"JWT\",\"alg\":\"{name}\"}}").as_bytes());
    assert_eq!(
        algorithm("EdDSA"),
        header,
        "the forged headers below differ in the algorithm only"
    );
    let mut forged = vec![
        format!("{header}.{promoted}.{signature}"),
        format!("{header}.{prolonged}.{signature}"),
        format!("{header}.{claims}."),
        format!("{header}.{claims}"),
        format!("{header}.{claims}.{signature}."),
        format!("{header}.{claims}.{}", base64(&[0; 64])),
        format!(" {token}"),
        "x".repeat(1_000_000),
        String::new(),
        "..".to_owned(),
    ];
    for name in ["none", "None", "HS256", "RS256", "ES256", ""] {
        forged.push(format!("{}.{claims}.", algorithm(name)));
        forged.push(format!("{}.{promoted}.{signature}", algorithm(name)));
    }
    for forged in forged {
        assert_eq!(
            node.verifier.verify(&forged),
            Err(TokenError::Invalid),
            "{forged:.200}"
        );
    }
    for at in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(
            node.verifier.verify(&changed),
            Err(TokenError::Invalid),
            "changed at {at}"
        );
    }
}

#[actix::test]
async fn a_token_of_another_key_is_invalid_even_when_expired() {
    let node = Node::start().await;
    let token = access_token(&node).await;
    let elsewhere = tempfile::tempdir().unwrap();
    assert_eq!(
        verifier(elsewhere.path()).verify(&token),
        Err(TokenError::Invalid)
    );
    let key = SigningKey::load_or_create(elsewhere.path()).unwrap();
    let later = ManualClock::new(Timestamp(CLOCK_START_MS + 2 * ACCESS_TOKEN_LIFE_MS));
    assert_eq!(
        TokenVerifier::new(&key, later).verify(&token),
        Err(TokenError::Invalid)
    );
}

#[test]
fn the_key_is_private_and_stays_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let keys = directory.path().join("keys");
    drop(verifier(&keys));
    let path = keys.join(KEY_FILE);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(&keys)), (0o600, 0o700));
    let first = fs::read(&path).unwrap();
    drop(verifier(&keys));
    assert_eq!(fs::read(&path).unwrap(), first);
    assert_eq!(
        fs::read_dir(&keys).unwrap().count(),
        1,
        "nothing is left beside it"
    );
}

#[test]
fn a_damaged_key_is_refused_and_kept() {
    let directory = tempfile::tempdir().unwrap();
    drop(verifier(directory.path()));
    let path = directory.path().join(KEY_FILE);
    let whole = fs::read(&path).unwrap();
    let mut damaged: Vec<Vec<u8>> = (0..whole.len()).map(|length| whole[..length].to_vec()).collect();
    damaged.extend((0..whole.len()).map(|at| {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        flipped
    }));
    damaged.push([whole.as_slice(), b"more"].concat());
    damaged.push(vec![0xff; whole.len()]);
    for bytes in damaged {
        fs::write(&path, &bytes).unwrap();
        let refused = SigningKey::load_or_create(directory.path()).err();
        assert!(
            matches!(refused, Some(KeyError::Damaged { .. })),
            "{:?}",
            String::from_utf8_lossy(&bytes)
        );
        assert_eq!(fs::read(&path).unwrap(), bytes, "not replaced");
    }
    fs::write(&path, &whole).unwrap();
    assert!(SigningKey::load_or_create(directory.path()).is_ok());
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    drop(verifier(directory.path()));
    let path = directory.path().join(KEY_FILE);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let error = SigningKey::load_or_create(directory.path()).err().unwrap();
    assert!(error.to_string().contains("mode 640"), "{error}");
}

#[test]
fn a_directory_that_cannot_be_made_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    let error = SigningKey::load_or_create(&file.join("keys")).err().unwrap();
    assert!(
        matches!(error, KeyError::Io { .. }) && error.to_string().contains("keys"),
        "{error}"
    );
}
