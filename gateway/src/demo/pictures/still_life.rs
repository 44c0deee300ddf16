//! Still life: bottles, a jug and a bowl in the light of a north window.

use super::svg::{Sheet, fade, stop};
use std::fmt::Write as _;

/// A turned vessel: half its outline from the foot up, as (radius, height above the table).
struct Vessel {
    id: &'static str,
    x: f64,
    foot: f64,
    profile: &'static [(f64, f64)],
    shades: [&'static str; 4],
    mouth: &'static str,
}

const VESSELS: [Vessel; 6] = [
    Vessel {
        id: "tall",
        x: 430.0,
        foot: 612.0,
        profile: &[
            (62.0, 0.0),
            (68.0, 18.0),
            (70.0, 190.0),
            (58.0, 236.0),
            (22.0, 270.0),
            (20.0, 372.0),
            (27.0, 386.0),
        ],
        shades: ["#8d8a80", "#e9e4d6", "#d2ccbc", "#7c7569"],
        mouth: "#6d675c",
    },
    Vessel {
        id: "blue",
        x: 846.0,
        foot: 606.0,
        profile: &[
            (60.0, 0.0),
            (88.0, 60.0),
            (98.0, 128.0),
            (70.0, 196.0),
            (28.0, 226.0),
            (26.0, 280.0),
            (38.0, 296.0),
        ],
        shades: ["#3c4d5c", "#8497a2", "#667b88", "#2c3843"],
        mouth: "#232c35",
    },
    Vessel {
        id: "ochre",
        x: 642.0,
        foot: 626.0,
        profile: &[
            (70.0, 0.0),
            (84.0, 24.0),
            (84.0, 150.0),
            (64.0, 186.0),
            (60.0, 214.0),
            (70.0, 222.0),
        ],
        shades: ["#8b6432", "#d9b071", "#c0924f", "#684823"],
        mouth: "#4e3519",
    },
    Vessel {
        id: "rose",
        x: 536.0,
        foot: 668.0,
        profile: &[
            (34.0, 0.0),
            (48.0, 30.0),
            (50.0, 96.0),
            (36.0, 128.0),
            (15.0, 150.0),
            (14.0, 226.0),
            (21.0, 234.0),
        ],
        shades: ["#8f5a4d", "#dba58f", "#c2836f", "#6d4239"],
        mouth: "#553029",
    },
    Vessel {
        id: "bowl",
        x: 764.0,
        foot: 692.0,
        profile: &[(42.0, 0.0), (46.0, 12.0), (88.0, 52.0), (112.0, 104.0)],
        shades: ["#98948a", "#f0ebde", "#d8d2c3", "#7f796c"],
        mouth: "#a59f91",
    },
    Vessel {
        id: "cup",
        x: 352.0,
        foot: 684.0,
        profile: &[(40.0, 0.0), (50.0, 14.0), (56.0, 92.0), (58.0, 106.0)],
        shades: ["#5f6a58", "#a9b39b", "#8b967e", "#454e40"],
        mouth: "#363d32",
    },
];

impl Vessel {
    fn draw(&self, sheet: &mut Sheet) {
        let [dark, light, middle, shadow] = self.shades;
        sheet.horizontal(
            self.id,
            &[
                stop(0.0, dark),
                stop(0.26, light),
                stop(0.52, middle),
                stop(0.86, shadow),
                stop(1.0, dark),
            ],
        );
        let (x, foot) = (self.x, self.foot);
        let point = |side: f64, (radius, height): (f64, f64)| (x + side * radius, foot - height);
        let mut outline = String::new();
        let (start_x, start_y) = point(-1.0, self.profile[0]);
        let _ = write!(outline, "M{start_x:.0} {start_y:.0} ");
        smooth(&mut outline, self.profile.iter().map(|at| point(-1.0, *at)));
        let (rim_x, rim_y) = point(1.0, self.profile[self.profile.len() - 1]);
        let _ = write!(outline, "L{rim_x:.0} {rim_y:.0} ");
        smooth(&mut outline, self.profile.iter().rev().map(|at| point(1.0, *at)));
        let base = self.profile[0].0;
        let _ = write!(
            outline,
            "Q{x:.0} {:.0} {start_x:.0} {start_y:.0} Z",
            foot + base * 0.3
        );
        let (rim, height) = self.profile[self.profile.len() - 1];
        let widest = self.profile.iter().map(|(radius, _)| *radius).fold(0.0, f64::max);
        sheet.draw(&format!(
            r##"<path d="M{a:.0} {y:.0} L{b:.0} {y:.0} L{c:.0} {d:.0} L{e:.0} {d:.0} Z" fill="#2a231b" opacity=".34" filter="url(#cast)"/>
            <ellipse cx="{cx:.0}" cy="{cy:.0}" rx="{rx:.0}" ry="{ry:.0}" fill="#231c15" opacity=".5" filter="url(#touch)"/>
            <g filter="url(#paint)"><path d="{outline}" fill="url(#{id})"/>
            <ellipse cx="{x}" cy="{rim_y:.0}" rx="{rim}" ry="{mouth_ry:.1}" fill="url(#{id})"/>
            <ellipse cx="{x}" cy="{inner_y:.1}" rx="{inner:.1}" ry="{inner_ry:.1}" fill="{mouth}"/></g>"##,
            a = x - base * 0.6,
            b = x + base,
            c = x + base + height * 0.62 + 60.0,
            e = x + base + height * 0.5,
            d = foot - 44.0,
            y = foot + 8.0,
            cx = x + base * 0.3,
            cy = foot + 6.0,
            rx = widest.max(base) * 1.05,
            ry = base * 0.3,
            id = self.id,
            mouth_ry = rim * 0.24,
            inner_y = foot - height + 1.5,
            inner = rim * 0.84,
            inner_ry = rim * 0.17,
            mouth = self.mouth,
        ));
    }
}

/// Goes through the points with rounded shoulders.
fn smooth(path: &mut String, points: impl Iterator<Item = (f64, f64)>) {
    let mut before: Option<(f64, f64)> = None;
    for (x, y) in points {
        match before {
            None => {
                let _ = write!(path, "L{x:.0} {y:.0} ");
            }
            Some((from_x, from_y)) => {
                let middle = f64::midpoint(from_y, y);
                let _ = write!(path, "C{from_x:.0} {middle:.0} {x:.0} {middle:.0} {x:.0} {y:.0} ");
            }
        }
        before = Some((x, y));
    }
}

pub fn draw() -> String {
    let mut sheet = Sheet::landscape();
    sheet.brush("paint", ".007 .011", 16.0, 0.9, 6);
    sheet.brush("wall-paint", ".006 .012", 60.0, 5.0, 14);
    sheet.blur("cast", 13.0);
    sheet.blur("touch", 6.0);
    sheet.linear(
        "wall",
        (0.0, 0.0),
        (1.0, 0.7),
        &[stop(0.0, "#d3c8b4"), stop(0.5, "#b8ab95"), stop(1.0, "#8d806c")],
    );
    sheet.vertical(
        "table",
        &[stop(0.0, "#a58f73"), stop(0.3, "#c9b596"), stop(1.0, "#9d8767")],
    );
    sheet.draw(
        r##"<rect width="1200" height="900" fill="url(#wall)"/>
        <g filter="url(#wall-paint)" opacity=".5"><rect x="-50" y="40" width="520" height="120" fill="#e0d6c4" opacity=".4"/>
        <rect x="200" y="220" width="720" height="80" fill="#a3967f" opacity=".4"/><rect x="700" y="90" width="560" height="150" fill="#857863" opacity=".4"/>
        <rect x="-40" y="360" width="420" height="90" fill="#cfc3ae" opacity=".5"/><rect x="820" y="380" width="460" height="120" fill="#7c705d" opacity=".4"/></g>
        <g filter="url(#paint)"><path d="M-20 540 L1220 528 L1220 920 L-20 920 Z" fill="url(#table)"/>
        <path d="M-20 846 L1220 838 L1220 920 L-20 920 Z" fill="#6f5c43"/><path d="M-20 842 L1220 834 L1220 841 L-20 851 Z" fill="#dccaa9" opacity=".7"/></g>
        <g filter="url(#wall-paint)" opacity=".5"><rect x="0" y="600" width="700" height="40" fill="#dcc9a8" opacity=".5"/>
        <rect x="400" y="720" width="900" height="40" fill="#8c7657" opacity=".5"/><rect x="-20" y="690" width="360" height="50" fill="#d5c19f" opacity=".5"/></g>"##,
    );
    sheet.draw(r#"<g transform="translate(-150 -190) scale(1.25)">"#);
    for vessel in &VESSELS {
        vessel.draw(&mut sheet);
    }
    // A lemon for the eye to come back to.
    sheet.radial(
        "lemon",
        (0.36, 0.32),
        0.75,
        &[stop(0.0, "#f0d98a"), stop(0.6, "#d0a53e"), stop(1.0, "#85621e")],
    );
    sheet.draw(
        r##"<ellipse cx="470" cy="738" rx="62" ry="12" fill="#231c15" opacity=".5" filter="url(#touch)"/>
        <path d="M398 716 C408 690 440 680 464 690 C478 696 488 706 496 712 C488 728 462 744 434 742 C414 740 402 730 398 716 Z" fill="url(#lemon)" filter="url(#paint)"/></g>"##,
    );
    sheet.linear(
        "window",
        (0.0, 0.1),
        (1.0, 0.8),
        &[
            fade(0.0, "#fff3da", 0.26),
            fade(0.45, "#fff3da", 0.0),
            fade(1.0, "#16100a", 0.36),
        ],
    );
    sheet.cover("window");
    sheet.grain("canvas", ".55 .5", (0.16, 0.13, 0.1), 1.2, 0.22);
    sheet.finish("Still life with bottles, jug and bowl")
}
