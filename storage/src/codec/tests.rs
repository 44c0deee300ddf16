use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::*;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Event {
    Opened,
    Accepted {
        bid_id: u128,
        price_minor: i64,
        leader: Option<String>,
    },
    Floor(u16, bool),
    Note(String),
}

/// Bincode 1's bytes, by hand.
#[test]
fn golden_bytes() {
    let event = Event::Accepted {
        bid_id: 0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10,
        price_minor: -2,
        leader: Some("Ω7".to_owned()),
    };
    let mut expected = vec![1, 0, 0, 0]; // the variant's index, u32
    expected.extend([16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]); // u128
    expected.extend([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]); // i64
    expected.extend([1]); // Some
    expected.extend([3, 0, 0, 0, 0, 0, 0, 0, 0xce, 0xa9, b'7']); // length in bytes, u64; UTF-8
    assert_eq!(to_bytes(&event).unwrap(), expected);
    assert_eq!(from_bytes::<Event>(&expected).unwrap(), event);

    let events = vec![
        Event::Opened,
        Event::Floor(0x0201, true),
        Event::Note(String::new()),
    ];
    let mut expected = vec![3, 0, 0, 0, 0, 0, 0, 0]; // length, u64
    expected.extend([0, 0, 0, 0]);
    expected.extend([2, 0, 0, 0, 1, 2, 1]);
    expected.extend([3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(to_bytes(&events).unwrap(), expected);
    assert_eq!(from_bytes::<Vec<Event>>(&expected).unwrap(), events);

    assert_eq!(to_bytes(&None::<u32>).unwrap(), [0]);
    assert_eq!(
        to_bytes(&(1_u8, -1_i16, 'é', 1.5_f32)).unwrap(),
        [1, 0xff, 0xff, 0xc3, 0xa9, 0, 0, 0xc0, 0x3f]
    );
    let map = BTreeMap::from([(1_u8, 2_u16)]);
    assert_eq!(to_bytes(&map).unwrap(), [1, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0]);
    // Ids are written as byte strings, as the uuid crate has it.
    let id = uuid::Uuid::from_u128(1);
    assert_eq!(to_bytes(&id).unwrap()[..8], [16, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(from_bytes::<uuid::Uuid>(&to_bytes(&id).unwrap()).unwrap(), id);
}

#[test]
fn a_schema_reads_its_version_and_older_ones() {
    const FIRST: Schema<u32> = Schema::new(1);
    const SECOND: Schema<u64> = Schema::with_upcast(2, |version, body| match version {
        1 => from_bytes::<u32>(body).map(u64::from),
        version => Err(Error::UnknownVersion { version, newest: 2 }),
    });
    assert_eq!(FIRST.encode(&7).unwrap(), [1, 7, 0, 0, 0]);
    assert_eq!(SECOND.decode(&FIRST.encode(&7).unwrap()), Ok(7));
    assert_eq!(SECOND.decode(&SECOND.encode(&8).unwrap()), Ok(8));
    assert_eq!(SECOND.version(), 2);
    let unknown = |version, newest| Err(Error::UnknownVersion { version, newest });
    assert_eq!(FIRST.decode(&[2, 0, 0, 0, 0]), unknown(2, 1).map(|()| 0));
    assert_eq!(FIRST.decode(&[0, 0, 0, 0, 0]), unknown(0, 1).map(|()| 0));
    assert_eq!(SECOND.decode(&[0]), unknown(0, 2).map(|()| 0));
    assert_eq!(SECOND.decode(&[3]), unknown(3, 2).map(|()| 0));
    assert_eq!(FIRST.decode(&[]), Err(Error::Empty));
}

#[test]
fn bytes_must_be_used_up_and_enough() {
    let bytes = to_bytes(&(1_u16, "ab")).unwrap();
    for length in 0..bytes.len() {
        assert!(from_bytes::<(u16, String)>(&bytes[..length]).is_err(), "{length}");
    }
    let more = [&bytes[..], &[0, 0]].concat();
    assert_eq!(
        from_bytes::<(u16, String)>(&more),
        Err(Error::TrailingBytes { bytes: 2 })
    );
}

#[test]
fn hostile_lengths_are_refused_before_anything_is_allocated() {
    for length in [3, 1 << 32, u64::MAX] {
        let mut bytes = length.to_le_bytes().to_vec();
        bytes.extend([1, 1]);
        let refused = Error::Length {
            length,
            bytes_left: 2,
        };
        assert_eq!(from_bytes::<String>(&bytes), Err(refused.clone()));
        assert_eq!(from_bytes::<Vec<u64>>(&bytes), Err(refused.clone()));
        assert_eq!(from_bytes::<BTreeMap<u8, u8>>(&bytes), Err(refused.clone()));
        // Values without bytes would make an endless loop of a length.
        assert_eq!(from_bytes::<Vec<()>>(&bytes), Err(refused));
    }
}

#[test]
fn what_the_layout_cannot_express_is_refused_when_written() {
    #[derive(Serialize)]
    struct Skips {
        #[serde(skip_serializing_if = "Option::is_none")]
        lot: Option<u8>,
    }
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    #[serde(untagged)]
    enum Untagged {
        Number(u8),
    }
    let unsupported = |written: Result<Vec<u8>, Error>| matches!(written, Err(Error::Unsupported(_)));
    assert!(unsupported(to_bytes(&Skips { lot: None })));
    assert!(unsupported(to_bytes(&vec![(), ()])));
    assert!(matches!(
        from_bytes::<Untagged>(&[1]),
        Err(Error::Unsupported(_) | Error::Custom(_))
    ));
    assert!(from_bytes::<serde_json::Value>(&[1]).is_err());
}

#[test]
fn bad_tags_and_text_are_refused() {
    assert_eq!(from_bytes::<bool>(&[2]), Err(Error::Tag { tag: 2 }));
    assert_eq!(from_bytes::<Option<u8>>(&[9, 1]), Err(Error::Tag { tag: 9 }));
    assert_eq!(
        from_bytes::<String>(&[1, 0, 0, 0, 0, 0, 0, 0, 0xff]),
        Err(Error::Utf8)
    );
    for bad in [&[0xff][..], &[0xc3], &[0xc3, 0x28], &[0xf0, 0x9f, 0x94]] {
        assert!(from_bytes::<char>(bad).is_err(), "{bad:x?}");
    }
    assert!(matches!(
        from_bytes::<Event>(&[9, 0, 0, 0]),
        Err(Error::Custom(_))
    ));
}

#[test]
fn nesting_is_bounded_both_ways() {
    #[derive(Debug, Serialize, Deserialize, PartialEq)]
    struct Nested(Vec<Nested>);
    fn nested(depth: usize) -> Nested {
        (0..depth).fold(Nested(Vec::new()), |inner, _| Nested(vec![inner]))
    }
    let fits = nested(DEPTH_MAX / 2 - 1);
    assert_eq!(from_bytes::<Nested>(&to_bytes(&fits).unwrap()), Ok(fits));
    assert_eq!(to_bytes(&nested(DEPTH_MAX)), Err(Error::TooDeep));
    let deep = vec![[1, 0, 0, 0, 0, 0, 0, 0]; 100_000].concat();
    assert_eq!(from_bytes::<Nested>(&deep), Err(Error::TooDeep));
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        Just(Event::Opened),
        (any::<u128>(), any::<i64>(), any::<Option<String>>()).prop_map(|(bid_id, price_minor, leader)| {
            Event::Accepted {
                bid_id,
                price_minor,
                leader,
            }
        }),
        (any::<u16>(), any::<bool>()).prop_map(|(paddle, held)| Event::Floor(paddle, held)),
        any::<String>().prop_map(Event::Note),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read(events in prop::collection::vec(event(), 0..8)) {
        let bytes = to_bytes(&events).unwrap();
        prop_assert_eq!(from_bytes::<Vec<Event>>(&bytes).unwrap(), events);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(prop_oneof![Just(0), Just(1), any::<u8>()], 0..64)) {
        if let Ok(events) = from_bytes::<Vec<Event>>(&bytes) {
            prop_assert_eq!(to_bytes(&events).unwrap(), bytes);
        }
    }

    /// An independent writer of the same layout agrees.
    #[test]
    fn wincode_agrees(
        value in any::<(u128, i64, Option<String>, [u16; 3], bool, char)>(),
        map in prop::collection::btree_map(any::<u32>(), any::<[Option<i128>; 2]>(), 0..4),
        float in any::<(f32, f64)>(),
    ) {
        prop_assert_eq!(to_bytes(&value).unwrap(), wincode::serialize(&value).unwrap());
        prop_assert_eq!(to_bytes(&map).unwrap(), wincode::serialize(&map).unwrap());
        prop_assert_eq!(to_bytes(&float).unwrap(), wincode::serialize(&float).unwrap());
    }
}
