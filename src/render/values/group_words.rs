//! What mailboxes, queues and owners are called that are no people: `customer.support@…`, "Finance Team".

use crate::domain::NameParts;

/// No first or last name is among them, so that nobody's name is made of them alone. Without accents.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "account", "accounting", "accounts", "admin", "administration", "and", "billing", "business", "care", "call", "center", "centre",
    "client", "clients", "communications", "contact", "customer", "customers", "department", "dept", "desk", "development",
    "engineering", "enquiries", "facilities", "finance", "financial", "frontdesk", "group", "help", "helpdesk", "hr", "human", "info",
    "information", "inquiries", "it", "legal", "logistics", "maintenance", "management", "marketing", "office", "operations", "ops",
    "payments", "payroll", "planning", "procurement", "product", "production", "purchasing", "quality", "reception", "relations",
    "research", "resources", "sales", "security", "service", "services", "shared", "shipping", "success", "support", "team", "teams",
    "tech", "technical", "training", "warehouse",
    "abteilung", "buchhaltung", "einkauf", "empfang", "kundendienst", "kundenservice", "personal", "technik", "verkauf", "vertrieb",
    "verwaltung",
    "accueil", "achats", "clientele", "comptabilite", "equipe", "ventes",
    "atencion", "cliente", "compras", "contabilidad", "equipo", "soporte", "ventas",
];

/// `it` and `hr` alone may be somebody's first letters.
const SHORTEST_ALONE: usize = 4;

/// Whether it is a group's name and nothing else; an `Ada Birch Team` is called by a person.
pub(in crate::render) fn is_of_group(name: &NameParts) -> bool {
    let parts = name.all();
    parts.iter().all(|part| WORDS.contains(&part.as_str()))
        && parts.iter().any(|part| part.len() >= SHORTEST_ALONE)
}
