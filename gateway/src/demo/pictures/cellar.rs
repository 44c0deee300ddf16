//! Wine in its own case: an open box of pine, eleven necks in lead capsules, the twelfth bottle before it.

use super::svg::{Sheet, fade, stop};
use std::fmt::Write as _;

/// The bottle that was taken out; its foot stands at y = 800.
const BOTTLE: &str = "M884 300 L884 392 C884 432 842 446 842 500 L842 790 C842 800 850 804 858 804 L962 804 C970 804 978 800 978 790 \
    L978 500 C978 446 936 432 936 392 L936 300 Z";

pub fn draw() -> String {
    let mut sheet = Sheet::landscape();
    sheet.studio("#3b3631", "#6a6157", "#211d1a", 640.0);
    sheet.blur("soft", 22.0);
    sheet.blur("near", 6.0);
    sheet.vertical(
        "pine",
        &[stop(0.0, "#d9b47d"), stop(0.6, "#bd9158"), stop(1.0, "#8f6736")],
    );
    sheet.horizontal(
        "inside",
        &[stop(0.0, "#4a3218"), stop(0.5, "#765228"), stop(1.0, "#3a2612")],
    );
    sheet.horizontal(
        "glass",
        &[
            stop(0.0, "#0c100b"),
            stop(0.2, "#2f3b26"),
            stop(0.32, "#5b6b49"),
            stop(0.45, "#1d2618"),
            stop(1.0, "#070907"),
        ],
    );
    sheet.horizontal(
        "lead",
        &[stop(0.0, "#4d1218"), stop(0.35, "#b0414a"), stop(1.0, "#37090e")],
    );
    sheet.vertical("label", &[stop(0.0, "#f4ecd8"), stop(1.0, "#d8caa9")]);
    sheet.radial(
        "lamp",
        (0.36, 0.3),
        0.6,
        &[fade(0.0, "#ffdf9c", 0.34), fade(1.0, "#ffdf9c", 0.0)],
    );
    sheet.cover("lamp");
    sheet.draw(
        r##"<ellipse cx="480" cy="806" rx="420" ry="30" fill="#000" opacity=".55" filter="url(#soft)"/>
        <path d="M120 470 L720 470 L760 540 L80 540 Z" fill="url(#inside)"/>"##,
    );
    // Two rows, the back row higher; one place in front is empty.
    let mut necks = String::new();
    for (y, left, apart, radius, bottles) in [(452, 172, 101, 30, 6), (498, 150, 108, 34, 5)] {
        for place in 0..bottles {
            let x = left + place * apart;
            let _ = write!(
                necks,
                r##"<rect x="{edge}" y="{top}" width="{wide}" height="{tall}" rx="9" fill="url(#lead)"/><ellipse cx="{x}" cy="{top}" rx="{half}" ry="8" fill="#c9646b"/><ellipse cx="{x}" cy="{top}" rx="{inner}" ry="5" fill="#7d2028"/>"##,
                edge = x - radius,
                wide = radius * 2,
                top = y - 62,
                tall = 3 * radius + 2,
                half = radius,
                inner = radius - 10,
            );
        }
    }
    sheet.draw(&necks);
    sheet.draw(
        r##"<path d="M80 540 L760 540 L752 800 L88 800 Z" fill="url(#pine)"/>
        <g stroke="#8a6130" stroke-width="3" opacity=".5" fill="none"><path d="M84 606 C260 598 520 616 758 604"/><path d="M86 668 C300 676 540 660 756 670"/><path d="M88 736 C240 728 560 744 754 734"/></g>
        <path d="M80 540 L760 540" stroke="#f2d7a4" stroke-width="6" opacity=".8"/>
        <g fill="none" stroke="#4b2d10" stroke-width="4" opacity=".75"><ellipse cx="420" cy="664" rx="120" ry="72"/><path d="M340 690 L372 640 L396 676 L420 626 L446 676 L470 640 L502 690 Z"/></g>
        <g fill="#4b2d10" opacity=".8"><rect x="336" y="704" width="168" height="7"/><rect x="366" y="752" width="108" height="6"/></g>
        <g fill="#6b6f73"><circle cx="108" cy="562" r="5"/><circle cx="732" cy="562" r="5"/><circle cx="112" cy="780" r="5"/><circle cx="728" cy="780" r="5"/></g>"##,
    );
    sheet.draw(&format!(
        r##"<ellipse cx="912" cy="806" rx="120" ry="16" fill="#000" opacity=".6" filter="url(#near)"/>
        <path d="{BOTTLE}" fill="url(#glass)"/>
        <rect x="882" y="292" width="56" height="92" rx="7" fill="url(#lead)"/>
        <rect x="842" y="560" width="136" height="150" fill="url(#label)"/>
        <g fill="none" stroke="#6d5a37" stroke-width="2"><rect x="850" y="568" width="120" height="134"/><path d="M880 620 L910 588 L940 620 Z"/></g>
        <g fill="#4a3c22"><rect x="868" y="634" width="84" height="6"/><rect x="882" y="654" width="56" height="4"/><rect x="876" y="674" width="68" height="4"/></g>
        <path d="M858 460 C854 520 854 700 858 780" fill="none" stroke="#e9f0dc" stroke-width="9" stroke-linecap="round" opacity=".5" filter="url(#near)"/>"##
    ));
    sheet.vignette(0.42);
    sheet.film(0.1);
    sheet.finish("Twelve bottles of wine: eleven in their pine case, one before it")
}
