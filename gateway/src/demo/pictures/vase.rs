//! A bottle vase on a dark stand, in one glaze or the other: a pair that may be parted.

use super::svg::{Sheet, fade, stop};
use std::fmt::Write as _;

/// Outline of the vase; the lip is closed by its own ellipse.
const BODY: &str = "M410 250 C406 330 416 400 404 462 C388 540 262 590 250 730 C242 840 316 922 386 950 L386 966 L514 966 \
    L514 950 C584 922 658 840 650 730 C638 590 512 540 496 462 C484 400 494 330 490 250 Z";

/// What it was fired in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glaze {
    /// Grey green over carved waves.
    Celadon,
    /// Copper red, paler at the lip.
    Oxblood,
}

impl Glaze {
    /// From the lit side to the shadow.
    const fn tones(self) -> [&'static str; 5] {
        match self {
            Self::Celadon => ["#6f8f80", "#b9d0c0", "#cfe0d3", "#86a595", "#41594d"],
            Self::Oxblood => ["#5d1317", "#a92c2a", "#c8483d", "#7a1a1d", "#310a0e"],
        }
    }

    /// Where it ran thin.
    const fn thin(self) -> &'static str {
        match self {
            Self::Celadon => "#eaf3ea",
            Self::Oxblood => "#efd9c3",
        }
    }
}

pub fn draw(glaze: Glaze) -> String {
    let mut sheet = Sheet::portrait();
    sheet.studio("#b9b7b5", "#dedcd8", "#86827d", 980.0);
    sheet.blur("soft", 24.0);
    sheet.blur("near", 6.0);
    sheet.blur("gleam", 11.0);
    let tones = glaze.tones();
    let stops: Vec<_> = [0.0, 0.2, 0.38, 0.7, 1.0]
        .into_iter()
        .zip(tones)
        .map(|(offset, tone)| stop(offset, tone))
        .collect();
    sheet.horizontal("glaze", &stops);
    sheet.vertical(
        "thin",
        &[
            fade(0.0, glaze.thin(), 0.95),
            fade(0.07, glaze.thin(), 0.35),
            fade(0.16, glaze.thin(), 0.0),
        ],
    );
    sheet.vertical(
        "stand",
        &[stop(0.0, "#5a3a28"), stop(0.5, "#35211a"), stop(1.0, "#170d0a")],
    );
    sheet.define(&format!(r#"<clipPath id="vase"><path d="{BODY}"/></clipPath>"#));
    sheet.draw(
        r##"<ellipse cx="500" cy="1040" rx="300" ry="30" fill="#241d18" opacity=".4" filter="url(#soft)"/>
        <path d="M326 964 L574 964 L600 1004 C606 1030 586 1040 570 1040 L330 1040 C314 1040 294 1030 300 1004 Z" fill="url(#stand)"/>
        <ellipse cx="450" cy="966" rx="124" ry="15" fill="#6d4a35"/>
        <path d="M318 1006 H582" stroke="#8c6448" stroke-width="3" opacity=".6"/>
        <ellipse cx="452" cy="964" rx="78" ry="9" fill="#120a07" opacity=".7" filter="url(#near)"/>"##,
    );
    sheet.draw(&format!(
        r#"<path d="{BODY}" fill="url(#glaze)"/><path d="{BODY}" fill="url(#thin)"/>"#
    ));
    let mut surface = String::new();
    match glaze {
        // Waves, cut before firing: the glaze stands deeper in them.
        Glaze::Celadon => {
            for wave in 0..6u32 {
                let y = 640 + wave * 46;
                let _ = write!(
                    surface,
                    r##"<path d="M230 {y} q36 -34 72 0 t72 0 t72 0 t72 0 t72 0 t72 0" fill="none" stroke="#4d6a5b" stroke-width="5" opacity=".42"/>
                    <path d="M230 {lit} q36 -34 72 0 t72 0 t72 0 t72 0 t72 0 t72 0" fill="none" stroke="#f2faf2" stroke-width="2" opacity=".38"/>"##,
                    lit = y + 5
                );
            }
        }
        // Streaks of the copper, drawn down by their own weight.
        Glaze::Oxblood => {
            for streak in 0..12u32 {
                let x = 276 + streak * 30;
                let top = 600 + (streak * 53) % 90;
                let _ = write!(
                    surface,
                    r##"<path d="M{x} {top} C{x} {middle} {bent} {middle} {bent} {end}" fill="none" stroke="#2a070b" stroke-width="7" stroke-linecap="round" opacity=".26" filter="url(#near)"/>"##,
                    middle = top + 90,
                    bent = x + streak % 3 * 4,
                    end = 820 + (streak * 37) % 120,
                );
            }
        }
    }
    sheet.draw(&format!(
        r##"<g clip-path="url(#vase)">{surface}
        <path d="M560 500 C680 620 700 820 560 970 L700 970 L700 480 Z" fill="#0b0a09" opacity=".4" filter="url(#soft)"/>
        <path d="M436 280 C432 360 440 430 428 480" fill="none" stroke="#fff" stroke-width="10" stroke-linecap="round" opacity=".6" filter="url(#near)"/>
        <path d="M330 630 C292 680 284 740 290 800" fill="none" stroke="#fff" stroke-width="26" stroke-linecap="round" opacity=".55" filter="url(#gleam)"/>
        <path d="M342 640 C316 680 308 720 308 756" fill="none" stroke="#fff" stroke-width="6" stroke-linecap="round" opacity=".7" filter="url(#near)"/></g>
        <ellipse cx="450" cy="250" rx="40" ry="9" fill="{lip}"/><ellipse cx="450" cy="251" rx="31" ry="6" fill="#1a1513"/>"##,
        lip = glaze.thin(),
    ));
    sheet.studio_light(0.1, 0.6, 0.22);
    sheet.film(0.09);
    sheet.finish(match glaze {
        Glaze::Celadon => "Bottle vase in celadon with carved waves",
        Glaze::Oxblood => "Bottle vase in copper red",
    })
}
