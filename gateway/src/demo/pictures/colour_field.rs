//! Colour-field painting: veils of thinned oil that hover over a warm ground.

use super::svg::{Hand, Sheet, fade, stop};
use std::fmt::Write as _;

pub fn draw() -> String {
    let mut sheet = Sheet::portrait();
    let mut hand = Hand::new(11);
    sheet.vertical(
        "ground",
        &[stop(0.0, "#6d2a22"), stop(0.5, "#7b3022"), stop(1.0, "#56201f")],
    );
    sheet.vertical(
        "upper",
        &[stop(0.0, "#d9822f"), stop(0.45, "#e39a3d"), stop(1.0, "#cf6f2c")],
    );
    sheet.vertical(
        "lower",
        &[stop(0.0, "#31161f"), stop(0.6, "#22121d"), stop(1.0, "#3a1920")],
    );
    sheet.vertical("slip", &[stop(0.0, "#e8c9a0"), stop(1.0, "#d99a6c")]);
    sheet.brush("veil", ".006 .014", 46.0, 7.0, 4);
    sheet.brush("wash", ".004 .05", 60.0, 5.0, 9);
    sheet.cover("ground");
    // The ground was scrubbed on in broad strokes that still show.
    let mut strokes = String::new();
    for index in 0..34u32 {
        let y = f64::from(index) * 36.0 + hand.between(-10.0, 10.0);
        let tone = if index % 2 == 0 { "#9a4630" } else { "#3f1518" };
        let _ = writeln!(
            strokes,
            r#"<rect x="-40" y="{y:.0}" width="980" height="{height:.0}" fill="{tone}" opacity="{opacity:.2}"/>"#,
            height = hand.between(14.0, 46.0),
            opacity = hand.between(0.04, 0.16),
        );
    }
    sheet.draw(&format!(r#"<g filter="url(#wash)">{strokes}</g>"#));
    sheet.draw(
        r#"<rect x="78" y="92" width="744" height="560" fill="url(#upper)" opacity=".55" filter="url(#veil)"/>
        <rect x="92" y="108" width="716" height="528" fill="url(#upper)" opacity=".9" filter="url(#veil)"/>
        <rect x="96" y="676" width="708" height="34" fill="url(#slip)" opacity=".72" filter="url(#veil)"/>
        <rect x="76" y="742" width="748" height="374" fill="url(#lower)" opacity=".6" filter="url(#veil)"/>
        <rect x="92" y="756" width="716" height="346" fill="url(#lower)" opacity=".92" filter="url(#veil)"/>"#,
    );
    let mut veils = String::new();
    for index in 0..26u32 {
        let upper = index < 15;
        let y = if upper {
            hand.between(120.0, 620.0)
        } else {
            hand.between(770.0, 1080.0)
        };
        let tone = match (upper, index % 3) {
            (true, 0) => "#f4bf62",
            (true, 1) => "#b9551f",
            (true, _) => "#f0a94e",
            (false, 0) => "#5a2430",
            (false, _) => "#170b14",
        };
        let _ = writeln!(
            veils,
            r#"<rect x="{x:.0}" y="{y:.0}" width="{width:.0}" height="{height:.0}" fill="{tone}" opacity="{opacity:.2}"/>"#,
            x = hand.between(100.0, 220.0),
            width = hand.between(420.0, 600.0),
            height = hand.between(18.0, 60.0),
            opacity = hand.between(0.08, 0.2),
        );
    }
    sheet.draw(&format!(r#"<g filter="url(#wash)">{veils}</g>"#));
    sheet.radial(
        "glow",
        (0.46, 0.3),
        0.5,
        &[fade(0.0, "#ffd892", 0.34), fade(1.0, "#ffd892", 0.0)],
    );
    sheet.cover("glow");
    sheet.grain("weave", ".9 .75", (0.1, 0.04, 0.04), 1.1, 0.3);
    sheet.vignette(0.22);
    sheet.finish("Colour-field painting in orange over aubergine")
}
