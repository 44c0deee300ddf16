//! Blown glass: a flask cased in smoke over amber, two bands laid in while it was hot.

use super::svg::{Sheet, fade};

const FLASK: &str = "M412 262 C416 330 410 372 380 420 C318 506 252 612 262 742 C270 850 330 916 450 916 \
    C570 916 630 850 638 742 C648 612 582 506 520 420 C490 372 484 330 488 262 Z";
const CORE: &str = "M436 300 C438 370 436 410 416 452 C366 540 312 630 318 744 C322 822 372 868 450 868 \
    C528 868 578 822 582 744 C588 630 534 540 484 452 C464 410 462 370 464 300 Z";

pub fn draw() -> String {
    let mut sheet = Sheet::portrait();
    sheet.studio("#d6d5d2", "#f3f2ef", "#aaa8a3", 860.0);
    sheet.blur("soft", 24.0);
    sheet.blur("near", 7.0);
    sheet.blur("gleam", 10.0);
    sheet.blur("fuse", 3.0);
    sheet.horizontal(
        "smoke",
        &[
            fade(0.0, "#20333a", 0.94),
            fade(0.12, "#46646b", 0.66),
            fade(0.3, "#8fb0b2", 0.16),
            fade(0.62, "#6c9196", 0.2),
            fade(0.88, "#2f4b52", 0.78),
            fade(1.0, "#14252b", 0.96),
        ],
    );
    sheet.linear(
        "amber",
        (0.0, 0.0),
        (0.8, 1.0),
        &[
            fade(0.0, "#f8d48a", 0.55),
            fade(0.4, "#e79a36", 0.85),
            fade(0.75, "#b85a18", 0.92),
            fade(1.0, "#6e2c0c", 0.95),
        ],
    );
    sheet.radial(
        "pool",
        (0.5, 0.5),
        0.5,
        &[
            fade(0.0, "#f7a940", 0.7),
            fade(0.5, "#dd8a2e", 0.3),
            fade(1.0, "#c67a2a", 0.0),
        ],
    );
    sheet.define(&format!(r#"<clipPath id="flask"><path d="{FLASK}"/></clipPath>"#));
    sheet.define(&format!(r#"<clipPath id="core"><path d="{CORE}"/></clipPath>"#));
    // Light goes through the glass and colours its own shadow.
    sheet.draw(&format!(
        r##"<path d="M300 900 L600 900 L860 1000 L520 1010 Z" fill="#3c4446" opacity=".38" filter="url(#soft)"/>
        <ellipse cx="640" cy="958" rx="170" ry="34" fill="url(#pool)"/>
        <ellipse cx="456" cy="914" rx="136" ry="12" fill="#141a1c" opacity=".62" filter="url(#near)"/>
        <path d="{FLASK}" fill="#dfe7e6" opacity=".5"/>
        <path d="{CORE}" fill="url(#amber)" filter="url(#fuse)"/>
        <g clip-path="url(#core)"><path d="M300 610 C380 650 520 570 600 612 L600 650 C520 610 380 690 300 650 Z" fill="#f6e6c6" opacity=".85" filter="url(#fuse)"/>
        <path d="M300 690 C380 724 520 656 600 692 L600 742 C520 704 380 776 300 740 Z" fill="#3a1408" opacity=".85" filter="url(#fuse)"/>
        <ellipse cx="420" cy="810" rx="90" ry="40" fill="#ffce75" opacity=".7" filter="url(#gleam)"/><ellipse cx="450" cy="520" rx="30" ry="110" fill="#ffe9b8" opacity=".55" filter="url(#gleam)"/></g>
        <path d="{FLASK}" fill="url(#smoke)"/>"##
    ));
    sheet.draw(&format!(
        r##"<g clip-path="url(#flask)"><ellipse cx="450" cy="902" rx="170" ry="24" fill="#e9f2f0" opacity=".5" filter="url(#near)"/>
        <path d="M266 760 C280 860 340 908 450 908 C560 908 620 860 634 760" fill="none" stroke="#0e1c20" stroke-width="16" opacity=".5" filter="url(#near)"/>
        <path d="M330 560 C296 630 286 690 292 762" fill="none" stroke="#fff" stroke-width="26" stroke-linecap="round" opacity=".8" filter="url(#near)"/>
        <path d="M404 410 C380 450 360 480 350 508" fill="none" stroke="#fff" stroke-width="14" stroke-linecap="round" opacity=".75" filter="url(#near)"/>
        <path d="M424 280 C426 330 424 360 416 386" fill="none" stroke="#fff" stroke-width="8" stroke-linecap="round" opacity=".85" filter="url(#fuse)"/>
        <path d="M600 640 C614 700 612 780 584 834" fill="none" stroke="#fff" stroke-width="9" stroke-linecap="round" opacity=".45" filter="url(#near)"/>
        <path d="M300 790 C310 830 330 860 356 876" fill="none" stroke="#fff" stroke-width="7" stroke-linecap="round" opacity=".6" filter="url(#fuse)"/></g>
        <path d="{FLASK}" fill="none" stroke="#13262c" stroke-width="2" opacity=".5"/>
        <ellipse cx="450" cy="262" rx="52" ry="13" fill="#31474d"/><ellipse cx="450" cy="260" rx="50" ry="11.5" fill="#a9c2c3"/><ellipse cx="450" cy="261" rx="37" ry="7.5" fill="#3c5358"/>
        <path d="M404 256 C420 246 460 245 486 251" fill="none" stroke="#fff" stroke-width="3.4" stroke-linecap="round" opacity=".9"/>"##
    ));
    sheet.studio_light(0.12, 0.6, 0.2);
    sheet.film(0.08);
    sheet.finish("Blown glass flask, smoke cased over amber")
}
