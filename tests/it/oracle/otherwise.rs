//! Contracts and bills that the generator does not make.

use super::rows::{Row, amount, cents};

/// Credit in mid-term down to a commitment for all tiers at the book's prices, a notice that has passed with prices that rose
/// on a day, the newer rows first, and a contract that is not at hand.
pub fn signed_in_other_ways(contracts: String) -> String {
    let of = |id: &str| {
        contracts
            .lines()
            .filter(move |row| row.contains(id))
            .collect::<Vec<_>>()
    };
    let committed = |row: &&str| row.split(',').nth(6).unwrap().parse::<u32>().unwrap();
    let all_tiers: u32 = of("CT-2001").iter().map(committed).sum();
    let mut rows = vec![contracts.lines().next().unwrap().to_owned()];
    rows.push(format!(
        "913874,CT-2001,annual,2026-05-01,2027-04-30,,{all_tiers},,,,true,30,prorated,"
    ));
    rows.extend(
        of("CT-1001")
            .iter()
            .flat_map(|row| risen(&row.replace(",true,30,", ",true,250,"))),
    );
    rows.join("\n") + "\n"
}

/// A row as two: a dollar less a line until the end of August.
fn risen(row: &str) -> [String; 2] {
    let mut cells: Vec<String> = row.split(',').map(str::to_owned).collect();
    let [mut newer, mut older] = [cells.clone(), std::mem::take(&mut cells)];
    newer[3] = "2026-09-01".to_owned();
    older[4] = "2026-08-31".to_owned();
    older[7] = amount(cents(&older[7]) - 100);
    [newer.join(","), older.join(",")]
}

/// Years in advance, quarters, odd periods, prices above the contract, and rows that name their line by e-mail or in words
/// alone.
pub fn billed_in_other_ways(charges: &mut Vec<Row>) {
    let newest = charges.last().unwrap()["invoice_id"].clone();
    // Too dear in every month, so that the earlier ones add up.
    let is_dear = |row: &Row| row["description"].contains("Plan - Ext.") && row["description"].ends_with('9');
    let raise = |row: &mut Row| {
        let dear = amount(cents(&row["amount"]) + 100);
        row.insert("amount".to_owned(), dear);
    };
    let earlier = charges.iter_mut().filter(|row| row["invoice_id"] != newest);
    earlier.filter(|row| is_dear(row)).for_each(raise);
    let mut again = Vec::new();
    let mut rows: Vec<&mut Row> = charges
        .iter_mut()
        .filter(|row| row["invoice_id"] == newest)
        .collect();
    for row in rows.iter_mut().filter(|row| !row["phone_number"].is_empty()) {
        row.insert("phone_number".to_owned(), String::new());
    }
    let seats = rows
        .into_iter()
        .filter(|row| row["description"].contains("- Ext."));
    for (place, row) in seats.filter(|row| row["charge_kind"] != "proration").enumerate() {
        let monthly = cents(&row["amount"]);
        let mut set = |column: &str, value: String| row.insert(column.to_owned(), value);
        let period = match place % 7 {
            0 => Some(("2027-09-30", 12 * monthly)),
            1 => Some(("2026-12-31", 3 * monthly - 100)),
            2 => Some(("2026-10-30", monthly)),
            _ => None,
        };
        if let Some((end, billed)) = period {
            set("period_end", end.to_owned());
            set("amount", amount(billed));
            set("unit_price", amount(billed));
        }
        // Two faults of one line: billed twice, and too dear the first time.
        if place % 28 == 3 {
            raise(row);
            again.push(row.clone());
        } else if place % 7 > 3 && is_dear(row) {
            raise(row);
        }
        let mut set = |column: &str, value: String| row.insert(column.to_owned(), value);
        if place % 5 == 0 {
            set("extension", String::new());
        }
        if place % 10 == 0 && !row["email"].is_empty() {
            let words = row["description"].split(" - Ext.").next().unwrap().to_owned();
            row.insert("description".to_owned(), words);
        }
    }
    charges.extend(again);
}

/// Contracts whose prices rose by a dollar on a day.
pub fn signed_in_steps(contracts: String) -> String {
    let mut rows = contracts.lines();
    let mut signed = vec![rows.next().unwrap().to_owned()];
    for row in rows {
        match row.contains("CT-2001") || row.contains("CT-3001") {
            true => signed.extend(risen(row)),
            false => signed.push(row.to_owned()),
        }
    }
    signed.join("\n") + "\n"
}

/// A supplement of the newest month, seats whose tier the vendor has renamed, promotions of part of a price and of all of it,
/// and extensions that were removed in July and are billed again: the credit of one is booked as a part of a month.
pub fn billed_as_they_come(charges: &mut Vec<Row>) {
    let newest = charges.last().unwrap()["invoice_id"].clone();
    let date = charges.last().unwrap()["invoice_date"].clone();
    let set = |row: &mut Row, column: &str, value: &str| {
        row.insert(column.to_owned(), value.to_owned());
    };
    let mut more: Vec<Row> = Vec::new();
    let mut promoted = std::collections::BTreeSet::new();
    let seats = |row: &&Row| row["charge_kind"] == "line_mrc" && !row["extension"].is_empty();
    for row in charges.iter().filter(seats) {
        let part = match row["extension"].chars().last() {
            Some('3') => -300,
            Some('7') => -cents(&row["amount"]),
            _ => continue,
        };
        if promoted.insert((row["invoice_id"].clone(), row["extension"].clone())) {
            let mut promotion = row.clone();
            set(&mut promotion, "charge_kind", "promotion");
            set(
                &mut promotion,
                "description",
                &format!("Promotional discount - Ext. {}", row["extension"]),
            );
            set(&mut promotion, "amount", &amount(part));
            set(&mut promotion, "unit_price", &amount(part));
            more.push(promotion);
        }
    }
    let blank: Row = charges[0]
        .keys()
        .map(|heading| (heading.clone(), String::new()))
        .collect();
    for (extension, kind) in [("8801", "proration"), ("8802", "credit")] {
        let stranger = |month: u32, kind: &str, from: u32, billed: i64| {
            let mut row = blank.clone();
            let of_month = |day: u32| format!("2026-{month:02}-{day:02}");
            let last = if [6, 9].contains(&month) { 30 } else { 31 };
            for (column, value) in [
                ("account_id", charges[0]["account_id"].as_str()),
                ("currency", "USD"),
                ("charge_kind", kind),
                ("extension", extension),
                ("description", "VBC Premium"),
                ("amount", &amount(billed)),
                ("period_start", &of_month(from)),
                ("period_end", &of_month(last)),
            ] {
                set(&mut row, column, value);
            }
            row
        };
        for month in [5, 6, 7, 9, 10] {
            more.push(of_invoice(charges, month, stranger(month, "line_mrc", 1, 2_099)));
        }
        more.push(of_invoice(charges, 8, stranger(7, kind, 11, -1_422)));
    }
    for row in charges
        .iter_mut()
        .filter(|row| row["invoice_id"] == newest && row["charge_kind"] == "line_mrc")
    {
        let extension = row["extension"].clone();
        match extension.chars().last() {
            Some('5') => {
                set(
                    row,
                    "description",
                    &format!("Business Pro seat - Ext. {extension}"),
                );
                for column in ["charge_kind", "tier", "term"] {
                    set(row, column, "");
                }
                // Dearer than anybody knows of: what the line costs is not known.
                if extension.ends_with("15") {
                    let dearer = amount(cents(&row["amount"]) + 777);
                    set(row, "amount", &dearer);
                    set(row, "unit_price", &dearer);
                }
            }
            Some('8') => {
                set(row, "invoice_id", "SUP-1");
                set(row, "invoice_date", &date.replace("-01", "-09"));
            }
            _ => {}
        }
    }
    charges.extend(more);
    charges.sort_by_key(|row| row["invoice_date"].clone());
}

/// The row on the invoice of a month of 2026.
fn of_invoice(charges: &[Row], month: u32, mut row: Row) -> Row {
    let date = format!("2026-{month:02}-01");
    let invoice = charges.iter().find(|row| row["invoice_date"] == date).unwrap();
    for column in ["invoice_id", "invoice_date"] {
        row.insert(column.to_owned(), invoice[column].clone());
    }
    row
}
