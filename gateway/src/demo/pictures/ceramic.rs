//! A studio pot: full-bodied jar, an ash glaze run over an iron slip.

use super::svg::{Hand, Sheet, stop};
use std::fmt::Write as _;

/// Outline of the jar; the mouth is closed by its own ellipse.
const BODY: &str = "M372 300 C372 322 366 334 344 352 C262 412 214 500 216 604 C218 730 290 830 372 868 L372 884 \
    L528 884 L528 868 C610 830 682 730 684 604 C686 500 638 412 556 352 C534 334 528 322 528 300 Z";

pub fn draw() -> String {
    let mut sheet = Sheet::portrait();
    let mut hand = Hand::new(29);
    sheet.studio("#bdb8b0", "#d8d4cc", "#8e887f", 900.0);
    sheet.blur("soft", 26.0);
    sheet.blur("near", 7.0);
    sheet.blur("gleam", 12.0);
    // Plinth.
    sheet.horizontal(
        "plinth",
        &[stop(0.0, "#efece6"), stop(0.55, "#dcd8d0"), stop(1.0, "#aaa59c")],
    );
    sheet.vertical("plinth-top", &[stop(0.0, "#d2cdc4"), stop(1.0, "#f4f1ec")]);
    sheet.draw(
        r##"<path d="M160 930 L740 930 L900 1200 L60 1200 Z" fill="#3b352e" opacity=".28" filter="url(#soft)"/>
        <rect x="150" y="906" width="600" height="294" fill="url(#plinth)"/>
        <path d="M186 850 L714 850 L750 908 L150 908 Z" fill="url(#plinth-top)"/>
        <ellipse cx="486" cy="884" rx="190" ry="22" fill="#2b241d" opacity=".42" filter="url(#near)"/>
        <ellipse cx="560" cy="882" rx="220" ry="18" fill="#2b241d" opacity=".2" filter="url(#near)"/>"##,
    );
    sheet.horizontal(
        "slip",
        &[
            stop(0.0, "#4d2f22"),
            stop(0.22, "#8a5638"),
            stop(0.4, "#9c6643"),
            stop(0.72, "#56321f"),
            stop(1.0, "#2a1812"),
        ],
    );
    sheet.horizontal(
        "ash",
        &[
            stop(0.0, "#7d8571"),
            stop(0.24, "#c3c8b2"),
            stop(0.4, "#d8dbc8"),
            stop(0.7, "#8b927c"),
            stop(1.0, "#444a3d"),
        ],
    );
    sheet.define(&format!(r#"<clipPath id="jar"><path d="{BODY}"/></clipPath>"#));
    sheet.draw(&format!(r#"<path d="{BODY}" fill="url(#slip)"/>"#));
    // The glaze runs down in tongues of uneven length.
    let mut run = String::from("M180 280 L720 280 L720 560 ");
    let mut x = 720.0;
    while x > 190.0 {
        let width = hand.between(26.0, 84.0);
        // A few tongues run far, most stop early.
        let reach = hand.between(0.0, 1.0);
        let depth = 580.0 + reach * reach * reach * 210.0;
        let _ = write!(
            run,
            "C{a:.0} {depth:.0} {b:.0} {depth:.0} {c:.0} {up:.0} ",
            a = x - width * 0.2,
            b = x - width * 0.8,
            c = x - width,
            up = hand.between(560.0, 592.0),
        );
        x -= width;
    }
    run.push('Z');
    let mut inside = format!(
        r##"<path d="{run}" fill="#1d120c" opacity=".5" transform="translate(0 9)" filter="url(#near)"/>
        <path d="{run}" fill="url(#ash)"/>
        <path d="{run}" fill="none" stroke="#e9ead9" stroke-width="3" opacity=".45"/>"##
    );
    // Iron bleeding through, and the potter's rings.
    for _ in 0..170u32 {
        let _ = writeln!(
            inside,
            r##"<circle cx="{:.0}" cy="{:.0}" r="{:.1}" fill="#4a2d1c" opacity="{:.2}"/>"##,
            hand.between(215.0, 685.0),
            hand.between(300.0, 880.0),
            hand.between(0.8, 2.9),
            hand.between(0.15, 0.5),
        );
    }
    for ring in 0..15u32 {
        let y = 372.0 + f64::from(ring) * 34.0;
        let _ = writeln!(
            inside,
            r#"<path d="M200 {y:.0} Q450 {dip:.0} 700 {y:.0}" fill="none" stroke="{tone}" stroke-width="{width:.1}" opacity=".13"/>"#,
            dip = y + 40.0,
            tone = if ring % 2 == 0 { "#fff" } else { "#1a0f08" },
            width = hand.between(2.0, 6.0),
        );
    }
    inside.push_str(
        r##"<path d="M640 380 C720 520 700 760 540 880 L720 900 L720 380 Z" fill="#120b08" opacity=".42" filter="url(#soft)"/>
        <path d="M300 420 C262 480 252 560 262 640" fill="none" stroke="#fff" stroke-width="22" stroke-linecap="round" opacity=".5" filter="url(#gleam)"/>
        <path d="M312 424 C284 470 274 520 274 566" fill="none" stroke="#fff" stroke-width="6" stroke-linecap="round" opacity=".6" filter="url(#near)"/>
        <path d="M250 800 Q450 900 650 800 L650 900 L250 900 Z" fill="#d8d2c4" opacity=".14" filter="url(#soft)"/>"##,
    );
    sheet.draw(&format!(r#"<g clip-path="url(#jar)">{inside}</g>"#));
    sheet.vertical("mouth", &[stop(0.0, "#1b120d"), stop(1.0, "#4b3a2c")]);
    sheet.draw(
        r##"<ellipse cx="450" cy="300" rx="84" ry="17" fill="url(#ash)"/>
        <ellipse cx="450" cy="300" rx="84" ry="17" fill="none" stroke="#eef0e2" stroke-width="2" opacity=".8"/>
        <ellipse cx="451" cy="302" rx="73" ry="12" fill="url(#mouth)"/>"##,
    );
    sheet.studio_light(0.1, 0.6, 0.24);
    sheet.film(0.1);
    sheet.finish("Stoneware jar with ash glaze on a plinth")
}
