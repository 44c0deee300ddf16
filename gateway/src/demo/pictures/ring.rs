//! Ring: a step-cut emerald between tapered diamonds, standing on its shank.

use super::svg::{Sheet, stop};
use std::fmt::Write as _;

/// The corners of a cut-cornered rectangle around a centre.
fn octagon(centre: (f64, f64), half: (f64, f64), cut: f64) -> [(f64, f64); 8] {
    let ((x, y), (w, h)) = (centre, half);
    [
        (x - w + cut, y - h),
        (x + w - cut, y - h),
        (x + w, y - h + cut),
        (x + w, y + h - cut),
        (x + w - cut, y + h),
        (x - w + cut, y + h),
        (x - w, y + h - cut),
        (x - w, y - h + cut),
    ]
}

/// The steps of the cut: each facet a quadrilateral between two outlines, lit by where it faces.
fn facets(centre: (f64, f64), half: (f64, f64), tones: [&str; 8]) -> String {
    let mut text = String::new();
    let rims = [1.0, 0.84, 0.68, 0.5];
    for step in 0..rims.len() - 1 {
        let outline = |share: f64| octagon(centre, (half.0 * share, half.1 * share), half.0 * share * 0.34);
        let (outer, inner) = (outline(rims[step]), outline(rims[step + 1]));
        for side in 0..8 {
            let next = (side + 1) % 8;
            // Light jumps from step to step: that is what the eye reads as a stone.
            let tone = tones[(side + step * 3) % 8];
            let _ = write!(
                text,
                r##"<path d="M{:.1} {:.1} L{:.1} {:.1} L{:.1} {:.1} L{:.1} {:.1} Z" fill="{tone}" stroke="#eafff4" stroke-width=".7" stroke-opacity=".35"/>"##,
                outer[side].0,
                outer[side].1,
                outer[next].0,
                outer[next].1,
                inner[next].0,
                inner[next].1,
                inner[side].0,
                inner[side].1,
            );
        }
    }
    text
}

pub fn draw() -> String {
    let mut sheet = Sheet::landscape();
    sheet.studio("#c9c5c6", "#ebe8e7", "#98939a", 640.0);
    sheet.blur("soft", 22.0);
    sheet.blur("near", 5.0);
    sheet.diagonal(
        "gold",
        &[
            stop(0.0, "#fff3cf"),
            stop(0.2, "#d9ae5c"),
            stop(0.45, "#f7dd9f"),
            stop(0.7, "#94692a"),
            stop(1.0, "#5c3d14"),
        ],
    );
    sheet.linear(
        "gold-in",
        (1.0, 1.0),
        (0.0, 0.0),
        &[stop(0.0, "#fbe7b4"), stop(0.4, "#8d6428"), stop(1.0, "#5a3c15")],
    );
    sheet.diagonal(
        "table",
        &[
            stop(0.0, "#a5e8c4"),
            stop(0.3, "#2f9b6b"),
            stop(0.6, "#0e5c3c"),
            stop(1.0, "#1f8257"),
        ],
    );
    sheet.diagonal(
        "white",
        &[
            stop(0.0, "#ffffff"),
            stop(0.4, "#c4ced6"),
            stop(0.6, "#f4f7f9"),
            stop(1.0, "#76828c"),
        ],
    );
    // Shank: an outer and an inner ellipse, with the thickness of the metal between them.
    sheet.draw(
        r##"<ellipse cx="660" cy="792" rx="260" ry="24" fill="#241f24" opacity=".5" filter="url(#soft)"/>
        <ellipse cx="606" cy="786" rx="80" ry="9" fill="#141114" opacity=".75" filter="url(#near)"/>
        <path d="M600 352 A212 216 0 1 0 600.1 352 Z M606 388 A180 180 0 1 1 605.9 388 Z" fill="url(#gold-in)" fill-rule="evenodd" transform="translate(16 -4)"/>
        <path d="M600 356 A212 214 0 1 0 600.1 356 Z M600 384 A184 186 0 1 1 599.9 384 Z" fill="url(#gold)" fill-rule="evenodd"/>
        <path d="M400 560 A204 206 0 0 0 520 756" fill="none" stroke="#fffbea" stroke-width="7" stroke-linecap="round" opacity=".85" filter="url(#near)"/>
        <path d="M800 600 A204 206 0 0 1 700 746" fill="none" stroke="#fff0c4" stroke-width="4" stroke-linecap="round" opacity=".6" filter="url(#near)"/>"##,
    );
    let emerald = facets(
        (600.0, 300.0),
        (132.0, 104.0),
        [
            "#0f6b46", "#3fb583", "#0a4a31", "#1c8659", "#07382a", "#2aa173", "#0c5a3d", "#62cfa1",
        ],
    );
    let mut sides = String::new();
    for (sign, tilt) in [(-1.0, -14.0), (1.0, 14.0)] {
        let x = 600.0 + sign * 182.0;
        let _ = write!(
            sides,
            r##"<g transform="rotate({tilt} {x} 330)"><path d="M{a} 256 L{b} 278 L{b} 372 L{a} 392 Z" fill="url(#gold)" stroke="#6d4c1d"/>
            <path d="M{c} 264 L{d} 284 L{d} 366 L{c} 384 Z" fill="url(#white)"/><path d="M{c} 264 L{e} 300 L{e} 350 L{c} 384 Z" fill="#8d9aa5" opacity=".55"/>
            <path d="M{c} 264 L{d} 284 L{f} 304 L{e} 300 Z" fill="#fff" opacity=".9"/><path d="M{e} 300 L{f} 304 L{f} 346 L{e} 350 Z" fill="#dfe8ee"/><path d="M{e} 350 L{f} 346 L{d} 366 L{c} 384 Z" fill="#5d6973" opacity=".6"/></g>"##,
            a = x - sign * 46.0,
            b = x + sign * 46.0,
            c = x - sign * 40.0,
            d = x + sign * 40.0,
            e = x - sign * 20.0,
            f = x + sign * 22.0,
        );
    }
    let seat = octagon((600.0, 302.0), (140.0, 112.0), 47.0)
        .iter()
        .map(|(x, y)| format!("{x:.0},{y:.0}"))
        .collect::<Vec<_>>()
        .join(" ");
    sheet.draw(&format!(
        r##"<path d="M500 400 L700 400 L650 452 L550 452 Z" fill="url(#gold-in)"/><path d="M516 404 L560 448 M684 404 L640 448" stroke="#f5dba0" stroke-width="9" stroke-linecap="round"/>
        {sides}<polygon points="{seat}" fill="url(#gold)" stroke="#6d4c1d" stroke-width="1.4"/>{emerald}
        <path d="M556 248 L644 248 L666 270 L666 330 L644 352 L556 352 L534 330 L534 270 Z" fill="url(#table)"/>
        <path d="M556 248 L644 248 L536 328 L534 270 Z" fill="#fff" opacity=".3"/><path d="M666 282 L666 330 L644 352 L592 352 Z" fill="#022318" opacity=".4"/>
        <path d="M574 262 L600 258 L560 300 L552 292 Z" fill="#fff" opacity=".65" filter="url(#near)"/>
        <g fill="url(#gold)" stroke="#6d4c1d" stroke-width="1.2"><rect x="486" y="202" width="30" height="17" rx="8" transform="rotate(-45 501 210)"/><rect x="684" y="202" width="30" height="17" rx="8" transform="rotate(45 699 210)"/>
        <rect x="486" y="382" width="30" height="17" rx="8" transform="rotate(45 501 390)"/><rect x="684" y="382" width="30" height="17" rx="8" transform="rotate(-45 699 390)"/></g>"##
    ));
    sheet.studio_light(0.14, 0.6, 0.2);
    sheet.film(0.08);
    sheet.finish("Gold ring with a step-cut emerald and two diamonds")
}
