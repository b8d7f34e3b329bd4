//! A frozen mail's `To`, when the job names other readers.

use super::message::{Error, Party, mailbox};
use lettre::message::Mailboxes;
use lettre::message::header::{Headers, To};

/// The same mail with other readers in its `To`; not a byte of the rest changes.
///
/// # Errors
/// [`Error::Address`]
pub(super) fn readdressed(bytes: &[u8], to: &[String]) -> Result<Vec<u8>, Error> {
    let party = |address: &String| Party {
        name: String::new(),
        address: address.clone(),
    };
    let to = to.iter().map(|address| mailbox(&party(address)));
    let mut headers = Headers::new();
    headers.set(To::from(to.collect::<Result<Mailboxes, _>>()?));
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, rest) = bytes.split_at(end.map_or(bytes.len(), |end| end + 2));
    let (mut written, mut in_to) = (Vec::with_capacity(bytes.len()), false);
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        let goes_on = line.starts_with(b" ") || line.starts_with(b"\t");
        in_to = if goes_on { in_to } else { line.starts_with(b"To: ") };
        match (in_to, goes_on) {
            (false, _) => written.extend_from_slice(line),
            (true, false) => written.extend_from_slice(headers.to_string().as_bytes()),
            (true, true) => {}
        }
    }
    written.extend_from_slice(rest);
    Ok(written)
}
