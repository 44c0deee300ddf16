//! Gelatin silver print: a spiral stair looked down into, in its mount.

use super::svg::{Hand, Sheet, fade, stop};
use std::fmt::Write as _;

/// Steps in one turn.
const STEPS_A_TURN: u32 = 26;
/// Turns that can be seen.
const TURNS: u32 = 4;

pub fn draw() -> String {
    let mut sheet = Sheet::portrait();
    let mut hand = Hand::new(8);
    sheet.diagonal("wall", &[stop(0.0, "#dad7d2"), stop(1.0, "#b4b0aa")]);
    sheet.blur("lift", 16.0);
    sheet.blur("soft", 40.0);
    sheet.blur("near", 5.0);
    sheet.draw(
        r##"<rect width="900" height="1200" fill="url(#wall)"/>
        <rect x="64" y="70" width="790" height="1084" fill="#2a2622" opacity=".55" filter="url(#lift)"/>
        <rect x="50" y="46" width="800" height="1100" fill="#17161a"/><rect x="50" y="46" width="800" height="4" fill="#5d5b60"/><rect x="50" y="46" width="4" height="1100" fill="#4a484d"/>
        <rect x="68" y="64" width="764" height="1064" fill="#f5f2ea"/><path d="M68 64 H832 V72 H76 V1128 H68 Z" fill="#1a160f" opacity=".16" filter="url(#near)"/>
        <path d="M160 150 H740 L736 154 H164 V896 L160 900 Z" fill="#cfcabf"/><path d="M740 150 V900 H160 L164 896 H736 V154 Z" fill="#fffdf7"/>"##,
    );
    sheet.define(r#"<clipPath id="print"><rect x="164" y="154" width="572" height="742"/></clipPath>"#);
    sheet.radial(
        "floor",
        (0.5, 0.5),
        0.5,
        &[stop(0.0, "#f4f3f0"), stop(0.5, "#b7b6b4"), stop(1.0, "#4a4a4b")],
    );
    let (centre_x, centre_y) = (462.0, 548.0);
    let mut stair = String::new();
    let total = STEPS_A_TURN * TURNS;
    // From the top of the well downwards: each turn is smaller and nearer to the middle.
    for index in 0..total {
        let progress = f64::from(index) / f64::from(total);
        let shrink = (1.0 - progress).powf(1.7);
        let outer = 90.0 + 560.0 * shrink;
        let inner = outer * 0.56;
        let (x, y) = (centre_x - 70.0 * shrink, centre_y + 60.0 * shrink);
        let angle = f64::from(index) * std::f64::consts::TAU / f64::from(STEPS_A_TURN) - 0.6;
        let next = angle + std::f64::consts::TAU / f64::from(STEPS_A_TURN) + 0.012;
        let light = 0.5 + 0.5 * (angle + 2.3).cos();
        let level = 26.0 + light.powf(1.5) * 196.0 * (0.62 + 0.38 * progress) + hand.between(-5.0, 5.0);
        let at = |radius: f64, turn: f64| (x + radius * turn.cos(), y + radius * turn.sin());
        let ((ax, ay), (bx, by)) = (at(outer, angle), at(outer, next));
        let ((cx, cy), (dx, dy)) = (at(inner, next), at(inner, angle));
        let tread = level.clamp(14.0, 246.0);
        let riser = (level * 0.46).clamp(8.0, 200.0);
        let ((ex, ey), (fx, fy)) = (at(outer, angle + 0.045), at(inner, angle + 0.045));
        let _ = writeln!(
            stair,
            r#"<path d="M{ax:.0} {ay:.0} L{bx:.0} {by:.0} L{cx:.0} {cy:.0} L{dx:.0} {dy:.0} Z" fill="rgb({tread:.0},{tread:.0},{warm:.0})"/><path d="M{ax:.0} {ay:.0} L{ex:.0} {ey:.0} L{fx:.0} {fy:.0} L{dx:.0} {dy:.0} Z" fill="rgb({riser:.0},{riser:.0},{riser:.0})"/>"#,
            warm = tread * 0.975,
        );
        // String and handrail of the well.
        let ((gx, gy), (hx, hy)) = (at(inner * 0.94, angle), at(inner * 0.94, next));
        let rail = (level * 0.8 + 26.0).clamp(20.0, 235.0);
        let _ = writeln!(
            stair,
            r##"<path d="M{dx:.0} {dy:.0} L{cx:.0} {cy:.0} L{hx:.0} {hy:.0} L{gx:.0} {gy:.0} Z" fill="rgb({rail:.0},{rail:.0},{rail:.0})"/><path d="M{gx:.0} {gy:.0} L{hx:.0} {hy:.0}" stroke="#141415" stroke-width="{width:.1}"/>"##,
            width = 2.0 + shrink * 6.0,
        );
    }
    sheet.draw(&format!(
        r##"<g clip-path="url(#print)"><rect x="160" y="150" width="580" height="750" fill="#2b2b2c"/>{stair}
        <circle cx="{centre_x}" cy="{centre_y}" r="47" fill="url(#floor)"/>
        <path d="M{centre_x} {centre_y} m-46 14 l92 -28" stroke="#2a2a2b" stroke-width="2" opacity=".4"/>
        <ellipse cx="640" cy="820" rx="210" ry="180" fill="#000" opacity=".5" filter="url(#soft)"/><ellipse cx="250" cy="240" rx="190" ry="150" fill="#fff" opacity=".14" filter="url(#soft)"/></g>"##
    ));
    sheet.draw(
        r##"<g fill="none" stroke="#5a564f" stroke-width="1.7" stroke-linecap="round" opacity=".75"><path d="M168 930 c6 -10 10 -2 6 4 m10 -12 v16 m8 -8 h12"/>
        <path d="M610 934 c8 -20 14 -18 12 -2 c-2 12 12 -14 16 -8 c4 6 -4 12 6 8 c10 -4 8 -16 16 -12 c6 4 2 12 10 8 c12 -8 12 -18 18 -12 l-4 14 l36 -8"/></g>
        <path d="M68 64 L520 64 L200 1128 L68 1128 Z" fill="#fff" opacity=".05"/>"##,
    );
    sheet.fall(&[fade(0.0, "#fff", 0.1), fade(1.0, "#000", 0.16)]);
    sheet.grain("silver", ".95", (0.2, 0.2, 0.2), 1.3, 0.18);
    sheet.finish("Framed gelatin silver print of a spiral stair")
}
