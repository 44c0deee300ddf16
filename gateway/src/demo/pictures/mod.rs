//! The catalogue's photographs, drawn: one file a family, the same picture every time.
//!
//! Nothing in them runs, loads or points outside: shapes, gradients and filters only.

mod bronze;
mod cellar;
mod ceramic;
mod chair;
mod colour_field;
mod cut_paper;
mod dining;
mod dusk;
mod geometric;
mod glass;
mod ink;
mod lacquer;
mod lamp;
mod letter;
mod necklace;
mod nocturne;
mod photograph;
mod relief;
mod ring;
mod still_life;
mod svg;
mod vase;
mod watch;
mod woodcut;

pub use vase::Glaze;

/// What a lot is shown with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// A pierced form on a stone block.
    Bronze,
    /// A case of wine, and one bottle before it.
    Cellar,
    /// A jar with a run glaze on a plinth.
    Ceramic,
    /// A leather easy chair.
    Chair,
    /// Two veils of colour, soft at the edges.
    ColourField,
    /// Cut and painted papers.
    CutPaper,
    /// Six dining chairs.
    Dining,
    /// Hills behind a lake after sunset.
    Dusk,
    /// Quarter circles and bars.
    Geometric,
    /// A blown flask.
    Glass,
    /// Three strokes of a dry brush.
    Ink,
    /// A black box with reeds in gold.
    Lacquer,
    /// A disc of opal glass, lit.
    Lamp,
    /// A letter with a seal.
    Letter,
    /// Two rows of pearls.
    Necklace,
    /// A harbour front at night.
    Nocturne,
    /// A spiral stair, framed.
    Photograph,
    /// White discs in raking light.
    Relief,
    /// An emerald between diamonds.
    Ring,
    /// Bottles, a jug and a bowl on a table.
    StillLife,
    /// A bottle vase, in one glaze or the other.
    Vase(Glaze),
    /// A chronograph from above.
    Watch,
    /// A heron in falling snow.
    Woodcut,
}

impl Picture {
    /// Every picture there is.
    #[cfg(test)]
    pub const ALL: [Self; 24] = [
        Self::Bronze,
        Self::Cellar,
        Self::Ceramic,
        Self::Chair,
        Self::ColourField,
        Self::CutPaper,
        Self::Dining,
        Self::Dusk,
        Self::Geometric,
        Self::Glass,
        Self::Ink,
        Self::Lacquer,
        Self::Lamp,
        Self::Letter,
        Self::Necklace,
        Self::Nocturne,
        Self::Photograph,
        Self::Relief,
        Self::Ring,
        Self::StillLife,
        Self::Vase(Glaze::Celadon),
        Self::Vase(Glaze::Oxblood),
        Self::Watch,
        Self::Woodcut,
    ];

    /// The picture as an SVG document.
    pub fn svg(self) -> String {
        match self {
            Self::Bronze => bronze::draw(),
            Self::Cellar => cellar::draw(),
            Self::Ceramic => ceramic::draw(),
            Self::Chair => chair::draw(),
            Self::ColourField => colour_field::draw(),
            Self::CutPaper => cut_paper::draw(),
            Self::Dining => dining::draw(),
            Self::Dusk => dusk::draw(),
            Self::Geometric => geometric::draw(),
            Self::Glass => glass::draw(),
            Self::Ink => ink::draw(),
            Self::Lacquer => lacquer::draw(),
            Self::Lamp => lamp::draw(),
            Self::Letter => letter::draw(),
            Self::Necklace => necklace::draw(),
            Self::Nocturne => nocturne::draw(),
            Self::Photograph => photograph::draw(),
            Self::Relief => relief::draw(),
            Self::Ring => ring::draw(),
            Self::StillLife => still_life::draw(),
            Self::Vase(glaze) => vase::draw(glaze),
            Self::Watch => watch::draw(),
            Self::Woodcut => woodcut::draw(),
        }
    }
}
