//! The evening sale, lot by lot.

use super::{Lot, Manner};
use crate::demo::pictures::{Glaze, Picture};

pub const LOTS: [Lot; 18] = [
    Lot {
        number: "1",
        artist: "Hanae Mizorogi (1908–1991)",
        title: "Heron, First Snow",
        description: "Colour woodcut on handmade kozo paper, 1936. Signed in pencil lower right, numbered 31/80 lower \
            left, with the artist's red seal in the block. A fresh impression with strong wiping in the sky.\n\n\
            Image 46.4 × 33.8 cm (18¼ × 13¼ in)\nSheet 56.5 × 40.2 cm (22¼ × 15⅞ in)\n\n\
            Provenance\nThe artist's family, Kanazawa\nAcquired from the above by Marguerite Aldous-Wren, 1964\n\n\
            Literature\nR. Ellery, The Quiet Block: Mizorogi's Prints, 1978, no. 44 (another impression illustrated)\n\n\
            Full margins, a soft handling crease at the upper left corner, otherwise in very good condition.",
        estimate_pounds: (2_000, 3_000),
        opening_pounds: 1_200,
        reserve_pounds: None,
        manner: Manner::Outcry,
        picture: Picture::Woodcut,
    },
    Lot {
        number: "2",
        artist: "Lionel Abascal-Frye (1919–2003)",
        title: "Descent, Trieste",
        description: "Gelatin silver print, 1957, printed by the artist before 1960. Signed in pencil on the mount, \
            titled and dated on the reverse with the artist's studio stamp. Framed.\n\n\
            Image 38.1 × 29.2 cm (15 × 11½ in)\nFramed 76 × 56 cm (29⅞ × 22 in)\n\n\
            Provenance\nGalleria Ponterosso, Trieste\nPrivate collection, Vienna, since 1961\n\n\
            Exhibited\nTrieste, Galleria Ponterosso, Scale e ombre, 1958, no. 7\n\n\
            One of five early prints known; the negative was lost when the studio moved in 1962.",
        estimate_pounds: (4_000, 6_000),
        opening_pounds: 2_400,
        reserve_pounds: Some(3_200),
        manner: Manner::Outcry,
        picture: Picture::Photograph,
    },
    Lot {
        number: "3",
        artist: "Morwenna Tregarth (1926–2011)",
        title: "Shouldered Jar",
        description: "Stoneware, thrown in two parts, green ash glaze run over an iron slip, circa 1968. Impressed MT \
            seal near the foot.\n\nHeight 41.5 cm (16⅜ in)\n\n\
            Provenance\nThe artist's studio, Zennor\nMarguerite Aldous-Wren, Suffolk, acquired 1969\n\n\
            Exhibited\nPenwith, Old Net Loft, Ash and Iron, 1969, no. 12\n\n\
            The single long run at the shoulder was left where it stopped: Tregarth kept the jar for a year before she \
            agreed to sell it.",
        estimate_pounds: (5_000, 7_000),
        opening_pounds: 3_000,
        reserve_pounds: Some(4_000),
        manner: Manner::Outcry,
        picture: Picture::Ceramic,
    },
    Lot {
        number: "4",
        artist: "Baek Seo-un (b. 1938)",
        title: "Return, No. 17",
        description: "Ink on mulberry paper, 1974. Signed and dated lower right.\n\n\
            104 × 75.2 cm (41 × 29⅝ in)\n\n\
            Provenance\nHanok Contemporary, Seoul\nPrivate collection, London, acquired from the above in 1976\n\n\
            Exhibited\nSeoul, Hanok Contemporary, Three Breaths, 1975, no. 17\n\n\
            Each sheet of the series was made in three strokes, standing, and most were torn up the same evening. \
            Twenty-two survive.",
        estimate_pounds: (8_000, 12_000),
        opening_pounds: 5_000,
        reserve_pounds: Some(7_000),
        manner: Manner::Outcry,
        picture: Picture::Ink,
    },
    Lot {
        number: "5",
        artist: "Ottavio Bressanin-Lora (1894–1967)",
        title: "Natura morta con limone",
        description: "Oil on canvas, 1948. Signed on the reverse and inscribed with the title on the stretcher.\n\n\
            45 × 60 cm (17¾ × 23⅝ in)\n\n\
            Provenance\nGalleria del Melograno, Bologna\nDr E. Castellani, Modena\nBy descent to the present owner\n\n\
            Literature\nF. Nardi-Soave, Bressanin-Lora: catalogo generale, vol. II, 1983, no. 412, illustrated\n\n\
            The blue flask, which the painter repaired twice, appears in eleven canvases between 1944 and 1951.",
        estimate_pounds: (30_000, 50_000),
        opening_pounds: 20_000,
        reserve_pounds: Some(28_000),
        manner: Manner::Outcry,
        picture: Picture::StillLife,
    },
    Lot {
        number: "6",
        artist: "Aksel Dyrehave (1917–1989)",
        title: "Easy Chair, Model 214",
        description: "Designed 1952, made by Brødrene Fuglsang, Horsens, circa 1955. Steam-bent beech, saddle leather, \
            brass fittings. Branded to the underside of the rail.\n\n\
            78 × 66 × 112 cm (30¾ × 26 × 44⅛ in)\n\n\
            Provenance\nArchitect's house, Vejle, supplied new\nPrivate collection, Copenhagen\n\n\
            Literature\nDansk Rum, no. 3, 1953, p. 18\n\n\
            Original leather with the deep colour that only use gives; one strap to the seat replaced.",
        estimate_pounds: (6_000, 9_000),
        opening_pounds: 3_800,
        reserve_pounds: Some(5_000),
        manner: Manner::Outcry,
        picture: Picture::Chair,
    },
    Lot {
        number: "7",
        artist: "Elin Marklund-Voss (1871–1942)",
        title: "Evening, Lake Sarvik",
        description: "Oil on canvas, 1909. Signed and dated lower left (worn).\n\n\
            72.5 × 96.5 cm (28½ × 38 in)\n\n\
            Provenance\nConsul A. Bergenhielm, Gothenburg, acquired from the artist\nBy descent until 1958\n\
            Marguerite Aldous-Wren, Suffolk\n\n\
            Exhibited\nGothenburg, Konstföreningen Västern, Aftonljus, 1910, no. 23\n\n\
            Painted from the landing stage below the artist's summer house in the last week of August, one of four \
            views of the lake at the same hour.",
        estimate_pounds: (40_000, 60_000),
        opening_pounds: 26_000,
        reserve_pounds: Some(35_000),
        manner: Manner::Outcry,
        picture: Picture::Dusk,
    },
    Lot {
        number: "8",
        artist: "Tobias Askenasy-Rehm (1899–1974)",
        title: "Composition with Quarter Circles",
        description: "Oil and pencil on canvas, 1931. Signed with the monogram and dated on the reverse.\n\n\
            75 × 100 cm (29½ × 39⅜ in)\n\n\
            Provenance\nThe artist's estate\nKunsthandel Lindwurm, Basel\nPrivate collection, Zürich, since 1979\n\n\
            Exhibited\nBasel, Kunsthandel Lindwurm, Askenasy-Rehm: The Grid and the Arc, 1979, no. 8\n\n\
            Literature\nH. Oster, Askenasy-Rehm, 1985, p. 61, pl. 14\n\n\
            The construction lines were left standing on purpose; a letter of May 1931 calls them “the honest part”.",
        estimate_pounds: (60_000, 80_000),
        opening_pounds: 38_000,
        reserve_pounds: Some(55_000),
        manner: Manner::Outcry,
        picture: Picture::Geometric,
    },
    Lot {
        number: "9",
        artist: "Ines Karavelov (1911–1986)",
        title: "Leaning Form (Pierced)",
        description: "Bronze with brown and green patina on a block of black limestone. Conceived in 1954 and cast in an \
            edition of seven plus one artist's cast; this cast 3/7, 1956. Signed and numbered at the base, with the \
            foundry mark Fonderia Arcangeli.\n\nHeight without base 58 cm (22⅞ in)\n\n\
            Provenance\nHollis & Maye, London\nMarguerite Aldous-Wren, Suffolk, acquired from the above in 1957\n\n\
            Exhibited\nLondon, Hollis & Maye, Ines Karavelov: New Bronzes, 1956, no. 4 (this cast)\n\n\
            It stood for fifty years in the garden room, turned towards the window.",
        estimate_pounds: (70_000, 100_000),
        opening_pounds: 48_000,
        reserve_pounds: Some(65_000),
        manner: Manner::Outcry,
        picture: Picture::Bronze,
    },
    Lot {
        number: "10",
        artist: "Judah Merrivale Stone (1913–1979)",
        title: "Untitled (Orange over Aubergine)",
        description: "Oil on canvas, 1959. Signed and dated on the reverse.\n\n\
            203.5 × 152.4 cm (80⅛ × 60 in)\n\n\
            Provenance\nBarrow Street Gallery, New York\nMr and Mrs Leopold Ansbach, Connecticut, acquired 1960\n\
            Marguerite Aldous-Wren, Suffolk, acquired from the above in 1971\n\n\
            Exhibited\nNew York, Barrow Street Gallery, J. M. Stone: Ten Paintings, 1960, no. 3\n\
            Bristol, Harbour Museum, The Held Note, 1988, no. 19, illustrated in colour\n\n\
            Literature\nC. Whitlow, Stone: The Paintings, 1992, no. 131\n\n\
            The last of the large upright canvases of 1959, and the only one in which the pale slip between the two \
            fields was left to dry before the lower was begun.",
        estimate_pounds: (180_000, 250_000),
        opening_pounds: 120_000,
        reserve_pounds: Some(170_000),
        manner: Manner::Outcry,
        picture: Picture::ColourField,
    },
    Lot {
        number: "11",
        artist: "Solange Teyssonnat (1902–1981)",
        title: "Le jardin d'eau",
        description: "Gouache on cut and pasted papers, 1951. Signed with initials on the reverse of the support.\n\n\
            64 × 86 cm (25¼ × 33⅞ in)\n\n\
            Provenance\nThe artist, Collioure\nGalerie Aubépine, Paris\nPrivate collection, Geneva\n\n\
            Exhibited\nParis, Galerie Aubépine, Papiers, 1952, no. 5\n\n\
            Maquette for a tapestry that was never woven. The pin holes at the corners of the sheets are the artist's.",
        estimate_pounds: (25_000, 35_000),
        opening_pounds: 16_000,
        reserve_pounds: Some(22_000),
        manner: Manner::Outcry,
        picture: Picture::CutPaper,
    },
    Lot {
        number: "12",
        artist: "Willem Drosterhuis (1929–2008)",
        title: "Relief 62-140",
        description: "Painted wood on panel, 1962. Signed, titled and dated on the reverse.\n\n\
            90 × 120 × 6 cm (35⅜ × 47¼ × 2⅜ in)\n\n\
            Provenance\nGalerie Nulpunt, The Hague\nPrivate collection, Antwerp, acquired from the above in 1963\n\n\
            Exhibited\nThe Hague, Galerie Nulpunt, Wit, 1962, no. 2\n\n\
            One hundred and forty discs, no two at the same angle. The artist asked that it be lit from the left.",
        estimate_pounds: (35_000, 45_000),
        opening_pounds: 22_000,
        reserve_pounds: Some(30_000),
        manner: Manner::Outcry,
        picture: Picture::Relief,
    },
    Lot {
        number: "12A",
        artist: "Edmund Pascoe-Thorne (1856–1931)",
        title: "Nocturne, the Harbour Front",
        description: "Oil on canvas, circa 1895. Signed with initials lower right.\n\n\
            50.8 × 68 cm (20 × 26¾ in)\n\n\
            Provenance\nA. J. Fenwick-Lowe, Plymouth\nBy descent to a private collection, Devon\n\n\
            Offered as a late addition to the catalogue. Cleaned in 2019, when the moon came out from under a later \
            varnish; a report is available on request.",
        estimate_pounds: (10_000, 15_000),
        opening_pounds: 6_000,
        reserve_pounds: None,
        manner: Manner::Outcry,
        picture: Picture::Nocturne,
    },
    Lot {
        number: "14",
        artist: "Shirase Ryūgen (1888–1959)",
        title: "Document Box with Reeds and Moon",
        description: "Lacquered wood with gold and silver sprinkled decoration, silver rings, silk cord, circa 1930. \
            Signed Ryūgen saku inside the lid, with the original wooden box inscribed by the artist.\n\n\
            15 × 41 × 32.5 cm (5⅞ × 16⅛ × 12¾ in)\n\n\
            Provenance\nMarchant & Osei, London, 1933\nPrivate collection, Edinburgh\n\n\
            Exhibited\nLondon, Marchant & Osei, Lacquer of Our Time, 1933, no. 31\n\n\
            A slight rub to the gold at the front edge of the lid, consistent with use; the interior is untouched.",
        estimate_pounds: (12_000, 18_000),
        opening_pounds: 8_000,
        reserve_pounds: Some(11_000),
        manner: Manner::Outcry,
        picture: Picture::Lacquer,
    },
    Lot {
        number: "15",
        artist: "Brødrene Fuglsang, Horsens (active 1931–1974)",
        title: "Dining Chair, Model 38, Set of Six",
        description: "Steam-bent beech, cane seats, circa 1949. Sold times the money: the bid is for one chair, and the \
            buyer takes all six.\n\n\
            Each 92 × 46 × 51 cm (36¼ × 18⅛ × 20⅛ in)\n\n\
            Provenance\nReading room of the Sailors' Institute, Aarhus\nPrivate collection, Copenhagen, since 1972\n\n\
            Estimate for each chair. Two seats caned anew in 2011 by the institute's own caner, then eighty-four.",
        estimate_pounds: (300, 400),
        opening_pounds: 180,
        reserve_pounds: None,
        manner: Manner::Pieces(6),
        picture: Picture::Dining,
    },
    Lot {
        number: "16",
        artist: "Hollin Kiln, Bath (active 1958–1981)",
        title: "Bottle Vase, Celadon",
        description: "Porcelain with carved waves under a grey-green glaze, 1963. Incised HK to the foot. Offered with the \
            following lot as a choice: the winner takes either or both, at the hammer price each.\n\n\
            Height 38 cm (15 in)\n\n\
            Provenance\nMarguerite Aldous-Wren, Suffolk, acquired from the kiln\n\n\
            The stand is later.",
        estimate_pounds: (1_500, 2_000),
        opening_pounds: 900,
        reserve_pounds: None,
        manner: Manner::Choice(&["17"]),
        picture: Picture::Vase(Glaze::Celadon),
    },
    Lot {
        number: "17",
        artist: "Hollin Kiln, Bath (active 1958–1981)",
        title: "Bottle Vase, Copper Red",
        description: "Porcelain with a reduced copper glaze, paling at the lip, 1964. Incised HK to the foot. Offered with the \
            preceding lot as a choice; if it is not taken, it comes up by itself.\n\n\
            Height 38 cm (15 in)\n\n\
            Provenance\nMarguerite Aldous-Wren, Suffolk, acquired from the kiln\n\n\
            The kiln opened nine times for this red, and kept two.",
        estimate_pounds: (1_500, 2_000),
        opening_pounds: 900,
        reserve_pounds: None,
        manner: Manner::Outcry,
        picture: Picture::Vase(Glaze::Oxblood),
    },
    Lot {
        number: "18",
        artist: "Château Montaubry, Pomerol",
        title: "Twelve Bottles, 1961, in the Original Case",
        description: "Levels into the neck, capsules whole, one label stained. Sold by the Dutch clock: the price falls until \
            somebody takes it.\n\n\
            Case 50 × 33 × 18 cm (19⅝ × 13 × 7⅛ in)\n\n\
            Provenance\nCellar of Marguerite Aldous-Wren, Suffolk, laid down in 1964 and not moved since\n\n\
            Removed to temperature-controlled storage for the sale.",
        estimate_pounds: (2_000, 2_800),
        opening_pounds: 1_200,
        reserve_pounds: None,
        manner: Manner::Clock {
            start_pounds: 5_000,
            step_pounds: 100,
            every_ms: 1_200,
        },
        picture: Picture::Cellar,
    },
];
