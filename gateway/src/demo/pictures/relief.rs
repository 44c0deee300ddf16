//! White relief: discs set at slightly different angles, so that raking light does the drawing.

use super::svg::{Hand, Sheet, fade, stop};
use std::fmt::Write as _;

/// The directions that a disc can lean in.
const LEANINGS: u32 = 8;

/// A grid of `columns` × `rows`; the discs turn around a still centre.
fn panel(mut sheet: Sheet, size: (f64, f64), grid: (u32, u32), seed: u64, label: &str) -> String {
    let (width, height) = size;
    let (columns, rows) = grid;
    let mut hand = Hand::new(seed);
    sheet.diagonal(
        "board",
        &[stop(0.0, "#f4f2ee"), stop(0.6, "#e4e1db"), stop(1.0, "#cfcbc4")],
    );
    for leaning in 0..LEANINGS {
        let angle = f64::from(leaning) * std::f64::consts::TAU / f64::from(LEANINGS);
        let (dx, dy) = (angle.cos() * 0.5, angle.sin() * 0.5);
        // Light comes from the upper left: a disc that faces it is white, one turned away is grey.
        let facing = -(angle.cos() + angle.sin()) / std::f64::consts::SQRT_2;
        let shade = |base: f64| {
            let level = (base + facing * 22.0).clamp(120.0, 255.0);
            format!("#{0:02x}{0:02x}{1:02x}", clamp_u8(level), clamp_u8(level - 5.0))
        };
        sheet.linear(
            &format!("lean{leaning}"),
            (0.5 - dx, 0.5 - dy),
            (0.5 + dx, 0.5 + dy),
            &[stop(0.0, &shade(206.0)), stop(1.0, &shade(240.0))],
        );
    }
    sheet.blur("cast", 7.0);
    sheet.cover("board");
    let margin = width * 0.075;
    let pitch = (width - 2.0 * margin) / f64::from(columns);
    let top = (height - pitch * f64::from(rows)) / 2.0;
    let radius = pitch * 0.43;
    let (mut shadows, mut discs) = (String::new(), String::new());
    for row in 0..rows {
        for column in 0..columns {
            let x = margin + pitch * (f64::from(column) + 0.5);
            let y = top + pitch * (f64::from(row) + 0.5);
            let (from_x, from_y) = ((x - width * 0.58) / width, (y - height * 0.45) / width);
            let distance = from_x.hypot(from_y);
            let turn = from_y.atan2(from_x) + distance * 7.0 + hand.between(-0.25, 0.25);
            let step = (turn / std::f64::consts::TAU * f64::from(LEANINGS)).rem_euclid(f64::from(LEANINGS));
            let leaning = u32::from(clamp_u8(step)) % LEANINGS;
            let lift = 3.0 + (distance * 26.0).min(11.0);
            let squash = 1.0 - (distance * 0.34).min(0.16);
            let degrees = turn.to_degrees();
            let _ = writeln!(
                shadows,
                r#"<ellipse cx="{:.0}" cy="{:.0}" rx="{radius:.0}" ry="{radius:.0}"/>"#,
                x + lift,
                y + lift * 1.15
            );
            let _ = writeln!(
                discs,
                r##"<g transform="translate({x:.1} {y:.1})"><ellipse rx="{rx:.1}" ry="{radius:.1}" transform="rotate({degrees:.0})" fill="#b9b5ad"/>
                <ellipse cx="-1.3" cy="-1.6" rx="{rx:.1}" ry="{radius:.1}" transform="rotate({degrees:.0})" fill="#fff"/></g>
                <circle cx="{x:.1}" cy="{y:.1}" r="{face:.1}" fill="url(#lean{leaning})"/>"##,
                rx = radius * squash,
                face = radius * squash - 1.2,
            );
        }
    }
    sheet.draw(&format!(
        r##"<g fill="#3f3a34" opacity=".42" filter="url(#cast)">{shadows}</g>{discs}"##
    ));
    sheet.diagonal(
        "rake",
        &[
            fade(0.0, "#fffdf6", 0.3),
            fade(0.5, "#fff", 0.0),
            fade(1.0, "#2a2622", 0.26),
        ],
    );
    sheet.cover("rake");
    sheet.grain("chalk", ".9", (0.3, 0.28, 0.26), 1.0, 0.1);
    sheet.finish(label)
}

/// 0 to 255 as a byte, fractions dropped.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the range of u8 first"
)]
fn clamp_u8(level: f64) -> u8 {
    level.clamp(0.0, 255.0) as u8
}

pub fn draw() -> String {
    panel(
        Sheet::landscape(),
        (1200.0, 900.0),
        (14, 10),
        3,
        "White relief of painted wooden discs",
    )
}
