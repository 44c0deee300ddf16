//! What a picture is, by its bytes: the client's word for it is not taken.

use super::{MediaType, svg};

/// Why some bytes are no picture to be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Finding {
    #[error("must be a picture in SVG, PNG, JPEG or WebP")]
    NotAPicture,
    #[error("the picture is not whole, its end is missing")]
    Truncated,
    #[error(transparent)]
    Svg(#[from] svg::Finding),
}

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const PNG_END: &[u8] = b"IEND\xae\x42\x60\x82";
const JPEG_START: &[u8] = b"\xff\xd8\xff";
const JPEG_END: &[u8] = b"\xff\xd9";

/// The media type of a whole picture that is safe to show.
pub(super) fn media_type(bytes: &[u8]) -> Result<MediaType, Finding> {
    if bytes.starts_with(PNG_SIGNATURE) {
        whole(bytes.ends_with(PNG_END), MediaType::Png)
    } else if bytes.starts_with(JPEG_START) {
        // Cameras append what they like after the end mark.
        whole(
            bytes.windows(JPEG_END.len()).any(|window| window == JPEG_END),
            MediaType::Jpeg,
        )
    } else if bytes.len() >= 16 && bytes.starts_with(b"RIFF") && &bytes[8..12] == b"WEBP" {
        let length = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
        whole(u64::from(length) + 8 <= bytes.len() as u64, MediaType::Webp)
    } else if let Ok(text) = std::str::from_utf8(bytes)
        && text.trim_start_matches('\u{feff}').trim_start().starts_with('<')
    {
        svg::check(text)?;
        Ok(MediaType::Svg)
    } else {
        Err(Finding::NotAPicture)
    }
}

fn whole(is_whole: bool, media_type: MediaType) -> Result<MediaType, Finding> {
    if is_whole {
        Ok(media_type)
    } else {
        Err(Finding::Truncated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR....\0\0\0\0IEND\xae\x42\x60\x82";
    const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0....\xff\xd9trailer";
    const WEBP: &[u8] = b"RIFF\x0c\0\0\0WEBPVP8L\0\0\0\0";

    #[test]
    fn tells_the_formats_apart() {
        assert_eq!(media_type(PNG), Ok(MediaType::Png));
        assert_eq!(media_type(JPEG), Ok(MediaType::Jpeg));
        assert_eq!(media_type(WEBP), Ok(MediaType::Webp));
        let svg = "\u{feff}<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>";
        assert_eq!(media_type(svg.as_bytes()), Ok(MediaType::Svg));
    }

    #[test]
    fn refuses_what_is_cut_short() {
        assert_eq!(media_type(&PNG[..PNG.len() - 1]), Err(Finding::Truncated));
        assert_eq!(media_type(&JPEG[..12]), Err(Finding::Truncated));
        assert_eq!(media_type(&WEBP[..WEBP.len() - 1]), Err(Finding::Truncated));
    }

    #[test]
    fn refuses_everything_else() {
        for bad in [
            &b""[..],
            b"GIF89a",
            b"%PDF-1.7",
            b"RIFF\x04\0\0\0WAVE....",
            b"\xff\xfe<\0s\0v\0g\0",
            b"plain text",
        ] {
            assert_eq!(media_type(bad), Err(Finding::NotAPicture), "{bad:?}");
        }
        assert!(matches!(
            media_type(b"<html><body>hello</body></html>"),
            Err(Finding::Svg(_))
        ));
    }
}
