//! SVG that only draws. A browser that is sent to an SVG runs what is in it, so only elements that are
//! known to draw are let through, and nothing that loads from elsewhere.

use roxmltree::{Document, Node, NodeType, ParsingOptions};

/// Why an SVG is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Finding {
    #[error("the SVG cannot be read: {0}")]
    Unreadable(String),
    #[error("the SVG's outermost element must be `svg` of the namespace {SVG_NAMESPACE}")]
    NotSvg,
    #[error("the SVG holds `{0}`, which is not taken; save it as plain SVG")]
    Element(String),
    #[error("the SVG's attribute `{0}` may run something or load something from elsewhere")]
    Attribute(String),
    #[error("the SVG's styles may load something from elsewhere")]
    Style,
    #[error("the SVG holds a processing instruction")]
    Instruction,
}

const SVG_NAMESPACE: &str = "http://www.w3.org/2000/svg";

/// Far more than any drawing needs.
const NODES_MAX: u32 = 100_000;

/// Elements that draw. Not among them: everything that scripts, animates (and so may set a link), embeds
/// other documents or fetches.
const DRAWING: &[&str] = &[
    "svg",
    "g",
    "defs",
    "symbol",
    "use",
    "title",
    "desc",
    "style",
    "switch",
    "view",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "image",
    "text",
    "tspan",
    "textPath",
    "linearGradient",
    "radialGradient",
    "stop",
    "pattern",
    "clipPath",
    "mask",
    "marker",
    "filter",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feConvolveMatrix",
    "feDiffuseLighting",
    "feDisplacementMap",
    "feDistantLight",
    "feDropShadow",
    "feFlood",
    "feFuncA",
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feOffset",
    "fePointLight",
    "feSpecularLighting",
    "feSpotLight",
    "feTile",
    "feTurbulence",
];

/// Pictures that may be inside one, as data.
const INLINE_PICTURES: &[&str] = &[
    "data:image/png;base64,",
    "data:image/jpeg;base64,",
    "data:image/webp;base64,",
];

pub(super) fn check(text: &str) -> Result<(), Finding> {
    // Without a DTD there are no entities, and so none that multiply.
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: NODES_MAX,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options)
        .map_err(|error| Finding::Unreadable(error.to_string()))?;
    if !document.root_element().has_tag_name((SVG_NAMESPACE, "svg")) {
        return Err(Finding::NotSvg);
    }
    document.descendants().try_for_each(check_node)
}

fn check_node(node: Node<'_, '_>) -> Result<(), Finding> {
    match node.node_type() {
        NodeType::PI => Err(Finding::Instruction),
        NodeType::Root | NodeType::Comment | NodeType::Text => Ok(()),
        NodeType::Element => {
            let name = node.tag_name();
            if name.namespace() != Some(SVG_NAMESPACE) || !DRAWING.contains(&name.name()) {
                return Err(Finding::Element(name.name().chars().take(64).collect()));
            }
            if name.name() == "style"
                && !node
                    .descendants()
                    .filter_map(|text| text.text())
                    .all(is_local_css)
            {
                return Err(Finding::Style);
            }
            for attribute in node.attributes() {
                if !is_harmless(name.name(), attribute.name(), attribute.value()) {
                    return Err(Finding::Attribute(attribute.name().chars().take(64).collect()));
                }
            }
            Ok(())
        }
    }
}

fn is_harmless(element: &str, attribute: &str, value: &str) -> bool {
    let attribute = attribute.to_ascii_lowercase();
    if attribute.starts_with("on") {
        return false;
    }
    match attribute.as_str() {
        // `xml:base` would turn a local reference into one to elsewhere.
        "base" | "src" => false,
        "href" => {
            let value = value.trim();
            let inline = element == "image" && INLINE_PICTURES.iter().any(|prefix| value.starts_with(prefix));
            value.starts_with('#') || inline
        }
        "style" => is_local_css(value),
        _ => refers_locally(value),
    }
}

/// Styles that refer to nothing outside: no at-rules, no escapes that could hide one.
fn is_local_css(css: &str) -> bool {
    let css = css.to_ascii_lowercase();
    let loading = ["@", "\\", "image(", "image-set(", "src(", "/*"];
    !loading.iter().any(|word| css.contains(word)) && refers_locally(&css)
}

/// Every `url(…)` is a reference into the same document. Escapes could hide one.
fn refers_locally(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    !value.contains('\\')
        && value.split("url(").skip(1).all(|reference| {
            reference
                .trim_start()
                .trim_start_matches(['"', '\''])
                .starts_with('#')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(inside: &str) -> Result<(), Finding> {
        check(&format!(
            "<svg xmlns='{SVG_NAMESPACE}' xmlns:xlink='http://www.w3.org/1999/xlink' viewBox='0 0 9 9'>{inside}</svg>"
        ))
    }

    #[test]
    fn takes_drawings() {
        for inside in [
            "",
            "<!-- a vase --><title>Vase</title><path d='M0 0L9 9' fill='#fff'/>",
            "<defs><linearGradient id='a'><stop offset='0'/></linearGradient></defs><rect fill='url(#a)'/>",
            "<style>.a{fill:url( \"#a\" );font:italic 1px serif}</style><use xlink:href='#a'/><use href='#a'/>",
            "<image href='data:image/png;base64,AAAA'/>",
            "<rect style='filter: url(#shadow)'/>",
        ] {
            assert_eq!(drawing(inside), Ok(()), "{inside}");
        }
    }

    #[test]
    fn refuses_what_runs() {
        for inside in [
            "<script>alert(1)</script>",
            "<foreignObject/>",
            "<iframe/>",
            "<a href='#x'/>",
            "<set attributeName='href' to='javascript:alert(1)'/>",
            "<animate/>",
            "<h:script xmlns:h='http://www.w3.org/1999/xhtml'>alert(1)</h:script>",
            "<script xmlns='http://www.w3.org/1999/xhtml'/>",
            "<g><g><SCRIPT/></g></g>",
        ] {
            assert!(matches!(drawing(inside), Err(Finding::Element(_))), "{inside}");
        }
        for inside in [
            "<rect onclick='x()'/>",
            "<rect ONLOAD='x()'/>",
            "<use href='javascript:alert(1)'/>",
        ] {
            assert!(matches!(drawing(inside), Err(Finding::Attribute(_))), "{inside}");
        }
    }

    #[test]
    fn refuses_what_loads() {
        for inside in [
            "<image href='https://example.org/a.png'/>",
            "<image href='data:image/svg+xml;base64,AAAA'/>",
            "<image xlink:href='//example.org/a.png'/>",
            "<use href='other.svg#a'/>",
            "<use href='data:image/png;base64,AAAA'/>",
            "<g xml:base='https://example.org/'><use href='#a'/></g>",
            "<rect fill='url(https://example.org/a)'/>",
            "<rect fill='URL( \"https://example.org/a\")'/>",
            "<rect style='fill:u\\72l(https://example.org/a)'/>",
            "<rect fill='url(#a) url(b.svg#b)'/>",
        ] {
            assert!(matches!(drawing(inside), Err(Finding::Attribute(_))), "{inside}");
        }
        for css in [
            "@import 'https://example.org/a.css';",
            "@font-face{}",
            ".a{background:image-set('a.png' 1x)}",
            ".a{fill:url(//a)}",
        ] {
            assert_eq!(
                drawing(&format!("<style>{css}</style>")),
                Err(Finding::Style),
                "{css}"
            );
            assert_eq!(
                drawing(&format!("<style><![CDATA[{css}]]></style>")),
                Err(Finding::Style),
                "{css}"
            );
        }
        let styled =
            format!("<?xml-stylesheet href='https://example.org/a.css'?><svg xmlns='{SVG_NAMESPACE}'/>");
        assert_eq!(check(&styled), Err(Finding::Instruction));
    }

    #[test]
    fn refuses_what_is_no_svg() {
        assert_eq!(check("<svg/>"), Err(Finding::NotSvg), "no namespace");
        assert_eq!(
            check("<html xmlns='http://www.w3.org/1999/xhtml'/>"),
            Err(Finding::NotSvg)
        );
        for bad in [
            "<svg",
            "<svg xmlns='http://www.w3.org/2000/svg'>",
            "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>",
        ] {
            assert!(matches!(check(bad), Err(Finding::Unreadable(_))), "{bad}");
        }
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let deep = "<g>".repeat(200_000) + &"</g>".repeat(200_000);
        assert!(matches!(drawing(&deep), Err(Finding::Unreadable(_))));
        let deep = "<g>".repeat(40_000) + &"</g>".repeat(40_000);
        assert_eq!(drawing(&deep), Ok(()), "deep, but not more than is read");
    }
}
