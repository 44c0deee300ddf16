use super::*;
use crate::journal::ZERO_HASH;

const SALT: u32 = 0x5a5a_0001;

fn sample() -> Pending {
    Pending::chained(
        None,
        0x0102_0304,
        0x1122_3344_5566_7788_99aa_bbcc_ddee_ff00,
        b"a bid".to_vec(),
    )
}

fn encoded(record: &Pending) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(record, 0x0102_0300, SALT, &mut bytes);
    bytes
}

/// The format, frozen: if this fails, journals written before cannot be read. Checksums and hashes were computed with
/// zlib and the reference BLAKE3 in Python.
#[test]
fn golden_bytes() {
    let mut expected = b"GvlRecd\x01".to_vec();
    expected.extend([0x04, 0x03, 0x02, 0x01, 0, 0, 0, 0]); // LSN
    expected.extend([0x00, 0x03, 0x02, 0x01, 0, 0, 0, 0]); // first of the flush
    expected.extend([
        0x00, 0xff, 0xee, 0xdd, 0xcc, 0xbb, 0xaa, 0x99, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11,
    ]);
    expected.extend([1, 0, 0, 0, 0, 0, 0, 0]); // seq
    expected.extend([0; 32]); // no record before it
    expected.extend([5, 0, 0, 0]); // payload length
    expected.extend(GOLDEN_PAYLOAD_CRC.to_le_bytes());
    expected.extend([1, 12, 0, 0]); // kind, header length
    expected.extend(GOLDEN_HEADER_CRC.to_le_bytes());
    expected.extend(b"a bid\0\0\0");
    expected.extend(b"GvlEnd\r\n");
    assert_eq!(encoded(&sample()), expected);
    assert_eq!(
        blake3::Hash::from_bytes(sample().hash).to_hex().as_str(),
        GOLDEN_HASH
    );
}

const GOLDEN_PAYLOAD_CRC: u32 = 0x6bee_5b37;
const GOLDEN_HEADER_CRC: u32 = 0xec84_a754;
const GOLDEN_HASH: &str = "67ba64907765a879e217753f15264264bddb4bf0c5566c52dad14e239dfa73c7";

#[test]
fn reads_what_it_wrote() {
    for payload in [Vec::new(), b"12345678".to_vec(), vec![7; 1000]] {
        let first = sample();
        let record = Pending::chained(Some(&first.head()), 9, first.auction, payload);
        let bytes = encoded(&record);
        assert_eq!(bytes.len(), frame_bytes(record.payload.len()));
        assert!(bytes.len().is_multiple_of(ALIGN_BYTES));
        let header = decode_header(&bytes, SALT).unwrap();
        let read = header.record(header.check_body(&bytes, SALT).unwrap());
        assert_eq!(
            (read.lsn, read.seq, read.prev, read.hash),
            (9, 2, first.hash, record.hash)
        );
        assert_eq!(
            (read.auction, read.payload, header.flush_lsn),
            (first.auction, &record.payload[..], 0x0102_0300)
        );
    }
    assert_eq!(sample().prev, ZERO_HASH);
}

#[test]
fn every_changed_bit_is_noticed() {
    let bytes = encoded(&sample());
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1 << bit;
            let read = decode_header(&bytes, SALT)
                .and_then(|header| header.check_body(&bytes, SALT).map(<[u8]>::len));
            assert!(read.is_err(), "byte {at} bit {bit}");
        }
    }
}

#[test]
fn every_shorter_input_is_refused() {
    let bytes = encoded(&sample());
    for length in 0..bytes.len() {
        let bytes = &bytes[..length];
        let read =
            decode_header(bytes, SALT).and_then(|header| header.check_body(bytes, SALT).map(<[u8]>::len));
        assert!(read.is_err(), "{length} bytes");
    }
}

#[test]
fn another_segments_frame_is_refused() {
    assert_eq!(
        decode_header(&encoded(&sample()), SALT + 1),
        Err(Error::HeaderChecksum)
    );
}

#[test]
fn an_impossible_length_is_refused_before_it_is_believed() {
    let mut bytes = encoded(&sample());
    bytes[80..84].copy_from_slice(&u32::MAX.to_le_bytes());
    let header_crc = crc32(SALT, &bytes[..92]);
    bytes[92..96].copy_from_slice(&header_crc.to_le_bytes());
    assert_eq!(decode_header(&bytes, SALT), Err(Error::Field("payload length")));
}
