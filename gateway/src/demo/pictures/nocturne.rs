//! Nocturne: a harbour front across black water, its lamps drawn out by the ripples.

use super::svg::{Hand, Sheet, fade, stop};
use std::fmt::Write as _;

pub fn draw() -> String {
    let mut sheet = Sheet::landscape();
    let mut hand = Hand::new(41);
    sheet.vertical(
        "sky",
        &[stop(0.0, "#0f1a2c"), stop(0.6, "#1f3047"), stop(1.0, "#42536a")],
    );
    sheet.vertical(
        "water",
        &[stop(0.0, "#2d3d53"), stop(0.35, "#16233a"), stop(1.0, "#0a111f")],
    );
    sheet.radial(
        "moon",
        (0.5, 0.5),
        0.5,
        &[
            stop(0.0, "#f7efd8"),
            stop(0.24, "#f1e6c8"),
            fade(0.27, "#cfd0c8", 0.3),
            fade(1.0, "#8797a8", 0.0),
        ],
    );
    sheet.brush("paint", ".01 .03", 14.0, 0.8, 3);
    sheet.brush("cloud", ".004 .016", 70.0, 9.0, 5);
    sheet.brush("ripple", ".006 .11", 30.0, 1.8, 12);
    sheet.blur("glow", 9.0);
    let quay = 520.0;
    let mut clouds = String::new();
    for index in 0..18u32 {
        let _ = writeln!(
            clouds,
            r#"<ellipse cx="{:.0}" cy="{:.0}" rx="{:.0}" ry="{:.0}" fill="{}" opacity="{:.2}"/>"#,
            hand.between(0.0, 1200.0),
            hand.between(40.0, 430.0),
            hand.between(160.0, 420.0),
            hand.between(8.0, 24.0),
            if index % 2 == 0 { "#5d6d82" } else { "#0c1626" },
            hand.between(0.14, 0.36),
        );
    }
    sheet.draw(&format!(
        r#"<rect width="1200" height="{quay}" fill="url(#sky)"/>
        <circle cx="330" cy="170" r="150" fill="url(#moon)"/>
        <g filter="url(#cloud)">{clouds}</g>
        <rect y="{quay}" width="1200" height="{rest}" fill="url(#water)"/>"#,
        rest = 900.0 - quay,
    ));
    // The front: warehouses and a tower, lower towards the mole.
    let (mut houses, mut lamps, mut trails) = (String::new(), String::new(), String::new());
    let mut x = 380.0;
    while x < 1220.0 {
        let width = hand.between(34.0, 92.0);
        let height = hand.between(26.0, 92.0) * (0.55 + (x - 380.0) / 900.0);
        let _ = writeln!(
            houses,
            r#"<path d="M{x:.0} {quay:.0} V{top:.0} L{ridge:.0} {peak:.0} L{right:.0} {top:.0} V{quay:.0} Z"/>"#,
            top = quay - height,
            ridge = x + width * 0.5,
            peak = quay - height - hand.between(4.0, 22.0),
            right = x + width,
        );
        for _ in 0..2u32 {
            if hand.between(0.0, 1.0) < 0.5 {
                let _ = writeln!(
                    lamps,
                    r##"<rect x="{:.0}" y="{:.0}" width="5" height="7" fill="#f2c063" opacity="{:.2}"/>"##,
                    x + hand.between(6.0, width - 8.0),
                    quay - hand.between(8.0, height.max(12.0)),
                    hand.between(0.4, 0.95),
                );
            }
        }
        x += width * hand.between(0.86, 1.1);
    }
    let _ = write!(
        houses,
        r#"<path d="M884 {quay} V330 L900 292 L916 330 V{quay} Z"/>"#
    );
    let mut at = 120.0;
    while at < 1190.0 {
        let warm = hand.between(0.0, 1.0) < 0.8;
        let tone = if warm { "#ffc864" } else { "#cfe3ea" };
        let y = quay - hand.between(10.0, 24.0);
        let length = hand.between(90.0, 330.0);
        let _ = writeln!(
            lamps,
            r##"<circle cx="{at:.0}" cy="{y:.0}" r="16" fill="{tone}" opacity=".5" filter="url(#glow)"/><circle cx="{at:.0}" cy="{y:.0}" r="3.6" fill="#fff4d6"/>"##
        );
        let mut down = 8.0;
        while down < length {
            let share = down / length;
            let _ = writeln!(
                trails,
                r#"<ellipse cx="{:.0}" cy="{:.0}" rx="{:.0}" ry="{:.1}" fill="{tone}" opacity="{:.2}"/>"#,
                at + hand.between(-5.0, 5.0) * (1.0 + share * 2.0),
                quay + down,
                hand.between(6.0, 12.0) + share * 12.0,
                2.4 + share * 2.6,
                (1.0 - share) * 0.85,
            );
            down += 10.0 + share * 15.0;
        }
        at += hand.between(70.0, 170.0);
    }
    for step in 0..22u32 {
        let down = f64::from(step) * 15.0 + 20.0;
        let _ = writeln!(
            trails,
            r##"<ellipse cx="{:.0}" cy="{:.0}" rx="{:.0}" ry="3" fill="#e8e3cf" opacity="{:.2}"/>"##,
            330.0 + hand.between(-14.0, 14.0),
            quay + down,
            hand.between(14.0, 46.0),
            0.5 - f64::from(step) * 0.016,
        );
    }
    sheet.draw(&format!(
        r##"<g filter="url(#paint)"><g fill="#0b1220">{houses}<path d="M60 {quay} L380 512 V{quay} Z"/><rect y="{line}" width="1200" height="11"/></g></g>
        {lamps}<g filter="url(#ripple)">{trails}</g>"##,
        line = quay - 4.0,
    ));
    // A moored boat.
    sheet.draw(
        r##"<path d="M196 742 C250 786 420 790 500 736 L470 786 C420 812 270 812 226 786 Z" fill="#060a13"/>
        <path d="M196 742 C250 772 420 774 500 736 C420 762 260 764 196 742 Z" fill="#33445a"/>
        <path d="M340 760 V480" stroke="#060a13" stroke-width="7"/><path d="M340 486 L246 746 M340 486 L476 742" stroke="#0a1220" stroke-width="2.4"/>
        <ellipse cx="350" cy="822" rx="170" ry="12" fill="#04070d" opacity=".7" filter="url(#glow)"/>"##,
    );
    sheet.grain("canvas", ".5 .55", (0.5, 0.52, 0.56), 1.1, 0.12);
    sheet.vignette(0.3);
    sheet.finish("Nocturne: harbour front with lamps over water")
}
