//! Cut and painted papers: leaf and pebble shapes, pinned before they were pasted.

use super::svg::{Sheet, fade};
use std::fmt::Write as _;

/// Shapes in the order they were laid down: path and colour of the gouache.
const CUTTINGS: [(&str, &str); 13] = [
    ("M0 0 H470 V520 H0 Z", "#e9b44c"),
    ("M470 0 H1200 V360 H470 Z", "#f1e9da"),
    ("M470 360 H1200 V900 H470 Z", "#24465e"),
    ("M0 520 H470 V900 H0 Z", "#d8d3c8"),
    (
        "M96 470 C60 330 120 150 250 74 C238 132 226 158 232 196 C262 150 310 116 378 104 C352 160 326 190 310 236 \
      C346 216 392 210 430 222 C380 262 330 290 296 338 C334 334 370 340 402 358 C330 392 262 398 214 452 C180 486 130 500 96 470 Z",
        "#2f5d50",
    ),
    (
        "M560 196 C566 110 650 66 720 92 C776 114 760 176 812 186 C866 196 908 142 966 170 C1030 202 1010 300 936 308 \
      C874 314 850 262 794 268 C738 274 726 330 656 316 C596 304 556 258 560 196 Z",
        "#c2503a",
    ),
    (
        "M1064 66 C1120 50 1160 98 1146 150 C1134 196 1076 206 1046 168 C1020 134 1026 78 1064 66 Z",
        "#24465e",
    ),
    (
        "M540 470 C640 420 720 476 720 560 C720 630 650 640 650 700 C650 752 712 760 704 812 C694 870 590 876 548 812 \
      C506 748 560 700 548 640 C540 594 494 560 508 506 C512 488 524 478 540 470 Z",
        "#f1e9da",
    ),
    (
        "M806 838 C760 800 776 720 836 700 C820 650 850 590 910 584 C912 530 958 486 1016 494 C1042 440 1110 424 1160 460 \
      C1108 470 1086 500 1080 540 C1048 540 1020 560 1010 604 C974 600 944 622 936 668 C900 664 872 690 876 736 C840 744 824 790 806 838 Z",
        "#e3987f",
    ),
    (
        "M896 830 C930 770 1010 760 1040 800 C1070 842 1030 876 980 870 C940 866 916 876 896 830 Z",
        "#e9b44c",
    ),
    (
        "M72 780 C60 690 130 600 220 606 C300 612 296 684 350 700 C410 716 430 780 392 828 C350 878 280 830 230 850 C160 878 82 856 72 780 Z",
        "#23262b",
    ),
    (
        "M196 716 C210 680 262 676 276 708 C288 742 250 770 220 760 C200 754 190 736 196 716 Z",
        "#c2503a",
    ),
    (
        "M600 548 C616 524 650 532 650 560 C650 584 622 596 606 582 C596 574 594 560 600 548 Z",
        "#24465e",
    ),
];

pub fn draw() -> String {
    let mut sheet = Sheet::landscape();
    sheet.brush("scissors", ".02", 5.0, 0.3, 4);
    sheet.brush("gouache", ".008 .05", 40.0, 2.5, 16);
    sheet.blur("lift", 4.0);
    sheet.draw(r##"<rect width="1200" height="900" fill="#efe7d8"/>"##);
    for (index, (shape, colour)) in CUTTINGS.iter().enumerate() {
        let (shade, drop) = if index < 4 { (0.0, 0) } else { (0.34, 1) };
        sheet.define(&format!(
            r#"<clipPath id="cut{index}"><path d="{shape}"/></clipPath>"#
        ));
        let mut streaks = String::new();
        // Gouache is brushed on unevenly before the paper is cut.
        for streak in 0..9u32 {
            let y = f64::from(streak) * 104.0 + f64::from(u32::try_from(index).unwrap_or(0)) * 13.0 - 40.0;
            let tone = if streak % 2 == 0 { "#fff" } else { "#000" };
            let _ = write!(
                streaks,
                r#"<rect x="-40" y="{y:.0}" width="1280" height="{:.0}" fill="{tone}" opacity=".05"/>"#,
                26.0 + f64::from(streak % 4) * 12.0
            );
        }
        sheet.draw(&format!(
            r##"<path d="{shape}" fill="#1a120a" opacity="{shade}" transform="translate({x} {y})" filter="url(#lift)"/>
            <g filter="url(#scissors)"><path d="{shape}" fill="{colour}"/>
            <g clip-path="url(#cut{index})"><g filter="url(#gouache)">{streaks}</g></g></g>"##,
            x = drop * 4,
            y = drop * 5,
        ));
    }
    // Pin holes at the corners of the sheets.
    sheet.draw(
        r##"<g fill="#3a332a" opacity=".6"><circle cx="14" cy="14" r="2.4"/><circle cx="456" cy="14" r="2.4"/><circle cx="1186" cy="14" r="2.4"/>
        <circle cx="486" cy="346" r="2.2"/><circle cx="1186" cy="886" r="2.4"/><circle cx="14" cy="886" r="2.4"/><circle cx="456" cy="506" r="2.2"/></g>"##,
    );
    sheet.fall(&[
        fade(0.0, "#fff8e8", 0.18),
        fade(0.5, "#fff", 0.0),
        fade(1.0, "#150e06", 0.2),
    ]);
    sheet.grain("tooth", ".75", (0.2, 0.16, 0.1), 1.2, 0.2);
    sheet.finish("Collage of cut and painted papers")
}
