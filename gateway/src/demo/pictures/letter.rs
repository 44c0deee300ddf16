//! A letter: laid paper that was folded twice, brown ink in a quick hand, red wax.

use super::svg::{Hand, Sheet, fade, stop};
use std::fmt::Write as _;

pub fn draw() -> String {
    let mut sheet = Sheet::portrait();
    let mut hand = Hand::new(1_847);
    sheet.vertical("desk", &[stop(0.0, "#3c2a20"), stop(1.0, "#251912")]);
    sheet.cover("desk");
    sheet.blur("soft", 18.0);
    sheet.blur("near", 3.0);
    sheet.diagonal(
        "paper",
        &[stop(0.0, "#f3e7cd"), stop(0.5, "#e9d9b8"), stop(1.0, "#cfb98f")],
    );
    sheet.draw(
        r##"<g transform="rotate(-2.4 450 600)"><path d="M132 126 L776 118 L784 1084 L126 1092 Z" fill="#000" opacity=".55" transform="translate(16 22)" filter="url(#soft)"/>
        <path d="M130 122 L300 118 L470 121 L772 116 L778 420 L775 760 L782 1080 L520 1084 L300 1081 L124 1088 L128 700 L125 380 Z" fill="url(#paper)"/></g>"##,
    );
    // Laid lines of the mould, close together.
    let mut lines = String::new();
    for line in 0..46u32 {
        let y = 140 + line * 21;
        let _ = write!(
            lines,
            r##"<path d="M128 {y} H778" stroke="#b79f72" stroke-width="1" opacity=".22"/>"##
        );
    }
    // A hand that leans forward and lifts between words.
    let mut ink = String::new();
    for row in 0..17u32 {
        let y = 270.0 + f64::from(row) * 40.0;
        let mut x = if row == 0 {
            210.0
        } else {
            186.0 + hand.between(0.0, 12.0)
        };
        // The last line of a paragraph stops short, the one that begins one is set in.
        let end = match row {
            0 => 420.0,
            6 => 540.0,
            14 => 480.0,
            15 | 16 => 700.0,
            _ => 712.0,
        };
        if row >= 15 {
            x = 470.0;
        }
        while x < end {
            let _ = write!(ink, "M{x:.0} {y:.0}");
            let word_ends = (x + hand.between(26.0, 104.0)).min(end);
            while x < word_ends {
                let rise = if hand.between(0.0, 1.0) > 0.8 { 24.0 } else { 11.0 };
                let _ = write!(ink, "q4 -{rise:.0} 8 -{up:.0} t5 {up:.0}", up = rise * 0.3);
                x += 13.0;
            }
            x += hand.between(12.0, 22.0);
        }
    }
    sheet.draw(&format!(
        r##"<g transform="rotate(-2.4 450 600)">{lines}
        <path d="{ink}" fill="none" stroke="#4a2c14" stroke-width="2.6" stroke-linecap="round" opacity=".86"/>
        <path d="{ink}" fill="none" stroke="#8a5a2c" stroke-width="5" opacity=".16" filter="url(#near)"/>
        <path d="M452 958 C520 916 560 990 610 940 C640 910 690 960 720 934 M470 984 C560 968 640 970 730 980" fill="none" stroke="#3f230e" stroke-width="4" stroke-linecap="round"/>
        <g stroke="#8f7649" opacity=".5"><path d="M126 440 L778 436" stroke-width="4"/><path d="M126 764 L780 760" stroke-width="4"/></g>
        <g stroke="#fff8e6" opacity=".6"><path d="M126 445 L778 441" stroke-width="3"/><path d="M126 769 L780 765" stroke-width="3"/></g></g>"##
    ));
    sheet.radial(
        "wax",
        (0.38, 0.34),
        0.75,
        &[stop(0.0, "#d8443c"), stop(0.5, "#a31f1f"), stop(1.0, "#5a0d10")],
    );
    sheet.draw(
        r##"<path d="M214 968 C250 934 318 944 336 984 C354 1024 318 1072 270 1070 C220 1068 184 1014 214 968 Z" fill="#000" opacity=".35" transform="translate(6 8)" filter="url(#near)"/>
        <path d="M214 968 C250 934 318 944 336 984 C354 1024 318 1072 270 1070 C220 1068 184 1014 214 968 Z" fill="url(#wax)"/>
        <g fill="none" stroke="#6d1114" stroke-width="5"><circle cx="270" cy="1008" r="38"/><path d="M252 1030 V988 L270 1012 L288 988 V1030"/></g>
        <path d="M230 978 C248 960 282 956 304 966" fill="none" stroke="#ff9f8f" stroke-width="5" stroke-linecap="round" opacity=".7" filter="url(#near)"/>"##,
    );
    sheet.fall(&[
        fade(0.0, "#ffe9c2", 0.16),
        fade(0.6, "#000", 0.0),
        fade(1.0, "#000", 0.3),
    ]);
    sheet.film(0.08);
    sheet.finish("Autograph letter with a red wax seal")
}
