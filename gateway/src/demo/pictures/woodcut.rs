//! Colour woodcut: a heron in falling snow, the sky wiped on the block.

use super::svg::{Hand, Sheet, fade, stop};
use std::fmt::Write as _;

pub fn draw() -> String {
    let mut sheet = Sheet::portrait();
    let mut hand = Hand::new(19);
    sheet.diagonal("wall", &[stop(0.0, "#cfccc6"), stop(1.0, "#aaa69f")]);
    sheet.diagonal("paper", &[stop(0.0, "#f7f2e4"), stop(1.0, "#ebe2cd")]);
    sheet.vertical(
        "wiped",
        &[
            stop(0.0, "#1f3350"),
            stop(0.22, "#41597a"),
            stop(0.5, "#9fb0bd"),
            stop(0.7, "#d9d8cf"),
            stop(1.0, "#e6dfcf"),
        ],
    );
    sheet.vertical(
        "pool",
        &[stop(0.0, "#8ea3b0"), stop(0.4, "#54708a"), stop(1.0, "#21364f")],
    );
    sheet.blur("lift", 12.0);
    sheet.brush("cut", ".03", 4.0, 0.25, 5);
    sheet.define(r#"<clipPath id="image"><rect x="130" y="120" width="640" height="880"/></clipPath>"#);
    // The grain of the plank prints with the colour.
    sheet.define(
        r#"<filter id="plank" x="0" y="0" width="100%" height="100%"><feTurbulence type="fractalNoise" baseFrequency=".004 .12" numOctaves="3" seed="31"/><feColorMatrix values="0 0 0 0 1 0 0 0 0 .98 0 0 0 0 .93 2.6 0 0 0 -1.15"/></filter>"#,
    );
    sheet.draw(
        r##"<rect width="900" height="1200" fill="url(#wall)"/>
        <rect x="74" y="70" width="768" height="1078" fill="#2a2622" opacity=".45" filter="url(#lift)"/>
        <rect x="64" y="56" width="772" height="1088" fill="url(#paper)"/>"##,
    );
    let mut snow = String::new();
    for _ in 0..210u32 {
        let _ = write!(
            snow,
            r#"<circle cx="{:.0}" cy="{:.0}" r="{:.1}"/>"#,
            hand.between(130.0, 770.0),
            hand.between(120.0, 990.0),
            hand.between(1.4, 5.2),
        );
    }
    let mut reeds = String::new();
    for _ in 0..24u32 {
        let x = hand.between(560.0, 780.0);
        let (height, lean) = (hand.between(180.0, 430.0), hand.between(-70.0, 40.0));
        let _ = writeln!(
            reeds,
            r#"<path d="M{x:.0} 1000 Q{:.0} {:.0} {:.0} {:.0} Q{:.0} {:.0} {:.0} 1000 Z"/>"#,
            x + lean * 0.1,
            1000.0 - height * 0.6,
            x + lean,
            1000.0 - height,
            x + 8.0 + lean * 0.1,
            1000.0 - height * 0.55,
            x + hand.between(6.0, 11.0),
        );
    }
    let mut rings = String::new();
    for ring in 0..4u32 {
        let radius = 66.0 + f64::from(ring) * 42.0;
        let _ = write!(
            rings,
            r#"<ellipse cx="372" cy="914" rx="{radius:.0}" ry="{:.0}" opacity="{:.2}"/>"#,
            radius * 0.16,
            0.8 - f64::from(ring) * 0.17
        );
    }
    sheet.draw(&format!(
        r##"<g clip-path="url(#image)"><g filter="url(#cut)">
        <rect x="120" y="110" width="660" height="900" fill="url(#wiped)"/>
        <path d="M120 690 C200 640 260 664 330 620 C400 580 450 640 540 610 C640 574 690 620 790 580 L790 800 L120 800 Z" fill="#b9c3c7"/>
        <path d="M120 744 C220 700 320 730 430 704 C560 676 650 716 790 680 L790 840 L120 840 Z" fill="#f4efe2"/>
        <path d="M120 800 C300 770 520 816 790 776 L790 1010 L120 1010 Z" fill="url(#pool)"/>
        <g fill="none" stroke="#eef0ea" stroke-width="3">{rings}</g>
        <path d="M120 944 C200 900 300 930 380 962 C460 992 560 960 660 976 C720 984 760 972 790 960 L790 1010 L120 1010 Z" fill="#f7f3e8"/>
        </g><rect x="130" y="120" width="640" height="880" filter="url(#plank)" opacity=".26"/>
        <g filter="url(#cut)"><g fill="#2b3a38">{reeds}</g>
        <path d="M352 900 L358 726 L366 726 L362 900 Z M392 904 L380 724 L389 722 L402 904 Z" fill="#2a2d33"/>
        <path d="M262 560 C300 500 380 486 430 520 C480 556 540 620 604 690 C560 690 540 684 520 690 C500 740 420 760 360 738 C296 716 246 640 262 560 Z" fill="#8496a6"/>
        <path d="M330 600 C400 590 470 620 604 690 C560 690 540 684 520 690 C470 700 380 690 330 600 Z" fill="#3c4c60"/>
        <path d="M352 618 C420 620 470 646 540 684 M348 636 C400 650 450 668 500 688 M352 660 C390 676 420 684 460 694" fill="none" stroke="#dfe3df" stroke-width="3"/>
        <path d="M270 566 C232 520 226 470 262 428 C290 396 296 370 282 344 C276 326 290 306 316 306 C346 306 354 332 348 356 C338 404 290 434 292 484 C294 516 316 524 330 540 Z" fill="#f7f3e8"/>
        <path d="M280 560 C252 500 262 470 290 430 M294 566 C276 520 282 486 304 452" fill="none" stroke="#5b6a7a" stroke-width="2.6"/>
        <path d="M284 322 L172 356 L286 344 Z" fill="#d7a441"/><path d="M290 312 C330 300 372 330 420 352 C380 350 346 340 322 328 C310 322 298 320 290 312 Z" fill="#222831"/>
        <circle cx="304" cy="324" r="5" fill="#1a1c20"/>
        <g fill="#fbf8ef">{snow}</g></g></g>
        <rect x="130" y="120" width="640" height="880" fill="none" stroke="#3a3733" stroke-width="1.4" opacity=".7"/>
        <g transform="translate(712 912)"><rect width="40" height="66" rx="3" fill="#b23a2a" filter="url(#cut)"/><path d="M10 12 h20 M20 8 v22 M10 22 h20 M10 40 h20 v16 h-20 z M20 40 v16" stroke="#f4ead6" stroke-width="3" fill="none"/></g>
        <g fill="none" stroke="#4b463f" stroke-width="1.8" stroke-linecap="round" opacity=".75"><path d="M136 1044 c8 -14 12 -6 8 2 m12 -12 l-6 16 m16 -12 h18"/>
        <path d="M604 1046 c10 -22 16 -22 14 -4 c-2 14 12 -16 18 -10 c5 6 -6 14 6 10 c10 -4 10 -18 18 -12 c6 6 0 12 10 8 c12 -6 8 -24 16 -22 c6 4 -8 26 4 24 l34 -10"/></g>"##
    ));
    sheet.fall(&[fade(0.0, "#fff", 0.12), fade(1.0, "#000", 0.14)]);
    sheet.grain("tooth", ".6", (0.3, 0.26, 0.2), 1.2, 0.14);
    sheet.finish("Colour woodcut: heron in falling snow")
}
