//! Landscape in oil: the last light behind hills, a lake that keeps it.

use super::svg::{Hand, Sheet, fade, stop};
use std::fmt::Write as _;

pub fn draw() -> String {
    let mut sheet = Sheet::landscape();
    let mut hand = Hand::new(5);
    sheet.vertical(
        "sky",
        &[
            stop(0.0, "#3d4c66"),
            stop(0.34, "#7a7f93"),
            stop(0.62, "#c79c90"),
            stop(0.82, "#ecc08f"),
            stop(1.0, "#f6d9a4"),
        ],
    );
    sheet.vertical(
        "lake",
        &[
            stop(0.0, "#f0cf9f"),
            stop(0.2, "#cfa08e"),
            stop(0.55, "#727a8c"),
            stop(1.0, "#2c3848"),
        ],
    );
    sheet.brush("paint", ".012 .03", 22.0, 0.7, 3);
    sheet.brush("cloud", ".004 .018", 70.0, 6.0, 8);
    sheet.brush("reed", ".006", 16.0, 0.6, 3);
    sheet.blur("soft", 26.0);
    sheet.draw(
        r##"<rect width="1200" height="560" fill="url(#sky)"/>
        <ellipse cx="770" cy="500" rx="300" ry="120" fill="#ffe6b0" opacity=".6" filter="url(#soft)"/>"##,
    );
    let mut clouds = String::new();
    for index in 0..26u32 {
        let y = hand.between(50.0, 420.0);
        let tone = match index % 3 {
            0 => "#e6b49b",
            1 => "#5a6480",
            _ => "#f3d2ae",
        };
        let _ = writeln!(
            clouds,
            r#"<ellipse cx="{:.0}" cy="{y:.0}" rx="{:.0}" ry="{:.0}" fill="{tone}" opacity="{:.2}"/>"#,
            hand.between(0.0, 1200.0),
            hand.between(140.0, 420.0),
            hand.between(5.0, 15.0),
            hand.between(0.16, 0.42),
        );
    }
    sheet.draw(&format!(r#"<g filter="url(#cloud)">{clouds}</g>"#));
    sheet.draw(r##"<circle cx="770" cy="468" r="25" fill="#fff3cf" opacity=".95" filter="url(#paint)"/>"##);
    // Hills, the far ones paler; each is mirrored in the water below the shore.
    let shore = 556.0;
    sheet.draw(&format!(
        r#"<rect y="{shore}" width="1200" height="{}" fill="url(#lake)"/>"#,
        900.0 - shore
    ));
    let ranges: [(f64, f64, &str, f64); 4] = [
        (472.0, 46.0, "#a98f95", 0.85),
        (498.0, 40.0, "#7c7687", 0.9),
        (522.0, 30.0, "#4f5668", 0.95),
        (544.0, 16.0, "#2d3746", 1.0),
    ];
    let mut hills = String::new();
    let mut mirrored = String::new();
    for (base, height, tone, opacity) in ranges {
        let mut ridge = String::new();
        let mut x = -60.0;
        let _ = write!(ridge, "M-60 {shore:.0} L-60 {base:.0} ");
        while x < 1260.0 {
            let step = hand.between(90.0, 210.0);
            let peak = base - hand.between(0.0, height * 1.6);
            let _ = write!(
                ridge,
                "S{:.0} {peak:.0} {:.0} {:.0} ",
                x + step * 0.55,
                x + step,
                base - hand.between(0.0, height * 0.5)
            );
            x += step;
        }
        let _ = write!(ridge, "L1260 {shore:.0} Z");
        let _ = writeln!(hills, r#"<path d="{ridge}" fill="{tone}" opacity="{opacity}"/>"#);
        let _ = writeln!(
            mirrored,
            r#"<path d="{ridge}" fill="{tone}" opacity="{:.2}" transform="matrix(1 0 0 -1 0 {:.0})"/>"#,
            opacity * 0.7,
            shore * 2.0
        );
    }
    sheet.brush("ripple", ".008 .09", 34.0, 1.6, 12);
    sheet.draw(&format!(
        r#"<g filter="url(#ripple)">{mirrored}</g><g filter="url(#paint)">{hills}</g>"#
    ));
    let mut ripples = String::new();
    for _ in 0..70u32 {
        let depth = hand.between(0.0, 1.0);
        let y = shore + 10.0 + depth * depth * 300.0;
        let near_sun = hand.between(0.0, 1.0) < 0.5;
        let x = if near_sun {
            770.0 + hand.between(-40.0, 40.0) * (1.0 + depth * 2.0)
        } else {
            hand.between(0.0, 1200.0)
        };
        let _ = writeln!(
            ripples,
            r#"<ellipse cx="{x:.0}" cy="{y:.0}" rx="{:.0}" ry="{:.1}" fill="{}" opacity="{:.2}"/>"#,
            hand.between(16.0, 60.0) * (0.7 + depth * 1.3),
            1.0 + depth * 2.6,
            if near_sun { "#fff0c8" } else { "#e9c3a4" },
            hand.between(0.2, if near_sun { 0.75 } else { 0.3 }),
        );
    }
    sheet.draw(&format!(r#"<g filter="url(#ripple)">{ripples}</g>"#));
    // Near bank and reeds.
    sheet.vertical("bank", &[stop(0.0, "#27303a"), stop(1.0, "#12171d")]);
    let mut reeds = String::new();
    for _ in 0..150u32 {
        let clump = hand.between(0.0, 1.0);
        let x = if clump < 0.6 {
            hand.between(-10.0, 330.0)
        } else {
            hand.between(900.0, 1215.0)
        };
        let height = hand.between(50.0, if clump < 0.6 { 250.0 } else { 120.0 });
        let lean = hand.between(-34.0, 40.0);
        let _ = writeln!(
            reeds,
            r#"<path d="M{x:.0} 900 Q{:.0} {:.0} {:.0} {:.0}" stroke-width="{:.1}"/>"#,
            x + lean * 0.2,
            900.0 - height * 0.6,
            x + lean,
            880.0 - height,
            hand.between(1.4, 4.2),
        );
    }
    sheet.draw(&format!(
        r##"<g filter="url(#paint)"><path d="M-20 840 C150 790 300 830 420 868 S700 900 860 872 S1110 800 1220 820 L1220 920 L-20 920 Z" fill="url(#bank)"/>
        </g><g fill="none" stroke="#151b22" stroke-linecap="round" filter="url(#reed)">{reeds}</g>"##
    ));
    sheet.radial(
        "haze",
        (0.64, 0.6),
        0.45,
        &[fade(0.0, "#ffdba0", 0.3), fade(1.0, "#ffdba0", 0.0)],
    );
    sheet.cover("haze");
    sheet.grain("canvas", ".5 .55", (0.14, 0.12, 0.12), 1.1, 0.2);
    sheet.finish("Landscape at dusk: lake, hills and reeds")
}
