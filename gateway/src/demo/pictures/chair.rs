//! Easy chair: bent beech frame, saddle leather slung between the rails; seen from the side.

use super::svg::{Sheet, stop};

/// The bent frame of one side, drawn as a thick line.
const FRAME: &str = "M352 742 C330 700 352 640 420 604 L846 560 C900 552 930 580 938 628 L962 742";
const BACK: &str = "M470 606 C640 640 700 560 760 300 C768 268 786 250 806 252";
/// The leather: seat and back in one piece.
const SLING: &str = "M352 520 C350 500 372 494 392 504 C470 546 566 560 640 520 C704 484 728 400 760 270 C768 240 806 236 810 262 \
    C812 280 806 300 800 322 C770 450 744 540 672 584 C580 638 450 604 366 548 C356 542 352 532 352 520 Z";

pub fn draw() -> String {
    let mut sheet = Sheet::landscape();
    sheet.studio("#c4bdb2", "#e2dcd2", "#958c7f", 690.0);
    sheet.blur("soft", 22.0);
    sheet.blur("near", 6.0);
    sheet.blur("gleam", 9.0);
    sheet.vertical(
        "beech",
        &[stop(0.0, "#e3bf8d"), stop(0.5, "#c4925a"), stop(1.0, "#8d5f35")],
    );
    sheet.linear(
        "leather",
        (0.0, 0.0),
        (0.8, 1.0),
        &[
            stop(0.0, "#b5693c"),
            stop(0.4, "#8f4b28"),
            stop(0.75, "#6b351d"),
            stop(1.0, "#3f1e12"),
        ],
    );
    sheet.define(&format!(r#"<clipPath id="hide"><path d="{SLING}"/></clipPath>"#));
    // The far side first, darker and set back.
    sheet.draw(&format!(
        r##"<ellipse cx="680" cy="762" rx="400" ry="26" fill="#2c241b" opacity=".34" filter="url(#soft)"/>
        <ellipse cx="360" cy="750" rx="46" ry="8" fill="#1c1610" opacity=".6" filter="url(#near)"/><ellipse cx="966" cy="750" rx="46" ry="8" fill="#1c1610" opacity=".6" filter="url(#near)"/>
        <g transform="translate(46 -34)" fill="none" stroke-linecap="round" stroke-linejoin="round"><path d="{FRAME}" stroke="#6d4a2a" stroke-width="22"/><path d="{BACK}" stroke="#6d4a2a" stroke-width="20"/></g>
        <g stroke="#4b3320" stroke-width="15" stroke-linecap="round"><path d="M470 606 L516 572"/><path d="M820 566 L866 532"/><path d="M806 256 L846 226"/></g>"##
    ));
    sheet.draw(&format!(
        r##"<path d="{SLING}" transform="translate(42 -30)" fill="#4a2415"/>
        <path d="M352 520 L398 488 C470 520 580 530 650 500 L640 520 C566 560 470 546 392 504 Z" fill="#a65d34"/>
        <path d="M760 270 L802 240 C830 220 850 224 852 236 L810 262 C800 330 760 470 690 560 C740 470 764 380 790 280 Z" fill="#7f4325"/>
        <path d="{SLING}" fill="url(#leather)"/>
        <g clip-path="url(#hide)"><path d="M372 512 C470 560 590 572 656 522 C716 474 738 380 768 276" fill="none" stroke="#eeb184" stroke-width="15" opacity=".55" filter="url(#gleam)"/>
        <path d="M420 600 C560 640 690 590 740 480 C770 400 790 330 806 280" fill="none" stroke="#1b0b06" stroke-width="26" opacity=".45" filter="url(#gleam)"/></g>
        <path d="M366 530 C470 588 590 596 664 546 C730 500 758 400 786 280" fill="none" stroke="#e0a67c" stroke-width="2" stroke-dasharray="7 5" opacity=".55"/>"##
    ));
    // The near side: frame, its lit edge, brass screws.
    sheet.draw(&format!(
        r##"<g fill="none" stroke-linecap="round" stroke-linejoin="round"><path d="{FRAME}" stroke="#7a5330" stroke-width="27"/><path d="{FRAME}" stroke="url(#beech)" stroke-width="24"/>
        <path d="{FRAME}" stroke="#f3d7ac" stroke-width="5" opacity=".7" transform="translate(-2 -7)"/><path d="{FRAME}" stroke="#5c3b1f" stroke-width="3" opacity=".5" transform="translate(2 9)"/></g>
        <g fill="none" stroke-linecap="round"><path d="M470 606 C560 624 626 612 668 588" stroke="#7a5330" stroke-width="21"/><path d="M470 606 C560 624 626 612 668 588" stroke="url(#beech)" stroke-width="18"/></g>
        <g fill="none" stroke-linecap="round"><path d="M742 572 C764 520 772 470 776 430" stroke="#7a5330" stroke-width="20"/><path d="M742 572 C764 520 772 470 776 430" stroke="url(#beech)" stroke-width="17"/></g>
        <g fill="#d9b35e" stroke="#7b5a22" stroke-width="1.6"><circle cx="478" cy="604" r="7"/><circle cx="742" cy="572" r="7"/><circle cx="776" cy="432" r="6"/></g>
        <path d="M340 748 h26 M950 748 h26" stroke="#2e2116" stroke-width="7" stroke-linecap="round"/>"##
    ));
    sheet.studio_light(0.14, 0.55, 0.2);
    sheet.film(0.09);
    sheet.finish("Easy chair in bent beech and saddle leather")
}
