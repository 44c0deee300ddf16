//! A small sheet to draw on: SVG text, deterministic, with nothing in it that could run or load.

use std::fmt::Write as _;

/// A picture under construction.
pub struct Sheet {
    width: u32,
    height: u32,
    defs: String,
    body: String,
}

impl Sheet {
    /// An empty sheet, pixels.
    pub fn new(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            defs: String::with_capacity(4096),
            body: String::with_capacity(16384),
        }
    }

    /// Lying, 1200 × 900.
    pub fn landscape() -> Self {
        Self::new(1200, 900)
    }

    /// Standing, 900 × 1200.
    pub fn portrait() -> Self {
        Self::new(900, 1200)
    }

    /// Adds elements on top of what is drawn.
    pub fn draw(&mut self, elements: &str) {
        // Sources are written to be read; the picture does not need their indentation.
        for line in elements.lines() {
            let line = line.trim();
            if !line.is_empty() {
                self.body.push_str(line);
                self.body.push('\n');
            }
        }
    }

    /// Adds a definition.
    pub fn define(&mut self, definition: &str) {
        self.defs.push_str(definition.trim());
        self.defs.push('\n');
    }

    /// A linear gradient over the shape's own box: from (x1, y1) to (x2, y2), each 0 to 1.
    pub fn linear(&mut self, id: &str, from: (f64, f64), to: (f64, f64), stops: &[Stop]) {
        let (x1, y1) = from;
        let (x2, y2) = to;
        let _ = write!(
            self.defs,
            r#"<linearGradient id="{id}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}">{}</linearGradient>"#,
            stops_text(stops)
        );
        self.defs.push('\n');
    }

    /// Top to bottom.
    pub fn vertical(&mut self, id: &str, stops: &[Stop]) {
        self.linear(id, (0.0, 0.0), (0.0, 1.0), stops);
    }

    /// Left to right.
    pub fn horizontal(&mut self, id: &str, stops: &[Stop]) {
        self.linear(id, (0.0, 0.0), (1.0, 0.0), stops);
    }

    /// Upper left to lower right, as most light falls.
    pub fn diagonal(&mut self, id: &str, stops: &[Stop]) {
        self.linear(id, (0.0, 0.0), (1.0, 1.0), stops);
    }

    /// A radial gradient over the shape's own box.
    pub fn radial(&mut self, id: &str, centre: (f64, f64), radius: f64, stops: &[Stop]) {
        let (cx, cy) = centre;
        let _ = write!(
            self.defs,
            r#"<radialGradient id="{id}" cx="{cx}" cy="{cy}" r="{radius}">{}</radialGradient>"#,
            stops_text(stops)
        );
        self.defs.push('\n');
    }

    /// Covers the whole sheet with a gradient.
    pub fn cover(&mut self, id: &str) {
        let (width, height) = (self.width, self.height);
        self.draw(&format!(
            r#"<rect width="{width}" height="{height}" fill="url(#{id})"/>"#
        ));
    }

    /// The light over the finished picture, from the upper left corner to the lower right one.
    pub fn fall(&mut self, stops: &[Stop]) {
        self.diagonal("fall", stops);
        self.cover("fall");
    }

    /// The light of a lamp: opacities of its white in the one corner and of the dark in the other;
    /// `even` of the way between them, 0 to 1, it changes nothing.
    pub fn studio_light(&mut self, lit: f64, even: f64, dark: f64) {
        self.fall(&[
            fade(0.0, "#fff", lit),
            fade(even, "#000", 0.0),
            fade(1.0, "#000", dark),
        ]);
    }

    /// A soft edge; `spread` in pixels.
    pub fn blur(&mut self, id: &str, spread: f64) {
        let _ = writeln!(
            self.defs,
            r#"<filter id="{id}" x="-60%" y="-60%" width="220%" height="220%"><feGaussianBlur stdDeviation="{spread}"/></filter>"#
        );
    }

    /// An edge as a loaded brush leaves it: wandering by `scale` pixels, then softened.
    pub fn brush(&mut self, id: &str, frequency: &str, scale: f64, soften: f64, seed: u32) {
        let _ = writeln!(
            self.defs,
            r#"<filter id="{id}" x="-20%" y="-20%" width="140%" height="140%"><feTurbulence type="fractalNoise" baseFrequency="{frequency}" numOctaves="3" seed="{seed}"/><feDisplacementMap in="SourceGraphic" scale="{scale}" xChannelSelector="R" yChannelSelector="G"/><feGaussianBlur stdDeviation="{soften}"/></filter>"#
        );
    }

    /// A layer of noise over the whole picture: paper tooth, canvas or film grain. `tone` is the
    /// colour of the grain as three channels from 0 to 1, `strength` its contrast.
    pub fn grain(&mut self, id: &str, frequency: &str, tone: (f64, f64, f64), strength: f64, opacity: f64) {
        let (red, green, blue) = tone;
        let shift = -strength * 0.42;
        let _ = writeln!(
            self.defs,
            r#"<filter id="{id}" x="0" y="0" width="100%" height="100%"><feTurbulence type="fractalNoise" baseFrequency="{frequency}" numOctaves="3" seed="7"/><feColorMatrix values="0 0 0 0 {red} 0 0 0 0 {green} 0 0 0 0 {blue} {strength} 0 0 0 {shift:.2}"/></filter>"#
        );
        let (width, height) = (self.width, self.height);
        self.draw(&format!(
            r#"<rect width="{width}" height="{height}" filter="url(#{id})" opacity="{opacity}"/>"#
        ));
    }

    /// The grain of a photograph of an object.
    pub fn film(&mut self, opacity: f64) {
        self.grain("film", ".8", (0.1, 0.1, 0.1), 0.9, opacity);
    }

    /// A photographer's sweep: wall and table in one paper, lit from the upper left. `horizon` is
    /// where the paper turns, pixels from the top.
    pub fn studio(&mut self, wall: &str, wall_lit: &str, table: &str, horizon: f64) {
        self.radial(
            "studio-wall",
            (0.38, 0.28),
            0.95,
            &[stop(0.0, wall_lit), stop(0.55, wall), stop(1.0, table)],
        );
        self.vertical(
            "studio-table",
            &[
                fade(0.0, table, 0.0),
                fade(0.22, table, 0.55),
                fade(0.6, wall_lit, 0.75),
                fade(1.0, table, 0.9),
            ],
        );
        self.cover("studio-wall");
        self.draw(&format!(
            r#"<rect y="{top}" width="{width}" height="{rest}" fill="url(#studio-table)"/>"#,
            top = horizon - 60.0,
            width = self.width,
            rest = f64::from(self.height) - horizon + 60.0,
        ));
    }

    /// Darkens the corners a little, as a lens does.
    pub fn vignette(&mut self, opacity: f64) {
        self.radial(
            "vignette",
            (0.5, 0.48),
            0.78,
            &[fade(0.55, "#000", 0.0), fade(1.0, "#000", opacity)],
        );
        self.cover("vignette");
    }

    /// The finished document.
    pub fn finish(self, label: &str) -> String {
        let Self {
            width,
            height,
            defs,
            body,
        } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" role=\"img\">\n<title>{label}</title>\n<defs>\n{defs}</defs>\n{body}</svg>\n"
        )
    }
}

/// One stop of a gradient.
pub struct Stop {
    offset: f64,
    colour: String,
    opacity: f64,
}

/// An opaque stop.
pub fn stop(offset: f64, colour: &str) -> Stop {
    fade(offset, colour, 1.0)
}

/// A stop that lets through what is below it.
pub fn fade(offset: f64, colour: &str, opacity: f64) -> Stop {
    Stop {
        offset,
        colour: colour.to_owned(),
        opacity,
    }
}

fn stops_text(stops: &[Stop]) -> String {
    let mut text = String::new();
    for Stop {
        offset,
        colour,
        opacity,
    } in stops
    {
        let _ = write!(text, r#"<stop offset="{offset}" stop-color="{colour}""#);
        if *opacity < 1.0 {
            let _ = write!(text, r#" stop-opacity="{opacity}""#);
        }
        text.push_str("/>");
    }
    text
}

/// The irregularity of a hand: SplitMix64, the same picture from the same seed for ever.
pub struct Hand(u64);

impl Hand {
    /// A hand that always moves the same way for the same `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// From `low` up to `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let unit = f64::from(u32::try_from(mixed >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX);
        low + (high - low) * unit
    }
}
