//! The timed sale, lot by lot.

use super::{Lot, Manner};
use crate::demo::pictures::Picture;

pub const LOTS: [Lot; 6] = [
    Lot {
        number: "201",
        artist: "Atelier Corvane, Murano (active 1948–1979)",
        title: "Flask, sommerso",
        description: "Blown glass, smoke cased over amber with two inlaid bands, circa 1958. Etched Corvane Murano to \
            the base.\n\nHeight 34 cm (13⅜ in)\n\nProvenance\nPrivate collection, Verona\n\n\
            No chips or repairs; light wear to the foot.",
        estimate_pounds: (800, 1_200),
        opening_pounds: 400,
        reserve_pounds: None,
        manner: Manner::Outcry,
        picture: Picture::Glass,
    },
    Lot {
        number: "202",
        artist: "Luce Ferrante-Oddi (1922–1996)",
        title: "Table Lamp, Equilibrio",
        description: "Opal glass, brass and green marble, designed 1957, made by Officina Ticinese, Lugano. Maker's \
            label to the base. Rewired.\n\nHeight 71 cm (28 in)\n\nProvenance\nApartment of the designer's sister, \
            Lugano\n\nThe counterweight can be moved: the disc turns and stays where it is left.",
        estimate_pounds: (1_800, 2_400),
        opening_pounds: 900,
        reserve_pounds: Some(1_500),
        manner: Manner::FixedPrice(2_600),
        picture: Picture::Lamp,
    },
    Lot {
        number: "203",
        artist: "Vautrin-Keller, La Sagne",
        title: "Two-Register Chronograph, Ref. 1147",
        description: "Stainless steel, circa 1964. Manual winding movement, 17 jewels; ivory dial with black registers, \
            blued hands; later leather strap. Dial, case and movement signed.\n\nDiameter 37 mm (1½ in)\n\n\
            Provenance\nThe estate of a test pilot, Wiltshire\n\n\
            Serviced in the spring; running and resetting at the time of cataloguing.",
        estimate_pounds: (3_000, 4_000),
        opening_pounds: 1_500,
        reserve_pounds: Some(2_400),
        manner: Manner::Outcry,
        picture: Picture::Watch,
    },
    Lot {
        number: "204",
        artist: "Property of a Lady",
        title: "Two-Row Pearl Necklace",
        description: "Graduated cultured pearls of 5.5 to 9.5 mm, cream to rose, strung in two rows to a platinum clasp \
            with an oval sapphire of about 4 carats in a surround of brilliant-cut diamonds, circa 1955.\n\n\
            Length of the shorter row 43 cm (17 in)\n\nProvenance\nBy descent from the present owner's grandmother\n\n\
            Accompanied by a laboratory report on the sapphire: Ceylon, no indications of heating.",
        estimate_pounds: (5_000, 7_000),
        opening_pounds: 2_600,
        reserve_pounds: Some(4_500),
        manner: Manner::Outcry,
        picture: Picture::Necklace,
    },
    Lot {
        number: "205",
        artist: "Delacourt-Hahn, Geneva",
        title: "Emerald and Diamond Ring",
        description: "Step-cut emerald of 5.12 carats between two tapered diamonds, mounted in 18 carat gold, circa \
            1962. Signed, numbered, Swiss assay marks. In the maker's case.\n\nRing size L½ (US 6); the stone 11.2 × 9.4 mm (⅜ × ⅜ in)\n\n\
            Provenance\nMarguerite Aldous-Wren, Suffolk\n\n\
            Accompanied by a laboratory report: Colombia, minor clarity enhancement.",
        estimate_pounds: (12_000, 18_000),
        opening_pounds: 7_000,
        reserve_pounds: Some(11_000),
        manner: Manner::Outcry,
        picture: Picture::Ring,
    },
    Lot {
        number: "206",
        artist: "Henrietta Callaway-Moss (1809–1861)",
        title: "Autograph Letter on the Comet of 1847",
        description: "Two pages, in English, to the Astronomer at Collioure, 9 October 1847, with a drawing of the tail. Red \
            wax seal. Sold by sealed bids: nobody sees them before the close, and the highest pays the second highest.\n\n\
            22.5 × 18.4 cm (8⅞ × 7¼ in)\n\n\
            Provenance\nThe recipient's family, until 1926\nPrivate collection, Oxford\n\n\
            Two folds as sent, a small loss at the seal; the ink fresh.",
        estimate_pounds: (2_500, 3_500),
        opening_pounds: 1_500,
        reserve_pounds: Some(2_000),
        manner: Manner::Sealed,
        picture: Picture::Letter,
    },
];
