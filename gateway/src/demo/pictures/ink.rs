//! Ink on paper: two strokes of a wide dry brush, every bristle of it.

use super::svg::{Hand, Sheet, fade, stop};
use std::fmt::Write as _;

/// A stroke as a Bézier curve with the width of the brush.
struct Stroke {
    points: [(f64, f64); 4],
    width: f64,
    bristles: u32,
    /// Share of the stroke at which the ink begins to run out.
    dry_from: f64,
}

const STROKES: [Stroke; 3] = [
    Stroke {
        points: [(300.0, 250.0), (-60.0, 560.0), (240.0, 1010.0), (560.0, 880.0)],
        width: 120.0,
        bristles: 86,
        dry_from: 0.4,
    },
    Stroke {
        points: [(470.0, 236.0), (880.0, 190.0), (900.0, 720.0), (640.0, 800.0)],
        width: 96.0,
        bristles: 70,
        dry_from: 0.5,
    },
    Stroke {
        points: [(300.0, 610.0), (400.0, 570.0), (500.0, 560.0), (600.0, 572.0)],
        width: 46.0,
        bristles: 36,
        dry_from: 0.7,
    },
];

impl Stroke {
    /// Where the brush is at share `t` of the stroke, and the direction across it.
    fn at(&self, t: f64) -> ((f64, f64), (f64, f64)) {
        let [start, pull, push, end] = self.points;
        let u = 1.0 - t;
        let mix = |of: fn((f64, f64)) -> f64| {
            u * u * u * of(start)
                + 3.0 * u * u * t * of(pull)
                + 3.0 * u * t * t * of(push)
                + t * t * t * of(end)
        };
        let slope = |of: fn((f64, f64)) -> f64| {
            u * u * (of(pull) - of(start))
                + 2.0 * u * t * (of(push) - of(pull))
                + t * t * (of(end) - of(push))
        };
        let (along_x, along_y) = (slope(|point| point.0), slope(|point| point.1));
        let length = along_x.hypot(along_y).max(1.0);
        let across = (-along_y / length, along_x / length);
        ((mix(|point| point.0), mix(|point| point.1)), across)
    }

    fn draw(&self, hand: &mut Hand) -> String {
        let mut text = String::new();
        for bristle in 0..self.bristles {
            let across = f64::from(bristle) / f64::from(self.bristles - 1) - 0.5;
            let start = hand.between(0.0, 0.03) + across.abs() * 0.03;
            let edge = 1.0 - across.abs() * 0.5;
            let end = (self.dry_from + hand.between(0.0, 1.1) * edge).min(1.0 - hand.between(0.0, 0.05));
            let wander = hand.between(-1.6, 1.6);
            let mut path = String::new();
            for step in 0..=9u32 {
                let t = start + (end - start) * f64::from(step) / 9.0;
                let ((x, y), (nx, ny)) = self.at(t);
                // The hand presses in the middle of the stroke.
                let spread = self.width * (0.66 + 0.34 * (t * std::f64::consts::PI).sin());
                let offset = across * spread + wander * t * 4.0;
                let verb = if step == 0 { 'M' } else { 'L' };
                let _ = write!(path, "{verb}{:.0} {:.0} ", x + nx * offset, y + ny * offset);
            }
            let _ = writeln!(
                text,
                r#"<path d="{path}" stroke-width="{:.1}" opacity="{:.2}"/>"#,
                hand.between(0.9, self.width / f64::from(self.bristles) * 2.3),
                hand.between(0.62, 1.0),
            );
        }
        text
    }
}

pub fn draw() -> String {
    let mut sheet = Sheet::portrait();
    let mut hand = Hand::new(77);
    sheet.diagonal("wall", &[stop(0.0, "#c9c6c1"), stop(1.0, "#a7a39d")]);
    sheet.diagonal("paper", &[stop(0.0, "#f8f4ea"), stop(1.0, "#ece5d6")]);
    sheet.blur("lift", 12.0);
    sheet.brush("bleed", ".05", 5.0, 0.4, 5);
    sheet.brush("deckle", ".03", 4.0, 0.2, 8);
    sheet.draw(
        r##"<rect width="900" height="1200" fill="url(#wall)"/>
        <rect x="84" y="92" width="744" height="1034" fill="#2a2622" opacity=".5" filter="url(#lift)"/>
        <rect x="74" y="78" width="752" height="1040" fill="url(#paper)" filter="url(#deckle)"/>"##,
    );
    let mut ink = String::new();
    for stroke in &STROKES {
        ink.push_str(&stroke.draw(&mut hand));
    }
    let mut splashes = String::new();
    for _ in 0..34u32 {
        let reach = hand.between(0.0, 1.0);
        let _ = writeln!(
            splashes,
            r#"<circle cx="{:.0}" cy="{:.0}" r="{:.1}"/>"#,
            250.0 + reach * 440.0 + hand.between(-70.0, 70.0),
            260.0 + reach * 560.0 + hand.between(-120.0, 120.0),
            hand.between(0.7, 4.4) * hand.between(0.4, 1.0),
        );
    }
    sheet.draw(&format!(
        r##"<g filter="url(#bleed)" transform="translate(86 96) scale(.8)"><g fill="none" stroke="#17161a" stroke-linecap="round">{ink}</g><g fill="#17161a">{splashes}</g></g>
        <g fill="none" stroke="#4b463f" stroke-width="1.6" stroke-linecap="round" opacity=".8"><path d="M622 1060 c6 -16 12 -18 14 -4 c2 10 8 -10 14 -8 c6 2 2 12 10 8 c10 -6 10 -24 16 -22 c4 2 -4 22 4 22 c8 0 12 -14 18 -10 c4 4 2 10 10 8 l22 -6"/>
        <path d="M740 1056 c6 -10 10 -4 6 2 m12 -10 v14 m10 -12 c-6 4 -6 10 2 10"/></g>"##
    ));
    sheet.fall(&[fade(0.0, "#fff", 0.12), fade(1.0, "#000", 0.14)]);
    sheet.grain("tooth", ".65", (0.3, 0.26, 0.2), 1.2, 0.14);
    sheet.finish("Brush drawing in black ink on paper")
}
