//! Table lamp: an opal disc balanced on a brass stem, lit, against a dark wall.

use super::svg::{Sheet, fade, stop};

pub fn draw() -> String {
    let mut sheet = Sheet::portrait();
    sheet.radial(
        "wall",
        (0.46, 0.36),
        0.8,
        &[
            stop(0.0, "#a08a6d"),
            stop(0.3, "#6d6052"),
            stop(0.7, "#3f3a36"),
            stop(1.0, "#262422"),
        ],
    );
    sheet.vertical(
        "top",
        &[stop(0.0, "#54473a"), stop(0.2, "#7d6a53"), stop(1.0, "#2a241f")],
    );
    sheet.radial(
        "halo",
        (0.5, 0.5),
        0.5,
        &[
            fade(0.0, "#ffe9bd", 0.85),
            fade(0.4, "#ffd896", 0.3),
            fade(1.0, "#ffcf86", 0.0),
        ],
    );
    sheet.radial(
        "opal",
        (0.44, 0.42),
        0.62,
        &[
            stop(0.0, "#fffdf4"),
            stop(0.6, "#ffeecb"),
            stop(0.9, "#f4cf92"),
            stop(1.0, "#d8a565"),
        ],
    );
    sheet.horizontal(
        "brass",
        &[
            stop(0.0, "#5f4118"),
            stop(0.25, "#f4d58c"),
            stop(0.45, "#c99a45"),
            stop(1.0, "#4c3210"),
        ],
    );
    sheet.linear(
        "base",
        (0.0, 0.0),
        (1.0, 0.2),
        &[
            stop(0.0, "#6b4a1d"),
            stop(0.3, "#f0cf87"),
            stop(0.55, "#a67a33"),
            stop(1.0, "#3e290e"),
        ],
    );
    sheet.vertical("marble", &[stop(0.0, "#2c3a35"), stop(1.0, "#101613")]);
    sheet.blur("soft", 24.0);
    sheet.blur("near", 7.0);
    sheet.brush("vein", ".01 .05", 40.0, 0.8, 3);
    sheet.draw(
        r##"<rect width="900" height="1200" fill="url(#wall)"/><circle cx="418" cy="404" r="420" fill="url(#halo)" opacity=".55"/>
        <rect y="968" width="900" height="232" fill="url(#top)"/><rect y="966" width="900" height="3" fill="#c7a77a" opacity=".35"/>
        <ellipse cx="440" cy="1022" rx="330" ry="46" fill="#ffdf9f" opacity=".3" filter="url(#soft)"/>
        <ellipse cx="520" cy="1046" rx="220" ry="20" fill="#0d0a07" opacity=".7" filter="url(#soft)"/>"##,
    );
    sheet.draw(
        r##"<path d="M310 988 L590 988 L590 1030 Q450 1062 310 1030 Z" fill="url(#marble)"/>
        <g filter="url(#vein)" stroke="#b9c9bd" fill="none" opacity=".5"><path d="M316 1000 C390 1020 450 996 580 1020" stroke-width="2"/><path d="M330 1030 C420 1018 500 1040 584 1004" stroke-width="1.2"/></g>
        <ellipse cx="450" cy="988" rx="140" ry="24" fill="#40524a"/><ellipse cx="440" cy="984" rx="104" ry="15" fill="#9fb09f" opacity=".3" filter="url(#near)"/>
        <ellipse cx="450" cy="986" rx="46" ry="9" fill="url(#base)"/>
        <rect x="443" y="330" width="15" height="656" fill="url(#brass)"/>
        <circle cx="450" cy="620" r="15" fill="url(#base)"/><ellipse cx="446" cy="614" rx="5" ry="4" fill="#fff3cf"/>
        <path d="M450 620 L690 562" stroke="#7a5720" stroke-width="9" stroke-linecap="round"/><path d="M450 618 L690 560" stroke="#f0cf87" stroke-width="3" stroke-linecap="round"/>
        <circle cx="706" cy="556" r="27" fill="url(#base)"/><ellipse cx="698" cy="546" rx="8" ry="6" fill="#fff3cf" opacity=".9"/>"##,
    );
    sheet.draw(
        r##"<circle cx="418" cy="404" r="262" fill="url(#halo)" opacity=".7"/>
        <circle cx="424" cy="408" r="196" fill="#6b4a20"/><circle cx="418" cy="404" r="196" fill="url(#opal)"/>
        <circle cx="418" cy="404" r="193" fill="none" stroke="#fffaf0" stroke-width="3" opacity=".65"/>
        <ellipse cx="350" cy="320" rx="70" ry="48" fill="#fff" opacity=".7" filter="url(#soft)"/>
        <path d="M450 300 V600" stroke="#b98a44" stroke-width="15" opacity=".16" filter="url(#near)"/>
        <circle cx="450" cy="404" r="13" fill="url(#base)"/><circle cx="447" cy="400" r="4" fill="#fff6dd"/>
        <path d="M450 988 C520 1010 620 1010 700 1030 S860 1090 910 1084" fill="none" stroke="#14100c" stroke-width="6" opacity=".85"/>"##,
    );
    sheet.grain("film", ".8", (0.1, 0.08, 0.06), 0.9, 0.14);
    sheet.vignette(0.34);
    sheet.finish("Table lamp with an opal glass disc")
}
