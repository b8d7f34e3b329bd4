//! Inside ends that are written in words where a number should stand, as a login or a name: whoever they may be is not silent.

use super::Direction;
use super::leg::Leg;
use crate::domain::{is_voicemail_box, login_name, names_in};

/// The names of such ends, as rows name people. An outside end's words are a stranger's, whatever they say.
pub(super) fn ends_in_words(leg: &Leg<'_>, [from, to]: [Option<&str>; 2]) -> Vec<String> {
    let source_is_named =
        leg.source_extension.is_some() || leg.source_sip_id.is_some() || leg.source_user.is_some();
    let destination_is_named = leg.destination_extension.is_some()
        || leg.destination_sip_id.is_some()
        || leg.destination_user.is_some();
    let from = from.filter(|_| leg.direction != Direction::Inbound && !source_is_named);
    let to = to.filter(|_| leg.direction != Direction::Outbound && !destination_is_named);
    let words = from
        .into_iter()
        .chain(to)
        .filter(|words| !is_voicemail_box(words));
    let each = words.flat_map(|words| std::iter::once(words).chain(names_in(words)));
    each.map(login_name).collect()
}
