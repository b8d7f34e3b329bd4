//! What the workbook's charts have in common.

use rust_xlsxwriter::{
    Chart, ChartFont, ChartFormat, ChartLegendPosition, ChartLine, ChartMarker, ChartMarkerType,
    ChartSolidFill, ChartType, ObjectMovement,
};

pub(crate) const OURS_COLOUR: &str = "0B5CAD";
pub(crate) const OTHER_COLOUR: &str = "9A6200";
pub(crate) const EVEN_COLOUR: &str = "55606C";
pub(crate) const IDLE_COLOUR: &str = "B3341E";
pub(crate) const LESS_COLOUR: &str = "2B7A4B";
pub(crate) const REST_COLOUR: &str = "5A7894";
/// Neighbours differ in lightness, not in hue alone.
pub(crate) const SERIES: [&str; 17] = [
    "0B5CAD", "E0AB4A", "7A3E9D", "8FC3A4", "B3341E", "B9CDE0", "2B7A4B", "F2C6B8", "55606C", "D9D36B",
    "1A2129", "9FD3E8", "9A6200", "D8C3EA", "0F766E", "F59E8B", "5A7894",
];

pub(crate) fn titled(kind: ChartType, title: &str, alt_text: &str) -> Chart {
    let mut chart = Chart::new(kind);
    chart
        .title()
        .set_name(title)
        .set_font(ChartFont::new().set_bold().set_size(12));
    chart
        .set_alt_text(alt_text)
        .set_width(620)
        .set_height(370)
        .set_object_movement(ObjectMovement::MoveButDontSizeWithCells);
    chart.legend().set_position(ChartLegendPosition::Bottom);
    chart
}

pub(crate) fn filled(colour: &'static str) -> ChartFormat {
    let mut format = ChartFormat::new();
    format.set_solid_fill(ChartSolidFill::new().set_color(colour));
    format
}

pub(crate) fn line(colour: &'static str) -> ChartLine {
    let mut line = ChartLine::new();
    line.set_color(colour).set_width(2);
    line
}

pub(crate) fn hidden_line() -> ChartLine {
    let mut line = ChartLine::new();
    line.set_hidden(true);
    line
}

pub(crate) fn marker(kind: ChartMarkerType, colour: &'static str, size: u8) -> ChartMarker {
    let mut marker = ChartMarker::new();
    marker
        .set_type(kind)
        .set_size(size)
        .set_format(&mut filled(colour));
    marker
}
