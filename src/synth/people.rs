//! Made-up names, departments and telephone numbers.

use super::prng::Rng;

const FIRST_NAMES: [&str; 40] = [
    "Ada", "Amara", "Ben", "Carla", "Chen", "Dara", "Diego", "Elena", "Emil", "Fatima", "Felix", "Grace",
    "Hana", "Hugo", "Imani", "Ivan", "Jamal", "Jonas", "Kai", "Keiko", "Lars", "Leila", "Marco", "Maya",
    "Nadia", "Noah", "Olga", "Omar", "Priya", "Quinn", "Rosa", "Ruth", "Sami", "Sofia", "Tariq", "Tessa",
    "Uma", "Victor", "Wanda", "Yusuf",
];
const LAST_NAMES: [&str; 40] = [
    "Abbott", "Adeyemi", "Baker", "Banerjee", "Castillo", "Chan", "Dawson", "Diaz", "Eriksen", "Farouk",
    "Fischer", "Garcia", "Haddad", "Hughes", "Ibarra", "Ito", "Jensen", "Kaplan", "Kowalski", "Lam", "Lopez",
    "Marsh", "Mbeki", "Nakamura", "Novak", "Okafor", "Olsen", "Park", "Patel", "Quist", "Reyes", "Rossi",
    "Sato", "Silva", "Torres", "Ueda", "Vance", "Weber", "Yilmaz", "Zeller",
];

pub(super) struct Department {
    pub(super) name: &'static str,
    pub(super) cost_center: &'static str,
    pub(super) manager_email: &'static str,
}

const fn department(
    name: &'static str,
    cost_center: &'static str,
    manager_email: &'static str,
) -> Department {
    Department {
        name,
        cost_center,
        manager_email,
    }
}

pub(super) const DEPARTMENTS: [Department; 8] = [
    department("Sales", "CC-1100", "head.sales@example.test"),
    department("Support", "CC-1200", "head.support@example.test"),
    department("Operations", "CC-2100", "head.operations@example.test"),
    department("Finance", "CC-3100", "head.finance@example.test"),
    department("Marketing", "CC-1300", "head.marketing@example.test"),
    department("Legal", "CC-3200", "head.legal@example.test"),
    department("Human Resources", "CC-3300", "head.hr@example.test"),
    department("IT", "CC-2200", "head.it@example.test"),
];

pub(super) const LOCATIONS: [&str; 2] = ["Headquarters", "Branch Office"];

/// A made-up person; `number` makes login and e-mail unique.
pub(super) struct Person {
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
    pub(super) login: String,
    pub(super) email: String,
}

impl Person {
    pub(super) fn draw(rng: &mut Rng, number: u32) -> Person {
        let (first_name, last_name) = (rng.pick(&FIRST_NAMES), rng.pick(&LAST_NAMES));
        let login = format!("{first_name}.{last_name}.{number}").to_lowercase();
        let email = format!("{login}@example.test");
        Person {
            first_name,
            last_name,
            login,
            email,
        }
    }
}

/// The account's main number: callers without a direct number reach people through it.
pub(super) const MAIN_NUMBER: &str = "12005550100";
pub(super) const TOLL_FREE_NUMBER: &str = "18005550199";
/// How many direct numbers can be made before two are the same.
pub(super) const MAX_DIRECT_NUMBERS: u32 = 290 * 100;
const OUTSIDE_NUMBERS: u32 = 290 * 100;

/// The direct number of a place in the account: even area codes from 202 on, exchange 555-01xx, which nobody has.
pub(super) fn direct_number(place: u32) -> String {
    nanp(202 + place / 100 % 290 * 2, place % 100)
}

/// An outside caller; odd area codes, so that it is never a direct number. The same few hundred call often.
pub(super) fn outside_number(rng: &mut Rng) -> u32 {
    if rng.per_mille(700) {
        rng.below(700)
    } else {
        rng.below(OUTSIDE_NUMBERS)
    }
}

pub(super) fn outside_text(number: u32) -> String {
    nanp(201 + number / 100 % 290 * 2, number % 100)
}

fn nanp(area: u32, last_two: u32) -> String {
    format!("1{area}55501{last_two:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_fictitious_and_direct_ones_unique() {
        let mut direct: Vec<String> = (0..MAX_DIRECT_NUMBERS).map(direct_number).collect();
        let mut rng = Rng::new(3);
        let outside: Vec<String> = (0..5000)
            .map(|_| outside_text(outside_number(&mut rng)))
            .collect();
        for number in direct.iter().chain(&outside) {
            assert!(
                number.len() == 11 && &number[4..9] == "55501",
                "{number} could be somebody's"
            );
        }
        direct.sort_unstable();
        direct.dedup();
        assert_eq!(direct.len(), MAX_DIRECT_NUMBERS as usize);
        assert!(outside.iter().all(|number| direct.binary_search(number).is_err()));
    }
}
