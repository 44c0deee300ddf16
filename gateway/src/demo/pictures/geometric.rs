//! Hard-edged abstraction: a grid of nine, broken by arcs that do not keep to it.

use super::svg::{Sheet, fade};

pub fn draw() -> String {
    let mut sheet = Sheet::landscape();
    sheet.brush("edge", ".04", 2.4, 0.35, 2);
    sheet.draw(r##"<rect width="1200" height="900" fill="#e8dfcd"/>"##);
    // Drawn once, on canvas: nothing here is left to chance but the edge of the tape.
    sheet.draw(
        r##"<g filter="url(#edge)">
        <rect x="0" y="0" width="300" height="600" fill="#27384a"/>
        <rect x="300" y="0" width="300" height="300" fill="#d9cbb0"/>
        <rect x="900" y="0" width="300" height="300" fill="#b9462f"/>
        <rect x="600" y="300" width="600" height="300" fill="#e8dfcd"/>
        <rect x="0" y="600" width="600" height="300" fill="#c9952f"/>
        <rect x="900" y="600" width="300" height="300" fill="#1d2329"/>
        <path d="M300 300 A300 300 0 0 1 600 0 L600 300 Z" fill="#b9462f"/>
        <path d="M600 0 A300 300 0 0 1 900 300 L600 300 Z" fill="#1d2329"/>
        <path d="M600 300 L900 300 A300 300 0 0 1 600 600 Z" fill="#7f8f8c"/>
        <path d="M300 300 L600 300 L600 600 A300 300 0 0 1 300 300 Z" fill="#e8dfcd"/>
        <path d="M0 600 A300 300 0 0 1 300 900 L0 900 Z" fill="#e8dfcd"/>
        <path d="M600 900 A300 300 0 0 1 900 600 L900 900 Z" fill="#b9462f"/>
        <path d="M900 300 A300 300 0 0 0 1200 600 L1200 300 Z" fill="#27384a"/>
        <circle cx="150" cy="300" r="92" fill="#d9cbb0"/>
        <path d="M150 208 A92 92 0 0 1 150 392 Z" fill="#c9952f"/>
        <circle cx="1050" cy="150" r="62" fill="#e8dfcd"/>
        <rect x="300" y="640" width="300" height="26" fill="#1d2329"/>
        <rect x="300" y="700" width="300" height="26" fill="#1d2329"/>
        <rect x="300" y="760" width="300" height="26" fill="#1d2329"/>
        <rect x="300" y="820" width="300" height="26" fill="#1d2329"/>
        <path d="M1050 600 A150 150 0 0 1 1050 900 Z" fill="#7f8f8c"/>
        <circle cx="600" cy="300" r="44" fill="#e8dfcd"/>
        <circle cx="600" cy="300" r="19" fill="#1d2329"/>
        </g>"##,
    );
    // Pencil lines of the construction, left standing.
    sheet.draw(
        r##"<g stroke="#3a3733" stroke-width="1.1" opacity=".35" fill="none">
        <path d="M300 0 V900 M600 0 V900 M900 0 V900 M0 300 H1200 M0 600 H1200"/>
        <circle cx="600" cy="300" r="300"/></g>"##,
    );
    sheet.diagonal(
        "rake",
        &[
            fade(0.0, "#fff6e0", 0.2),
            fade(0.5, "#fff6e0", 0.0),
            fade(1.0, "#1a120a", 0.2),
        ],
    );
    sheet.cover("rake");
    sheet.grain("tooth", ".7 .62", (0.16, 0.12, 0.08), 1.3, 0.26);
    sheet.finish("Geometric abstraction with quarter circles")
}
