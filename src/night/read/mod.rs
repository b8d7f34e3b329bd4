//! What a night is made from: what the API gave, call files into the leg store, and whom rows name that could not be used.

pub(super) mod api;
pub(super) mod calls;
pub(super) mod open_folders;
pub(super) mod unread_names;
