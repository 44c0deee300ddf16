//! Wristwatch: a two-register chronograph in steel, photographed from straight above.

use super::svg::{Sheet, fade, stop};
use std::f64::consts::TAU;
use std::fmt::Write as _;

const CENTRE: (f64, f64) = (450.0, 600.0);

/// A point on a circle around `centre`; `turn` 0 is twelve o'clock.
fn around(centre: (f64, f64), radius: f64, turn: f64) -> (f64, f64) {
    let angle = turn * TAU;
    (centre.0 + radius * angle.sin(), centre.1 - radius * angle.cos())
}

/// Ticks of a scale, `long_every` of them longer.
fn scale(centre: (f64, f64), radius: f64, count: u32, long_every: u32, lengths: (f64, f64)) -> String {
    let mut path = String::new();
    for tick in 0..count {
        let turn = f64::from(tick) / f64::from(count);
        let length = if tick % long_every == 0 {
            lengths.1
        } else {
            lengths.0
        };
        let ((ax, ay), (bx, by)) = (
            around(centre, radius, turn),
            around(centre, radius - length, turn),
        );
        let _ = write!(path, "M{ax:.1} {ay:.1} L{bx:.1} {by:.1} ");
    }
    path
}

/// A tapering hand from behind the centre to the tip.
fn pointer(centre: (f64, f64), turn: f64, tip: f64, tail: f64, width: f64) -> String {
    let ((tx, ty), (bx, by)) = (around(centre, tip, turn), around(centre, tail, turn + 0.5));
    let side = turn + 0.25;
    let (ox, oy) = around((0.0, 0.0), width, side);
    format!(
        "M{bx:.1} {by:.1} L{:.1} {:.1} L{tx:.1} {ty:.1} L{:.1} {:.1} Z",
        centre.0 + ox,
        centre.1 + oy,
        centre.0 - ox,
        centre.1 - oy
    )
}

pub fn draw() -> String {
    let mut sheet = Sheet::portrait();
    let (cx, cy) = CENTRE;
    sheet.radial(
        "felt",
        (0.4, 0.35),
        0.9,
        &[stop(0.0, "#a7a49e"), stop(0.6, "#85827c"), stop(1.0, "#5a5853")],
    );
    sheet.blur("soft", 26.0);
    sheet.blur("near", 6.0);
    sheet.horizontal(
        "strap",
        &[
            stop(0.0, "#2a1a12"),
            stop(0.2, "#5b3a27"),
            stop(0.5, "#6d4730"),
            stop(0.85, "#432a1c"),
            stop(1.0, "#1f130d"),
        ],
    );
    sheet.diagonal(
        "steel",
        &[
            stop(0.0, "#fafafa"),
            stop(0.25, "#c2c4c6"),
            stop(0.5, "#f0f0f0"),
            stop(0.75, "#85888b"),
            stop(1.0, "#4e5154"),
        ],
    );
    sheet.linear(
        "bezel",
        (1.0, 1.0),
        (0.0, 0.0),
        &[
            stop(0.0, "#f7f7f7"),
            stop(0.4, "#8f9295"),
            stop(0.7, "#d9dadb"),
            stop(1.0, "#74777a"),
        ],
    );
    sheet.radial(
        "dial",
        (0.45, 0.4),
        0.7,
        &[stop(0.0, "#f6efdf"), stop(0.7, "#eae0cb"), stop(1.0, "#cfc3aa")],
    );
    sheet.radial(
        "register",
        (0.5, 0.5),
        0.55,
        &[stop(0.0, "#39424c"), stop(0.8, "#28303a"), stop(1.0, "#171d25")],
    );
    sheet.diagonal("blued", &[stop(0.0, "#2d4f86"), stop(1.0, "#12264a")]);
    sheet.draw(&format!(
        r##"<rect width="900" height="1200" fill="url(#felt)"/>
        <ellipse cx="{sx}" cy="{sy}" rx="330" ry="330" fill="#15130f" opacity=".6" filter="url(#soft)"/>
        <path d="M346 -20 H554 L566 330 H334 Z" transform="translate(26 30)" fill="#15130f" opacity=".5" filter="url(#soft)"/>
        <path d="M348 -20 H552 L572 340 H328 Z" fill="url(#strap)"/><path d="M328 860 H572 L552 1220 H348 Z" fill="url(#strap)"/>
        <g fill="none" stroke="#d8b48a" stroke-width="3" stroke-dasharray="13 8" opacity=".75"><path d="M366 -20 L350 330 M534 -20 L550 330 M350 870 L366 1220 M550 870 L534 1220"/></g>
        <path d="M328 300 H572 L572 345 H328 Z M328 855 H572 V900 H328 Z" fill="#0d0805" opacity=".5" filter="url(#near)"/>"##,
        sx = cx + 26.0,
        sy = cy + 36.0,
    ));
    // Lugs, pushers and crown, then the case over them.
    sheet.draw(&format!(
        r##"<g fill="url(#steel)" stroke="#55585b" stroke-width="1.4"><path d="M282 420 L292 268 Q296 252 312 256 L336 264 L344 380 Z"/><path d="M618 420 L608 268 Q604 252 588 256 L564 264 L556 380 Z"/>
        <path d="M282 780 L292 932 Q296 948 312 944 L336 936 L344 820 Z"/><path d="M618 780 L608 932 Q604 948 588 944 L564 936 L556 820 Z"/>
        <rect x="722" y="566" width="48" height="68" rx="9"/><g transform="rotate(-31 {cx} {cy})"><rect x="716" y="584" width="34" height="32" rx="5"/><rect x="744" y="576" width="18" height="48" rx="6"/></g>
        <g transform="rotate(31 {cx} {cy})"><rect x="716" y="584" width="34" height="32" rx="5"/><rect x="744" y="576" width="18" height="48" rx="6"/></g></g>
        <path d="M726 574 h42 M726 583 h43 M726 592 h43 M726 601 h43 M726 610 h43 M726 619 h43 M726 628 h40" stroke="#45484b" stroke-width="2.4" opacity=".8"/>
        <circle cx="{cx}" cy="{cy}" r="284" fill="url(#steel)" stroke="#4a4d50" stroke-width="1.5"/><circle cx="{cx}" cy="{cy}" r="268" fill="url(#bezel)"/>
        <circle cx="{cx}" cy="{cy}" r="246" fill="#3a3c3e"/><circle cx="{cx}" cy="{cy}" r="240" fill="url(#dial)"/>"##
    ));
    let (left, right) = ((cx - 104.0, cy), (cx + 104.0, cy));
    sheet.draw(&format!(
        r##"<g fill="none" stroke="#2a2f36"><path d="{fine}" stroke-width="1.4"/><path d="{rail}" stroke-width="2.6"/><circle cx="{cx}" cy="{cy}" r="231" stroke-width="1.2"/><circle cx="{cx}" cy="{cy}" r="205" stroke-width="1"/></g>"##,
        fine = scale(CENTRE, 231.0, 300, 5, (8.0, 15.0)),
        rail = scale(CENTRE, 231.0, 60, 5, (0.1, 26.0)),
    ));
    let mut markers = String::new();
    for hour in 0..12u32 {
        let turn = f64::from(hour) / 12.0;
        if hour == 3 || hour == 9 {
            continue;
        }
        let (x, y) = around(CENTRE, 172.0, turn);
        let _ = write!(
            markers,
            r##"<g transform="rotate({degrees} {x:.1} {y:.1})"><rect x="{a:.1}" y="{b:.1}" width="12" height="{long}" fill="#6b5a30"/><rect x="{c:.1}" y="{b:.1}" width="8" height="{long}" fill="#e6cd8b"/></g>"##,
            degrees = turn * 360.0,
            a = x - 6.0,
            b = y - 25.0,
            c = x - 6.0,
            long = if hour % 6 == 0 { 44 } else { 50 },
        );
    }
    sheet.draw(&markers);
    for (centre, turn) in [(left, 0.62), (right, 0.31)] {
        let (x, y) = centre;
        sheet.draw(&format!(
            r##"<circle cx="{x}" cy="{y}" r="69" fill="#b9ad94"/><circle cx="{x}" cy="{y}" r="66" fill="url(#register)"/>
            <circle cx="{x}" cy="{y}" r="40" fill="none" stroke="#fff" stroke-width=".8" opacity=".22"/><circle cx="{x}" cy="{y}" r="52" fill="none" stroke="#fff" stroke-width=".8" opacity=".16"/>
            <path d="{ticks}" stroke="#f2ead8" stroke-width="2" fill="none"/><path d="{hand}" fill="#f4eddd"/><circle cx="{x}" cy="{y}" r="5" fill="#f4eddd"/>"##,
            ticks = scale(centre, 62.0, 60, 5, (4.0, 10.0)),
            hand = pointer(centre, turn, 54.0, 14.0, 3.4),
        ));
    }
    let hands = [
        (pointer(CENTRE, 10.15 / 12.0, 128.0, 34.0, 9.0), "url(#blued)"),
        (pointer(CENTRE, 9.2 / 60.0, 194.0, 40.0, 7.5), "url(#blued)"),
        (pointer(CENTRE, 0.597, 222.0, 66.0, 2.6), "#a8322a"),
    ];
    for (hand, fill) in hands {
        sheet.draw(&format!(
            r##"<path d="{hand}" fill="#1a140a" opacity=".35" transform="translate(5 8)" filter="url(#near)"/><path d="{hand}" fill="{fill}"/>"##
        ));
    }
    sheet.draw(&format!(
        r##"<circle cx="{cx}" cy="{cy}" r="13" fill="#a8322a"/><circle cx="{cx}" cy="{cy}" r="6" fill="#e8dcc2"/>
        <path d="M410 500 h80 M426 512 h48" stroke="#3a3f46" stroke-width="3.4" opacity=".8"/><path d="M422 706 h56" stroke="#3a3f46" stroke-width="2.4" opacity=".7"/>"##
    ));
    sheet.linear(
        "glass",
        (0.1, 0.0),
        (0.8, 1.0),
        &[
            fade(0.0, "#fff", 0.5),
            fade(0.32, "#fff", 0.08),
            fade(0.33, "#fff", 0.0),
            fade(1.0, "#fff", 0.1),
        ],
    );
    sheet.draw(&format!(
        r##"<circle cx="{cx}" cy="{cy}" r="244" fill="url(#glass)" opacity=".7"/><circle cx="{cx}" cy="{cy}" r="243" fill="none" stroke="#1c1a16" stroke-width="9" opacity=".25" filter="url(#near)"/>"##
    ));
    sheet.film(0.12);
    sheet.vignette(0.22);
    sheet.finish("Steel chronograph wristwatch on a leather strap")
}
