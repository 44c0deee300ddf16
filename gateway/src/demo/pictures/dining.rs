//! Six dining chairs in a row, seen from the front: bentwood frames and cane seats.

use super::svg::{Sheet, stop};
use std::fmt::Write as _;

/// Across the sheet, back row and front row: left edge, floor and size.
const PLACES: [(f64, f64, f64); 6] = [
    (150.0, 640.0, 0.78),
    (470.0, 640.0, 0.78),
    (790.0, 640.0, 0.78),
    (40.0, 790.0, 1.0),
    (420.0, 790.0, 1.0),
    (800.0, 790.0, 1.0),
];

/// One chair, 300 × 480, its feet at the bottom.
fn chair(into: &mut String) {
    const BACK: &str = "M62 250 C58 120 78 22 150 22 C222 22 242 120 238 250";
    const LEGS: [&str; 4] = [
        "M84 262 L74 440",
        "M216 262 L226 440",
        "M52 286 L30 476",
        "M248 286 L270 476",
    ];
    into.push_str(r#"<g fill="none" stroke-linecap="round">"#);
    for (leg, width) in LEGS.iter().zip([13, 13, 17, 17]) {
        let _ = write!(
            into,
            r##"<path d="{leg}" stroke="#2b1a10" stroke-width="{width}"/><path d="{leg}" stroke="#6b4126" stroke-width="{inner}"/>"##,
            inner = width - 5
        );
    }
    let _ = write!(
        into,
        r##"<path d="M58 372 C110 396 190 396 242 372" stroke="#2b1a10" stroke-width="11"/><path d="M58 372 C110 396 190 396 242 372" stroke="#7d4f2f" stroke-width="6"/>
        <path d="{BACK}" stroke="#2b1a10" stroke-width="18"/><path d="{BACK}" stroke="url(#bent)" stroke-width="14"/>
        <path d="M104 250 C98 150 116 84 150 84 C184 84 202 150 196 250" stroke="#2b1a10" stroke-width="12"/><path d="M104 250 C98 150 116 84 150 84 C184 84 202 150 196 250" stroke="url(#bent)" stroke-width="9"/>
        <path d="M72 150 C74 80 100 36 146 31" stroke="#e9bd8c" stroke-width="3" opacity=".7"/></g>
        <ellipse cx="150" cy="268" rx="122" ry="36" fill="#2b1a10"/><ellipse cx="150" cy="262" rx="120" ry="33" fill="url(#bent)"/>
        <ellipse cx="150" cy="260" rx="98" ry="24" fill="url(#cane)"/>"##
    );
    into.push_str(r##"<g stroke="#8a6a3d" stroke-width="1.4" opacity=".6">"##);
    for strand in 0..9u32 {
        let x = 66 + strand * 21;
        let _ = write!(
            into,
            r#"<path d="M{x} 246 L{end} 276"/><path d="M{end} 246 L{x} 276"/>"#,
            end = x + 12
        );
    }
    into.push_str("</g>");
}

pub fn draw() -> String {
    let mut sheet = Sheet::landscape();
    sheet.studio("#c9c6c0", "#e6e3dd", "#98938b", 620.0);
    sheet.blur("soft", 16.0);
    sheet.vertical(
        "bent",
        &[stop(0.0, "#a8693c"), stop(0.5, "#7d4a29"), stop(1.0, "#55301a")],
    );
    sheet.vertical("cane", &[stop(0.0, "#dcc08a"), stop(1.0, "#b8965a")]);
    let mut one = String::new();
    chair(&mut one);
    for (left, floor, size) in PLACES {
        let shadow = floor - 4.0;
        sheet.draw(&format!(
            r##"<ellipse cx="{centre:.0}" cy="{shadow:.0}" rx="{reach:.0}" ry="{depth:.0}" fill="#2b241d" opacity=".36" filter="url(#soft)"/>
            <g transform="translate({left:.0} {top:.0}) scale({size})">{one}</g>"##,
            centre = left + 165.0 * size,
            reach = 160.0 * size,
            depth = 17.0 * size,
            top = floor - 480.0 * size,
        ));
    }
    sheet.studio_light(0.12, 0.55, 0.2);
    sheet.film(0.08);
    sheet.finish("Six bentwood dining chairs with cane seats")
}
