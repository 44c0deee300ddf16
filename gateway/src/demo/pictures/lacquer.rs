//! Lacquer box: black ground, reeds and a moon in sprinkled gold, seen a little from above.

use super::svg::{Hand, Sheet, stop};
use std::fmt::Write as _;

const LID: &str = "M330 300 L870 300 Q892 300 900 318 L1002 560 Q1010 582 986 582 L214 582 Q190 582 198 560 L300 318 Q308 300 330 300 Z";
const FRONT: &str = "M194 574 Q200 590 216 590 L984 590 Q1000 590 1006 574 L1002 734 Q1001 764 972 764 L228 764 Q199 764 198 734 Z";

pub fn draw() -> String {
    let mut sheet = Sheet::landscape();
    let mut hand = Hand::new(63);
    sheet.studio("#b3aca2", "#d6d0c6", "#867e73", 480.0);
    sheet.blur("soft", 24.0);
    sheet.blur("near", 7.0);
    sheet.blur("sheen", 20.0);
    sheet.linear(
        "lid",
        (0.0, 0.0),
        (0.9, 1.0),
        &[
            stop(0.0, "#4a4340"),
            stop(0.35, "#211c1c"),
            stop(0.7, "#151112"),
            stop(1.0, "#332c2a"),
        ],
    );
    sheet.vertical(
        "front",
        &[
            stop(0.0, "#2a2422"),
            stop(0.12, "#171314"),
            stop(0.7, "#0e0b0c"),
            stop(1.0, "#2b221e"),
        ],
    );
    sheet.diagonal(
        "gold",
        &[stop(0.0, "#f0d493"), stop(0.5, "#c39a4d"), stop(1.0, "#87642a")],
    );
    sheet.define(&format!(r#"<clipPath id="on-lid"><path d="{LID}"/></clipPath><clipPath id="on-front"><path d="{FRONT}"/></clipPath>"#));
    sheet.draw(&format!(
        r##"<path d="M210 740 L1010 740 L1120 800 L240 812 Z" fill="#241d16" opacity=".6" filter="url(#soft)"/>
        <path d="M206 750 L994 750 L990 776 L212 776 Z" fill="#0d0a08" opacity=".8" filter="url(#near)"/>
        <path d="{FRONT}" fill="url(#front)"/><path d="{LID}" fill="url(#lid)"/>"##
    ));
    // Sprinkled gold, dense towards the lower edge of the lid like mist.
    let mut dust = String::new();
    for _ in 0..260u32 {
        let fall = hand.between(0.0, 1.0).sqrt();
        let _ = writeln!(
            dust,
            r#"<circle cx="{:.0}" cy="{:.0}" r="{:.1}" opacity="{:.2}"/>"#,
            hand.between(200.0, 1000.0),
            310.0 + fall * 270.0,
            hand.between(0.5, 1.6),
            hand.between(0.2, 0.85),
        );
    }
    let mut reeds = String::new();
    let mut heads = String::new();
    for index in 0..17u32 {
        let x = 300.0 + f64::from(index) * 23.0 + hand.between(-9.0, 9.0);
        let height = hand.between(110.0, 236.0);
        let lean = hand.between(40.0, 130.0);
        let (tip_x, tip_y) = (x + lean, 590.0 - height);
        let _ = writeln!(
            reeds,
            r#"<path d="M{x:.0} 596 Q{:.0} {:.0} {tip_x:.0} {tip_y:.0}" stroke-width="{:.1}"/>"#,
            x + lean * 0.12,
            596.0 - height * 0.7,
            hand.between(1.6, 3.4),
        );
        for grain in 0..6u32 {
            let along = f64::from(grain);
            let _ = writeln!(
                heads,
                r#"<ellipse cx="{:.1}" cy="{:.1}" rx="6.5" ry="2" transform="rotate({:.0} {0:.1} {1:.1})"/>"#,
                tip_x - along * 4.0 + hand.between(-2.0, 7.0),
                tip_y + along * 5.4,
                hand.between(20.0, 70.0),
            );
        }
    }
    sheet.draw(&format!(
        r##"<g clip-path="url(#on-lid)"><ellipse cx="760" cy="424" rx="104" ry="72" fill="url(#gold)"/>
        <ellipse cx="724" cy="410" rx="92" ry="62" fill="#1b1717"/>
        <g fill="url(#gold)">{dust}</g><g fill="none" stroke="#d8b062" stroke-linecap="round">{reeds}</g><g fill="#e6c47c">{heads}</g>
        <path d="M196 560 C380 520 520 588 700 556 S920 540 1010 560 L1010 590 L190 590 Z" fill="url(#gold)" opacity=".26"/>
        <path d="M250 250 L560 250 L380 600 L90 600 Z" fill="#fff" opacity=".16" filter="url(#sheen)"/>
        <path d="M700 260 L760 260 L690 600 L590 600 Z" fill="#fff" opacity=".07" filter="url(#sheen)"/></g>
        <path d="{LID}" fill="none" stroke="#c9a358" stroke-width="2.2" opacity=".7"/>
        <g clip-path="url(#on-front)"><g fill="none" stroke="#c9a052" stroke-linecap="round" opacity=".85"><path d="M198 700 C330 660 420 730 560 694 S800 664 1004 706" stroke-width="2.2"/>
        <path d="M198 724 C340 690 430 748 580 716 S820 694 1004 728" stroke-width="1.6"/><path d="M198 744 C350 716 450 762 600 738 S830 716 1004 746" stroke-width="1.2"/></g>
        <path d="M790 690 l22 -13 l30 2 l14 12 l-24 8 z M868 672 l14 -9 l20 2 l8 8 l-16 5 z" fill="#d9b463"/>
        <rect x="194" y="590" width="812" height="4" fill="#000"/><rect x="194" y="640" width="812" height="3" fill="#000" opacity=".9"/><rect x="194" y="643" width="812" height="1.6" fill="#8d7447" opacity=".7"/>
        <path d="M194 596 L560 596 L420 780 L194 780 Z" fill="#fff" opacity=".08" filter="url(#sheen)"/></g>
        <path d="M196 578 Q202 590 216 590 L984 590 Q998 590 1004 578" fill="none" stroke="#efe7dc" stroke-width="2.4" opacity=".75"/>
        <path d="M214 768 L988 768 L960 800 L240 800 Z" fill="#100c0a" opacity=".16" filter="url(#near)"/>"##
    ));
    // Silver tie rings with a silk cord.
    sheet.draw(
        r##"<g fill="none" stroke-linecap="round"><circle cx="600" cy="660" r="15" stroke="#5d564c" stroke-width="7"/><circle cx="600" cy="659" r="15" stroke="#d9d3c6" stroke-width="3.4"/>
        <path d="M594 674 C570 720 560 760 574 796 C578 812 566 836 548 850" stroke="#7c2a22" stroke-width="8"/><path d="M606 674 C626 716 632 764 616 800 C608 820 620 846 640 858" stroke="#8f3328" stroke-width="8"/>
        <path d="M594 674 C570 720 560 760 574 796 C578 812 566 836 548 850 M606 674 C626 716 632 764 616 800 C608 820 620 846 640 858" stroke="#c86a55" stroke-width="2" stroke-dasharray="3 5" opacity=".8"/></g>"##,
    );
    sheet.studio_light(0.1, 0.6, 0.26);
    sheet.film(0.09);
    sheet.finish("Black lacquer box with reeds and moon in gold")
}
