//! Carved form in bronze: a pierced, leaning shape on a stone block.

use super::svg::{Sheet, stop};

const FORM: &str = "M408 866 C330 800 286 690 300 560 C314 420 392 282 486 226 C556 184 628 214 646 296 \
    C668 396 620 470 604 566 C590 650 618 760 540 866 Z";
const HOLE: &str = "M470 420 C520 396 556 424 552 478 C548 540 504 598 460 596 C416 592 408 540 422 490 C430 458 446 432 470 420 Z";

pub fn draw() -> String {
    let mut sheet = Sheet::portrait();
    sheet.studio("#a9aaab", "#cfd0cf", "#77787a", 900.0);
    sheet.blur("soft", 26.0);
    sheet.blur("wide", 46.0);
    sheet.blur("near", 8.0);
    sheet.blur("gleam", 13.0);
    // Block of dark stone.
    sheet.horizontal(
        "block",
        &[stop(0.0, "#5b5a58"), stop(0.4, "#3d3c3b"), stop(1.0, "#201f1f")],
    );
    sheet.vertical("block-top", &[stop(0.0, "#4c4b4a"), stop(1.0, "#7c7b78")]);
    sheet.draw(
        r##"<path d="M262 1040 L676 1040 L800 1078 L300 1078 Z" fill="#1c1a18" opacity=".5" filter="url(#soft)"/>
        <path d="M262 1048 L676 1048 L704 1062 L270 1062 Z" fill="#0d0c0b" opacity=".75" filter="url(#near)"/>
        <rect x="256" y="888" width="420" height="164" fill="url(#block)"/>
        <path d="M296 846 L640 846 L676 890 L256 890 Z" fill="url(#block-top)"/>
        <path d="M256 889 H676" stroke="#a8a6a1" stroke-width="1.6" opacity=".55"/>
        <ellipse cx="490" cy="868" rx="130" ry="15" fill="#0f0e0d" opacity=".6" filter="url(#near)"/>"##,
    );
    sheet.linear(
        "metal",
        (0.0, 0.1),
        (1.0, 0.62),
        &[
            stop(0.0, "#6b4a2a"),
            stop(0.2, "#c79a5e"),
            stop(0.34, "#e4c38a"),
            stop(0.52, "#8a5f34"),
            stop(0.76, "#43291a"),
            stop(1.0, "#241610"),
        ],
    );
    sheet.linear(
        "inner",
        (0.0, 0.0),
        (1.0, 0.9),
        &[
            stop(0.0, "#23301f"),
            stop(0.4, "#4a6a5b"),
            stop(0.8, "#8fb09b"),
            stop(1.0, "#c8d5bd"),
        ],
    );
    sheet.define(&format!(r#"<clipPath id="form"><path d="{FORM}"/></clipPath>"#));
    sheet.define(&format!(r#"<clipPath id="hole"><path d="{HOLE}"/></clipPath>"#));
    sheet.brush("patina", ".012 .02", 60.0, 9.0, 21);
    sheet.draw(&format!(
        r##"<path d="{FORM}" fill="url(#metal)"/>
        <g clip-path="url(#form)">
        <g filter="url(#patina)" opacity=".5"><ellipse cx="360" cy="780" rx="90" ry="120" fill="#4f7263" opacity=".55"/>
        <ellipse cx="560" cy="760" rx="70" ry="120" fill="#1c120c" opacity=".8"/><ellipse cx="610" cy="330" rx="46" ry="90" fill="#2a1a10" opacity=".8"/>
        <ellipse cx="350" cy="520" rx="36" ry="120" fill="#f0d29a" opacity=".5"/></g>
        <path d="M640 250 C690 420 600 520 600 640 C600 760 620 800 560 900 L760 900 L760 250 Z" fill="#120a06" opacity=".66" filter="url(#soft)"/>
        <path d="M316 640 C318 480 400 330 486 268" fill="none" stroke="#fff2d2" stroke-width="22" stroke-linecap="round" opacity=".62" filter="url(#gleam)"/>
        <path d="M344 560 C360 450 420 350 480 300" fill="none" stroke="#fffaf0" stroke-width="5" stroke-linecap="round" opacity=".75" filter="url(#near)"/>
        <path d="M330 720 C344 780 372 830 410 862" fill="none" stroke="#d9b277" stroke-width="12" opacity=".4" filter="url(#gleam)"/>
        <path d="M632 300 C642 380 606 460 594 560" fill="none" stroke="#caa06a" stroke-width="5" opacity=".45" filter="url(#near)"/>
        </g>
        <path d="{HOLE}" fill="url(#inner)"/>
        <g clip-path="url(#hole)"><path d="M440 430 C500 424 528 450 520 500 C512 556 470 590 430 580 L404 620 L390 420 Z" fill="#0c110c" opacity=".72" filter="url(#gleam)"/>
        <path d="M476 452 C516 440 530 470 524 504 C516 552 484 584 458 584 C478 560 496 520 494 490 C492 470 486 460 476 452 Z" fill="#c3c4c2" opacity=".96"/>
        <path d="M476 452 C486 460 492 470 494 490 C496 520 478 560 458 584" fill="none" stroke="#1a2018" stroke-width="7" opacity=".6" filter="url(#near)"/></g>
        <path d="{HOLE}" fill="none" stroke="#f3dcaa" stroke-width="3.4" opacity=".6"/>"##
    ));
    sheet.studio_light(0.14, 0.55, 0.3);
    sheet.film(0.1);
    sheet.finish("Pierced abstract form in bronze on a stone block")
}
