//! Which of a workbook's sheets is read, and what is told of the others.

use calamine::{Sheet, SheetType, SheetVisible};

use super::ReadError;
use super::row::shorten;

/// The sheet that is read, and the other ones.
#[derive(Debug, Clone, Default)]
pub(super) struct SheetName {
    pub name: String,
    /// Its place among the sheets of cells, from 1.
    pub number: u32,
    pub others: Vec<String>,
    /// Of the other ones those that hold something, where nobody chose: Excel once made three sheets of every workbook.
    pub unread: Vec<String>,
}

/// The sheet to read; where nobody chose it, with the other ones that hold something, as `holds` looks.
pub(super) fn choose(
    sheets: &[Sheet],
    wanted: Option<&str>,
    mut holds: impl FnMut(&str) -> bool,
) -> Result<SheetName, ReadError> {
    let sheet = pick(sheets, wanted)?;
    let unread = tables_of(sheets)
        .filter(|other| wanted.is_none() && other.name != sheet.name && holds(&other.name))
        .map(told)
        .collect();
    Ok(SheetName { unread, ..sheet })
}

/// The sheet that the job names, else the first that a person sees.
fn pick(sheets: &[Sheet], wanted: Option<&str>) -> Result<SheetName, ReadError> {
    let tables: Vec<&Sheet> = tables_of(sheets).collect();
    let list = || {
        tables
            .iter()
            .map(|sheet| told(sheet))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let fold = |name: &str| name.trim().to_lowercase();
    let found = match wanted {
        Some(name) => tables
            .iter()
            .find(|sheet| sheet.name == name)
            .or_else(|| tables.iter().find(|sheet| fold(&sheet.name) == fold(name))),
        None => tables.iter().find(|sheet| sheet.visible == SheetVisible::Visible),
    };
    let Some(found) = found else {
        return Err(ReadError::Sheet(match (wanted, tables.is_empty()) {
            (_, true) => "the workbook has no sheet of cells".into(),
            (Some(name), _) => format!("the workbook has no sheet {name:?}; its sheets are {}", list()),
            (None, _) => format!("every sheet of the workbook is hidden; name one of {}", list()),
        }));
    };
    Ok(SheetName {
        name: found.name.clone(),
        number: (1..)
            .zip(&tables)
            .find(|(_, sheet)| sheet.name == found.name)
            .map_or(1, |(number, _)| number),
        others: tables
            .iter()
            .filter(|sheet| sheet.name != found.name)
            .map(|sheet| told(sheet))
            .collect(),
        unread: Vec::new(),
    })
}

fn tables_of(sheets: &[Sheet]) -> impl Iterator<Item = &Sheet> {
    sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet)
}

fn told(sheet: &Sheet) -> String {
    match sheet.visible {
        SheetVisible::Visible => format!("{:?}", shorten(&sheet.name, 60)),
        _ => format!("{:?} (hidden)", shorten(&sheet.name, 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(name: &str, typ: SheetType, visible: SheetVisible) -> Sheet {
        Sheet {
            name: name.into(),
            typ,
            visible,
        }
    }

    #[test]
    fn the_first_sheet_that_a_person_sees_is_read() {
        let sheets = [
            sheet("Chart", SheetType::ChartSheet, SheetVisible::Visible),
            sheet("Lists", SheetType::WorkSheet, SheetVisible::VeryHidden),
            sheet("Bill", SheetType::WorkSheet, SheetVisible::Visible),
            sheet("Notes", SheetType::WorkSheet, SheetVisible::Visible),
        ];
        let name = |wanted| {
            pick(&sheets, wanted)
                .map(|sheet| sheet.name)
                .map_err(|error| error.to_string())
        };
        assert_eq!(name(None).unwrap(), "Bill");
        assert_eq!(name(Some(" notes")).unwrap(), "Notes");
        assert_eq!(name(Some("Lists")).unwrap(), "Lists");
        let refused = name(Some("Chart")).unwrap_err();
        assert!(
            refused.contains(r#""Lists" (hidden), "Bill", "Notes""#),
            "{refused}"
        );
        assert!(
            pick(&sheets[..2], None)
                .unwrap_err()
                .to_string()
                .contains("hidden")
        );
        assert!(
            pick(&sheets[..1], None)
                .unwrap_err()
                .to_string()
                .contains("no sheet of cells")
        );
    }
}
