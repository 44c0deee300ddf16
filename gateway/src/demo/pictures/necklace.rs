//! Pearls: two graduated rows with a jewelled clasp, laid out on grey suede.

use super::svg::{Sheet, stop};
use std::{
    f64::consts::{FRAC_PI_2, PI},
    fmt::Write as _,
};

/// One row: pearls touching each other along an oval that is open at the top, largest at the bottom.
fn row(centre: (f64, f64), radii: (f64, f64), largest: f64) -> (String, String) {
    let (mut shadows, mut pearls) = (String::new(), String::new());
    let gap = 0.17;
    let (from, until) = (-FRAC_PI_2 + gap, PI + FRAC_PI_2 - gap);
    let mut angle = from;
    let mut tint = 0u32;
    while angle < until {
        let share = (angle - from) / (until - from);
        let size = largest * (0.6 + 0.4 * (share * PI).sin());
        let (x, y) = (centre.0 + radii.0 * angle.cos(), centre.1 + radii.1 * angle.sin());
        let _ = write!(
            shadows,
            r#"<circle cx="{:.1}" cy="{:.1}" r="{size:.1}"/>"#,
            x + size * 0.42,
            y + size * 0.55
        );
        let _ = write!(
            pearls,
            r##"<circle cx="{x:.1}" cy="{y:.1}" r="{size:.1}" fill="url(#pearl{tint})"/><ellipse cx="{:.1}" cy="{:.1}" rx="{:.1}" ry="{:.1}" fill="#fff" opacity=".92"/>"##,
            x - size * 0.34,
            y - size * 0.38,
            size * 0.19,
            size * 0.15,
        );
        // One diameter further along the oval.
        let pace = (radii.0 * angle.sin()).hypot(radii.1 * angle.cos());
        angle += size * 2.02 / pace;
        tint = (tint + 1) % 3;
    }
    (shadows, pearls)
}

pub fn draw() -> String {
    let mut sheet = Sheet::landscape();
    sheet.radial(
        "suede",
        (0.42, 0.36),
        0.85,
        &[stop(0.0, "#8d9196"), stop(0.6, "#6c7076"), stop(1.0, "#43464b")],
    );
    sheet.blur("cast", 9.0);
    sheet.blur("near", 5.0);
    for (index, (light, middle, deep)) in [
        ("#fffaf2", "#eadfce", "#8f8274"),
        ("#fff8f4", "#ecdcd2", "#93807a"),
        ("#fbfaf4", "#e3e0d2", "#84806f"),
    ]
    .iter()
    .enumerate()
    {
        sheet.radial(
            &format!("pearl{index}"),
            (0.38, 0.34),
            0.68,
            &[
                stop(0.0, light),
                stop(0.42, middle),
                stop(0.8, deep),
                stop(0.93, "#6f655c"),
                stop(1.0, "#b3a695"),
            ],
        );
    }
    sheet.cover("suede");
    sheet.grain("nap", ".35 .5", (0.1, 0.1, 0.12), 1.4, 0.22);
    let (outer_shadows, outer) = row((600.0, 456.0), (404.0, 346.0), 20.5);
    let (inner_shadows, inner) = row((600.0, 438.0), (344.0, 288.0), 18.5);
    sheet.draw(&format!(
        r##"<g fill="#131417" opacity=".55" filter="url(#cast)">{outer_shadows}{inner_shadows}<rect x="536" y="96" width="150" height="84" rx="30"/></g>{outer}{inner}"##
    ));
    // The clasp: an old-cut sapphire in a surround of diamonds.
    sheet.diagonal(
        "platinum",
        &[stop(0.0, "#fbfbfb"), stop(0.5, "#b9bcc0"), stop(1.0, "#66696e")],
    );
    sheet.radial(
        "brilliant",
        (0.4, 0.35),
        0.7,
        &[stop(0.0, "#ffffff"), stop(0.5, "#d5dde3"), stop(1.0, "#7c868f")],
    );
    sheet.radial(
        "sapphire",
        (0.4, 0.32),
        0.8,
        &[stop(0.0, "#86a9e8"), stop(0.35, "#2a4fa8"), stop(1.0, "#0c1a48")],
    );
    let mut surround = String::new();
    for index in 0..18u32 {
        let angle = f64::from(index) * std::f64::consts::TAU / 18.0;
        let (x, y) = (600.0 + 58.0 * angle.cos(), 122.0 + 40.0 * angle.sin());
        let _ = write!(
            surround,
            r##"<circle cx="{x:.1}" cy="{y:.1}" r="8.6" fill="url(#platinum)"/><circle cx="{x:.1}" cy="{y:.1}" r="6.8" fill="url(#brilliant)"/>
            <path d="M{x:.1} {top:.1} L{right:.1} {y:.1} L{x:.1} {bottom:.1} L{left:.1} {y:.1} Z" fill="#fff" opacity=".55"/>"##,
            top = y - 3.6,
            right = x + 3.6,
            bottom = y + 3.6,
            left = x - 3.6,
        );
    }
    sheet.draw(&format!(
        r##"<ellipse cx="600" cy="122" rx="64" ry="46" fill="url(#platinum)"/>{surround}<ellipse cx="600" cy="122" rx="45" ry="29" fill="url(#platinum)"/>
        <ellipse cx="600" cy="122" rx="41" ry="25.5" fill="url(#sapphire)"/>
        <g fill="#cfe0ff"><path d="M574 108 L600 102 L626 108 L612 114 L588 114 Z" opacity=".5"/><path d="M588 114 L612 114 L618 126 L600 134 L582 126 Z" opacity=".16"/><path d="M582 126 L600 134 L592 145 L568 134 Z" opacity=".22"/><path d="M618 126 L634 122 L628 136 L600 146 L600 134 Z" fill="#050d2c" opacity=".45"/></g>
        <ellipse cx="586" cy="109" rx="9" ry="3" fill="#fff" opacity=".85"/>"##
    ));
    sheet.studio_light(0.14, 0.5, 0.3);
    sheet.finish("Two-row pearl necklace with a sapphire clasp")
}
